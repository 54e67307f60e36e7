"""The schemes that are known by name."""

import numpy as np
import pytest

from featkit.faces.landmarks import FACE_MIRROR, FACE_REGIONS, landmark_scheme
from featkit.faces.landmarks.schemes._drawn import drawn_face
from featkit.faces.landmarks.schemes.known_schemes import SCHEME_NAMES, SCHEME_OF_COUNT, scheme_of, scheme_of_count
from featkit.parameters import InvalidParameterError
from tests.faces.exchange.test_convert_landmarks import MEDIAPIPE_PAIRS, WFLW_MIRROR

COUNTS = {"300w": 68, "dlib": 5, "retinaface": 5, "eyes": 2, "cofw": 29, "wflw": 98, "lapa": 106, "insightface": 106}
COUNTS |= {"helen": 194, "mediapipe": 478, "mediapipe_468": 468}


def test_number_of_points():
    assert {name: landmark_scheme(name).n_points for name in SCHEME_NAMES} == COUNTS
    assert all(scheme_of_count(count).n_points == count for count in SCHEME_OF_COUNT)


def test_the_68_points():
    scheme = landmark_scheme("300w")
    assert scheme.mirror == FACE_MIRROR
    assert scheme.regions == FACE_REGIONS
    assert scheme.eye_corners == (36, 39, 42, 45)


def test_mirrors_that_are_written_out():
    assert list(landmark_scheme("wflw").mirror) == WFLW_MIRROR
    assert landmark_scheme("dlib").mirror == (2, 3, 0, 1, 4)
    assert landmark_scheme("retinaface").mirror == (1, 0, 2, 4, 3)
    cofw = [1, 0, 3, 2, 6, 7, 4, 5, 9, 8, 11, 10, 14, 15, 12, 13, 17, 16, 19, 18, 20, 21, 23, 22, *range(24, 29)]
    assert list(landmark_scheme("cofw").mirror) == cofw
    mesh = landmark_scheme("mediapipe").mirror
    assert all(mesh[left] == right for left, right in MEDIAPIPE_PAIRS.items())
    # rings of the irises begin at the right of the image in both eyes
    assert mesh[468:] == (473, 476, 475, 474, 477, 468, 471, 470, 469, 472)


def test_every_point_of_insightface_is_one_of_lapas():
    lapa, other = landmark_scheme("lapa"), landmark_scheme("insightface")
    number = dict(zip(np.concatenate(lapa.lines), np.concatenate(other.lines), strict=True))
    assert sorted(number.values()) == list(range(106))
    assert all(other.mirror[number[point]] == number[lapa.mirror[point]] for point in range(106))


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_the_drawn_face_is_symmetric_and_has_every_point_of_a_region(name):
    scheme = landmark_scheme(name)
    points = drawn_face(name)
    np.testing.assert_allclose(points[list(scheme.mirror)] * (1, -1), points, atol=1e-9)
    in_regions = sorted({point for region in scheme.regions.values() for point in region})
    assert np.isfinite(points[in_regions]).all()
    if "mediapipe" not in name:
        assert in_regions == list(range(scheme.n_points))
    left, right = scheme.middles_of_eyes(points)
    assert left[1] < 0 < right[1]
    for region, numbers in scheme.regions.items():
        if region.startswith("left_"):
            assert (points[list(numbers), 1] < 0).all()


def test_counterparts_lie_where_those_of_300w_lie():
    reference = drawn_face("300w")
    for name in SCHEME_NAMES:
        scheme = landmark_scheme(name)
        found = scheme.in_300w(np.nan_to_num(drawn_face(name), nan=50.0)[np.newaxis])[0]
        known = sorted(scheme.known - {29, 30, 31, 35} if "mediapipe" in name else scheme.known)
        assert np.abs(found[known] - reference[known]).max(initial=0) < 0.25, name


def test_names_and_schemes():
    assert scheme_of("wflw") is landmark_scheme("wflw") is scheme_of(landmark_scheme("wflw"))
    with pytest.raises(InvalidParameterError, match="'name' parameter"):
        landmark_scheme("aflw")
