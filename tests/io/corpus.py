"""Small valid files of every format by real encoders, several for each, and what each of them shows.

`tools/formats.py` reads all of them with several libraries; the tests read a fraction.
"""

import io
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  # registers itself with Pillow
import pydicom
from PIL import Image

from tests.io.formats.extras.test_dicom import dicom, rle
from tests.io.icc_profiles import ADOBE, GRAY_18, P3, by_littlecms
from tests.io.image_files import (
    bmp_of_version_5,
    exif_of,
    png_chunk,
    png_of_bits,
    with_opencv,
    with_pillow,
    with_tifffile,
)

ROW, COL = np.mgrid[:24, :40] / np.array([23, 39])[:, np.newaxis, np.newaxis]
SCENE = np.stack([0.1 + 0.5 * COL + 0.3 * ROW, 0.9 - 0.7 * ROW, 0.2 + 0.5 * ROW * COL, 0.1 + 0.9 * (1 - ROW)], axis=2)
KINDS = {"gray": 0, "rgb": slice(3), "rgba": slice(4)}
TURNS: dict[int, Callable] = {
    1: lambda p: p,
    2: np.fliplr,
    3: lambda p: np.rot90(p, 2),
    4: np.flipud,
    5: lambda p: np.swapaxes(p, 0, 1),
    6: lambda p: np.rot90(p, -1),
    7: lambda p: np.rot90(np.swapaxes(p, 0, 1), 2),
    8: np.rot90,
}


class Sample(NamedTuple):
    """A file, and what it shows.

    Attributes
    ----------
    file_format, writer, variant : str
    content : bytes
    truth : ndarray
        What `read_image` is to give.
    tolerance : float
        Largest difference, in steps of 8 bits for integers of 8 bits, else relative to white.
    stored : ndarray
        The samples as they were given to the writer: neither turned, stretched nor converted.
    """

    file_format: str
    writer: str
    variant: str
    content: bytes
    truth: np.ndarray
    tolerance: float
    stored: np.ndarray

    @property
    def name(self) -> str:
        return f"{self.file_format} by {self.writer}: {self.variant}"


def scene(kind: str, n_bits: int) -> np.ndarray:
    """Samples of so many bits."""
    return np.rint(SCENE[..., KINDS[kind]] * (2**n_bits - 1)).astype(np.uint8 if n_bits <= 8 else np.uint16)


def stretched(stored: np.ndarray, n_bits: int) -> np.ndarray:
    """White of so many bits as white of the dtype."""
    white = 255 if n_bits <= 8 else 65535
    return np.rint(stored.astype(np.float64) * (white / (2**n_bits - 1))).astype(np.uint8 if n_bits <= 8 else np.uint16)


def samples() -> Iterator[Sample]:
    """All files, made anew."""
    for make in (_png, _jpeg, _tiff, _pillow_tiff, _webp, _plain, _avif, _heif, _jpeg2000, _jpegxl, _dicom):
        yield from make()


def _lossless(file_format: str, writer: str, variant: str, content: bytes, truth: np.ndarray, stored=None) -> Sample:
    return Sample(file_format, writer, variant, content, truth, 0, truth if stored is None else stored)


def _turned(file_format: str, writer: str, write: Callable, kind: str, tolerance: float) -> Iterator[Sample]:
    stored = scene(kind, 8)
    for orientation, turn in TURNS.items():
        content, variant = write(stored, exif_of(orientation)), f"{kind}, orientation {orientation}"
        yield Sample(file_format, writer, variant, content, turn(stored), tolerance, stored)


def _converted(file_format: str, writer: str, write: Callable, *, is_lossy: bool = False) -> Iterator[Sample]:
    """Converted by littleCMS; of a lossy file what Pillow decodes is, since errors grow near the edge of the colors."""
    for name, profile in {"Display P3": P3, "Adobe RGB": ADOBE}.items():
        stored = scene("rgb", 8)
        content, variant = write(stored, profile), f"rgb, profile {name}"
        if is_lossy:
            stored = np.asarray(Image.open(io.BytesIO(content)))
        yield Sample(file_format, writer, variant, content, by_littlecms(stored, profile), 1, stored)


def _png() -> Iterator[Sample]:
    for kind in KINDS:
        eight, sixteen = scene(kind, 8), scene(kind, 16)
        yield _lossless("PNG", "Pillow", f"{kind}, 8 bits", with_pillow(eight, "PNG"), eight)
        yield _lossless("PNG", "imagecodecs", f"{kind}, 8 bits", imagecodecs.png_encode(eight), eight)
        yield _lossless("PNG", "imagecodecs", f"{kind}, 16 bits", imagecodecs.png_encode(sixteen), sixteen)
        yield _lossless("PNG", "OpenCV", f"{kind}, 8 bits", with_opencv(eight, ".png"), eight)
        yield _lossless("PNG", "OpenCV", f"{kind}, 16 bits", with_opencv(sixteen, ".png"), sixteen)
        yield from _turned("PNG", "Pillow", lambda p, exif: with_pillow(p, "PNG", exif=exif), kind, 0)
    yield from _converted("PNG", "Pillow", lambda p, icc: with_pillow(p, "PNG", icc_profile=icc))
    gray = scene("gray", 8)
    content = with_pillow(gray, "PNG", icc_profile=GRAY_18)
    light = np.rint(255 * _encoded((gray / 255) ** 1.8)).astype(np.uint8)
    yield Sample("PNG", "Pillow", "gray, profile gamma 1.8", content, light, 1, gray)
    for n_bits in (1, 2, 4):
        levels = scene("gray", n_bits)
        image = Image.fromarray(levels).convert("P")
        image.putpalette([value for level in range(2**n_bits) for value in [round(255 * level / (2**n_bits - 1))] * 3])
        truth = stretched(levels, n_bits)[..., np.newaxis].repeat(3, axis=2)
        content = with_pillow(image, "PNG", bits=n_bits)
        yield _lossless("PNG", "Pillow", f"palette, {n_bits} bits", content, truth, levels)
        alpha = np.where(levels == levels[3, 5], 0, 255).astype(np.uint8)
        truth = np.dstack([stretched(levels, n_bits)] * 3 + [alpha])
        content = png_of_bits(levels, n_bits, png_chunk(b"tRNS", struct.pack(">H", levels[3, 5])))
        yield _lossless("PNG", "zlib", f"transparent gray, {n_bits} bits", content, truth, levels)


def _jpeg() -> Iterator[Sample]:
    best = {"quality": 100, "subsampling": 0}
    for kind in ("gray", "rgb"):
        stored = scene(kind, 8)
        yield from _turned("JPEG", "Pillow", lambda p, exif: with_pillow(p, "JPEG", exif=exif, **best), kind, 4)
        for name, options in {"progressive": {"progressive": True}, "optimized": {"optimize": True}}.items():
            content = with_pillow(stored, "JPEG", **best, **options)
            yield Sample("JPEG", "Pillow", f"{kind}, {name}", content, stored, 4, stored)
        bgr = stored[..., ::-1] if kind == "rgb" else stored
        for name, flags in {"baseline": [], "progressive": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]}.items():
            content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 100, *flags])[1].tobytes()
            yield Sample("JPEG", "OpenCV", f"{kind}, {name}", content, stored, 8, stored)
        content = imagecodecs.jpeg8_encode(stored, level=100, subsampling="444")
        yield Sample("JPEG", "imagecodecs", kind, content, stored, 4, stored)
        twelve = scene(kind, 12)
        content = imagecodecs.jpeg8_encode(twelve, level=100, bitspersample=12, subsampling="444")
        yield Sample("JPEG", "imagecodecs", f"{kind}, 12 bits", content, stretched(twelve, 12), 0.003, twelve)
        for n_bits in (8, 16):
            deep, variant = scene(kind, n_bits), f"{kind}, {n_bits} bits"
            yield _lossless("JPEG-LS", "imagecodecs", variant, imagecodecs.jpegls_encode(deep), deep)
    yield from _converted(
        "JPEG", "Pillow", lambda p, icc: with_pillow(p, "JPEG", icc_profile=icc, **best), is_lossy=True
    )
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    content = with_pillow(scene("rgb", 8), "JPEG", exif=exif, **best)
    stored = np.asarray(Image.open(io.BytesIO(content)))
    yield Sample("JPEG", "Pillow", "Adobe RGB named by EXIF, profile", content, by_littlecms(stored, ADOBE), 1, stored)
    ink = np.dstack([255 - scene("rgb", 8), np.zeros((24, 40), np.uint8)])
    content = with_pillow(Image.fromarray(ink, "CMYK"), "JPEG", quality=100, subsampling=0)
    yield Sample("JPEG", "Pillow", "CMYK", content, scene("rgb", 8), 6, ink)


def _tiff() -> Iterator[Sample]:
    for kind in KINDS:
        photometric = "minisblack" if kind == "gray" else "rgb"
        options = {"photometric": photometric} | ({"extrasamples": ["unassalpha"]} if kind == "rgba" else {})
        for dtype in (np.uint8, np.uint16, np.float32, np.float16):
            is_float = np.dtype(dtype).kind == "f"
            stored = SCENE[..., KINDS[kind]].astype(dtype) if is_float else scene(kind, 8 * np.dtype(dtype).itemsize)
            truth = stored.astype(np.float32) if is_float else stored
            name = f"{kind}, {np.dtype(dtype).name}"
            for compression in (None, "zlib", "lzw", "zstd", "lzma", "packbits"):
                content = with_tifffile(stored, compression=compression, **options)
                yield _lossless("TIFF", "tifffile", f"{name}, {compression or 'raw'}", content, truth)
            content = with_tifffile(stored, byteorder=">", bigtiff=True, tile=(16, 16), **options)
            yield _lossless("TIFF", "tifffile", f"{name}, big endian BigTIFF, tiles", content, truth)
            if dtype != np.float16:
                content = with_tifffile(stored, compression="zlib", predictor=True, **options)
                yield _lossless("TIFF", "tifffile", f"{name}, zlib, predictor", content, truth)
            if kind != "gray":
                planes = np.moveaxis(stored, 2, 0)
                content = with_tifffile(np.ascontiguousarray(planes), planarconfig="separate", **options)
                yield _lossless("TIFF", "tifffile", f"{name}, planar", content, truth)
    for kind in ("gray", "rgb"):
        stored = scene(kind, 16)
        for orientation, turn in TURNS.items():
            tag = [(274, "H", 1, orientation, True)]
            content = with_tifffile(stored, extratags=tag, photometric="minisblack" if kind == "gray" else "rgb")
            variant = f"{kind}, uint16, orientation {orientation}"
            yield _lossless("TIFF", "tifffile", variant, content, turn(stored), stored)
    stored = scene("gray", 8)
    content = with_tifffile(stored, photometric="miniswhite")
    yield _lossless("TIFF", "tifffile", "gray, min is white", content, 255 - stored, stored)


def _pillow_tiff() -> Iterator[Sample]:
    for kind in KINDS:
        stored = scene(kind, 8)
        for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
            content = with_pillow(stored, "TIFF", compression=compression)
            yield _lossless("TIFF", "Pillow", f"{kind}, {compression}", content, stored)
        content = with_opencv(stored, ".tiff")
        yield _lossless("TIFF", "OpenCV", f"{kind}, 8 bits", content, stored)
        sixteen = scene(kind, 16)
        yield _lossless("TIFF", "OpenCV", f"{kind}, 16 bits", with_opencv(sixteen, ".tiff"), sixteen)
    yield from _converted("TIFF", "Pillow", lambda p, icc: with_pillow(p, "TIFF", icc_profile=icc))
    bits = scene("gray", 1) * np.uint8(255)
    for compression in ("raw", "group4"):
        content = with_pillow(Image.fromarray(bits).convert("1"), "TIFF", compression=compression)
        yield _lossless("TIFF", "Pillow", f"1 bit, {compression}", content, bits)


def _webp_with_exif(picture: np.ndarray, exif: Image.Exif) -> bytes:
    return with_pillow(picture, "WEBP", lossless=True, exact=True, exif=exif)


def _webp() -> Iterator[Sample]:
    for kind in ("rgb", "rgba"):
        stored = scene(kind, 8)
        yield from _turned("WebP", "Pillow", _webp_with_exif, kind, 0)
        yield _lossless("WebP", "OpenCV", kind, with_opencv(stored, ".webp"), stored)
        yield _lossless("WebP", "imagecodecs", kind, imagecodecs.webp_encode(stored, lossless=True), stored)
    yield from _converted("WebP", "Pillow", lambda p, icc: with_pillow(p, "WEBP", lossless=True, icc_profile=icc))


def _plain() -> Iterator[Sample]:
    gray, rgb = scene("gray", 8), scene("rgb", 8)
    for file_format, suffix in (("BMP", ".bmp"), ("PPM", ".ppm")):
        yield _lossless(file_format, "Pillow", "rgb", with_pillow(rgb, file_format), rgb)
        yield _lossless(file_format, "OpenCV", "rgb", with_opencv(rgb, suffix), rgb)
        yield _lossless(file_format, "Pillow", "gray", with_pillow(gray, file_format), gray)
    yield Sample("BMP", "by hand", "rgb, profile Display P3", bmp_of_version_5(rgb, P3), by_littlecms(rgb, P3), 1, rgb)
    yield _lossless("PPM", "OpenCV", "gray, 16 bits", with_opencv(scene("gray", 16), ".pgm"), scene("gray", 16))
    yield _lossless("GIF", "Pillow", "gray", with_pillow(gray, "GIF"), gray[..., np.newaxis].repeat(3, axis=2), gray)
    for name, file_format in (("1 bit", "PPM"), ("1 bit", "BMP")):
        bits = scene("gray", 1) * np.uint8(255)
        yield _lossless(file_format, "Pillow", name, with_pillow(Image.fromarray(bits).convert("1"), file_format), bits)


def _avif() -> Iterator[Sample]:
    best = {"quality": 100, "subsampling": "4:4:4"}
    for kind in ("rgb", "rgba"):
        yield from _turned("AVIF", "Pillow", lambda p, exif: with_pillow(p, "AVIF", exif=exif, **best), kind, 4)
        stored = scene(kind, 8)
        yield Sample(
            "AVIF", "imagecodecs", f"{kind}, 8 bits", imagecodecs.avif_encode(stored, level=100), stored, 0, stored
        )
        for n_bits in (10, 12):
            deep = scene(kind, n_bits)
            content = imagecodecs.avif_encode(deep, level=100, bitspersample=n_bits)
            yield _lossless("AVIF", "imagecodecs", f"{kind}, {n_bits} bits", content, stretched(deep, n_bits), deep)
    yield from _converted(
        "AVIF", "Pillow", lambda p, icc: with_pillow(p, "AVIF", icc_profile=icc, **best), is_lossy=True
    )


def _with_heif(pixels: np.ndarray, n_bits: int = 8, **options) -> bytes:
    buffer = io.BytesIO()
    mode = ("RGB" if pixels.shape[2] == 3 else "RGBA") + ("" if n_bits == 8 else ";16")
    shifted = pixels << (16 - n_bits) if n_bits > 8 else pixels
    pillow_heif.options.SAVE_HDR_TO_12_BIT = n_bits == 12
    image = pillow_heif.from_bytes(mode, pixels.shape[1::-1], np.ascontiguousarray(shifted).tobytes())
    image.save(buffer, quality=-1, chroma=444, matrix_coefficients=0, **options)
    return buffer.getvalue()


def _heif() -> Iterator[Sample]:
    for kind in ("rgb", "rgba"):
        yield from _turned("HEIC", "pillow-heif", lambda p, exif: _with_heif(p, exif=exif.tobytes()), kind, 0)
        for n_bits in (10, 12):
            deep = scene(kind, n_bits)
            content, variant = _with_heif(deep, n_bits), f"{kind}, {n_bits} bits"
            yield _lossless("HEIC", "pillow-heif", variant, content, stretched(deep, n_bits), deep)
    yield from _converted("HEIC", "pillow-heif", lambda p, icc: _with_heif(p, icc_profile=icc))


def _jpeg2000() -> Iterator[Sample]:
    for kind in KINDS:
        stored = scene(kind, 8)
        yield _lossless("JPEG 2000", "Pillow", f"{kind}, 8 bits", with_pillow(stored, "JPEG2000"), stored)
        for n_bits in (8, 10, 12, 16):
            deep = scene(kind, n_bits)
            content = imagecodecs.jpeg2k_encode(deep, level=0, bitspersample=n_bits, codecformat="jp2")
            truth = stretched(deep, n_bits)
            truth = truth[..., :3] if kind == "rgba" else truth  # imagecodecs does not call the fourth one alpha
            yield _lossless("JPEG 2000", "imagecodecs", f"{kind}, {n_bits} bits", content, truth, deep)


def _jpegxl() -> Iterator[Sample]:
    for kind in KINDS:
        stored = scene(kind, 8)
        yield _lossless("JPEG XL", "pillow-jxl-plugin", kind, with_pillow(stored, "JXL", lossless=True), stored)
        yield _lossless("JPEG XL", "imagecodecs", kind, imagecodecs.jpegxl_encode(stored, lossless=True), stored)
        for n_bits in (10, 12, 16):  # which imagecodecs calls linear light
            deep = scene(kind, n_bits)
            content = imagecodecs.jpegxl_encode(deep, lossless=True, bitspersample=n_bits)
            truth = deep / (2**n_bits - 1)
            n_colors = 3 if kind == "rgba" else None
            truth[..., :n_colors] = _encoded(truth[..., :n_colors])
            yield Sample(
                "JPEG XL", "imagecodecs", f"{kind}, {n_bits} bits", content, np.rint(65535 * truth), 1e-4, deep
            )


def _encoded(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def _dicom() -> Iterator[Sample]:
    uid = pydicom.uid
    for n_bits in (8, 12, 16):
        stored = scene("gray", n_bits)
        truth = stretched(stored, n_bits)
        white = 255 if n_bits == 8 else 65535
        for syntax in (uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian):
            content, variant = dicom(stored, n_bits=n_bits, syntax=syntax), f"gray, {n_bits} bits, {syntax.name}"
            yield _lossless("DICOM", "pydicom", variant, content, truth, stored)
        content = dicom(stored, n_bits=n_bits, kind="MONOCHROME1")
        yield _lossless("DICOM", "pydicom", f"gray, {n_bits} bits, min is white", content, white - truth, stored)
    rgb, twelve = scene("rgb", 8), scene("gray", 12)
    yield _lossless("DICOM", "pydicom", "rgb", dicom(rgb), rgb)
    yield _lossless("DICOM", "pydicom", "gray, 12 bits, RLE", rle(twelve), stretched(twelve, 12), twelve)
