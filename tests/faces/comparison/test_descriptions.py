import numpy as np
import pytest

from featkit import FaceLandmarks
from featkit.exceptions import LandmarkFormatError
from featkit.faces.comparison import FaceDescription, describe_face, face_similarities
from featkit.faces.description import landmark_descriptors, procrustes_distance


@pytest.fixture(scope="module")
def points(portrait):
    return FaceLandmarks(average=False, search=False).transform([portrait])[0].reshape(68, 2)


def test_description_holds_landmarks_and_descriptors(portrait, points):
    face = describe_face(portrait, points)
    assert np.array_equal(face.geometry, points.ravel())
    assert np.array_equal(face.hog, landmark_descriptors(portrait, points))
    assert np.array_equal(face.lbp, landmark_descriptors(portrait, points, kind="lbp", eye_distances=(56,)))


def test_scores_against_closed_forms():
    rng = np.random.default_rng(0)
    shape = rng.uniform(0, 100, 136)
    a = FaceDescription(shape, np.array([1.0, 0, 0]), np.array([3.0, 4.0]), np.ones(2))
    b = FaceDescription(rng.uniform(0, 100, 136), np.array([1.0, 1, 0]), np.array([4.0, -3.0]), np.ones(2))
    scores = face_similarities(a, b)
    assert scores["hog"] == pytest.approx(np.cos(np.pi / 4))
    assert scores["lbp"] == pytest.approx(0)
    assert scores["appearance"] == pytest.approx(np.cos(np.pi / 4) / 2)
    assert scores["geometry"] == 1 - procrustes_distance([shape], [b.geometry])[0]
    assert face_similarities(a, a) == pytest.approx(dict.fromkeys(("appearance", "hog", "lbp", "geometry"), 1))


def test_scores_of_a_mirror_image_are_high_and_of_another_crop_lower(portrait, points):
    face = describe_face(portrait, points)
    turned = describe_face(portrait, points + 12)  # points that lie elsewhere on the face
    assert face_similarities(face, turned)["appearance"] < 0.97
    assert face_similarities(face, turned)["geometry"] == pytest.approx(1)


def test_missing_and_flat_descriptions_have_no_score():
    flat = FaceDescription(np.full(136, np.nan), np.zeros(3), np.zeros(2), np.zeros(2))
    assert np.isnan(list(face_similarities(flat, flat).values())).all()


def test_other_schemes_are_refused(portrait):
    with pytest.raises(LandmarkFormatError, match="68"):
        describe_face(portrait, np.zeros((5, 2)))
