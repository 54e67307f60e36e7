"""Learning curves: how accuracy grows with the number of training images, and where one candidate overtakes another."""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from .._optional import require
from ._columns import check_columns, score_of
from .statistics import score_over_folds, without_rounding_noise

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("candidate", "n_train", "n_test")


def learning_curves(learning: "DataFrame") -> "DataFrame":
    """Learning curves: mean accuracy and its interval by candidate and number of training images.

    Parameters
    ----------
    learning : pandas.DataFrame
        As ``benchmark(...).learning``: candidate, n_train, n_test, draw, accuracy (or r2).

    Returns
    -------
    curves : pandas.DataFrame
        Columns candidate, n_train, accuracy (or r2), low, high; the interval is that of `corrected_resampled_test`,
        NaN where all draws agree.

    See Also
    --------
    crossing_points : Where two of the curves cross.
    benchmark : Measures them.
    featkit.display.LearningDisplay : Draws them.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.evaluation import learning_curves
    >>> learning = pd.DataFrame({
    ...     "candidate": "HOG", "n_train": [100, 100, 200, 200], "n_test": 50, "draw": [0, 1, 0, 1],
    ...     "accuracy": [0.80, 0.84, 0.90, 0.90]})
    >>> learning_curves(learning)["accuracy"].tolist()
    [0.82, 0.9]
    """
    pandas = require("pandas", extra="report")
    score = score_of(learning)
    check_columns(learning, [*COLUMNS, score.column], "benchmark(...).learning")
    rows = []
    for key, draws in learning.groupby(["candidate", "n_train"], sort=False):
        figures = score_over_folds(
            draws[score.column], n_train=draws["n_train"], n_test=draws["n_test"], least=score.least
        )
        rows.append((*key, *figures))
    return pandas.DataFrame(rows, columns=["candidate", "n_train", score.column, "low", "high"])


def crossing_points(learning: "DataFrame") -> "DataFrame":
    """Numbers of training images at which the learning curves of two candidates cross.

    Parameters
    ----------
    learning : pandas.DataFrame
        As ``benchmark(...).learning``.

    Returns
    -------
    crossings : pandas.DataFrame
        Columns behind, ahead, n_train: up to about so many training images the candidate `behind` is better, from
        there on the candidate `ahead`. One row for each crossing, in the order of n_train. Between two measured sizes
        the curves are taken as straight over the logarithm of the number of images. Where they are equal at a
        measured size, to 12 digits, they cross there; where they are at several in a row, at the last of these.

    See Also
    --------
    learning_curves : Mean accuracies and intervals of the curves.

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
    score = score_of(learning).column
    check_columns(learning, [*COLUMNS, score], "benchmark(...).learning")
    means = learning.groupby(["candidate", "n_train"], sort=False)[score].mean().unstack("n_train")
    rows = []
    for first, second in combinations(means.index, 2):
        difference = (means.loc[first] - means.loc[second]).dropna().sort_index()  # of sizes that both have
        sizes, lead = difference.index.to_numpy(), without_rounding_noise(difference)
        decided = np.flatnonzero(lead)  # where both are equal nobody has overtaken anybody yet
        for before, after in zip(decided, decided[1:]):
            if lead[before] * lead[after] < 0:
                behind, ahead = (first, second) if lead[before] > 0 else (second, first)
                rows.append((behind, ahead, _crossing(sizes[before : after + 1], lead[before : after + 1])))
    crossings = pandas.DataFrame(rows, columns=["behind", "ahead", "n_train"])
    return crossings.sort_values("n_train", kind="stable", ignore_index=True)


def _crossing(sizes: np.ndarray, lead: np.ndarray) -> int:
    """Where a lead that is zero at all sizes but the first and the last changes its sign."""
    if len(sizes) > 2:
        return int(sizes[-2])
    fraction = lead[0] / (lead[0] - lead[1])
    return round(np.exp(np.log(sizes[0]) + fraction * np.log(sizes[1] / sizes[0])))
