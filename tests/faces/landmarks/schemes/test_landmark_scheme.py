"""Schemes of one's own, and what follows from the points of 300-W that a scheme names."""

import pickle

import numpy as np
import pytest

from featkit import LandmarkGeometry, compare_faces
from featkit.exceptions import LandmarkFormatError
from featkit.faces.comparison import describe_face
from featkit.faces.description import (
    align_face,
    eye_aspect_ratio,
    face_alignment_map,
    head_pose,
    landmark_descriptors,
    landmark_descriptors_names,
    landmark_geometry,
    landmark_geometry_names,
    mouth_aspect_ratio,
)
from featkit.faces.landmarks import FACE_MIRROR, LandmarkScheme, landmark_scheme, mirror_landmarks
from featkit.faces.landmarks.schemes.landmark_scheme import evenly_along
from featkit.parameters import InvalidParameterError

WHOLE = ["wflw", "lapa", "insightface", "mediapipe", "mediapipe_468"]
ALL = [*WHOLE, "dlib", "retinaface", "cofw", "helen"]


def in_scheme(face, name):
    """Points of a scheme that lie where those of 300-W lie that they are."""
    scheme = landmark_scheme(name)
    points = np.tile(face.mean(axis=0), (scheme.n_points, 1))
    for number, sources in scheme.counterparts.items():
        points[list(sources)] = face[number]
    if scheme.jaw_line:
        half = len(scheme.jaw_line) // 2 + 1
        points[list(scheme.jaw_line[:half])] = evenly_along(face[np.newaxis, :9], half)[0]
        points[list(scheme.jaw_line[half - 1 :])] = evenly_along(face[np.newaxis, 8:17], half)[0]
    if not set(range(36, 48)) <= scheme.known:
        for eye, numbers in zip(scheme.eyes, (range(36, 42), range(42, 48)), strict=True):
            if len(eye) == 1:
                points[eye[0]] = face[numbers].mean(axis=0)
    return points


@pytest.fixture
def shown(annotated_faces):
    return annotated_faces["einstein"]


@pytest.mark.parametrize("name", WHOLE)
def test_whole_schemes_have_the_measures_of_the_68_points(shown, name):
    _, face = shown
    points = in_scheme(face, name)
    names = landmark_geometry_names()
    assert landmark_geometry_names(scheme=name) == names
    found = landmark_geometry(points.reshape(1, -1), scheme=name)[0]
    expected = landmark_geometry(face.reshape(1, -1))[0]
    if name.startswith("mediapipe"):  # whose jaw is laid anew
        is_same = np.array(["jaw" not in each and "cheek" not in each and "chin" not in each for each in names])
        np.testing.assert_allclose(found[is_same], expected[is_same], rtol=1e-6, atol=0.1)
    else:
        np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(eye_aspect_ratio(points.reshape(1, -1), scheme=name)[0], expected[39:41])
    np.testing.assert_allclose(mouth_aspect_ratio(points.reshape(1, -1), scheme=name)[0], expected[41])


@pytest.mark.parametrize("name", [name for name in ALL if name not in WHOLE])
def test_other_schemes_have_the_measures_for_which_they_have_the_points(shown, name):
    _, face = shown
    names = landmark_geometry_names(scheme=name)
    assert 0 < len(names) < 51
    found = landmark_geometry(in_scheme(face, name).reshape(1, -1), scheme=name)[0]
    assert np.isfinite(found).all()
    expected = dict(zip(landmark_geometry_names(), landmark_geometry(face.reshape(1, -1))[0], strict=True))
    scheme = landmark_scheme(name)
    unit = np.hypot(*np.diff(scheme.middles_of_eyes(in_scheme(face, name)), axis=0)[0])
    whole_unit = np.hypot(*(face[36:42].mean(axis=0) - face[42:48].mean(axis=0)))
    for measure, value in zip(names, found, strict=True):
        if "pose" not in measure:  # of fewer points
            factor = whole_unit / unit if "distance" in measure else 1
            assert value == pytest.approx(expected[measure] * factor), measure
    assert (
        LandmarkGeometry(scheme=name).fit(np.zeros((1, 2 * scheme.n_points))).get_feature_names_out().tolist() == names
    )


def test_what_a_scheme_cannot_tell_is_refused_or_missing(shown):
    _, face = shown
    with pytest.raises(InvalidParameterError, match="which has: .'distances',"):
        landmark_geometry(
            in_scheme(face, "retinaface").reshape(1, -1), groups=("pose", "openings"), scheme="retinaface"
        )
    with pytest.raises(InvalidParameterError, match="which has: none"):
        landmark_geometry_names(scheme="eyes")
    with pytest.raises(InvalidParameterError, match="none of them"):
        landmark_descriptors_names(scheme="eyes")
    assert np.isnan(eye_aspect_ratio(in_scheme(face, "cofw").reshape(1, -1), scheme="cofw")).all()
    assert np.isnan(head_pose(in_scheme(face, "dlib").reshape(1, -1), scheme="dlib")).all()
    no_eyes = LandmarkScheme(name="nose", n_points=1, counterparts={30: 0})
    with pytest.raises(LandmarkFormatError, match="names the points of the eyes"):
        align_face(np.zeros((9, 9)), [[4, 4]], height=3, width=3, scheme=no_eyes)


@pytest.mark.parametrize("name", ALL)
def test_any_scheme_is_aligned_described_and_compared(shown, name):
    image, face = shown
    points = in_scheme(face, name)
    expected = face_alignment_map(face, height=50, width=50)
    found = face_alignment_map(points, height=50, width=50, scheme=name)
    np.testing.assert_allclose(found, expected, atol=0.1 * np.abs(expected).max())
    described = describe_face(image, points, scheme=name)
    assert all(np.isfinite(each).all() for each in described)
    assert len(described.hog) == len(landmark_descriptors_names(scheme=name))
    comparison = compare_faces(image, image[:, ::-1], points=(points, _flipped(points, image, name)), scheme=name)
    assert comparison.similarities["appearance"] == pytest.approx(1, abs=0.01)
    assert comparison.scheme is landmark_scheme(name)
    if name in WHOLE:
        assert set(comparison.parts) == {"eyes", "brows", "nose", "mouth", "jaw"}
        whole = describe_face(image, face)
        np.testing.assert_allclose(described.hog, whole.hog, atol=0.2)
        assert described.hog @ whole.hog / np.linalg.norm(whole.hog) / np.linalg.norm(described.hog) > 0.98


def _flipped(points, image, name):
    return mirror_landmarks(points.reshape(1, -1), image.shape[1], landmark_scheme(name).mirror).reshape(-1, 2)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_schemes_given_as_xy_are_refused(shown, name):
    points = in_scheme(shown[1], name)[:, ::-1]
    for use in (landmark_geometry, head_pose, eye_aspect_ratio):
        with pytest.raises(LandmarkFormatError, match="::-1"):
            use(points.reshape(1, -1), scheme=name)
    for use in (landmark_descriptors, describe_face):
        with pytest.raises(LandmarkFormatError, match="::-1"):
            use(shown[0], points, scheme=name)
    with pytest.raises(LandmarkFormatError, match="::-1"):
        face_alignment_map(points, height=9, width=9, scheme=name)


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"n_points": 0}, "n_points"),
        ({"regions": {"nose": (4,)}}, "'regions' to hold points 0 to 3"),
        ({"lines": [(0, -1)]}, "'lines'"),
        ({"counterparts": {68: 0}}, "'counterparts' of points 0 to 67"),
        ({"counterparts": {30: 9}}, "'counterparts'"),
        ({"mirror": (1, 2, 0, 3)}, "pair the 4 points"),
        ({"mirror": (0, 1, 2)}, "pair the 4 points"),
        (
            {"mirror": (1, 0, 2, 3), "regions": {"left_eye": (0,), "right_eye": (2,)}},
            "'left_eye' to those of 'right_eye'",
        ),
        ({"mirror": (1, 0, 2, 3), "regions": {"nose": (0,)}}, "'nose' to those of 'nose'"),
        ({"jaw_line": (0, 1)}, "'chin'"),
    ],
)
def test_contradictions_are_refused(more, match):
    with pytest.raises(InvalidParameterError, match=match):
        LandmarkScheme(**{"name": "mine", "n_points": 4, **more})


def test_schemes_are_pickled():
    scheme = pickle.loads(pickle.dumps(landmark_scheme("cofw")))
    assert scheme.counterparts == landmark_scheme("cofw").counterparts
    assert LandmarkGeometry(scheme=scheme).fit(np.zeros((1, 58))).transform(np.full((1, 58), np.nan)).shape[0] == 1


def test_mirror_pairs_are_counterparts_of_mirror_pairs():
    for name in ALL:
        scheme = landmark_scheme(name)
        for number, points in scheme.counterparts.items():
            assert {scheme.mirror[point] for point in points} == set(scheme.counterparts[FACE_MIRROR[number]]), number
