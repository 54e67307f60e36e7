"""Morlet's wavelets: waves of one frequency and direction under a Gaussian, without any answer to even light."""

import math

import numpy as np
from scipy import fft

from ..._numba import kernel

SIGMA, FREQUENCY = 0.8, 0.75 * math.pi  # of the finest wavelet, in pixels and radians per pixel


@kernel
def _envelope(row_wave, col_wave, angle, frequency, across_sigma, along_sigma):
    """Fourier transform of a Gaussian about a frequency, summed over all that a raster cannot tell from it."""
    total = 0.0
    for row_alias in (-2 * math.pi, 0.0, 2 * math.pi):
        for col_alias in (-2 * math.pi, 0.0, 2 * math.pi):
            row, col = row_wave + row_alias, col_wave + col_alias
            across = across_sigma * (col * math.cos(angle) + row * math.sin(angle) - frequency)
            along = along_sigma * (row * math.cos(angle) - col * math.sin(angle))
            squared = across * across + along * along
            if squared < 60:  # what is beyond is less than 1e-13
                total += math.exp(-0.5 * squared)
    return total


@kernel
def _fill_wavelet(wavelet, row_waves, col_waves, angle, frequency, across_sigma, along_sigma):
    light = _envelope(0, 0, angle, frequency, across_sigma, along_sigma)
    light /= _envelope(0, 0, angle, 0, across_sigma, along_sigma)
    for row, row_wave in enumerate(row_waves):
        for col, col_wave in enumerate(col_waves):
            wave = _envelope(row_wave, col_wave, angle, frequency, across_sigma, along_sigma)
            ground = _envelope(row_wave, col_wave, angle, 0, across_sigma, along_sigma)
            wavelet[row, col] = wave - light * ground


def morlet_wavelets(shape: tuple[int, int], octave: int, orientations: int) -> np.ndarray:
    """Fourier transforms of Morlet's wavelets of one scale, on an image that repeats itself.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the image.
    octave : int
        Scale: the finest, octave 0, has a standard deviation of 0.8 pixels across its stripes and 3/8 cycles per pixel.
    orientations : int
        Wavelet k answers to light that changes in direction ``180 k / orientations`` degrees, from the column axis
        towards growing rows.

    Returns
    -------
    wavelets : float32 ndarray (orientations, height, width)
        Real, since the wavelets are symmetric; 0 at frequency 0.
    """
    wavelets = np.empty((orientations, *shape), np.float32)
    row_waves, col_waves = (2 * math.pi * fft.fftfreq(side) for side in shape)
    for k in range(orientations):
        _fill_wavelet(
            wavelets[k],
            row_waves,
            col_waves,
            math.pi * k / orientations,
            FREQUENCY / 2**octave,
            SIGMA * 2**octave,
            SIGMA * 2**octave * max(orientations / 4, 1),
        )
    return wavelets
