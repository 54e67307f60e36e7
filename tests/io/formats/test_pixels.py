"""From stored samples to pixels."""

import cv2
import numpy as np
import pytest
from PIL import Image

from featkit.exceptions import ImageReadError
from featkit.io.formats.pixels import full_range, opencv_pixels, orientation_of, upright
from tests.io.image_files import DEEP_RGB, GRAY, RGB, RGBA, as_stored, exif_of, with_opencv


@pytest.mark.parametrize("n_bits", range(1, 17))
def test_every_sample_is_stretched_to_the_nearest_level(n_bits):
    samples = np.arange(2**n_bits, dtype=np.uint16)
    white = 255 if n_bits <= 8 else 65535
    found = full_range(samples, n_bits)
    np.testing.assert_array_equal(found, np.floor(samples * (white / (2**n_bits - 1)) + 0.5))
    assert found.dtype == (np.uint8 if n_bits <= 8 else np.uint16)
    assert found[[0, -1]].tolist() == [0, white]


def test_bits_become_black_and_white():
    assert full_range(np.array([True, False]), 1).tolist() == [255, 0]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_stored_pixels_are_turned_upright(orientation):
    stored = as_stored(RGB, orientation)
    np.testing.assert_array_equal(upright(stored, orientation), RGB)
    assert upright(stored, orientation).flags.c_contiguous


@pytest.mark.parametrize("orientation", [0, 9, "6", None])
def test_an_unknown_orientation_changes_nothing(orientation):
    assert upright(RGB, orientation) is RGB


def test_the_orientation_is_that_of_the_exif_or_1():
    def broken():
        raise ValueError("damaged")

    assert orientation_of(lambda: exif_of(6)) == 6
    assert orientation_of(Image.Exif) == 1
    assert orientation_of(broken) == 1


@pytest.mark.parametrize("pixels", [GRAY, RGB, RGBA, DEEP_RGB], ids=["gray", "RGB", "RGBA", "16 bits"])
def test_what_opencv_decodes_is_in_the_order_of_rgb(pixels):
    np.testing.assert_array_equal(opencv_pixels(with_opencv(pixels, ".png")), pixels)
    if pixels.ndim == 3:
        gray = opencv_pixels(with_opencv(pixels, ".png"), cv2.IMREAD_GRAYSCALE)
        assert gray.shape == pixels.shape[:2]


def test_what_opencv_cannot_decode_is_refused():
    with pytest.raises(ImageReadError, match="cannot be decoded"):
        opencv_pixels(b"no image")
