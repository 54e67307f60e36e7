"""Paths of a scattering transform: thinned products, moduli and windows, written out."""

import numpy as np
import pytest

from featkit.exceptions import ImageFormatError
from featkit.features.frequency._scattering_paths import (
    _gaussian_windows,
    _moduli,
    _thinned_products,
    _window_means,
    bank_for,
    grid_of_cells,
)

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("step", [1, 2, 4])
def test_thinned_products_are_those_of_the_thinned_field(step):
    """Products of spectra whose field keeps every step-th row and column."""
    fields = RNG.normal(size=(2, 16, 24)).astype(np.float32)
    wavelets = RNG.normal(size=(3, 16, 24)).astype(np.float32)
    found = np.fft.ifft2(_thinned_products(np.fft.fft2(fields).astype(np.complex64), wavelets, step))
    for pair in range(6):
        answer = np.fft.ifft2(np.fft.fft2(fields[pair // 3]) * wavelets[pair % 3])
        np.testing.assert_allclose(found[pair], answer[::step, ::step], atol=1e-4)


def test_moduli_are_absolute_values():
    field = (RNG.normal(size=(2, 4, 5)) + 1j * RNG.normal(size=(2, 4, 5))).astype(np.complex64)
    np.testing.assert_allclose(_moduli(field), np.abs(field), rtol=1e-6)


def test_windows_are_gaussian_and_sum_up_to_one():
    centers, sigma = np.array([3.2, 20.0, 36.9]), 2.5
    first, weights = _gaussian_windows(centers, sigma, 40)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert (first >= 0).all()
    assert (first + weights.shape[1] <= 40).all()
    positions = first[1] + np.arange(weights.shape[1])
    expected = np.exp(-((positions - 20) ** 2) / (2 * sigma**2))
    assert weights[1] == pytest.approx(expected / expected.sum(), rel=1e-5)


def test_means_in_windows_are_weighted_sums():
    fields = RNG.random((2, 12, 15)).astype(np.float32)
    rows, cols = (
        _gaussian_windows(np.array([3.0, 8.0]), 1.0, 12),
        _gaussian_windows(np.array([2.0, 7.0, 12.0]), 1.0, 15),
    )
    found = _window_means(fields, *rows, *cols)
    for k, i, j in np.ndindex(2, 2, 3):
        part = fields[k, rows[0][i] :, cols[0][j] :][: rows[1].shape[1], : cols[1].shape[1]]
        assert found[k, i, j] == pytest.approx(rows[1][i] @ part @ cols[1][j], rel=1e-5)


def test_cells_are_as_large_as_the_longest_wavelet():
    assert grid_of_cells((64, 100), 3) == (8, 12)
    assert bank_for((64, 100), 3, 4).grid == (8, 12)
    with pytest.raises(ImageFormatError, match="at least 8 x 8 pixels for 3 octaves, got 7 x 100"):
        grid_of_cells((7, 100), 3)


def test_banks_of_small_images_are_kept():
    assert bank_for((32, 32), 2, 4) is bank_for((32, 32), 2, 4)
