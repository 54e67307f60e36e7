import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import checkerboard, turned
from featkit.measurement import measure_photo
from featkit.scale import find_checkerboard, rectify_sheet
from featkit.scale._fitting.planes import area_per_pixel, homography_of, transform

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


def through_opencv_lens(points, k1):
    """(row, col) points as Brown's lens of OpenCV, of a camera of 800 x 1000 pixels, shows them."""
    camera = np.array([[800.0, 0, 499.5], [0, 800.0, 399.5], [0, 0, 1]])
    solid = np.column_stack([(points[:, ::-1] - [499.5, 399.5]) / 800, np.ones(len(points))])
    return cv2.projectPoints(solid, np.zeros(3), np.zeros(3), camera, np.array([k1, 0, 0, 0, 0]))[0][:, 0, ::-1]


def bent_sheet(k1):
    """A tilted board with six black disks of radius 12 around it, through a lens; the disks in the image."""
    ring = 12 * np.stack([np.sin(np.arange(0, 2 * np.pi, 0.02)), np.cos(np.arange(0, 2 * np.pi, 0.02))], 1)
    middles = [(25, 25), (20, 130), (25, 180), (160, 20), (165, 130), (155, 200)]
    fine = np.linspace(0, 1, 20, endpoint=False)[:, np.newaxis]
    polygons = []
    for outline, color in checkerboard(10, 10, 13):
        sides = np.concatenate([a + fine * (b - a) for a, b in zip(outline, np.roll(outline, -1, axis=0))])
        polygons.append((through_opencv_lens(transform(sides + (92, 122), TILTED), k1), 255 * np.mean(color)))
    disks = [through_opencv_lens(transform(ring + middle, TILTED), k1) for middle in middles]
    image = drawn(polygons + [(disk, 40.0) for disk in disks], np.full((800, 1000), 220.0))
    return np.rint(np.clip(cv2.GaussianBlur(image, (0, 0), 0.7), 0, 255)).astype(np.uint8), disks


def area(outline):
    row, col = outline.T
    return abs(row @ np.roll(col, -1) - col @ np.roll(row, -1)) / 2


@pytest.mark.parametrize("k1", [-0.05, 0.03])
def test_a_lens_that_bends_lines_is_taken_out_of_areas(k1):
    image, disks = bent_sheet(k1)
    scale = find_checkerboard(image, 10)
    assert np.sign(scale.distortion) == np.sign(k1)
    truth = np.pi * 12**2
    assert [area(scale.to_sheet(disk)) for disk in disks] == pytest.approx([truth] * 6, rel=0.01)
    plane = homography_of(np.vstack(disks), scale.to_sheet(np.vstack(disks)))
    assert max(abs(area(transform(disk, plane)) / truth - 1) for disk in disks) > 0.02  # what no homography gives
    upright, flat = rectify_sheet(image, scale)
    _, _, stats, _ = cv2.connectedComponentsWithStats((upright < 130).astype(np.uint8))
    found = stats[1:, cv2.CC_STAT_AREA] * flat.pixel_size[0] ** 2
    assert [size for size in found if 300 < size < 600] == pytest.approx([truth] * 6, rel=0.015)
    np.testing.assert_allclose(scale.to_image(scale.to_sheet(disks[0])), disks[0], atol=1e-6)


def test_an_unbent_board_has_no_distortion():
    assert find_checkerboard(bent_sheet(0.0)[0], 10).distortion == 0


def test_a_photo_through_such_a_lens_is_measured():
    image, disks = bent_sheet(-0.05)
    photo = measure_photo(image, scale="checkerboard:10", background="otsu", min_size=300, max_size=600)
    assert photo.columns["area"] == pytest.approx(np.full(6, np.pi * 12**2), rel=0.015)
    middles = sorted(tuple(disk.mean(axis=0)) for disk in disks)
    np.testing.assert_allclose(sorted(map(tuple, photo.centers)), middles, atol=1)
