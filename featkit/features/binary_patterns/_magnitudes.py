"""Codes of the sizes of differences between a pixel and its neighbours, in integer arithmetic."""

import numpy as np

from ..._numba import kernel
from ._codes import STEP_BITS, STEPS

ROWS = 32  # that are summed at once: of 32,768 pixels of 16 bits with 24 neighbours less than 2**63


@kernel
def _fill_differences(image, row, margin, position, sizes):
    """Sizes of the differences between the pixels of a row and one neighbour, in 1 / STEPS ** 2 of a gray level."""
    top, left = row + margin + (position[0] >> STEP_BITS), margin + (position[1] >> STEP_BITS)
    row_step, col_step = position[0] & (STEPS - 1), position[1] & (STEPS - 1)
    below, right = top + (1 if row_step else 0), left + (1 if col_step else 0)
    for col in range(len(sizes)):
        upper = (STEPS - col_step) * np.int64(image[top, left + col]) + col_step * np.int64(image[top, right + col])
        lower = (STEPS - col_step) * np.int64(image[below, left + col]) + col_step * np.int64(image[below, right + col])
        own = STEPS * STEPS * np.int64(image[row + margin, margin + col])
        sizes[col] = abs((STEPS - row_step) * upper + row_step * lower - own)


@kernel
def fill_size_codes(image, positions, margin, codes):
    """Set bit k of every code where the difference to neighbour k is at least the mean one of the image."""
    height, width = codes.shape
    sizes = np.empty(width, np.int64)
    n_differences = max(codes.size * len(positions), 1)
    mean = rest = np.int64(0)  # of 16 bits all differences together would not fit
    for first in range(0, height, ROWS):
        total = np.int64(0)
        for row in range(first, min(first + ROWS, height)):
            for k in range(len(positions)):
                _fill_differences(image, row, margin, positions[k], sizes)
                for col in range(width):
                    total += sizes[col]
        mean += total // n_differences
        rest += total % n_differences
    # an integer reaches the mean when it reaches its ceiling
    at_least = mean + (rest + n_differences - 1) // n_differences
    codes[:] = 0
    for row in range(height):
        for k in range(len(positions)):
            _fill_differences(image, row, margin, positions[k], sizes)
            for col in range(width):
                if sizes[col] >= at_least:
                    codes[row, col] |= 1 << k
