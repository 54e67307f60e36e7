"""Moments, principal axes and extent of a foreground."""

import numpy as np
import pytest

from featkit.preprocessing.geometry._directions import extent_along, moments_of, principal_axes

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(9, 7), (9, 2), (2, 9), (1, 1), (5, 1), (1, 5)])
def test_moments_are_sums_over_the_pixels(shape):
    weights = RNG.random(shape).astype(np.float32)
    found = moments_of(weights)
    rows, cols = np.indices(shape)
    total = weights.sum(dtype=float)
    middle = [(weights * axis).sum(dtype=float) / total for axis in (rows, cols)]
    for x, y in ((0, 0), (1, 0), (0, 1), (2, 1), (1, 2)):
        assert found[f"m{x}{y}"] == pytest.approx((weights * cols**x * rows**y).sum(dtype=float), rel=1e-5)
    for x, y in ((2, 0), (1, 1), (0, 2), (3, 0), (0, 3)):
        expected = (weights * (cols - middle[1]) ** x * (rows - middle[0]) ** y).sum(dtype=float)
        assert found[f"mu{x}{y}"] == pytest.approx(expected, rel=1e-4, abs=1e-5 * total)


@pytest.mark.parametrize("degrees", [0, 30, 90, 200])
def test_the_extent_is_that_of_all_pixels(degrees):
    turn = np.deg2rad(degrees)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for density in (0.01, 0.2, 0.9):
        mask = RNG.random((20, 30)) < density
        mask[3, 4] = True
        positions = np.argwhere(mask) @ axes
        low, high = extent_along(mask, True, axes)
        assert low == pytest.approx(positions.min(axis=0))
        assert high == pytest.approx(positions.max(axis=0))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_weights_count_from_the_least_one_on(dtype):
    weights = np.zeros((6, 8), dtype)
    weights[1, 1], weights[2:4, 3:6] = 0.4 if dtype == np.float32 else 100, 1 if dtype == np.float32 else 200
    low, high = extent_along(weights, dtype(0.5 if dtype == np.float32 else 128), np.eye(2))
    assert (low.tolist(), high.tolist()) == ([2, 3], [3, 5])


def test_nothing_has_no_extent():
    low, high = extent_along(np.zeros((4, 5), bool), True, np.eye(2))
    assert (low == np.inf).all()
    assert (high == -np.inf).all()


@pytest.mark.parametrize("degrees", [0, 25, 60, 90, 140])
@pytest.mark.parametrize("upright", [True, False])
def test_the_long_axis_is_that_of_the_bar(degrees, upright):
    turn = np.deg2rad(degrees)
    rows, cols = np.mgrid[-40:41, -40:41]
    along, across = rows * np.cos(turn) + cols * np.sin(turn), rows * np.sin(turn) - cols * np.cos(turn)
    axes = principal_axes(moments_of(((abs(along) <= 30) & (abs(across) <= 8)).astype(np.float32)), upright)
    assert axes @ axes.T == pytest.approx(np.eye(2))
    assert np.linalg.det(axes) == pytest.approx(1)
    long = axes[:, 0 if upright else 1]
    assert abs(long @ [np.cos(turn), np.sin(turn)]) == pytest.approx(1, abs=2e-3)


def test_a_square_keeps_its_axes():
    assert principal_axes(moments_of(np.ones((20, 20), np.float32)), True).tolist() == [[1, 0], [0, 1]]
