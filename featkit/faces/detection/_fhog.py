"""Felzenszwalb's HOG of a picture and its reduced versions, as dlib's detector computes it."""

import math

import numpy as np

from ..._numba import kernel_free_sums

CELL = 8  # pixels
N_BINS = 36  # of the direction of a gradient, finer than features have them: see `merged_bins`
N_PLANES = 31
BEFORE, AROUND = 4, 9  # cells of zeros before the first one, and in all
SHRINKING, OFFSET = 5 / 6, 0.3  # of a level, and pixels by which dlib moves a point that it reduces
_LEAST_SIDE = 64  # pixels of a level
_NUDGE = np.float32(0.001)  # whole values stay what they are; others are cut off
_T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8 = (np.float32(math.tan(math.radians(10 * k))) for k in range(1, 9))


@kernel_free_sums
def reduced(picture, smaller):
    """Five sixths of a planar picture: bilinear between pixels whose outermost ones meet, as dlib reduces."""
    n_rows, n_cols = smaller.shape[1:]
    row_step = np.float32(picture.shape[1] - 1) / np.float32(max(n_rows - 1, 1))
    col_step = np.float32(picture.shape[2] - 1) / np.float32(max(n_cols - 1, 1))
    mixed = np.empty(picture.shape[2] + 1, np.float32)
    lefts = np.empty(n_cols, np.int32)
    shares = np.empty(n_cols, np.float32)
    for col in range(n_cols):
        lefts[col] = np.int32(col * col_step)
        shares[col] = col * col_step - lefts[col]
    for row in range(n_rows):
        top = np.int32(row * row_step)
        share = np.float32(row * row_step - top)
        below = min(top + 1, picture.shape[1] - 1)
        for plane in range(3):
            upper, lower, target = picture[plane, top], picture[plane, below], smaller[plane, row]
            for col in range(picture.shape[2]):
                mixed[col] = np.float32(upper[col]) + share * (np.float32(lower[col]) - np.float32(upper[col]))
            mixed[picture.shape[2]] = mixed[picture.shape[2] - 1]
            for col in range(n_cols):
                left = lefts[col]
                target[col] = np.uint8(mixed[left] + shares[col] * (mixed[left + 1] - mixed[left]) + _NUDGE)


@kernel_free_sums
def _row_gradients(picture, row, lengths, bins):
    """Length and direction of the strongest of the three colours' gradients, for all but the outermost columns."""
    for col in range(1, picture.shape[2] - 1):
        across = np.int32(picture[0, row, col + 1]) - np.int32(picture[0, row, col - 1])
        down = np.int32(picture[0, row + 1, col]) - np.int32(picture[0, row - 1, col])
        most = across * across + down * down
        for plane in range(1, 3):
            x = np.int32(picture[plane, row, col + 1]) - np.int32(picture[plane, row, col - 1])
            y = np.int32(picture[plane, row + 1, col]) - np.int32(picture[plane, row - 1, col])
            square = x * x + y * y
            across = x if square > most else across
            down = y if square > most else down
            most = square if square > most else most
        lengths[col] = math.sqrt(np.float32(most))
        # Turned by quarters until it points to the right or down.
        first = (across >= 0) & (down > 0) | (across > 0) & (down == 0)
        third = (across <= 0) & (down < 0) | (across < 0) & (down == 0)
        second = (across < 0) & (down > 0)
        a = across if first else (-across if third else (down if second else -down))
        b = down if first else (-down if third else (-across if second else across))
        quarter = 0 if first else (18 if third else (9 if second else 27))
        f, g = np.float32(a), np.float32(b)
        n = np.int32(g > _T1 * f) + np.int32(g > _T2 * f) + np.int32(g > _T3 * f) + np.int32(g > _T4 * f)
        n += np.int32(g > _T5 * f) + np.int32(g > _T6 * f) + np.int32(g > _T7 * f) + np.int32(g > _T8 * f)
        bins[col] = quarter + n


@kernel_free_sums
def histograms(picture, cells):
    """Fill the histograms (rows, columns, N_BINS) of cells of 8 x 8 pixels, each pixel shared by the four nearest."""
    n_rows, n_cols = cells.shape[:2]
    height, width = picture.shape[1:]
    before = CELL // 2  # pixels of length 0, half a cell
    lengths = np.zeros(n_cols * CELL + 2 * CELL, np.float32)
    bins = np.zeros(n_cols * CELL + 2 * CELL, np.uint32)
    row_sums = np.zeros((n_cols + 2, N_BINS), np.float32)
    flat_sums = row_sums.reshape(-1)
    cells[...] = 0
    for y in range(1, min(n_rows * CELL, height) - 1):
        _row_gradients(picture, y, lengths[before:], bins[before:])
        lengths[before + min(n_cols * CELL, width) - 1 :] = 0
        row_sums[...] = 0
        for phase in range(CELL):
            # Cell c takes from pixels 8c - 4 to 8c + 11: the pixel 8k - 4 + phase lies between cells k - 1 and k.
            far = np.float32((phase + 0.5) / CELL)
            near = np.float32(1) - far
            for k in range(n_cols + 1):
                x = np.uintp(k * CELL + phase)
                place = np.uintp(k * N_BINS) + np.uintp(bins[x])  # unsigned: no index counts from the end
                flat_sums[place] += near * lengths[x]
                flat_sums[place + np.uintp(N_BINS)] += far * lengths[x]
        position = (y + 0.5) / CELL - 0.5
        upper = int(math.floor(position))
        share = np.float32(position - upper)
        rest = np.float32(1) - share
        inner = flat_sums[N_BINS : (n_cols + 1) * N_BINS]
        if upper >= 0:
            target = cells[upper].reshape(-1)
            for k in range(n_cols * N_BINS):
                target[k] += rest * inner[k]
        if upper + 1 < n_rows:
            target = cells[upper + 1].reshape(-1)
            for k in range(n_cols * N_BINS):
                target[k] += share * inner[k]


@kernel_free_sums
def features(cells, quarter, planes):
    """Fill the 31 features (planes, rows, columns) of each inner cell, with a border of zeros for the filters.

    `quarter` merges the bins as the picture turned by a quarter has them.
    """
    n_rows, n_cols = cells.shape[:2]
    signed = np.empty((n_rows, 18, n_cols), np.float32)
    energy = np.empty((n_rows, n_cols), np.float32)
    shift = 0 if quarter else N_BINS - 1
    for row in range(n_rows):
        for col in range(n_cols):
            for o in range(18):
                signed[row, o, col] = (
                    cells[row, col, (2 * o + shift) % N_BINS] + cells[row, col, (2 * o + shift + 1) % N_BINS]
                )
        for col in range(n_cols):
            total = np.float32(0)
            for o in range(9):
                both = signed[row, o, col] + signed[row, o + 9, col]
                total += both * both
            energy[row, col] = total
    planes[...] = 0
    n = n_cols - 2
    scales = np.empty((4, n_cols), np.float32)
    sums = np.empty((4, n_cols), np.float32)
    least = np.float32(0.0001)
    most = np.float32(0.2)
    half = np.float32(0.5)
    for row in range(n_rows - 2):
        for block in range(4):
            top, left = row + 1 - block % 2, 1 - block // 2
            for col in range(n):
                c = col + left
                square = energy[top, c] + energy[top, c + 1] + energy[top + 1, c] + energy[top + 1, c + 1]
                scales[block, col] = np.float32(1) / math.sqrt(square + least)
        sums[...] = 0
        for o in range(18):
            source, target = signed[row + 1, o], planes[o, row + BEFORE]
            for col in range(n):
                value = source[col + 1]
                a, b = min(value * scales[0, col], most), min(value * scales[1, col], most)
                c, d = min(value * scales[2, col], most), min(value * scales[3, col], most)
                target[col + BEFORE] = half * (a + b + c + d)
                sums[0, col] += a
                sums[1, col] += b
                sums[2, col] += c
                sums[3, col] += d
        for o in range(9):
            source, other, target = signed[row + 1, o], signed[row + 1, o + 9], planes[18 + o, row + BEFORE]
            for col in range(n):
                value = source[col + 1] + other[col + 1]
                a, b = min(value * scales[0, col], most), min(value * scales[1, col], most)
                c, d = min(value * scales[2, col], most), min(value * scales[3, col], most)
                target[col + BEFORE] = half * (a + b + c + d)
        for block in range(4):
            target = planes[27 + block, row + BEFORE]
            for col in range(n):
                target[col + BEFORE] = np.float32(0.2357) * sums[block, col]


def levels(picture: np.ndarray, n_levels: int | None = None) -> list[np.ndarray]:
    """A picture (height, width, 3) and its reduced versions as dlib has them, planar; the first ones or all."""
    found = [np.ascontiguousarray(picture.transpose(2, 0, 1))]
    while len(found) != n_levels:
        height, width = (5 * side // 6 for side in found[-1].shape[1:])
        if min(height, width) < _LEAST_SIDE:
            return found
        smaller = np.empty((3, height, width), np.uint8)
        reduced(found[-1], smaller)
        found.append(smaller)
    return found


def cell_histograms(picture: np.ndarray) -> np.ndarray | None:
    """Histograms of the cells of a planar picture; None where it has no cell with eight neighbours."""
    n_rows, n_cols = (int(side / CELL + 0.5) for side in picture.shape[1:])
    if min(n_rows, n_cols) < 3 or min(picture.shape[1:]) < 3:
        return None
    cells = np.empty((n_rows, n_cols, N_BINS), np.float32)
    histograms(picture, cells)
    return cells


def feature_planes(cells: np.ndarray, quarter: bool) -> np.ndarray:
    """Features of cells, framed by zeros."""
    planes = np.empty((N_PLANES, cells.shape[0] - 2 + AROUND, cells.shape[1] - 2 + AROUND), np.float32)
    features(cells, quarter, planes)
    return planes
