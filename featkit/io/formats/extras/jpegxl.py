"""JPEG XL files, by the package imagecodecs; an embedded color profile by pillow-jxl-plugin."""

import warnings

import numpy as np

from ...._optional import require
from ....exceptions import ImageReadError, ImageValueWarning, MissingDependencyError
from ...color._icc_profiles import Profile
from ...color.color_profiles import to_srgb
from ...color.color_signals import profile_of_cicp, profile_of_gamma
from ..checks import Decoded, Wanted, check_only_page, check_pixel_count, require_imagecodecs, truncated
from ..jpeg import frame_of
from ..pixels import full_range
from ._boxes import boxes
from ._jpegxl_header import ALPHA, JpegXLHeader, read_header

_LINEAR, _DCI = 8, 17  # codes of transfers, as in H.273 but for the second
_LIKE_SRGB = (1, 2, 13)
_NAKED = b"\xff\x0a"


def decode_jpegxl(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a JPEG XL file.

    The orientation of the codestream is applied once, by libjxl; one in the EXIF of the file does not count
    (ISO/IEC 18181-2).
    """
    header = read_header(codestream_of(data))
    check_pixel_count(header.width, header.height, wanted.max_pixels)
    _check_channels(header)
    if header.is_animated:  # imagecodecs 2026.3 gives the last frame, whatever its index
        raise ImageReadError("It is an animated JPEG XL file, of which no frame is read. Save the frame as PNG.")
    check_only_page(wanted.page, "JPEG XL")
    imagecodecs = require_imagecodecs("a JPEG XL file")
    try:
        frame = imagecodecs.jpegxl_decode(data, numthreads=1)
    except imagecodecs.JpegxlError as error:
        if "NEED_MORE_INPUT" in str(error):
            raise truncated("JPEG XL", data, "the end of its image") from error
        raise
    pixels = _arranged(np.ascontiguousarray(frame), header)
    profile = _profile_of(data, header, wanted.color_profile)
    return Decoded(to_srgb(pixels, profile, wanted.color_profile))


def is_jpegxl(data: bytes) -> bool:
    """Whether content is that of a JPEG XL file."""
    return data.startswith((_NAKED, b"\x00\x00\x00\x0cJXL "))


def codestream_of(data: bytes) -> bytes:
    """The codestream, or the first part of it."""
    if data.startswith(_NAKED):
        return data
    for kind, start, stop in boxes(data):
        if kind == b"jxlc":
            return data[start:stop]
        if kind == b"jxlp":
            return data[start + 4 : stop]
    raise truncated("JPEG XL", data, "a codestream")


def _check_channels(header: JpegXLHeader) -> None:
    if len(header.extra_channels) > 1 or any(kind != ALPHA for kind, _ in header.extra_channels):
        raise ImageReadError(
            f"expected gray or RGB with or without alpha, got a JPEG XL file with {len(header.extra_channels)} other "
            "channels. Save it as TIFF, and read the channels you mean."
        )
    if any(is_premultiplied for _, is_premultiplied in header.extra_channels):
        raise ImageReadError("Its colors are multiplied by its alpha, which is not undone here. Save it as PNG.")


def _arranged(pixels: np.ndarray, header: JpegXLHeader) -> np.ndarray:
    """Gray, RGB or RGBA, white of any depth as white of the dtype."""
    if pixels.dtype.kind == "u":
        pixels = full_range(pixels, header.n_bits)
    elif pixels.dtype == np.float16:
        pixels = pixels.astype(np.float32)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        return pixels[..., 0]
    if pixels.ndim == 3 and pixels.shape[2] == 2:
        return np.ascontiguousarray(pixels[..., [0, 0, 0, 1]])
    return pixels


def _profile_of(data: bytes, header: JpegXLHeader, color_profile: str) -> bytes | Profile | None:
    """Color space of what libjxl gives, which is that of the file but for XYB with an ICC profile: linear sRGB."""
    color = header.color
    if color.has_profile and header.is_xyb:
        if color_profile == "ignore":
            raise ImageReadError("Its pixels are not stored in the color space of its profile: they cannot be ignored.")
        if header.n_bits <= 8:
            warnings.warn(
                "A lossy JPEG XL file with an ICC profile is decoded as 8 bits of linear light, of which dark tones "
                "have few steps. Save it with 16 bits, or in sRGB.",
                ImageValueWarning,
                stacklevel=4,
            )
        return profile_of_gamma(1.0, None)
    if color_profile == "ignore":
        return None
    if color.has_profile:
        return _embedded_profile(data)
    if color.gamma is not None:
        return profile_of_gamma(color.gamma, color.chromaticities)
    if color.transfer in _LIKE_SRGB:
        return profile_of_gamma(None, color.chromaticities)
    if color.transfer in (_LINEAR, _DCI):
        return profile_of_gamma(1.0 if color.transfer == _LINEAR else 1 / 2.6, color.chromaticities)
    return profile_of_cicp(1, color.transfer)  # says that the range is high, or the code not known


def _embedded_profile(data: bytes) -> bytes | None:
    """The ICC profile, which is compressed with the image.

    Raises
    ------
    ImageReadError
        When pillow-jxl-plugin is not installed.
    """
    try:
        pillow_jxl = require("pillow_jxl", extra="formats")
    except MissingDependencyError as error:
        raise ImageReadError(
            f"It is a JPEG XL file with an ICC profile. {error}. color_profile='ignore' reads it without."
        ) from error
    is_jpeg, _, content, profile, _ = pillow_jxl.Decoder(num_threads=0)(data)
    return frame_of(content).profile if is_jpeg else profile or None
