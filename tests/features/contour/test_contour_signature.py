"""Centroid distance: lobes in the spectrum, the profile of a square."""

import math

import numpy as np
import pytest
from skimage import data

from featkit.features.contour import (
    contour_signature,
)
from featkit.features.contour.contour_signature import furthest_point

HORSE = np.pad(data.horse() == 0, 10)


def polar(radius_of_angle, size=160):
    row, col = np.mgrid[-size : size + 1, -size : size + 1]
    return np.hypot(row, col) <= radius_of_angle(np.arctan2(-row, col))


def test_lobes_show_in_the_spectrum():
    star = polar(lambda angle: 100 + 6 * np.cos(7 * angle))
    spectrum = contour_signature(star, n_features=12)
    assert spectrum.argmax() == 7 - 1
    assert spectrum[6] == pytest.approx(0.06, abs=0.01)
    np.testing.assert_allclose(np.delete(spectrum, 6), 0, atol=0.005)


def test_profile_of_a_square_goes_from_corner_to_side():
    profile = contour_signature(np.ones((200, 200), dtype=bool), n_features=8, form="profile")
    np.testing.assert_allclose(profile[::2] / profile[1::2], math.sqrt(2), rtol=0.02)
    assert profile[0] == pytest.approx(profile.max())


def test_of_two_equally_far_points_rounding_does_not_choose_the_start():
    distance = 1 + 0.2 * np.cos(2 * np.pi * (np.arange(1024) - 100) / 1024)  # a mirror image of itself about step 100
    distance[[0, 200]] = 1.5
    rounding = np.random.default_rng(0).uniform(-1e-13, 1e-13, (50, 1024))
    assert {furthest_point(distance + error) for error in rounding} == {0}


def test_profile_and_spectrum_are_one_signal():
    profile = contour_signature(HORSE, n_features=256, form="profile")
    spectrum = contour_signature(HORSE, n_features=20)
    np.testing.assert_allclose(2 / 256 * np.abs(np.fft.rfft(profile))[1:21], spectrum, atol=1e-3)
    assert profile.mean() == pytest.approx(1, abs=1e-3)
