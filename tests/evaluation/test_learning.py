"""Learning curves: nested stratified subsets, and where curves cross."""

import numpy as np
import pandas as pd
import pytest

from featkit.evaluation import crossing_points, learning_curves
from featkit.evaluation.learning import automatic_sizes, nested_subsets


def curves_frame(**accuracies):
    """Accuracies of each candidate at 10, 100, 1000 images, two draws a point apart."""
    rows = [
        (name, n_train, 50, draw, accuracy + (draw - 0.5) / 100)
        for name, values in accuracies.items()
        for n_train, accuracy in zip((10, 100, 1000), values)
        for draw in range(2)
    ]
    return pd.DataFrame(rows, columns=["candidate", "n_train", "n_test", "draw", "accuracy"])


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


def test_automatic_sizes_are_shares_of_the_smallest_part_down_to_four_of_a_class():
    even = np.repeat(["a", "b"], 40)
    assert automatic_sizes([even]) == [10, 20, 40, 80]
    assert automatic_sizes([even, even[10:]]) == [17, 35, 70]  # of 8 images 3.4 would be of class a
    assert automatic_sizes([np.repeat(["a", "b"], [72, 8])]) == [40, 80]  # of 20 only 2 would be of class b
    assert automatic_sizes([np.repeat(["a", "b"], [72, 3])]) == []


def test_curves_are_means_over_the_draws_with_the_corrected_interval():
    """Two draws a point apart: s² = 5e-5, error = sqrt((1/2 + 50/100) s²), t with one degree of freedom 12.706."""
    curves = learning_curves(curves_frame(hog=(0.5, 0.6, 0.7))).set_index("n_train")
    assert curves["accuracy"].to_dict() == pytest.approx({10: 0.5, 100: 0.6, 1000: 0.7})
    assert curves.loc[100, "high"] - 0.6 == pytest.approx(12.7062 * np.sqrt(5e-5), rel=1e-4)


def test_crossing_is_where_straight_curves_over_log_n_meet():
    """One leads by 0.2 at 10 and trails by 0.1 at 100: two thirds of a decade on, at 10 ** 1.667 = 46."""
    crossings = crossing_points(curves_frame(hog=(0.8, 0.85, 0.9), network=(0.6, 0.95, 0.99)))
    assert crossings.to_dict("records") == [{"behind": "hog", "ahead": "network", "n_train": 46}]


def test_curves_that_only_touch_do_not_cross():
    touching = curves_frame(a=(0.5, 0.6, 0.8), b=(0.4, 0.6, 0.7))
    assert crossing_points(touching).empty
    assert list(crossing_points(touching).columns) == ["behind", "ahead", "n_train"]


def test_equal_at_a_measured_size_and_changed_behind_it_is_one_crossing():
    crossings = crossing_points(curves_frame(a=(0.5, 0.6, 0.7), b=(0.4, 0.6, 0.8)))
    assert crossings.to_dict("records") == [{"behind": "a", "ahead": "b", "n_train": 100}]


@pytest.mark.parametrize("size", [0, -5])
def test_sizes_are_at_least_one(size):
    with pytest.raises(ValueError, match=f"train_sizes of at least 1, got {size}"):
        nested_subsets(np.arange(20) % 2, [size], 0)
