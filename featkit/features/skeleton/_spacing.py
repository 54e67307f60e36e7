"""Height and width of a pixel."""

from typing import Any

import numpy as np

from ...parameters import POSITIVE, InvalidParameterError, check_number

PixelSize = float | tuple[float, float]  # side of a pixel, or its height and width
PIXEL_SIZE = [POSITIVE, tuple, list]  # constraint of estimators; see `check_pixel_size`


def check_pixel_size(pixel_size: Any) -> tuple[float, float]:
    """Give back height and width of a pixel: both NaN where the size is not known."""
    try:
        sizes = [pixel_size] * 2 if np.ndim(pixel_size) == 0 else list(pixel_size)
        if len(sizes) == 2 and all(np.isnan(size) for size in sizes):
            return np.nan, np.nan
    except (TypeError, ValueError):
        sizes = []
    if len(sizes) != 2:
        raise InvalidParameterError(
            f"The 'pixel_size' parameter must be a number or a pair (height, width of a pixel), got {pixel_size!r}."
        )
    return check_number("pixel_size", sizes[0], POSITIVE), check_number("pixel_size", sizes[1], POSITIVE)
