"""Cells in which every gradient votes for one bin, written out pixel by pixel."""

import numpy as np
import pytest

from featkit.features.gradients._nearest_votes import blocks_of_cells, cells_of_stack


def naive_cells(image, orientations, cell, signed):
    gray = image.astype(float)
    turn = 360 if signed else 180
    rows, cols = gray.shape[0] // cell[0], gray.shape[1] // cell[1]
    cells = np.zeros((rows, cols, orientations))
    for row in range(rows * cell[0]):
        for col in range(cols * cell[1]):
            down = gray[row + 1, col] - gray[row - 1, col] if 0 < row < gray.shape[0] - 1 else 0
            right = gray[row, col + 1] - gray[row, col - 1] if 0 < col < gray.shape[1] - 1 else 0
            angle = np.rad2deg(np.arctan2(down, right)) % turn
            cells[row // cell[0], col // cell[1], int(angle // (turn / orientations))] += np.hypot(down, right)
    return cells / (cell[0] * cell[1])


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("orientations", "cell"), [(9, (4, 4)), (7, (3, 5)), (1, (8, 8))])
def test_every_gradient_votes_with_its_length(signed, orientations, cell):
    stack = np.random.default_rng(0).integers(0, 256, (2, 17, 21)).astype(np.uint8)
    found = cells_of_stack(stack, orientations, cell, False, signed, 0.0)
    for image, cells in zip(stack, found, strict=True):
        assert cells == pytest.approx(naive_cells(image, orientations, cell, signed), rel=1e-4, abs=1e-3)


def test_blocks_are_the_cells_around_in_order():
    cells = np.random.default_rng(0).random((1, 3, 4, 2)).astype(np.float32)
    rows = np.empty((1, 2 * 3 * 2 * 2 * 2), np.float32)
    blocks_of_cells(cells, 2, 2, 0, rows)  # L1
    blocks = []
    for row in range(2):
        for col in range(3):
            block = cells[0, row : row + 2, col : col + 2].ravel()
            blocks.append(block / (block.sum() + 1e-5))
    assert rows[0] == pytest.approx(np.concatenate(blocks), rel=1e-5)
