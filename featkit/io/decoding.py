"""File formats: the bytes of an image file, or a Pillow image, become an array. Nothing here opens a file.

OpenCV decodes where it keeps every bit; Pillow and tifffile do the rest. Size and orientation are read from the
header before a pixel is decoded, and completeness is checked here, because process-wide switches of Pillow
(``MAX_IMAGE_PIXELS``, ``LOAD_TRUNCATED_IMAGES``) belong to the program, not to a library.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import PIL.Image
import tifffile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ..exceptions import ImageReadError
from ..image.alpha import with_alpha
from ..image.checks import Image, check_image, full_light

EXIF_ORIENTATION = 0x0112
_TURNED_UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: np.swapaxes(pixels, 0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(np.swapaxes(pixels, 0, 1), 2),
    8: np.rot90,
}
_JPEG_SCALES = {8: cv2.IMREAD_REDUCED_GRAYSCALE_8, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2}
_MIN_IS_WHITE, _RGB = 0, 2  # photometric interpretations of TIFF
_USUAL_TILE = 1024 * 1024  # pixels; a tile may be larger than a small picture
_UNSPECIFIED, _PREMULTIPLIED = 0, 1  # kinds of a TIFF's extra plane


def decode_image(data: bytes, *, min_size: int | None, max_pixels: int) -> Image:
    """Decode the content of an image file.

    Parameters
    ----------
    data : bytes
        JPEG, PNG, TIFF, WebP, GIF, BMP or PBM/PGM/PPM; the first picture where the file holds several.
    min_size : int or None
        A JPEG may come at 1/2, 1/4 or 1/8 of its size as long as its shorter side keeps this many pixels.
    max_pixels : int
        Largest ``height * width`` the header may declare.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])

    Raises
    ------
    ImageReadError
        When the content is unknown, incomplete or too large. Decoders raise errors of their own, too.
    """
    decoders = [decoder for signature, decoder in _DECODERS.items() if re.match(signature, data, re.DOTALL)]
    if not decoders:
        came = f"a file that begins with {data[:12]!r}" if data else "an empty file"
        raise ImageReadError(
            f"expected JPEG, PNG, TIFF, WebP, GIF, BMP or PNM content, got {came}. "
            "The name of a file does not matter, its content does: convert it, or leave it out."
        )
    return check_image(decoders[0](data, min_size, max_pixels))


def check_pixel_count(width: int, height: int, max_pixels: int) -> None:
    """Refuse an image whose header declares more pixels than allowed."""
    if width * height > max_pixels:
        raise ImageReadError(
            f"expected at most max_pixels={max_pixels} pixels, got {height} x {width} = {width * height}. "
            "Raise max_pixels where the file can be trusted."
        )


def pillow_pixels(image: PIL.Image.Image) -> np.ndarray:
    """Array of a Pillow image of any mode, turned upright by its EXIF orientation.

    Parameters
    ----------
    image : PIL.Image.Image
        1, L, I;16 and I give gray; P, RGB, CMYK, YCbCr, HSV give RGB; LA, PA, RGBA and every mode that
        declares a transparent colour give RGBA; F gives float gray.

    Returns
    -------
    pixels : ndarray (height, width[, 3 or 4])
        uint8; uint16 for I;16 and I; float32 for F.
    """
    image.load()
    return _upright(_pixels_of_mode(image), _orientation(image.getexif))


def _pixels_of_mode(image: PIL.Image.Image) -> np.ndarray:
    if image.mode.startswith("I;16"):
        return _with_transparent_value(np.array(image).astype(np.uint16), image.info)
    if image.mode == "I":
        values = np.array(image)
        if values.min() < 0 or values.max() > 65535:
            raise ImageReadError(
                f"expected integer pixels in 0..65535, got {values.min()}..{values.max()} (mode I). "
                "Rescale them to uint16 and pass the array."
            )
        return _with_transparent_value(values.astype(np.uint16), image.info)
    if image.mode == "F":
        return np.array(image)
    if image.mode == "CMYK":
        return _light_through_ink(image)
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        return np.array(image.convert("RGBA"))
    return np.array(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def _with_transparent_value(gray: np.ndarray, info: dict) -> np.ndarray:
    """RGBA where the file names one gray value as transparent; Pillow's own conversion would clip to 8 bits."""
    transparent = info.get("transparency")
    return gray if transparent is None else with_alpha(gray, gray != transparent)


def _light_through_ink(image: PIL.Image.Image) -> np.ndarray:
    ink = np.array(image).astype(np.uint16)
    if image.format == "JPEG" and "adobe" not in image.info:  # Pillow takes every CMYK JPEG for Adobe's inverted one
        ink = 255 - ink
    return ((255 - ink[..., :3]) * (255 - ink[..., 3:]) / 255 + 0.5).astype(np.uint8)


def _orientation(read_exif: Callable[[], PIL.Image.Exif]) -> int:
    try:
        return read_exif().get(EXIF_ORIENTATION, 1)
    except Exception:  # damaged metadata; the pixels are still good
        return 1


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    turn = _TURNED_UPRIGHT.get(orientation)
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def _opencv_pixels(data: bytes, flags: int = cv2.IMREAD_UNCHANGED) -> np.ndarray:
    """Pixels in RGB order; OpenCV turns a JPEG upright by itself, and nothing that is read with IMREAD_UNCHANGED."""
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    if pixels is None:
        raise ImageReadError("expected a whole image file, its content cannot be decoded. Replace the file.")
    if pixels.ndim == 2:
        return pixels
    order = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return cv2.cvtColor(pixels, order, dst=pixels)


def _truncated(image_format: str, data: bytes, end: str) -> ImageReadError:
    return ImageReadError(
        f"expected a whole {image_format} file, it is truncated: {len(data)} bytes without {end}. "
        "Copy it again from its source."
    )


def _decode_jpeg(data: bytes, min_size: int | None, max_pixels: int) -> np.ndarray:
    height, width, n_planes, scan_start = _jpeg_frame(data)
    check_pixel_count(width, height, max_pixels)
    if data.rfind(b"\xff\xd9", scan_start) < 0:
        raise _truncated("JPEG", data, "an end-of-image marker")
    if n_planes == 4:
        return pillow_pixels(JpegImageFile(io.BytesIO(data)))
    flags = cv2.IMREAD_GRAYSCALE if n_planes == 1 else cv2.IMREAD_COLOR
    if min_size is not None:
        flags |= next((flag for scale, flag in _JPEG_SCALES.items() if min(height, width) >= scale * min_size), 0)
    return _opencv_pixels(data, flags)


def _jpeg_frame(data: bytes) -> tuple[int, int, int, int]:
    """Height, width and number of planes of a JPEG, and where its first scan begins; Pillow takes ten times as long."""
    frame, position = None, 2
    while True:
        position = data.index(b"\xff", position)
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xDA and frame is not None:
            return *frame, position
        if marker == 0xFF or marker <= 0x01 or 0xD0 <= marker <= 0xD9:  # filling, or a marker without content
            position += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            frame = struct.unpack_from(">HHB", data, position + 5)
        position += 2 + length


def _decode_png(data: bytes, min_size: int | None, max_pixels: int) -> np.ndarray:
    header = PngImageFile(io.BytesIO(data))
    check_pixel_count(*header.size, max_pixels)
    _check_png_chunks(data)
    bit_depth = data[24]
    if bit_depth < 16:
        return pillow_pixels(header)
    pixels = _opencv_pixels(data)
    if pixels.ndim == 2:
        pixels = _with_transparent_value(pixels, header.info)
    return _upright(pixels, _orientation(header.getexif))


def _check_png_chunks(data: bytes) -> None:
    view, position, kind = memoryview(data), 8, b""
    while kind != b"IEND":
        if position + 12 > len(data):
            raise _truncated("PNG", data, "an IEND chunk")
        length, kind = struct.unpack_from(">I4s", view, position)
        end = position + 12 + length
        if end > len(data):
            raise _truncated("PNG", data, "an IEND chunk")
        if zlib.crc32(view[position + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            raise ImageReadError(
                f"expected a whole PNG file, the checksum of its {kind.decode('latin-1')} chunk is wrong. "
                "Copy it again from its source."
            )
        position = end


def _decode_tiff(data: bytes, min_size: int | None, max_pixels: int) -> np.ndarray:
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages.first
        check_pixel_count(int(page.imagewidth), int(page.imagelength), max_pixels)
        check_pixel_count(int(page.tilewidth), int(page.tilelength), max(max_pixels, _USUAL_TILE))
        if any(offset + count > len(data) for offset, count in zip(page.dataoffsets, page.databytecounts)):
            raise _truncated("TIFF", data, "its last strip or tile")
        if page.photometric > _RGB or page.bitspersample < 8:
            return pillow_pixels(TiffImageFile(io.BytesIO(data)))
        n_colors = _number_of_colors(page)
        try:
            planes = page.asarray().reshape(page.shaped)
        except ValueError:  # a compression tifffile cannot undo without the imagecodecs package
            if page.bitspersample == 8:
                return pillow_pixels(TiffImageFile(io.BytesIO(data)))
            return _upright(_opencv_pixels(data), page.tags.valueof(EXIF_ORIENTATION, 1))
        return _upright(_tiff_colors(page, planes, n_colors), page.tags.valueof(EXIF_ORIENTATION, 1))


def _number_of_colors(page: tifffile.TiffPage) -> int:
    n_separate, depth, _, _, n_contiguous = page.shaped
    n_colors = 3 if page.photometric == _RGB else 1
    if depth > 1 or n_separate * n_contiguous - n_colors not in (0, 1):
        raise ImageReadError(
            f"expected gray or RGB planes with or without alpha, got {n_separate * n_contiguous} planes of depth "
            f"{depth}. Read it with tifffile and pass the planes you mean as an array."
        )
    return n_colors


def _tiff_colors(page: tifffile.TiffPage, planes: np.ndarray, n_colors: int) -> np.ndarray:
    """Image of the planes ``(separate, depth, height, width, contiguous)`` that a TIFF holds."""
    has_extra = planes.shape[0] * planes.shape[4] > n_colors
    planes = np.moveaxis(planes[:, 0], 0, 2).reshape(*planes.shape[2:4], n_colors + has_extra)
    planes = planes.astype(np.float32 if planes.dtype == np.float16 else planes.dtype.newbyteorder("="))
    colors = planes[..., :n_colors] if n_colors == 3 else planes[..., 0]
    if page.photometric == _MIN_IS_WHITE:
        colors = full_light(colors.dtype) - colors
    if not has_extra or page.extrasamples[:1] == (_UNSPECIFIED,):
        return np.ascontiguousarray(colors)
    image = with_alpha(colors, planes[..., -1])
    if page.extrasamples[:1] == (_PREMULTIPLIED,):
        image[..., :3] = _divided_by_alpha(image)
    return image


def _divided_by_alpha(image: np.ndarray) -> np.ndarray:
    white = full_light(image.dtype)
    alpha = image[..., 3:].astype(np.float64)
    color = np.minimum(image[..., :3] * (white / np.maximum(alpha, 1 / 65535)), white)
    return np.rint(color) if image.dtype.kind == "u" else color


def _decode_webp(data: bytes, min_size: int | None, max_pixels: int) -> np.ndarray:
    check_pixel_count(*_webp_size(data), max_pixels)
    if 8 + int.from_bytes(data[4:8], "little") > len(data):
        raise _truncated("WebP", data, f"the {8 + int.from_bytes(data[4:8], 'little')} that its header announces")
    is_animated = data[12:16] == b"VP8X" and data[20] & 0x02
    if is_animated:  # OpenCV reads these from 4.11 on
        return pillow_pixels(WebPImageFile(io.BytesIO(data)))
    return _upright(_opencv_pixels(data), _orientation(lambda: _webp_exif(data)))


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in the header of the lossy, lossless or extended kind."""
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        sizes = int.from_bytes(data[21:25], "little")
        return 1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _webp_exif(data: bytes) -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    position = 12
    while position + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, position)
        if kind == b"EXIF":
            exif.load(data[position + 8 : position + 8 + size])
            break
        position += 8 + size + size % 2
    return exif


def _pillow_decoder(
    open_header: Callable[[io.BytesIO], PIL.Image.Image],
) -> Callable[[bytes, int | None, int], np.ndarray]:
    def decode(data, min_size, max_pixels):
        header = open_header(io.BytesIO(data))
        check_pixel_count(*header.size, max_pixels)
        return pillow_pixels(header)

    return decode


_DECODERS = {
    rb"\xff\xd8\xff": _decode_jpeg,
    rb"\x89PNG\r\n\x1a\n": _decode_png,
    rb"II[*+]\0|MM\0[*+]": _decode_tiff,
    rb"RIFF....WEBP": _decode_webp,
    rb"GIF8[79]a": _pillow_decoder(GifImageFile),
    rb"BM": _pillow_decoder(BmpImageFile),
    rb"P[1-6][\s#]": _pillow_decoder(PpmImageFile),
}
