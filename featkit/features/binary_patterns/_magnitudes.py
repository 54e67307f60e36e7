"""Codes of the sizes of differences between a pixel and its neighbours, in integer arithmetic."""

import numpy as np

from ..._numba import kernel
from ._codes import STEP_BITS, STEPS

ROWS = 32  # that are summed at once: of 32,768 pixels of 16 bits with 24 neighbours less than 2**63


@kernel
def _difference(image, row, col, position):
    """Size of the difference between a pixel and its neighbour, in 1 / STEPS ** 2 of a gray level."""
    top, left = row + (position[0] >> STEP_BITS), col + (position[1] >> STEP_BITS)
    row_step, col_step = position[0] & (STEPS - 1), position[1] & (STEPS - 1)
    below, right = top + (1 if row_step else 0), left + (1 if col_step else 0)
    upper = (STEPS - col_step) * np.int64(image[top, left]) + col_step * np.int64(image[top, right])
    lower = (STEPS - col_step) * np.int64(image[below, left]) + col_step * np.int64(image[below, right])
    return abs((STEPS - row_step) * upper + row_step * lower - STEPS * STEPS * np.int64(image[row, col]))


@kernel
def _total(image, positions, margin, first_row, last_row, n_cols):
    total = np.int64(0)
    for row in range(first_row, last_row):
        for col in range(n_cols):
            for k in range(len(positions)):
                total += _difference(image, row + margin, col + margin, positions[k])
    return total


@kernel
def fill_size_codes(image, positions, margin, codes):
    """Set bit k of every code where the difference to neighbour k is at least the mean one of the image."""
    n_differences = max(codes.size * len(positions), 1)
    mean = rest = np.int64(0)  # of 16 bits all differences together would not fit
    for first in range(0, codes.shape[0], ROWS):
        total = _total(image, positions, margin, first, min(first + ROWS, codes.shape[0]), codes.shape[1])
        mean += total // n_differences
        rest += total % n_differences
    # an integer reaches the mean when it reaches its ceiling
    at_least = mean + (rest + n_differences - 1) // n_differences
    for row in range(codes.shape[0]):
        for col in range(codes.shape[1]):
            code = 0
            for k in range(len(positions)):
                if _difference(image, row + margin, col + margin, positions[k]) >= at_least:
                    code |= 1 << k
            codes[row, col] = code
