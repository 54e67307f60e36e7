"""RGB of 8 bits by the curves and the matrix of a color profile, which are put into tables."""

import functools
from typing import NamedTuple

import numpy as np

from ..._numba import kernel
from ._icc_profiles import Profile, encoded_light

_STEPS = 1 << 14  # of linear light from black to white
_FIELD, _FRACTION = 21, 4  # bits of a channel in a number of 64, and those of them below a step
_STEEPEST = 12.92 * 255  # levels of sRGB by linear light, where it is dark
_NEGLIGIBLE = 0.1 / _STEEPEST  # a tenth of a level at most


class _Pairs(NamedTuple):
    """Tables of a profile by which blue adds nothing to red and green, as by Display P3, Adobe RGB and Rec. 709."""

    colors: np.ndarray  # of red and 256 times green: both in sRGB, and what they give to the light of blue
    of_blue: np.ndarray  # what blue gives to its own light
    encoding: np.ndarray


class _Fields(NamedTuple):
    """Tables of any profile: what each channel gives to red, green and blue in three fields of one number."""

    light: np.ndarray  # of channel by level
    encoding: np.ndarray


def converted_8_bits(colors: np.ndarray, known: Profile, may_overwrite: bool) -> np.ndarray | None:
    """RGB by curves and matrix: off by a level at most, where the exact value lies between two.

    None where the light of colors spans eight times that of white.
    """
    tables = _tables_of(known)
    if tables is None:
        return None
    colors = np.ascontiguousarray(colors)
    converted = colors if may_overwrite else np.empty_like(colors)  # new memory costs a fifth of the time
    values, into = colors.reshape(-1), converted.reshape(-1)
    if isinstance(tables, _Pairs):
        _fill_by_pairs(values, tables.colors, tables.of_blue, tables.encoding, into)
    else:
        _fill_by_fields(values, tables.light, tables.encoding, into)
    return converted


@functools.lru_cache(maxsize=8)
def _tables_of(known: Profile) -> _Pairs | _Fields | None:
    assert known.matrix is not None
    linear = np.stack([curve(np.linspace(0, 1, 256)) for curve in known.curves])
    if np.abs(known.matrix[:2, 2]).max() * max(1, np.abs(linear[2]).max()) <= _NEGLIGIBLE:
        pairs = _tables_of_pairs(known.matrix, linear)
        if pairs is not None:
            return pairs
    light = known.matrix[:, :, np.newaxis] * linear  # of channel by channel
    steps = np.rint(light * (_STEPS << _FRACTION)).astype(np.int64)
    smallest = steps.min(axis=2)
    below = -(smallest.sum(axis=1).min() >> _FRACTION)
    steps -= smallest[:, :, np.newaxis]
    steps[:, 0] += (smallest.sum(axis=1) + (below << _FRACTION) + (1 << _FRACTION >> 1))[:, np.newaxis]  # none below 0
    largest = steps.max(axis=2).sum(axis=1).max()
    if largest >= 1 << _FIELD:
        return None
    tables = (steps[0] | steps[1] << _FIELD | steps[2] << 2 * _FIELD).astype(np.uint64)
    return _Fields(tables, _encoding_between(-below, (largest >> _FRACTION) - below))


def _tables_of_pairs(matrix: np.ndarray, linear: np.ndarray) -> _Pairs | None:
    matrix = matrix.copy()
    matrix[:2, 1] += matrix[:2, 2]  # what blue would add comes from green, so that gray stays gray
    red, green, of_pair = (
        np.rint((linear[0] * row[0] + linear[1][:, np.newaxis] * row[1]) * _STEPS).astype(np.int64) for row in matrix
    )
    of_blue = np.rint((linear.T @ matrix[2]) * _STEPS).astype(np.int64) - np.diagonal(of_pair)  # exact where all agree
    if np.ptp(of_pair) >= 1 << 16:
        return None
    encoding = _encoding_between(of_pair.min() + of_blue.min(), of_pair.max() + of_blue.max())
    of_red, of_green = (_encoding()[np.clip(steps, 0, _STEPS)].astype(np.uint32) for steps in (red, green))
    colors = of_red | of_green << 8 | (of_pair - of_pair.min()).astype(np.uint32) << 16
    return _Pairs(colors.reshape(-1), (of_blue - of_blue.min()).astype(np.uint32), encoding)


def _encoding_between(lowest: int, highest: int) -> np.ndarray:
    """Values of 8 bits of steps of linear light, some of them below black or above white."""
    return _encoding()[np.clip(np.arange(lowest, highest + 1), 0, _STEPS)]


@functools.cache
def _encoding() -> np.ndarray:
    """Values of 8 bits of linear light in steps that are a fifth of one of theirs at most."""
    return np.rint(255 * encoded_light(np.linspace(0, 1, _STEPS + 1))).astype(np.uint8)


@kernel
def _fill_by_pairs(values, colors, of_blue, encoding, converted):
    """Red and green from one table of both, blue from its light."""
    one, two, three, eight = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(8)
    byte, half = np.uint32(255), np.uint32(16)
    for index in range(len(values) // 3):
        red = np.uint64(index) * three  # places without a sign need no look whether they count from the end
        pair = colors[np.uint64(values[red]) | np.uint64(values[red + one]) << eight]
        converted[red + two] = encoding[(pair >> half) + of_blue[values[red + two]]]
        converted[red] = pair & byte
        converted[red + one] = pair >> np.uint32(8) & byte


@kernel
def _fill_by_fields(values, light, encoding, converted):
    """Sums of what red, green and blue give to each of three channels, in three fields of one number."""
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    of_red, of_green, of_blue = light[0], light[1], light[2]
    mask = np.uint64((1 << (_FIELD - _FRACTION)) - 1)
    to_red, to_green, to_blue = np.uint64(_FRACTION), np.uint64(_FRACTION + _FIELD), np.uint64(_FRACTION + 2 * _FIELD)
    for index in range(len(values) // 3):
        red = np.uint64(index) * three
        total = of_red[values[red]] + of_green[values[red + one]] + of_blue[values[red + two]]
        converted[red] = encoding[total >> to_red & mask]
        converted[red + one] = encoding[total >> to_green & mask]
        converted[red + two] = encoding[total >> to_blue & mask]
