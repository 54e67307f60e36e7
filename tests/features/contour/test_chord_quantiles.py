"""Chords of a disk and of a bar."""

import math

import numpy as np
import pytest

from featkit.features.contour import (
    chord_quantiles,
)
from featkit.features.contour.chord_quantiles import CHORD_STEPS


def polar(radius_of_angle, size=160):
    row, col = np.mgrid[-size : size + 1, -size : size + 1]
    return np.hypot(row, col) <= radius_of_angle(np.arctan2(-row, col))


DISK = polar(lambda angle: 120.0)


def by_scale(quantiles, n_scales):
    return quantiles.reshape(n_scales, -1)


def test_chords_of_a_disk_are_those_of_a_circle_and_of_a_bar_are_longer_and_shorter():
    disk = by_scale(chord_quantiles(DISK), len(CHORD_STEPS))
    np.testing.assert_allclose(disk, math.log(1.02), atol=0.03)
    bar = by_scale(chord_quantiles(np.ones((20, 200), dtype=bool)), len(CHORD_STEPS))
    half_around = np.exp(bar[-1]) - 0.02
    assert half_around.max() == pytest.approx(200 / (440 / math.pi), rel=0.05)
    assert half_around.min() == pytest.approx(20 / (440 / math.pi), rel=0.1)
