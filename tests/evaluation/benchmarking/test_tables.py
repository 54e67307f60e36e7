"""Tables of a benchmark from records made by hand."""

import numpy as np
import pandas as pd
import pytest

from featkit.evaluation import corrected_resampled_test, holm_correction, mcnemar_test
from featkit.evaluation.benchmarking._folds import Fold
from featkit.evaluation.benchmarking._tables import (
    candidate_table,
    fold_frame,
    learning_frame,
    pair_frame,
    prediction_frame,
)
from featkit.evaluation.benchmarking._targets import Target

TRUTH = np.array([0, 0, 1, 1, 0, 1])
TARGET = Target("classification", TRUTH)
FOLDS = [Fold(0, 0, np.array([2, 3, 4, 5]), np.array([0, 1])), Fold(0, 1, np.array([0, 1, 4, 5]), np.array([2, 3]))]
FOLDS.append(Fold(0, 2, np.array([0, 1, 2, 3]), np.array([4, 5])))


def record(fold, predicted, **figures):
    costs = dict.fromkeys(("read_ms", "preprocess_ms", "feature_ms", "classify_ms", "fit_seconds", "peak_mb"), 1.0)
    accuracy = float(np.mean(TRUTH[fold.test] == predicted))
    scores = {"accuracy": accuracy, "macro_f1": accuracy, "log_loss": np.nan, "n_features": 4}
    return {
        "figures": {**costs, **scores, **figures},
        "predicted": list(predicted),
        "learning": [accuracy / 2, accuracy],
    }


@pytest.fixture
def records():
    said = {"right": [[0, 0], [1, 1], [0, 1]], "guess": [[0, 1], [0, 0], [0, 1]]}
    return [{name: record(fold, said[name][k]) for name in said} for k, fold in enumerate(FOLDS)]


def test_every_fold_and_prediction_has_its_row(records):
    folds, predictions = fold_frame(FOLDS, records), prediction_frame(FOLDS, records, TARGET)
    assert folds.query("candidate == 'guess'")["accuracy"].tolist() == [0.5, 0, 1]
    assert folds[["n_train", "n_test"]].drop_duplicates().to_numpy().tolist() == [[4, 2]]
    guesses = predictions.query("candidate == 'guess'")
    assert guesses["image"].tolist() == [0, 1, 2, 3, 4, 5]
    assert guesses["predicted"].tolist() == [0, 1, 0, 0, 0, 1]
    assert learning_frame(FOLDS, records, (2, 4))["accuracy"].tolist()[:2] == [0.5, 1.0]


def test_candidates_have_means_medians_and_an_interval(records):
    folds, predictions = fold_frame(FOLDS, records), prediction_frame(FOLDS, records, TARGET)
    table = candidate_table(folds, predictions)
    assert table["accuracy"].to_dict() == {"right": 1, "guess": 0.5}
    assert table.loc["guess", "ms_per_image"] == 4
    test = corrected_resampled_test([0.5, 0, 1], n_train=4, n_test=2)
    assert test.low < 0 < 1 < test.high
    assert table.loc["guess", ["accuracy_low", "accuracy_high"]].tolist() == [0, 1]
    squared = 1.959964**2  # Wilson: all of six images right
    assert table.loc["right", "accuracy_low"] == pytest.approx(6 / (6 + squared), abs=1e-6)
    assert table.attrs["n_folds"] == 3


def test_pairs_have_both_tests_as_such_and_adjusted(records):
    folds, predictions = fold_frame(FOLDS, records), prediction_frame(FOLDS, records, TARGET)
    (row,) = pair_frame(folds, predictions).to_dict("records")
    test = corrected_resampled_test([0.5, 1, 0], n_train=4, n_test=2)
    assert (row["difference"], row["low"], row["high"], row["p_resampled"]) == pytest.approx(tuple(test))
    right = np.array([True] * 6), np.array([True, False, False, False, True, True])
    assert row["p_mcnemar"] == mcnemar_test(*right)
    assert [row["p_resampled_holm"]] == pytest.approx(list(holm_correction([row["p_resampled"]])))


def test_an_image_of_several_repeats_counts_once_in_mcnemars_test(records):
    twice = [fold._replace(repeat=repeat) for repeat in (0, 1) for fold in FOLDS]
    folds, predictions = fold_frame(twice, records * 2), prediction_frame(twice, records * 2, TARGET)
    once = pair_frame(fold_frame(FOLDS, records), prediction_frame(FOLDS, records, TARGET))
    assert pair_frame(folds, predictions)["p_mcnemar"].tolist() == once["p_mcnemar"].tolist()
    assert isinstance(predictions, pd.DataFrame)
