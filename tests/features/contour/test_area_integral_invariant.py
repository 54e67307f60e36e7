"""Coverage of edges and corners, and the blurred mask read along the contour."""

import math

import cv2
import numpy as np
import pytest
from skimage import data

from featkit.features.contour import (
    area_integral_invariant,
    area_integral_invariant_names,
)
from featkit.features.contour._outline import outline, smooth_outline
from featkit.features.contour._quantiles import N_POINTS
from featkit.features.contour.area_integral_invariant import COVERAGE_SCALES

HORSE = np.pad(data.horse() == 0, 10)


def by_scale(quantiles, n_scales):
    return quantiles.reshape(n_scales, -1)


def test_coverage_of_a_straight_edge_is_half_and_of_a_corner_a_quarter():
    square = np.pad(np.ones((200, 200), dtype=bool), 30)
    fine = by_scale(area_integral_invariant(square, n_quantiles=50), len(COVERAGE_SCALES))[1]
    assert np.median(fine) == pytest.approx(0.5, abs=0.02)
    assert 0.25 < fine.min() < 0.35


def test_coverage_is_the_blurred_mask_read_along_the_outline():
    points = smooth_outline(outline(HORSE), N_POINTS)
    side = math.sqrt(HORSE.sum())
    found = by_scale(area_integral_invariant(HORSE), len(COVERAGE_SCALES))
    margin = 200
    padded = np.pad(HORSE, margin).astype(np.float64)
    for scale, quantiles in zip(COVERAGE_SCALES, found):
        blurred = cv2.GaussianBlur(padded, (0, 0), scale * side)
        rows, cols = np.rint(points + margin).astype(int).T
        np.testing.assert_allclose(
            quantiles,
            np.quantile(blurred[rows, cols], np.linspace(0.01, 0.99, 17)),
            atol=0.06 if scale < 0.02 else 0.02,
        )


def test_names_tell_scale_and_quantile():
    assert area_integral_invariant_names()[17] == "area_integral_1_quantile_00"
