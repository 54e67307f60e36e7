"""The digit recipes on a small training set; the full table is `python -m pipelines.digits`."""

import numpy as np
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score

from pipelines import digits


def test_the_data_are_5000_digits_500_of_each():
    images, labels = digits.load_digits()
    assert images.shape == (5000, 28, 28)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [500] * 10


def test_the_full_recipe_needs_few_digits():
    splitter = StratifiedShuffleSplit(2, train_size=300, test_size=1000, random_state=0)
    scores = {
        name: cross_val_score(pipeline, *digits.load_digits(), cv=splitter).mean()
        for name, pipeline in digits.candidates().items()
    }
    assert scores["normalised HOG + SVM"] > 0.955
    assert scores["normalised HOG + SVM"] > scores["HOG + SVM"] + 0.02


def test_the_table_has_the_baselines_and_the_recipes():
    table = digits.compare(n_splits=1, train_size=100, verbose=False)
    assert list(table.index) == [
        "raw pixels",
        "raw pixels + logistic regression",
        "raw pixels + MLP",
        "stretched pixels + tuned SVM",
        *digits.candidates(),
    ]
    assert table["accuracy"].idxmax() == "normalised HOG + SVM"
