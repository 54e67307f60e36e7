"""Polygons drawn with soft edges."""

from collections.abc import Sequence

import cv2
import numpy as np

SUBPIXELS = 8  # soft edges: the fraction of a pixel that a shape covers is counted on 8 x 8 points


def ellipse(half_length: float, half_width: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    return np.column_stack([half_length * np.cos(angles), half_width * np.sin(angles)])


def rectangle(half_length: float, half_width: float) -> np.ndarray:
    return np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * (half_length, half_width)


def placed(points: np.ndarray, angle: float, center: Sequence[float]) -> np.ndarray:
    """Turn points (along, across) so that `along` has the angle from the row axis, and move them to (row, col)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array([[cosine, sine], [-sine, cosine]]) + center


def drawn(polygons: Sequence[tuple[np.ndarray, float | Sequence[float]]], ground: np.ndarray) -> np.ndarray:
    """Fill polygons of (row, col) points with their values on a ground, each pixel by the share it is covered.

    The pixel (row, col) is the square from row - 0.5 to row + 0.5.
    """
    picture = ground.astype(np.float32)
    for points, value in polygons:
        low = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, ground.shape[:2])
        rows, cols = high - low
        fine = np.zeros((rows * SUBPIXELS, cols * SUBPIXELS), np.float32)
        vertices = [np.rint(((points - low + 0.5) * SUBPIXELS - 0.5)[:, ::-1] * 256).astype(np.int32)]
        cv2.fillPoly(fine, vertices, 1, shift=8)
        cv2.polylines(fine, vertices, True, 0.5, shift=8)  # fillPoly takes all of the outline, half of it is outside
        cover = cv2.resize(fine, (int(cols), int(rows)), interpolation=cv2.INTER_AREA)
        cover = cover if ground.ndim == 2 else cover[..., np.newaxis]
        part = picture[low[0] : high[0], low[1] : high[1]]
        part += cover * (np.asarray(value, np.float32) - part)
    return np.rint(picture).astype(np.uint8)
