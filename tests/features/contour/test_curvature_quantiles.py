"""Curvature of a disk and of a star."""

import math

import numpy as np
import pytest

from featkit.features.contour import (
    area_integral_invariant,
    curvature_quantiles,
)
from featkit.features.contour.area_integral_invariant import COVERAGE_SCALES
from featkit.features.contour.curvature_quantiles import CURVATURE_SCALES


def polar(radius_of_angle, size=160):
    row, col = np.mgrid[-size : size + 1, -size : size + 1]
    return np.hypot(row, col) <= radius_of_angle(np.arctan2(-row, col))


DISK = polar(lambda angle: 120.0)


def by_scale(quantiles, n_scales):
    return quantiles.reshape(n_scales, -1)


def test_curvature_of_a_disk_is_one_over_its_radius_after_smoothing():
    found = by_scale(curvature_quantiles(DISK), len(CURVATURE_SCALES))
    for scale, quantiles in zip(CURVATURE_SCALES, found):
        growth = math.exp(2 * (math.pi * scale) ** 2)  # what is left of the radius, inverted
        expected = math.log(1 + math.sqrt(math.pi) * growth)
        assert quantiles[8] == pytest.approx(expected, abs=0.06), scale
        if scale >= 0.02:
            np.testing.assert_allclose(quantiles, expected, atol=0.06)


def test_notches_have_negative_curvature_and_more_than_half_coverage():
    star = polar(lambda angle: 100 + 25 * np.cos(6 * angle))
    curvature = by_scale(curvature_quantiles(star), len(CURVATURE_SCALES))
    coverage = by_scale(area_integral_invariant(star), len(COVERAGE_SCALES))
    assert curvature[4].min() < -0.5
    assert curvature[4].max() > 1.5
    assert by_scale(curvature_quantiles(DISK), len(CURVATURE_SCALES))[4].min() > 0.9
    assert coverage[2].min() < 0.45
    assert coverage[2].max() > 0.55
