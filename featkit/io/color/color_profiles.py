"""Embedded ICC color profiles: what they say is converted to sRGB."""

import contextlib
import functools
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np
import PIL.Image
from PIL import ImageCms

from ..._numba import kernel
from ...exceptions import ImageReadError, ImageValueWarning
from ...image.alpha import split_alpha
from ...image.checks import full_light
from ._icc_profiles import Profile, description_of, encoded_light, read_profile, transform_of

COLOR_PROFILE_MODES = ("convert", "ignore", "raise")

_STEPS = 1 << 14  # of linear light from black to white
_FIELD = 21  # bits of a channel in a number of 64
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
        is_8_bits = colors.dtype == np.uint8
        colors = _converted_8_bits(colors, known, may_overwrite) if is_8_bits else _converted_deep(colors, known)
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


def _converted_8_bits(colors: np.ndarray, known: Profile, may_overwrite: bool) -> np.ndarray:
    """RGB of 8 bits by curves and matrix: off by a level at most, where the exact value lies between two."""
    assert known.matrix is not None
    levels = np.linspace(0, 1, 256)
    light = known.matrix[:, :, np.newaxis] * np.stack(
        [curve(levels) for curve in known.curves]
    )  # of channel by channel
    lowest, highest = light.min(axis=2).sum(axis=1).min(), light.max(axis=2).sum(axis=1).max()
    n_fraction = _FIELD - 1 - int(np.ceil(np.log2(_STEPS * max(1, highest - lowest) + 8)))
    if n_fraction < 0:  # light of more than a hundred times white
        return _converted_deep(colors, known)
    below = int(np.ceil(max(0, -lowest) * _STEPS)) + 2
    steps = np.rint(light * (_STEPS << n_fraction)).astype(np.int64)
    smallest = steps.min(axis=2)
    rest = smallest.sum(axis=1) + (below << n_fraction) + (1 << n_fraction >> 1)  # no sum is below 0, and all round
    steps -= smallest[:, :, np.newaxis]
    steps[:, 0] += rest[:, np.newaxis]
    tables = (steps[0] | steps[1] << _FIELD | steps[2] << 2 * _FIELD).astype(np.uint64)
    n_above = (int(steps.max(axis=2).sum(axis=1).max()) >> n_fraction) - below - _STEPS
    encoding = np.concatenate([np.zeros(below, np.uint8), _encoding(), np.full(max(0, n_above), 255, np.uint8)])
    colors = np.ascontiguousarray(colors)
    converted = colors if may_overwrite else np.empty_like(colors)  # new memory costs a fifth of the time
    pixels = colors.reshape(-1, 3)
    _fill_converted(pixels, tables, n_fraction, encoding, converted.reshape(-1, 3))
    return converted


@functools.cache
def _encoding() -> np.ndarray:
    """Values of 8 bits of linear light in steps that are a fifth of one of theirs at most."""
    return np.rint(255 * encoded_light(np.linspace(0, 1, _STEPS + 1))).astype(np.uint8)


@kernel
def _fill_converted(pixels, tables, n_fraction, encoding, converted):
    """Sums of what red, green and blue give to each of three channels, in three fields of one number."""
    of_red, of_green, of_blue = tables[0], tables[1], tables[2]
    mask = np.uint64((1 << (_FIELD - n_fraction)) - 1)
    to_red, to_green, to_blue = (
        np.uint64(n_fraction),
        np.uint64(n_fraction + _FIELD),
        np.uint64(n_fraction + 2 * _FIELD),
    )
    for index in range(len(pixels)):
        light = of_red[pixels[index, 0]] + of_green[pixels[index, 1]] + of_blue[pixels[index, 2]]
        converted[index, 0] = encoding[light >> to_red & mask]
        converted[index, 1] = encoding[light >> to_green & mask]
        converted[index, 2] = encoding[light >> to_blue & mask]


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
        f"The color profile {description_of(profile)!r} is a lookup table, which is applied with 8 bits: finer steps "
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
