import numpy as np
import pytest

from featkit import LandmarkGeometry
from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import (
    eye_aspect_ratio,
    head_pose,
    landmark_geometry,
    landmark_geometry_names,
    mouth_aspect_ratio,
)
from featkit.faces.description.pose import MEAN_FACE
from featkit.faces.landmarks import FACE_MIRROR, FACE_REGIONS, mirror_landmarks
from featkit.parameters import InvalidParameterError


@pytest.fixture
def faces():
    """Rows of symmetric faces with random places of the points, upright."""
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 100, (5, 68, 2))
    points[:, 36:42, 1], points[:, 42:48, 1] = rng.uniform(20, 40, (5, 6)), rng.uniform(60, 80, (5, 6))
    swapped = points[:, list(FACE_MIRROR)]
    swapped[..., 1] = 100 - swapped[..., 1]
    return ((points + swapped) / 2).reshape(5, 136)


def columns(table, **parameters):
    return dict(zip(landmark_geometry_names(**parameters), landmark_geometry(table, **parameters).T, strict=True))


def test_regions_and_mirror_speak_of_every_point_once():
    assert sorted(point for region in FACE_REGIONS.values() for point in region) == list(range(68))
    assert np.array_equal(np.array(FACE_MIRROR)[list(FACE_MIRROR)], np.arange(68))
    for region, points in FACE_REGIONS.items():
        other = region.replace("left", "x").replace("right", "left").replace("x", "right")
        assert {FACE_MIRROR[point] for point in points} == set(FACE_REGIONS[other])


def test_measures_by_hand(faces):
    points = faces.reshape(5, 68, 2)
    unit = np.hypot(*(points[:, 42:48].mean(axis=1) - points[:, 36:42].mean(axis=1)).T)
    found = columns(faces)
    assert found["face_distance_mouth_width"] == pytest.approx(np.hypot(*(points[:, 54] - points[:, 48]).T) / unit)
    one, other = points[:, 31] - points[:, 30], points[:, 35] - points[:, 30]
    cosine = (one * other).sum(axis=1) / np.hypot(*one.T) / np.hypot(*other.T)
    assert found["face_angle_nose_tip"] == pytest.approx(np.rad2deg(np.arccos(cosine)))
    lids = np.hypot(*(points[:, 41] - points[:, 37]).T) + np.hypot(*(points[:, 40] - points[:, 38]).T)
    expected = lids / 2 / np.hypot(*(points[:, 39] - points[:, 36]).T)
    assert found["face_opening_left_eye"] == pytest.approx(expected)
    assert eye_aspect_ratio(faces)[:, 0] == pytest.approx(expected)


def test_closed_mouth_has_no_opening(faces):
    points = faces.reshape(5, 68, 2).copy()
    points[:, [65, 66, 67]] = points[:, [63, 62, 61]]
    assert mouth_aspect_ratio(points.reshape(5, 136)) == pytest.approx(0)


def test_measures_do_not_change_when_the_picture_is_moved_turned_and_scaled(faces):
    turn = 2.5 * np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
    moved = (faces.reshape(-1, 2) @ turn.T + (30, -8)).reshape(faces.shape)
    groups = ("distances", "angles", "openings", "symmetry")
    assert landmark_geometry(moved, groups=groups) == pytest.approx(landmark_geometry(faces, groups=groups), abs=1e-9)


def test_symmetric_face_has_no_asymmetry_and_a_shifted_mouth_has_some(faces):
    assert landmark_geometry(faces, groups=("symmetry",)) == pytest.approx(0, abs=1e-9)
    faces.reshape(5, 68, 2)[:, 48:, 1] += 4
    found = columns(faces, groups=("symmetry",))
    assert (found["face_asymmetry_mouth"] > 2 * found["face_asymmetry_eyes"]).all()


def test_left_and_right_change_places_in_the_mirror_image(faces):
    faces = faces + np.random.default_rng(1).normal(size=faces.shape)
    found, mirrored = columns(faces), columns(mirror_landmarks(faces, 100, FACE_MIRROR))
    for left in (name for name in found if "_left_" in name):
        assert mirrored[left] == pytest.approx(found[left.replace("_left_", "_right_")])


def projected(pitch, yaw, roll):
    """Landmarks of the mean face of a head turned by angles in degrees, from afar."""
    pitch, yaw, roll = np.deg2rad([pitch, yaw, roll])
    lean = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    up = [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    aside = [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
    seen = np.array(list(MEAN_FACE.values())) @ (np.array(aside) @ up @ lean).T + (0, 0, 1000)
    points = np.full((68, 2), np.nan)
    points[list(MEAN_FACE)] = 700 * (seen / seen[:, 2:])[:, 1::-1] + 200
    return points.reshape(1, 136)


@pytest.mark.parametrize("pose", [(0, 0, 0), (20, 0, 0), (0, 35, 0), (0, 0, 25), (-15, -30, 10)])
def test_pose_of_a_turned_mean_face(pose):
    assert head_pose(projected(*pose))[0] == pytest.approx(pose, abs=1.5)


def test_nose_to_the_right_is_positive_yaw_and_up_is_positive_pitch():
    aside, up = projected(0, 30, 0).reshape(68, 2), projected(25, 0, 0).reshape(68, 2)
    frontal = projected(0, 0, 0).reshape(68, 2)
    eyes = [36, 39, 42, 45]
    assert aside[30, 1] - aside[eyes, 1].mean() > 5
    assert up[30, 0] - up[eyes, 0].mean() < frontal[30, 0] - frontal[eyes, 0].mean() - 5


def test_missing_points_make_only_what_needs_them_missing(faces):
    faces[0, 2 * 8 : 2 * 8 + 2] = np.nan
    faces[1] = np.nan
    found = columns(faces)
    assert np.isnan(found["face_distance_face_height"]).tolist() == [True, True, False, False, False]
    assert np.isnan(found["face_distance_mouth_width"]).tolist() == [False, True, False, False, False]
    assert np.isnan(found["face_pose_yaw"]).tolist() == [False, True, False, False, False]


def test_bad_groups_and_tables_are_refused(faces):
    for groups in (("lengths",), ("pose", "pose"), ()):
        with pytest.raises(InvalidParameterError, match="groups"):
            LandmarkGeometry(groups=groups).fit(faces)
    with pytest.raises(LandmarkFormatError, match="136 columns"):
        LandmarkGeometry().fit(faces[:, :10])
