"""compare_features: same folds for all, raw pixels always in, everything learnt inside the fold."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from featkit import FeatureExtractor, RawPixels, compare_features, print_comparison
from featkit.evaluation import raw_pixel_features


class MeanBrightness(FeatureExtractor):
    def image_extractor(self):
        return lambda image: [image.mean()]

    def feature_names(self):
        return ["brightness"]


@pytest.fixture(scope="module")
def digits():
    bunch = load_digits(n_class=3)
    return bunch.images / 16, bunch.target


def compared(digits, features, **options):
    return compare_features(features, *digits, **{"cv": 3, "verbose": False, **options})


def test_raw_pixels_come_first_and_every_candidate_has_its_row(digits):
    table = compared(digits, {"brightness": MeanBrightness()})
    assert list(table.index) == ["raw pixels", "brightness"]
    assert list(table.columns) == ["accuracy", "accuracy_std", "fit_seconds", "ms_per_image", "n_features"]
    assert list(table["n_features"]) == [64, 1]
    assert table.loc["raw pixels", "accuracy"] > 0.97 > 0.9 > table.loc["brightness", "accuracy"]
    assert (table[["fit_seconds", "ms_per_image"]] > 0).all(axis=None)


def test_accuracies_are_those_of_cross_val_score_on_the_same_folds(digits):
    folds = StratifiedKFold(4, shuffle=True, random_state=1)
    classifier = LogisticRegression(max_iter=1000)
    table = compared(digits, {"brightness": MeanBrightness()}, classifier=classifier, cv=folds)
    for name, features in {"raw pixels": RawPixels(), "brightness": MeanBrightness()}.items():
        expected = cross_val_score(make_pipeline(features, classifier), *digits, cv=folds)
        assert table.attrs["fold_accuracies"][name] == pytest.approx(list(expected))
        assert table.loc[name, "accuracy"] == pytest.approx(expected.mean())
        assert table.loc[name, "accuracy_std"] == pytest.approx(expected.std(ddof=1))


class MemorisingClassifier(ClassifierMixin, BaseEstimator):
    """Knows exactly the rows that it has seen in fit: right on them, wrong on all others."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.known_ = {row.tobytes(): label for row, label in zip(X, y, strict=True)}
        return self

    def predict(self, X):
        return np.array([self.known_.get(row.tobytes(), -1) for row in X])


def test_no_candidate_sees_a_test_image_in_fit(digits):
    images = np.random.default_rng(0).random((60, 8, 8))
    labels = np.arange(60) % 2
    table = compared((images, labels), {"memory": make_pipeline(RawPixels(), MemorisingClassifier())})
    assert table.loc["memory", "accuracy"] == 0


def test_candidates_that_end_in_a_classifier_are_used_as_they_are(digits):
    table = compared(digits, {"guess": DummyClassifier(strategy="most_frequent")})
    counts = np.bincount(digits[1])
    assert table.loc["guess", "accuracy"] == pytest.approx(counts.max() / counts.sum(), abs=0.01)


def test_groups_stay_together(digits):
    images = np.random.default_rng(0).random((12, 8, 8)).repeat(5, axis=0)  # five copies of each image
    labels = np.arange(60) // 5 % 2
    table = compared(
        (images, labels),
        {"memory": make_pipeline(RawPixels(), MemorisingClassifier())},
        cv=GroupKFold(3),
        groups=np.arange(60) // 5,
    )
    assert table.loc["memory", "accuracy"] == 0


def test_candidates_passed_in_are_not_fitted(digits):
    features = RawPixels()
    compared(digits, {"mine": features})
    assert not hasattr(features, "image_shape_")


def test_two_runs_give_the_same_accuracies(digits):
    first, second = (compared(digits, {"brightness": MeanBrightness()}) for _ in range(2))
    pd.testing.assert_frame_equal(first[["accuracy", "accuracy_std"]], second[["accuracy", "accuracy_std"]])


def test_images_of_mixed_sizes_get_a_resized_baseline():
    sizes = np.random.default_rng(0).integers(10, 40, (20, 2))
    labels = np.arange(20) % 2
    images = [np.full(size, 200 * label, dtype=np.uint8) for size, label in zip(sizes, labels, strict=True)]
    table = compare_features({"brightness": MeanBrightness()}, images, labels, cv=2, verbose=False)
    assert table.loc["raw pixels", "n_features"] == 32 * 32 * 3
    assert list(table["accuracy"]) == [1, 1]


def test_equal_images_are_compared_pixel_by_pixel():
    assert isinstance(raw_pixel_features(np.zeros((3, 8, 8))), RawPixels)


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        ({}, [0, 1] * 5, "at least one candidate"),
        ({"raw pixels": RawPixels()}, [0, 1] * 5, "belongs to the baseline"),
        ({"a": RawPixels()}, [1] * 10, r"at least two classes in y, got only \[1\]"),
        ({"a": RawPixels()}, [0, 1], "inconsistent numbers of samples"),
    ],
)
def test_bad_input_is_named(features, labels, message):
    with pytest.raises(ValueError, match=message):
        compare_features(features, np.zeros((10, 8, 8)), labels, verbose=False)


def test_what_is_not_known_is_printed_as_a_dash(capsys):
    known = {"accuracy": 1.0, "accuracy_std": 0.0, "macro_f1": 1.0}
    print_comparison(pd.DataFrame([{**known, "accuracy_low": np.nan, "accuracy_high": np.nan, "log_loss": np.nan}]))
    printed = capsys.readouterr().out
    assert "nan" not in printed
    assert printed.count("–") == 2


def test_the_printed_table_names_every_candidate(digits, capsys):
    name = "brightness [mean] [/b]"  # brackets are no markup of the terminal
    table = compared(digits, {name: MeanBrightness()}, verbose=True)
    printed = capsys.readouterr().out
    print_comparison(table)
    assert capsys.readouterr().out in printed
    assert "raw pixels" in printed
    assert name in printed
    assert f"{100 * table.loc[name, 'accuracy']:.2f} ± " in printed
    assert "over 3 folds" in printed


def test_the_baseline_may_be_ones_own(digits):
    table = compared(digits, {"brightness": MeanBrightness()}, baseline=DummyClassifier())
    assert list(table.index) == ["raw pixels", "brightness"]
    assert table.loc["raw pixels", "accuracy"] == pytest.approx(1 / 3, abs=0.02)
