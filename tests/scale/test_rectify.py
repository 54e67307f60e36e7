import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import circle, polygon_area, rectangle
from featkit.exceptions import ImageFormatError
from featkit.image.checks import full_light
from featkit.scale import Scale, find_sheet, rectify_sheet
from featkit.scale._fitting.planes import posed_homography, transform

A4 = (210, 297)
PLACES = [(-70, -110), (0, 0), (60, 120), (-60, 100)]


def tilted_sheet(tilt=(0.12, -0.1), radius=12):
    """Dark disks on a sheet of A4 on a desk."""
    to_plane = posed_homography(np.array(tilt), np.array([450.0, 600]), 0.3, np.array([449.5, 599.5]), 1000)
    shapes = [(rectangle(*A4), 230.0), *((circle(radius) + place, 40.0) for place in PLACES)]
    polygons = [(transform(outline, np.linalg.inv(to_plane)), value) for outline, value in shapes]
    return cv2.GaussianBlur(drawn(polygons, np.full((900, 1200), 90.0)), (0, 0), 0.8)


def test_areas_on_a_tilted_sheet_are_those_of_the_drawing():
    image = tilted_sheet()
    upright, scale = rectify_sheet(image, find_sheet(image, A4))
    assert scale.rectified
    assert upright.shape == scale.shape
    assert np.array(upright.shape) * scale.pixel_size == pytest.approx(A4)
    pixel_area = np.prod(scale.pixel_size)
    for row, col in PLACES:
        center = (np.array([row, col]) + np.array(A4) / 2) / scale.pixel_size - 0.5
        low, high = np.rint(center - 100).astype(int), np.rint(center + 100).astype(int)
        part = upright[low[0] : high[0], low[1] : high[1]].astype(float)
        assert pixel_area * ((230 - part) / 190).sum() == pytest.approx(polygon_area(circle(12)), rel=3e-3)
        rows, cols = np.nonzero(part < 135)
        assert low + (rows.mean(), cols.mean()) == pytest.approx(center, abs=0.2)


def test_an_upright_sheet_is_cut_out_along_its_pixel_edges():
    image = np.full((300, 400, 3), 60, np.uint8)
    image[45:255, 50:347] = np.random.RandomState(0).randint(200, 250, (210, 297, 1))
    upright, scale = rectify_sheet(image, find_sheet(image, A4), pixel_size=1)
    np.testing.assert_allclose(upright.astype(int), image[45:255, 50:347], atol=2)
    assert scale.pixel_size == pytest.approx((1, 1))
    assert scale.tilt_error < 0.02


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_dtype_and_channels_are_kept(dtype, channels):
    scale = Scale("tag", (0.5, 0.5), "mm", (40, 50), homography=np.diag([0.5, 0.5, 1.0]), rectified_error=0.001)
    upright, after = rectify_sheet(np.full((40, 50, *channels), full_light(dtype), dtype), scale)
    assert upright.shape == (80, 100, *channels)
    assert upright.dtype == dtype
    assert after.pixel_size == (0.25, 0.25)
    assert after.tilt_error == 0.001


def test_without_a_plane_the_image_stays_or_is_resampled():
    image = np.random.RandomState(0).randint(0, 256, (40, 50), dtype=np.uint8)
    scale = Scale("coin", (0.5, 0.5), "mm", (40, 50), tilt_error=0.1)
    same, after = rectify_sheet(image, scale)
    assert same is image
    assert after is scale
    smaller, after = rectify_sheet(image, scale, pixel_size=1)
    assert smaller.shape == (20, 25)
    assert not after.rectified
    assert after.tilt_error == 0.1


def test_what_the_input_does_not_show_is_masked():
    turn = np.array([[np.cos(0.5), -np.sin(0.5), 0], [np.sin(0.5), np.cos(0.5), 0], [0, 0, 1]])
    scale = Scale("tag", (1.0, 1.0), "mm", (60, 80), homography=turn)
    upright, after = rectify_sheet(np.full((60, 80), 200, np.uint8), scale, pixel_size=1)
    assert after.mask[0, 0]
    assert not after.mask[tuple(np.array(upright.shape) // 2)]
    shown = 1 - after.mask.mean()
    assert shown * upright.size == pytest.approx(60 * 80, rel=0.15)
    assert (upright == 200).all()  # the border is repeated: no edge where there is none


def test_a_scale_of_another_image_is_refused():
    scale = Scale("tag", (1.0, 1.0), "mm", (60, 80), homography=np.eye(3))
    with pytest.raises(ImageFormatError, match=r"size \(60, 80\), got \(60, 81\)"):
        rectify_sheet(np.zeros((60, 81), np.uint8), scale)


def test_too_many_pixels_are_refused_when_asked_for_and_avoided_when_not():
    steep = np.array([[1, 0, 0], [0, 1, 0], [0, 0.0124, 1.0]])
    scale = Scale("tag", (0.01, 0.01), "mm", (60, 80), homography=steep)
    with pytest.raises(ValueError, match="take a larger one"):
        rectify_sheet(np.zeros((60, 80), np.uint8), scale, pixel_size=0.001)
    upright, after = rectify_sheet(np.zeros((60, 80), np.uint8), scale)
    assert upright.size <= 16 * 60 * 80
    assert after.pixel_size[0] > 0.005
