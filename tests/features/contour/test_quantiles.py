"""Quantiles along the contour, which have no starting point."""

import numpy as np
import pytest

from featkit.features.contour._quantiles import quantile_names, quantiles_of


def test_they_are_the_order_statistics_of_each_scale():
    signals = [np.arange(101.0), 5 * np.arange(101.0)]
    found = quantiles_of(signals, 3)
    assert found == pytest.approx([1, 50, 99, 5, 250, 495])
    assert len(found) == len(quantile_names("curvature", 2, 3))


def test_the_starting_point_does_not_matter():
    signal = np.random.default_rng(0).random(512)
    turned = [np.roll(signal, 100)]
    np.testing.assert_array_equal(quantiles_of(turned, 17), quantiles_of([signal], 17))


def test_names_run_over_scales_then_quantiles():
    assert quantile_names("chord", 2, 2) == [
        "chord_0_quantile_00",
        "chord_0_quantile_01",
        "chord_1_quantile_00",
        "chord_1_quantile_01",
    ]
