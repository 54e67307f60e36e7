"""Edges to a fraction of a pixel: where profiles across an outline pass half of the step, and lines through them.

Points are (row, col), pixel centres being whole numbers.
"""

from typing import NamedTuple

import numpy as np

from ..._numba import kernel
from ...image.interpolation import fill_pixel, interpolate_at

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
    values, shape, weights = _plain(channel)
    starts, normals = (np.ascontiguousarray(rows, dtype=np.float64) for rows in (starts, normals))
    return _offsets(values, shape, weights, starts, normals, float(reach))


def _plain(channel: np.ndarray | Channel) -> tuple[np.ndarray, tuple[int, int, int], np.ndarray]:
    """Values one after the other, (height, width, channels) and weights of the channels, as kernels take them."""
    image, weights = channel if isinstance(channel, Channel) else (channel, np.ones(1, np.float32))
    return np.ascontiguousarray(image).reshape(-1), (*image.shape[:2], len(weights)), weights


@kernel
def _offsets(values, shape, weights, starts, normals, reach):
    height, width, _ = shape
    n_taps = 2 * int(np.ceil(reach / STEP)) + 1
    step = 2 * reach / (n_taps - 1)
    profile, color = np.empty(n_taps), np.empty(len(weights), np.float32)
    offsets, steps = np.empty(len(starts)), np.empty(len(starts))
    for k in range(len(starts)):
        is_inside = True
        for tap in range(n_taps):
            along = tap * step - reach
            row, col = starts[k, 0] + normals[k, 0] * along, starts[k, 1] + normals[k, 1] * along
            is_inside &= -0.5 <= row <= height - 0.5 and -0.5 <= col <= width - 0.5
            fill_pixel(values, shape, np.float32(row), np.float32(col), np.float32(0), color, 0)
            level = np.float32(0)
            for index in range(len(weights)):
                level += weights[index] * color[index]
            profile[tap] = level
        place, steps[k] = _crossing_of_half(profile, max(n_taps // 5, 2))
        offsets[k] = place * step - reach if is_inside else np.nan
    return offsets, steps


@kernel
def _crossing_of_half(profile, n_level):
    """Tap, with its fraction, at which a profile crosses half of its step most steeply; NaN where it does not."""
    inner, outer = np.median(profile[:n_level]), np.median(profile[len(profile) - n_level :])
    half = (inner + outer) / 2
    steepest, place = 0.0, np.nan
    for tap in range(len(profile) - 1):
        before, after = profile[tap] - half, profile[tap + 1] - half
        if before * after > 0:
            continue
        rise = after - before if outer > inner else before - after
        if outer != inner and rise > steepest:
            steepest = rise
            place = tap + before / (before - after)
    return place, outer - inner


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
        weights = tukey_weights(distances)
    return center, direction, distances


@kernel
def tukey_weights(residuals):
    """Tukey's biweight at 4.7 times the spread (from the median absolute deviation) of the residuals."""
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
    plain = _plain(channel)
    for narrower in (1, 1, 0.6, 0.6, 0.6):
        middle = corners.mean(axis=0)
        sides = []
        for start, end in zip(corners, np.roll(corners, -1, axis=0)):
            side = _fitted_side(*plain, start, end, middle, float(reach * narrower), n_profiles)
            if side[-1] == 0:
                return None
            sides.append(side)
        crossings = [_crossing(sides[k - 1][:2], sides[k][:2]) for k in range(4)]
        if any(crossing is None for crossing in crossings):
            return None
        corners = np.array(crossings)
    _, _, squares, steps, n_on_line = zip(*sides)
    residual = float(np.sqrt(sum(squares) / sum(n_on_line)))
    return Quad(corners, residual, min(n_on_line) / n_profiles, float(np.median(steps)), float(min(steps)))


@kernel
def _fitted_side(values, shape, weights, start, end, middle, reach, n_profiles):
    """Line through the edge near a side: a point, its direction; squared distances, the median step, a count.

    The count is of the profiles whose edge lies on the line, 0 where too few show one.
    """
    row, col = end[0] - start[0], end[1] - start[1]
    length = np.hypot(row, col)
    center, direction = np.zeros(2), np.zeros(2)
    if length < 4:
        return center, direction, 0.0, 0.0, 0
    outwards = col * ((start[0] + end[0]) / 2 - middle[0]) - row * ((start[1] + end[1]) / 2 - middle[1])
    sign = -1.0 if outwards < 0 else 1.0
    starts, normals = np.empty((n_profiles, 2)), np.empty((n_profiles, 2))
    for k in range(n_profiles):
        along = 0.1 + 0.8 * k / (n_profiles - 1)
        starts[k, 0], starts[k, 1] = start[0] + along * row, start[1] + along * col
        normals[k, 0], normals[k, 1] = sign * col / length, -sign * row / length
    offsets, steps = _offsets(values, shape, weights, starts, normals, reach)
    points, n_seen = np.empty((n_profiles, 2)), 0
    for k in range(n_profiles):
        if not np.isnan(offsets[k]):
            for axis in range(2):
                points[n_seen, axis] = starts[k, axis] + offsets[k] * normals[k, axis]
            n_seen += 1
    if n_seen < 0.4 * n_profiles:
        return center, direction, 0.0, 0.0, 0
    center, direction, distances = _fitted_line(points[:n_seen])
    trust = tukey_weights(distances)
    squares, n_on_line = 0.0, 0
    for k in range(n_seen):
        if trust[k] > 0:
            squares += distances[k] ** 2
            n_on_line += 1
    return center, direction, squares, np.median(np.abs(steps)), n_on_line


def _crossing(one: tuple[np.ndarray, np.ndarray], two: tuple[np.ndarray, np.ndarray]) -> np.ndarray | None:
    turn = one[1][1] * two[1][0] - one[1][0] * two[1][1]
    if abs(turn) < 0.1:
        return None
    row, col = two[0] - one[0]
    return one[0] + (col * two[1][0] - row * two[1][1]) / turn * one[1]
