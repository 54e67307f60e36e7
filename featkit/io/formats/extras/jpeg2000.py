"""JPEG 2000 files and codestreams: 8 bits by Pillow, deeper ones by imagecodecs, which keeps the samples."""

import io
import struct
from typing import NamedTuple

import numpy as np
import PIL.Image

from ....exceptions import ImageReadError
from ...color.color_profiles import to_srgb
from ..checks import Decoded, Wanted, check_only_page, check_pixel_count, require_imagecodecs, truncated
from ..pixels import full_range
from ._boxes import boxes

_END = b"\xff\xd9"
_ALPHA = (1, 2)  # types of a channel in the box cdef: opacity, premultiplied opacity
_SYCC, _ESRGB, _ROMM = 18, 20, 21


class _Stream(NamedTuple):
    """What the header of a codestream says."""

    width: int
    height: int
    n_bits: int
    n_channels: int


def decode_jpeg2000(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a JP2 file or a bare codestream; white of any depth is full light."""
    profile, space, alpha, stream = None, None, None, data
    if not data.startswith(b"\xff\x4f"):
        for kind, start, stop in boxes(data):
            content = data[start:stop]
            if kind == b"colr" and content[:1] == b"\x02" and profile is None:
                profile = content[3:]
            elif kind == b"colr" and content[:1] == b"\x01" and space is None:
                space = int.from_bytes(content[3:7], "big")
            elif kind == b"cdef":
                entries = struct.iter_unpack(">HHH", content[2 : 2 + 6 * int.from_bytes(content[:2], "big")])
                alpha = next(((channel, what) for channel, what, _ in entries if what in _ALPHA), None)
            elif kind == b"jp2c":
                stream = content
    header = _stream_header(stream)
    check_pixel_count(header.width, header.height, wanted.max_pixels)
    check_only_page(wanted.page, "JPEG 2000")
    if not data.rstrip(b"\0").endswith(_END) and not stream.endswith(_END):
        raise truncated("JPEG 2000", data, "the marker of its end")
    if alpha is not None and alpha[1] == 2:
        raise ImageReadError("Its colors are multiplied by its alpha, which is not undone here. Save it as PNG.")
    if space in (_SYCC, _ESRGB, _ROMM) and (space != _SYCC or header.n_bits > 8):
        raise ImageReadError("Its color space is none that is converted here. Save it as PNG or TIFF in sRGB.")
    if header.n_bits <= 8:
        image = PIL.Image.open(io.BytesIO(data), formats=("JPEG2000",))
        pixels = np.array(image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGB"))
    else:
        imagecodecs = require_imagecodecs(f"a JPEG 2000 file of {header.n_bits} bits")
        pixels = full_range(imagecodecs.jpeg2k_decode(data), header.n_bits)
    pixels, left_out = _arranged(pixels, alpha is not None or stream is data)
    return Decoded(to_srgb(pixels, profile, wanted.color_profile), left_out)


def _stream_header(stream: bytes) -> _Stream:
    """Size, depth and channels of the marker SIZ.

    Raises
    ------
    ImageReadError
        When there is none, or its channels differ in depth or size, or are signed.
    """
    if stream[:4] != b"\xff\x4f\xff\x51" or len(stream) < 42:
        raise ImageReadError("expected a JPEG 2000 codestream, got none. Copy the file again from its source.")
    right, bottom, left, top = struct.unpack_from(">4I", stream, 8)
    (n_channels,) = struct.unpack_from(">H", stream, 40)
    parts = [stream[42 + 3 * channel : 45 + 3 * channel] for channel in range(n_channels)]
    if not parts or any(len(part) < 3 for part in parts):
        raise truncated("JPEG 2000", stream, "its header")
    depths = {part[0] for part in parts}
    if len(depths) > 1 or depths.pop() & 0x80:
        raise ImageReadError("expected channels of one depth, unsigned, got others. Read it with imagecodecs.")
    return _Stream(right - left, bottom - top, parts[0][0] + 1, n_channels)


def _arranged(pixels: np.ndarray, has_alpha: bool) -> tuple[np.ndarray, str]:
    """Gray, RGB or RGBA of the channels of a file, and what is left out."""
    if pixels.ndim == 3 and pixels.shape[2] == 2:
        if not has_alpha:
            return np.ascontiguousarray(pixels[..., 0]), "only the first of 2 channels was read."
        return np.ascontiguousarray(pixels[..., [0, 0, 0, 1]]), ""
    if pixels.ndim == 3 and (pixels.shape[2] > 4 or (pixels.shape[2] == 4 and not has_alpha)):
        left_out = f"only the first 3 of {pixels.shape[2]} channels were read, it calls none of them alpha."
        return np.ascontiguousarray(pixels[..., :3]), left_out
    return pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels, ""
