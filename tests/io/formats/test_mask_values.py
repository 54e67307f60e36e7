"""Stored values of mask files: palette indices, not their colours; integers of any width."""

import numpy as np
import pytest
from PIL import Image

from featkit.exceptions import ImageReadError
from featkit.io.formats.checks import Wanted
from featkit.io.formats.mask_values import decode_mask_values, mask_values_of_pillow
from tests.io.image_files import GRAY, RAMP, as_stored, exif_of, two_frames, with_pillow, with_tifffile

WANTED = Wanted(None, 10**6, None)
INDICES = (GRAY % 3).astype(np.uint8)
COLORS = [(0, 0, 0), (200, 10, 10), (10, 10, 200)]
GRAYS = [(90, 90, 90), (0, 0, 0), (7, 7, 7)]


def with_palette(colors):
    image = Image.fromarray(INDICES, "L").convert("P")
    image.putdata(INDICES.ravel().tolist())
    image.putpalette(np.ravel(colors).tolist())
    return image


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "GIF", "TIFF"])
def test_indices_of_a_palette_with_colours_are_the_values(file_format):
    data = with_pillow(with_palette(COLORS), file_format, **({"optimize": False} if file_format == "GIF" else {}))
    found = decode_mask_values(data, WANTED)
    np.testing.assert_array_equal(found.values, INDICES)
    assert found.has_colors
    assert not found.is_lossy


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_the_grays_of_a_gray_palette_are_the_values(file_format):
    found = decode_mask_values(with_pillow(with_palette(GRAYS), file_format), WANTED)
    np.testing.assert_array_equal(found.values, np.array(GRAYS)[INDICES, 0])
    assert not found.has_colors


@pytest.mark.parametrize(("n_bits", "step"), [(2, 85), (4, 17)])
def test_values_of_few_bits_are_not_stretched(n_bits, step):
    values = (GRAY % 2**n_bits).astype(np.uint8)
    found = decode_mask_values(with_pillow(values * step, "PNG", bits=n_bits), WANTED)
    np.testing.assert_array_equal(found.values, values)


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "PPM", "TIFF"])
def test_one_bit_is_true_or_false(file_format):
    bits = GRAY > 100
    found = decode_mask_values(with_pillow(Image.fromarray(bits), file_format), WANTED)
    np.testing.assert_array_equal(found.values > 0, bits)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.float32])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_numbers_of_a_tiff_stay_what_they_are(dtype, byteorder):
    values = (GRAY.astype(np.int64) * (100 if np.dtype(dtype).itemsize > 1 else 1)).astype(dtype)
    data = with_tifffile(values, byteorder=byteorder, photometric="minisblack")
    found = decode_mask_values(data, WANTED).values
    np.testing.assert_array_equal(found, values)
    assert found.dtype == dtype
    assert found.dtype.isnative


def test_a_jpeg_is_only_nearly_what_was_written():
    found = decode_mask_values(with_pillow(RAMP, "JPEG", quality=100), WANTED)
    assert found.is_lossy
    assert np.abs(found.values.astype(int) - RAMP).max() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_values_are_turned_upright(orientation):
    stored = Image.fromarray(as_stored(INDICES, orientation), "L").convert("P")
    stored.putpalette(np.ravel(COLORS + [(1, 2, 3)] * 253).tolist())
    stored.putdata(as_stored(INDICES, orientation).ravel().tolist())
    data = with_pillow(stored, "PNG", exif=exif_of(orientation))
    np.testing.assert_array_equal(decode_mask_values(data, WANTED).values, INDICES)


def test_pages_that_are_left_out_are_told():
    data = with_pillow(with_palette(COLORS), "TIFF", save_all=True, append_images=[with_palette(COLORS)])
    assert decode_mask_values(data, WANTED).left_out
    assert decode_mask_values(two_frames("GIF"), WANTED).left_out
    assert not decode_mask_values(data, WANTED._replace(page=1)).left_out


def test_the_header_is_checked_first():
    with pytest.raises(ImageReadError, match="max_pixels=3"):
        decode_mask_values(with_tifffile(GRAY), WANTED._replace(max_pixels=3))


def test_a_pillow_image_gives_its_indices():
    found = mask_values_of_pillow(with_palette(COLORS))
    np.testing.assert_array_equal(found.values, INDICES)
    assert found.has_colors
    assert not mask_values_of_pillow(with_palette(GRAYS)).has_colors
