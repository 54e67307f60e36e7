"""Learning curves: how accuracy grows with the number of training images, and where one candidate overtakes another."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from .._optional import require
from .statistics import accuracy_over_folds

if TYPE_CHECKING:
    from pandas import DataFrame


def nested_subsets(labels: np.ndarray, sizes: Sequence[int], random_state: int | Sequence[int]) -> list[np.ndarray]:
    """Stratified subsets of one training set, each part of the next.

    Parameters
    ----------
    labels : ndarray (n_images,)
        Class of each training image.
    sizes : sequence of int
        Images in each subset.
    random_state : int or sequence of int
        Seed.

    Returns
    -------
    subsets : list of int ndarray
        Positions in `labels`; every class has its share, rounded, in each.

    Raises
    ------
    ValueError
        When a size is larger than the set, or too small for an image of every class.
    """
    rng = np.random.default_rng(random_state)
    classes, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(codes[shuffled], kind="stable")]
    rank = np.concatenate([np.arange(count) for count in counts])
    offset = rng.permutation(len(classes)) / len(classes)  # whose turn it is first
    order = by_class[np.argsort((rank + offset[codes[by_class]]) / counts[codes[by_class]], kind="stable")]
    for size in sizes:
        missing = set(classes.tolist()) - set(labels[order[:size]].tolist())
        if size < 1:
            raise ValueError(f"Expected train_sizes of at least 1, got {size}.")
        if size > len(labels) or missing:
            what = f"{len(labels)} are there" if size > len(labels) else f"no image of {missing} would be among them"
            raise ValueError(f"Expected train_sizes that a fold can give, got {size}: {what}.")
    return [order[:size] for size in sizes]


def automatic_sizes(trained_on: Iterable[np.ndarray]) -> list[int]:
    """Sizes for learning curves over the training parts of folds.

    Parameters
    ----------
    trained_on : iterable of ndarray (n_images,)
        Class of each training image, fold by fold.

    Returns
    -------
    sizes : list of int
        An eighth, a quarter, half and all of the smallest part; those that leave every class at least four images in
        every fold, on which an inner search by three folds can still be done.
    """
    counts = [np.unique(labels, return_counts=True)[1] for labels in trained_on]
    smallest = min(int(count.sum()) for count in counts)
    rarest = min(count.min() / count.sum() for count in counts)
    return [smallest // share for share in (8, 4, 2, 1) if smallest // share * rarest >= 4]


def learning_curves(learning: "DataFrame") -> "DataFrame":
    """Mean accuracy and its interval for every candidate and number of training images.

    Parameters
    ----------
    learning : pandas.DataFrame
        As ``benchmark(...).learning``: candidate, n_train, n_test, draw, accuracy.

    Returns
    -------
    curves : pandas.DataFrame
        Columns candidate, n_train, accuracy, low, high; the interval is that of `corrected_resampled_test`.
    """
    pandas = require("pandas", extra="report")
    rows = []
    for key, draws in learning.groupby(["candidate", "n_train"], sort=False):
        figures = accuracy_over_folds(draws["accuracy"], n_train=draws["n_train"], n_test=draws["n_test"])
        rows.append((*key, *figures))
    return pandas.DataFrame(rows, columns=["candidate", "n_train", "accuracy", "low", "high"])


def crossing_points(learning: "DataFrame") -> "DataFrame":
    """Where the learning curves of two candidates cross.

    Parameters
    ----------
    learning : pandas.DataFrame
        As ``benchmark(...).learning``.

    Returns
    -------
    crossings : pandas.DataFrame
        Columns behind, ahead, n_train: up to about so many training images the candidate `behind` is better, from
        there on the candidate `ahead`. One row for each crossing, in the order of n_train. Between two measured sizes
        the curves are taken as straight over the logarithm of the number of images.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.evaluation import crossing_points
    >>> learning = pd.DataFrame({
    ...     "candidate": ["HOG", "HOG", "network", "network"], "n_train": [100, 10000, 100, 10000],
    ...     "n_test": 50, "draw": 0, "accuracy": [0.90, 0.94, 0.80, 0.96]})
    >>> crossing_points(learning)
      behind    ahead  n_train
    0    HOG  network     4642
    """
    pandas = require("pandas", extra="report")
    means = learning.groupby(["candidate", "n_train"], sort=False)["accuracy"].mean().unstack("n_train")
    sizes = np.sort(means.columns.to_numpy())
    rows = []
    for first, second in combinations(means.index, 2):
        lead = (means.loc[first] - means.loc[second])[sizes].to_numpy()
        decided = np.flatnonzero(lead)  # where both are equal nobody has overtaken anybody yet
        for before, after in zip(decided, decided[1:]):
            if lead[before] * lead[after] < 0:
                share = lead[before] / (lead[before] - lead[after])
                place = np.exp(np.log(sizes[before]) + share * np.log(sizes[after] / sizes[before]))
                behind, ahead = (first, second) if lead[before] > 0 else (second, first)
                rows.append((behind, ahead, round(place)))
    crossings = pandas.DataFrame(rows, columns=["behind", "ahead", "n_train"])
    return crossings.sort_values("n_train", kind="stable", ignore_index=True)
