"""PNG files: every bit depth, animations, and text that does not stand in the way of pixels."""

import io
import struct
import zlib

from PIL.PngImagePlugin import PngImageFile

from ...exceptions import ImageReadError
from ..color_profiles import to_srgb
from .checks import Decoded, Wanted, check_pixel_count, truncated
from .pillow import decode_frames, with_transparent_value
from .pixels import opencv_pixels, orientation_of, upright

_TEXT = (b"tEXt", b"zTXt", b"iTXt")
_NOTES = (*_TEXT, b"tIME", b"pHYs", b"hIST", b"sPLT", b"bKGD", b"sBIT", b"oFFs", b"pCAL", b"sCAL", b"sTER", b"gIFg")
_XMP = b"XML:com.adobe.xmp"  # may hold the orientation


def decode_png(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a PNG file; of an animation one frame."""
    if data[12:16] != b"IHDR":
        raise ImageReadError("expected a PNG file that begins with an IHDR chunk, it does not. Replace the file.")
    width, height = struct.unpack_from(">II", data, 16)
    check_pixel_count(width, height, wanted.max_pixels)
    data = _with_chunks_that_count(data)
    header = PngImageFile(io.BytesIO(data))
    bit_depth = data[24]
    if bit_depth < 16 or getattr(header, "is_animated", False):
        return decode_frames(header, wanted, "PNG")
    pixels = opencv_pixels(data)
    if pixels.ndim == 2:
        pixels = with_transparent_value(pixels, header.info)
    pixels = to_srgb(pixels, header.info.get("icc_profile") or None, wanted.color_profile)
    return Decoded(upright(pixels, orientation_of(header.getexif)))


def _with_chunks_that_count(data: bytes) -> bytes:
    """Check every chunk; leave out notes with a wrong checksum, and text of which decoders might run out of memory.

    Raises
    ------
    ImageReadError
        When the file ends too early, or the checksum of a chunk that decides about pixels is wrong.
    """
    view, position, kind = memoryview(data), 8, b""
    left_out = []
    while kind != b"IEND":
        if position + 12 > len(data):
            raise truncated("PNG", data, "an IEND chunk")
        length, kind = struct.unpack_from(">I4s", view, position)
        end = position + 12 + length
        if end > len(data):
            raise truncated("PNG", data, "an IEND chunk")
        is_right = zlib.crc32(view[position + 4 : end - 4]) == int.from_bytes(view[end - 4 : end], "big")
        if not is_right and kind not in _NOTES:
            raise ImageReadError(
                f"expected a whole PNG file, the checksum of its {kind.decode('latin-1')} chunk is wrong. "
                "Copy it again from its source."
            )
        if not is_right or (kind in _TEXT and not data.startswith(_XMP, position + 8)):
            left_out.append((position, end))
        position = end
    if not left_out:
        return data
    starts, ends = [0, *(end for _, end in left_out)], [*(start for start, _ in left_out), len(data)]
    return b"".join(view[start:end] for start, end in zip(starts, ends))
