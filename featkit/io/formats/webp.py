"""WebP files: lossy, lossless, animated."""

import io
import struct

import PIL.Image
from PIL.WebPImagePlugin import WebPImageFile

from ..color_profiles import to_srgb
from .checks import Decoded, Wanted, check_only_page, check_pixel_count, truncated
from .pillow import decode_frames
from .pixels import opencv_pixels, orientation_of, upright


def decode_webp(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a WebP file; of an animation one frame."""
    check_pixel_count(*_webp_size(data), wanted.max_pixels)
    if 8 + int.from_bytes(data[4:8], "little") > len(data):
        raise truncated("WebP", data, f"the {8 + int.from_bytes(data[4:8], 'little')} that its header announces")
    is_animated = data[12:16] == b"VP8X" and data[20] & 0x02
    if is_animated:  # OpenCV reads these from 4.11 on
        return decode_frames(WebPImageFile(io.BytesIO(data)), wanted, "WebP")
    check_only_page(wanted.page, "WebP")
    pixels = to_srgb(opencv_pixels(data), _webp_chunk(data, b"ICCP"), wanted.color_profile)
    return Decoded(upright(pixels, orientation_of(lambda: _webp_exif(data))))


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
    content = _webp_chunk(data, b"EXIF")
    if content is not None:
        exif.load(content)
    return exif


def _webp_chunk(data: bytes, wanted: bytes) -> bytes | None:
    position = 12
    while position + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, position)
        if kind == wanted:
            return data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    return None
