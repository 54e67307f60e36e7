"""Points by regression trees are dlib's own, pixel by pixel."""

import dlib
import numpy as np
import pytest

from featkit.faces._trees.model_file import read_trees
from featkit.faces._trees.prediction import place_points
from featkit.faces.landmarks import find_model


@pytest.fixture(scope="module", params=["landmarks_5", "landmarks_68"])
def both(request):
    """A model of faces as arrays and as dlib's."""
    path = find_model(request.param).path
    return read_trees(path.read_bytes()), dlib.shape_predictor(str(path))


def by_dlib(predictor, image, boxes):
    points = []
    for top, left, bottom, right in np.rint(boxes).astype(int).tolist():
        parts = predictor(image, dlib.rectangle(left, top, right - 1, bottom - 1)).parts()
        points.append([(part.y, part.x) for part in parts])
    return np.array(points)


def boxes_about(middle, side, n_boxes, spread):
    rng = np.random.default_rng(0)
    middles = np.asarray(middle) + rng.normal(0, spread * side, (n_boxes, 2))
    halves = side / 2 * np.exp(rng.normal(0, spread, (n_boxes, 1)))
    return np.concatenate([middles - halves, middles + halves], axis=1)


def test_points_of_a_face_in_many_boxes_are_those_of_dlib(both, portrait):
    model, predictor = both
    boxes = boxes_about([110, 115], 110, 30, 0.1)
    np.testing.assert_array_equal(place_points(model, portrait, boxes), by_dlib(predictor, portrait, boxes))


def test_so_they_are_where_boxes_reach_far_beyond_the_image_or_hold_few_pixels(both, portrait):
    model, predictor = both
    boxes = np.concatenate([boxes_about([30, 210], 150, 10, 0.3), boxes_about([110, 115], 4, 10, 0.3)])
    np.testing.assert_array_equal(place_points(model, portrait, boxes), by_dlib(predictor, portrait, boxes))


def test_so_they_are_in_gray_images(both, portrait):
    model, predictor = both
    gray = np.ascontiguousarray(portrait[..., 1])
    boxes = boxes_about([110, 115], 110, 10, 0.1)
    np.testing.assert_array_equal(place_points(model, gray, boxes), by_dlib(predictor, gray, boxes))


def test_so_they_are_by_trees_just_learnt_of_another_depth(tmp_path):
    rng = np.random.default_rng(1)
    images, objects = [], []
    for _ in range(20):
        image, (row, col) = rng.integers(0, 60, (50, 60), dtype=np.uint8), rng.integers(15, 35, 2).tolist()
        image[row - 4 : row + 5, col - 4 : col + 5] = 250
        parts = [dlib.point(col - 4, row), dlib.point(col + 4, row), dlib.point(col, row)]
        images.append(image)
        objects.append([dlib.full_object_detection(dlib.rectangle(0, 0, 59, 49), parts)])
    options = dlib.shape_predictor_training_options()
    options.cascade_depth, options.tree_depth, options.num_trees_per_cascade_level = 3, 2, 20
    options.oversampling_amount, options.feature_pool_size = 5, 60
    predictor = dlib.train_shape_predictor(images, objects, options)
    predictor.save(str(tmp_path / "trees.dat"))
    model = read_trees((tmp_path / "trees.dat").read_bytes())
    boxes = np.array([[0, 0, 50, 60]])
    for image in images:
        np.testing.assert_array_equal(place_points(model, image, boxes), by_dlib(predictor, image, boxes))


def test_a_look_does_not_depend_on_the_others(both, portrait):
    model, _ = both
    boxes = boxes_about([110, 115], 110, 5, 0.1)
    one_by_one = [place_points(model, portrait, box[np.newaxis])[0] for box in boxes]
    np.testing.assert_array_equal(place_points(model, portrait, boxes), one_by_one)
