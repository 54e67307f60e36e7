"""The centreline of an object from tip to tip, and its width along it."""

import numpy as np
from scipy.signal import savgol_filter

from ..._numba import kernel
from ._thinning import longest_path

CAP = 1.6  # the way runs into a corner or a round cap where less than this many half-widths are left
SLACK = 1.5  # pixels
COMPACT = 2.0  # a way shorter than this many half-widths has no direction of its own
NEAR_TIP = 8  # pixels, within which the tip of a thin line lies
N_WIDTHS = 128
STEP = 0.25  # pixels
SMOOTHED = 0.6
LEAST_REACH = 4  # pixels to either side over which the centreline is smoothed


def centerline(mask: np.ndarray, skeleton: np.ndarray, half_widths: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """Points about one pixel apart from one end of an object to the other, both on its outline.

    Parameters
    ----------
    mask, skeleton, half_widths : ndarray (height, width)
        See `_thinning`.
    spacing : float64 ndarray (2,)
        Height and width of a pixel.

    Returns
    -------
    points : float64 ndarray (n, 2)
        (row, col).
    """
    path = longest_path(skeleton)
    widths = half_widths[tuple(path.astype(int).T)].astype(np.float64)
    first, last = _without_caps(path, widths)
    way, widths_of_way = path[first : last + 1], widths[first : last + 1]
    n_steps = int(np.hypot(*np.diff(way, axis=0).T).sum())
    if n_steps < max(COMPACT * np.median(widths_of_way), 3):
        return _straight_axis(mask, half_widths, spacing)
    points = _evenly_spaced(way, n_steps + 1)
    reach = min(max(LEAST_REACH, round(SMOOTHED * float(np.median(widths_of_way)))), n_steps // 2)
    points = savgol_filter(points, 2 * reach + 1, min(2, 2 * reach), axis=0, mode="interp")
    ends = []
    for end, width in ((points, widths_of_way[0]), (points[::-1], widths_of_way[-1])):
        back = min(max(2 * LEAST_REACH, round(float(width))), len(points) - 1)
        ends.append(_to_outline(mask, end[0], end[0] - end[back], is_thin=np.median(widths_of_way) <= SLACK))
    return np.concatenate([ends[0][::-1], points, ends[1]])


def _without_caps(path, widths):
    """First and last pixel of the way between the caps: where it forks into corners, or runs into a round end."""
    reach = CAP * widths + (SLACK if np.median(widths) > SLACK else 0)
    after_first = np.flatnonzero(np.hypot(*(path - path[0]).T) > reach)
    before_last = np.flatnonzero(np.hypot(*(path - path[-1]).T) > reach)
    if len(after_first) == 0 or len(before_last) == 0 or after_first[0] > before_last[-1]:
        return len(path) // 2, len(path) // 2
    return after_first[0], before_last[-1]


def _evenly_spaced(points, n):
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return np.column_stack([np.interp(np.linspace(0, along[-1], n), along, points[:, axis]) for axis in (0, 1)])


def _straight_axis(mask, half_widths, spacing):
    """Along the long axis of the second moments, through the centre of mass or else the thickest point."""
    pixels = np.argwhere(mask)
    center = pixels.mean(axis=0)
    if not mask[tuple(np.rint(center).astype(int))]:
        center = np.array(np.unravel_index(half_widths.argmax(), mask.shape), dtype=np.float64)
    offsets = (pixels - pixels.mean(axis=0)) * spacing
    direction = np.linalg.eigh(offsets.T @ offsets)[1][:, 1] / spacing
    one, other = _to_outline(mask, center, direction), _to_outline(mask, center, -direction)
    return np.concatenate([one[::-1], center[np.newaxis], other])


def _to_outline(mask, start, direction, is_thin=False):
    """Points on a straight line from a start, which is left out, to the outline, about one pixel apart.

    A thin line is left by the side: what counts there is how far its pixels reach in that direction.
    """
    direction = direction / np.hypot(*direction)
    reach = _reach(mask, start[np.newaxis], direction[np.newaxis])[0]
    if is_thin:
        offsets = np.argwhere(mask) - start
        near = offsets[np.hypot(*offsets.T) <= NEAR_TIP]
        reach = max(reach, (near @ direction).max(initial=0) + 0.5)
    n = max(int(np.ceil(reach)), 1)
    return start + np.arange(1, n + 1)[:, np.newaxis] / n * reach * direction


@kernel
def _reach(mask, starts, directions):
    """How far it is along a line to the outline, where the mask, interpolated, falls below one half."""
    reaches = np.zeros(len(starts))
    for k in range(len(starts)):
        before, reach = 1.0, 0.0
        while True:
            reach += STEP
            row, col = starts[k, 0] + reach * directions[k, 0], starts[k, 1] + reach * directions[k, 1]
            top, left = int(np.floor(row)), int(np.floor(col))
            if top < 0 or left < 0 or top + 1 >= mask.shape[0] or left + 1 >= mask.shape[1]:
                value = 0.0
            else:
                low, far = row - top, col - left
                above = mask[top, left] * (1 - far) + mask[top, left + 1] * far
                below = mask[top + 1, left] * (1 - far) + mask[top + 1, left + 1] * far
                value = above * (1 - low) + below * low
            if value < 0.5:
                part = (before - 0.5) / (before - value) if before > 0.5 else 0.0
                reaches[k] = reach - STEP + STEP * part
                break
            before = value
    return reaches


def length_and_widths(mask: np.ndarray, points: np.ndarray, spacing: np.ndarray) -> tuple[float, np.ndarray]:
    """Length of a centreline and widths across it at 128 positions at equal steps, beginning at its narrower half.

    Parameters
    ----------
    mask : bool ndarray (height, width)
    points : float64 ndarray (n, 2)
        Of `centerline`.
    spacing : float64 ndarray (2,)
        Height and width of a pixel.

    Returns
    -------
    length : float
        In the unit of `spacing`, as are the widths.
    widths : float64 ndarray (128,)
    """
    line = points * spacing
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    positions = (np.arange(N_WIDTHS) + 0.5) / N_WIDTHS * along[-1]
    reach = max(LEAST_REACH * spacing.max(), 0.02 * along[-1])

    def at(where):
        where = np.clip(where, 0, along[-1])
        return np.column_stack([np.interp(where, along, line[:, axis]) for axis in (0, 1)])

    tangents = at(positions + reach) - at(positions - reach)
    across = np.column_stack([tangents[:, 1], -tangents[:, 0]])
    across /= np.maximum(np.hypot(*across.T), 1e-12)[:, np.newaxis]
    in_pixels = across / spacing
    stretch = np.hypot(*in_pixels.T)
    directions = in_pixels / stretch[:, np.newaxis]
    starts = at(positions) / spacing
    widths = (_reach(mask, starts, directions) + _reach(mask, starts, -directions)) / stretch
    halves = widths[: N_WIDTHS // 2].sum(), widths[N_WIDTHS // 2 :].sum()
    return float(along[-1]), widths if halves[0] <= halves[1] else widths[::-1]
