"""Bilinear interpolation against a naive oracle and OpenCV."""

import math
from itertools import product

import cv2
import numpy as np
import pytest

from featkit.image.interpolation import interpolate, interpolate_at

RNG = np.random.default_rng(0)
TURN = np.array([[0.8, -0.5, 1.3], [0.55, 0.9, -2.7]])
IMAGES = {
    "gray": RNG.integers(0, 256, (9, 13)).astype(np.uint8),
    "RGB": RNG.integers(0, 256, (9, 13, 3)).astype(np.uint8),
    "16 bits": RNG.integers(0, 65536, (9, 13)).astype(np.uint16),
    "one channel": RNG.integers(0, 256, (9, 13, 1)).astype(np.uint8),
    "RGBA in float32": RNG.random((9, 13, 4), dtype=np.float32),
    "one row": RNG.random((1, 13), dtype=np.float32),
    "one column": RNG.random((9, 1), dtype=np.float32),
    "one pixel": RNG.random((1, 1, 3), dtype=np.float32),
}
by_image = pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)


def pixel_at(image, row, col, level):
    height, width = image.shape[:2]
    if level is None:
        row, col = min(max(row, 0), height - 1), min(max(col, 0), width - 1)
    elif not (0 <= row < height and 0 <= col < width):
        return np.full(image.shape[2:], level, float)
    return image[row, col].astype(float)


def naive_between(image, y, x, level):
    top, left = math.floor(y), math.floor(x)
    total = 0
    for row, col in product((top, top + 1), (left, left + 1)):
        total += (1 - abs(y - row)) * (1 - abs(x - col)) * pixel_at(image, row, col, level)
    return total


def naive_interpolate(image, affine_map, height, width, level):
    places = [[affine_map @ [row, col, 1] for col in range(width)] for row in range(height)]
    return np.array([[naive_between(image, y, x, level) for y, x in line] for line in places])


def tolerance(image):
    return {np.uint8: 0.501, np.uint16: 0.51, np.float32: 1e-6}[image.dtype.type]


@by_image
@pytest.mark.parametrize("level", [None, 0, 0.4])
def test_as_the_formula_says(image, level):
    found = interpolate(image, TURN, 14, 11, level=level)
    assert found.dtype == image.dtype
    level = None if level is None else np.full(1, level).astype(image.dtype)[0]
    np.testing.assert_allclose(found, naive_interpolate(image, TURN, 14, 11, level), atol=tolerance(image))


@by_image
def test_at_single_places(image):
    rows, cols = RNG.uniform(-3, 12, (2, 6, 5))
    found = interpolate_at(image, rows, cols)
    expected = np.array([[naive_between(image, y, x, None) for y, x in zip(*line)] for line in zip(rows, cols)])
    np.testing.assert_allclose(found, expected, atol=tolerance(image))


@pytest.mark.parametrize(("level", "border"), [(None, cv2.BORDER_REPLICATE), (0.25, cv2.BORDER_CONSTANT)])
def test_where_opencv_looks(level, border):
    """OpenCV 4 rounds places to 1/32 of a pixel, which moves what lies on a slope of 1 by up to 1/64."""
    image = cv2.GaussianBlur(RNG.random((60, 80), dtype=np.float32), (0, 0), 3)
    in_xy = TURN[::-1, [1, 0, 2]]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(image, in_xy, (70, 50), flags=flags, borderMode=border, borderValue=0.25)
    slope = max(np.abs(np.diff(image, axis=axis)).max() for axis in (0, 1))
    slope = slope if level is None else max(slope, np.abs(image - level).max())
    np.testing.assert_allclose(interpolate(image, TURN, 50, 70, level=level), expected, atol=slope / 32)


def test_pixels_stay_what_they_are():
    image = IMAGES["RGB"]
    identity = np.array([[1.0, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(interpolate(image, identity, 9, 13), image)
    np.testing.assert_array_equal(interpolate(image[:, ::-1], identity, 9, 13, level=0), image[:, ::-1])


@pytest.mark.parametrize("axis", [0, 1])
def test_nothing_beyond_the_last_pixel_counts(axis):
    memory = np.full((2, 13) if axis == 0 else (9, 2), np.nan, np.float32)
    image = memory[:1] if axis == 0 else memory.reshape(-1)[:9].reshape(9, 1)
    image[:] = np.arange(image.size, dtype=np.float32).reshape(image.shape)
    assert not np.isnan(interpolate(image, np.array([[1.0, 0, 0.3], [0, 1, 0.4]]), *image.shape)).any()


def test_a_map_that_is_no_number_reads_no_memory_beyond_the_image():
    for number in (np.nan, np.inf, -np.inf):
        affine_map = np.array([[number, 0, 1], [0, number, 1]])
        assert interpolate(IMAGES["RGB"], affine_map, 4, 5).shape == (4, 5, 3)


def test_a_level_counts_for_whole_views_beyond_the_image_too():
    far = np.array([[1.0, 0, 500], [0, 1, 500]])
    for image in IMAGES.values():
        assert (interpolate(image, far, 3, 4, level=1) == 1).all()


def test_an_empty_canvas_and_an_empty_image():
    assert interpolate(IMAGES["RGB"], TURN, 0, 4).shape == (0, 4, 3)
    assert interpolate(IMAGES["RGB"], TURN, 4, 0).shape == (4, 0, 3)
    with pytest.raises(ValueError, match=r"with pixels, got shape \(0, 5\)"):
        interpolate(np.zeros((0, 5), np.uint8), TURN, 3, 3)
    with pytest.raises(ValueError, match="with pixels"):
        interpolate_at(np.zeros((5, 0)), np.zeros(1), np.zeros(1))


def test_a_place_that_is_no_number_reads_no_memory_beyond_the_image():
    image = IMAGES["gray"]
    places = np.array([np.nan, np.inf, -np.inf, 1e300])
    np.testing.assert_array_equal(interpolate_at(image, places, np.zeros(4)), image[[0, 8, 0, 8], 0])


@pytest.mark.parametrize("shape", [(50, 60, 3), (9, 1), (1, 9, 3), (33, 47), (20, 30, 4), (1, 1, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_maps_without_a_turn_show_what_single_places_show_to_the_bit(shape, dtype):
    values = np.random.default_rng(0).random(shape)
    image = (values if np.dtype(dtype).kind == "f" else values * np.iinfo(dtype).max).astype(dtype)
    for by_row, by_col, first in [(0.3, 0.4, (-3.3, 2.2)), (1, 1, (0, 0)), (2.2, -1.3, (0.5, 70)), (0.01, 3, (5, -7))]:
        affine_map = np.array([[by_row, 0, first[0]], [0, by_col, first[1]]])
        rows, cols = (step * np.arange(40.0) + start for step, start in zip((by_row, by_col), first, strict=True))
        expected = interpolate_at(image, *np.meshgrid(rows, cols, indexing="ij"))
        assert interpolate(image, affine_map, 40, 40).tobytes() == expected.tobytes()
