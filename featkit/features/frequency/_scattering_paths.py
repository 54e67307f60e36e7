"""Paths of a scattering transform: wavelets of every grid, moduli, and their means in Gaussian windows."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import fft

from ..._numba import kernel
from ...exceptions import ImageFormatError
from ...image.alpha import Background, flatten_alpha
from ...image.checks import Image
from ...image.conversions import to_float, to_gray
from ._morlet import SIGMA, morlet_wavelets

FEW_PIXELS = 2**18  # of the answers of wavelets that are worked on together
MOST_KEPT = 2**23  # values of wavelets, 32 MB, that are kept for the next image of the size


@kernel
def _thinned_products(spectra, wavelets, step):
    """Products of all pairs; of the fields that they stand for, every step-th row and column: frequencies coincide."""
    height, width = spectra.shape[1] // step, spectra.shape[2] // step
    products = np.zeros((len(spectra) * len(wavelets), height, width), np.complex64)
    share = np.float32(1 / step**2)
    parts_of_spectra, parts_of_products = spectra.view(np.float32), products.view(np.float32)  # wavelets are real
    for pair in range(len(products)):
        spectrum, wavelet = parts_of_spectra[pair // len(wavelets)], wavelets[pair % len(wavelets)]
        for row in range(height * step):
            line = parts_of_products[pair, row % height]
            for first in range(0, width * step, width):
                waves, parts = wavelet[row, first : first + width], spectrum[row, 2 * first : 2 * (first + width)]
                for col in range(width):
                    wave = share * waves[col]
                    line[2 * col] += wave * parts[2 * col]
                    line[2 * col + 1] += wave * parts[2 * col + 1]
    return products


@kernel
def _moduli(field):
    moduli = np.empty(field.shape, np.float32)
    for k in range(len(field)):
        for row in range(field.shape[1]):
            for col in range(field.shape[2]):
                value = field[k, row, col]
                moduli[k, row, col] = np.sqrt(value.real * value.real + value.imag * value.imag)
    return moduli


@kernel
def _window_means(fields, first_rows, row_weights, first_cols, col_weights):
    means = np.empty((len(fields), len(first_rows), len(first_cols)), np.float32)
    line = np.empty(fields.shape[2], np.float32)
    for k in range(len(fields)):
        for cell_row in range(len(first_rows)):
            line[:] = 0
            for tap in range(row_weights.shape[1]):
                field_row = fields[k, first_rows[cell_row] + tap]
                for col in range(len(line)):
                    line[col] += row_weights[cell_row, tap] * field_row[col]
            for cell_col in range(len(first_cols)):
                mean = np.float32(0)
                for tap in range(col_weights.shape[1]):
                    mean += col_weights[cell_col, tap] * line[first_cols[cell_col] + tap]
                means[k, cell_row, cell_col] = mean
    return means


class Bank(NamedTuple):
    """What depends on the size of an image alone. A grid of some octave keeps every ``2 ** octave``-th pixel."""

    padding: tuple[tuple[int, int], ...]  # pixels before and after, in rows and columns
    grid: tuple[int, int]  # cells down and across
    wavelets: list[list[np.ndarray]]  # [octave of the grid][octaves above it]
    windows: list[list[np.ndarray]]  # [octave of the grid]: first pixels and weights, of the rows' and columns' cells


def bank_for(shape: tuple[int, int], n_octaves: int, orientations: int) -> Bank:
    is_small = math.prod((*shape, n_octaves, orientations)) <= MOST_KEPT
    return (_kept_bank if is_small else _new_bank)(shape, n_octaves, orientations)


@lru_cache(maxsize=4)
def _kept_bank(shape: tuple[int, int], n_octaves: int, orientations: int) -> Bank:
    return _new_bank(shape, n_octaves, orientations)


def _new_bank(shape: tuple[int, int], n_octaves: int, orientations: int) -> Bank:
    cell = 2**n_octaves
    grid = grid_of_cells(shape, n_octaves)
    margin = max(1, math.ceil(orientations / 5))  # cells: twice the standard deviation of the longest wavelet
    padded = [math.ceil(side / cell + 2 * margin) * cell for side in shape]
    padding = [((whole - side) // 2, (whole - side + 1) // 2) for whole, side in zip(padded, shape)]
    wavelets: list[list[np.ndarray]] = []
    windows: list[list[np.ndarray]] = []
    for octave in range(n_octaves):
        thinned = tuple(side >> octave for side in padded)
        wavelets.append([morlet_wavelets(thinned, above, orientations) for above in range(n_octaves - octave)])
        windows.append([])
        for pixels, (before, _), side, cells in zip(thinned, padding, shape, grid):
            centers = before + (side - 1) / 2 + cell * (np.arange(cells) - (cells - 1) / 2)
            windows[-1] += _gaussian_windows(centers / 2**octave, SIGMA * cell / 2 ** (octave + 1), pixels)
    return Bank(tuple(padding), grid, wavelets, windows)


def _gaussian_windows(centers: np.ndarray, sigma: float, n_pixels: int) -> list[np.ndarray]:
    """First pixel and weights of a window about each centre, which reaches to 5 standard deviations or the border."""
    n_taps = min(math.ceil(10 * sigma) + 1, n_pixels)
    first = np.clip(np.rint(centers - (n_taps - 1) / 2), 0, n_pixels - n_taps).astype(np.int64)
    weights = np.exp(-0.5 * ((first[:, np.newaxis] + np.arange(n_taps) - centers[:, np.newaxis]) / sigma) ** 2)
    return [first, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)]


def grid_of_cells(shape: tuple[int, ...], n_octaves: int) -> tuple[int, int]:
    height, width = shape[:2]
    cell = 2 ** int(n_octaves)
    if min(height, width) < cell:
        raise ImageFormatError(
            f"Expected images of at least {cell} x {cell} pixels for {n_octaves} octaves, got {height} x {width}. "
            "Put a Resizer before it, or take fewer octaves."
        )
    return height // cell, width // cell


def _strengths(spectra: np.ndarray, wavelets: np.ndarray, octaves: int) -> np.ndarray:
    """Lengths of what every wavelet answers to every field, of which every ``2 ** octaves``-th row and column stays."""
    answers = _thinned_products(np.ascontiguousarray(spectra), wavelets, 2**octaves)
    return _moduli(fft.ifft2(answers, overwrite_x=True))


def scattered(image: Image, bank: Bank, order: int, background: Background) -> np.ndarray:
    light = np.pad(to_float(to_gray(flatten_alpha(image, background))), bank.padding, mode="symmetric")[np.newaxis]
    spectrum = fft.fft2(light)
    first, second = [], []
    n_octaves, orientations = len(bank.wavelets), len(bank.wavelets[0][0])
    at_once = max(1, FEW_PIXELS // light.size)
    for octave in range(n_octaves):
        for start in range(0, orientations, at_once):
            strengths = _strengths(spectrum, bank.wavelets[0][octave][start : start + at_once], octave)
            first.append(_window_means(strengths, *bank.windows[octave]))
            if order == 1 or octave == n_octaves - 1:
                continue
            spectra = fft.fft2(strengths)
            coarser = []
            for above in range(1, n_octaves - octave):
                again = _strengths(spectra, bank.wavelets[octave][above], above)
                means = _window_means(again, *bank.windows[octave + above])
                coarser.append(means.reshape(len(spectra), orientations, *bank.grid))
            second.append(np.concatenate(coarser, axis=1).reshape(-1, *bank.grid))
    return np.concatenate([_window_means(light, *bank.windows[0]), *first, *second]).ravel()
