"""WebP files: lossy, lossless, animated."""

import io
import struct
from collections.abc import Iterator

import PIL.Image
from PIL.WebPImagePlugin import WebPImageFile

from ...exceptions import ImageReadError
from ..color.color_profiles import to_srgb
from .checks import Decoded, Wanted, check_only_page, check_pixel_count, truncated
from .pillow import decode_frames
from .pixels import opencv_pixels, orientation_of, upright

_IMAGES = (b"VP8 ", b"VP8L")
_ANIMATION = 0x02  # flag


def decode_webp(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a WebP file; of an animation one frame."""
    check_pixel_count(*webp_size(data), wanted.max_pixels)
    if 8 + int.from_bytes(data[4:8], "little") > len(data):
        raise truncated("WebP", data, f"the {8 + int.from_bytes(data[4:8], 'little')} that its header announces")
    is_animated = data[12:16] == b"VP8X" and data[20] & _ANIMATION
    if is_animated:  # OpenCV reads these from 4.11 on
        return decode_frames(WebPImageFile(io.BytesIO(data)), wanted, "WebP")
    check_only_page(wanted.page, "WebP")
    pixels = to_srgb(opencv_pixels(data), _webp_chunk(data, b"ICCP"), wanted.color_profile)
    return Decoded(upright(pixels, orientation_of(lambda: _webp_exif(data))))


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in the header of the lossy, lossless or extended kind.

    Raises
    ------
    ImageReadError
        When it is of no such kind, or the image in an extended file is not as large as its header says.
    """
    kind = data[12:16]
    if kind in _IMAGES:
        return _size_of_image(kind, data, 20)
    if kind != b"VP8X":
        raise ImageReadError(
            f"expected a WebP file of the kind VP8, VP8L or VP8X, got {kind!r}. If another program opens it, save it "
            "there as PNG; else copy it again."
        )
    size = 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    inside = [_size_of_image(found, data, start) for found, start, _ in _chunks(data) if found in _IMAGES]
    if not data[20] & _ANIMATION and any(found != size for found in inside):
        raise ImageReadError(
            f"expected an image of {size[1]} x {size[0]} pixels as the header of the WebP file says, got "
            f"{inside[0][1]} x {inside[0][0]}. Copy it again from its source."
        )
    return size


def _size_of_image(kind: bytes, data: bytes, start: int) -> tuple[int, int]:
    """Width and height in a chunk VP8 or VP8L whose content begins at `start`."""
    if kind == b"VP8L" and data[start : start + 1] == b"\x2f":
        sizes = int.from_bytes(data[start + 1 : start + 5], "little")
        return 1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[start + 3 : start + 6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, start + 6)
        return width & 0x3FFF, height & 0x3FFF
    raise ImageReadError(f"expected a chunk {kind!r} with its signature in the WebP file, got another. Copy it again.")


def _webp_exif(data: bytes) -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    content = _webp_chunk(data, b"EXIF")
    if content is not None:
        exif.load(content)
    return exif


def _webp_chunk(data: bytes, wanted: bytes) -> bytes | None:
    return next((data[start:end] for kind, start, end in _chunks(data) if kind == wanted), None)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind of every chunk, and where its content begins and ends."""
    position = 12
    while position + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, position)
        yield kind, position + 8, position + 8 + size
        position += 8 + size + size % 2
