"""What the 68 points are; a face in (x, y) is told from one in (row, column)."""

from functools import partial

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import LandmarkGeometry, align_face, head_pose, landmark_descriptors
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


@pytest.mark.parametrize("value", [0, -1])
@pytest.mark.parametrize("missing", [[30], [0, 45, 67], list(range(36, 48))])
def test_missing_points_at_the_origin_are_refused_with_the_line_that_cures_it(annotated_faces, value, missing):
    _, face = annotated_faces["einstein"]
    table = np.stack([face, face])
    table[1, missing] = value
    for use in (check_face_landmarks, LandmarkGeometry().fit_transform, head_pose):
        with pytest.raises(LandmarkFormatError, match=f"for point {missing[0]} of row 1, far from all") as told:
            use(table.reshape(2, -1))
    cured = {"points": table, "numpy": np}
    exec(str(told.value).partition("others: ")[2].rstrip("."), cured)
    expected = np.stack([face, face])
    expected[1, missing] = np.nan
    np.testing.assert_array_equal(check_face_landmarks(cured["points"].reshape(2, -1)), expected)


def test_a_point_in_the_corner_of_the_image_beside_the_others_is_a_point(annotated_faces):
    _, face = annotated_faces["einstein"]
    corner = face - face[0]  # the first one lies at (0, 0)
    np.testing.assert_array_equal(check_face_landmarks(corner.reshape(1, -1))[0], corner)
    nowhere = np.zeros((1, 136))  # all of them: no face
    assert np.isnan(LandmarkGeometry().fit_transform(nowhere)).all()


@pytest.mark.parametrize("n_points", [68, 5, 2])
def test_fractions_of_the_size_of_the_image_are_no_pixels(annotated_faces, n_points):
    image, face = annotated_faces["takeo"]
    points = {
        68: face,
        5: face[[45, 42, 36, 39, 33]],
        2: np.stack([face[36:42].mean(axis=0), face[42:48].mean(axis=0)]),
    }
    fractions = points[n_points] / image.shape[:2]
    uses = [partial(align_face, height=40, width=40), *([landmark_descriptors] if n_points == 68 else [])]
    for use in uses:
        with pytest.raises(
            LandmarkFormatError, match=r"fractions of the size of the image: points \* \(height, width\)"
        ):
            use(image, fractions)
        np.testing.assert_allclose(use(image, fractions * image.shape[:2]), use(image, points[n_points]), atol=1)


@pytest.mark.parametrize("shift", [17, -1, 1])
@pytest.mark.parametrize("sway", [0, 0.4])
def test_points_in_another_order_are_refused_with_the_line_that_cures_it(shift, sway, annotated_faces):
    points = table_of(annotated_faces).reshape(-1, 68, 2) * (1, 1 - sway)  # a head turned away is narrow
    check_face_landmarks(points.reshape(len(points), -1))
    moved = np.roll(points, -shift, axis=1)  # one of the three faces is one from some side when shifted by one, too
    with pytest.raises(
        LandmarkFormatError, match=rf"first in row [12]: numpy.roll\(points, {shift}, axis=-2\)"
    ) as told:
        check_face_landmarks(np.concatenate([points[:1], moved]).reshape(len(points) + 1, -1))
    cure = str(told.value).rpartition(": ")[2].partition(" of points")[0]
    np.testing.assert_array_equal(eval(cure, {"numpy": np, "points": moved}), points)
