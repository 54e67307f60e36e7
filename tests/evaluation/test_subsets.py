"""Nested stratified subsets: every class has its fraction, rounded down or up, in each."""

import numpy as np
import pytest

from featkit.evaluation._subsets import automatic_sizes, nested_subsets


def test_subsets_are_nested_and_stratified():
    labels = np.repeat(["a", "b", "c"], [60, 30, 10])
    subsets = nested_subsets(labels, [10, 25, 50, 100], 0)
    for size, subset in zip([10, 25, 50, 100], subsets):
        assert len(set(subset.tolist())) == size
        counts = np.array([(labels[subset] == name).sum() for name in "abc"])
        assert np.abs(counts - size * np.array([0.6, 0.3, 0.1])).max() <= 1
    for smaller, larger in zip(subsets, subsets[1:]):
        assert set(smaller.tolist()) < set(larger.tolist())


def test_subsets_follow_the_seed():
    labels = np.arange(200) % 4
    first, again, other = (nested_subsets(labels, [40], seed)[0] for seed in (3, 3, 4))
    assert (first == again).all()
    assert set(first.tolist()) != set(other.tolist())


@pytest.mark.parametrize(
    ("size", "message"), [(101, "got 101: 100 are there"), (2, r"got 2: no image of \{.*\} would be among them")]
)
def test_sizes_that_a_fold_cannot_give_are_refused(size, message):
    with pytest.raises(ValueError, match=message):
        nested_subsets(np.arange(100) % 4, [size], 0)


def test_automatic_sizes_are_fractions_of_the_smallest_part_down_to_four_of_a_class():
    even = np.repeat(["a", "b"], 40)
    assert automatic_sizes([even]) == [10, 20, 40, 80]
    assert automatic_sizes([even, even[10:]]) == [17, 35, 70]  # of 8 images 3.4 would be of class a
    assert automatic_sizes([np.repeat(["a", "b"], [72, 8])]) == [40, 80]  # of 20 only 2 would be of class b
    assert automatic_sizes([np.repeat(["a", "b"], [72, 3])]) == []


@pytest.mark.parametrize("size", [0, -5])
def test_sizes_are_at_least_one(size):
    with pytest.raises(ValueError, match=f"train_sizes of at least 1, got {size}"):
        nested_subsets(np.arange(20) % 2, [size], 0)


def skewed_sets():
    """Class sizes as life has them: one that holds nearly all, many tiny ones, halves and thirds that do not divide."""
    rng = np.random.default_rng(0)
    yield [900, *[7] * 20]
    yield [1, 1, 1, 97]
    yield [37, 36, 36]
    for n_classes in rng.integers(2, 30, 12):
        yield np.maximum(1, (3 * rng.pareto(0.8, n_classes)).astype(int)).clip(max=400)


@pytest.mark.parametrize("counts", list(skewed_sets()), ids=len)
def test_every_class_has_its_fraction_rounded_in_every_subset(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    order = nested_subsets(labels, [len(labels)], 5)[0]
    found = np.cumsum(np.eye(len(counts), dtype=int)[labels[order]], axis=0)
    sizes = np.arange(1, len(labels) + 1)[:, np.newaxis]
    below, rest = np.divmod(sizes * np.asarray(counts), len(labels))
    assert (found >= below).all()
    assert (found <= below + (rest > 0)).all()


@pytest.mark.parametrize("counts", [[900, *[7] * 20], [40, 9, 9], [33, 5, 5, 5, 5, 5]])
def test_automatic_sizes_really_leave_every_class_four_images_in_every_fold(counts):
    whole = np.repeat(np.arange(len(counts)), counts)
    folds = [whole, np.delete(whole, [0, 1, 2])]
    for size in automatic_sizes(folds):
        for labels in folds:
            for seed in range(5):
                subset = nested_subsets(labels, [size], seed)[0]
                assert np.bincount(labels[subset]).min() >= 4


def test_no_size_is_no_subset():
    assert nested_subsets(np.arange(9) % 3, (), 0) == []
