"""Polygons drawn with soft edges."""

from collections.abc import Sequence

import cv2
import numpy as np

SUBPIXELS = 8  # soft edges: the fraction of a pixel that a shape covers is counted on 8 x 8 points
BAND = 64  # rows that are drawn at a time with all their subpixels


def ellipse(half_length: float, half_width: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    return np.column_stack([half_length * np.cos(angles), half_width * np.sin(angles)])


def rectangle(half_length: float, half_width: float) -> np.ndarray:
    return np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * (half_length, half_width)


def placed(points: np.ndarray, angle: float, center: Sequence[float]) -> np.ndarray:
    """Turn points (along, across) so that `along` has the angle from the row axis, and move them to (row, col)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array([[cosine, sine], [-sine, cosine]]) + center


def cover(points: np.ndarray, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], np.ndarray]:
    """Rows and columns that a polygon of (row, col) points touches, and the fraction of each pixel that it covers.

    The pixel (row, col) is the square from row - 0.5 to row + 0.5.
    """
    low = np.clip(np.floor(points.min(axis=0)).astype(int), 0, shape[:2])
    high = np.clip(np.ceil(points.max(axis=0)).astype(int) + 1, low, shape[:2])
    fractions = np.zeros(tuple(high - low), np.float32)
    cols = int(high[1] - low[1])
    for top in range(low[0], high[0], BAND) if cols else ():
        rows = int(min(BAND, high[0] - top))
        fine = np.zeros((rows * SUBPIXELS, cols * SUBPIXELS), np.float32)
        vertices = ((points - (top, low[1]) + 0.5) * SUBPIXELS - 0.5)[:, ::-1]
        vertices = [np.rint(np.clip(vertices, -1e6, 1e6) * 256).astype(np.int32)]
        cv2.fillPoly(fine, vertices, 1, shift=8)
        cv2.polylines(fine, vertices, True, 0.5, shift=8)  # fillPoly takes all of the outline, half of it is outside
        band = cv2.resize(fine, (cols, rows), interpolation=cv2.INTER_AREA)
        fractions[top - low[0] : top - low[0] + rows] = band
    return (slice(low[0], high[0]), slice(low[1], high[1])), fractions


def paint(image: np.ndarray, polygons: Sequence[tuple[np.ndarray, float | Sequence[float] | np.ndarray]]) -> None:
    """Lay polygons over a float32 image, each in its value, color, or image of colors, the last one on top."""
    for points, value in polygons:
        place, fractions = cover(points, image.shape)
        color = np.asarray(value, np.float32)
        part = image[place]
        fractions = fractions if image.ndim == 2 else fractions[..., np.newaxis]
        part += fractions * ((color[place] if color.ndim == 3 else color) - part)


def drawn(polygons: Sequence[tuple[np.ndarray, float | Sequence[float]]], ground: np.ndarray) -> np.ndarray:
    """Fill polygons of (row, col) points with their values on a background, each pixel by its covered fraction."""
    image = ground.astype(np.float32)
    paint(image, polygons)
    return np.rint(image).astype(np.uint8)
