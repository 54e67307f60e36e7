"""What changes of light share: counts of levels, curves, luma."""

import numpy as np
import pytest

from featkit.image import to_gray
from featkit.image.checks import full_light
from featkit.preprocessing.light._tones import apply_curve, as_dtype, level_counts, with_luma

RNG = np.random.default_rng(0)
DTYPES = [np.uint8, np.uint16, np.float32, np.float64]


@pytest.mark.parametrize("dtype", DTYPES)
def test_levels_are_counted_as_numpy_counts_them(dtype):
    levels = RNG.integers(0, 256, (20, 30))
    channel = (levels / 255 * full_light(dtype)).astype(dtype) if dtype != np.uint16 else (levels * 257).astype(dtype)
    voters = RNG.random((20, 30)) < 0.5
    np.testing.assert_array_equal(level_counts(channel), np.bincount(levels.ravel(), minlength=256))
    np.testing.assert_array_equal(level_counts(channel, voters), np.bincount(levels[voters], minlength=256))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_curve_is_interpolated_between_levels(dtype):
    curve = np.sqrt(np.linspace(0, 1, 256))
    channel = (RNG.random((20, 30)) * full_light(dtype)).astype(dtype)
    expected = np.interp(channel / full_light(dtype), np.linspace(0, 1, 256), curve) * full_light(dtype)
    found = apply_curve(channel, curve)
    assert found.dtype == dtype
    assert np.abs(found - expected).max() <= (0.5 + 1e-9 if found.dtype.kind == "u" else 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_straight_curve_changes_nothing(dtype):
    channel = (RNG.random((20, 30)) * full_light(dtype)).astype(dtype)
    np.testing.assert_allclose(apply_curve(channel, np.linspace(0, 1, 256)), channel, rtol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_are_cut_off_and_rounded(dtype):
    found = as_dtype(np.array([-0.2, 0.3, 1.7]), dtype)
    assert found.dtype == dtype
    assert found == pytest.approx(
        np.array([0, 0.3, 1]) * full_light(dtype), abs=0.5 if found.dtype.kind == "u" else 1e-6
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_added_to_the_luma_is_added_to_every_channel(dtype):
    white = full_light(dtype)
    color = ((0.3 + 0.4 * RNG.random((5, 6, 3))) * white).astype(dtype)
    luma = to_gray(color)
    shift = white // 10 if dtype in (np.uint8, np.uint16) else 0.1
    found = with_luma(color, luma, (luma + shift).astype(dtype))
    np.testing.assert_allclose(found, color + shift, rtol=1e-5)
    assert found.dtype == dtype
    gray = luma[::-1].copy()
    assert with_luma(luma, luma, gray) is gray


def test_channels_that_would_leave_the_range_are_cut_off():
    color = np.array([[[250, 10, 100]]], np.uint8)
    luma = to_gray(color)
    assert with_luma(color, luma, luma + np.uint8(20))[0, 0].tolist() == [255, 30, 120]
