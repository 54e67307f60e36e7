"""Whether points are (row, column), or (x, y) by mistake."""

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.training._axes import refuse_xy

RNG = np.random.default_rng(0)
BOXES = np.array([[10.0, 200, 60, 250]] * 20)  # far from the diagonal, so that the axes can be told apart
POINTS = BOXES[:, np.newaxis, :2] + RNG.uniform(5, 45, (20, 6, 2))


def test_points_in_their_boxes_are_taken():
    refuse_xy(POINTS, BOXES, None)


def test_points_that_fit_their_boxes_only_when_swapped_are_refused():
    with pytest.raises(LandmarkFormatError, match="100% lie far from their boxes, and 0% when"):
        refuse_xy(POINTS[..., ::-1], BOXES, None)


def test_points_that_fit_neither_way_are_not_called_swapped():
    refuse_xy(POINTS + 1000, BOXES, None)


def test_missing_points_tell_nothing():
    refuse_xy(np.full_like(POINTS, np.nan), BOXES, [1, 0, 2, 3, 4, 5])


def test_pairs_of_the_mirror_lie_beside_each_other():
    on_the_diagonal = np.array([[100.0, 100, 150, 150]] * 20)
    points = np.tile(on_the_diagonal[:, np.newaxis, :2] + 25, (1, 2, 1)) + RNG.normal(size=(20, 2, 2))
    points[:, 0, 1] -= 15
    points[:, 1, 1] += 15
    refuse_xy(points, on_the_diagonal, [1, 0])
    with pytest.raises(LandmarkFormatError, match="one below the other"):
        refuse_xy(points[..., ::-1], on_the_diagonal, [1, 0])
