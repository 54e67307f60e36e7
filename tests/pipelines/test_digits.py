"""The digit recipes on a small training set; the full table is `python -m pipelines.digits`."""

import numpy as np
import pytest

from pipelines import digits


def test_the_data_are_5000_digits_500_of_each():
    images, labels = digits.load_digits()
    assert images.shape == (5000, 28, 28)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [500] * 10


@pytest.fixture(scope="module")
def found():
    return digits.compare(
        n_splits=2, train_size=300, test_size=400, train_sizes=[100, 300], with_changes=True, verbose=False
    )


def test_the_full_recipe_needs_few_digits(found):
    accuracy = found.table["accuracy"]
    assert accuracy["normalised HOG + SVM"] > 0.955
    assert accuracy["normalised HOG + SVM"] > accuracy["HOG + SVM"] + 0.02


def test_bent_and_turned_copies_help_where_digits_are_few(found):
    curves = found.learning_curves().pivot(index="candidate", columns="n_train", values="accuracy")
    assert curves.loc["augmented normalised HOG + SVM", 100] > curves.loc["normalised HOG + SVM", 100]


def test_the_table_has_the_baselines_and_the_recipes(found):
    names = [name for name in found.table.index if name != "LeNet-5"]
    assert names == [
        "raw pixels + logistic regression",
        "raw pixels + MLP",
        "raw pixels + tuned SVM",
        "stretched pixels + tuned SVM",
        *digits.candidates(),
    ]
    assert found.table["accuracy"].idxmax() in ("normalised HOG + SVM", "augmented normalised HOG + SVM")


def test_22_changes_are_survived_best_by_the_full_recipe_but_not_each_of_them(found):
    assert found.robustness["corruption"].nunique() == len(digits.changes()) == 22
    mean = found.robustness.groupby("candidate")["accuracy"].mean()
    assert mean.drop("augmented normalised HOG + SVM").idxmax() == "normalised HOG + SVM"
    assert mean["augmented normalised HOG + SVM"] > mean["normalised HOG + SVM"] - 0.005
    under = found.robustness.pivot_table(index="corruption", columns="candidate", values="accuracy")
    clean = found.table["accuracy"]
    assert (clean - under.loc["dimmed by 2 stops"])["raw pixels + MLP"] < 0.06
    assert (clean - under.loc["dimmed by 2 stops"])["raw pixels + tuned SVM"] > 0.2
    assert (clean - under.loc["dimmed by 2 stops"])["stretched pixels + tuned SVM"] < 0.02
    assert (clean - under.loc["moved by 4 pixels"])["HOG + SVM"] > 0.2
    assert (clean - under.loc["shadow of 2 stops"])["normalised HOG + SVM"] < 0.12
    assert (clean - under.loc["white patch"])["normalised HOG + SVM"] < 0.12
    assert (clean - under.loc["turned by 25 degrees"])["normalised HOG + SVM"] > 0.04


def test_what_the_figures_say_is_said_for_and_against(found):
    told = " ".join(digits.findings(found))
    assert "normalised HOG + SVM is right on" in told or "augmented normalised HOG + SVM is right on" in told
    assert "From 100 digits" in told
    assert "Mean over 22 changes" in told
    assert "with a contrast stretch the SVM loses" in told
    assert "What hurts normalised HOG most is" in told
