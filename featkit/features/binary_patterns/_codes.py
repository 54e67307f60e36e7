"""Codes of light patterns in integer arithmetic, their labels, and histograms of the labels in a grid of cells."""

from functools import lru_cache
from numbers import Integral, Real

import numpy as np

from ..._numba import kernel
from ...image.checks import Image
from ...parameters import Interval, check_pair
from .._names import number_name, padded_numbers

N_POINTS = Interval(Integral, 2, 24, closed="both")
RADIUS = Interval(Real, 1, None, closed="left")
METHODS = ("default", "uniform", "ror", "nri_uniform")
STEP_BITS = 11  # 255 * 2**(2 * 11), a weighed gray level of 8 bits, still fits into 32 bits
STEPS = 1 << STEP_BITS  # positions of neighbours per pixel
RUN = 4096  # codes that are made at a time, so that they stay in the nearest cache


@kernel
def _compare_pixel(neighbor, bar, bit, codes):
    for col in range(len(codes)):
        codes[col] |= bit if neighbor[col] >= bar[col] else 0


@kernel
def _compare_between(above, below, row_step, col_step, bar, bit, whole, codes):
    above_left = whole.dtype.type((STEPS - row_step) * (STEPS - col_step))
    above_right = whole.dtype.type((STEPS - row_step) * col_step)
    below_left = whole.dtype.type(row_step * (STEPS - col_step))
    below_right = whole.dtype.type(row_step * col_step)
    right = 1 if col_step else 0
    for col in range(len(codes)):
        excess = whole.dtype.type(
            above_left * above[col]
            + above_right * above[col + right]
            + below_left * below[col]
            + below_right * below[col + right]
            - (whole.dtype.type(bar[col]) << (2 * STEP_BITS))
        )
        codes[col] |= bit if excess >= 0 else 0


@kernel
def fill_codes(image, bars, positions, margin, whole, codes):
    """Set bit k of every code where neighbour k reaches the bar of the pixel; positions in 1 / STEPS of a pixel.

    `whole` has the type of the sums, see `whole_numbers`. Codes are (height - 2 margin, width): the last ``2 margin``
    columns hold nonsense, as rows run into each other.
    """
    width = image.shape[1]
    n_codes = codes.size - 2 * margin
    pixels, all_bars, all_codes = image.reshape(-1), bars.reshape(-1), codes.reshape(-1)
    all_codes[:] = 0
    for first in range(0, n_codes, RUN):
        last = min(first + RUN, n_codes)
        center = first + margin * width + margin
        bar = all_bars[center : center + last - first]
        for k in range(len(positions)):
            bit = codes.dtype.type(1 << k)
            row_step = positions[k, 0] & (STEPS - 1)
            col_step = positions[k, 1] & (STEPS - 1)
            start = center + (positions[k, 0] >> STEP_BITS) * width + (positions[k, 1] >> STEP_BITS)
            length = last - first + (1 if col_step else 0)
            above = pixels[start : start + length]
            if row_step == 0 and col_step == 0:
                _compare_pixel(above, bar, bit, all_codes[first:last])
            else:
                start += width if row_step else 0
                below = pixels[start : start + length]
                _compare_between(above, below, row_step, col_step, bar, bit, whole, all_codes[first:last])


@kernel
def count_labels(codes, labels, histograms):
    """Fraction of every label in every cell of a grid (cell rows, cell columns, labels); NaN in a cell without any."""
    cell_rows, cell_cols, n_labels = histograms.shape
    counts = np.empty((4, n_labels), np.int32)  # four in turn: the same one twice in a row would wait for itself
    for cell_row in range(cell_rows):
        first_row = cell_row * codes.shape[0] // cell_rows
        last_row = (cell_row + 1) * codes.shape[0] // cell_rows
        for cell_col in range(cell_cols):
            first_col = cell_col * codes.shape[1] // cell_cols
            last_col = (cell_col + 1) * codes.shape[1] // cell_cols
            width = last_col - first_col
            counts[:] = 0
            for row in range(first_row, last_row):
                line = codes[row, first_col:last_col]
                for col in range(0, width - 3, 4):
                    counts[0, labels[line[col]]] += 1
                    counts[1, labels[line[col + 1]]] += 1
                    counts[2, labels[line[col + 2]]] += 1
                    counts[3, labels[line[col + 3]]] += 1
                for col in range(width - width % 4, width):
                    counts[0, labels[line[col]]] += 1
            total = (last_row - first_row) * width
            for label in range(n_labels):
                count = counts[0, label] + counts[1, label] + counts[2, label] + counts[3, label]
                histograms[cell_row, cell_col, label] = count / total if total else np.nan


@kernel
def _fill_histograms(images, bars, positions, margin, whole, codes, labels, histograms):
    for index in range(len(images)):
        fill_codes(images[index], bars[index], positions, margin, whole, codes)
        count_labels(codes[:, : codes.shape[1] - 2 * margin], labels, histograms[index])


def label_names(n_points: int, method: str) -> list[str]:
    """Numbers of the labels as text, padded."""
    return padded_numbers(label_table(n_points, method)[1])


def circle_name(n_points: int, radius: float) -> str:
    """Text of a circle of neighbours in a column name: ``p8_r1``."""
    return f"p{n_points}_r{number_name(radius)}"


def code_dtype(n_points: int) -> type[np.unsignedinteger]:
    """Smallest dtype with one bit for each neighbour."""
    return np.uint8 if n_points <= 8 else np.uint16 if n_points <= 16 else np.uint32


@lru_cache(maxsize=8)
def label_table(n_points: int, method: str) -> tuple[np.ndarray, int]:
    """Label of every code, and the number of labels."""
    n_points = int(n_points)
    codes = np.arange(1 << n_points, dtype=code_dtype(n_points))
    full = (1 << n_points) - 1
    if method == "default":
        labels, n_labels = codes, full + 1
    elif method == "ror":
        smallest = codes.copy()
        for turn in range(1, n_points):
            np.minimum(smallest, (codes >> turn) | ((codes << (n_points - turn)) & full), out=smallest)
        smallest, labels = np.unique(smallest, return_inverse=True)
        labels, n_labels = labels.astype(codes.dtype), len(smallest)
    else:
        rotates = method == "uniform"
        n_labels = n_points + 2 if rotates else n_points * (n_points - 1) + 3
        labels = np.full(full + 1, n_labels - 1, np.uint8 if n_labels <= 256 else np.uint16)
        labels[0], labels[full] = 0, n_labels - 2
        for n_ones in range(1, n_points):
            for turn in range(n_points):
                start = -turn % n_points
                code = sum(1 << (start + k) % n_points for k in range(n_ones))
                labels[code] = n_ones if rotates else 1 + (n_ones - 1) * n_points + turn
    labels.setflags(write=False)
    return labels, n_labels


def circle_positions(n_points: int, radius: float) -> np.ndarray:
    """Positions (row, col) of the neighbours in 1 / STEPS of a pixel, from the right counterclockwise."""
    angle = 2 * np.pi * np.arange(n_points) / int(n_points)
    return np.rint(STEPS * float(radius) * np.stack([-np.sin(angle), np.cos(angle)], axis=1)).astype(np.int64)


def code_shape(image_shape: tuple[int, int], margin: int) -> tuple[int, int]:
    """Shape of the codes that `fill_codes` makes of an image; without a single one in too small an image."""
    height, width = image_shape
    return (height - 2 * margin, width) if min(height, width) > 2 * margin else (0, 2 * margin)


def whole_numbers(levels: np.ndarray) -> np.ndarray:
    """Empty array of the type that holds the sums of `fill_codes`; the short one computes twice as many at a time."""
    return np.empty(0, np.int32 if levels.dtype in (np.uint8, np.int16) else np.int64)


def pattern_labels(image: Image, positions: np.ndarray, margin: int, method: str) -> np.ndarray:
    """Label (height - 2 margin, width - 2 margin) of every pixel."""
    codes = np.empty(code_shape(image.shape, margin), code_dtype(len(positions)))
    fill_codes(image, image, positions, margin, whole_numbers(image), codes)
    return label_table(len(positions), method)[0][codes[:, : codes.shape[1] - 2 * margin]]


def pattern_histograms(
    images: np.ndarray, bars: np.ndarray, positions: np.ndarray, margin: int, method: str, grid: tuple[int, int]
) -> np.ndarray:
    """Histograms (n_images, cells * labels) of the codes of a stack."""
    labels, n_labels = label_table(len(positions), method)
    codes = np.empty(code_shape(images.shape[1:], margin), code_dtype(len(positions)))
    histograms = np.empty((len(images), *check_pair("grid", grid), n_labels), np.float32)
    _fill_histograms(images, bars, positions, margin, whole_numbers(images), codes, labels, histograms)
    return histograms.reshape(len(images), -1)
