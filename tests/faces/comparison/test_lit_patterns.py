"""LBP of the upright face in normalized light."""

import numpy as np
import pytest
from skimage.data import astronaut

from featkit.faces.comparison import describe_face
from featkit.faces.comparison._lit_patterns import HEIGHT, WIDTH, lit_patterns
from featkit.faces.description import align_face
from featkit.faces.landmarks import FACE_MIRROR, face_landmarks, mirror_landmarks
from featkit.features.binary_patterns import local_binary_pattern
from featkit.image import to_gray, to_uint8
from featkit.preprocessing.light import tan_triggs_normalization

PHOTO = astronaut()[:256, 96:352]


@pytest.fixture(scope="module")
def points():
    return face_landmarks(PHOTO)


def upright(photo, points):
    return to_gray(to_uint8(align_face(photo, points, height=HEIGHT, width=WIDTH, eye_distance=0.5)))


def patterns(crop):
    return np.sqrt(local_binary_pattern(crop, radius=3, method="nri_uniform", grid=(8, 8)))


def test_patterns_are_those_of_the_crop_and_its_mirror_image(points):
    lit = tan_triggs_normalization(upright(PHOTO, points))
    expected = (patterns(lit) + patterns(np.ascontiguousarray(lit[:, ::-1]))) / 2
    found = describe_face(PHOTO, points).lit
    assert found.shape == (3776,)
    assert np.array_equal(found, expected)


def test_patterns_bear_light_from_one_side_and_know_no_left(points):
    sidelit = (PHOTO * np.geomspace(1, 1 / 8, PHOTO.shape[1])[:, np.newaxis]).astype(np.uint8)

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    there = describe_face(PHOTO, points).lit
    kept = cosine(there, describe_face(sidelit, points).lit)
    assert kept > 0.95
    unlit = [patterns(upright(photo, points)) for photo in (PHOTO, sidelit)]
    assert 1 - kept < (1 - cosine(*unlit)) / 2
    mirrored = mirror_landmarks([points.ravel()], PHOTO.shape[1], FACE_MIRROR)[0]
    assert cosine(there, describe_face(np.ascontiguousarray(PHOTO[:, ::-1]), mirrored).lit) > 0.999


@pytest.mark.parametrize("eyes", [((np.nan, 1), (3, 4)), ((5, 5), (5, 5))])
def test_eyes_that_are_missing_or_in_one_position_have_none(eyes):
    found = lit_patterns(PHOTO, np.array(eyes, dtype=float))
    assert found.shape == (3776,)
    assert np.isnan(found).all()
