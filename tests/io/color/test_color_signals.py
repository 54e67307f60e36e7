"""Color spaces that files name by numbers."""

import numpy as np
import pytest
from PIL import Image

from featkit.exceptions import ImageReadError
from featkit.io.color.color_profiles import to_srgb
from featkit.io.color.color_signals import profile_of_cicp, profile_of_exif, profile_of_gamma
from tests.io.icc_profiles import truth

SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
PIXELS = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 13), (1, 1), (2, 13), (1, 2)])
def test_srgb_by_any_of_its_code_points_changes_nothing(primaries, transfer):
    assert profile_of_cicp(primaries, transfer).is_srgb


def test_unspecified_code_points_name_nothing():
    assert profile_of_cicp(2, 2) is None


def test_display_p3_is_converted_as_its_profile_is():
    converted = to_srgb(PIXELS, profile_of_cicp(12, 13), "convert")
    assert np.abs(converted - truth("Display P3", PIXELS)).max() < 1


def test_linear_light_is_encoded():
    levels = np.dstack([np.arange(256, dtype=np.uint8)[np.newaxis]] * 3)
    light = levels / 255
    expected = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(to_srgb(levels, profile_of_cicp(1, 8), "convert") - expected).max() < 0.51


@pytest.mark.parametrize("transfer", [16, 18])
def test_a_high_dynamic_range_is_refused(transfer):
    with pytest.raises(ImageReadError, match="high dynamic range"):
        profile_of_cicp(9, transfer)


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 9), (10, 13), (200, 1)])
def test_unknown_code_points_are_refused(primaries, transfer):
    with pytest.raises(ImageReadError, match="code points"):
        profile_of_cicp(primaries, transfer)


def test_the_gamma_and_primaries_of_srgb_change_nothing():
    assert profile_of_gamma(None, None) is None
    assert profile_of_gamma(0.45455, None).is_srgb
    assert profile_of_gamma(0.45455, SRGB).is_srgb
    assert profile_of_gamma(None, SRGB).is_srgb


def test_another_gamma_is_applied():
    gray = np.arange(256, dtype=np.uint8)[np.newaxis]
    light = (gray / 255) ** 1.8
    expected = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    converted = to_srgb(np.dstack([gray] * 3), profile_of_gamma(1 / 1.8, None), "convert")
    assert np.abs(converted - expected[..., np.newaxis]).max() < 0.51


@pytest.mark.parametrize("wrong", [(0.3, 0, 0.6, 0.3, 0.3, 0.6, 0.1, 0.1), (0.3, 0.3, 0.6, 0.3, 0.6, 0.3, 0.1, 0.1)])
def test_primaries_that_span_nothing_are_refused(wrong):
    with pytest.raises(ImageReadError, match="span a color space"):
        profile_of_gamma(None, wrong)
    with pytest.raises(ImageReadError, match="gamma above 0"):
        profile_of_gamma(0.0, SRGB)


def test_adobe_rgb_is_converted_as_its_profile_is():
    written, exif = Image.Exif(), Image.Exif()
    assert profile_of_exif(exif) is None
    written.get_ifd(0x8769)[0xA005] = {1: "R03"}
    exif.load(written.tobytes())
    converted = to_srgb(PIXELS, profile_of_exif(exif), "convert")
    assert np.abs(converted - truth("Adobe RGB", PIXELS)).max() < 1
