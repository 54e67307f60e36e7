"""Crops of faces have the eyes on their two points, and a map back to the photo."""

import numpy as np
import pytest
from skimage.data import astronaut, chelsea
from skimage.transform import rotate

from featkit import FaceAligner, FaceLandmarks, FeatureExtractor
from featkit.exceptions import ImageFormatError, LandmarkFormatError, SubjectNotFoundError
from featkit.faces.description import align_face, face_alignment_map
from featkit.faces.landmarks import face_landmarks
from featkit.faces.landmarks.shapes import landmark_names
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
    many[36:42], many[42:48], many[[33, 51]] = [20, 30], [24, 50], [40, 40]
    five = [[24, 52], [24, 48], [20, 28], [20, 32], [40, 40]]  # the eye at the right of the image comes first
    expected = face_alignment_map([[20, 30], [24, 50]], height=9, width=9)
    for points in (many, five, many.ravel(), np.ravel(five)):
        assert face_alignment_map(points, height=9, width=9) == pytest.approx(expected)


FIVE_POINTS = {  # of one face, in two orders
    "dlib": [[20, 62], [20, 50], [20, 18], [20, 30], [52, 40]],
    "retinaface": [[20, 24], [20, 56], [44, 40], [62, 28], [62, 52]],
}


@pytest.mark.parametrize("turn", [0, 40, 90, 180, -100])
def test_five_points_in_their_scheme_have_the_middles_of_the_eyes(turn):
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = face_alignment_map(np.array([[20, 24], [20, 56]]) @ rotation, height=60, width=50)
    for scheme, points in FIVE_POINTS.items():
        found = face_alignment_map(points @ rotation, height=60, width=50, scheme=scheme)
        assert found == pytest.approx(expected)


@pytest.mark.parametrize("turn", [0, 40, 90, 180, -100])
def test_points_of_another_scheme_or_in_xy_are_refused(turn):
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    dlib, retinaface = (np.array(points) @ rotation for points in FIVE_POINTS.values())
    wrong = [(retinaface, None), (retinaface, "dlib"), (dlib, "retinaface"), (dlib[:, ::-1], None)]
    wrong += [(retinaface[:, ::-1], "retinaface"), (retinaface[[1, 0, 2, 4, 3]], "retinaface")]
    for points, scheme in wrong:
        with pytest.raises(LandmarkFormatError, match=r"cannot be these.*`scheme` names another order"):
            face_alignment_map(points, height=9, width=9, scheme=scheme)


def test_annotated_faces_are_possible_and_in_xy_they_are_not(annotated_faces):
    for _, points in annotated_faces.values():
        eyes = [points[36:42].mean(axis=0), points[42:48].mean(axis=0)]
        expected = face_alignment_map(eyes, height=60, width=50)
        assert face_alignment_map(points, height=60, width=50) == pytest.approx(expected)
        with pytest.raises(LandmarkFormatError, match="only as"):
            face_alignment_map(points[:, ::-1], height=60, width=50)


@pytest.mark.parametrize("shape", [(7, 2), (2, 68), (68, 3), (106, 2), (1, 136)])
def test_other_numbers_of_points_are_refused(shape):
    with pytest.raises(LandmarkFormatError, match="68 or 5 or 2 or .* landmarks"):
        face_alignment_map(np.zeros(shape), height=9, width=9)
    with pytest.raises(LandmarkFormatError, match="Expected 5 landmarks"):
        face_alignment_map(np.zeros(shape), height=9, width=9, scheme="retinaface")


def test_bad_parameters_and_images_are_refused():
    eyes = [[2, 3], [2, 7]]
    for name, value in {"height": 0, "width": 2.5, "eye_row": 1.5, "eye_distance": 0, "scheme": "mtcnn"}.items():
        with pytest.raises(ValueError, match=f"'{name}' parameter"):
            align_face(np.zeros((9, 9)), eyes, **{"height": 5, "width": 5, name: value})
    with pytest.raises(ImageFormatError):
        align_face(np.full((9, 9), 255.0), eyes, height=5, width=5)
    with pytest.raises(LandmarkFormatError, match="cannot be these"):
        align_face(np.zeros((9, 9)), [[2, 3], [2, 3]], height=5, width=5)


def test_eyes_at_their_places_leave_the_image_as_it_is():
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


class FoundPoints(FeatureExtractor):
    """Points that are told, and whether there is a face: what an own extractor may give."""

    def __init__(self, *, points=()):
        self.points = points

    def image_extractor(self):
        return lambda image: np.array([*np.ravel(self.points), 1.0])

    def feature_names(self):
        return [*landmark_names(len(self.points)), "landmark_found"]


def test_columns_behind_the_points_do_not_count(portrait):
    expected = FaceAligner(height=60, width=50, landmarks=FIVE).fit_transform([portrait])
    for added in ({"add_found": True}, {"add_quality": True}, {"add_found": True, "add_quality": True}):
        aligner = FaceAligner(height=60, width=50, landmarks=FaceLandmarks(n_points=5, **added))
        assert np.array_equal(aligner.fit_transform([portrait]), expected)


@pytest.mark.parametrize("scheme", [*FIVE_POINTS, "eyes"])
def test_the_aligner_takes_other_schemes(portrait, scheme):
    points = {**FIVE_POINTS, "eyes": [[20, 24], [20, 56]]}[scheme]
    aligner = FaceAligner(height=60, width=50, landmarks=FoundPoints(points=points), scheme=scheme)
    expected = align_face(portrait, [[20, 24], [20, 56]], height=60, width=50)
    assert np.array_equal(aligner.fit_transform([portrait])[0], expected)


def test_the_aligner_names_a_scheme_that_does_not_fit(portrait):
    landmarks = FoundPoints(points=FIVE_POINTS["retinaface"])
    with pytest.raises(LandmarkFormatError, match="`scheme`") as caught:
        FaceAligner(height=60, width=50, landmarks=landmarks).transform([portrait])
    assert caught.value.__notes__ == ["image 0 of the batch"]
