"""PNG: chunks that decide about pixels must be right, notes need not."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile, PngImagePlugin

from featkit import read_image
from featkit.exceptions import ImageReadError, LeftOutWarning
from tests.io.icc_profiles import ADOBE, truth
from tests.io.image_files import (
    DEEP_RGB,
    GRAY,
    RGB,
    assert_is,
    exif_chunk,
    png_chunk,
    png_of_bits,
    png_of_words,
    with_pillow,
)


def with_chunk(png, kind, content, *, is_right):
    """The file with one more chunk before its pixels."""
    chunk = png_chunk(kind, content)
    if not is_right:
        chunk = chunk[:-4] + bytes(byte ^ 255 for byte in chunk[-4:])
    place = png.index(b"IDAT") - 4
    return png[:place] + chunk + png[place:]


NOTES = {
    "text": (b"tEXt", b"Comment\0a leaf"),
    "compressed text": (b"zTXt", b"Comment\0\0" + zlib.compress(b"a leaf")),
    "international text": (b"iTXt", b"Comment\0\0\0\0\0a leaf"),
    "time": (b"tIME", struct.pack(">HBBBBB", 2026, 11, 29, 12, 0, 0)),
    "pixel size": (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
}


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("name", NOTES)
def test_a_note_with_a_wrong_checksum_does_not_stand_in_the_way(name, tolerant, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
    for pixels, data in ((RGB, with_pillow(RGB, "PNG")), (GRAY, with_pillow(GRAY, "PNG"))):
        assert_is(read_image(with_chunk(data, *NOTES[name], is_right=False)), pixels)
    assert_is(read_image(with_chunk(png_of_words(DEEP_RGB, 2), *NOTES[name], is_right=False)), DEEP_RGB)


@pytest.mark.parametrize(
    ("kind", "content"),
    [(b"tRNS", b"\0\1\0\2\0\3"), (b"gAMA", struct.pack(">I", 45455)), (b"eXIf", exif_chunk(6)[8:-4])],
)
def test_a_chunk_that_decides_about_pixels_must_be_right(kind, content):
    data = with_chunk(with_pillow(RGB, "PNG"), kind, content, is_right=False)
    with pytest.raises(ImageReadError, match=f"checksum of its {kind.decode()} chunk is wrong"):
        read_image(data)


def test_text_of_any_length_is_passed_over(monkeypatch):
    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_CHUNK", 1000)
    data = with_chunk(with_pillow(RGB, "PNG"), b"zTXt", b"prompt\0\0" + zlib.compress(bytes(10**6)), is_right=True)
    assert_is(read_image(data), RGB)


def test_an_orientation_in_xmp_counts():
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="3"/></x:xmpmeta>'
    data = with_chunk(with_pillow(RGB, "PNG"), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp, is_right=True)
    assert_is(read_image(data), np.ascontiguousarray(np.rot90(RGB, 2)))


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "WEBP"])
def test_frames_that_are_left_out_are_told(file_format):
    values = (255, 0, 128)
    frames = [Image.fromarray(np.full((5, 7, 3), value, np.uint8)) for value in values]
    options = {"lossless": True} if file_format == "WEBP" else {}
    data = with_pillow(frames[0], file_format, save_all=True, append_images=frames[1:], **options)
    with pytest.warns(LeftOutWarning, match="only the first frame of an animation was read"):
        assert read_image(data).min() == 255
    for page, value in enumerate(values):
        assert np.unique(read_image(data, page=page)[..., :3]).tolist() == [value]
    with pytest.raises(ImageReadError, match="a page below 3"):
        read_image(data, page=3)


P3_CODE_POINTS = (b"cICP", bytes([12, 13, 0, 1]))
LINEAR = (b"gAMA", struct.pack(">I", 100000))


@pytest.mark.parametrize("pixels", [RGB, DEEP_RGB], ids=["8 bits", "16 bits"])
def test_code_points_of_a_color_space_are_converted_and_go_before_a_profile(pixels):
    plain = with_pillow(pixels, "PNG") if pixels.dtype == np.uint8 else png_of_words(pixels, 2)
    named = with_chunk(plain, *P3_CODE_POINTS, is_right=True)
    half_a_step = 0.51 if pixels.dtype == np.uint16 else 1
    assert np.abs(read_image(named).astype(float) - truth("Display P3", pixels)).max() <= half_a_step
    with_both = with_chunk(named, b"iCCP", b"made\0\0" + zlib.compress(ADOBE), is_right=True)
    np.testing.assert_array_equal(read_image(with_both), read_image(named))
    assert_is(read_image(named, color_profile="ignore"), pixels)
    with pytest.raises(ImageReadError, match="color profile"):
        read_image(named, color_profile="raise")


def test_a_gamma_is_applied_unless_the_file_is_called_srgb():
    linear = with_chunk(with_pillow(RGB, "PNG"), *LINEAR, is_right=True)
    light = RGB / 255
    encoded = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    assert np.abs(read_image(linear) - encoded).max() <= 1
    assert_is(read_image(with_chunk(linear, b"sRGB", b"\0", is_right=True)), RGB)
    assert_is(read_image(with_chunk(with_pillow(RGB, "PNG"), b"gAMA", struct.pack(">I", 45455), is_right=True)), RGB)


def test_a_high_dynamic_range_is_refused():
    data = with_chunk(with_pillow(RGB, "PNG"), b"cICP", bytes([9, 18, 0, 1]), is_right=True)
    with pytest.raises(ImageReadError, match=r"high dynamic range \(HLG\)"):
        read_image(data)
    assert_is(read_image(data, color_profile="ignore"), RGB)


@pytest.mark.parametrize("n_bits", [1, 2, 4, 8])
def test_a_transparent_gray_of_few_bits_is_that_of_its_samples(n_bits):
    levels = np.tile((np.arange(7) % 2**n_bits).astype(np.uint8), (3, 1))
    for transparent in {1, 2**n_bits - 1}:
        data = png_of_bits(levels, n_bits, png_chunk(b"tRNS", struct.pack(">H", transparent)))
        gray = levels * (255 // (2**n_bits - 1))
        expected = np.dstack([gray, gray, gray, np.where(levels == transparent, 0, 255).astype(np.uint8)])
        np.testing.assert_array_equal(read_image(data), expected)
