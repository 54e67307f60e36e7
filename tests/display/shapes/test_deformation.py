"""Deformation grids."""

import numpy as np
import pytest

from featkit.display import DeformationGridDisplay
from featkit.exceptions import LandmarkFormatError

SQUARE = np.array([[0.0, 0], [0, 4], [4, 0], [4, 4], [2, 2]])


def test_equal_shapes_leave_the_grid_square():
    display = DeformationGridDisplay(SQUARE, SQUARE, n_lines=6).plot()
    for line in display.grid_:
        assert np.ptp(line, axis=0).min() == pytest.approx(0, abs=1e-9)
    assert len(display.grid_) == 12


def test_an_affine_change_keeps_lines_straight():
    turn = np.array([[1.0, 0.5], [-0.2, 2.0]])
    for line in DeformationGridDisplay(SQUARE, SQUARE @ turn + 3).plot().grid_:
        across = np.linalg.svd(line - line.mean(axis=0))[1][1]
        assert across == pytest.approx(0, abs=1e-6)


def test_the_spline_is_that_of_its_definition():
    """Solved once more from the kernel, for a point that moves alone."""
    target = SQUARE + [[0, 0], [0, 0], [0, 0], [0, 0], [0.5, 0.2]]
    display = DeformationGridDisplay(SQUARE, target, n_lines=3, magnification=2.0).plot()
    squares = ((SQUARE[:, None] - SQUARE) ** 2).sum(axis=2)
    kernel = squares * np.log(np.where(squares > 0, squares, 1))
    affine = np.column_stack([np.ones(5), SQUARE])
    system = np.block([[kernel, affine], [affine.T, np.zeros((3, 3))]])
    moved = SQUARE + 2 * (target - SQUARE)
    weights = np.linalg.solve(system, np.concatenate([moved, np.zeros((3, 2))]))
    low, high = -0.6, 4.6
    start = np.stack([np.full(60, low), np.linspace(low, high, 60)], axis=1)
    away = ((start[:, None] - SQUARE) ** 2).sum(axis=2)
    expected = np.column_stack([away * np.log(away), np.ones(60), start]) @ weights
    np.testing.assert_allclose(display.grid_[0], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("source", "target", "match"),
    [
        (SQUARE, SQUARE[:4], "as many points"),
        (SQUARE[:2], SQUARE[:2], "at least three"),
        ([[0, 0], [1, 1], [2, 2], [3, 3]], SQUARE[:4], "not all on one line"),
        (np.outer(np.arange(5), [0.3, 0.7]) + 100.1, SQUARE, "not all on one line"),
        (np.vstack([SQUARE[:4], SQUARE[3]]), SQUARE, "no two of them in one place"),
        (np.empty((0, 2)), np.empty((0, 2)), "at least three"),
        (SQUARE * np.nan, SQUARE, "missing"),
        (np.zeros((5, 3)), SQUARE, r"n_points, 2.*points\[:, :2\]"),
    ],
)
def test_what_has_no_spline_is_refused(source, target, match):
    with pytest.raises(LandmarkFormatError, match=match):
        DeformationGridDisplay(source, target).plot()
