"""Blocks of a HOG: how many an image holds, and their contrast normalisation."""

import math

import numpy as np

from ..._numba import kernel_free_division, kernel_free_sums
from ...exceptions import ImageFormatError
from ...parameters import check_pair

BLOCK_NORMS = ("L1", "L1-sqrt", "L2", "L2-Hys")


def grid_of_blocks(
    image_shape: tuple[int, ...], orientations: int, pixels_per_cell: tuple[int, int], cells_per_block: tuple[int, int]
) -> tuple[int, int, int, int, int]:
    """Axes of the descriptor: block rows, block columns, cell rows, cell columns, orientations."""
    cell = check_pair("pixels_per_cell", pixels_per_cell)
    block = check_pair("cells_per_block", cells_per_block)
    block_rows, block_cols = (image_shape[axis] // cell[axis] - block[axis] + 1 for axis in (0, 1))
    if min(block_rows, block_cols) < 1:
        smallest = (cell[0] * block[0], cell[1] * block[1])
        raise ImageFormatError(
            f"Expected images of at least {smallest[0]} x {smallest[1]} pixels for one block of {block[0]} x "
            f"{block[1]} cells of {cell[0]} x {cell[1]} pixels, got {image_shape[0]} x {image_shape[1]}. "
            "Put a Resizer before it, or take smaller cells or blocks."
        )
    return block_rows, block_cols, *block, int(orientations)


@kernel_free_sums
def normalize_block(block, norm, inner, outer, last_inner, last_outer):
    """Divide by ``norm + outer``; `inner` goes under the root. The `last` pair is that of L2-Hys after clipping."""
    total = np.float32(0)
    if norm < 2:
        for i in range(len(block)):
            total += block[i]
        scale = np.float32(1) / (total + inner + outer)
        for i in range(len(block)):
            block[i] *= scale
        if norm == 1:
            for i in range(len(block)):
                block[i] = math.sqrt(block[i])
        return
    for i in range(len(block)):
        total += block[i] * block[i]
    scale = np.float32(1) / (math.sqrt(total + inner * inner) + outer)
    if norm == 2:
        for i in range(len(block)):
            block[i] *= scale
        return
    total = np.float32(0)
    for i in range(len(block)):
        clipped = min(block[i] * scale, np.float32(0.2))
        block[i] = clipped
        total += clipped * clipped
    scale = np.float32(1) / (math.sqrt(total + last_inner * last_inner) + last_outer)
    for i in range(len(block)):
        block[i] *= scale


@kernel_free_division
def copy(target, source):  # several times faster than a slice assignment for short runs
    for i in range(len(target)):
        target[i] = source[i]
