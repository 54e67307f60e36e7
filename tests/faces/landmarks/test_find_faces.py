import numpy as np
import pytest
from skimage.data import astronaut, coins

from featkit import FaceLandmarks, detect_faces
from featkit.faces.landmarks import face_landmarks, find_faces
from featkit.parameters import InvalidParameterError


@pytest.fixture(scope="module")
def pair():
    """Two faces, the left one smaller."""
    face = astronaut()[:300, 90:350]
    small = np.zeros_like(face)
    small[60:210, 60:190] = face[::2, ::2]
    return np.hstack([small, face])


def test_all_faces_are_found_largest_first(pair):
    faces = find_faces(pair, average=False)
    boxes = detect_faces(pair, which="all")
    assert [face.box for face in faces] == boxes
    assert len(faces) == 2
    assert faces[0].points[:, 1].min() > 260 > faces[1].points[:, 1].max()
    assert all(np.isnan(face.quality) for face in faces)


def test_one_face_has_the_landmarks_and_quality_of_the_extractor(pair):
    (face,) = find_faces(pair, which="largest")
    assert np.array_equal(face.points, face_landmarks(pair))
    row = FaceLandmarks(add_quality=True).transform([pair])[0]
    assert face.quality == row[-1]


def test_no_face_gives_an_empty_list():
    assert find_faces(coins()[:150, :150], n_points=5, search=False) == []


@pytest.mark.parametrize("wrong", [{"n_points": 68.0}, {"n_points": 6}, {"which": "first"}, {"detector": "none"}])
def test_parameters_are_checked(pair, wrong):
    with pytest.raises(InvalidParameterError):
        find_faces(pair, **wrong)
