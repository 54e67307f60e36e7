"""Conversions of dtype and colour channels."""

import numpy as np
import pytest

from featkit import check_image
from featkit.image import to_float, to_gray, to_uint8
from featkit.image.checks import full_light
from featkit.image.conversions import to_dtype, to_rgb

RNG = np.random.default_rng(0)

GRAY = RNG.integers(0, 256, (5, 7)).astype(np.uint8)

RGB = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)

RGBA = RNG.integers(0, 256, (5, 7, 4)).astype(np.uint8)

MASK = RNG.random((5, 7)) < 0.5

DTYPES = [np.uint8, np.uint16, np.float32, np.float64]


def test_all_levels_survive_the_way_to_float_and_back():
    for dtype, n_levels in ((np.uint8, 256), (np.uint16, 65536)):
        levels = np.arange(n_levels).astype(dtype).reshape(16, -1)
        floats = to_float(levels)
        assert floats.dtype == np.float32
        assert floats.max() <= 1
        np.testing.assert_allclose(floats, levels / (n_levels - 1), rtol=1e-6)
        np.testing.assert_array_equal(np.rint(floats * np.float32(n_levels - 1)), levels)
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for floats in (to_float(every), every / 255, (every / 255).astype(np.float32)):
        np.testing.assert_array_equal(to_uint8(floats), every)


def test_to_uint8_rounds_to_the_nearest_level():
    deep = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    np.testing.assert_array_equal(to_uint8(deep), np.rint(deep / 257))
    assert to_uint8(np.array([[0, 0.0019, 0.002, 1]])).tolist() == [[0, 0, 1, 255]]
    np.testing.assert_array_equal(to_uint8(MASK), np.where(MASK, 255, 0))
    assert to_uint8(GRAY) is GRAY


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.7, 0.9, 0.25, 8 / 16, 100 / 256, 2047 / 4095])
def test_a_flat_area_with_rounding_noise_stays_flat(level, dtype):
    for size in (1e-16, 1e-12):
        noisy = (level + size * np.random.default_rng(0).standard_normal((50, 50))).astype(dtype)
        for target in (np.uint8, np.uint16):
            assert len(np.unique(to_dtype(noisy, target))) == 1


def test_gray_of_gray_and_of_masks():
    assert to_gray(GRAY) is GRAY
    np.testing.assert_array_equal(to_gray(MASK), np.where(MASK, 255, 0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_gray_is_luma_and_drops_alpha(dtype):
    image = (RGBA / 255 * full_light(dtype)).astype(dtype)
    gray = to_gray(image)
    assert gray.dtype == dtype
    assert gray.shape == (5, 7)
    atol = 1e-6 if np.dtype(dtype).kind == "f" else 0.6 if dtype is np.uint8 else 2
    np.testing.assert_allclose(gray, image[..., :3] @ np.array([0.299, 0.587, 0.114]), atol=atol)
    for width in range(1, 40):  # vector instructions and the rest of the row round in their own ways
        white = check_image(to_gray(np.full((3, width, 3), full_light(dtype), dtype)))
        np.testing.assert_allclose(white, full_light(dtype), rtol=1e-12)


def test_rgb_of_everything():
    np.testing.assert_array_equal(to_rgb(GRAY), np.dstack([GRAY] * 3))
    np.testing.assert_array_equal(to_rgb(RGBA), RGBA[..., :3])
    np.testing.assert_array_equal(to_rgb(MASK), np.dstack([np.where(MASK, 255, 0)] * 3))


def test_nothing_writes_to_its_input():
    for original in (GRAY, RGB, RGBA, MASK, RGBA / 255):
        image = original.copy()
        image.setflags(write=False)
        for function in (to_gray, to_float, to_uint8, to_rgb):
            function(image)
