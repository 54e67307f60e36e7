"""Gray-level co-occurrence: how often which two gray levels stand at a step from each other."""

import math
from collections.abc import Sequence
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image
from ...image.conversions import to_gray, to_uint8
from ...parameters import Interval, check_distinct, check_number

N_LEVELS = Interval(Integral, 2, 256, closed="both")


@kernel
def _add_pairs(levels, row_step, col_step, first_row, first_col, last_row, last_col, counts):
    """Count the pairs whose first pixel lies in a box and whose second lies in the image; row_step >= 0."""
    height, width = levels.shape
    first_col, last_col = max(first_col, -col_step), min(last_col, width - col_step)
    for row in range(first_row, min(last_row, height - row_step)):
        for col in range(first_col, last_col):
            counts[levels[row, col], levels[row + row_step, col + col_step]] += 1


@kernel
def count_pairs(levels, row_step, col_step, counts):
    """Count pairs of levels (first, second), not yet symmetric; row_step >= 0."""
    counts[:] = 0
    _add_pairs(levels, row_step, col_step, 0, 0, levels.shape[0], levels.shape[1], counts)


@kernel
def _count_four(levels, steps, counts):
    """As `count_pairs` for four steps in one pass: counters in turn, as the same one twice in a row would wait."""
    counts[:] = 0
    height, width = levels.shape
    margin = min(np.abs(steps[:, 1]).max(), width)
    core_height, core_width = max(height - steps[:, 0].max(), 0), width - 2 * margin
    stride = np.uint32(counts.shape[1])
    flat = counts.reshape(4, -1)
    counts_0, counts_1, counts_2, counts_3 = flat[0], flat[1], flat[2], flat[3]
    for row in range(core_height if core_width > 0 else 0):
        line = levels[row, margin : width - margin]
        line_0 = levels[row + steps[0, 0], margin + steps[0, 1] :]
        line_1 = levels[row + steps[1, 0], margin + steps[1, 1] :]
        line_2 = levels[row + steps[2, 0], margin + steps[2, 1] :]
        line_3 = levels[row + steps[3, 0], margin + steps[3, 1] :]
        for col in range(len(line)):
            start = np.uint32(line[col]) * stride
            counts_0[start + line_0[col]] += 1
            counts_1[start + line_1[col]] += 1
            counts_2[start + line_2[col]] += 1
            counts_3[start + line_3[col]] += 1
    right = max(width - margin, margin)
    for k in range(4):
        row_step, col_step = steps[k]
        _add_pairs(levels, row_step, col_step, 0, 0, height, margin, counts[k])
        _add_pairs(levels, row_step, col_step, 0, right, height, width, counts[k])
        _add_pairs(levels, row_step, col_step, core_height, margin, height, right, counts[k])


@kernel
def count_pairs_of_steps(levels, steps, counts):
    """As `count_pairs` for every step (row, column) of an array; counts (steps, levels, levels)."""
    in_fours = len(steps) - len(steps) % 4
    for first in range(0, in_fours, 4):
        _count_four(levels, steps[first : first + 4], counts[first : first + 4])
    for k in range(in_fours, len(steps)):
        count_pairs(levels, steps[k, 0], steps[k, 1], counts[k])


def foreground_levels(image: Image, n_levels: int) -> np.ndarray:
    """Levels 0..n_levels - 1 of the foreground, n_levels elsewhere, uint16."""
    levels = to_gray(to_uint8(image)).astype(np.uint16) * np.uint16(n_levels) >> 8
    if split_alpha(image)[1] is not None:
        levels[~foreground_mask(image)] = n_levels
    return np.ascontiguousarray(levels)


def _step(distance: int, angle: int) -> tuple[int, int]:
    """Step (rows, columns) to the neighbour at a distance on the chessboard, rows never negative."""
    col, row = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    longest = max(abs(col), abs(row))
    return round(distance * row / longest), round(distance * col / longest)


def steps_of(distances: Sequence[int], angles: Sequence[int]) -> np.ndarray:
    """Steps (distances, angles, 2) in rows and columns."""
    distances, angles = check_distinct("distances", distances, 1, 999), check_distinct("angles", angles, 0, 179)
    return np.array([[_step(distance, angle) for angle in angles] for distance in distances])


def cooccurrence_matrix(image: Image, *, n_levels: int = 32, distance: int = 1, angle: int = 0) -> np.ndarray:
    """Share of every pair of gray levels among the pairs of pixels at one distance in one direction.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only pairs of two foreground pixels (alpha at least one half) count.
    n_levels : int in [2, 256], default=32
        The gray levels 0..255 are merged into so many intervals, equal but for rounding.
    distance : int >= 1, default=1
        Steps of a king on the chessboard: the diagonal neighbour is at distance 1.
    angle : int in [0, 179], default=0
        Direction in degrees from the column axis towards growing rows.

    Returns
    -------
    matrix : float64 ndarray (n_levels, n_levels)
        Symmetric, of sum 1; all NaN without a pair.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import cooccurrence_matrix
    >>> cooccurrence_matrix(np.array([[0, 0, 255]], dtype=np.uint8), n_levels=2)
    array([[0.5 , 0.25],
           [0.25, 0.  ]])
    """
    n_levels = check_number("n_levels", n_levels, N_LEVELS)
    levels = foreground_levels(image, n_levels)
    counts = np.empty((n_levels + 1, n_levels + 1), np.int32)
    row_step, col_step = steps_of([distance], [angle])[0, 0]
    count_pairs(levels, row_step, col_step, counts)
    pairs = (counts + counts.T)[:-1, :-1]
    total = pairs.sum()
    return pairs / total if total else np.full(pairs.shape, np.nan)
