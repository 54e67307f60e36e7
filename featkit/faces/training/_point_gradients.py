"""HOG at points: histograms of gradient directions in a grid of cells around each of a few points of an image."""

import math

import numpy as np

from ..._numba import kernel_free_division

FLAT = np.float32(0.5)  # gray levels: gradients that are no more than noise


@kernel_free_division
def _eighth_turn(tangent):
    """Arc tangent of 0 to 1, within 2e-6 (minimax polynomial): several times as fast as the exact one."""
    square = tangent * tangent
    value = np.float32(0.05265332) - np.float32(0.01172120) * square
    value = np.float32(0.19354346) + square * (np.float32(-0.11643287) + square * value)
    return tangent * (np.float32(0.99997726) + square * (np.float32(-0.33262347) + square * value))


@kernel_free_division
def _measure_row(above, here, below, per_radian, lengths, positions):
    """Length and direction, counted from 0 to the number of directions, of the gradients in a row, without a branch."""
    for col in range(len(lengths)):
        d_row = np.float32(below[col + 1]) - np.float32(above[col + 1])
        d_col = np.float32(here[col + 2]) - np.float32(here[col])
        steep, flat = abs(d_row), abs(d_col)
        least = np.float32(1e-30)  # 0 / 0 is not to be
        angle = _eighth_turn(min(steep, flat) / max(max(steep, flat), least))
        angle = np.float32(math.pi / 2) - angle if steep > flat else angle
        angle = np.float32(math.pi) - angle if d_col < 0 else angle
        angle = np.float32(2 * math.pi) - angle if d_row < 0 else angle
        lengths[col] = np.float32(math.sqrt(d_row * d_row + d_col * d_col))
        positions[col] = angle * per_radian


@kernel_free_division
def _share_votes(lengths, positions, votes):
    """Share the length of every gradient between the two directions next to it; `votes` begins one pixel earlier."""
    n_directions = votes.shape[1]
    for col in range(len(lengths)):
        low = int(positions[col])
        share = positions[col] - np.float32(low)
        low = low if low < n_directions else low - n_directions
        high = low + 1 if low + 1 < n_directions else 0
        votes[col + 1, low] += lengths[col] * (np.float32(1) - share)
        votes[col + 1, high] += lengths[col] * share


@kernel_free_division
def _weigh_row(votes, reach, n_directions, smooth):
    """Sums along a row, weighted ``(1 - |distance| / reach) / reach``."""
    n_values = len(votes)
    smooth[:] = 0
    for away in range(1 - reach, reach):
        weight = np.float32((reach - abs(away)) / reach**2)
        first, end = max(0, -away * n_directions), min(n_values, n_values - away * n_directions)
        if first < end:
            source, target = votes[first + away * n_directions :], smooth[first:end]
            for index in range(len(target)):
                target[index] += weight * source[index]


@kernel_free_division
def _slide(newest, oldest, total):
    """A sum over rows goes on by one: add the row that comes, and take off the one that goes."""
    for index in range(len(total)):
        total[index] += newest[index] - oldest[index]


@kernel_free_division
def _fill_cells(gray, reach, n_directions, cells):
    """Means of the votes around every pixel, weighted ``(1 - |row distance| / reach) (1 - |col distance| / reach)``.

    `cells` (height, width * n_directions) is filled. Gradients on the border do not vote. Along the columns two sums
    slide over `reach` rows, one over the rows and one over its own values, which makes a triangle.
    """
    height, width = gray.shape
    n_values = width * n_directions
    per_radian = np.float32(n_directions / (2 * math.pi))
    lengths, positions = np.empty(max(width - 2, 0), np.float32), np.empty(max(width - 2, 0), np.float32)
    votes = np.zeros((width, n_directions), np.float32)
    rows, sums = np.zeros((reach, n_values), np.float32), np.zeros((reach, n_values), np.float32)
    total, triangle = np.zeros(n_values, np.float32), np.zeros(n_values, np.float32)
    newest = np.zeros(n_values, np.float32)
    scale = np.float32(1 / reach**2)
    for row in range(height + reach - 1):
        newest[:] = 0
        if 1 <= row < height - 1:
            _measure_row(gray[row - 1], gray[row], gray[row + 1], per_radian, lengths, positions)
            votes[:] = 0
            _share_votes(lengths, positions, votes)
            _weigh_row(votes.reshape(-1), reach, n_directions, newest)
        place = row % reach
        _slide(newest, rows[place], total)
        rows[place, :] = newest
        _slide(total, sums[place], triangle)
        sums[place, :] = total
        middle = row - reach + 1
        if middle >= 0:
            for index in range(n_values):
                cells[middle, index] = scale * triangle[index]


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
    made once for the image, so that the cost hardly depends on the number of points.
    """
    cells = np.empty((*gray.shape, n_directions), np.float32)
    _fill_cells(np.ascontiguousarray(gray), cell_size, n_directions, cells.reshape(len(gray), -1))
    descriptors = np.empty((len(points), n_cells * n_cells * n_directions), np.float32)
    _read_cells(cells, np.ascontiguousarray(points), cell_size, n_cells, FLAT, descriptors)
    return descriptors
