"""Landmarks of an extractor of any origin."""

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.landmarks._extracted import extracted_landmarks
from featkit.faces.landmarks.schemes.landmark_scheme import LandmarkScheme

IMAGE = np.zeros((9, 9))


class Gives:
    def __init__(self, rows, names=None):
        self.rows, self.names = rows, names

    def transform(self, images):
        assert len(images) == 1
        return self.rows

    def get_feature_names_out(self):
        return self.names or [f"x{k}" for k in range(np.shape(self.rows)[-1])]


def test_a_row_becomes_points():
    assert extracted_landmarks(Gives([[1, 2, 3, 4]]), IMAGE).tolist() == [[1, 2], [3, 4]]
    assert np.isnan(
        extracted_landmarks(Gives([[np.nan] * 4]), IMAGE, scheme=LandmarkScheme(name="mine", n_points=2))
    ).all()


def test_columns_behind_the_points_are_left_out():
    names = ["a_row", "a_col", "landmark_found", "landmark_quality"]
    assert extracted_landmarks(
        Gives([[1, 2, 1, 0.9]], names), IMAGE, scheme=LandmarkScheme(name="mine", n_points=1)
    ).tolist() == [[1, 2]]


@pytest.mark.parametrize("rows", [[[1, 2, 3]], [1, 2, 3, 4], [[1, 2], [3, 4]], [[[1, 2]]]])
def test_other_shapes_are_refused_and_the_extractor_is_named(rows):
    with pytest.raises(LandmarkFormatError, match="an even number of columns.*from Gives"):
        extracted_landmarks(Gives(rows), IMAGE)


def test_another_number_of_points_is_refused():
    with pytest.raises(LandmarkFormatError, match="5 landmarks of one image, a row of 10 columns"):
        extracted_landmarks(Gives([[1, 2, 3, 4]]), IMAGE, scheme=LandmarkScheme(name="mine", n_points=5))


def test_infinite_points_are_refused():
    with pytest.raises(LandmarkFormatError, match="write NaN"):
        extracted_landmarks(Gives([[1, np.inf]]), IMAGE)
