"""The linear filters of dlib's face detector, and the windows in which they answer: upright and by quarter turns.

Most windows are far from any face. A first pass looks at eight mixtures of the 31 features by filters of few terms, and
only where these come near a face the filters themselves are applied.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..._numba import kernel_free_sums
from .._trees.model_file import read_column, read_whole
from ._fhog import AROUND, BEFORE, CELL, N_PLANES, OFFSET, SHRINKING, cell_histograms, feature_planes, levels

N_FILTERS = 5
_SIDE = 10  # cells of a window
_FILTERS_BEGIN = 19  # whole numbers in the detector's file before its first filter
_ANOTHER = "it is not the detector of frontal faces"
_N_MIXTURES = 8
_LEAST_SINGULAR = 0.035  # of a term of the first pass, where the mixtures have a variance of 1 in noise
# How far below its score the first pass sees a window on a face at most (of 400 with scores of -0.25 and more, 1.95).
_SLACK = 2.0
_NOISE_SIDE = 256
_MOST_WINDOWS = 1000  # of a level that are told
_FRAME, _FACE = 5, 72  # pixels of a window before a face, and from its first to its last one
# Cells below right, above right, below left and above left share a window's light; where turns by 90 degrees move them.
_CORNERS_TURNED = {0: [0, 1, 2, 3], 90: [2, 0, 3, 1], 180: [3, 2, 1, 0], -90: [1, 3, 0, 2]}
_BINS_TURNED = {0: 0, 90: 5, 180: 9, -90: -4}


class Header(NamedTuple):
    """What dlib's file tells of its detector beside the filters, and where."""

    levels: slice  # the bytes of the number of levels of the pyramid at most
    overlap: slice  # those of `most_shared`
    end: int
    least_side: int  # pixels of a level
    most_shared: tuple[float, ...]  # by two windows, of the box around both, and of either


class Bank(NamedTuple):
    """The filters in one turn, and their approximations by separable terms over mixtures of planes."""

    weights: np.ndarray  # float32 (N_FILTERS, _SIDE, _SIDE * N_PLANES), by row, column and plane
    thresholds: np.ndarray  # float32 (N_FILTERS,)
    mixing: np.ndarray  # float32 (_N_MIXTURES, N_PLANES)
    starts: np.ndarray  # int64 (N_FILTERS + 1,), the terms of each filter
    mixtures: np.ndarray  # int64 (n_terms,)
    columns: np.ndarray  # float32 (n_terms, _SIDE)
    rows: np.ndarray  # float32 (n_terms, _SIDE)
    offsets: np.ndarray  # float32 (N_FILTERS,), what the approximation leaves out in noise


def read_header(file: bytes) -> Header:
    """What the bytes of dlib's detector tell before its filters.

    Raises
    ------
    ValueError
        When it is another detector.
    """
    data = np.frombuffer(file, np.uint8)
    place, numbers, places = 0, [], [0]
    for _ in range(_FILTERS_BEGIN):
        number, place = read_whole(data, place)
        numbers.append(number)
        places.append(place)
    n_weights = N_PLANES * _SIDE * _SIDE
    if place < 0 or numbers[-1] != N_FILTERS or numbers[13] != n_weights or numbers[4:8] != [CELL, 0, 80, 80]:
        raise ValueError(_ANOTHER)
    shared = tuple(math.ldexp(numbers[k], numbers[k + 1]) for k in (14, 16))
    return Header(slice(*places[8:10]), slice(places[14], places[18]), place, numbers[9], shared)


def read_filters(file: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Weights (N_FILTERS, N_PLANES, 10, 10) and thresholds (N_FILTERS,) from the bytes of dlib's detector.

    Raises
    ------
    ValueError
        When it is another detector.
    """
    place = read_header(file).end
    columns = np.empty((N_FILTERS, N_PLANES * _SIDE * _SIDE + 1), np.float32)
    for column in columns:
        place = read_column(np.frombuffer(file, np.uint8), place, column)
    if place < 0:
        raise ValueError(_ANOTHER)
    return columns[:, :-1].reshape(N_FILTERS, N_PLANES, _SIDE, _SIDE), columns[:, -1].copy()


def turned(weights: np.ndarray, turn: int) -> np.ndarray:
    """Filters of a face that is turned counterclockwise by 90, 180 or -90 degrees.

    In quarter turns they are those of features with the bins of quarter turns.
    """
    bins = (np.arange(18) + _BINS_TURNED[turn]) % 18
    order = [*bins, *(18 + bins[:9] % 9), *(27 + np.array(_CORNERS_TURNED[turn]))]
    return np.ascontiguousarray(np.rot90(weights[:, order], turn // 90, axes=(2, 3)))


@lru_cache
def _noise_statistics():
    """Covariance and mean of features in noise whose spectrum falls as that of photos does."""
    noise = np.random.default_rng(0).standard_normal((_NOISE_SIDE, _NOISE_SIDE))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(_NOISE_SIDE), np.fft.fftfreq(_NOISE_SIDE)))
    frequency[0, 0] = 1
    noise = np.fft.ifft2(np.fft.fft2(noise) / frequency).real
    picture = np.clip(128 + 40 * noise / noise.std(), 0, 255).astype(np.uint8)
    cells = cell_histograms(np.stack([picture] * 3))
    assert cells is not None  # it is large enough
    planes = feature_planes(cells, False)
    inner = planes[:, BEFORE : BEFORE - AROUND, BEFORE : BEFORE - AROUND].reshape(N_PLANES, -1).astype(np.float64)
    return np.cov(inner), inner.mean(axis=1)


def bank(weights: np.ndarray, thresholds: np.ndarray) -> Bank:
    """Filters and their approximations for the first pass."""
    covariance, mean = _noise_statistics()
    scaling = np.linalg.cholesky(covariance + 1e-9 * np.eye(N_PLANES))
    scaled = np.einsum("ij,fiuv->fjuv", scaling, weights)
    directions = np.linalg.svd(scaled.transpose(1, 0, 2, 3).reshape(N_PLANES, -1), full_matrices=False)[0]
    directions = directions[:, :_N_MIXTURES]
    mixing = directions.T @ np.linalg.inv(scaling)
    starts, mixtures, columns, rows = [0], [], [], []
    approximate = np.zeros((N_FILTERS, _N_MIXTURES))
    for index, mixed in enumerate(np.einsum("ij,fiuv->fjuv", directions, scaled)):
        for mixture, values in enumerate(mixed):
            left, singular, right = np.linalg.svd(values)
            for k in np.flatnonzero(singular > _LEAST_SINGULAR):
                mixtures.append(mixture)
                columns.append(left[:, k] * singular[k])
                rows.append(right[k])
                approximate[index, mixture] += columns[-1].sum() * rows[-1].sum()
        starts.append(len(mixtures))
    offsets = weights.sum(axis=(2, 3)) @ mean - approximate @ (mixing @ mean)
    singles = (np.asarray(values, np.float32) for values in (columns, rows, offsets))
    by_row = np.ascontiguousarray(weights.transpose(0, 2, 3, 1)).reshape(N_FILTERS, _SIDE, -1)
    return Bank(by_row, thresholds, mixing.astype(np.float32), np.array(starts), np.array(mixtures), *singles)


@kernel_free_sums
def _mixed(planes, mixing, flat):
    """Fill mixtures (n_mixtures, pixels) of the planes."""
    n_planes = planes.shape[0]
    source = planes.reshape(-1)
    length = flat.shape[1]
    for mixture in range(0, len(flat), 2):
        first, second = flat[mixture], flat[mixture + 1]
        first[:] = 0
        second[:] = 0
        for plane in range(n_planes):
            a, b = mixing[mixture, plane], mixing[mixture + 1, plane]
            values = source[plane * length : (plane + 1) * length]
            for n in range(length):
                first[n] += a * values[n]
                second[n] += b * values[n]


@kernel_free_sums
def _first_pass(flat, pitch, start, stop, mixtures, columns, rows, upright, out):
    """Fill `out` with the sum of separable filters over mixtures."""
    span = len(out) + AROUND
    out[:] = 0
    for term in range(start, stop):
        source = flat[mixtures[term]]
        v, h = columns[term], rows[term]
        v0, v1, v2, v3, v4, v5, v6, v7, v8, v9 = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]
        h0, h1, h2, h3, h4, h5, h6, h7, h8, h9 = h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9]
        for n in range(span):
            a = v0 * source[n] + v1 * source[n + pitch] + v2 * source[n + 2 * pitch] + v3 * source[n + 3 * pitch]
            b = v4 * source[n + 4 * pitch] + v5 * source[n + 5 * pitch] + v6 * source[n + 6 * pitch]
            c = v7 * source[n + 7 * pitch] + v8 * source[n + 8 * pitch] + v9 * source[n + 9 * pitch]
            upright[n] = a + b + c
        for n in range(len(out)):
            a = h0 * upright[n] + h1 * upright[n + 1] + h2 * upright[n + 2] + h3 * upright[n + 3] + h4 * upright[n + 4]
            b = h5 * upright[n + 5] + h6 * upright[n + 6] + h7 * upright[n + 7] + h8 * upright[n + 8]
            out[n] += a + b + h9 * upright[n + 9]


@kernel_free_sums
def _score(by_cell, row, col, weights):
    """Sum of the features of a window by their weights."""
    first = col * N_PLANES
    total = np.float32(0)
    for down in range(len(weights)):
        row_weights = weights[down]
        values = by_cell[row + down, first : first + len(row_weights)]
        row_total = np.float32(0)
        for n in range(len(row_weights)):
            row_total += row_weights[n] * values[n]
        total += row_total
    return total


@kernel_free_sums
def _best_score(by_cell, weights, thresholds, first_row, last_row, first_col, last_col):
    """Best score of the windows between rows and columns; minus infinity where there are none."""
    best = np.float32(-np.inf)
    for row in range(first_row, last_row + 1):
        for col in range(first_col, last_col + 1):
            for index in range(len(thresholds)):
                best = max(best, _score(by_cell, row, col, weights[index]) - thresholds[index])
    return best


@kernel_free_sums
def _windows(by_cell, flat, weights, thresholds, offsets, starts, mixtures, columns, rows, least, found):
    """Fill `found` with rows and columns of windows with a score from `least` on, until it is full; how many."""
    n_rows, pitch = by_cell.shape[0] - AROUND, by_cell.shape[1] // N_PLANES
    n_cols = pitch - AROUND
    out = np.empty((n_rows - 1) * pitch + n_cols, np.float32)
    upright = np.empty(len(out) + AROUND, np.float32)
    n_found = 0
    for index in range(len(thresholds)):
        _first_pass(flat, pitch, starts[index], starts[index + 1], mixtures, columns, rows, upright, out)
        near = least - np.float32(_SLACK) + thresholds[index] - offsets[index]
        for row in range(n_rows):
            for col in range(n_cols):
                is_near = out[row * pitch + col] >= near
                if is_near and _score(by_cell, row, col, weights[index]) - thresholds[index] >= least:
                    found[n_found, 0] = row
                    found[n_found, 1] = col
                    n_found += 1
                    if n_found == len(found):
                        return n_found
    return n_found


class Pyramid:
    """A picture (height, width, 3) in which faces are looked for more than once: its features are computed once.

    The first levels alone, where there are more than `n_levels`: the faces that are smallest.
    """

    def __init__(self, picture: np.ndarray, n_levels: int | None = None):
        self._cells = [cell_histograms(level) for level in levels(picture, n_levels)]
        self._planes: dict[bool, list] = {}  # by plane for the first pass, and by cell for the filters

    def _features(self, quarter):
        if quarter not in self._planes:
            planes = [feature_planes(cells, quarter) for cells in self._cells if cells is not None]
            by_cell = [np.ascontiguousarray(each.transpose(1, 2, 0)).reshape(each.shape[1], -1) for each in planes]
            self._planes[quarter] = list(zip(planes, by_cell, strict=True))
        return self._planes[quarter]

    def reaches(self, bank: Bank, turn: int, least: float) -> bool:
        """Whether a filter of these, of faces turned by 0, 90, 180 or -90 degrees, has a score from `least` on."""
        return any(len(found) > 0 for _, found in self._found(bank, turn, least, 1))

    def windows(self, bank: Bank, turn: int, least: float) -> np.ndarray | None:
        """Levels, rows and columns (n, 3) of the middles of windows with a score from `least` on, in pixels.

        None where they are too many to be told.
        """
        windows = [np.empty((0, 3))]
        for level, found in self._found(bank, turn, least, _MOST_WINDOWS):
            if len(found) == _MOST_WINDOWS:
                return None
            middles = CELL * (found - (BEFORE - 1.0)) + (_FRAME + _FACE / 2)
            for _ in range(level):
                middles = middles / SHRINKING + OFFSET
            windows.append(np.column_stack([np.full(len(found), level), middles]))
        return np.unique(np.concatenate(windows), axis=0)

    def _found(self, bank, turn, least, most):
        """Rows and columns (n, 2) of windows of each level, in cells."""
        for level, (planes, by_cell) in enumerate(self._features(turn % 180 != 0)):
            flat = np.empty((_N_MIXTURES, planes[0].size), np.float32)
            _mixed(planes, bank.mixing, flat)
            filters = (bank.weights, bank.thresholds, bank.offsets, bank.starts, bank.mixtures, bank.columns, bank.rows)
            found = np.empty((most, 2), np.int64)
            yield level, found[: _windows(by_cell, flat, *filters, np.float32(least), found)]

    def best_score(self, bank: Bank, middle: float, reach: float, sides: tuple[float, float]) -> float:
        """Best score of an upright face whose middle (row and column) is within reach and whose side lies between two.

        Minus infinity where there is no such window.
        """
        best = -math.inf
        for level, (planes, by_cell) in enumerate(self._features(False)):
            growth = SHRINKING**-level
            if not sides[0] < (_FACE + 1) * growth < sides[1]:
                continue
            first, last = ((middle + sign * reach) / growth - _FRAME - _FACE / 2 for sign in (-1, 1))
            first, last = math.ceil(first / CELL + BEFORE - 1), math.floor(last / CELL + BEFORE - 1)
            rows, cols = ((max(first, 0), min(last, length - AROUND - 1)) for length in planes.shape[1:])
            best = max(best, float(_best_score(by_cell, bank.weights, bank.thresholds, *rows, *cols)))
        return best
