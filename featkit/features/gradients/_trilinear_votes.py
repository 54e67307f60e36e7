"""Blocks in which every gradient votes for two bins of up to four cells: the HOG of Dalal and Triggs."""

import numpy as np

from ..._numba import kernel_free_division
from ._blocks import copy, normalize_block
from ._gradients import ROUNDING_TIE, band_gradients, to_polar


@kernel_free_division
def _spread_over_bins(length, position, first, cell_width, bins, spread):
    """Votes of one image row, each shared by two bins: spread (cell_width, cols * bins)."""
    one_half, all_bins = np.float32(0.5), np.float32(bins)
    spread[:] = 0
    for offset in range(cell_width):
        target = spread[offset]
        pixel, start = np.uint64(first + offset), np.uint64(0)
        for _ in range(len(target) // bins):
            place = position[pixel] - one_half
            place = place + all_bins if place < 0 else place
            low = np.uint32(place)
            share = length[pixel] * (place - np.float32(low))
            low = np.uint32(0) if low >= bins else low  # where adding all bins to next to nothing below 0 was rounded
            high = low + np.uint32(1)
            high = np.uint32(0) if high >= bins else high
            target[start + np.uint64(low)] += length[pixel] - share
            target[start + np.uint64(high)] += share
            pixel += np.uint64(cell_width)
            start += np.uint64(bins)


@kernel_free_division
def _add_weighted(target, weight, source):
    for i in range(len(target)):
        target[i] += weight * source[i]


@kernel_free_division
def _spread_over_cells(spread, weights, bins, line):
    """Share a row of votes among the cells across of all blocks it crosses: line (block columns, blocks * bins)."""
    cell_width = len(spread)
    line[:] = 0
    for own in range(len(weights)):
        for offset in range(cell_width):
            source = spread[offset, own * bins :]
            for cell in range(max(0, own - 1), min(own + 2, len(weights))):
                weight = weights[cell, own * cell_width + offset]
                if weight > 0:
                    _add_weighted(line[cell], weight, source)


@kernel_free_division
def trilinear_blocks(images, width, unit, bins, signed, cell_shape, weights, col_weights, norm, rows_out):
    """Dalal and Triggs: votes spread over cells and bins within each block, under a Gaussian window.

    Window and spread are products of a factor along the rows and one along the columns, so the image rows are first
    added, weighted, to the cell rows of the blocks they cross, and each sum is then spread over the columns once.
    """
    cell_height, cell_width = cell_shape
    block_rows, block_cols = len(weights), len(col_weights)
    rows, cols = images.shape[2] // width // cell_height, width // cell_width
    row_count, col_count = rows - block_rows + 1, cols - block_cols + 1
    half_turn = bins / 2 if signed else bins
    size = cell_height * width
    d_row, d_col = np.empty(size, np.float32), np.empty(size, np.float32)
    length, position = np.empty(size, np.float32), np.empty(size, np.float32)
    spread = np.empty((cell_width, cols * bins), np.float32)
    open_blocks = np.empty(
        (block_rows, block_rows, spread.size), np.float32
    )  # a row of blocks is open for as many rows
    votes = np.empty((block_rows, block_cols, col_count * bins), np.float32)
    for index in range(len(images)):
        out = rows_out[index].reshape((row_count, -1))
        for row in range(rows):
            open_blocks[row % block_rows] = 0
            top, bottom = row * cell_height, (row + 1) * cell_height
            band_gradients(images[index], width, top, bottom, unit, ROUNDING_TIE, d_row, d_col)
            to_polar(d_row, d_col, half_turn, signed, length, position)
            for offset in range(cell_height):
                _spread_over_bins(length, position, offset * width, cell_width, bins, spread)
                for block in range(max(0, row - block_rows + 1), min(row + 1, row_count)):
                    sums = open_blocks[block % block_rows]
                    for block_row in range(block_rows):
                        weight = weights[block_row, (row - block) * cell_height + offset]
                        if weight > 0:
                            _add_weighted(sums[block_row], weight, spread.reshape(-1))
            block = row - block_rows + 1
            if block >= 0:
                for block_row in range(block_rows):
                    sums = open_blocks[block % block_rows, block_row].reshape(spread.shape)
                    _spread_over_cells(sums, col_weights, bins, votes[block_row])
                _normalize_row_of_blocks(votes, bins, norm, out[block])


@kernel_free_division
def _normalize_row_of_blocks(votes, bins, norm, out):
    block_rows, block_cols, line_size = votes.shape
    size = block_rows * block_cols * bins
    zero, outer, last_outer = np.float32(0), np.float32(0.1 * size), np.float32(1e-3)
    for col in range(line_size // bins):
        place = col * size
        for block_row in range(block_rows):
            for cell in range(block_cols):
                copy(out[place : place + bins], votes[block_row, cell, col * bins :])
                place += bins
        normalize_block(out[col * size : place], norm, zero, outer, zero, last_outer)


def window_weights(cell: int, cells: int, sigma: float) -> np.ndarray:
    """Weight (cells, cell * cells) of every pixel along one side of a block for every cell: window times spread."""
    pixels = np.arange(cell * cells)
    window = np.exp(-0.5 * ((pixels - cell * cells / 2) / sigma) ** 2)  # OpenCV's centre: half a pixel off
    spread = 1 - np.abs((pixels + 0.5) / cell - 0.5 - np.arange(cells)[:, np.newaxis])
    return (window * np.maximum(spread, 0)).astype(np.float32)
