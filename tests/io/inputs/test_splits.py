"""The splits that the folders of a data set make."""

import numpy as np
import pytest

from featkit.exceptions import ImageReadError
from featkit.io import list_splits


def split_of(*places):
    paths = [f"photos/{place}/{number}.png" for number, place in enumerate(places)]
    return [(train.tolist(), test.tolist()) for train, test in list_splits("photos", paths)]


@pytest.mark.parametrize(
    ("places", "splits"),
    [
        (("train/a", "test/a", "train/b", "test/b"), [([0, 2], [1, 3])]),
        (("train/a", "val/a", "test/a"), [([0, 1], [2])]),
        (("Training/a", "Validation/a"), [([0], [1])]),
        (("seg_train/seg_train/a", "seg_test/seg_test/a", "seg_pred/x"), [([0], [1])]),
        (("data/train/a", "data/holdout/a"), [([0], [1])]),
        (("train_cats", "test_cats", "train_dogs"), [([0, 2], [1])]),
        (("fold1/a", "fold2/a", "fold10/a", "fold2/b"), [([1, 2, 3], [0]), ([0, 2], [1, 3]), ([0, 1, 3], [2])]),
        (("fold1/a", "fold2/a", "test/a"), [([0, 1], [2])]),
        (("train/a", "fold1/a", "fold2/a"), [([0, 2], [1]), ([0, 1], [2])]),
        (("train/a", "test/a", "unlabelled/x"), [([0], [1])]),
    ],
)
def test_splits(places, splits):
    assert split_of(*places) == splits


def test_positions_are_those_of_the_paths():
    train, test = list_splits("p", ["p/test/a/1.png", "p/train/a/1.png"])[0]
    assert (train.dtype, test.dtype) == (np.intp, np.intp)
    assert (train.tolist(), test.tolist()) == ([1], [0])


@pytest.mark.parametrize("places", [("cat", "dog"), ("a",), ("training_shoe", "test_tube")])
def test_classes_are_no_parts(places):
    with pytest.raises(ImageReadError, match="^photos: expected the parts of a data set as subfolders.*got "):
        split_of(*places)


def test_nothing_to_test_on():
    with pytest.raises(ImageReadError, match="expected images to learn from and images to test on, got the parts"):
        split_of("train/a", "train2/a", "unlabelled/x")
