"""HOG at points: histograms of gradient directions in a grid of cells around each of a few points of an image."""

import math

import cv2
import numpy as np

from ..._numba import kernel_free_division

FLAT = np.float32(0.5)  # gray levels: gradients that are no more than noise


@kernel_free_division
def _vote(gray, votes):
    """Share the length of every gradient between the two directions next to it; none on the border."""
    height, width, n_directions = votes.shape
    per_radian = np.float32(n_directions / (2 * math.pi))
    for row in range(1, height - 1):
        for col in range(1, width - 1):
            d_row = np.float32(gray[row + 1, col]) - np.float32(gray[row - 1, col])
            d_col = np.float32(gray[row, col + 1]) - np.float32(gray[row, col - 1])
            length = np.float32(math.sqrt(d_row * d_row + d_col * d_col))
            if length == 0:
                continue
            position = np.float32(math.atan2(d_row, d_col)) * per_radian
            if position < 0:
                position += np.float32(n_directions)
            low = int(position)
            share = position - np.float32(low)
            low = low % n_directions
            votes[row, col, low] += length * (np.float32(1) - share)
            votes[row, col, (low + 1) % n_directions] += length * share


@kernel_free_division
def _read_cells(cells, points, cell_size, n_cells, flat, descriptors):
    """Read the cells around every point between pixels, and scale them: L2 norm, clipped at 0.2, L2 norm again."""
    height, width, n_directions = cells.shape
    for index in range(len(points)):
        descriptor = descriptors[index]
        descriptor[:] = 0
        for cell in range(n_cells * n_cells):
            row = points[index, 0] + (cell // n_cells - (n_cells - 1) / 2) * cell_size
            col = points[index, 1] + (cell % n_cells - (n_cells - 1) / 2) * cell_size
            top, left = int(math.floor(row)), int(math.floor(col))
            histogram = descriptor[cell * n_directions : (cell + 1) * n_directions]
            for corner in range(4):
                y, x = top + corner // 2, left + corner % 2
                if 0 <= y < height and 0 <= x < width:
                    weight = np.float32((1 - abs(row - y)) * (1 - abs(col - x)))
                    for direction in range(n_directions):
                        histogram[direction] += weight * cells[y, x, direction]
        for last in (False, True):
            square = np.float32(0)
            for value in descriptor:
                square += value * value
            norm = np.float32(math.sqrt(square + flat * flat))
            for k in range(len(descriptor)):
                scaled = descriptor[k] / norm
                descriptor[k] = scaled if last else min(scaled, np.float32(0.2))


def hog_at_points(
    gray: np.ndarray, points: np.ndarray, *, cell_size: int = 8, n_cells: int = 4, n_directions: int = 8
) -> np.ndarray:
    """Describe the surroundings of points by histograms of signed gradient directions in a grid of cells.

    Parameters
    ----------
    gray : uint8 or float32 ndarray (height, width)
        Levels 0..255. Cells whose middle lies beyond its border are empty.
    points : float64 ndarray (n_points, 2)
        (row, col), finite.
    cell_size : int, default=8
        Distance of the cells in pixels. The pixels between two cells vote for both, the nearer one counting more.
    n_cells : int, default=4
        Cells of a side; the point is in the middle of the grid.
    n_directions : int, default=8
        Directions over 360 degrees, the first along the columns, the next ones towards growing rows.

    Returns
    -------
    descriptors : float32 ndarray (n_points, n_cells * n_cells * n_directions)
        Each of unit length, its values clipped at 0.2 before; next to zero where the image is flat.

    Notes
    -----
    Votes go to the two nearest directions. All cells of all points are read from one map of triangle-weighted means,
    made by two box filters, so that the cost hardly depends on the number of points.
    """
    votes = np.zeros((*gray.shape, n_directions), np.float32)
    _vote(np.ascontiguousarray(gray), votes)
    cells = _triangle_means(votes, cell_size)
    descriptors = np.empty((len(points), n_cells * n_cells * n_directions), np.float32)
    _read_cells(cells, np.ascontiguousarray(points), cell_size, n_cells, FLAT, descriptors)
    return descriptors


def _triangle_means(votes, reach):
    """Means around every pixel, weighted by ``(1 - |row distance| / reach) (1 - |col distance| / reach)``."""
    for first in (reach // 2, (reach - 1) // 2):  # an even box has no middle: one to the left, one to the right
        votes = cv2.boxFilter(votes, -1, (reach, reach), anchor=(first, first), borderType=cv2.BORDER_CONSTANT)
    return votes
