"""Learning curves: means with their intervals, and where curves cross."""

import numpy as np
import pandas as pd
import pytest

from featkit.evaluation import crossing_points, learning_curves


def curves_frame(**accuracies):
    """Accuracies of each candidate at 10, 100, 1000 images, two draws a point apart."""
    rows = [
        (name, n_train, 50, draw, accuracy + (draw - 0.5) / 100)
        for name, values in accuracies.items()
        for n_train, accuracy in zip((10, 100, 1000), values)
        for draw in range(2)
    ]
    return pd.DataFrame(rows, columns=["candidate", "n_train", "n_test", "draw", "accuracy"])


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


def draws_of(sizes, **accuracies):
    """One draw at each size."""
    rows = [(name, n, 50, 0, value) for name, values in accuracies.items() for n, value in zip(sizes, values)]
    return pd.DataFrame(rows, columns=["candidate", "n_train", "n_test", "draw", "accuracy"])


@pytest.mark.parametrize("first", [0.1 + 0.2, np.float64(np.float32(0.3)).round(7), 1 - 0.7])
@pytest.mark.parametrize("others", [{}, {"c": (0.9, 0.9, 0.9)}])
def test_curves_that_meet_but_for_rounding_cross_where_they_meet(first, others):
    """0.1 + 0.2 is 0.3 to 12 digits: without rounding the crossing would lie between 10 and 100."""
    crossings = crossing_points(draws_of((10, 100, 1000), a=(0.5, first, 0.4), b=(0.4, 0.3, 0.5), **others))
    assert crossings.to_dict("records") == [{"behind": "a", "ahead": "b", "n_train": 100}]


@pytest.mark.parametrize("noise", [0, 1e-16, -1e-16, 3e-13])
def test_the_crossing_does_not_hang_on_the_last_bit(noise):
    crossings = crossing_points(draws_of((10, 100, 1000), a=(0.9, 0.7 + noise, 0.7), b=(0.8, 0.7, 0.9)))
    assert crossings["n_train"].tolist() == [100]


def test_curves_that_are_equal_for_a_while_cross_at_the_last_size_of_it():
    crossings = crossing_points(draws_of((10, 20, 40, 80), a=(0.5, 0.6, 0.6 + 1e-16, 0.6), b=(0.4, 0.6, 0.6, 0.9)))
    assert crossings.to_dict("records") == [{"behind": "a", "ahead": "b", "n_train": 40}]


def test_equal_curves_have_no_crossing():
    noisy = np.array([0.5, 0.6, 0.7]) + [1e-16, -1e-16, 1e-16]
    assert crossing_points(draws_of((10, 100, 1000), a=(0.5, 0.6, 0.7), b=noisy)).empty


def test_sizes_that_one_candidate_lacks_are_passed_over():
    short = draws_of((10, 1000), a=(0.5, 0.5))
    both = pd.concat([short, draws_of((10, 100, 1000), b=(0.4, 0.9, 0.6))])
    assert crossing_points(both)["n_train"].tolist() == [100]


def test_draws_that_agree_but_for_rounding_have_no_interval():
    learning = pd.concat([draws_of((10,), a=(value,)) for value in (0.3, 0.1 + 0.2, 0.3)])
    curves = learning_curves(learning)
    assert curves[["low", "high"]].isna().all(axis=None)
