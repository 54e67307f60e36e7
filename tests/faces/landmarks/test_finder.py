"""How the landmarks of one image are found."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from featkit.exceptions import ImageFormatError
from featkit.faces.detection import FaceBox
from featkit.faces.landmarks._finder import LandmarkFinder, landmark_model

IMAGE = np.full((80, 90), 100, np.uint8)


class MiddleOfBox(BaseEstimator):
    """The middle of each box, twice."""

    n_points_ = 2

    def fit(self, X, y):
        return self

    def predict(self, images, *, boxes):
        middles = (np.asarray(boxes)[:, :2] + np.asarray(boxes)[:, 2:]) / 2
        return np.tile(middles, 2)

    def __sklearn_is_fitted__(self):
        return True


@pytest.fixture
def finder():
    return LandmarkFinder(landmark_model(68, MiddleOfBox(), None, False), "largest", "auto", True, False)


@pytest.mark.parametrize("box", [(10, 20, 30, 60), FaceBox(10, 20, 30, 60), np.array([10.0, 20, 30, 60])])
def test_the_model_is_asked_for_the_box_that_is_given(finder, box):
    found = finder.at(IMAGE, box)
    assert found.points == pytest.approx(np.array([[20, 40], [20, 40]]), abs=1)
    assert np.isnan(found.spread)


@pytest.mark.parametrize("box", [None, (np.nan,) * 4, (np.nan, 0, 9, 9)])
def test_no_box_has_no_points(finder, box):
    assert np.isnan(finder.at(IMAGE, box).points).all()
    assert finder.at(IMAGE, box).points.shape == (2, 2)


@pytest.mark.parametrize("box", [(1, 2, 3), np.zeros((2, 4)), (90, 90, 95, 95)])
def test_other_boxes_are_refused(finder, box):
    with pytest.raises(ImageFormatError, match="Expected a box"):
        finder.at(IMAGE, box)


def test_an_image_without_a_face_has_no_points(finder):
    assert np.isnan(finder.detect(IMAGE).points).all()
