"""Edges to a fraction of a pixel: where profiles across an outline pass half of the step, and lines through them.

Points are (row, col), pixel centres being whole numbers.
"""

from typing import NamedTuple

import numpy as np

from ...image.interpolation import interpolate_at

STEP = 0.25  # of a pixel, along a profile
LEAST_NOISE = 0.05  # pixels: what JPEG and noise leave of an edge at best


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


def edge_offsets(channel: np.ndarray, starts: np.ndarray, normals: np.ndarray, reach: float) -> tuple:
    """Distance along each normal at which the profile crosses half of its step, and the height of the step.

    Parameters
    ----------
    channel : float32 ndarray (height, width)
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
    profiles = interpolate_at(channel, rows.astype(np.float32), cols.astype(np.float32)).astype(np.float64)
    n_level = max(n_taps // 5, 2)
    inner, outer = np.median(profiles[:, :n_level], axis=1), np.median(profiles[:, -n_level:], axis=1)
    centered = profiles - ((inner + outer) / 2)[:, np.newaxis]
    before, after = centered[:, :-1], centered[:, 1:]
    direction = np.sign(outer - inner)[:, np.newaxis]
    rise = np.where((before * after <= 0) & (before != after), (after - before) * direction, 0)
    at = rise.argmax(axis=1)
    each = np.arange(len(starts))
    fraction = before[each, at] / np.where(rise[each, at] > 0, before[each, at] - after[each, at], 1)
    offsets = along[at] + fraction * (along[1] - along[0])
    limits = np.array(channel.shape)[:, np.newaxis, np.newaxis] - 0.5
    outside = ((np.stack([rows, cols]) < -0.5) | (np.stack([rows, cols]) > limits)).any(axis=(0, 2))
    return np.where((rise[each, at] > 0) & ~outside, offsets, np.nan), outer - inner


def fit_line(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Line through points by total least squares, outliers left out by Tukey's weights.

    Returns
    -------
    center, direction : float64 ndarrays (2,)
    distances : float64 ndarray (n,)
        Of the points from the line, with sign.
    """
    weights = np.ones(len(points))
    for _ in range(12):
        center = weights @ points / weights.sum()
        moved = points - center
        direction = np.linalg.eigh((moved * weights[:, np.newaxis]).T @ moved)[1][:, 1]
        distances = moved @ np.array([-direction[1], direction[0]])
        weights = tukey_weights(distances)
    return center, direction, distances


def tukey_weights(residuals: np.ndarray) -> np.ndarray:
    """Tukey's biweight at 4.7 times the spread (from the median absolute deviation) of the residuals."""
    spread = max(1.4826 * float(np.median(np.abs(residuals))), LEAST_NOISE)
    weights = np.clip(1 - (residuals / (4.7 * spread)) ** 2, 0, None) ** 2
    return weights if weights.sum() > 0 else np.ones(len(residuals))


def fit_quad(channel: np.ndarray, corners: np.ndarray, reach: float, *, n_profiles: int = 80) -> Quad | None:
    """Fit straight lines to the edges near the four sides of a quadrilateral.

    Parameters
    ----------
    channel : float32 ndarray (height, width)
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
