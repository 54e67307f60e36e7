"""Faces relative to a neutral face: closed forms, whose neutral face belongs to which row, what is missing."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from featkit import ExpressionGeometry
from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import landmark_geometry
from featkit.faces.expression import expression_geometry, expression_geometry_names

ALL = ("distances", "angles", "openings", "symmetry", "pose")


def face(seed=0, noise=0.0):
    """300-W's points of a face of 100 pixels from eye to eye, upright."""
    rng = np.random.default_rng(seed)
    around = np.linspace(np.pi, 0, 17)
    points = np.full((68, 2), np.nan)
    points[:17] = np.column_stack([60 + 150 * np.sin(around), 110 * np.cos(around)])
    for first, col in ((17, -50), (22, 50)):
        points[first : first + 5] = np.column_stack([[-30, -36, -38, -36, -30], col + np.linspace(-28, 28, 5)])
    points[27:31] = np.column_stack([[0, 22, 44, 66], np.zeros(4)])
    points[31:36] = np.column_stack([[80, 84, 86, 84, 80], [-24, -12, 0, 12, 24]])
    for first, col in ((36, -50), (42, 50)):
        points[first : first + 6] = [
            [0, col - 20],
            [-7, col - 7],
            [-7, col + 7],
            [0, col + 20],
            [7, col + 7],
            [7, col - 7],
        ]
    points[48:54] = [[120, -40], [110, -25], [105, -10], [107, 0], [105, 10], [110, 25]]
    points[54:60] = [[120, 40], [132, 25], [136, 10], [137, 0], [136, -10], [132, -25]]
    points[60:68] = [[120, -36], [118, -12], [118, 0], [118, 12], [120, 36], [122, 12], [122, 0], [122, -12]]
    return (points + (200, 200) + rng.normal(0, noise, (68, 2))).ravel()


def column(changes, name, groups=("distances", "angles", "openings")):
    return changes[:, expression_geometry_names(groups=groups).index(name)]


def moved(points, numbers, by):
    points = points.reshape(68, 2).copy()
    points[list(numbers)] += by
    return points.ravel()


def test_nothing_moved_is_one_and_zero():
    rows = np.stack([face(seed, 3) for seed in range(4)])
    changes = expression_geometry(rows, rows, groups=ALL)
    expected = [float(name.endswith("_ratio")) for name in expression_geometry_names(groups=ALL)]
    assert np.array_equal(changes, np.tile(expected, (4, 1)))


def test_movements_have_closed_forms():
    at_rest = face()
    raised = moved(at_rest, range(17, 27), (-17, 0))  # brows lie 34 above the eyes
    broad = moved(moved(at_rest, [48], (0, -20)), [54], (0, 20))  # 80 pixels become 120
    closed = moved(moved(at_rest, [37, 38], (7, 0)), [40, 41], (-7, 0))  # lids 14 apart, corners 40
    changes = expression_geometry([raised, broad, closed], [at_rest] * 3)
    assert column(changes, "face_distance_left_brow_to_eye_ratio") == pytest.approx([1.5, 1, 1])
    assert column(changes, "face_distance_right_brow_to_eye_ratio") == pytest.approx([1.5, 1, 1])
    assert column(changes, "face_distance_mouth_width_ratio") == pytest.approx([1, 1.5, 1])
    assert column(changes, "face_opening_left_eye_change") == pytest.approx([0, 0, -14 / 40])
    assert column(changes, "face_opening_right_eye_change") == pytest.approx([0, 0, 0])
    angle = np.rad2deg(2 * (np.arctan2(60, 13) - np.arctan2(40, 13)))  # at the middle of the upper lip, 13 above
    assert column(changes, "face_angle_upper_lip_change") == pytest.approx([0, angle, 0])


def test_ratios_are_those_of_the_measures_and_all_else_is_their_difference():
    one, other = np.stack([face(1, 4), face(2, 4)]), np.stack([face(3, 4), face(4, 4)])
    measures = [landmark_geometry(each, groups=("distances", "symmetry")) for each in (one, other)]
    changes = expression_geometry(one, other, groups=("distances", "symmetry"))
    assert np.array_equal(changes[:, :27], (measures[0] / measures[1])[:, :27])
    assert np.array_equal(changes[:, 27:], (measures[0] - measures[1])[:, 27:])


def test_where_the_face_lies_in_the_image_changes_nothing_but_the_roll():
    at_rest, now = face(0, 2), face(1, 2)
    angle = np.deg2rad(20)
    turn = 1.7 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    elsewhere = (now.reshape(68, 2) @ turn.T + (900, 500)).ravel()
    names = expression_geometry_names(groups=ALL)
    here, there = (expression_geometry([each], [at_rest], groups=ALL)[0] for each in (now, elsewhere))
    differs = ~np.isclose(here, there, atol=1e-6)
    assert [name for name, differ in zip(names, differs, strict=True) if differ] == ["face_pose_roll_change"]
    assert abs(there - here).max() == pytest.approx(20)


def test_a_head_that_turns_through_upside_down_rolls_by_the_shorter_way():
    angles = np.deg2rad([170, -170])
    shapes = [face().reshape(68, 2) @ [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]] + 500 for a in angles]
    one, other = (shape.reshape(1, -1) for shape in shapes)
    roll = column(expression_geometry(one, other, groups=("pose",)), "face_pose_roll_change", ("pose",))
    assert np.abs(roll) == pytest.approx(20)


def test_every_row_has_the_neutral_face_of_its_person():
    people = [face(seed, 5) for seed in (1, 2)]
    owners = np.array([0, 1, 0, 1, 1])
    rises = np.array([0, 3, 6, 9, 12])
    frames = np.stack([moved(people[who], range(17, 27), (-up, 0)) for who, up in zip(owners, rises, strict=True)])
    neutral = np.stack([people[who] for who in owners])
    changes = column(
        ExpressionGeometry().fit_transform(frames, neutral=neutral), "face_distance_left_brow_to_eye_ratio"
    )
    order = np.array([4, 2, 0, 3, 1])
    shuffled = ExpressionGeometry().fit(frames).transform(frames[order], neutral=neutral[order])
    assert np.array_equal(column(shuffled, "face_distance_left_brow_to_eye_ratio"), changes[order])
    alone = [expression_geometry([frame], [people[who]])[0] for frame, who in zip(frames, owners, strict=True)]
    assert np.array_equal(ExpressionGeometry().fit(frames).transform(frames, neutral=neutral), alone)
    assert changes[0] == 1
    assert (np.diff(changes[[0, 2]]) > 0).all()
    assert (np.diff(changes[[1, 3, 4]]) > 0).all()


def test_without_neutral_faces_it_is_the_median_of_fit():
    at_rest = np.stack([face(0), moved(face(0), range(17, 27), (-1, 0)), moved(face(0), range(17, 27), (2, 0))])
    lost = np.vstack([at_rest, np.full((1, 136), np.nan)])
    movement = ExpressionGeometry().fit(lost)
    frames = np.stack([moved(face(0), [48], (-9, 0)), np.full(136, np.nan)])
    found = movement.transform(frames)
    assert np.isnan(found[1]).all()
    assert np.allclose(found[:1], expression_geometry(frames[:1], at_rest[:1]), atol=0.02, rtol=0)
    assert column(found, "face_distance_nose_width_ratio")[0] == 1
    nobody = ExpressionGeometry().fit(np.full((2, 136), np.nan))
    assert np.isnan(nobody.transform(frames)).all()


def test_missing_points_and_closed_lips_at_rest():
    at_rest, now = face(), face(1, 3)
    now[2 * 17] = np.nan
    changes = expression_geometry([now], [at_rest])
    names = expression_geometry_names()
    missing = [name for name, value in zip(names, changes[0], strict=True) if np.isnan(value)]
    brow = ("distance_left_brow_width_ratio", "distance_left_brow_to_eye_ratio", "angle_left_brow_change")
    assert missing == [f"face_{name}" for name in brow]
    pressed = at_rest.copy()
    pressed[2 * 62 : 2 * 63] = pressed[2 * 51 : 2 * 52]  # no upper lip: its distance is nothing to divide by
    pressed[2 * 62 + 1] = pressed[2 * 51 + 1]
    assert np.isnan(column(expression_geometry([at_rest], [pressed]), "face_distance_upper_lip_ratio")).all()
    assert column(expression_geometry([pressed], [at_rest]), "face_distance_upper_lip_ratio") == 0


def test_other_schemes_have_the_measures_that_they_have_points_for():
    names = expression_geometry_names(scheme="retinaface")
    assert names
    assert set(names) < set(expression_geometry_names())
    rows = np.array([[40, 30, 40, 70, 60, 50, 80, 35, 80, 65]], dtype=float)
    broad = rows + [[0, 0, 0, 0, 0, 0, 0, -15, 0, 15]]
    changes = expression_geometry(broad, rows, scheme="retinaface")
    assert changes[0, names.index("face_distance_mouth_width_ratio")] == pytest.approx(2)


@pytest.mark.parametrize("neutral", [np.zeros((1, 136)), np.zeros((3, 136)), np.zeros((2, 134)), np.zeros(136)])
def test_neutral_faces_that_fit_no_rows_are_refused(neutral):
    rows = np.stack([face(0, 1), face(1, 1)])
    neutral = neutral + face()[: neutral.shape[-1]]
    with pytest.raises(LandmarkFormatError, match="Expected"):
        expression_geometry(rows, neutral)
    with pytest.raises(LandmarkFormatError, match="Expected"):
        ExpressionGeometry().fit(rows).transform(rows, neutral=neutral)


def test_x_first_is_refused():
    swapped = face().reshape(68, 2)[:, ::-1].reshape(1, -1)
    with pytest.raises(LandmarkFormatError, match="row"):
        expression_geometry(face().reshape(1, -1), swapped)


def test_neutral_faces_reach_a_step_of_a_pipeline():
    rows, neutral = (np.stack([face(seed + shift, 3) for seed in range(8)]) for shift in (0, 10))
    y = np.arange(8) % 2
    with config_context(enable_metadata_routing=True):
        chain = make_pipeline(ExpressionGeometry().set_transform_request(neutral=True), KNeighborsClassifier(1))
        chain.fit(rows, y, neutral=neutral)
        found = chain.predict(rows, neutral=neutral)
    assert np.array_equal(found, y)
    assert np.array_equal(chain[-1]._fit_X, expression_geometry(rows, neutral))
