"""Landmarks written for other tools are read by them, and come back."""

import dlib
import menpo.io
import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.exchange import read_landmarks, write_landmarks

LANDMARKS = np.array([[10, 20.25, 30, 40], [50, 60, np.nan, np.nan]])
BOXES = np.array([[5, 6, 50, 60], [7, 8, 70, 80]])
IMAGES = ["a.png", "b, c.png"]


@pytest.mark.parametrize("more", [{}, {"images": IMAGES}, {"images": IMAGES, "boxes": BOXES}, {"first_pixel": 1}])
def test_a_table_comes_back(tmp_path, more):
    write_landmarks(tmp_path / "points.csv", LANDMARKS, **more)
    read = read_landmarks(tmp_path / "points.csv", first_pixel=more.get("first_pixel"))
    np.testing.assert_array_equal(read.landmarks, LANDMARKS)
    assert read.images == more.get("images", ["", ""])
    np.testing.assert_array_equal(read.boxes, more.get("boxes", np.full((2, 4), np.nan)))


@pytest.mark.parametrize("first_pixel", [None, 0])
def test_points_come_back_and_menpo_reads_them(tmp_path, first_pixel):
    write_landmarks(tmp_path / "a.pts", LANDMARKS[:1], first_pixel=first_pixel)
    np.testing.assert_array_equal(read_landmarks(tmp_path / "a.pts", first_pixel=first_pixel).landmarks, LANDMARKS[:1])
    if first_pixel is None:
        (group,) = menpo.io.import_landmark_file(tmp_path / "a.pts").values()
        np.testing.assert_array_equal(group.points.ravel(), LANDMARKS[0])


def test_objects_come_back_and_dlib_trains_on_them(tmp_path):
    rng = np.random.default_rng(0)
    landmarks = rng.integers(20, 40, (6, 4)).astype(float)
    boxes = np.tile([10, 12, 50, 52], (6, 1))
    names = [f"{index // 2}.png" for index in range(6)]
    for name in set(names):
        dlib.save_image(rng.integers(0, 255, (64, 64, 3)).astype(np.uint8), str(tmp_path / name))
    write_landmarks(tmp_path / "training.xml", landmarks, images=names, boxes=boxes)
    read = read_landmarks(tmp_path / "training.xml")
    assert read.images == names
    np.testing.assert_array_equal(read.boxes, boxes)
    np.testing.assert_array_equal(read.landmarks, landmarks)
    options = dlib.shape_predictor_training_options()
    options.cascade_depth, options.num_trees_per_cascade_level, options.tree_depth = 1, 1, 2
    dlib.train_shape_predictor(str(tmp_path / "training.xml"), str(tmp_path / "model.dat"), options)
    assert (
        dlib.shape_predictor(str(tmp_path / "model.dat"))(
            np.zeros((64, 64), np.uint8), dlib.rectangle(12, 10, 51, 49)
        ).num_parts
        == 2
    )


def test_a_missing_point_is_left_out_of_xml(tmp_path):
    write_landmarks(tmp_path / "t.xml", np.round(LANDMARKS), images=IMAGES, boxes=BOXES)
    np.testing.assert_array_equal(read_landmarks(tmp_path / "t.xml").landmarks, np.round(LANDMARKS))


def test_a_point_that_all_objects_miss_has_no_place_in_xml(tmp_path):
    with pytest.raises(LandmarkFormatError, match="point 1 missing in all"):
        write_landmarks(tmp_path / "t.xml", LANDMARKS[1:], images=IMAGES[1:], boxes=BOXES[1:])
    assert not (tmp_path / "t.xml").exists()


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("a.pts", {}, "Expected one object with all its points for .pts, got 2 objects"),
        ("a.xml", {}, "Expected images and boxes of all objects"),
        ("a.xml", {"images": IMAGES, "boxes": BOXES + 0.5}, "whole pixels"),
        ("a.mat", {}, "Expected a name that ends in one of"),
        ("a.csv", {"boxes": BOXES[:1]}, "a box of 4 values for each of 2 objects"),
        ("a.csv", {"images": IMAGES[:1]}, "image of each of 2 objects, got 1"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_before_it_is_written(tmp_path, name, more, message):
    with pytest.raises(LandmarkFormatError, match=message):
        write_landmarks(tmp_path / name, LANDMARKS, **more)
    assert not list(tmp_path.iterdir())


def test_a_missing_point_has_no_place_in_pts(tmp_path):
    with pytest.raises(LandmarkFormatError, match="got missing points"):
        write_landmarks(tmp_path / "a.pts", LANDMARKS[1:])


def test_lists_come_back(tmp_path):
    rng = np.random.default_rng(0)
    for n_points in (2, 5, 29, 68, 106, 194, 478, 98):
        table = rng.uniform(0, 300, (2, 2 * n_points))
        write_landmarks(tmp_path / "list.txt", table, images=["a.png", "b/c.png"])
        for told in ({}, {"format": "list"}):
            read = read_landmarks(tmp_path / "list.txt", **told)
            np.testing.assert_array_equal(read.landmarks, table)
            assert read.images == ["a.png", "b/c.png"]
    write_landmarks(tmp_path / "wflw.txt", table, images=IMAGES, boxes=BOXES)
    read = read_landmarks(tmp_path / "wflw.txt")
    np.testing.assert_array_equal(read.landmarks, table)
    np.testing.assert_array_equal(read.boxes, BOXES)
    assert read.images == IMAGES


def test_lists_of_others_have_the_name_first(tmp_path):
    (tmp_path / "list.txt").write_text("a.jpg 1 2 3.5 4\nb.jpg,5,6,7,8\n")
    read = read_landmarks(tmp_path / "list.txt", format="list")
    assert read.images == ["a.jpg", "b.jpg"]
    np.testing.assert_array_equal(read.landmarks, [[2, 1, 4, 3.5], [6, 5, 8, 7]])


@pytest.mark.parametrize(
    "text", ["a.jpg 1 2 3\n", "a.jpg\n", "1 2 3 4\n", "a.jpg 1 x\n", "a.jpg 1 2\nb.jpg 1 2 3 4\n", "\n"]
)
def test_other_lists_are_refused(tmp_path, text):
    (tmp_path / "list.txt").write_text(text)
    with pytest.raises(LandmarkFormatError, match='format="list"'):
        read_landmarks(tmp_path / "list.txt", format="list")


def test_what_lists_cannot_hold_is_refused(tmp_path):
    path = tmp_path / "list.txt"
    whole = np.ones((2, 4))
    with pytest.raises(LandmarkFormatError, match="names of all images"):
        write_landmarks(path, whole)
    with pytest.raises(LandmarkFormatError, match="all points"):
        write_landmarks(path, LANDMARKS, images=IMAGES)
    with pytest.raises(LandmarkFormatError, match="98 points"):
        write_landmarks(path, whole, images=IMAGES, boxes=BOXES)
    with pytest.raises(LandmarkFormatError, match="without spaces"):
        write_landmarks(path, whole, images=IMAGES)
    assert not path.exists()


def test_arrays_come_back(tmp_path):
    write_landmarks(tmp_path / "a.npy", LANDMARKS)
    np.testing.assert_array_equal(read_landmarks(tmp_path / "a.npy").landmarks, LANDMARKS)
    with pytest.raises(LandmarkFormatError, match="points alone"):
        write_landmarks(tmp_path / "b.npy", LANDMARKS, images=IMAGES)


def test_points_without_a_header_come_back(tmp_path):
    write_landmarks(tmp_path / "a.pts", LANDMARKS[:1])
    lines = (tmp_path / "a.pts").read_text().splitlines()
    (tmp_path / "b.pts").write_text("\n".join(lines[3:-1]))
    np.testing.assert_array_equal(read_landmarks(tmp_path / "b.pts").landmarks, LANDMARKS[:1])
