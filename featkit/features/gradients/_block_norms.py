"""Contrast normalisation of the blocks of a HOG."""

import math

import numpy as np

from ..._numba import kernel_free_division, kernel_free_sums

BLOCK_NORMS = ("L1", "L1-sqrt", "L2", "L2-Hys")


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
