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


def test_measures_do_not_change_when_the_image_is_moved_turned_and_scaled(faces):
    turn = 2.5 * np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
    moved = (faces.reshape(-1, 2) @ turn.T + (30, -8)).reshape(faces.shape)
    groups = ("distances", "angles", "openings", "symmetry")
    assert landmark_geometry(moved, groups=groups) == pytest.approx(landmark_geometry(faces, groups=groups), abs=1e-9)


def seen_from_afar(heads, pitch, yaw, roll):
    """Rows (n, 136) of heads (n, 68, 3): right, down, backwards; turned to the right, then up, then in the image."""
    pitch, yaw, roll = np.deg2rad([pitch, yaw, roll])
    lean = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    up = [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    aside = [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
    return (heads @ (np.array(lean) @ aside @ up).T)[..., 1::-1].reshape(len(heads), 136)


@pytest.fixture
def heads(faces):
    """The symmetric faces, every point and its counterpart as far back as each other."""
    depths = np.random.default_rng(3).uniform(0, 60, (5, 68))
    points = faces.reshape(5, 68, 2) - 50
    return np.concatenate([points[..., ::-1], (depths + depths[:, list(FACE_MIRROR)])[..., np.newaxis] / 2], axis=2)


@pytest.mark.parametrize("pose", [(0, 0, 0), (0, 40, 0), (25, 0, 0), (-20, 30, 0), (10, -35, 160)])
def test_a_symmetric_head_has_no_asymmetry_in_any_pose(heads, pose):
    table = seen_from_afar(heads, *pose)
    assert landmark_geometry(table, groups=("symmetry",)) == pytest.approx(0, abs=1e-9)


def test_asymmetry_is_half_the_difference_in_height_over_the_distance_of_the_eyes(faces):
    points = faces.reshape(5, 68, 2)
    unit = np.hypot(*(points[:, 42:48].mean(axis=1) - points[:, 36:42].mean(axis=1)).T)
    points[:, 48, 0] += 6  # one corner of the mouth hangs; its counterpart is point 54
    points[:, 20, 0] -= 4  # one brow is raised at a point; its counterpart is point 23
    found = columns(points.reshape(5, 136), groups=("symmetry",))
    assert found["face_asymmetry_mouth"] == pytest.approx(np.sqrt(2 * 3**2 / 20) / unit)
    assert found["face_asymmetry_brows"] == pytest.approx(np.sqrt(2 * 2**2 / 10) / unit)
    assert found["face_asymmetry_face"] == pytest.approx(np.sqrt(2 * (3**2 + 2**2) / 51) / unit)
    for region in ("jaw", "eyes", "nose"):
        assert found[f"face_asymmetry_{region}"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("point", "needed_by"), [(3, ["jaw"]), (62, ["face", "mouth"]), (20, ["face", "brows"])])
def test_a_missing_point_leaves_the_asymmetries_of_other_regions_as_they_are(faces, point, needed_by):
    faces = faces + np.random.default_rng(1).normal(size=faces.shape)
    before = columns(faces, groups=("symmetry",))
    faces[:, 2 * point : 2 * point + 2] = np.nan
    for name, values in columns(faces, groups=("symmetry",)).items():
        if name.removeprefix("face_asymmetry_") in needed_by:
            assert np.isnan(values).all()
        else:
            assert np.array_equal(values, before[name])


def test_left_and_right_change_places_in_the_mirror_image(faces):
    faces = faces + np.random.default_rng(1).normal(size=faces.shape)
    found, mirrored = columns(faces), columns(mirror_landmarks(faces, 100, FACE_MIRROR))
    for left in (name for name in found if "_left_" in name):
        assert mirrored[left] == pytest.approx(found[left.replace("_left_", "_right_")])


def test_points_in_xy_and_other_schemes_are_refused_everywhere(annotated_faces):
    table = np.array([points.ravel() for _, points in annotated_faces.values()])
    in_xy = table.reshape(-1, 68, 2)[..., ::-1].reshape(table.shape)
    mirrored = table.copy()
    mirrored[:, 1::2] = 500 - mirrored[:, 1::2]
    for function in (head_pose, landmark_geometry, eye_aspect_ratio, mouth_aspect_ratio):
        assert len(function(table)) == len(table)
        for wrong in (in_xy, mirrored):
            with pytest.raises(LandmarkFormatError, match=r"make a face only as \(x, y\), the first in row 0"):
                function(wrong)
        for shape in ((3, 212), (3, 10), (68, 2), (3, 68, 2), (136,)):
            with pytest.raises(LandmarkFormatError, match="136 columns"):
                function(np.zeros(shape))


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
