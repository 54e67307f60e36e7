"""What changes of light share: gray levels that vote, curves from level to level, luma, the way back to an image."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import DTypeLike

from ...image.alpha import split_alpha, with_alpha
from ...image.checks import Image, full_light
from ...image.conversions import to_dtype
from ...image.gray_levels import count_levels

N_LEVELS = 256


def level_counts(plane: np.ndarray, voters: np.ndarray | None = None, n_levels: int = N_LEVELS) -> np.ndarray:
    """How many pixels of a channel are at each level; only those where the bool array `voters` is True.

    Parameters
    ----------
    plane : ndarray (height, width)
    voters : bool ndarray (height, width) or None, default=None
    n_levels : {256, 65536}, default=256

    Returns
    -------
    counts : int64 ndarray (n_levels,)
    """
    levels = np.ascontiguousarray(to_dtype(plane, np.uint8 if n_levels == N_LEVELS else np.uint16))
    if voters is None and levels.dtype == np.uint8:
        return count_levels(levels.reshape(-1))
    mask = None if voters is None else np.ascontiguousarray(voters).view(np.uint8)
    return cv2.calcHist([levels], [0], mask, [n_levels], [0, n_levels]).ravel().astype(np.int64)


def apply_curve(plane: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """Send level k of `n_levels` to ``curve[k]`` in [0, 1], what lies between two levels to between their values."""
    white = full_light(plane.dtype)
    if plane.dtype == np.uint8:
        return np.take(np.rint(curve * white).astype(np.uint8), plane)
    if plane.dtype == np.uint16:
        table = curve
        if len(curve) == N_LEVELS:
            table = np.interp(np.arange(white + 1) / white, np.linspace(0, 1, N_LEVELS), curve)
        return np.take(np.rint(table * white).astype(np.uint16), plane)
    return np.interp(plane, np.linspace(0, 1, len(curve)), curve).astype(plane.dtype)


def as_dtype(values: np.ndarray, dtype: DTypeLike) -> np.ndarray:
    """Values in [0, 1], cut off there, in the range of an image dtype."""
    values = np.clip(values, 0, 1)
    return np.rint(values * full_light(dtype)).astype(dtype) if np.dtype(dtype).kind == "u" else values.astype(dtype)


def with_luma(color: np.ndarray, luma: np.ndarray, new_luma: np.ndarray) -> np.ndarray:
    """Add to all three channels what was added to the luma: hue and the differences of colour stay."""
    if color.ndim == 2:
        return new_luma
    if color.dtype.kind == "f":
        return np.clip(color + (new_luma - luma)[..., np.newaxis], 0, 1)
    white = full_light(color.dtype)
    shift = new_luma.astype(np.int32) - luma
    return np.clip(color + shift[..., np.newaxis], 0, white).astype(color.dtype)


def beside_alpha(color: np.ndarray, alpha: np.ndarray | None) -> Image:
    """The image of changed colours and the alpha channel it had: 0 where it is transparent."""
    if alpha is None:
        return color
    image = with_alpha(color, alpha)
    image[alpha == 0] = 0
    return image


def map_values(image: Image, function: Callable[[np.ndarray], np.ndarray]) -> Image:
    """Send every value of an image, read as [0, 1], through a function; colour under alpha 0 is 0, a mask stays."""
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return image
    if color.dtype.kind == "f":
        return beside_alpha(as_dtype(function(color), color.dtype), alpha)
    white = full_light(color.dtype)
    table = as_dtype(function(np.arange(white + 1) / white), color.dtype)
    return beside_alpha(np.take(table, color), alpha)
