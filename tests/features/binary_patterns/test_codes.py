"""Codes of 10, 12, 14 and 16 bits: only the order of gray levels counts, and their differences where they do."""

import numpy as np
import pytest
from skimage import data
from skimage.feature import local_binary_pattern as skimage_codes

from featkit import join_alpha
from featkit.features.binary_patterns import (
    completed_lbp,
    local_binary_pattern,
    local_binary_pattern_codes,
    local_ternary_pattern,
    multi_block_lbp,
    rotation_invariant_variance,
)
from featkit.features.binary_patterns._codes import circle_positions, code_dtype, code_shape, fill_codes, whole_numbers

FUNCTIONS = [local_binary_pattern, completed_lbp, multi_block_lbp, local_ternary_pattern, rotation_invariant_variance]
OF_ORDER = [local_binary_pattern, completed_lbp, multi_block_lbp]


def waves(bits):
    rows, cols = np.mgrid[:96, :96]
    noise = np.random.default_rng(0).standard_normal((96, 96))
    light = 0.5 + 0.22 * np.sin(rows / 3) * np.cos(cols / 5) + 0.015 * noise
    return (light * (2**bits - 1)).astype(np.uint16)


def plain_codes(image, positions, margin):
    """Bits of all neighbours in Python's integers, which never overflow."""
    height, width = image.shape
    codes = np.zeros((height - 2 * margin, width - 2 * margin), np.int64)
    steps = 2048
    for row, col in np.ndindex(codes.shape):
        for k, (down, right) in enumerate(positions.tolist()):
            top, left = row + margin + down // steps, col + margin + right // steps
            a, b = down % steps, right % steps
            weighed = sum(
                weight * int(image[top + i, left + j])
                for i, j, weight in (
                    (0, 0, (steps - a) * (steps - b)),
                    (0, 1, (steps - a) * b),
                    (1, 0, a * (steps - b)),
                    (1, 1, a * b),
                )
                if weight
            )
            codes[row, col] |= int(weighed >= steps**2 * int(image[row + margin, col + margin])) << k
    return codes


@pytest.mark.parametrize(
    "image", [waves(16)[:20, :23].copy(), np.full((9, 9), 65535, np.uint16), np.eye(9, dtype=np.uint16)]
)
@pytest.mark.parametrize(("n_points", "radius", "margin"), [(8, 1, 1), (13, 2.3, 3)])
def test_codes_of_16_bits_are_those_of_a_plain_loop(image, n_points, radius, margin):
    positions = circle_positions(n_points, radius)
    codes = np.empty(code_shape(image.shape, margin), code_dtype(n_points))
    fill_codes(image, image, positions, margin, whole_numbers(image), codes)
    np.testing.assert_array_equal(codes[:, : codes.shape[1] - 2 * margin], plain_codes(image, positions, margin))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("bits", [10, 12])
def test_data_of_fewer_bits_have_the_patterns_of_the_full_range(function, bits):
    narrow = waves(bits)
    full = narrow << (16 - bits)
    expected = function(full)
    np.testing.assert_array_equal(function(narrow), expected)
    np.testing.assert_array_equal(function(full / 65535), expected)
    np.testing.assert_array_equal(function((full / 65535).astype(np.float32)), expected)


@pytest.mark.parametrize("function", OF_ORDER)
def test_patterns_do_not_see_how_dark_data_of_14_bits_are(function):
    np.testing.assert_array_equal(function(waves(14)), function(waves(14) << 2))


def test_codes_of_12_bits_are_those_of_scikit_image():
    image = waves(12)
    ours, theirs = local_binary_pattern_codes(image), skimage_codes(image, 8, 1, "default")[1:-1, 1:-1]
    assert (ours == theirs).mean() > 0.999  # ties of rounding


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("image", [data.astronaut()[:60, 100:170], data.camera()[:60, :70]])
def test_data_of_8_bits_are_read_alike_in_every_dtype(function, image):
    expected = function(image)
    for same in (image.astype(np.uint16) * 257, image / 255, (image / 255).astype(np.float32)):
        np.testing.assert_array_equal(function(same), expected)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.7])
def test_flat_light_stays_flat_whatever_the_rounding_errors(function, level):
    flat = np.full((32, 32), level)
    noisy = flat + 1e-16 * np.random.default_rng(0).standard_normal(flat.shape)
    np.testing.assert_array_equal(function(noisy), function(np.full((32, 32), 90, np.uint8)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_transparent_does_not_change_the_depth(function):
    mask = np.zeros((60, 70), bool)
    mask[10:50, 10:60] = True
    image = data.camera()[:60, :70].astype(np.uint16) * 257
    other = image.copy()
    other[~mask] = 12345  # no level of 8 bits
    np.testing.assert_array_equal(function(join_alpha(other, mask)), function(join_alpha(image, mask)))
