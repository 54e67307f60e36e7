"""Every format keeps its values, is turned upright once, and is refused where it is too large or damaged."""

import io
import struct
import warnings
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from featkit import check_image, read_image
from featkit.exceptions import ImageReadError
from tests.io.image_files import (
    DEEP_GRAY,
    DEEP_RGB,
    DEEP_RGBA,
    EXACT,
    FILES,
    GRAY,
    LOSSY,
    RAMP,
    RGB,
    SIDES,
    SMOOTH,
    SOME_OF_EACH_FORMAT,
    as_stored,
    assert_is,
    exif_chunk,
    exif_of,
    png_chunk,
    png_of_words,
    premultiplied,
    with_pillow,
    with_tifffile,
)


@pytest.mark.parametrize("name", EXACT)
def test_every_lossless_mode_keeps_its_values(name):
    data, expected = EXACT[name]
    assert_is(read_image(data), expected)


@pytest.mark.parametrize("name", LOSSY)
def test_every_lossy_mode_keeps_its_values_nearly(name):
    data, expected = LOSSY[name]
    assert_is(read_image(data), expected, tolerance=8)
    assert np.abs(read_image(data).astype(float) - expected).mean() < 2


def test_premultiplied_alpha_is_divided_out():
    opaque_enough = DEEP_RGBA.copy()
    opaque_enough[..., 3] |= 0x8000
    opaque_enough[0, 0] = 0
    data = with_tifffile(premultiplied(opaque_enough), photometric="rgb", extrasamples=["assocalpha"])
    assert_is(read_image(data), opaque_enough, tolerance=1)
    eight_bits = premultiplied(opaque_enough) // 257
    image = read_image(with_tifffile(eight_bits.astype(np.uint8), photometric="rgb", extrasamples=["assocalpha"]))
    assert_is(image, (opaque_enough // 257).astype(np.uint8), tolerance=3)


def test_the_ramp_of_all_16_bit_values_is_not_clipped():
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    for data in (with_pillow(ramp, "PNG"), with_tifffile(ramp)):
        np.testing.assert_array_equal(read_image(data), ramp)


def test_pillow_agrees_on_photos():
    photo = cv2.resize(np.kron(RGB, np.ones((9, 9, 1), np.uint8)), (70, 50), interpolation=cv2.INTER_CUBIC)
    for options in ({}, {"quality": 30}, {"subsampling": 2}, {"progressive": True}):
        data = with_pillow(photo, "JPEG", **options)
        theirs = np.asarray(Image.open(io.BytesIO(data))).astype(int)
        assert np.abs(read_image(data) - theirs).max() <= 4


# Orientation


ORIENTED = {
    "jpeg": (lambda p, o: with_pillow(p, "JPEG", quality=100, subsampling=0, exif=exif_of(o)), SMOOTH, 8),
    "jpeg gray": (lambda p, o: with_pillow(p, "JPEG", quality=100, exif=exif_of(o)), RAMP, 8),
    "jpeg cmyk": (
        lambda p, o: with_pillow(Image.fromarray(p, "CMYK"), "JPEG", quality=100, subsampling=0, exif=exif_of(o)),
        np.dstack([255 - SMOOTH, np.zeros_like(RAMP)]),
        8,
    ),
    "png": (lambda p, o: with_pillow(p, "PNG", exif=exif_of(o)), RGB, 0),
    "png 16 bit": (lambda p, o: png_of_words(p, 2, exif_chunk(o)), DEEP_RGB, 0),
    "webp": (lambda p, o: with_pillow(p, "WEBP", lossless=True, exif=exif_of(o)), RGB, 0),
    "tiff": (lambda p, o: with_tifffile(p, photometric="rgb", extratags=[(274, "H", 1, o, True)]), RGB, 0),
    "tiff 16 bit": (lambda p, o: with_tifffile(p, extratags=[(274, "H", 1, o, True)]), DEEP_GRAY, 0),
    "tiff lzw": (lambda p, o: with_pillow(p, "TIFF", compression="tiff_lzw", tiffinfo={274: o}), RGB, 0),
    "tiff palette": (lambda p, o: with_pillow(Image.fromarray(p).convert("P"), "TIFF", tiffinfo={274: o}), GRAY, 0),
}


@pytest.mark.parametrize("orientation", SIDES)
@pytest.mark.parametrize("name", ORIENTED)
def test_images_are_turned_upright(name, orientation):
    write, upright, tolerance = ORIENTED[name]
    image = read_image(write(as_stored(upright, orientation), orientation))
    if name == "jpeg cmyk":
        upright = SMOOTH
    if name == "tiff palette":
        upright = np.dstack([upright] * 3)
    assert_is(image, upright, tolerance)


@pytest.mark.parametrize("orientation", [0, 9, 4711])
def test_an_orientation_without_meaning_is_ignored(orientation):
    np.testing.assert_array_equal(read_image(with_pillow(RGB, "PNG", exif=exif_of(orientation))), RGB)


def test_damaged_exif_is_ignored():
    data = with_pillow(SMOOTH, "JPEG", quality=100, exif=b"Exif\0\0this is no TIFF header")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert read_image(data).shape == SMOOTH.shape


# Reduced decoding


@pytest.mark.parametrize(
    ("min_size", "shape"),
    [(None, (240, 400)), (241, (240, 400)), (121, (240, 400)), (120, (120, 200)), (60, (60, 100)), (1, (30, 50))],
)
@pytest.mark.parametrize("n_colors", [1, 3])
def test_a_jpeg_is_read_no_smaller_than_asked(min_size, shape, n_colors):
    large = cv2.resize(SMOOTH if n_colors == 3 else RAMP, (400, 240))
    full = with_pillow(large, "JPEG", quality=95)
    image = read_image(full, min_size=min_size)
    assert image.shape[:2] == shape
    assert image.shape[2:] == large.shape[2:]
    shrunk = cv2.resize(large, shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(image.astype(float) - shrunk).mean() < 3


def test_reducing_keeps_orientation_and_leaves_other_formats_alone():
    upright = cv2.resize(SMOOTH, (400, 240))
    data = with_pillow(as_stored(upright, 6), "JPEG", exif=exif_of(6))
    assert read_image(data, min_size=60).shape == (60, 100, 3)
    assert read_image(with_pillow(upright, "PNG"), min_size=60).shape == (240, 400, 3)


# Limits and Pillow's switches


@pytest.mark.parametrize("name", FILES)
def test_max_pixels_is_a_limit_of_the_reader_alone(name, monkeypatch):
    n_pixels = int(np.prod(read_image(FILES[name]).shape[:2]))
    read_image(FILES[name], max_pixels=n_pixels)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(ImageReadError, match=f"at most max_pixels={n_pixels - 1} pixels.*= {n_pixels}. Raise max_pix"):
        read_image(FILES[name], max_pixels=n_pixels - 1)
    assert Image.MAX_IMAGE_PIXELS is None


@pytest.mark.parametrize("name", FILES)
def test_max_pixels_is_checked_before_anything_is_decoded(name, monkeypatch):
    def decode(*args, **kwargs):
        raise AssertionError("decoded")

    monkeypatch.setattr(cv2, "imdecode", decode)
    monkeypatch.setattr("featkit.io.formats.jpeg._simplejpeg", lambda: None)
    monkeypatch.setattr(tifffile.TiffPage, "asarray", decode)
    for kind in (ImageFile.ImageFile, *ImageFile.ImageFile.__subclasses__()):
        monkeypatch.setattr(kind, "load", decode)
    with pytest.raises(ImageReadError, match="at most max_pixels=34 pixels"):
        read_image(FILES[name], max_pixels=34)
    with pytest.raises(ImageReadError, match="decoded"):
        read_image(FILES[name])


@pytest.mark.parametrize("name", SOME_OF_EACH_FORMAT)
def test_pillows_bomb_guard_is_not_asked(name, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1)
    read_image(FILES[name])
    assert Image.MAX_IMAGE_PIXELS == 1


def test_a_decompression_bomb_is_refused_by_its_header():
    side = 11_000
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    with pytest.raises(ImageReadError, match="at most max_pixels=100000000 pixels, got 11000 x 11000 = 121000000"):
        read_image(bomb)
    with pytest.raises(ImageReadError, match="truncated"):
        read_image(bomb, max_pixels=side**2)


def test_a_frame_that_is_larger_than_those_before_is_refused():
    def frame(width, height):
        return b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\0"  # one pixel is there

    gif = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame(1, 1)
    assert read_image(gif + b";").shape == (1, 1, 3)
    with pytest.raises(ImageReadError, match="expected at most max_pixels=5 pixels, got 2 x 3 = 6"):
        read_image(gif + frame(3, 2) + b";", page=1, max_pixels=5)


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("fraction", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", ["jpeg rgb", "jpeg progressive", "png rgb", "tiff rgb", "tiff lzw", "webp rgb"])
def test_truncation_is_seen_whatever_pillow_is_told_to_tolerate(name, fraction, tolerant, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
    with pytest.raises(ImageReadError, match="truncated|the decoder says"):
        read_image(FILES[name][: int(fraction * len(FILES[name]))])
    assert tolerant is ImageFile.LOAD_TRUNCATED_IMAGES


def test_bytes_after_the_end_do_no_harm():
    for name in ("jpeg rgb", "png rgb", "webp rgb", "bmp rgb", "gif palette"):
        np.testing.assert_array_equal(read_image(FILES[name] + b"\0camera maker's note"), read_image(FILES[name]))


@settings(max_examples=300, deadline=None, derandomize=True)  # the same files in every run, harmless to the decoders
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_gives_an_image_or_an_image_read_error(name, data):
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            check_image(read_image(bytes(content), max_pixels=10_000))
        except ImageReadError:
            return
