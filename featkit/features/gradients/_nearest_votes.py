"""Cells in which every gradient votes for one bin, and their blocks: the HOG of scikit-image."""

import math

import numpy as np

from ..._numba import kernel_free_division
from ...image.alpha import Background
from ...parameters import check_pair
from ._blocks import copy, normalize_block
from ._gradients import NEAR_EDGE, band_gradients, color_planes, gradient_unit, to_polar

PIXELS_PER_BAND = 2048  # the buffers of a band stay in the first-level cache


@kernel_free_division
def _settle_edges(d_row, d_col, edges, turn, length, position, ties, tie_bins):
    """Set positions near the edge of a bin to the bin that the arithmetic of scikit-image finds.

    A gradient within a few ulps of an edge falls where NumPy's arctangent of this machine puts it: it is appended
    to `ties`, for NumPy to tell its bin, and read from `tie_bins` when that is known.
    """
    one_half = np.float32(0.5)
    for i in range(len(position)):
        edge = np.float32(np.int32(position[i] + one_half))
        if abs(position[i] - edge) < NEAR_EDGE and d_row[i] != 0:
            angle = math.atan2(np.float64(d_row[i]), np.float64(d_col[i])) * (180.0 / math.pi) % turn
            bin = 0
            while bin < len(edges) - 1 and angle >= edges[bin + 1]:
                bin += 1
            exact = d_col[i] == 0 or abs(d_row[i]) == abs(d_col[i])
            if not exact and abs(angle - edges[np.int64(edge)]) < 1e-10:
                if len(ties) < len(tie_bins):
                    bin = tie_bins[len(ties)]
                ties.append((np.float64(d_row[i]), np.float64(d_col[i])))
            if bin == len(edges) - 1:  # -1e-20 modulo 180 rounds to 180, beyond the last bin: no vote
                length[i] = 0
                bin = 0
            position[i] = bin


@kernel_free_division
def _round_down(position, bins):
    """Positions without their fraction, all at once: one by one, as votes are added, it takes longer."""
    for i in range(len(position)):
        bins[i] = np.int32(position[i])


@kernel_free_division
def _vote(length, bins, width, cell_height, cell_width, corners, orientations, cells):
    """Add gradients to the bins of their cells; pixels of one position in the cell after the other.

    Neighbours of one cell mostly share a bin: taking one pixel of every cell in turn keeps an addition from
    waiting for the one before.
    """
    for row in range(cell_height):
        for col in range(cell_width):
            offset = np.uint64(row * width + col)
            first_bin = np.uint64(0)
            for cell in range(len(corners)):
                pixel = offset + corners[cell]
                cells[first_bin + np.uint64(np.uint32(bins[pixel]))] += length[pixel]
                first_bin += np.uint64(orientations)


@kernel_free_division
def cell_histograms(images, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells):
    """Fill cells (n, rows, cols, orientations) with mean gradient lengths; return the undecided gradients."""
    _, rows, cols, orientations = cells.shape
    signed = turn > 180
    half_turn = orientations / 2 if signed else orientations
    band_rows = min(rows, max(1, PIXELS_PER_BAND // (cell_height * width)))
    corners = np.empty(band_rows * cols, np.uint64)
    for cell in range(len(corners)):
        corners[cell] = cell // cols * cell_height * width + cell % cols * cell_width
    size = band_rows * cell_height * width
    d_row, d_col = np.empty(size, np.float32), np.empty(size, np.float32)
    exact_row, exact_col = np.empty(size, unit.dtype), np.empty(size, unit.dtype)
    length, position = np.empty(size, np.float32), np.empty(size, np.float32)
    bins = np.empty(size, np.int32)
    n_pixels = np.float32(cell_height * cell_width)
    ties = [(0.0, 0.0) for _ in range(0)]
    cells[:] = 0
    for index in range(len(images)):
        histograms = cells[index].reshape(-1)
        for first in range(0, rows, band_rows):
            last = min(rows, first + band_rows)
            end = (last - first) * cell_height * width
            top, bottom = first * cell_height, last * cell_height
            y, x, r, p = d_row[:end], d_col[:end], length[:end], position[:end]
            band_gradients(images[index], width, top, bottom, unit, 0.0, y, x)
            if to_polar(y, x, half_turn, signed, r, p) > 0:
                exact_y, exact_x = exact_row[:end], exact_col[:end]
                if exact_y.itemsize > y.itemsize:
                    band_gradients(images[index], width, top, bottom, unit, 0.0, exact_y, exact_x)
                else:
                    for i in range(end):
                        exact_y[i], exact_x[i] = y[i], x[i]
                _settle_edges(exact_y, exact_x, edges, turn, r, p, ties, tie_bins)
            _round_down(p, bins)
            _vote(
                r,
                bins,
                width,
                cell_height,
                cell_width,
                corners[: (last - first) * cols],
                orientations,
                histograms[first * cols * orientations :],
            )
        for i in range(len(histograms)):
            histograms[i] /= n_pixels
    return ties


@kernel_free_division
def blocks_of_cells(cells, block_rows, block_cols, norm, rows_out):
    _, rows, cols, orientations = cells.shape
    run = block_cols * orientations
    size = block_rows * run
    eps, zero = np.float32(1e-5), np.float32(0)
    for index in range(len(cells)):
        histograms, out = cells[index].reshape(-1), rows_out[index]
        start = 0
        for row in range(rows - block_rows + 1):
            for col in range(cols - block_cols + 1):
                for block_row in range(block_rows):
                    place = start + block_row * run
                    first_cell = (row + block_row) * cols + col
                    copy(out[place : place + run], histograms[first_cell * orientations :])
                normalize_block(out[start : start + size], norm, eps, zero, eps, zero)
                start += size


def cells_of_stack(
    stack: np.ndarray,
    orientations: int,
    pixels_per_cell: tuple[int, int],
    transform_sqrt: bool,
    signed: bool,
    background: Background,
) -> np.ndarray:
    cell_height, cell_width = check_pair("pixels_per_cell", pixels_per_cell)
    height, width = stack.shape[1:3]
    turn = 360.0 if signed else 180.0
    edges = turn / orientations * np.arange(orientations + 1)
    cells = np.empty((len(stack), height // cell_height, width // cell_width, orientations), np.float32)
    planes = color_planes(stack, background, transform_sqrt)
    unit = gradient_unit(planes.dtype)
    tie_bins = np.empty(0, np.int64)
    ties = cell_histograms(planes, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells)
    if ties:
        d_row, d_col = np.array(ties).T
        tie_bins = np.searchsorted(edges[1:], np.rad2deg(np.arctan2(d_row, d_col)) % turn, side="right")
        cell_histograms(planes, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells)
    return cells
