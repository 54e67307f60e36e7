import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import checkerboard, turned
from featkit.scale import find_checkerboard
from featkit.scale._fitting.planes import area_per_pixel, transform

TILTED = np.array([[4.0, 0.2, 60], [-0.1, 4.2, 70], [9e-4, -7e-4, 1]])


def board(n_rows, n_cols, side=30, shape=(400, 500), at=(80, 90)):
    image = np.full(shape, 255, np.uint8)
    squares = np.add.outer(np.arange(n_rows), np.arange(n_cols)) % 2 * 255
    image[at[0] : at[0] + n_rows * side, at[1] : at[1] + n_cols * side] = np.kron(squares, np.ones((side, side)))
    return image


@pytest.mark.parametrize(("n_rows", "n_cols"), [(4, 4), (6, 8), (9, 5)])
def test_squares_are_counted_in_pixels(n_rows, n_cols):
    scale = find_checkerboard(board(n_rows, n_cols), 10, corners=(n_cols - 1, n_rows - 1))
    assert scale.pixel_size == pytest.approx((1 / 3, 1 / 3), rel=2e-3)
    assert scale.box == pytest.approx((80, 90, 80 + 30 * n_rows, 90 + 30 * n_cols), abs=1)


@pytest.mark.parametrize("angle", [0.0, 0.4, 0.8, 1.7, 3.0])
@pytest.mark.parametrize("blur", [0.5, 1.5])
def test_the_plane_of_a_tilted_board(angle, blur):
    polygons = [
        (transform(outline @ turned(angle) + (90, 130), TILTED), 255 * np.mean(color))
        for outline, color in checkerboard(10, 6, 9)
    ]
    image = cv2.GaussianBlur(drawn(polygons, np.full((800, 1000), 220.0)), (0, 0), blur)
    scale = find_checkerboard(image, 10)
    place = np.mean(scale.outlines[0], axis=0)
    places = place + np.array([[0, 0], [-100, 120], [100, -150]])
    truth = area_per_pixel(np.linalg.inv(TILTED), places)
    assert area_per_pixel(scale.homography, places) == pytest.approx(truth, rel=3e-3)
    assert scale.pixel_size[0] == pytest.approx(np.sqrt(truth[0]), rel=4e-3)
    assert scale.rectified_error < scale.tilt_error / 2


def test_a_partly_hidden_board_counts_what_is_seen():
    image = board(6, 8)
    image[80:260, 230:330] = 120
    assert find_checkerboard(image, 10).pixel_size[0] == pytest.approx(1 / 3, rel=3e-3)
    assert "expected 5 x 7 inner corners" in find_checkerboard(image, 10, corners=(5, 7)).reason


@pytest.mark.parametrize(
    "image",
    [
        np.full((200, 200), 128, np.uint8),
        np.kron(np.arange(10) % 2 * 255, np.ones((200, 20))).astype(np.uint8),
        np.kron(np.pad(np.zeros((1, 1)), 1, constant_values=255)[[0, 1] * 5][:, [0, 1] * 5], np.ones((20, 20))).astype(
            "u1"
        ),
        np.random.RandomState(0).randint(0, 256, (200, 200)).astype(np.uint8),
    ],
    ids=["flat", "stripes", "dots", "noise"],
)
def test_what_is_no_checkerboard_is_refused(image):
    scale = find_checkerboard(image, 10)
    assert not scale.is_known
    assert scale.reason
