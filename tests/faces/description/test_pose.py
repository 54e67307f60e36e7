"""Head pose: pitch, yaw and roll of a turned mean face."""

import numpy as np
import pytest

from featkit.faces.description import (
    head_pose,
)
from featkit.faces.landmarks.scheme import MEAN_FACE


def projected(pitch, yaw, roll):
    """Landmarks of the mean face of a head turned by angles in degrees, from afar."""
    pitch, yaw, roll = np.deg2rad([pitch, yaw, roll])
    lean = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    up = [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    aside = [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
    seen = np.array(list(MEAN_FACE.values())) @ (np.array(lean) @ aside @ up).T + (0, 0, 1000)
    points = np.full((68, 2), np.nan)
    points[list(MEAN_FACE)] = 700 * (seen / seen[:, 2:])[:, 1::-1] + 200
    return points.reshape(1, 136)


@pytest.mark.parametrize("pose", [(0, 0, 0), (20, 0, 0), (0, 35, 0), (0, 0, 25), (-15, -30, 10), (10, 25, 140)])
def test_pose_of_a_turned_mean_face(pose):
    assert head_pose(projected(*pose))[0] == pytest.approx(pose, abs=1.5)


@pytest.mark.parametrize("turn", [-150, -90, 20, 45, 90, 180])
def test_turning_the_image_changes_the_roll_alone(annotated_faces, turn):
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # of (row, col), clockwise
    table = np.array([points.ravel() for _, points in annotated_faces.values()])
    turned = (table.reshape(-1, 2) @ rotation.T).reshape(table.shape)
    before, after = head_pose(table), head_pose(turned)
    assert after[:, :2] == pytest.approx(before[:, :2], abs=0.01)
    assert (after[:, 2] - before[:, 2] - turn + 180) % 360 - 180 == pytest.approx(np.zeros(len(table)), abs=0.01)


def test_nose_to_the_right_is_positive_yaw_and_up_is_positive_pitch():
    aside, up = projected(0, 30, 0).reshape(68, 2), projected(25, 0, 0).reshape(68, 2)
    frontal = projected(0, 0, 0).reshape(68, 2)
    eyes = [36, 39, 42, 45]
    assert aside[30, 1] - aside[eyes, 1].mean() > 5
    assert up[30, 0] - up[eyes, 0].mean() < frontal[30, 0] - frontal[eyes, 0].mean() - 5


def test_five_known_points_are_too_few_and_six_enough():
    points = projected(10, -20, 30).reshape(68, 2)
    known = list(MEAN_FACE)
    for n_known, is_found in ((5, False), (6, True)):
        some = np.full((68, 2), np.nan)
        some[known[:n_known]] = points[known[:n_known]]
        assert np.isfinite(head_pose(some.reshape(1, 136))).all() == is_found


def test_points_that_all_lie_in_one_position_have_no_pose():
    assert np.isnan(head_pose(np.full((1, 136), 7.0))).all()
