import builtins
import errno
import io
import os
import struct
import threading
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import polars as pl
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageSequence
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from featkit import ImageReader, RawPixels, Resizer, check_image, foreground_mask, list_images, read_image
from featkit.exceptions import ImageFormatError, ImageReadError, ImageReadWarning

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (5, 7)).astype(np.uint8)
RGB = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)
RGBA = RNG.integers(0, 256, (5, 7, 4)).astype(np.uint8)
DEEP_GRAY = RNG.integers(0, 65536, (5, 7)).astype(np.uint16)
DEEP_RGB = RNG.integers(0, 65536, (5, 7, 3)).astype(np.uint16)
DEEP_RGBA = RNG.integers(0, 65536, (5, 7, 4)).astype(np.uint16)
FLOAT = RNG.random((5, 7))
BITS = RNG.random((5, 7)) < 0.5
OPAQUE = np.full((5, 7, 1), 255, np.uint8)
RAMP = np.linspace(20, 200, 24 * 40).reshape(24, 40).astype(np.uint8)  # smooth, so that JPEG keeps it
SMOOTH = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=2)


# Files of every kind, written here


def with_pillow(pixels, file_format, *, mode=None, **options):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    (image if mode is None else image.convert(mode)).save(file, file_format, **options)
    return file.getvalue()


def with_opencv(pixels, suffix):
    bgr = pixels if pixels.ndim == 2 else pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]
    return cv2.imencode(suffix, bgr)[1].tobytes()


def with_tifffile(pixels, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **options)
    return file.getvalue()


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of_words(pixels, color_type, *extra_chunks):
    """A PNG with 16 bits per sample, from its specification."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 16, color_type, 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), *extra_chunks, png_chunk(b"IDAT", zlib.compress(rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + png_chunk(b"IEND", b"")


def bmp_with_alpha(pixels):
    """A BMP of version 4, which has a mask for alpha, from its specification."""
    height, width = pixels.shape[:2]
    content = pixels[::-1, :, [2, 1, 0, 3]].tobytes()
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, width, height, 1, 32, 3, len(content), 0, 0, 0, 0) + masks + bytes(52)
    return struct.pack("<2sIII", b"BM", 14 + len(header) + len(content), 0, 14 + len(header)) + header + content


def repeated(gray, alpha):
    return np.dstack([gray, gray, gray, alpha])


def palette_image(transparency=None):
    image = Image.fromarray(GRAY % 4, "L").convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
    if transparency is not None:
        image.info["transparency"] = transparency
    return image


PALETTE = np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90], [100, 110, 120]], np.uint8)[GRAY % 4]
PALETTE_ALPHA = np.array([255, 0, 128, 255], np.uint8)[GRAY % 4]
INK = np.dstack([SMOOTH, RAMP // 4])  # cyan, magenta, yellow, black as amounts of ink
LIGHT = np.rint((255.0 - INK[..., :3]) * (255.0 - INK[..., 3:]) / 255).astype(np.uint8)


def cmyk_jpeg(ink):
    return with_pillow(Image.fromarray(ink, "CMYK"), "JPEG", quality=100, subsampling=0)


def without_adobe_marker(jpeg):
    start = jpeg.index(b"\xff\xee")
    return jpeg[:start] + jpeg[start + 2 + struct.unpack_from(">H", jpeg, start + 2)[0] :]


def premultiplied(image):
    light = image[..., :3] * (image[..., 3:] / 65535.0)
    return np.dstack([np.rint(light).astype(np.uint16), image[..., 3]])


def two_frames(file_format):
    frames = [Image.fromarray(np.full((5, 7, 3), value, np.uint8)) for value in (255, 0)]
    return with_pillow(frames[0], file_format, save_all=True, append_images=frames[1:])


EXACT = {
    "png gray": (with_pillow(GRAY, "PNG"), GRAY),
    "png rgb": (with_pillow(RGB, "PNG"), RGB),
    "png rgba": (with_pillow(RGBA, "PNG"), RGBA),
    "png gray and alpha": (
        with_pillow(Image.merge("LA", [Image.fromarray(GRAY), Image.fromarray(RGBA[..., 3])]), "PNG"),
        repeated(GRAY, RGBA[..., 3]),
    ),
    "png palette": (with_pillow(palette_image(), "PNG"), PALETTE),
    "png palette with alpha table": (
        with_pillow(palette_image(), "PNG", transparency=bytes([255, 0, 128, 255])),
        np.dstack([PALETTE, PALETTE_ALPHA]),
    ),
    "png palette with transparent entry": (
        with_pillow(palette_image(), "PNG", transparency=1),
        np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)]),
    ),
    "png transparent gray": (
        with_pillow(GRAY, "PNG", transparency=int(GRAY[2, 3])),
        repeated(GRAY, np.where(GRAY[2, 3] == GRAY, 0, 255).astype(np.uint8)),
    ),
    "png transparent colour": (
        with_pillow(RGB, "PNG", transparency=tuple(RGB[2, 3].tolist())),
        np.dstack([RGB, np.where((RGB[2, 3] == RGB).all(axis=2), 0, 255).astype(np.uint8)]),
    ),
    "png 1 bit": (with_pillow(Image.fromarray(BITS), "PNG"), np.where(BITS, 255, 0).astype(np.uint8)),
    "png 4 bit gray": (with_pillow(GRAY // 16 * 17, "PNG", bits=4), GRAY // 16 * 17),
    "png 16 bit gray": (with_pillow(DEEP_GRAY, "PNG"), DEEP_GRAY),
    "png 16 bit rgb": (png_of_words(DEEP_RGB, 2), DEEP_RGB),
    "png 16 bit rgba": (png_of_words(DEEP_RGBA, 6), DEEP_RGBA),
    "png 16 bit gray and alpha": (png_of_words(DEEP_RGBA[..., 2:], 4), repeated(DEEP_RGBA[..., 2], DEEP_RGBA[..., 3])),
    "png 16 bit transparent gray": (
        png_of_words(DEEP_GRAY, 0, png_chunk(b"tRNS", struct.pack(">H", DEEP_GRAY[2, 3]))),
        repeated(DEEP_GRAY, np.where(DEEP_GRAY[2, 3] == DEEP_GRAY, 0, 65535).astype(np.uint16)),
    ),
    "tiff gray": (with_tifffile(GRAY), GRAY),
    "tiff rgb": (with_tifffile(RGB, photometric="rgb"), RGB),
    "tiff rgba": (with_tifffile(RGBA, photometric="rgb", extrasamples=["unassalpha"]), RGBA),
    "tiff rgb and a plane of unknown meaning": (
        with_tifffile(RGBA, photometric="rgb", extrasamples=["unspecified"]),
        RGBA[..., :3],
    ),
    "tiff gray and alpha": (
        with_tifffile(RGBA[..., 2:], photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]),
        repeated(RGBA[..., 2], RGBA[..., 3]),
    ),
    "tiff palette": (with_pillow(palette_image(), "TIFF"), PALETTE),
    "tiff 1 bit, fax compression": (
        with_pillow(Image.fromarray(BITS), "TIFF", compression="group4"),
        np.where(BITS, 255, 0).astype(np.uint8),
    ),
    "tiff lzw": (with_pillow(RGB, "TIFF", compression="tiff_lzw"), RGB),
    "tiff cmyk": (with_pillow(Image.fromarray(INK, "CMYK"), "TIFF"), LIGHT),
    "tiff white is zero": (with_tifffile(GRAY, photometric="miniswhite"), 255 - GRAY),
    "tiff 16 bit gray": (with_tifffile(DEEP_GRAY), DEEP_GRAY),
    "tiff 16 bit big-endian": (with_tifffile(DEEP_GRAY, byteorder=">"), DEEP_GRAY),
    "tiff 16 bit white is zero": (with_tifffile(DEEP_GRAY, photometric="miniswhite"), 65535 - DEEP_GRAY),
    "tiff 16 bit rgb, lzw": (with_opencv(DEEP_RGB, ".tif"), DEEP_RGB),
    "tiff 16 bit rgb, separate planes": (
        with_tifffile(np.moveaxis(DEEP_RGB, 2, 0), photometric="rgb", planarconfig="separate"),
        DEEP_RGB,
    ),
    "tiff 16 bit rgb, deflate, tiles": (
        with_tifffile(DEEP_RGB, photometric="rgb", compression="deflate", predictor=True, tile=(16, 16)),
        DEEP_RGB,
    ),
    "tiff 16 bit rgba": (with_tifffile(DEEP_RGBA, photometric="rgb", extrasamples=["unassalpha"]), DEEP_RGBA),
    "tiff float32": (with_tifffile(FLOAT.astype(np.float32)), FLOAT.astype(np.float32)),
    "tiff float64": (with_tifffile(FLOAT), FLOAT),
    "tiff float16": (with_tifffile(FLOAT.astype(np.float16)), FLOAT.astype(np.float16).astype(np.float32)),
    "tiff float32 rgb": (
        with_tifffile((DEEP_RGB / 65535).astype(np.float32), photometric="rgb"),
        (DEEP_RGB / 65535).astype(np.float32),
    ),
    "bigtiff": (with_tifffile(DEEP_GRAY, bigtiff=True), DEEP_GRAY),
    "tiff of two pages": (with_tifffile(np.stack([GRAY, 255 - GRAY]), photometric="minisblack"), GRAY),
    "webp rgb": (with_pillow(RGB, "WEBP", lossless=True), RGB),
    "webp rgba": (with_pillow(RGBA, "WEBP", lossless=True, exact=True), RGBA),
    "webp of two frames": (two_frames("WEBP"), np.full((5, 7, 3), 255, np.uint8)),
    "gif palette": (with_pillow(palette_image(), "GIF"), PALETTE),
    "gif transparent": (
        with_pillow(palette_image(), "GIF", transparency=1, optimize=False),
        np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)]),
    ),
    "gif of two frames": (two_frames("GIF"), np.full((5, 7, 3), 255, np.uint8)),
    "bmp gray": (with_pillow(GRAY, "BMP"), GRAY),
    "bmp rgb": (with_pillow(RGB, "BMP"), RGB),
    "bmp rgba": (bmp_with_alpha(RGBA), RGBA),
    "bmp 1 bit": (with_pillow(Image.fromarray(BITS), "BMP"), np.where(BITS, 255, 0).astype(np.uint8)),
    "pbm": (with_pillow(Image.fromarray(BITS), "PPM"), np.where(BITS, 255, 0).astype(np.uint8)),
    "pgm": (with_pillow(GRAY, "PPM"), GRAY),
    "pgm 16 bit": (b"P5 7 5 65535\n" + DEEP_GRAY.astype(">u2").tobytes(), DEEP_GRAY),
    "ppm": (with_pillow(RGB, "PPM"), RGB),
}
LOSSY = {
    "jpeg gray": (with_pillow(RAMP, "JPEG", quality=100), RAMP),
    "jpeg rgb": (with_pillow(SMOOTH, "JPEG", quality=100, subsampling=0), SMOOTH),
    "jpeg progressive": (with_pillow(SMOOTH, "JPEG", quality=100, subsampling=0, progressive=True), SMOOTH),
    "jpeg cmyk, inverted by Adobe's convention": (cmyk_jpeg(INK), LIGHT),
    "jpeg cmyk, plain": (without_adobe_marker(cmyk_jpeg(255 - INK)), LIGHT),
    "webp lossy": (with_pillow(SMOOTH, "WEBP", quality=100), SMOOTH),
}
FILES = {name: data for name, (data, _) in (EXACT | LOSSY).items()}
SOME_OF_EACH_FORMAT = ["jpeg rgb", "png rgb", "tiff rgb", "webp rgb", "webp lossy", "gif palette", "bmp rgb", "ppm"]


def assert_is(image, expected, tolerance=0):
    assert image.dtype == expected.dtype
    assert image.shape == expected.shape
    assert image.flags.writeable
    assert image.flags.c_contiguous
    assert np.abs(image.astype(float) - expected).max() <= tolerance
    check_image(image)


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


@pytest.mark.parametrize("name", FILES)
def test_a_path_bytes_and_a_file_object_give_the_same_image(name, tmp_path):
    path = tmp_path / "no suffix at all"
    path.write_bytes(FILES[name])
    expected = read_image(FILES[name])
    stream = io.BytesIO(b"before" + FILES[name])
    stream.seek(6)
    with open(path, "rb") as file:
        for source in (path, str(path), np.str_(path), bytearray(FILES[name]), memoryview(FILES[name]), file, stream):
            np.testing.assert_array_equal(read_image(source), expected)
        assert file.tell() == 0
    assert stream.tell() == 6


PILLOW_IMAGES = {
    "1": (Image.fromarray(BITS), np.where(BITS, 255, 0).astype(np.uint8)),
    "L": (Image.fromarray(GRAY), GRAY),
    "P": (palette_image(), PALETTE),
    "P, transparent": (palette_image(1), np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)])),
    "PA": (palette_image(1).convert("PA"), np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)])),
    "LA": (Image.fromarray(RGBA[..., 2:], "LA"), repeated(RGBA[..., 2], RGBA[..., 3])),
    "La": (Image.fromarray(np.dstack([GRAY, OPAQUE]), "LA").convert("La"), repeated(GRAY, OPAQUE[..., 0])),
    "RGB": (Image.fromarray(RGB), RGB),
    "RGBA": (Image.fromarray(RGBA), RGBA),
    "RGBa": (Image.fromarray(np.dstack([RGB, OPAQUE])).convert("RGBa"), np.dstack([RGB, OPAQUE])),
    "RGBX": (Image.fromarray(RGB).convert("RGBX"), RGB),
    "CMYK": (Image.fromarray(INK, "CMYK"), LIGHT),
    "I;16": (Image.fromarray(DEEP_GRAY), DEEP_GRAY),
    "I;16B": (Image.frombytes("I;16B", (7, 5), DEEP_GRAY.astype(">u2").tobytes()), DEEP_GRAY),
    "I": (Image.fromarray(DEEP_GRAY.astype(np.int32)), DEEP_GRAY),
    "F": (Image.fromarray(FLOAT.astype(np.float32)), FLOAT.astype(np.float32)),
}


@pytest.mark.parametrize("mode", PILLOW_IMAGES)
def test_every_mode_of_a_pillow_image(mode):
    image, expected = PILLOW_IMAGES[mode]
    assert image.mode == mode.split(",")[0]
    before = image.tobytes()
    assert_is(read_image(image), expected)
    assert image.tobytes() == before


@pytest.mark.parametrize("mode", ["YCbCr", "HSV"])
def test_other_colour_models_of_pillow_become_rgb(mode):
    assert_is(read_image(Image.fromarray(SMOOTH).convert(mode)), SMOOTH, tolerance=8)


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

SIDES = {  # EXIF 2.3: where the first row and the first column of the stored picture are seen
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def as_stored(upright, orientation):
    height, width = upright.shape[:2]
    first_row, first_col = SIDES[orientation]
    size = (height, width) if orientation < 5 else (width, height)
    stored = np.empty((*size, *upright.shape[2:]), upright.dtype)
    for row in range(height):
        for col in range(width):
            distance = {"top": row, "bottom": height - 1 - row, "left": col, "right": width - 1 - col}
            stored[distance[first_row], distance[first_col]] = upright[row, col]
    return stored


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def exif_chunk(orientation):
    return png_chunk(b"eXIf", exif_of(orientation).tobytes().removeprefix(b"Exif\0\0"))


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
def test_pictures_are_turned_upright(name, orientation):
    write, upright, tolerance = ORIENTED[name]
    image = read_image(write(as_stored(upright, orientation), orientation))
    if name == "jpeg cmyk":
        upright = SMOOTH
    if name == "tiff palette":
        upright = np.dstack([upright] * 3)
    assert_is(image, upright, tolerance)


def test_orientation_of_an_opened_pillow_image():
    for orientation in SIDES:
        data = with_pillow(as_stored(RGB, orientation), "PNG", exif=exif_of(orientation))
        np.testing.assert_array_equal(read_image(Image.open(io.BytesIO(data))), RGB)


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
    side = 60_000
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    with pytest.raises(ImageReadError, match="at most max_pixels=100000000 pixels, got 60000 x 60000 = 3600000000"):
        read_image(bomb)
    with pytest.raises(ImageReadError, match="truncated"):
        read_image(bomb, max_pixels=side**2)


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


@settings(max_examples=300, deadline=None)
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


# Errors


def write(path, content):
    path.write_bytes(content)
    return path


UNREADABLE = {
    "missing": (
        lambda folder: folder / "cat.jpg",
        "cat.jpg: expected an image file, there is none of this name. Check",
    ),
    "directory": (lambda folder: folder, "got a directory. list_images"),
    "empty": (lambda folder: write(folder / "cat.jpg", b""), "cat.jpg: expected JPEG, PNG.* got an empty file"),
    "text": (
        lambda folder: write(folder / "cat.png", b"Dear reader,"),
        r"cat.png: expected.*begins with b'Dear reader,'",
    ),
    "truncated jpeg": (
        lambda folder: write(folder / "cat.jpg", FILES["jpeg rgb"][:-100]),
        "cat.jpg: expected a whole JPEG file, it is truncated: .* without an end-of-image marker. Copy it again",
    ),
    "truncated png": (
        lambda folder: write(folder / "cat.png", FILES["png rgb"][:-20]),
        "cat.png: expected a whole PNG file, it is truncated: .* without an IEND chunk. Copy it again",
    ),
    "damaged png": (
        lambda folder: write(folder / "cat.png", FILES["png rgb"][:60] + b"????" + FILES["png rgb"][64:]),
        "cat.png: expected a whole PNG file, the checksum of its IDAT chunk is wrong",
    ),
    "truncated tiff": (
        lambda folder: write(folder / "cat.tif", FILES["tiff 16 bit rgba"][:-20]),
        "cat.tif: expected a whole TIFF file, it is truncated",
    ),
    "truncated webp": (
        lambda folder: write(folder / "cat.webp", FILES["webp rgb"][:-20]),
        "cat.webp: expected a whole WebP file, it is truncated",
    ),
    "truncated gif": (
        lambda folder: write(folder / "cat.gif", FILES["gif palette"][:-20]),
        "cat.gif: expected a whole image file, the decoder says: ",
    ),
    "truncated bmp": (
        lambda folder: write(folder / "cat.bmp", FILES["bmp rgb"][:-20]),
        "cat.bmp: expected a whole image file, the decoder says: image file is truncated",
    ),
    "only a signature": (
        lambda folder: write(folder / "cat.jpg", b"\xff\xd8\xff"),
        "cat.jpg: expected a whole image file, the decoder says: ",
    ),
    "float tiff out of range": (
        lambda folder: write(folder / "height.tif", with_tifffile(FLOAT * 200)),
        r"height.tif: Expected a float image in \[0, 1\], got values from .*divide by 255 first",
    ),
    "integer tiff": (
        lambda folder: write(folder / "count.tif", with_tifffile(DEEP_GRAY.astype(np.int32))),
        "count.tif: Expected an image of dtype .* got int32",
    ),
    "multispectral tiff": (
        lambda folder: write(
            folder / "bands.tif",
            with_tifffile(np.zeros((5, 7, 6), np.uint16), photometric="minisblack", planarconfig="contig"),
        ),
        "bands.tif: expected gray or RGB planes with or without alpha, got ",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_say_which_and_why(name, tmp_path):
    make, message = UNREADABLE[name]
    path = make(tmp_path)
    for source in (path, str(path)):
        with pytest.raises(ImageReadError, match=message) as caught:
            read_image(source)
        assert caught.value.path == str(path)
        assert isinstance(caught.value, OSError)


def test_an_error_of_an_open_file_or_a_pillow_image_has_its_path(tmp_path):
    path = write(tmp_path / "cat.bmp", FILES["bmp rgb"][:-20])
    with open(path, "rb") as file, pytest.raises(ImageReadError, match="cat.bmp: ") as caught:
        read_image(file)
    assert caught.value.path == str(path)
    with Image.open(path) as image, pytest.raises(ImageReadError, match="cat.bmp: ") as caught:
        read_image(image)
    assert caught.value.path == str(path)


def test_sources_without_a_name_are_called_by_their_kind():
    with pytest.raises(ImageReadError, match="^bytes source: ") as caught:
        read_image(b"photos/cat.jpg")
    assert caught.value.path is None
    with pytest.raises(ImageReadError, match="^StringIO source: expected a file opened for bytes"):
        read_image(io.StringIO("text"))
    with pytest.raises(ImageReadError, match="^Image source: expected at most max_pixels=34"):
        read_image(Image.fromarray(RGB), max_pixels=34)
    with pytest.raises(ImageReadError, match="^Image source: expected integer pixels in 0..65535, got -1..3 "):
        read_image(Image.fromarray(np.array([[-1, 3]], np.int32)))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_other_errors_of_the_system_are_told(number, monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    path = write(tmp_path / "cat.jpg", b"")
    monkeypatch.setattr(builtins, "open", refuse)
    with pytest.raises(ImageReadError, match=f"cat.jpg: expected a readable file, got: {os.strerror(number)}"):
        read_image(path)


# ImageReader


def mixed_sources(folder):
    return [
        str(write(folder / "a.png", FILES["png rgb"])),
        write(folder / "b.png", FILES["png gray"]),
        FILES["png rgba"],
        io.BytesIO(FILES["tiff 16 bit rgb, lzw"]),
        Image.fromarray(GRAY),
        RGB,
        BITS,
        FLOAT,
    ]


def object_array(items):
    array = np.empty(len(items), object)
    array[:] = items
    return array


@pytest.mark.parametrize("container", [list, tuple, object_array, pd.Series])
def test_mixed_sources_in_one_batch(container, tmp_path):
    batch = container(mixed_sources(tmp_path))
    reader = ImageReader().fit(batch)
    for _ in range(2):  # a file object is good for more than one reading
        images = reader.transform(batch)
        for image, expected in zip(images, [RGB, GRAY, RGBA, DEEP_RGB, GRAY, RGB, BITS, FLOAT], strict=True):
            np.testing.assert_array_equal(image, expected)
            assert image.dtype == expected.dtype


@pytest.mark.parametrize("container", [list, np.array, object_array, pd.Series, pl.Series, lambda p: np.array(p, "S")])
def test_columns_of_paths(container, tmp_path):
    paths = [str(write(tmp_path / f"{n}.png", with_pillow(GRAY // (n + 1), "PNG"))) for n in range(3)]
    images = ImageReader().fit_transform(container(paths))
    assert images.shape == (3, 5, 7)
    np.testing.assert_array_equal(images[2], GRAY // 3)


def test_a_stack_of_images_passes_through():
    stack = np.stack([RGB, RGB // 2])
    np.testing.assert_array_equal(ImageReader().fit_transform(stack), stack)


WRONG_BATCHES = {
    "one path": ("cat.jpg", "got one str. Put it into a list"),
    "one Path": (Path("cat.jpg"), "got one PosixPath|got one WindowsPath"),
    "bytes": (b"...", "got one bytes"),
    "one PIL image": (Image.fromarray(RGB), "got one Image"),
    "one file": (io.BytesIO(), "got one BytesIO"),
    "one image": (RGB, r"one array of shape \(5, 7, 3\).*image\[np.newaxis\]"),
    "generator": ((path for path in ["a.jpg"]), "got a generator. Make it a list"),
    "DataFrame": (
        pd.DataFrame({"path": ["a.jpg"], "age": [3]}),
        r"got a DataFrame of 2 columns. Select one of them: X\['path'\]",
    ),
    "columns of a table": (np.array([["a.jpg", "x"]]), r"along one axis, got <U5 of shape \(1, 2\)"),
    "dict": ({"a": "a.jpg"}, "got dict"),
    "number": (3, "got int"),
    "nothing": ([], "at least one path or image, got an empty batch"),
    "missing value": (["a.jpg", None], "got NoneType None. Leave out rows"),
    "nan": (pd.Series(["a.jpg", np.nan], dtype=object), "got float nan. Leave out rows"),
}


@pytest.mark.parametrize("name", WRONG_BATCHES)
def test_wrong_batches(name):
    batch, message = WRONG_BATCHES[name]
    with pytest.raises(ImageFormatError, match=message):
        ImageReader().fit(batch)


def test_a_wrong_item_is_told_by_its_index():
    with pytest.raises(ImageFormatError) as caught:
        ImageReader().fit(["a.jpg", None])
    assert caught.value.__notes__ == ["image 1 of the batch"]


def test_a_broken_file_is_told_by_its_path_and_index(tmp_path):
    paths = [write(tmp_path / "good.png", FILES["png rgb"]), write(tmp_path / "bad.png", FILES["png rgb"][:-9])]
    with pytest.raises(ImageReadError, match="bad.png: ") as caught:
        make_pipeline(ImageReader(), Resizer(height=4, width=4), RawPixels()).fit_transform(paths)
    way_on, place = caught.value.__notes__
    assert "find_errors" in way_on
    assert "on_error='blank'" in way_on
    assert place == "image 1 of the batch"
    assert caught.value.path == str(paths[1])


def test_fit_opens_no_file():
    reader = ImageReader().fit(["there/is/no/such.jpg"])
    assert not [name for name in vars(reader) if name.endswith("_")]


def test_a_blank_keeps_the_rows(tmp_path):
    batch = [FILES["png rgb"], tmp_path / "gone.png", b"no image", GRAY]
    reader = ImageReader(on_error="blank")
    with pytest.warns(ImageReadWarning) as caught:
        images = reader.fit_transform(batch)
    assert [str(warning.message).split(": ")[0] for warning in caught] == [
        f"A blank stands in for {tmp_path / 'gone.png'}",
        "A blank stands in for bytes source",
    ]
    assert len(images) == 4
    for blank in images[1:3]:
        assert_is(blank, np.zeros((1, 1, 4), np.uint8))
        assert not foreground_mask(blank).any()
    resized = Resizer(height=6, width=8, mode="pad").fit_transform(images)
    assert resized.shape == (4, 6, 8, 4)
    assert not resized[1:3].any()


def test_blank_does_not_excuse_wrong_arrays():
    with pytest.raises(ImageFormatError, match="got int64"):
        ImageReader(on_error="blank").fit_transform([np.zeros((3, 5), np.int64)])


def test_find_errors_reports_by_index(tmp_path):
    batch = [FILES["png rgb"], tmp_path / "gone.png", GRAY, b"no image"]
    errors = ImageReader(on_error="blank").find_errors(batch)
    assert list(errors) == [1, 3]
    assert errors[1].path == str(tmp_path / "gone.png")
    assert all(isinstance(error, ImageReadError) for error in errors.values())
    assert ImageReader().find_errors([GRAY]) == {}
    assert list(ImageReader(max_pixels=34).find_errors([FILES["png rgb"]])) == [0]


def test_the_reader_passes_its_parameters_on():
    large = with_pillow(cv2.resize(SMOOTH, (400, 240)), "JPEG")
    assert clone(ImageReader(min_size=60)).fit_transform([large]).shape == (1, 60, 100, 3)
    with pytest.raises(ImageReadError, match="max_pixels=95999"):
        ImageReader(max_pixels=95_999).fit_transform([large])


def test_threads_read_what_one_thread_reads():
    batch = list(FILES.values())
    expected = ImageReader().fit_transform(batch)
    results = {}

    def read(number):
        results[number] = ImageReader().transform(batch)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for images in results.values():
        assert all(np.array_equal(image, other) for image, other in zip(images, expected, strict=True))
    assert len(results) == 3


def test_two_frames_are_two_frames():
    for file_format in ("GIF", "WEBP"):
        assert len(list(ImageSequence.Iterator(Image.open(io.BytesIO(two_frames(file_format)))))) == 2


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    for name in ("cat/1.jpg", "dog/1.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    iterdir = Path.iterdir

    def refuse(folder):
        if folder.name == "dog":
            raise PermissionError(13, "Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)  # a mode of 0 would not stop root
    with pytest.raises(ImageReadError, match="dog: expected a folder that can be listed, got: Permission") as told:
        list_images(tmp_path)
    assert told.value.path == str(tmp_path / "dog")


def test_a_file_removed_after_it_was_listed_is_named(tmp_path):
    for name in ("cat/1.png", "cat/2.png", "dog/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / name)
    paths = list_images(tmp_path).paths
    (tmp_path / "cat" / "2.png").unlink()
    with pytest.raises(ImageReadError, match="2.png: expected an image file, there is none of this name") as told:
        ImageReader().fit_transform(paths)
    assert "image 1 of the batch" in told.value.__notes__


def test_from_a_folder_to_rows(tmp_path):
    for label, value in {"dark": 10, "light": 240}.items():
        (tmp_path / label).mkdir()
        for number in range(3):
            write(tmp_path / label / f"{number}.png", with_pillow(np.full((4 + number, 6), value, np.uint8), "PNG"))
    paths, labels, _ = list_images(tmp_path)
    rows = make_pipeline(ImageReader(), Resizer(height=3, width=3), RawPixels()).fit_transform(paths)
    assert rows.shape == (6, 9)
    np.testing.assert_allclose(rows.mean(axis=1), np.where(labels == "dark", 10, 240) / 255, rtol=1e-6)
