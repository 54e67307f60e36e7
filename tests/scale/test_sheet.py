import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import rectangle, turned
from featkit.scale import find_sheet
from featkit.scale._fitting.planes import area_per_pixel, posed_homography, transform

A4 = (210, 297)


def tilted(tilt, size=A4, turn=0.1, shape=(900, 1200)):
    """A sheet on a dark desk, and the homography from the image to it."""
    middle = (np.array(shape) - 1) / 2
    to_plane = posed_homography(np.array(tilt), middle + (10, -20), 0.33, middle, 0.9 * max(shape))
    corners = transform(rectangle(*size) @ turned(turn), np.linalg.inv(to_plane))
    image = drawn([(corners, (232, 230, 224))], np.full((*shape, 3), 70.0))
    return cv2.GaussianBlur(image, (0, 0), 1), to_plane


def test_an_upright_sheet_is_counted_in_pixels():
    image = np.full((300, 400, 3), 60, np.uint8)
    image[45:255, 50:347] = 240
    scale = find_sheet(image, A4)
    assert scale.pixel_size == pytest.approx((1, 1), rel=1e-6)
    assert scale.box == (45, 50, 255, 347)
    assert scale.mask[:40].all()
    assert not scale.mask[50:250, 55:340].any()


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.15, 0.0), (-0.1, 0.12)])
@pytest.mark.parametrize("size", [A4, A4[::-1]])
def test_the_plane_of_a_tilted_sheet(tilt, size):
    image, to_plane = tilted(tilt)
    scale = find_sheet(image, size)
    places = np.array([[200.0, 300], [450, 600], [700, 1000]])
    assert area_per_pixel(scale.homography, places) == pytest.approx(area_per_pixel(to_plane, places), rel=2e-3)
    assert scale.tilt == pytest.approx(np.rad2deg(np.hypot(*tilt)), abs=1.5)
    assert scale.rectified_error < 0.01


@pytest.mark.parametrize("size", [(216, 279), (210, 210), (100, 297)])
def test_another_format_is_refused(size):
    assert "ratio" in find_sheet(tilted((0.1, 0.05))[0], size).reason


def test_a_sheet_that_leaves_the_image_is_refused():
    image = np.full((300, 400, 3), 60, np.uint8)
    image[45:255, 200:] = 240
    assert not find_sheet(image, A4).is_known


@pytest.mark.parametrize("image", [np.full((200, 300), 230, np.uint8), np.zeros((200, 300), np.uint8)])
def test_no_sheet_is_said(image):
    assert "no sheet was found" in find_sheet(image, A4).reason
