"""Folds: stratified, dealt anew in each repeat, groups whole; seeds are set where they are open."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit.evaluation.benchmarking._folds import make_folds, seeded, take
from featkit.evaluation.benchmarking._targets import Target

IMAGES, LABELS = np.zeros((24, 5, 5)), np.arange(24) % 3
TARGET = Target("classification", LABELS)


def test_an_integer_deals_stratified_folds_anew_in_each_repeat():
    folds = make_folds(IMAGES, TARGET, None, 4, 2, 0)
    assert [(fold.repeat, fold.fold) for fold in folds] == [(repeat, fold) for repeat in (0, 1) for fold in range(4)]
    for fold in folds:
        assert np.bincount(LABELS[fold.test]).tolist() == [2, 2, 2]
        assert sorted([*fold.train, *fold.test]) == list(range(24))
    assert any(set(first.test) != set(second.test) for first, second in zip(folds[:4], folds[4:]))


def test_groups_stay_on_one_side():
    groups = np.arange(24) // 4
    for fold in make_folds(IMAGES, TARGET, groups, 3, 2, 0):
        assert not set(groups[fold.train]) & set(groups[fold.test])


@pytest.mark.parametrize("cv", [ShuffleSplit(3, random_state=0), [(np.arange(12), np.arange(12, 24))] * 3])
def test_splitters_and_splits_are_asked_once(cv):
    assert [(fold.repeat, fold.fold) for fold in make_folds(IMAGES, TARGET, None, cv, 5, 0)] == [(0, 0), (0, 1), (0, 2)]


def test_open_seeds_are_set_and_given_ones_kept():
    pipeline = make_pipeline(LogisticRegression(random_state=7), SVC())
    copy = seeded(pipeline, 3)
    assert (copy[0].random_state, copy[1].random_state) == (7, 3)
    assert pipeline[1].random_state is None


def test_rows_are_taken_of_arrays_and_lists():
    assert take(np.arange(5), np.array([3, 1])).tolist() == take(list(range(5)), np.array([3, 1])) == [3, 1]


@pytest.mark.parametrize("n_singles", [1, 20])
def test_classes_of_one_image_get_one_sentence(n_singles):
    labels = np.array([*["many"] * (24 - n_singles), *(f"rare {number}" for number in range(n_singles))])
    with pytest.warns(UserWarning, match=f"at least 3 images in every class.*{n_singles} of {n_singles + 1}") as told:
        make_folds(IMAGES, Target("classification", labels), None, 3, 2, 0)
    assert len(told) == 1
    assert ("task=" in str(told[0].message)) == (n_singles == 20)


def test_classes_that_all_are_too_small_are_refused():
    with pytest.raises(ValueError, match=r"12 of 12 classes have fewer, such as 2 in '0'. Add images, or lower cv.$"):
        make_folds(IMAGES, Target("classification", np.arange(24) // 2), None, 3, 1, 0)
