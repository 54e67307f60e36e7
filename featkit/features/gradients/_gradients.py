"""Image gradients, their length and their direction in units of orientation bins: what every HOG starts from.

An image comes as its colour channels, each a flat array, row after row; a band is a range of rows.
"""

import math

import cv2
import numpy as np
from numpy.typing import DTypeLike

from ..._numba import kernel_free_division, kernel_free_sums
from ...image.alpha import Background, flatten_alpha
from ...image.checks import full_light

NEAR_EDGE = np.float32(1e-5)  # of a bin
ROUNDING_TIE = 1e-4  # of 255 gray levels: above the rounding of float32, below the steps of uint8


def color_planes(stack: np.ndarray, background: Background, transform_sqrt: bool = False) -> np.ndarray:
    """Raw values of the images' colour channels (n, channels, height * width)."""
    if stack.dtype.kind == "b" or (stack.ndim == 4 and stack.shape[3] == 4):
        stack = np.stack([flatten_alpha(image, background) for image in stack])
    if transform_sqrt:
        stack = np.sqrt(stack, dtype=np.float32 if stack.dtype == np.float32 else np.float64)
    elif stack.dtype not in (np.uint8, np.float32, np.float64):
        stack = stack.astype(np.float64)
    if stack.ndim == 3:
        return np.ascontiguousarray(stack).reshape(len(stack), 1, -1)
    n_images, height, width, channels = stack.shape
    planes = np.empty((n_images, channels, height, width), stack.dtype)
    for image, own in zip(stack, planes):
        cv2.split(np.ascontiguousarray(image), list(own))  # written in place
    return planes.reshape(n_images, channels, -1)


def gradient_unit(dtype: DTypeLike, value: float = 1.0) -> np.ndarray:
    """The factor of gradients, in the precision their differences need."""
    return np.array([value], dtype=np.float64 if dtype == np.float64 else np.float32)


def levels_per_value(dtype: np.dtype) -> float:
    """What brings the values of `color_planes` to 0..255; those of masks are already there."""
    return 1.0 if dtype.kind == "b" else 255 / full_light(dtype)


@kernel_free_division
def band_gradients(planes, width, top, bottom, unit, tie, d_row, d_col):
    """Centred differences ``unit[0] * (next - previous)`` of rows top..bottom, zero on the border of the image.

    They are computed in the precision of `unit`, whatever that of d_row and d_col. Three planes, colour: those of the
    channel where the gradient is longest, the first one on a tie: of lengths that differ by less than half of `tie`,
    so that rounding does not decide. Zero compares the rounded lengths as scikit-image does.
    """
    start, stop = top * width, bottom * width
    if len(planes) == 1:
        _plane_gradients(planes[0], width, start, stop, unit[0], d_row, d_col)
        return
    size = stop - start
    dy, dx = np.empty((len(planes), size), unit.dtype), np.empty((len(planes), size), unit.dtype)
    longer_y, longer_x = np.empty(size, unit.dtype), np.empty(size, unit.dtype)
    longest, doubt = np.empty(size, unit.dtype), np.zeros(size, unit.dtype)
    for channel in range(len(planes)):
        _plane_gradients(planes[channel], width, start, stop, unit[0], dy[channel], dx[channel])
    _squared_lengths(dy[0], dx[0], longest)
    _keep_longer(dy[1], dx[1], tie, dy[0], dx[0], longer_y, longer_x, longest, doubt)
    _keep_longer(dy[2], dx[2], tie, longer_y, longer_x, d_row, d_col, longest, doubt)
    if tie == 0:
        is_whole = planes.dtype.type(0.5) == planes.dtype.type(0)
        _settle_doubt(dy, dx, doubt, is_whole, d_row, d_col)


@kernel_free_division
def _plane_gradients(plane, width, start, stop, unit, d_row, d_col):
    low = max(start, width)
    high = max(low, min(stop, len(plane) - width))
    inner, above, below = d_row[low - start : high - start], plane[low - width :], plane[low + width :]
    d_row[:] = 0
    for i in range(len(inner)):
        inner[i] = unit * below[i] - unit * above[i]
    low = max(start, 1)
    high = max(low, min(stop, len(plane) - 1))
    inner, left, right = d_col[low - start : high - start], plane[low - 1 :], plane[low + 1 :]
    for i in range(len(inner)):
        inner[i] = unit * right[i] - unit * left[i]
    d_col[::width] = 0
    d_col[width - 1 :: width] = 0


@kernel_free_division
def _squared_lengths(y, x, out):
    for col in range(len(y)):
        out[col] = y[col] * y[col] + x[col] * x[col]


@kernel_free_division
def _keep_longer(dy, dx, tie, y, x, longer_y, longer_x, longest, doubt):
    """The longer of two gradients, marking where squares nearly agree; without a branch, so that it is SIMD."""
    least_gap, nearly, one = np.float32(tie * tie), np.float32(1e-5), np.float32(1)
    for col in range(len(y)):
        square = dy[col] * dy[col] + dx[col] * dx[col]
        gap = square - longest[col]
        different = (dy[col] != y[col]) | (dx[col] != x[col])
        doubt[col] = one if (abs(gap) <= nearly * longest[col]) & different else doubt[col]
        longer = (gap > 0) & (gap * gap > least_gap * longest[col])
        longer_y[col] = dy[col] if longer else y[col]
        longer_x[col] = dx[col] if longer else x[col]
        longest[col] = square if longer else longest[col]


@kernel_free_division
def _length(row, col, is_whole):
    """Length of a gradient: of 8-bit colours in double precision, as scikit-image compares it, rounding included."""
    return math.hypot(np.float64(row), np.float64(col)) if is_whole else np.float64(math.hypot(row, col))


@kernel_free_division
def _settle_doubt(dy, dx, doubt, is_whole, d_row, d_col):
    for i in range(len(doubt)):
        if doubt[i] > 0:
            best = 0
            for channel in range(1, len(dy)):
                length = _length(dy[channel, i], dx[channel, i], is_whole)
                if length > _length(dy[best, i], dx[best, i], is_whole):
                    best = channel
            d_row[i], d_col[i] = dy[best, i], dx[best, i]


@kernel_free_sums
def to_polar(d_row, d_col, half_turn, signed, length, position):
    """Length and direction of gradients; the direction counts in bins, `half_turn` of them per 180 degrees.

    Unsigned directions are in [0, half_turn), signed ones in [0, 2 * half_turn). The arctangent is the polynomial
    4.4.49 of Abramowitz & Stegun, error 2e-8; multiples of 90 degrees are exact. Returns the number of directions so
    near the edge of a bin that this error matters, those along the rows aside.
    """
    f = np.float32
    quarter, half, full = f(half_turn / 2), f(half_turn), f(half_turn * (2 if signed else 1))
    bins_per_radian = f(half_turn / math.pi)
    zero, one = f(0), f(1)
    near_edge = zero
    for i in range(len(d_row)):
        x, y = f(d_col[i]), f(d_row[i])
        long, short = max(abs(x), abs(y)), min(abs(x), abs(y))
        length[i] = math.sqrt(x * x + y * y)
        tangent = short / max(long, f(1e-30))
        square = tangent * tangent
        angle = f(0.0028662257) * square + f(-0.0161657367)
        angle = angle * square + f(0.0429096138)
        angle = angle * square + f(-0.0752896400)
        angle = angle * square + f(0.1065626393)
        angle = angle * square + f(-0.1420889944)
        angle = angle * square + f(0.1999355085)
        angle = angle * square + f(-0.3333314528)
        angle = (angle * square + f(1)) * tangent * bins_per_radian
        angle = quarter - angle if abs(y) > abs(x) else angle
        angle = half - angle if x < zero else angle
        angle = full - angle if y < zero else angle
        angle = zero if angle >= full else angle
        position[i] = angle
        edge = f(np.int32(angle + f(0.5)))
        near_edge += one if (abs(angle - edge) < NEAR_EDGE) & (y != zero) else zero
    return near_edge
