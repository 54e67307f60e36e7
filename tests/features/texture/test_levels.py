"""Levels of a foreground: intervals of the full range, of the range that is found, of one that is told."""

import warnings

import numpy as np
import pytest
from skimage import data

from featkit import GLRLM, GLSZM, NGTDM, Haralick, join_alpha
from featkit.exceptions import ImageValueWarning
from featkit.features.texture import cooccurrence_matrix, glrlm, glszm, haralick, ngtdm
from featkit.features.texture._levels import foreground_levels
from featkit.parameters import InvalidParameterError

CAMERA = data.camera()[::4, ::4]
FUNCTIONS = [haralick, glrlm, glszm, ngtdm, cooccurrence_matrix]


@pytest.fixture(scope="module")
def waves():
    """12 bits of a camera in uint16."""
    rows, cols = np.mgrid[:64, :64]
    noise = np.random.default_rng(0).standard_normal((64, 64))
    return (2000 + 900 * np.sin(rows / 3) * np.cos(cols / 5) + 60 * noise).astype(np.uint16)


@pytest.mark.parametrize("n_levels", [2, 7, 32, 256])
def test_the_full_range_is_cut_into_equal_intervals(n_levels):
    expected = np.floor(CAMERA / 256 * n_levels)
    np.testing.assert_array_equal(foreground_levels(CAMERA, n_levels, "dtype"), expected)


@pytest.mark.parametrize("n_levels", [2, 7, 32, 256])
def test_the_found_range_has_the_fixed_bin_number_of_ibsi(waves, n_levels):
    low, high = waves.min(), waves.max()
    expected = np.minimum(np.floor(n_levels * (waves.astype(float) - low) / (high - low)), n_levels - 1)
    np.testing.assert_array_equal(foreground_levels(waves, n_levels, "foreground"), expected)
    assert {foreground_levels(waves, n_levels, "foreground").min(), expected.max()} == {0, n_levels - 1}


def test_a_range_that_is_told_is_in_the_units_of_the_image(waves):
    expected = np.clip(np.floor((waves - 1000.0) / 2000 * 16), 0, 15)
    np.testing.assert_array_equal(foreground_levels(waves, 16, (1000, 3000)), expected)
    as_float = foreground_levels(waves / 65535, 16, (1000 / 65535, 3000 / 65535))
    assert (as_float != expected).mean() < 0.01  # ties of rounding


@pytest.mark.filterwarnings("ignore:No value of these uint16 images")
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("bits", [10, 12])
def test_data_of_fewer_bits_keep_their_texture(function, waves, bits):
    narrow, full = waves >> (12 - bits), (waves >> (12 - bits)) << (16 - bits)
    np.testing.assert_array_equal(function(narrow), function(full))
    np.testing.assert_array_equal(function(narrow / 65535), function(full))
    np.testing.assert_array_equal(function(narrow, value_range="foreground"), function(full, value_range="foreground"))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("bits", [9, 12, 13, 14])
def test_functions_warn_of_levels_from_a_range_of_which_little_is_used(function, waves, bits):
    narrow = (waves.astype(int) << 4 >> (16 - bits)).astype(np.uint16)
    depth = bits + bits % 2
    with pytest.warns(ImageValueWarning, match=rf"images << {16 - depth} for {depth} bits") as caught:
        function(narrow)
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function(narrow, value_range=(0, 2**bits - 1))
        function(narrow, value_range="foreground")
        function(narrow << (16 - bits))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("value_range", ["dtype", "foreground", (0.2, 0.9)])
def test_every_dtype_of_one_image_gives_the_same(function, value_range):
    expected = function(CAMERA / 255, value_range=value_range)
    for white, same in ((255, CAMERA), (65535, CAMERA.astype(np.uint16) * 257), (1, (CAMERA / 255).astype(np.float32))):
        told = value_range if isinstance(value_range, str) else tuple(white * value for value in value_range)
        np.testing.assert_array_equal(function(same, value_range=told), expected)


@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("value_range", ["dtype", "foreground"])
def test_rounding_errors_are_no_texture(level, value_range):
    flat = np.full((32, 32), level) + 1e-16 * np.random.default_rng(0).standard_normal((32, 32))
    assert len(np.unique(foreground_levels(flat, 32, value_range))) == 1


def test_only_the_foreground_has_a_range(waves):
    mask = np.zeros(waves.shape, bool)
    mask[10:40, 10:40] = True
    other = waves.copy()
    other[~mask] = 65535
    expected = foreground_levels(waves[10:40, 10:40], 16, "foreground")
    found = foreground_levels(join_alpha(other, mask), 16, "foreground")
    np.testing.assert_array_equal(found[10:40, 10:40], expected)
    assert (found[~mask] == 16).all()
    assert (foreground_levels(join_alpha(other, np.zeros_like(mask)), 16, "foreground") == 16).all()


@pytest.mark.parametrize(
    "wrong", ["image", None, 3, (1,), (2, 1), (0, 0), (0, 1, 2), ("a", "b"), (np.nan, 1), (0, np.inf)]
)
def test_a_range_is_a_word_or_black_and_white(wrong):
    for function in FUNCTIONS:
        with pytest.raises(InvalidParameterError, match="value_range"):
            function(CAMERA, value_range=wrong)
    for extractor in (Haralick, GLRLM, GLSZM, NGTDM):
        with pytest.raises(InvalidParameterError, match="value_range"):
            extractor(value_range=wrong).fit([CAMERA]).transform([CAMERA])
