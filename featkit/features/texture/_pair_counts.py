"""Co-occurrence of gray levels: counts of the pairs at a step from each other, and their statistics."""

import math
from collections.abc import Sequence

import numpy as np

from ..._numba import kernel
from ...parameters import check_distinct, remembered


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


def _step(distance: int, angle: int) -> tuple[int, int]:
    """Step (rows, columns) to the neighbour at a distance on the chessboard, rows never negative."""
    col, row = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    longest = max(abs(col), abs(row))
    return round(distance * row / longest), round(distance * col / longest)


@remembered  # a small image is described in the time of five of these
def steps_of(distances: Sequence[int], angles: Sequence[int]) -> np.ndarray:
    """Steps (distances, angles, 2) in rows and columns."""
    distances, angles = check_distinct("distances", distances, 1, 999), check_distinct("angles", angles, 0, 179)
    return np.array([[_step(distance, angle) for angle in angles] for distance in distances])


@kernel
def _variance(shares):
    mean = 0.0
    for value in range(len(shares)):
        mean += value * shares[value]
    variance = 0.0
    for value in range(len(shares)):
        variance += (value - mean) ** 2 * shares[value]
    return mean, variance


@kernel
def _entropy(shares):
    entropy = 0.0
    for share in shares:
        if share > 0:
            entropy -= share * np.log2(share)
    return entropy


@kernel
def _describe(counts, n_levels, statistics):
    """Statistics of the symmetric matrix of pair counts; its last row and column (no foreground) are left out."""
    single = np.zeros(n_levels)
    total_level = np.zeros(2 * n_levels - 1)
    difference = np.zeros(n_levels)
    n_pairs = 0
    for first in range(n_levels):
        for second in range(n_levels):
            n_pairs += counts[first, second]
    if n_pairs == 0:
        statistics[:] = np.nan
        return
    second_moment, entropy, inverse_difference = 0.0, 0.0, 0.0
    for first in range(n_levels):
        for second in range(first, n_levels):
            count = counts[first, second] + counts[second, first]
            if count == 0:
                continue
            share = count / (2 * n_pairs)  # exactly 1 in a flat image, whose variance is 0 then
            times = 1.0 if first == second else 2.0
            second_moment += times * share * share
            entropy -= times * share * np.log2(share)
            inverse_difference += times * share / (1.0 + (second - first) ** 2)
            total_level[first + second] += times * share
            difference[second - first] += times * share
            single[first] += share
            if first != second:
                single[second] += share
    mean, variance = _variance(single)
    single_entropy = _entropy(single)
    information = max(0.0, 2 * single_entropy - entropy)  # mutual information of the two levels of a pair
    statistics[0] = second_moment
    mean_difference, statistics[9] = _variance(difference)
    statistics[1] = statistics[9] + mean_difference**2
    statistics[2] = 1 - statistics[1] / (2 * variance) if variance > 0 else 1.0
    statistics[3] = variance
    statistics[4] = inverse_difference
    statistics[5], statistics[6] = _variance(total_level)
    statistics[7] = _entropy(total_level)
    statistics[8] = entropy
    statistics[10] = _entropy(difference)
    statistics[11] = -information / single_entropy if single_entropy > 0 else 0.0
    statistics[12] = np.sqrt(1 - np.exp(-2 * information))


@kernel
def mean_and_range(levels, n_levels, steps, counts, statistics, out):
    """Mean and range over the directions that have pairs; steps (distances, directions, 2), out (distances, 2, 13)."""
    for distance in range(len(steps)):
        count_pairs_of_steps(levels, steps[distance], counts)
        for direction in range(steps.shape[1]):
            _describe(counts[direction], n_levels, statistics[direction])
        for k in range(statistics.shape[1]):
            low, high, total, n = np.inf, -np.inf, 0.0, 0
            for value in statistics[:, k]:
                if not np.isnan(value):
                    low, high, total, n = min(low, value), max(high, value), total + value, n + 1
            out[distance, 0, k] = total / n if n else np.nan
            out[distance, 1, k] = high - low if n else np.nan
