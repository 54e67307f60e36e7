"""What the 68 points are; a face in (x, y) is told from one in (row, column)."""

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import landmark_descriptors
from featkit.faces.landmarks import FACE_MIRROR, mirror_landmarks
from featkit.faces.landmarks.scheme import check_face_landmarks


def table_of(annotated_faces):
    return np.array([points.ravel() for _, points in annotated_faces.values()])


@pytest.mark.parametrize("turn", [0, 45, 90, 180, 250])
def test_faces_are_accepted_however_they_are_turned_and_refused_in_xy(annotated_faces, turn):
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = table_of(annotated_faces).reshape(-1, 68, 2) @ rotation
    assert np.array_equal(check_face_landmarks(points.reshape(-1, 136)), points)
    with pytest.raises(LandmarkFormatError, match=r"points\[\.\.\., ::-1\]"):
        check_face_landmarks(points[..., ::-1].reshape(-1, 136))


def test_a_mirrored_face_wants_its_new_numbers(annotated_faces):
    table = table_of(annotated_faces)
    check_face_landmarks(mirror_landmarks(table, 500, FACE_MIRROR))
    with pytest.raises(LandmarkFormatError, match="mirror_landmarks"):
        check_face_landmarks(mirror_landmarks(table, 500, range(68)))


def test_the_row_in_xy_is_named_and_what_is_no_face_is_left_alone(annotated_faces):
    table = table_of(annotated_faces)
    table[2] = table[2].reshape(68, 2)[:, ::-1].ravel()
    with pytest.raises(LandmarkFormatError, match="first in row 2"):
        check_face_landmarks(table)
    rng = np.random.default_rng(0)
    for anything in (rng.uniform(0, 400, (50, 136)), np.zeros((1, 136)), np.full((2, 136), np.nan)):
        check_face_landmarks(anything)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["rows first", "x first"])
def test_all_rows_before_all_columns_are_refused_with_the_line_that_cures_it(annotated_faces, order):
    table = np.array([points.ravel() for _, points in annotated_faces.values()])
    separate = np.moveaxis(table.reshape(-1, 68, 2)[..., list(order)], 2, 1).reshape(table.shape)
    with pytest.raises(LandmarkFormatError, match="all of one coordinate and then all of the other") as told:
        check_face_landmarks(separate)
    line = str(told.value).rpartition("row 0: ")[2].removesuffix(".")
    np.testing.assert_array_equal(eval(line, {"numpy": np, "table": separate}), table)
    with pytest.raises(LandmarkFormatError, match="all of one coordinate"):
        landmark_descriptors(np.zeros((500, 500), np.uint8), separate[0])
