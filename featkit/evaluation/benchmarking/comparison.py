"""Compare features in one call: the same folds for all, raw pixels always among them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.model_selection import BaseCrossValidator
from sklearn.pipeline import make_pipeline

from ...io.sources import Sources
from ..baselines import raw_pixel_features, tuned_pixel_svm
from .benchmark import benchmark
from .terminal import print_comparison

if TYPE_CHECKING:
    from pandas import DataFrame

BASELINE = "raw pixels"
COLUMNS = ["accuracy", "accuracy_std", "fit_seconds", "ms_per_image", "n_features"]


def compare_features(
    features: Mapping[str, BaseEstimator],
    X: Sources,
    y: ArrayLike,
    *,
    baseline: BaseEstimator | None = None,
    classifier: BaseEstimator | None = None,
    cv: int | BaseCrossValidator | Iterable[tuple[np.ndarray, np.ndarray]] = 5,
    groups: ArrayLike | None = None,
    verbose: bool = True,
) -> "DataFrame":
    """Compare features with raw pixels by cross-validation on the same folds.

    The short form of `benchmark`, which also gives intervals, paired tests, learning curves and robustness.
    Everything that a candidate learns, it learns on the training part of each fold.

    Parameters
    ----------
    features : dict of str to transformer or classifier
        Candidates by name. A transformer (image batch -> table) gets `classifier` behind it; a candidate that
        ends in a classifier is used as it is.
    X : batch of images, or whatever the candidates read
        An array, or anything that `list` turns into one entry per image.
    y : array-like of shape (n_images,)
        Class of each image.
    baseline : transformer, classifier or None, default=None
        The raw-pixel candidate. None is `raw_pixel_features` with `classifier` behind it, or with
        `tuned_pixel_svm` where no classifier is given.
    classifier : classifier or None, default=None
        Classifier appended to every transformer; None is ``make_pipeline(StandardScaler(), SVC(C=10))``.
    cv : int, splitter or iterable of (train, test) indices, default=5
        An int is the number of stratified folds, shuffled by seed 0; with `groups` no group is split.
    groups : array-like of shape (n_images,) or None, default=None
        Passed to the splitter, so that images of one subject stay together.
    verbose : bool, default=True
        Show progress and the table in the terminal; needs the package rich.

    Returns
    -------
    table : pandas.DataFrame
        One row per candidate, raw pixels first:

        - ``accuracy`` and ``accuracy_std``: mean and sample standard deviation over the folds;
        - ``fit_seconds``: median time to fit on one training part, features and classifier;
        - ``ms_per_image``: median time to classify a test part, per image, from the image to its class;
        - ``n_features``: columns that the classifier gets.

        ``table.attrs["fold_accuracies"]`` holds the accuracies of every fold by name.

    Raises
    ------
    ValueError
        When there is no candidate, when X and y differ in length, or when y holds a single class.
    MissingDependencyError
        When pandas, psutil or (for `verbose`) rich is not installed.

    See Also
    --------
    benchmark : Intervals, paired tests, learning curves and robustness, too.
    print_comparison : Prints the table.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from featkit import HOG, compare_features
    >>> digits = load_digits()
    >>> table = compare_features(
    ...     {"HOG": HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1))},
    ...     digits.images[:300] / 16, digits.target[:300], cv=3, verbose=False)
    >>> list(table.index), list(table["n_features"])
    (['raw pixels', 'HOG'], [64, 36])
    """
    if BASELINE in features:
        raise ValueError(f"The name {BASELINE!r} belongs to the baseline; rename that candidate.")
    if baseline is None:
        pixels = raw_pixel_features(X)
        baseline = pixels if classifier is not None else make_pipeline(pixels, tuned_pixel_svm())
    found = benchmark(
        features,
        X,
        y,
        baselines={BASELINE: baseline},
        classifier=classifier,
        groups=groups,
        cv=cv,
        check_duplicates=False,
        verbose=verbose,
    )
    table = found.table[COLUMNS].rename_axis("features")
    by_name = found.folds.groupby("candidate", sort=False)["accuracy"]
    table.attrs |= {**found.table.attrs, "fold_accuracies": by_name.agg(list).to_dict()}
    if verbose:
        print_comparison(table)
    return table
