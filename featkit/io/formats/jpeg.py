"""JPEG files: baseline and progressive, CMYK, 12 bits, lossless, JPEG-LS."""

import functools
import io
import struct
from types import ModuleType
from typing import NamedTuple

import cv2
import numpy as np
import PIL.Image
from PIL.JpegImagePlugin import JpegImageFile

from ..._optional import require
from ...exceptions import ImageReadError, MissingDependencyError
from ..color._icc_profiles import Profile
from ..color.color_profiles import to_srgb
from ..color.color_signals import profile_of_exif
from .checks import Decoded, Wanted, check_only_page, check_pixel_count, require_imagecodecs, truncated
from .pillow import pillow_pixels
from .pixels import EXIF_ORIENTATION, full_range, opencv_pixels, orientation_of, upright

_SCALES = {8: cv2.IMREAD_REDUCED_GRAYSCALE_8, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2}
BASELINE = (0xC0, 0xC1, 0xC2)  # frame markers: baseline, extended, progressive
_LOSSLESS, _JPEG_LS = (0xC3, 0xC7, 0xCB, 0xCF), 0xF7
_NO_FRAMES = (0xC4, 0xC8, 0xCC)  # tables and extensions among the numbers of frames


class Frame(NamedTuple):
    """What the header of a JPEG says, and where its first scan begins."""

    kind: int
    n_bits: int
    height: int
    width: int
    n_channels: int
    scan_start: int
    exif: bytes
    profile: bytes | None


def decode_jpeg(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a JPEG file of any kind."""
    frame = frame_of(data)
    check_pixel_count(frame.width, frame.height, wanted.max_pixels)
    check_only_page(wanted.page, "JPEG")
    if data.rfind(b"\xff\xd9", frame.scan_start) < 0:
        raise truncated("JPEG", data, "an end-of-image marker")
    if frame.n_bits != 8 or frame.kind in (_JPEG_LS, *_LOSSLESS):
        return Decoded(to_srgb(_imagecodecs_pixels(data, frame), _profile_of(frame), wanted.color_profile))
    if frame.n_channels == 4:
        return Decoded(pillow_pixels(JpegImageFile(io.BytesIO(data)), wanted.color_profile))
    flags = cv2.IMREAD_GRAYSCALE if frame.n_channels == 1 else cv2.IMREAD_COLOR
    if wanted.min_size is not None:
        shorter = min(frame.height, frame.width)
        flags |= next((flag for scale, flag in _SCALES.items() if shorter >= scale * wanted.min_size), 0)
    is_turbo = flags in (cv2.IMREAD_COLOR, cv2.IMREAD_GRAYSCALE)
    pixels = _turbo_pixels(data, frame) if is_turbo else None
    if pixels is None:
        pixels = opencv_pixels(data, flags)
    return Decoded(to_srgb(pixels, _profile_of(frame), wanted.color_profile, may_overwrite=True))


@functools.cache
def _simplejpeg() -> ModuleType | None:
    try:
        return require("simplejpeg", extra="formats")
    except MissingDependencyError:
        return None


def _turbo_pixels(data: bytes, frame: Frame) -> np.ndarray | None:
    """The pixels that OpenCV gives, a fifth faster, where simplejpeg is installed and the file is upright and sound."""
    simplejpeg = _simplejpeg()
    if simplejpeg is None:
        return None
    try:
        if frame.exif and _exif(frame).get(EXIF_ORIENTATION, 1) != 1:
            return None  # OpenCV turns faster
        if frame.n_channels == 3:
            return simplejpeg.decode_jpeg(data, "RGB", strict=True)
        return simplejpeg.decode_jpeg(data, "GRAY", strict=True)[..., 0]
    except Exception:  # metadata or content are damaged in any way: OpenCV decides
        return None


def frame_of(data: bytes) -> Frame:
    """Read the header of a JPEG; Pillow takes ten times as long."""
    frame: tuple[int, int, int, int, int] | None = None
    exif, position = b"", 2
    parts: dict[int, bytes] = {}  # of the color profile, by their number
    while True:
        position = data.index(b"\xff", position)
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xDA and frame is not None:
            profile = b"".join(parts[number] for number in sorted(parts)) if parts else None
            return Frame(*frame, scan_start=position, exif=exif, profile=profile)
        if marker == 0xFF or marker <= 0x01 or 0xD0 <= marker <= 0xD9:  # filling, or a marker without content
            position += 1
            continue
        if (0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES) or marker == _JPEG_LS:
            n_bits, height, width, n_channels = struct.unpack_from(">BHHB", data, position + 4)
            frame = marker, n_bits, height, width, n_channels
        elif marker == 0xE1 and not exif and data[position + 4 : position + 10] == b"Exif\0\0":
            exif = data[position + 4 : position + 2 + length]
        elif marker == 0xE2 and data[position + 4 : position + 16] == b"ICC_PROFILE\0":
            parts[data[position + 16]] = data[position + 18 : position + 2 + length]
        position += 2 + length


def _imagecodecs_pixels(data: bytes, frame: Frame) -> np.ndarray:
    kind = "a JPEG-LS file" if frame.kind == _JPEG_LS else f"a JPEG file of {frame.n_bits} bits"
    if frame.kind in _LOSSLESS:
        kind = f"a lossless JPEG file of {frame.n_bits} bits"
    if frame.n_channels not in (1, 3):
        raise ImageReadError(f"It is {kind} with {frame.n_channels} channels; expected 1 or 3. Save it as TIFF or PNG.")
    codecs = require_imagecodecs(kind)  # its jpeg_decode would try ljpeg_decode, which reads beyond damaged data
    pixels = codecs.jpegls_decode(data) if frame.kind == _JPEG_LS else codecs.jpeg8_decode(data)
    if pixels.shape[:2] != (frame.height, frame.width):
        raise ImageReadError(
            f"expected {frame.height} x {frame.width} pixels as its header says, got {pixels.shape[:2]}. Replace it."
        )
    return upright(full_range(pixels, frame.n_bits), orientation_of(lambda: _exif(frame)))


def _profile_of(frame: Frame) -> bytes | Profile | None:
    """The profile in the file; where there is none, Adobe RGB if EXIF metadata say so, as some cameras do."""
    if frame.profile is not None or b"R03" not in frame.exif:
        return frame.profile
    try:
        return profile_of_exif(_exif(frame))
    except Exception:  # damaged metadata name no color space
        return None


def _exif(frame: Frame) -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    exif.load(frame.exif)
    return exif
