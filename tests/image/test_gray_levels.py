"""Levels of gray: as many as the data have, from the range that is declared or found."""

import numpy as np
import pytest

from featkit.exceptions import ImageFormatError
from featkit.image import spread_bit_depth
from featkit.image.gray_levels import (
    count_levels,
    fine_gray_levels,
    found_bit_depth,
    gray_level_stack,
    gray_levels,
    is_8_bit,
    levels_per_step,
)

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (12, 15)).astype(np.uint8)
RGB = RNG.integers(0, 256, (12, 15, 3)).astype(np.uint8)
KINDS = {"gray": GRAY, "RGB": RGB, "RGBA": np.dstack([RGB, GRAY])}
EIGHT_BITS = {
    "uint16": lambda image: image * np.uint16(257),
    "float32": lambda image: (image / 255).astype(np.float32),
    "float64": lambda image: image / 255,
    "float64 with rounding noise": lambda image: np.clip(image / 255 + 1e-16 * RNG.standard_normal(image.shape), 0, 1),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", EIGHT_BITS)
@pytest.mark.parametrize("darker", [1, 20])
def test_levels_of_8_bits_are_read_as_in_uint8_whatever_the_dtype(kind, name, darker):
    image = KINDS[kind] // darker
    same = EIGHT_BITS[name](image)
    assert is_8_bit(same)
    assert found_bit_depth(same) is None
    assert spread_bit_depth(same) is same
    for background in (0.0, 0.5, "mean"):
        for levels in (gray_levels, fine_gray_levels):
            np.testing.assert_allclose(levels(same, background).astype(int), levels(image, background), atol=1)
            if kind != "RGBA":  # blending rounds
                np.testing.assert_array_equal(levels(same, background), levels(image, background))
                assert levels(same, background).dtype == np.uint8


@pytest.mark.parametrize("depth", [8, 10, 12])
@pytest.mark.parametrize("kind", KINDS)
def test_the_depth_of_dark_data_is_found_and_spread(depth, kind):
    image = np.rint(KINDS[kind] / 255 * (2**depth - 1)).astype(np.uint16)
    image[0, 0] = 2**depth - 1
    if kind == "RGBA":
        image[..., 3] = 65535 * (GRAY > 100)
        image[0, 1] = 65535, 65535, 65535, 0  # a colour that nobody sees
        image[0, 0, 3] = 65535
    assert found_bit_depth(image) == depth
    spread = spread_bit_depth(image)
    visible = slice(None) if kind != "RGBA" else image[..., 3] > 0
    color = image if kind == "gray" else image[..., :3]
    spread_color = spread if kind == "gray" else spread[..., :3]
    np.testing.assert_array_equal(spread_color[visible], color[visible] << (16 - depth))
    if kind == "RGBA":
        np.testing.assert_array_equal(spread[..., 3], image[..., 3])
    floats = image / 65535
    assert found_bit_depth(floats) == depth
    np.testing.assert_allclose(spread_bit_depth(floats)[visible], (spread / 65535)[visible], rtol=1e-12)
    np.testing.assert_array_equal(gray_levels(image, 0.0), gray_levels(spread, 0.0))


@pytest.mark.parametrize("depth", range(8, 17))
def test_a_declared_depth_is_believed_if_it_can_hold_the_values(depth):
    image = RNG.integers(0, 2**depth, (5, 6)).astype(np.uint16)
    image[0, 0] = 2**depth - 1
    np.testing.assert_array_equal(spread_bit_depth(image, depth), image << (16 - depth))
    np.testing.assert_allclose(spread_bit_depth(image / 65535, depth), (image << (16 - depth)) / 65535, rtol=1e-12)
    if depth > 8:
        with pytest.raises(ImageFormatError, match=f"Expected values of {depth - 1} bits, got up to {2**depth - 1}"):
            spread_bit_depth(image, depth - 1)


@pytest.mark.parametrize("depth", [7, 17, 12.5, "12"])
def test_impossible_depths_are_refused(depth):
    with pytest.raises(ValueError, match="bit_depth"):
        spread_bit_depth(GRAY * np.uint16(3), depth)


def test_images_that_use_their_range_are_left_alone():
    for image in (GRAY, GRAY > 9, GRAY * np.uint16(200), GRAY / 300, (GRAY / 999).astype(np.float32)):
        assert spread_bit_depth(image) is image


def test_fine_levels_keep_the_order_of_all_values():
    deep = RNG.permutation(4096).reshape(64, 64).astype(np.uint16)
    for image in (deep, deep << 4, deep / 65535, (deep / 4095).astype(np.float32)):
        levels = fine_gray_levels(image, 0.0)
        assert levels.dtype == np.uint16
        np.testing.assert_array_equal(np.argsort(levels, axis=None), np.argsort(deep, axis=None))
    assert levels_per_step(fine_gray_levels(deep, 0.0)) == 257
    assert levels_per_step(GRAY) == 1


def test_a_stack_has_levels_of_one_kind():
    stack = np.stack([GRAY / 255, GRAY / 260])
    levels = gray_level_stack(stack, 0.0)
    assert levels.dtype == np.uint16
    np.testing.assert_array_equal(levels[0], GRAY * np.uint16(257))
    np.testing.assert_array_equal(levels[1], fine_gray_levels(stack[1], 0.0))
    np.testing.assert_array_equal(gray_level_stack(stack[:1], 0.0)[0], GRAY)


@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.7, 0.9, 0.25])
@pytest.mark.parametrize("shape", [(20, 20), (20, 20, 3)])
def test_flat_areas_with_rounding_noise_are_flat(level, shape):
    noisy = level + 1e-16 * RNG.standard_normal(shape)
    for levels in (gray_levels, fine_gray_levels):
        for image in (noisy, noisy.astype(np.float32)):
            assert len(np.unique(levels(image, 0.0))) == 1


@pytest.mark.parametrize("size", [0, 1, 6, 4096])
def test_levels_are_counted_whatever_the_size(size):
    levels = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8)
    np.testing.assert_array_equal(count_levels(levels), np.bincount(levels, minlength=256))
