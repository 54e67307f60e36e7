"""Crops of faces have the eyes on their two points, and a map back to the photo."""

import numpy as np
import pytest
from skimage.data import astronaut, chelsea
from skimage.transform import rotate

from featkit import FaceAligner, FaceLandmarks
from featkit.exceptions import ImageFormatError, SubjectNotFoundError
from featkit.faces.description import align_face, face_alignment_map
from featkit.faces.landmarks import face_landmarks
from featkit.image import transform_points
from featkit.preprocessing.geometry import resize

FIVE = FaceLandmarks(n_points=5)


def test_the_map_leads_from_the_places_of_the_eyes_to_the_eyes():
    crop_map = face_alignment_map([[20, 30], [24, 50]], height=100, width=80, eye_row=0.3, eye_distance=0.5)
    places = [[29.5, 39.5 - 20], [29.5, 39.5 + 20]]  # 0.3 of the height; 0.5 of the width about its middle
    assert transform_points(places, crop_map) == pytest.approx(np.array([[20, 30], [24, 50]]))
    linear = crop_map[:, :2]
    assert linear @ linear.T == pytest.approx(np.eye(2) * np.linalg.det(linear))  # a similarity, nothing is mirrored
    assert np.linalg.det(linear) > 0


def test_all_sets_of_points_have_the_middles_of_the_eyes():
    many = np.zeros((68, 2))
    many[36:42], many[42:48] = [20, 30], [24, 50]
    five = [[24, 52], [24, 48], [20, 28], [20, 32], [40, 40]]  # the eye at the right of the picture comes first
    expected = face_alignment_map([[20, 30], [24, 50]], height=9, width=9)
    for points in (many, five, many.ravel(), np.ravel(five)):
        assert face_alignment_map(points, height=9, width=9) == pytest.approx(expected)


def test_other_numbers_of_points_are_refused():
    with pytest.raises(ImageFormatError, match=r"68 or 5 landmarks .* got \(7, 2\)"):
        face_alignment_map(np.zeros((7, 2)), height=9, width=9)


def test_eyes_at_their_places_leave_the_picture_as_it_is():
    image = astronaut()[:100, :80]
    crop = align_face(image, [[34.5, 23.5], [34.5, 55.5]], height=100, width=80)
    assert np.array_equal(crop[..., :3], image)
    assert (crop[..., 3] == 255).all()


@pytest.mark.parametrize("angle", [0, 25, 90, -60])
def test_faces_are_upright_in_the_crop_however_they_are_in_the_photo(portrait, angle):
    turned = np.rint(255 * rotate(portrait, angle, resize=True)).astype(np.uint8)
    aligner = FaceAligner(height=120, width=100)
    (crop,) = aligner.fit_transform([turned])
    points = face_landmarks(crop)
    eyes = points[36:42], points[42:48]
    assert [eye.mean(axis=0) for eye in eyes] == pytest.approx(np.array([[41.5, 29.5], [41.5, 69.5]]), abs=1.5)


def test_points_of_the_crop_map_back_onto_the_photo(portrait):
    points = face_landmarks(portrait)
    crop = align_face(portrait, points, height=120, width=100)
    back = transform_points(face_landmarks(crop), face_alignment_map(points, height=120, width=100))
    assert np.hypot(*(back - points).T).mean() < 2


def test_without_a_face():
    cat = chelsea()
    aligner = FaceAligner(height=60, width=90, landmarks=FaceLandmarks(n_points=5, search=False))
    with pytest.raises(SubjectNotFoundError, match="no face was found") as caught:
        aligner.fit_transform([cat])
    assert caught.value.__notes__ == ["image 0 of the batch"]
    (empty,) = aligner.set_params(on_failure="empty").fit_transform([cat])
    assert empty.shape == (60, 90, 4)
    assert not empty.any()
    (whole,) = aligner.set_params(on_failure="keep").fit_transform([cat[:, :450]])
    assert np.abs(whole[..., :3].astype(int) - resize(cat[:, :450], height=60, width=90)).mean() < 3
    assert (whole[..., 3] == 255).all()


def test_a_mask_is_cropped_like_a_photo():
    mask = np.zeros((100, 80), bool)
    mask[:50] = True
    crop = align_face(mask, [[34.5, 23.5], [34.5, 55.5]], height=100, width=80)
    assert np.array_equal(crop, mask)
