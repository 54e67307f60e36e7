"""dlib's file of regression trees: read as dlib reads it, and refused wherever it is broken."""

import dlib
import numpy as np
import pytest

from featkit.faces._trees.model_file import read_trees
from featkit.faces._trees.prediction import place_points
from featkit.faces.landmarks import find_model


def whole(value):
    """A whole number as dlib writes it."""
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def fraction(value):
    """A fraction as dlib writes it; of eighths here."""
    return whole(round(8 * value)) + whole(-3)


def column(values):
    return whole(-len(values)) + whole(-1) + b"".join(map(fraction, values))


def model_of_one_split(*, threshold=10.0, anchor=0, pixel=1, n_leaves=2):
    """One point in the middle of the box, which goes right where pixel 0 is brighter than pixel 1, else down."""
    split = whole(0) + whole(pixel) + fraction(threshold)
    leaves = whole(n_leaves) + (column([0.25, 0.0]) + column([0.0, 0.25])) * (n_leaves // 2)
    trees = whole(1) + whole(1) + whole(1) + split + leaves
    pixels = whole(1) + whole(2) + whole(anchor) + whole(0)
    offsets = whole(1) + whole(2) + fraction(-0.5) + fraction(0.0) + fraction(0.5) + fraction(0.0)
    return whole(1) + column([0.5, 0.5]) + trees + pixels + offsets


def test_a_tree_written_by_hand_is_read_and_asked():
    model = read_trees(model_of_one_split())
    image = np.zeros((41, 41), np.uint8)
    box = np.array([[0, 0, 41, 41]])
    np.testing.assert_array_equal(place_points(model, image, box), [[[30, 20]]])  # no brighter: down
    image[:, :20] = 10
    np.testing.assert_array_equal(place_points(model, image, box), [[[30, 20]]])  # by as much as the threshold
    image[:, :20] = 11
    np.testing.assert_array_equal(place_points(model, image, box), [[[20, 30]]])


def test_the_hand_written_file_is_one_of_dlib(tmp_path):
    (tmp_path / "tree.dat").write_bytes(model_of_one_split())
    image = np.zeros((41, 41), np.uint8)
    image[:, :20] = 11
    point = dlib.shape_predictor(str(tmp_path / "tree.dat"))(image, dlib.rectangle(0, 0, 40, 40)).part(0)
    assert (point.y, point.x) == (20, 30)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"anchor": 1}, "points that it has not got"),
        ({"pixel": 2}, "pixels or points"),
        ({"n_leaves": 4}, "breaks off"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(change, what):
    with pytest.raises(ValueError, match=what):
        read_trees(model_of_one_split(**change))


def test_every_beginning_of_a_file_is_refused_and_what_follows_it_is_not_read():
    file = model_of_one_split()
    for length in range(len(file)):
        with pytest.raises(ValueError, match="it "):
            read_trees(file[:length])
    for one, other in zip(read_trees(file), read_trees(file + b"more"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_changed_bytes_are_refused_or_make_a_model_that_can_be_asked():
    rng = np.random.default_rng(0)
    file = np.frombuffer(model_of_one_split(), np.uint8)
    image, box = np.zeros((9, 9), np.uint8), np.array([[0, 0, 9, 9]])
    outcomes = set()
    for _ in range(2000):
        changed = file.copy()
        changed[rng.integers(len(file), size=2)] = rng.integers(256, size=2)
        try:
            model = read_trees(changed.tobytes())
        except ValueError:
            outcomes.add("refused")
            continue
        outcomes.add("read")
        assert place_points(model, image, box).shape == (1, len(model.mean_shape), 2)
    assert outcomes == {"read", "refused"}


def test_infinity_is_refused():
    file = model_of_one_split()
    place = file.index(fraction(10.0))
    infinity = whole(0) + whole(32000)
    with pytest.raises(ValueError, match="breaks off within its trees"):
        read_trees(file[:place] + infinity + file[place + len(fraction(10.0)) :])


def test_the_models_of_faces_have_the_counts_that_dlib_tells():
    model = read_trees(find_model("landmarks_5").path.read_bytes())
    assert model.mean_shape.shape == (5, 2)
    assert model.leaves.shape == (15, 500, 16, 10)
    assert 0 < model.mean_shape.min() < model.mean_shape.max() < 1
