"""Edges to a fraction of a pixel: where profiles across an outline pass half of the step, and lines through them.

Points are (row, col), pixel centres being whole numbers.
"""

from typing import NamedTuple

import numpy as np

from ..._numba import kernel
from ...image.interpolation import interpolate_at

STEP = 0.25  # of a pixel, along a profile
N_REWEIGHTINGS = 12  # of the points of a line
LEAST_NOISE = 0.05  # pixels: what JPEG and noise leave of an edge at best


class Channel(NamedTuple):
    """A weighted sum of the channels of an image, computed only where it is looked at.

    Attributes
    ----------
    image : uint8 or float32 ndarray (height, width, n_channels)
    weights : float32 ndarray (n_channels,)
    """

    image: np.ndarray
    weights: np.ndarray

    def at(self, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
        """Levels at positions, interpolated: float32 ndarray of their shape."""
        places = rows.astype(np.float32), cols.astype(np.float32)
        return interpolate_at(self.image, *places, np.float32) @ self.weights


class Quad(NamedTuple):
    """Four straight sides fitted to an image.

    Attributes
    ----------
    corners : float64 ndarray (4, 2)
        (row, col), in order around.
    residual : float
        Root mean square distance of the edge from the sides in pixels, outliers left out.
    support : float
        Fraction of the profiles at which an edge lies on the side, of the worst side.
    contrast : float
        Median step of the channel across the sides.
    weakest : float
        Step across the side at which it is least.
    """

    corners: np.ndarray
    residual: float
    support: float
    contrast: float
    weakest: float


def edge_offsets(channel: np.ndarray | Channel, starts: np.ndarray, normals: np.ndarray, reach: float) -> tuple:
    """Distance along each normal at which the profile crosses half of its step, and the height of the step.

    Parameters
    ----------
    channel : float32 ndarray (height, width) or Channel
    starts : float ndarray (n, 2)
        Points near the edge.
    normals : float ndarray (n, 2)
        Unit vectors across the edge.
    reach : float
        Half-length of the profiles in pixels.

    Returns
    -------
    offsets : float64 ndarray (n,)
        NaN where the profile does not cross half of its step or leaves the image.
    steps : float64 ndarray (n,)
        Level at the far end minus level at the near end.
    """
    n_taps = 2 * int(np.ceil(reach / STEP)) + 1
    along = np.linspace(-reach, reach, n_taps)
    rows, cols = (starts[:, axis, np.newaxis] + normals[:, axis, np.newaxis] * along for axis in (0, 1))
    if isinstance(channel, Channel):
        profiles, shape = channel.at(rows, cols).astype(np.float64), channel.image.shape[:2]
    else:
        profiles = interpolate_at(channel, rows.astype(np.float32), cols.astype(np.float32)).astype(np.float64)
        shape = channel.shape
    places, steps = _crossings(np.ascontiguousarray(profiles), max(n_taps // 5, 2))
    ends = np.stack([rows[:, [0, -1]], cols[:, [0, -1]]])
    limits = np.reshape(shape, (2, 1, 1)) - 0.5
    outside = ((ends < -0.5) | (ends > limits)).any(axis=(0, 2))
    return np.where(outside, np.nan, places * (along[1] - along[0]) - reach), steps


@kernel
def _crossings(profiles, n_level):
    """Tap, with its fraction, at which each profile crosses half of its step most steeply; NaN where it does not."""
    n, n_taps = profiles.shape
    places, steps = np.empty(n), np.empty(n)
    for k in range(n):
        inner, outer = np.median(profiles[k, :n_level]), np.median(profiles[k, n_taps - n_level :])
        half, steps[k] = (inner + outer) / 2, outer - inner
        steepest, places[k] = 0.0, np.nan
        for tap in range(n_taps - 1):
            before, after = profiles[k, tap] - half, profiles[k, tap + 1] - half
            if before * after > 0:
                continue
            rise = after - before if outer > inner else before - after
            if outer != inner and rise > steepest:
                steepest = rise
                places[k] = tap + before / (before - after)
    return places, steps


def fit_line(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Line through points by total least squares, outliers left out by Tukey's weights.

    Returns
    -------
    center, direction : float64 ndarrays (2,)
    distances : float64 ndarray (n,)
        Of the points from the line, with sign.
    """
    return _fitted_line(np.ascontiguousarray(points, dtype=np.float64))


@kernel
def _fitted_line(points):
    n = len(points)
    weights, distances = np.ones(n), np.empty(n)
    center, direction = np.zeros(2), np.zeros(2)
    for _ in range(N_REWEIGHTINGS):
        total = row_sum = col_sum = 0.0
        for k in range(n):
            total += weights[k]
            row_sum += weights[k] * points[k, 0]
            col_sum += weights[k] * points[k, 1]
        center[0], center[1] = row_sum / total, col_sum / total
        row_row = row_col = col_col = 0.0
        for k in range(n):
            row, col = points[k, 0] - center[0], points[k, 1] - center[1]
            row_row += weights[k] * row * row
            row_col += weights[k] * row * col
            col_col += weights[k] * col * col
        angle = 0.5 * np.arctan2(2 * row_col, row_row - col_col)  # of the axis of most spread
        direction[0], direction[1] = np.cos(angle), np.sin(angle)
        for k in range(n):
            distances[k] = (points[k, 1] - center[1]) * direction[0] - (points[k, 0] - center[0]) * direction[1]
        weights = _tukey_weights(distances)
    return center, direction, distances


def tukey_weights(residuals: np.ndarray) -> np.ndarray:
    """Tukey's biweight at 4.7 times the spread (from the median absolute deviation) of the residuals."""
    return _tukey_weights(np.ascontiguousarray(residuals, dtype=np.float64))


@kernel
def _tukey_weights(residuals):
    limit = 4.7 * max(1.4826 * np.median(np.abs(residuals)), LEAST_NOISE)
    weights = np.empty(len(residuals))
    total = 0.0
    for k in range(len(residuals)):
        inside = max(1 - (residuals[k] / limit) ** 2, 0.0)
        weights[k] = inside * inside
        total += weights[k]
    return weights if total > 0 else np.ones(len(residuals))


def fit_quad(channel: np.ndarray | Channel, corners: np.ndarray, reach: float, *, n_profiles: int = 80) -> Quad | None:
    """Fit straight lines to the edges near the four sides of a quadrilateral.

    Parameters
    ----------
    channel : float32 ndarray (height, width) or Channel
        Across which the sides are steps.
    corners : float ndarray (4, 2)
        In order around, each within `reach` of the true one.
    reach : float
        Pixels on both sides of an edge that are looked at.
    n_profiles : int, default=80
        On each side, a tenth of the side from the corners away.

    Returns
    -------
    quad : Quad or None
        None where the sides show no edges.
    """
    for narrower in (1, 1, 0.6, 0.6, 0.6):
        lines, residuals, support, steps = [], [], [], []
        middle = corners.mean(axis=0)
        for start, end in zip(corners, np.roll(corners, -1, axis=0)):
            side = end - start
            length = float(np.hypot(*side))
            if length < 4:
                return None
            normal = np.array([side[1], -side[0]]) / length
            normal *= np.sign(normal @ ((start + end) / 2 - middle)) or 1
            starts = start + np.linspace(0.1, 0.9, n_profiles)[:, np.newaxis] * side
            offsets, heights = edge_offsets(channel, starts, np.tile(normal, (n_profiles, 1)), reach * narrower)
            seen = np.isfinite(offsets)
            if seen.sum() < 0.4 * n_profiles:
                return None
            points = starts[seen] + offsets[seen, np.newaxis] * normal
            center, direction, distances = fit_line(points)
            on_line = tukey_weights(distances) > 0
            lines.append((center, direction))
            residuals.append(distances[on_line])
            support.append(on_line.sum() / n_profiles)
            steps.append(np.median(np.abs(heights)))
        crossings = [_crossing(lines[k - 1], lines[k]) for k in range(4)]
        if any(crossing is None for crossing in crossings):
            return None
        corners = np.array(crossings)
    residual = float(np.sqrt(np.mean(np.concatenate(residuals) ** 2)))
    return Quad(corners, residual, float(min(support)), float(np.median(steps)), float(min(steps)))


def _crossing(one: tuple[np.ndarray, np.ndarray], two: tuple[np.ndarray, np.ndarray]) -> np.ndarray | None:
    matrix = np.column_stack([one[1], -two[1]])
    if abs(np.linalg.det(matrix)) < 0.1:
        return None
    return one[0] + np.linalg.solve(matrix, two[0] - one[0])[0] * one[1]
