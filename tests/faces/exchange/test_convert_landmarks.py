"""Other schemes of facial points as the 68 points of 300-W."""

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import landmark_geometry
from featkit.faces.exchange import convert_landmarks
from featkit.faces.landmarks import FACE_MIRROR, FACE_REGIONS, landmark_scheme
from featkit.faces.landmarks.schemes.landmark_scheme import evenly_along
from featkit.parameters import InvalidParameterError

# Which point lies where in the mirrored face: of WFLW and LaPa written out by parts.
WFLW_MIRROR = [
    *range(32, -1, -1),
    *(46, 45, 44, 43, 42, 50, 49, 48, 47, 37, 36, 35, 34, 33, 41, 40, 39, 38),
    *(51, 52, 53, 54, 59, 58, 57, 56, 55),
    *(72, 71, 70, 69, 68, 75, 74, 73, 64, 63, 62, 61, 60, 67, 66, 65),
    *(82, 81, 80, 79, 78, 77, 76, 87, 86, 85, 84, 83, 92, 91, 90, 89, 88, 95, 94, 93, 97, 96),
]
# Pairs of vertices of MediaPipe's mesh that are mirror images of each other, from its figure.
MEDIAPIPE_PAIRS = {
    **{33: 263, 133: 362, 160: 387, 158: 385, 144: 373, 153: 380, 70: 300, 63: 293, 105: 334, 66: 296, 107: 336},
    **{61: 291, 40: 270, 37: 267, 91: 321, 84: 314, 78: 308, 81: 311, 178: 402, 75: 305, 97: 326},
    **{127: 356, 234: 454, 93: 323, 132: 361, 58: 288, 172: 397, 136: 365, 150: 379, 149: 378, 176: 400, 148: 377},
}


def numbered(n_points):
    """Points whose row is their number."""
    return np.stack([np.arange(n_points, dtype=float), np.zeros(n_points)], axis=1)


@pytest.mark.parametrize(("scheme", "n_points"), [("300w", 68), ("wflw", 98), ("lapa", 106), ("insightface", 106)])
def test_every_point_is_one_of_the_scheme_and_none_stands_twice(scheme, n_points):
    sources = convert_landmarks(numbered(n_points), scheme).reshape(68, 2)[:, 0]
    assert len(set(sources)) == 68
    assert sources.max() < n_points


def test_points_of_wflw_that_mirror_each_other_become_points_that_do():
    sources = convert_landmarks(numbered(98), "wflw").reshape(68, 2)[:, 0].astype(int)
    np.testing.assert_array_equal(np.array(WFLW_MIRROR)[sources], sources[list(FACE_MIRROR)])


def test_vertices_of_mediapipe_that_mirror_each_other_become_points_that_do():
    partner = {**MEDIAPIPE_PAIRS, **{right: left for left, right in MEDIAPIPE_PAIRS.items()}}
    scheme = landmark_scheme("mediapipe")
    for point in range(17, 68):
        mirrored = tuple(partner.get(vertex, vertex) for vertex in scheme.counterparts[point])
        assert mirrored == scheme.counterparts[FACE_MIRROR[point]], point
    assert tuple(partner.get(vertex, vertex) for vertex in scheme.jaw_line[::-1]) == scheme.jaw_line


@pytest.mark.parametrize("scheme", ["wflw", "lapa", "insightface", "mediapipe"])
def test_a_face_of_any_scheme_has_the_geometry_of_its_68_points(scheme, annotated_faces):
    face = annotated_faces["einstein"][1]
    known = landmark_scheme(scheme)
    other = np.full((known.n_points, 2), np.nan)
    for point, sources in known.counterparts.items():
        other[list(sources)] = face[point]
    if scheme == "mediapipe":  # corners beside those of 300-W lie anywhere on its jaw line
        halves = evenly_along(face[np.newaxis, :9], 12)[0], evenly_along(face[np.newaxis, 8:17], 12)[0, 1:]
        other[list(known.jaw_line)] = np.concatenate(halves)
    converted = convert_landmarks(other[:, ::-1], scheme, order="xy")
    off = np.abs(converted.reshape(68, 2) - face)
    assert off[17:].max() < 1e-9
    assert off[list(FACE_REGIONS["jaw"])].max() < (1e-9 if scheme != "mediapipe" else 0.05 * np.ptp(face[:, 0]))
    np.testing.assert_allclose(
        landmark_geometry(converted)[0, :4], landmark_geometry(face.reshape(1, -1))[0, :4], rtol=0.1
    )


def test_fractions_of_the_image_become_pixels_and_the_depth_is_left_out(annotated_faces):
    face = annotated_faces["takeo"][1]
    scheme = landmark_scheme("mediapipe")
    as_pixels = np.full((478, 2), np.nan)
    for point, sources in scheme.counterparts.items():
        as_pixels[list(sources)] = face[point]
    as_pixels[list(scheme.jaw_line)] = evenly_along(face[np.newaxis, :17], len(scheme.jaw_line))[0]
    fractions = np.concatenate([(as_pixels[:, 1:] + 0.5) / 400, (as_pixels[:, :1] + 0.5) / 300, np.ones((478, 1))], 1)
    np.testing.assert_allclose(
        convert_landmarks(fractions, "mediapipe", order="xy", image_size=(300, 400)),
        convert_landmarks(as_pixels, "mediapipe"),
        atol=1e-9,
    )


def test_several_faces_may_come_as_points_or_as_a_table():
    faces = np.stack([numbered(98), numbered(98) + 1])
    np.testing.assert_array_equal(convert_landmarks(faces, "wflw"), convert_landmarks(faces.reshape(2, -1), "wflw"))
    assert convert_landmarks(faces, "wflw").shape == (2, 136)


def test_a_missing_point_stays_missing():
    face = numbered(98)
    face[60] = np.nan
    converted = convert_landmarks(face, "wflw").reshape(68, 2)
    assert np.flatnonzero(np.isnan(converted).any(axis=1)).tolist() == [36]


def test_points_at_equal_distances_of_a_bent_line():
    line = np.array([[[0.0, 0], [0, 3], [1, 3]]])
    np.testing.assert_allclose(evenly_along(line, 5)[0], [[0, 0], [0, 1], [0, 2], [0, 3], [1, 3]])


@pytest.mark.parametrize("shape", [(68, 2), (98,), (98, 4), (2, 97, 2), (98, 1)])
def test_other_numbers_of_points_are_refused(shape):
    with pytest.raises(LandmarkFormatError, match='Expected 98 points of each face for scheme="wflw"'):
        convert_landmarks(np.zeros(shape), "wflw")


def test_points_in_the_other_order_are_refused(annotated_faces):
    face = annotated_faces["einstein"][1]
    with pytest.raises(LandmarkFormatError, match="make a face only as"):
        convert_landmarks(face[:, ::-1], "300w")
    with pytest.raises(LandmarkFormatError, match="make a face only as"):
        convert_landmarks(face, "300w", order="xy")


def test_an_unknown_scheme_is_refused():
    with pytest.raises(InvalidParameterError, match="'scheme' parameter"):
        convert_landmarks(np.zeros((29, 2)), "aflw")
    with pytest.raises(LandmarkFormatError, match="has none"):
        convert_landmarks(np.zeros((2, 2)), "eyes")


def test_points_without_a_counterpart_are_missing(annotated_faces):
    face = annotated_faces["einstein"][1]
    cofw = landmark_scheme("cofw")
    points = np.zeros((29, 2))
    for number, (point,) in cofw.counterparts.items():
        points[point] = face[number]
    converted = convert_landmarks(points, "cofw").reshape(68, 2)
    known = sorted(cofw.known)
    np.testing.assert_array_equal(converted[known], face[known])
    assert np.isnan(np.delete(converted, known, axis=0)).all()


def test_infinite_points_are_refused():
    with pytest.raises(LandmarkFormatError, match="finite"):
        convert_landmarks(np.full((98, 2), np.inf), "wflw")
