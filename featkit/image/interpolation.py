"""Bilinear interpolation between the pixels of an image: the same to the bit, whichever OpenCV is installed."""

import numpy as np
import numpy.typing as npt

from .._numba import kernel
from .affine import checked_map, needed_part
from .checks import Image


@kernel
def _upper_neighbor(place, n_pixels):
    """The pixel before a position on an axis, the last but one at most, and how far the position lies beyond it."""
    place = place if place > 0.0 else 0.0
    place = place if place < n_pixels - 1 else float(n_pixels - 1)
    pixel = min(np.int32(place), max(n_pixels - 2, 0))
    return pixel, np.float32(place - pixel)


@kernel
def fill_pixel(values, shape, y, x, rounding, canvas, start):
    height, width, channels = shape
    top, low = _upper_neighbor(y, height)
    left, far = _upper_neighbor(x, width)
    place = np.uint64(top) * np.uint64(width * channels) + np.uint64(left * channels)
    below = np.uint64(width * channels if height > 1 else 0)
    beside = np.uint64(channels if width > 1 else 0)
    for channel in range(channels):
        upper_left, lower_left = np.float32(values[place]), np.float32(values[place + below])
        upper = upper_left + far * (np.float32(values[place + beside]) - upper_left)
        lower = lower_left + far * (np.float32(values[place + below + beside]) - lower_left)
        canvas[start + channel] = upper + low * (lower - upper) + rounding
        place += np.uint64(1)


@kernel
def _fill_through_map(values, shape, affine_map, rounding, canvas, n_rows, n_cols):
    channels = shape[2]
    for row in range(n_rows):
        y_start = affine_map[0, 0] * row + affine_map[0, 2]
        x_start = affine_map[1, 0] * row + affine_map[1, 2]
        for col in range(n_cols):
            y, x = y_start + affine_map[0, 1] * col, x_start + affine_map[1, 1] * col
            fill_pixel(values, shape, y, x, rounding, canvas, (row * n_cols + col) * channels)


@kernel
def _fill_row_straight(values, start, lefts, beside, shares, channels, line):
    """A row of an image between its pixels, (n_cols * channels,)."""
    for col in range(len(lefts)):
        place, far = start + lefts[col], shares[col]
        for channel in range(channels):
            left = np.float32(values[place + channel])
            line[col * channels + channel] = left + far * (np.float32(values[place + beside + channel]) - left)


@kernel
def _fill_straight(values, shape, affine_map, rounding, canvas, n_rows, n_cols):
    """`_fill_through_map`, to the bit, of a map without a turn: a row of the image serves all rows that need it."""
    height, width, channels = shape
    lefts = np.empty(n_cols, np.int64)
    shares = np.empty(n_cols, np.float32)
    for col in range(n_cols):
        lefts[col], shares[col] = _upper_neighbor(affine_map[1, 2] + affine_map[1, 1] * col, width)
        lefts[col] *= channels
    beside = channels if width > 1 else 0
    upper = np.empty(n_cols * channels, np.float32)
    lower = np.empty(n_cols * channels, np.float32)
    known = -1
    for row in range(n_rows):
        top, low = _upper_neighbor(affine_map[0, 0] * row + affine_map[0, 2], height)
        if top != known:
            below = top + 1 if height > 1 else top
            _fill_row_straight(values, top * width * channels, lefts, beside, shares, channels, upper)
            _fill_row_straight(values, below * width * channels, lefts, beside, shares, channels, lower)
            known = top
        target = canvas[row * n_cols * channels : (row + 1) * n_cols * channels]
        for n in range(len(target)):
            target[n] = upper[n] + low * (lower[n] - upper[n]) + rounding


@kernel
def _fill_at(values, shape, rows, cols, rounding, canvas):
    for k in range(len(rows)):
        fill_pixel(values, shape, rows[k], cols[k], rounding, canvas, k * shape[2])


def interpolate(image: Image, affine_map: np.ndarray, height: int, width: int, *, level: float | None = None) -> Image:
    """Show what an affine map shows of an image, by bilinear interpolation.

    Parameters
    ----------
    image : ndarray (rows, columns[, channels])
        With at least one pixel.
    affine_map : float64 ndarray (2, 3)
        From the canvas to the image, see `featkit.image.affine`.
    height, width : int
        Size of the canvas.
    level : float or None, default=None
        What lies beyond the image; None repeats its border.

    Returns
    -------
    canvas : ndarray (height, width[, channels])
        Of the image's dtype, computed in float32; whole numbers are rounded.
    """
    if level is not None:
        image, affine_map = needed_part(image, affine_map, height, width)
        framed = np.full((image.shape[0] + 2, image.shape[1] + 2, *image.shape[2:]), level, image.dtype)
        framed[1:-1, 1:-1] = image
        image, affine_map = framed, affine_map + [[0, 0, 1], [0, 0, 1]]
    values, shape = _flat(image)
    canvas = np.empty((height, width, *image.shape[2:]), image.dtype)
    affine_map = checked_map(affine_map)
    fill = _fill_through_map if affine_map[0, 1] or affine_map[1, 0] else _fill_straight
    fill(values, shape, affine_map, _rounding(image), canvas.reshape(-1), height, width)
    return canvas


def interpolate_at(image: Image, rows: np.ndarray, cols: np.ndarray, dtype: npt.DTypeLike | None = None) -> Image:
    """Show what lies at positions (rows, cols), each an array of the canvas's shape; the image's border repeats.

    The dtype is the image's unless another is given; only whole numbers are rounded.
    """
    values, shape = _flat(image)
    if rows.shape != cols.shape:
        raise ValueError(f"Expected rows and columns of one shape, got {rows.shape} and {cols.shape}.")
    canvas = np.empty((*rows.shape, *image.shape[2:]), image.dtype if dtype is None else dtype)
    _fill_at(values, shape, rows.reshape(-1), cols.reshape(-1), _rounding(canvas), canvas.reshape(-1))
    return canvas


def _flat(image: Image) -> tuple[np.ndarray, tuple[int, int, int]]:
    if image.size == 0:
        raise ValueError(f"Expected an image with pixels, got shape {image.shape}.")
    channels = 1 if image.ndim == 2 else image.shape[2]
    return np.ascontiguousarray(image).reshape(-1), (*image.shape[:2], channels)


def _rounding(image: Image) -> np.float32:
    return np.float32(0.5 if image.dtype.kind == "u" else 0)
