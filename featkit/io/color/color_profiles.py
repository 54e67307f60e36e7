"""Embedded ICC color profiles: what they say is converted to sRGB."""

import contextlib
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np
import PIL.Image
from PIL import ImageCms

from ...exceptions import ImageReadError, ImageValueWarning, shown
from ...image.alpha import split_alpha
from ...image.checks import full_light
from ._icc_profiles import Profile, description_of, encoded_light, read_profile, transform_of
from ._matrix_tables import converted_8_bits

COLOR_PROFILE_MODES = ("convert", "ignore", "raise")

_BAND = 1 << 18  # pixels that are converted at a time, so that memory stays bounded


class FoundProfile(NamedTuple):
    """A color profile that a file has, and whether its pixels were converted by it."""

    name: str  # as the profile calls itself
    is_converted: bool


_found: ContextVar[list[FoundProfile] | None] = ContextVar("_found", default=None)


@contextlib.contextmanager
def note_profiles() -> Iterator[list[FoundProfile]]:
    """Note the color profiles of the images that are read inside, in a list; those without any leave it empty."""
    found: list[FoundProfile] = []
    token = _found.set(found)
    try:
        yield found
    finally:
        _found.reset(token)


def _note(profile: bytes | Profile, *, is_converted: bool, is_broken: bool = False) -> None:
    found = _found.get()
    if found is None:  # nobody asks: no name is looked up
        return
    if isinstance(profile, Profile):
        name = "by code points or gamma"
    else:
        name = "broken" if is_broken else description_of(bytes(profile)) or "without a name"
    found.append(FoundProfile(name, is_converted))


def to_srgb(
    pixels: np.ndarray, profile: bytes | Profile | None, color_profile: str, *, may_overwrite: bool = False
) -> np.ndarray:
    """Gray or RGB in sRGB; alpha is kept.

    Parameters
    ----------
    pixels : ndarray (height, width[, 3 or 4])
        uint8, uint16 or float in [0, 1], encoded as the profile says.
    profile : bytes, Profile or None
        Content of an ICC profile, or a color space that the file names otherwise; None is sRGB.
    color_profile : {"convert", "ignore", "raise"}
        "ignore" gives the pixels back, "raise" refuses a profile other than sRGB.
    may_overwrite : bool, default=False
        Whether the pixels are nobody else's, so that the converted ones may take their place.

    Returns
    -------
    pixels : ndarray (height, width[, 3 or 4])
        Of the same shape and dtype; the same array where there is nothing to convert. Colors outside sRGB are clipped.
    """
    known = _asked_for(profile, color_profile)
    if profile is None or known is None:
        return pixels
    colors, alpha = split_alpha(pixels)
    is_gray = colors.ndim == 2 or (known.space == "GRAY" and _is_neutral(colors))
    if known.space not in ("RGB", "GRAY") or (is_gray and not known.curves) or (known.space == "GRAY" and not is_gray):
        _note(profile, is_converted=False)
        _say_unused(f"it is a profile of {known.space} and does not fit {'gray' if is_gray else 'RGB'} pixels")
        return pixels
    _note(profile, is_converted=True)
    if is_gray:
        colors = _converted_gray(colors, known)
    elif known.matrix is not None:
        by_tables = converted_8_bits(colors, known, may_overwrite) if colors.dtype == np.uint8 else None
        colors = _converted_deep(colors, known) if by_tables is None else by_tables
    else:
        assert not isinstance(profile, Profile)  # a color space that is named has a matrix
        by_table = _by_littlecms if colors.dtype == np.uint8 else _through_8_bits
        colors = by_table(colors, "RGB", profile)
    if alpha is None:
        return colors
    converted = pixels.copy()
    converted[..., :3] = colors
    return converted


def ink_to_srgb(ink: np.ndarray, profile: bytes | None, color_profile: str) -> np.ndarray:
    """RGB of amounts of cyan, magenta, yellow and black: by the profile, or by a simple product without one.

    Parameters
    ----------
    ink : uint8 or uint16 ndarray (height, width, 4)
        0 is no ink.
    profile : bytes or None
        Content of an ICC profile.
    color_profile : {"convert", "ignore", "raise"}
        See `to_srgb`.

    Returns
    -------
    rgb : ndarray (height, width, 3)
        Of the same dtype.
    """
    known = _asked_for(profile, color_profile)
    if profile is None or known is None:
        return light_through_ink(ink)
    if known.space != "CMYK":
        _note(profile, is_converted=False)
        _say_unused(f"it is a profile of {known.space} and does not fit CMYK pixels")
        return light_through_ink(ink)
    _note(profile, is_converted=True)
    return (_by_littlecms if ink.dtype == np.uint8 else _through_8_bits)(ink, "CMYK", profile)


def light_through_ink(ink: np.ndarray) -> np.ndarray:
    """RGB of amounts of cyan, magenta, yellow and black, without a color profile; of the same dtype."""
    white = int(np.iinfo(ink.dtype).max)
    ink = ink.astype(np.uint32)
    product = (white - ink[..., :3]) * (white - ink[..., 3:])  # of 65535 by 65535 still fits
    return (product / white + 0.5).astype(np.uint8 if white == 255 else np.uint16)


def _asked_for(profile: bytes | Profile | None, color_profile: str) -> Profile | None:
    """The profile where pixels are to be converted by it, else None."""
    if profile is None:
        return None
    if color_profile == "ignore":
        _note(profile, is_converted=False)
        return None
    try:
        known = profile if isinstance(profile, Profile) else read_profile(bytes(profile))
    except Exception as error:  # a profile is not needed to decode; it may be damaged in any way
        if color_profile == "raise":
            raise ImageReadError(f"expected pixels in sRGB, got a broken color profile: {error}. {_WAYS_ON}") from error
        _note(profile, is_converted=False, is_broken=True)
        _say_unused(f"it is broken: {error}")
        return None
    if known.is_srgb:
        _note(profile, is_converted=False)
        return None
    if color_profile == "raise":
        name = "that it names" if isinstance(profile, Profile) else description_of(profile)
        raise ImageReadError(f"expected pixels in sRGB, got the color profile {name!r} ({known.space}). {_WAYS_ON}")
    return known


_WAYS_ON = "color_profile='convert' converts pixels to sRGB, 'ignore' takes them as they are."


def _say_unused(reason: str) -> None:
    warnings.warn(
        f"An embedded color profile is not used, {reason}. The pixels are kept and taken for sRGB; "
        "color_profile='ignore' reads without this warning.",
        ImageValueWarning,
        stacklevel=4,
    )


def _is_neutral(colors: np.ndarray) -> bool:
    return bool((colors == colors[..., :1]).all())


def _converted_gray(colors: np.ndarray, known: Profile) -> np.ndarray:
    def converted(values):
        return encoded_light(sum(part * curve(values) for part, curve in zip(known.luminance, known.curves)))

    if colors.dtype.kind == "f":
        return converted(colors.astype(np.float64)).astype(colors.dtype)
    white = int(full_light(colors.dtype))
    return np.rint(converted(np.linspace(0, 1, white + 1)) * white).astype(colors.dtype)[colors]


def _converted_deep(colors: np.ndarray, known: Profile) -> np.ndarray:
    """RGB of 16 bits or float by curves and matrix, to the precision of the dtype."""
    assert known.matrix is not None
    converted = np.empty_like(colors, order="C")
    white = full_light(colors.dtype)
    is_float = colors.dtype.kind == "f"
    tables = [] if is_float else [curve(np.linspace(0, 1, int(white) + 1)) for curve in known.curves]
    n_rows = max(1, _BAND // colors.shape[1])
    for start in range(0, len(colors), n_rows):
        band = colors[start : start + n_rows]
        channels = (band[..., index] for index in range(3))
        if is_float:
            linear = [curve(values.astype(np.float64)) for curve, values in zip(known.curves, channels)]
        else:
            linear = [table[values] for table, values in zip(tables, channels)]
        encoded = encoded_light(np.stack(linear, axis=2) @ known.matrix.T)
        converted[start : start + n_rows] = encoded if is_float else np.rint(encoded * white)
    return converted


def _through_8_bits(pixels: np.ndarray, mode: str, profile: bytes) -> np.ndarray:
    """Deep pixels by a lookup table, of which littleCMS in Pillow reads 8 bits."""
    warnings.warn(
        f"The color profile {shown(description_of(profile))} is a lookup table, which is applied with 8 bits: "
        f"finer steps "
        "of the file are lost. color_profile='ignore' keeps its values.",
        ImageValueWarning,
        stacklevel=4,
    )
    white = full_light(pixels.dtype)
    rgb = _by_littlecms(np.rint(pixels * (255 / white)).astype(np.uint8), mode, profile)
    return (rgb * (white / 255)).astype(pixels.dtype)


def _by_littlecms(pixels: np.ndarray, mode: str, profile: bytes) -> np.ndarray:
    transform = transform_of(bytes(profile), mode)
    height, width = pixels.shape[:2]
    rgb = np.empty((height, width, 3), np.uint8)
    n_rows = max(1, _BAND // width)
    for start in range(0, height, n_rows):
        band = np.ascontiguousarray(pixels[start : start + n_rows])
        image = PIL.Image.frombuffer(mode, (width, len(band)), band, "raw", mode, 0, 1)
        rgb[start : start + n_rows] = np.asarray(ImageCms.applyTransform(image, transform))
    return rgb
