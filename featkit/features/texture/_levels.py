"""Levels that the gray values of a foreground are merged into, before gray-level matrices count them."""

from numbers import Integral
from typing import TypeAlias

import numpy as np

from ...exceptions import shown
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image, full_light
from ...image.conversions import to_gray, to_uint8
from ...image.gray_levels import fine_gray_levels, spread_found, warn_of_low_range
from ...parameters import Interval, InvalidParameterError, StrOptions

ValueRange: TypeAlias = str | tuple[float, float]

N_LEVELS = Interval(Integral, 2, 256, closed="both")
VALUE_RANGE = [StrOptions({"dtype", "foreground"}), tuple, list]


def check_value_range(value_range: ValueRange) -> ValueRange:
    """Give back a word, or black and white as a pair of floats."""
    if value_range in ("dtype", "foreground"):
        return value_range
    try:
        low, high = map(float, value_range)
        if low < high < np.inf:
            return low, high
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        "The 'value_range' parameter must be 'dtype', 'foreground' or a pair (low, high) of gray values, "
        f"low < high, got {shown(value_range)}."
    )


def check_image_with_levels(image: Image, value_range: ValueRange) -> Image:
    """`check_image`, and a warning where the levels of uint16 are taken from a range of which little is used."""
    image = check_image(image)
    if isinstance(value_range, str) and value_range == "dtype":
        warn_of_low_range([image])
    return image


def foreground_levels(image: Image, n_levels: int, value_range: ValueRange) -> np.ndarray:
    """Levels 0..n_levels - 1 of the foreground, n_levels elsewhere, uint16."""
    value_range = check_value_range(value_range)
    if value_range == "dtype":
        levels = to_gray(to_uint8(spread_found(image))).astype(np.uint16) * np.uint16(n_levels) >> 8
    else:
        levels = _levels_within(image, n_levels, value_range)
    if split_alpha(image)[1] is not None:
        levels[~foreground_mask(image)] = n_levels
    return np.ascontiguousarray(levels)


def _levels_within(image: Image, n_levels: int, value_range: ValueRange) -> np.ndarray:
    """Equal intervals between black and white, white belonging to the last one; what lies beyond is cut off."""
    gray = fine_gray_levels(image if image.ndim == 2 else image[..., :3], 0.0)
    if isinstance(value_range, str):
        seen = gray[foreground_mask(image)]
        low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    else:
        low, high = (value / full_light(image.dtype) * np.iinfo(gray.dtype).max for value in value_range)
    levels = np.floor((gray - low) * n_levels / max(high - low, 1e-9))
    return np.clip(levels, 0, n_levels - 1).astype(np.uint16)
