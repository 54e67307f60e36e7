"""Compare features honestly: the same folds for all, raw pixels always among them."""

import time
from statistics import fmean, median, stdev

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import check_consistent_length

from .._optional import require
from .baselines import raw_pixel_features, tuned_pixel_svm

BASELINE = "raw pixels"


def compare_features(features, X, y, *, baseline=None, classifier=None, cv=5, groups=None, verbose=True):
    """Cross-validate several features on the same folds, with raw pixels as the measure.

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
        What decides behind every transformer; None is ``make_pipeline(StandardScaler(), SVC(C=10))``.
    cv : int, splitter or iterable of (train, test) indices, default=5
        An int is the number of stratified folds, in the order of the data: pass a shuffling splitter with a
        `random_state` for sorted data.
    groups : array-like of shape (n_images,) or None, default=None
        Passed to the splitter, so that pictures of one subject stay together.
    verbose : bool, default=True
        Show progress and the table in the terminal; needs the package rich.

    Returns
    -------
    table : pandas.DataFrame
        One row per candidate, raw pixels first:

        - ``accuracy`` and ``accuracy_std``: mean and sample standard deviation over the folds;
        - ``fit_seconds``: median time to fit on one training part, features and classifier;
        - ``ms_per_image``: median time of the features alone on a test part, per image;
        - ``n_features``: columns that the classifier gets.

        ``table.attrs["fold_accuracies"]`` holds the accuracies of every fold by name, for paired tests.

    Raises
    ------
    ValueError
        When there is no candidate, when X and y differ in length, or when y holds a single class.
    MissingDependencyError
        When pandas (or, for `verbose`, rich) is not installed.

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
    pandas = require("pandas", extra="report")
    X, y = X if isinstance(X, np.ndarray) else list(X), np.asarray(y)
    check_consistent_length(X, y)
    if not features:
        raise ValueError("Expected at least one candidate in features, got none: pass {name: transformer}.")
    if BASELINE in features:
        raise ValueError(f"The name {BASELINE!r} belongs to the baseline; rename that candidate.")
    if len(np.unique(y)) < 2:
        raise ValueError(f"Expected at least two classes in y, got only {np.unique(y).tolist()}.")
    if baseline is None:
        baseline = make_pipeline(raw_pixel_features(X), classifier or tuned_pixel_svm())
    if classifier is None:
        classifier = make_pipeline(StandardScaler(), SVC(C=10))
    candidates = {
        name: candidate if is_classifier(candidate) else make_pipeline(candidate, classifier)
        for name, candidate in {BASELINE: baseline, **features}.items()
    }
    splits = list(check_cv(cv, y, classifier=True).split(X, y, groups))
    trials = [(name, train, test) for train, test in splits for name in candidates]
    folds = {name: [] for name in candidates}
    for name, train, test in _with_progress(trials) if verbose else trials:
        folds[name].append(_fit_and_score(clone(candidates[name]), X, y, train, test))
    table = pandas.DataFrame.from_dict({name: _summary(results) for name, results in folds.items()}, orient="index")
    table["n_features"] = table["n_features"].astype(int)
    table.index.name = "features"
    table.attrs["fold_accuracies"] = {name: [fold["accuracy"] for fold in results] for name, results in folds.items()}
    if verbose:
        print_comparison(table)
    return table


def _take(X, indices):
    return X[indices] if isinstance(X, np.ndarray) else [X[index] for index in indices]


def _fit_and_score(candidate, X, y, train, test):
    """Fit one candidate on one fold; the features and the classifier behind them are timed apart."""
    if not isinstance(candidate, Pipeline):
        candidate = make_pipeline("passthrough", candidate)
    features, classifier = candidate[:-1], candidate[-1]
    X_train, X_test = _take(X, train), _take(X, test)
    start = time.perf_counter()
    classifier.fit(features.fit_transform(X_train, y[train]), y[train])
    fitted = time.perf_counter()
    rows = features.transform(X_test)
    extracted = time.perf_counter()
    return {
        "accuracy": accuracy_score(y[test], classifier.predict(rows)),
        "fit_seconds": fitted - start,
        "ms_per_image": 1000 * (extracted - fitted) / len(test),
        "n_features": np.asarray(rows[:1]).size,
    }


def _summary(folds):
    accuracies = [fold["accuracy"] for fold in folds]
    return {
        "accuracy": fmean(accuracies),
        "accuracy_std": stdev(accuracies) if len(accuracies) > 1 else np.nan,
        "fit_seconds": median(fold["fit_seconds"] for fold in folds),
        "ms_per_image": median(fold["ms_per_image"] for fold in folds),
        "n_features": folds[0]["n_features"],
    }


def _with_progress(trials):
    progress = require("rich.progress", extra="report")
    with progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        transient=True,
    ) as bar:
        task = bar.add_task("comparing", total=len(trials))
        for trial in trials:
            bar.update(task, description=trial[0])
            yield trial
            bar.advance(task)


def print_comparison(table):
    """Print the table of `compare_features` in the terminal.

    Parameters
    ----------
    table : pandas.DataFrame
        As `compare_features` returns it.
    """
    Table = require("rich.table", extra="report").Table
    Console = require("rich.console", extra="report").Console
    rich_table = Table(title=f"mean and standard deviation over {len(table.attrs['fold_accuracies'][BASELINE])} folds")
    rich_table.add_column("features")
    for heading in ("accuracy %", "fit s", "ms / image", "columns"):
        rich_table.add_column(heading, justify="right")
    best = table["accuracy"].max()
    for name, row in table.iterrows():
        rich_table.add_row(
            name,
            f"{100 * row['accuracy']:.2f} ± {100 * row['accuracy_std']:.2f}",
            f"{row['fit_seconds']:.2f}",
            f"{row['ms_per_image']:.3f}",
            f"{row['n_features']:.0f}",
            style="bold" if row["accuracy"] == best else None,
        )
    Console(width=None if Console().is_terminal else 100).print(rich_table)
