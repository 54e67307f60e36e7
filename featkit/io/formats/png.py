"""PNG files: every bit depth, animations, and text that does not stand in the way of pixels."""

import io
import struct
import zlib

from PIL.PngImagePlugin import PngImageFile

from ...exceptions import ImageReadError
from ..color._icc_profiles import Profile
from ..color.color_profiles import to_srgb
from ..color.color_signals import profile_of_cicp, profile_of_gamma
from .checks import Decoded, Wanted, check_pixel_count, truncated
from .pillow import decode_frames, with_transparent_value
from .pixels import opencv_pixels, orientation_of, upright

_TEXT = (b"tEXt", b"zTXt", b"iTXt")
_NOTES = (*_TEXT, b"tIME", b"pHYs", b"hIST", b"sPLT", b"bKGD", b"sBIT", b"oFFs", b"pCAL", b"sCAL", b"sTER", b"gIFg")
_GRAY = 0  # color type
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
    is_gray = data[25] == _GRAY  # of palettes the transparent entries are told by number
    if is_gray and bit_depth in (2, 4) and "transparency" in header.info:  # Pillow stretches the pixels alone
        header.info["transparency"] *= 255 // (2**bit_depth - 1)
    if named := _named_color_space(data, header, wanted.color_profile):
        header.info["icc_profile"] = named
    if bit_depth < 16 or getattr(header, "is_animated", False):
        return decode_frames(header, wanted, "PNG")
    pixels = opencv_pixels(data)
    if pixels.ndim == 2:
        pixels = with_transparent_value(pixels, header.info)
    pixels = to_srgb(pixels, header.info.get("icc_profile") or None, wanted.color_profile)
    return Decoded(upright(pixels, orientation_of(header.getexif)))


def _named_color_space(data: bytes, header: PngImageFile, color_profile: str) -> Profile | None:
    """Color space of cICP, which goes before iCCP and sRGB, or of gAMA and cHRM, which come last (PNG, 3rd edition)."""
    if color_profile == "ignore":
        return None
    cicp = _chunk(data, b"cICP")
    if cicp is not None and len(cicp) == 4:
        return profile_of_cicp(cicp[0], cicp[1])
    if "icc_profile" in header.info or "srgb" in header.info:
        return None
    return profile_of_gamma(header.info.get("gamma"), header.info.get("chromaticity"))


def _chunk(data: bytes, wanted: bytes) -> bytes | None:
    """Content of the first chunk of a kind before the pixels."""
    position, kind = 8, b""
    while kind not in (b"IDAT", b"IEND"):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == wanted:
            return data[position + 8 : position + 8 + length]
        position += 12 + length
    return None


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
