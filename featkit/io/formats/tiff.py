"""TIFF files: one page becomes an image."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np

from ...exceptions import ImageReadError
from ...image.alpha import with_alpha
from ...image.checks import checked_image, full_light
from ..color.color_profiles import ink_to_srgb, to_srgb
from ..stacks.tiff_stack import read_stack
from ._tiff_pages import ChosenPage, check_segments, choose_page
from .checks import TO_DEVELOP, Decoded, Wanted, check_pixel_count, require_imagecodecs, truncated
from .pillow import pillow_pixels
from .pixels import EXIF_ORIENTATION, full_range, opencv_pixels, upright

if TYPE_CHECKING:
    import tifffile

_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6  # photometric interpretations
_REFUSED = {
    8: "CIE Lab colors, which are not converted here. Save it as RGB in the program that made it",
    9: "ICC Lab colors, which are not converted here. Save it as RGB in the program that made it",
    10: "ITU Lab colors, which are not converted here. Save it as RGB in the program that made it",
    32803: f"the raw mosaic of a camera. {TO_DEVELOP}",
    34892: f"raw light of a camera. {TO_DEVELOP}",
}
_USUAL_TILE = 1024 * 1024  # pixels; a tile may be larger than a small image
_UNSPECIFIED, _PREMULTIPLIED = 0, 1  # kinds of an extra channel
_UNKNOWN_CHANNEL = (
    "its last channel was left out: the file does not say whether it is alpha (ExtraSamples 0). If it is, pass "
    "join_alpha(colors, alpha) of the channels that tifffile.imread(path) gives."
)
_ICC_PROFILE = 34675  # tag
_LZW = 5
_BY_PILLOW = (_LZW, 6, 7, 8, 32773, 32946)  # LZW, JPEG old and new, deflate, PackBits


def decode_tiff(data: bytes, wanted: Wanted) -> Decoded:
    """Decode one page of a TIFF file: the main image, unless another is wanted."""
    if data[8:10] == b"CR":
        raise ImageReadError(f"It holds {_REFUSED[32803]}.")

    def read_page(chosen: ChosenPage) -> Decoded:
        check_page(data, chosen.page, wanted.max_pixels)
        return _decoded(data, chosen, wanted.color_profile)

    def read_samples(page: tifffile.TiffPage) -> np.ndarray | None:
        check_page(data, page, wanted.max_pixels)
        return _samples(page)

    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        if wanted.channel is not None or wanted.projection is not None:
            return read_stack(data, file, wanted, read_page, read_samples)
        chosen = choose_page(file, wanted.page)
        pixels, left_out = read_page(chosen)
        return Decoded(pixels, " ".join(filter(None, [chosen.left_out, left_out])))


def check_page(data: bytes, page: tifffile.TiffPage, max_pixels: int) -> None:
    """Refuse a page that is too large, of which a part is missing, or of which a part is larger than it may be."""
    check_pixel_count(int(page.imagewidth), int(page.imagelength), max_pixels)
    check_pixel_count(int(page.tilewidth), int(page.tilelength), max(max_pixels, _USUAL_TILE))
    if any(offset + count > len(data) for offset, count in zip(page.dataoffsets, page.databytecounts)):
        raise truncated("TIFF", data, "its last strip or tile")
    check_segments(data, page)


def _decoded(data: bytes, chosen: ChosenPage, color_profile: str) -> Decoded:
    page = chosen.page
    if not isinstance(page.bitspersample, int):
        raise ImageReadError(f"It has {page.bitspersample} bits in its channels, expected as many in each.")
    if page.photometric in _REFUSED:
        raise ImageReadError(f"It holds {_REFUSED[page.photometric]}.")
    is_plain = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB)
    is_deep_ink = page.photometric == _CMYK and page.bitspersample > 8
    is_rgb = page.photometric == _RGB and page.bitspersample > 1  # of 2 and 4 bits Pillow knows none
    is_small = page.bitspersample in (1, 2, 4) and not is_rgb
    if is_small or not (is_plain or is_deep_ink):
        return Decoded(_by_pillow(data, chosen, color_profile))
    n_colors = _number_of_colors(page)
    try:
        channels = page.asarray().reshape(page.shaped)
    except (ValueError, NotImplementedError, ImportError) as error:
        if not needs_imagecodecs(error):
            raise
        pixels = _without_imagecodecs(data, chosen, color_profile)
        return Decoded(pixels, _UNKNOWN_CHANNEL if _has_unknown_channel(page) else "")
    pixels = upright(_colors(page, channels, n_colors, color_profile), orientation_of_page(page))
    is_left_out = _has_unknown_channel(page) and np.ptp(_last_channel(channels)) > 0  # a constant one tells nothing
    return Decoded(pixels, _UNKNOWN_CHANNEL if is_left_out else "")


def _has_unknown_channel(page: tifffile.TiffPage) -> bool:
    """Whether there is a channel beside the colors of which the file does not say that it is alpha."""
    return bool(page.extrasamples[:1] == (_UNSPECIFIED,))


def _last_channel(channels: np.ndarray) -> np.ndarray:
    return channels[-1, 0, ..., -1]


def needs_imagecodecs(error: Exception) -> bool:
    """Whether tifffile failed for want of the package imagecodecs."""
    return isinstance(error, ImportError) or "imagecodecs" in str(error)


def orientation_of_page(page: tifffile.TiffPage) -> int:
    """Orientation tag, 1 where there is none."""
    return page.tags.valueof(EXIF_ORIENTATION, 1)


def _profile_of(page: tifffile.TiffPage) -> bytes | None:
    return page.tags.valueof(_ICC_PROFILE) or None


def _by_pillow(data: bytes, chosen: ChosenPage, color_profile: str) -> np.ndarray:
    if chosen.number is None:
        raise ImageReadError("expected gray or RGB in the main image below a preview. Open it with tifffile.")
    try:
        from PIL.TiffImagePlugin import TiffImageFile

        image = TiffImageFile(io.BytesIO(data))
        image.seek(chosen.number)
    except SyntaxError as error:  # what Pillow calls an unknown pixel mode
        page = chosen.page
        raise ImageReadError(
            f"It is a TIFF file of {page.samplesperpixel} channels of {page.bitspersample} bits as "
            f"{getattr(page.photometric, 'name', page.photometric)}, which is not read here. Save it as RGB."
        ) from error
    return pillow_pixels(image, color_profile)


def _without_imagecodecs(data: bytes, chosen: ChosenPage, color_profile: str) -> np.ndarray:
    """What Pillow and OpenCV decode right of the compressions that tifffile needs imagecodecs for."""
    page = chosen.page
    is_simple = page.planarconfig == 1 and not page.extrasamples
    is_clear = page.photometric == _RGB or is_simple  # Pillow mixes up gray and a separate alpha
    if page.bitspersample == 8 and page.compression in _BY_PILLOW and is_clear and chosen.number is not None:
        return _by_pillow(data, chosen, color_profile)
    is_deep = page.dtype in (np.uint16, np.float32) and page.bitspersample in (16, 32)
    is_lzw = page.compression == _LZW and page.photometric in (_MIN_IS_BLACK, _RGB)
    if is_deep and is_lzw and is_simple and chosen.number == 0:
        pixels = to_srgb(opencv_pixels(_not_turned(data, page)), _profile_of(page), color_profile)
        return upright(pixels, orientation_of_page(page))
    compression = getattr(page.compression, "name", page.compression)
    require_imagecodecs(f"a TIFF file of {page.bitspersample} bits and compression {compression}")
    raise ImageReadError(f"It is a TIFF file of compression {compression}, which imagecodecs failed to decode.")


def _not_turned(data: bytes, page: tifffile.TiffPage) -> bytes | bytearray:
    """The file with orientation 1: versions of OpenCV differ in what they do about others."""
    tag = page.tags.get(EXIF_ORIENTATION)
    if tag is None:
        return data
    changed = bytearray(data)
    struct.pack_into(f"{page.parent.byteorder}H", changed, tag.valueoffset, 1)
    return changed


def _number_of_colors(page: tifffile.TiffPage) -> int:
    n_separate, depth, _, _, n_contiguous = page.shaped
    n_colors = {_RGB: 3, _CMYK: 4}.get(page.photometric, 1)
    if depth > 1 or n_separate * n_contiguous - n_colors not in (0, 1):
        raise ImageReadError(
            f"expected gray or RGB channels with or without alpha, got {n_separate * n_contiguous} channels of depth "
            f"{depth}. Say which are meant: channel=0, or three of them for red, green and blue."
        )
    return n_colors


def _samples(page: tifffile.TiffPage) -> np.ndarray | None:
    """All channels (height, width, n_channels) of a page that is no gray, RGB or RGBA image, upright; else None."""
    n_separate, depth, _, _, n_contiguous = page.shaped
    n_samples = n_separate * n_contiguous
    is_light = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB) and isinstance(page.bitspersample, int)
    is_image = n_samples == 1 or (page.photometric == _RGB and n_samples in (3, 4) and not _has_unknown_channel(page))
    if is_image or not is_light or depth > 1:
        return None
    try:
        channels = page.asarray().reshape(page.shaped)
    except (ValueError, NotImplementedError, ImportError) as error:
        if not needs_imagecodecs(error):
            raise
        require_imagecodecs(f"a TIFF file of {n_samples} channels and compression {page.compression}")
        raise
    samples = _native(np.moveaxis(channels[:, 0], 0, 2).reshape(*channels.shape[2:4], n_samples), page)
    if page.photometric == _MIN_IS_WHITE:
        samples = full_light(samples.dtype) - samples
    return upright(samples, orientation_of_page(page))


def _native(channels: np.ndarray, page: tifffile.TiffPage) -> np.ndarray:
    """Values in the byte order of this machine, white as white of their dtype."""
    channels = channels.astype(np.float32 if channels.dtype == np.float16 else channels.dtype.newbyteorder("="))
    return full_range(channels, page.bitspersample) if channels.dtype in (np.uint8, np.uint16) else channels


def _colors(page: tifffile.TiffPage, channels: np.ndarray, n_colors: int, color_profile: str) -> np.ndarray:
    """Image of the channels ``(separate, depth, height, width, contiguous)`` that a page holds."""
    has_extra = channels.shape[0] * channels.shape[4] > n_colors
    channels = np.moveaxis(channels[:, 0], 0, 2).reshape(*channels.shape[2:4], n_colors + has_extra)
    channels = _native(channels, page)
    profile = _profile_of(page)
    colors = channels[..., :n_colors] if n_colors > 1 else channels[..., 0]
    if n_colors == 4:
        colors = ink_to_srgb(colors, profile, color_profile)
    light_profile = None if n_colors == 4 else profile  # that of ink is used up
    if page.photometric == _MIN_IS_WHITE:
        colors = full_light(colors.dtype) - colors
    if not has_extra or _has_unknown_channel(page):
        return np.ascontiguousarray(to_srgb(colors, light_profile, color_profile))
    alpha = channels[..., -1]
    is_mask = alpha.dtype.kind == "u" and alpha.max() <= 1
    image = with_alpha(checked_image(colors), alpha > 0 if is_mask else checked_image(alpha))
    if page.extrasamples[:1] == (_PREMULTIPLIED,):
        image[..., :3] = _divided_by_alpha(image)
    return to_srgb(image, light_profile, color_profile)


def _divided_by_alpha(image: np.ndarray) -> np.ndarray:
    white = full_light(image.dtype)
    alpha = image[..., 3:].astype(np.float64)
    color = np.minimum(image[..., :3] * (white / np.maximum(alpha, 1 / 65535)), white)
    return np.rint(color) if image.dtype.kind == "u" else color
