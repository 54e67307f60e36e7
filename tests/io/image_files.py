"""Image files of every kind, written by their own writers or from the specification, and what is in them."""

import io
import struct
import zlib

import cv2
import numpy as np
import tifffile
from PIL import Image

from featkit import check_image

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


def png_of_bits(levels, n_bits, *extra_chunks):
    """A gray PNG with so many bits per sample, from its specification."""
    bits = levels[..., np.newaxis] >> np.arange(n_bits - 1, -1, -1).astype(np.uint8) & 1
    rows = b"".join(b"\0" + row.tobytes() for row in np.packbits(bits.reshape(len(levels), -1), axis=1))
    header = struct.pack(">IIBBBBB", levels.shape[1], levels.shape[0], n_bits, 0, 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), *extra_chunks, png_chunk(b"IDAT", zlib.compress(rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + png_chunk(b"IEND", b"")


def bmp_of_version_5(rgb, profile, kind=b"DEBM", n_channels=3, is_top_down=False):
    """A BMP of which the header has the profile follow the pixels, from its description (BITMAPV5HEADER)."""
    height, width = rgb.shape[:2]
    rows = np.zeros((height, -(-width * n_channels // 4) * 4), np.uint8)  # to whole words
    rows[:, : width * n_channels].reshape(height, width, n_channels)[..., :3] = rgb[..., ::-1]
    pixels = (rows if is_top_down else rows[::-1]).tobytes()
    tall = -height if is_top_down else height
    header = struct.pack("<IiiHHIIiiII", 124, width, tall, 1, 8 * n_channels, 0, len(pixels), 0, 0, 0, 0)
    header += bytes(16) + kind + bytes(48) + struct.pack("<4I", 4, 124 + len(pixels), len(profile), 0)
    whole = 14 + len(header) + len(pixels) + len(profile)
    return b"BM" + struct.pack("<IHHI", whole, 0, 0, 14 + len(header)) + header + pixels + profile


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
    "webp rgb": (with_pillow(RGB, "WEBP", lossless=True), RGB),
    "webp rgba": (with_pillow(RGBA, "WEBP", lossless=True, exact=True), RGBA),
    "gif palette": (with_pillow(palette_image(), "GIF"), PALETTE),
    "gif transparent": (
        with_pillow(palette_image(), "GIF", transparency=1, optimize=False),
        np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)]),
    ),
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


# Orientation

SIDES = {  # EXIF 2.3: where the first row and the first column of the stored image are seen
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


def write(path, content):
    path.write_bytes(content)
    return path
