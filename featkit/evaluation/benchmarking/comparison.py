"""Compare features in one call: the same folds for all, raw pixels always among them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.model_selection import BaseCrossValidator
from sklearn.pipeline import make_pipeline

from ...io.sources import Sources
from .._columns import score_of
from ..baselines import raw_pixel_features, tuned_pixel_svm
from ._targets import read_target
from .benchmark import benchmark
from .terminal import print_comparison

if TYPE_CHECKING:
    from pandas import DataFrame

BASELINE = "raw pixels"
COSTS = ["fit_seconds", "ms_per_image", "n_features"]


def compare_features(
    features: Mapping[str, BaseEstimator],
    X: Sources,
    y: ArrayLike,
    *,
    baseline: BaseEstimator | None = None,
    classifier: BaseEstimator | None = None,
    task: str = "auto",
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
        ends in a classifier, or for numbers in a regressor, is used as it is.
    X : batch of images, or whatever the candidates read
        An array, or anything that `list` turns into one entry per image.
    y : array-like of shape (n_images,) or (n_images, n_labels), or sequence of sets of str
        Class of each image; or its number (counts, ages, ripeness); or its labels, as columns of 0 and 1 or as sets.
    baseline : transformer, classifier or None, default=None
        The raw-pixel candidate. None is `raw_pixel_features` with `classifier` behind it, or with
        `tuned_pixel_svm` where no classifier is given.
    classifier : classifier or None, default=None
        Classifier appended to every transformer; None is ``make_pipeline(StandardScaler(), SVC(C=10))``, for several
        labels one SVC for each of them, for numbers an SVR on standardised numbers; a regressor is appended there.
    task : "auto", "classification", "multilabel" or "regression", default="auto"
        What `y` holds. "auto" takes floats that are not all whole for numbers, columns of 0 and 1 or sets for labels,
        everything else for classes: say "regression" for whole numbers such as counts.
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

        - ``accuracy`` and ``accuracy_std``: mean and sample standard deviation over the folds (of several labels,
          all are to be right: subset accuracy, with ``micro_f1`` and ``macro_f1``); for numbers ``r2``, ``r2_std``
          and ``mae``, the mean absolute error;
        - ``fit_seconds``: median time to fit on one training part, features and classifier;
        - ``ms_per_image``: median time to classify a test part, per image, from the image to its class;
        - ``n_features``: columns that the classifier gets.

        ``table.attrs["fold_accuracies"]`` (or ``"fold_r2"``) holds the scores of every fold by name.

    Raises
    ------
    ValueError
        When there is no candidate, when X and y differ in length, or when y holds a single class or number.
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
        machine = tuned_pixel_svm(read_target(y, task).task)
        baseline = pixels if classifier is not None else make_pipeline(pixels, machine)
    found = benchmark(
        features,
        X,
        y,
        baselines={BASELINE: baseline},
        classifier=classifier,
        task=task,
        groups=groups,
        cv=cv,
        check_duplicates=False,
        verbose=verbose,
    )
    score = score_of(found.table).column
    more = {"regression": ["mae"], "multilabel": ["micro_f1", "macro_f1"]}.get(found.about["task"], [])
    table = found.table[[score, f"{score}_std", *more, *COSTS]].rename_axis("features")
    of_folds = found.folds.groupby("candidate", sort=False)[score].agg(list).to_dict()
    table.attrs |= {**found.table.attrs, "fold_r2" if score == "r2" else "fold_accuracies": of_folds}
    if verbose:
        print_comparison(table)
    return table
