"""The upright face: the image around some landmarks, resampled so that the face lies on the mean face."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from ...image.interpolation import interpolate
from ..landmarks.scheme import MEAN_FACE
from ..landmarks.shapes import fit_similarity, to_complex, to_points

RIGID = (36, 39, 42, 45, 27, 30, 31, 33, 35, 48, 54)  # laid on the mean face: not the chin, which moves when one speaks


def upright_frame(
    gray: np.ndarray, points: np.ndarray, eye_distance: float, wanted: Sequence[int], *, reach: int
) -> tuple[np.ndarray | None, np.ndarray]:
    """The upright face at a size, as far as the wanted points and `reach` pixels around them go, and these points."""
    shape = to_complex(points)
    factor, shift = fit_similarity(_mean_face() * eye_distance, shape[list(RIGID)])
    factor, shift = factor[0], shift[0]
    if np.isnan(shape[list({*RIGID, *wanted})]).any() or abs(factor) == 0:
        return None, np.full((len(wanted), 2), np.nan)
    in_frame = to_points((shape[list(wanted)] - shift) / factor)
    middle = np.median(in_frame, axis=0)
    most = 4 * eye_distance + reach  # a point that went astray must not make an image without end
    first = np.floor(np.maximum(in_frame.min(axis=0), middle - most)) - reach
    sides = (np.ceil(np.minimum(in_frame.max(axis=0), middle + most)) + reach + 1 - first).astype(int)
    return _resampled(gray, factor, complex(*first) * factor + shift, sides), in_frame - first


def _mean_face():
    """The rigid points of the mean face from the front; the middles of its eyes are 1 apart."""
    right, down, _ = np.array([MEAN_FACE[point] for point in RIGID], dtype=np.float64).T
    between_eyes = right[[2, 3]].mean() - right[[0, 1]].mean()
    return (down + 1j * right) / between_eyes


def _resampled(gray, step, first, sides):
    """Part of an image: `first` is its first pixel, `step` what leads from a pixel to the next row."""
    shrinking, by_row, by_col = abs(step), 1.0, 1.0
    if shrinking > 1.2:  # bilinear interpolation alone would leave pixels out
        corners = first + step * np.array([0, sides[0], 1j * sides[1], sides[0] + 1j * sides[1]])
        low = np.maximum(np.floor([corners.real.min(), corners.imag.min()]).astype(int) - 2, 0)
        high = np.minimum(np.ceil([corners.real.max(), corners.imag.max()]).astype(int) + 3, gray.shape)
        if (high > low).all():
            gray, first = gray[low[0] : high[0], low[1] : high[1]], first - complex(*low)
            rows, cols = (math.ceil(side / shrinking) for side in gray.shape)
            by_row, by_col = gray.shape[0] / rows, gray.shape[1] / cols
            gray = cv2.resize(gray, (cols, rows), interpolation=cv2.INTER_AREA)
    to_gray = np.array(
        [
            [step.real / by_row, -step.imag / by_row, (first.real + 0.5) / by_row - 0.5],
            [step.imag / by_col, step.real / by_col, (first.imag + 0.5) / by_col - 0.5],
        ]
    )
    return interpolate(gray, to_gray, *sides)
