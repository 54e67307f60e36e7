"""Grids of flat patches in an image, as those of a colour card seen from any side."""

import math

import cv2
import numpy as np
from scipy.spatial import cKDTree

from ..._numba import kernel

EDGES = (1.5, 3.0, 6.0)  # change from pixel to pixel, in levels of 8-bit Lab, above which no patch goes on
LEAST_AREA = 16
LARGEST_AREA = 1 / 30  # of the image
FULLNESS = 0.7  # of the oriented box around a patch
EDGE_WIDTH = 6  # pixels that a blurred edge may take from both patches beside it
N_NEAR = 12
REACH = 6  # cells from the first one to either side
SIZE = 2 * REACH + 1
FEWEST_CELLS = 10
SAME_SIZE = 2.0  # largest ratio of the sides of neighbours
STRAY = 0.25  # of a step, by which a patch may miss its expected position


def flat_patches(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compact regions of one colour.

    Parameters
    ----------
    image : uint8 ndarray (height, width, 3)

    Returns
    -------
    centers : float64 ndarray (n, 2)
        (row, col).
    sides : float64 ndarray (n,)
        Root of the area.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.0), cv2.COLOR_RGB2Lab).astype(np.float32)
    change = sum((cv2.Scharr(lab, cv2.CV_32F, *axes, scale=1 / 32) ** 2).sum(axis=2) for axes in ((1, 0), (0, 1)))
    found = [row for edge in EDGES for row in _compact_regions((change < edge**2).astype(np.uint8))]
    table = np.array(sorted(found, key=lambda row: -row[2])).reshape(-1, 3)
    table = table[_first_of_each(table)]
    return table[:, :2], table[:, 2]


def _compact_regions(flat):
    """(row, col, side) of the components that fill their oriented box and keep clear of the image's border."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
    left, top, width, height, area = boxes.T
    inside = (left > 0) & (top > 0) & (left + width < flat.shape[1]) & (top + height < flat.shape[0])
    plausible = inside & (area >= LEAST_AREA) & (area <= LARGEST_AREA * flat.size) & (area > 0.3 * width * height)
    plausible[0] = False
    for label in np.flatnonzero(plausible):
        x, y = left[label], top[label]
        region = labels[y : y + height[label], x : x + width[label]] == label
        contours, _ = cv2.findContours(region.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        contour = contours[0]
        _, sides, _ = cv2.minAreaRect(contour)
        filled = (
            cv2.contourArea(contour) + cv2.arcLength(contour, True) / 2 + 1
        )  # from pixel centres out to their edges
        short, long = min(sides) + 1, max(sides) + 1
        if short >= 3 and long <= 2 * short and filled >= FULLNESS * short * long:
            row, col = np.argwhere(region).mean(axis=0)
            yield y + row, x + col, np.sqrt(filled)


@kernel
def _alike(side, other):
    return side < SAME_SIZE * other and other < SAME_SIZE * side


@kernel
def _first_of_each(table):
    """Of regions of like size around one centre, the first."""
    kept = np.ones(len(table), np.bool_)
    for k in range(len(table)):
        for j in range(k):
            if kept[j]:
                down, right = table[k, 0] - table[j, 0], table[k, 1] - table[j, 1]
                if _alike(table[j, 2], table[k, 2]) and down * down + right * right < (0.3 * table[j, 2]) ** 2:
                    kept[k] = False
                    break
    return kept


def grids(centers: np.ndarray, sides: np.ndarray) -> list[np.ndarray]:
    """Patches that lie like the squares of a chessboard seen from any side, not mirrored.

    Parameters
    ----------
    centers : float64 ndarray (n, 2)
    sides : float64 ndarray (n,)

    Returns
    -------
    cells : list of int64 ndarray (13, 13)
        Of every grid the index of the patch in every cell, -1 where there is none.
    """
    if len(centers) < FEWEST_CELLS:
        return []
    near = cKDTree(centers).query(centers, min(N_NEAR + 1, len(centers)))[1][:, 1:]
    return _grow_all(centers, sides, near)


@kernel
def _slot(near, patch, other):
    for k in range(near.shape[1]):
        if near[patch, k] == other:
            return k
    return -1


@kernel
def _grow_all(centers, sides, near):
    """Grow a grid from every patch with two neighbours across each other, unless an earlier grid holds all three."""
    n, n_near = near.shape
    seen = np.zeros((n, n_near, n_near), np.bool_)
    used = np.zeros(n, np.bool_)
    steps = np.empty((SIZE, SIZE, 4))
    queue = np.empty((SIZE * SIZE, 2), np.int64)
    grown = []
    for patch in range(n):
        for k in range(n_near):
            for m in range(n_near):
                right, down = near[patch, k], near[patch, m]
                if seen[patch, k, m] or not _spans(centers, sides, patch, right, down):
                    continue
                seen[patch, k, m] = True
                cells = np.full((SIZE, SIZE), -1)
                if _grow(centers, sides, near, patch, right, down, cells, used, steps, queue) >= FEWEST_CELLS:
                    grown.append(cells)
                    _mark(cells, near, seen)
    return grown


@kernel
def _spans(centers, sides, patch, right, down):
    """Whether two neighbours lie across each other, in the sense of the card, at like distances."""
    if right == down or not (_alike(sides[patch], sides[right]) and _alike(sides[patch], sides[down])):
        return False
    right_row, right_col = centers[right, 0] - centers[patch, 0], centers[right, 1] - centers[patch, 1]
    down_row, down_col = centers[down, 0] - centers[patch, 0], centers[down, 1] - centers[patch, 1]
    turn = right_col * down_row - right_row * down_col
    across, along = math.hypot(right_row, right_col), math.hypot(down_row, down_col)
    least, most = min(across, along), max(across, along)
    side = sides[patch]
    is_square = turn > 0.8 * across * along and most < 1.55 * least
    return is_square and least > 0.7 * side and most < 2.2 * side + EDGE_WIDTH


@kernel
def _grow(centers, sides, near, patch, right, down, cells, used, steps, queue):
    """Fill the cells of an empty grid, each expected one step on from its neighbour; gives their number.

    `steps` has for every cell the step (row, col) to the next one down and to the next one to the right.
    """
    n_cells = 0
    for number in range(3):
        i, j = REACH + (number == 2), REACH + (number == 1)
        index = patch if number == 0 else right if number == 1 else down
        for axis in range(2):
            steps[i, j, axis] = centers[down, axis] - centers[patch, axis]
            steps[i, j, 2 + axis] = centers[right, axis] - centers[patch, axis]
        cells[i, j] = index
        used[index] = True
        queue[n_cells, 0], queue[n_cells, 1] = i, j
        n_cells += 1
    done = 0
    while done < n_cells:
        i, j = queue[done, 0], queue[done, 1]
        done += 1
        here = cells[i, j]
        for direction in range(4):
            first = 0 if direction < 2 else 2  # down or up, right or left
            sign = 1 - 2 * (direction % 2)
            next_i, next_j = i + (sign if first == 0 else 0), j + (sign if first == 2 else 0)
            if not (0 <= next_i < SIZE and 0 <= next_j < SIZE) or cells[next_i, next_j] >= 0:
                continue
            step_row, step_col = sign * steps[i, j, first], sign * steps[i, j, first + 1]
            best, least = -1, STRAY * STRAY * (step_row * step_row + step_col * step_col)
            for k in range(near.shape[1]):
                other = near[here, k]
                miss_row = centers[other, 0] - centers[here, 0] - step_row
                miss_col = centers[other, 1] - centers[here, 1] - step_col
                square = miss_row * miss_row + miss_col * miss_col
                if square < least and not used[other] and _alike(sides[here], sides[other]):
                    best, least = other, square
            if best >= 0:
                cells[next_i, next_j] = best
                used[best] = True
                for entry in range(4):
                    steps[next_i, next_j, entry] = steps[i, j, entry]
                for axis in range(2):  # half of the step just taken: follows the perspective
                    taken = sign * (centers[best, axis] - centers[here, axis])
                    steps[next_i, next_j, first + axis] = (steps[i, j, first + axis] + taken) / 2
                queue[n_cells, 0], queue[n_cells, 1] = next_i, next_j
                n_cells += 1
    for k in range(n_cells):
        used[cells[queue[k, 0], queue[k, 1]]] = False
    return n_cells


@kernel
def _mark(cells, near, seen):
    """No grid shall start from three patches that lie together in this one, whichever way it is read."""
    for i in range(SIZE):
        for j in range(SIZE):
            down, right = 0, 1
            for _ in range(4):  # a quarter turn on, what was to the right is below
                if 0 <= i + down < SIZE and 0 <= j + right < SIZE and 0 <= i + right < SIZE and 0 <= j - down < SIZE:
                    here, beside, below = cells[i, j], cells[i + down, j + right], cells[i + right, j - down]
                    if here >= 0 and beside >= 0 and below >= 0:
                        k, m = _slot(near, here, beside), _slot(near, here, below)
                        if k >= 0 and m >= 0:
                            seen[here, k, m] = True
                down, right = right, -down
