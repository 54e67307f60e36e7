"""Moments, principal axes and extent of a foreground: how a crop lies in its image."""

import math

import cv2
import numpy as np

from ..._numba import kernel

_NO_DIRECTION = 1e-3  # axes nearer to equal, or tails nearer to even, than this fraction tell no direction


def moments_of(weights: np.ndarray) -> dict[str, float]:
    """Moments up to the third order of an image of weights, as `cv2.moments` names them (x: column, y: row)."""
    if weights.shape[1] == 2:  # OpenCV would take it for the corners of a polygon
        weights = np.pad(weights, ((0, 0), (0, 1)))
    return cv2.moments(weights)


@kernel
def extent_along(weights, least, axes):
    """Least and greatest position along two axes of pixels of at least a weight, inf and -inf where there is none.

    The first and the last pixel of every row suffice: all corners of the convex hull are among them.
    """
    height, width = weights.shape
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for row in range(height):
        first = 0
        while first < width and weights[row, first] < least:
            first += 1
        if first == width:
            continue
        last = width - 1
        while weights[row, last] < least:
            last -= 1
        for col in (first, last):
            for axis in range(2):
                place = row * axes[0, axis] + col * axes[1, axis]
                low[axis] = min(low[axis], place)
                high[axis] = max(high[axis], place)
    return low, high


def principal_axes(moments: dict[str, float], upright: bool) -> np.ndarray:
    """Rotation whose columns are the image's directions of the crop's rows and columns."""
    covariance = np.array([[moments["mu02"], moments["mu11"]], [moments["mu11"], moments["mu20"]]])
    lengths, directions = np.linalg.eigh(covariance)
    if lengths[1] - lengths[0] <= _NO_DIRECTION * lengths.sum():
        return np.eye(2)
    row, col = directions[:, 1]
    tail = row**3 * moments["mu03"] + 3 * row**2 * col * moments["mu12"]
    tail += 3 * row * col**2 * moments["mu21"] + col**3 * moments["mu30"]
    if abs(tail) > _NO_DIRECTION * math.sqrt(lengths[1] ** 3 / moments["m00"]):
        away = tail < 0
    else:
        own, other = (row, col) if upright else (col, row)
        away = own < 0 or (own == 0 and other < 0)
    if away:
        row, col = -row, -col
    return np.array([[row, -col], [col, row]]) if upright else np.array([[col, row], [-row, col]])
