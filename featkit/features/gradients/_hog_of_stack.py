"""HOG of a stack of images, for extractors that have checked their parameters."""

import math

import numpy as np

from ...image.alpha import Background
from ...parameters import check_pair
from ._blocks import BLOCK_NORMS, grid_of_blocks
from ._gradients import color_planes, gradient_unit, levels_per_value
from ._nearest_votes import blocks_of_cells, cells_of_stack
from ._trilinear_votes import trilinear_blocks, window_weights


def hog_of_stack(
    stack: np.ndarray,
    orientations: int,
    pixels_per_cell: tuple[int, int],
    cells_per_block: tuple[int, int],
    block_norm: str,
    transform_sqrt: bool,
    voting: str,
    signed: bool,
    window_sigma: float | None,
    background: Background,
) -> np.ndarray:
    grid = grid_of_blocks(stack.shape[1:3], orientations, pixels_per_cell, cells_per_block)
    out = np.empty((len(stack), math.prod(grid)), np.float32)
    orientations = grid[4]
    norm = BLOCK_NORMS.index(block_norm)
    if voting == "nearest":
        cells = cells_of_stack(stack, orientations, pixels_per_cell, transform_sqrt, signed, background)
        blocks_of_cells(cells, *grid[2:4], norm, out)
        return out
    cell_shape = check_pair("pixels_per_cell", pixels_per_cell)
    sigma = window_sigma or (cell_shape[0] * grid[2] + cell_shape[1] * grid[3]) / 8
    row_weights, col_weights = (window_weights(cell_shape[axis], grid[2 + axis], float(sigma)) for axis in (0, 1))
    planes = color_planes(stack, background, transform_sqrt)
    levels = levels_per_value(stack.dtype)
    unit = gradient_unit(planes.dtype, math.sqrt(levels) if transform_sqrt else levels)
    width = stack.shape[2]
    trilinear_blocks(planes, width, unit, orientations, signed, cell_shape, row_weights, col_weights, norm, out)
    return out
