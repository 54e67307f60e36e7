"""dlib's models of landmarks: read, trusted, or named."""

import numpy as np
import pytest
from skimage.data import astronaut
from sklearn.base import BaseEstimator

from featkit import FaceLandmarks
from featkit.exceptions import ModelFileError
from featkit.faces.landmarks import FACE_MIRROR, find_model, landmark_scheme
from featkit.faces.landmarks._point_models import fitted_model


def test_an_unknown_model_is_not_read_unless_trusted(tmp_path):
    (tmp_path / "own.dat").write_bytes(b"no model")
    with pytest.raises(ModelFileError, match="SHA-256"):
        FaceLandmarks(model_path=tmp_path / "own.dat").fit([np.zeros((9, 9, 3), np.uint8)])


@pytest.mark.parametrize("n_bytes", [0, 1000, 100_000])
def test_a_trusted_file_that_is_no_whole_model_is_named(tmp_path, n_bytes):
    whole = find_model("landmarks_5").path.read_bytes()
    (tmp_path / "cut.dat").write_bytes(whole[:n_bytes])
    extractor = FaceLandmarks(n_points=5, model_path=tmp_path / "cut.dat", trust=True)
    with pytest.raises(ModelFileError, match=r"cut.dat: expected a landmark model of dlib, .*Replace the file"):
        extractor.fit_transform([np.zeros((9, 9, 3), np.uint8)])


def test_a_trusted_model_of_other_points_is_named():
    extractor = FaceLandmarks(n_points=68, model_path=find_model("landmarks_5").path, trust=True)
    with pytest.raises(ModelFileError, match="expected a model of 68 points, got one of 5"):
        extractor.fit_transform([astronaut()[:300, 100:350]])


class FixedPoints(BaseEstimator):
    """A predictor that is fitted: its points lie where its box does."""

    def __init__(self, n_points=68, mirror=None):
        self.n_points, self.mirror = n_points, mirror
        self.n_points_, self.box_rule_ = n_points, (2.8, -0.1)

    def fit(self, X, y=None):
        return self

    def predict(self, images, boxes):
        return np.repeat(np.asarray(boxes)[:, :2], self.n_points, axis=0).reshape(len(boxes), -1)


def test_a_predictor_tells_how_its_boxes_lie_and_by_its_mirror_whether_it_is_of_faces():
    face, other, leaf = (
        fitted_model(FixedPoints(*how)) for how in ((68, FACE_MIRROR), (68, list(range(68))), (3, (0, 2, 1)))
    )
    assert face.box_rule == other.box_rule == leaf.box_rule == (2.8, -0.1)
    assert face.eyes == landmark_scheme("300w").eyes
    assert other.eyes is leaf.eyes is None
