"""Morlet's wavelets against kymatio's and against the formula, summed in space."""

import cmath
import math
from itertools import product

import numpy as np
import pytest
from kymatio.scattering2d.filter_bank import morlet_2d

from featkit.features.frequency._morlet import morlet_wavelets


@pytest.mark.parametrize("orientations", [4, 8, 16])
def test_wavelets_are_kymatios(orientations):
    for octave, k in product(range(3), range(orientations)):
        direction = math.pi / 2 - math.pi * k / orientations  # from the row axis
        parameters = (0.8 * 2**octave, direction, 0.75 * math.pi / 2**octave, 4 / orientations)
        expected = np.fft.fft2(morlet_2d(40, 48, *parameters))
        np.testing.assert_allclose(morlet_wavelets((40, 48), octave, orientations)[k], expected, atol=1e-4)


def test_wavelets_are_those_of_the_formula():
    """exp(-|x|^2 / 2 s^2) (exp(i w x) - c), summed over an image that repeats itself."""
    height, width, octave, k = 16, 24, 1, 3
    sigma, frequency, angle = 1.6, 0.375 * math.pi, math.pi * k / 8
    wave, ground = np.zeros((height, width), complex), np.zeros((height, width), complex)
    for row, col in product(range(-4 * height, 4 * height), range(-4 * width, 4 * width)):
        across = col * math.cos(angle) + row * math.sin(angle)
        along = row * math.cos(angle) - col * math.sin(angle)
        window = math.exp(-(across**2 + (along / 2) ** 2) / (2 * sigma**2)) / (2 * math.pi * sigma**2 * 2)
        wave[row % height, col % width] += window * cmath.exp(1j * frequency * across)
        ground[row % height, col % width] += window
    expected = np.fft.fft2(wave - wave.sum() / ground.sum() * ground)
    np.testing.assert_allclose(morlet_wavelets((height, width), octave, 8)[k], expected, atol=1e-5)
