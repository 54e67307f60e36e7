import numpy as np
import pytest

from featkit.scale._fitting.conics import LEAST_SPREAD, fitted_numbers, fitted_waves, nearest_peaks, sharpness
from featkit.scale._fitting.edges import STEP, tukey_weights


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_equation_is_solved_as_by_numpy(noise):
    rng = np.random.default_rng(1)
    angles = rng.uniform(0, 4, 80)
    points = np.column_stack([300 + 40 * np.sin(angles), 900 + 25 * np.cos(angles + 0.3)]) + rng.normal(
        0, noise, (80, 2)
    )
    middle = points.mean(axis=0)
    scale = np.abs(points - middle).max()
    y, x = ((points - middle) / scale).T
    a, b, c, d, e = np.linalg.lstsq(np.column_stack([y * y, y * x, x * x, y, x]), np.ones(80))[0]
    numbers = fitted_numbers(points)
    center, basis = numbers[:2], numbers[2:].reshape(2, 2)
    matrix = np.array([[a, b / 2], [b / 2, c]])
    place = -np.linalg.solve(2 * matrix, [d, e])
    np.testing.assert_allclose(center, middle + scale * place, rtol=1e-9)
    # On the ellipse the equation holds.
    rim = (center + np.column_stack([np.cos(angles), np.sin(angles)]) @ basis.T - middle) / scale
    y, x = rim.T
    np.testing.assert_allclose(a * y * y + b * y * x + c * x * x + d * y + e * x, 1, rtol=1e-9)
    assert np.hypot(*basis[:, 0]) > np.hypot(*basis[:, 1])


@pytest.mark.parametrize(
    "points", [np.zeros((10, 2)), np.outer(np.arange(10.0), (1, 2)), np.outer([-1.0, 1, 2, 3, 5, 8], (0, 1))]
)
def test_points_on_a_line_give_nothing(points):
    assert np.isnan(fitted_numbers(points)).all()


def test_waves_are_fitted_as_by_numpy():
    rng = np.random.default_rng(0)
    angles = 2 * np.pi * np.arange(180) / 180
    waves = np.column_stack([np.ones(180), np.cos(angles), np.sin(angles), np.cos(2 * angles), np.sin(2 * angles)])
    at = waves @ [1.0, 0.5, -0.3, 0.1, 0.0] + rng.normal(0, 0.2, 180)
    at[20:40] += 3
    trust, prior = np.where(angles < 5, 1.0, 0.0), np.array([1e-9, 1e-9, 1e-9, 6.0, 6.0])
    weights, spread = trust, LEAST_SPREAD
    for _ in range(8):
        weighted = (waves.T * weights) / (spread**2 * 8)
        information = weighted @ waves + np.diag(prior)
        expected = waves @ np.linalg.solve(information, weighted @ at)
        weights = np.zeros(180)
        weights[trust > 0] = tukey_weights((at - expected)[trust > 0])
        spread = max(np.sqrt(weights @ (at - expected) ** 2 / weights.sum()), LEAST_SPREAD)
    offsets, found, deviation = fitted_waves(waves, at, trust, prior)
    np.testing.assert_allclose(offsets, expected, rtol=1e-9)
    np.testing.assert_allclose(found, weights, rtol=1e-9, atol=1e-12)
    assert deviation == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]))
    assert (found[20:40] == 0).all()


def test_the_nearest_peak_is_that_of_the_curve_through_its_top():
    taps = np.arange(41) * STEP - 5
    slopes = np.exp(-0.5 * ((taps - [[1.1], [-2.0], [0.0]]) / 0.8) ** 2)
    votes = (slopes == slopes.max(axis=1, keepdims=True)).astype(float)
    at, heights, widths = nearest_peaks(slopes, votes, np.array([0.5, -2.5, 4.0]), 1.0)
    np.testing.assert_allclose(at, [1.1, -2, np.nan], atol=0.02)
    np.testing.assert_allclose(heights[:2], slopes.max(axis=1)[:2])
    np.testing.assert_allclose(widths[:2], 0.8, rtol=0.05)


def test_wide_edges_are_not_trusted():
    widths = np.full(180, 1.0)
    widths[40:90] = 1.6
    seen = np.ones(180, bool)
    seen[::7] = False
    trust = sharpness(widths, seen)
    assert trust[120:175][seen[120:175]].min() == 1
    assert trust[50:80].max() == 0
    assert not trust[~seen].any()
