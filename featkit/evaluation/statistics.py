"""What may be concluded from folds and data sets: intervals, paired tests, ranks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .._optional import require

if TYPE_CHECKING:
    from pandas import DataFrame, Series


class ResampledTest(NamedTuple):
    """What `corrected_resampled_test` found.

    Attributes
    ----------
    mean, low, high : float
        Mean of the values and the ends of its interval.
    p : float
        Two-sided probability of such a mean where the truth is 0.
    """

    mean: float
    low: float
    high: float
    p: float


def corrected_resampled_test(
    values: ArrayLike, *, n_train: ArrayLike, n_test: ArrayLike, confidence: float = 0.95
) -> ResampledTest:
    """Mean over folds, its interval and its p, corrected for folds that share their training images.

    Parameters
    ----------
    values : array-like of shape (n_folds,)
        One figure per fold: a difference of two candidates, or the accuracy of one.
    n_train, n_test : int or array-like of shape (n_folds,)
        Images that each fold trains and tests on; means are taken.
    confidence : float in (0, 1), default=0.95
        Probability of the interval.

    Returns
    -------
    test : ResampledTest
        Mean, low, high and p. All but the mean are NaN for a single fold. Folds that agree to the last digit give an
        interval of no width: they say nothing of the images that were not drawn.

    Notes
    -----
    Student's t with ``n_folds - 1`` degrees of freedom on the variance ``(1 / n_folds + n_test / n_train) s²`` in the
    place of ``s² / n_folds``: the training sets overlap, and the plain test takes that for independent evidence.

    References
    ----------
    Nadeau, Bengio 2003, "Inference for the generalization error", doi:10.1023/A:1024068626366.

    Examples
    --------
    >>> from featkit.evaluation import corrected_resampled_test
    >>> corrected_resampled_test([0.01, 0.02, 0.03], n_train=100, n_test=50)
    ResampledTest(mean=0.02, low=-0.019, high=0.059, p=0.159)
    """
    figures = np.asarray(values, dtype=np.float64)
    n_folds, mean = len(figures), float(np.mean(figures))
    if n_folds < 2:
        return ResampledTest(mean, np.nan, np.nan, np.nan)
    if all_agree := np.ptp(figures) == 0:
        mean = float(figures[0])  # the sum of equal figures over their number may be another
    share_tested = np.mean(np.asarray(n_test)) / np.mean(np.asarray(n_train))
    error = 0.0 if all_agree else float(np.sqrt((1 / n_folds + share_tested) * np.var(figures, ddof=1)))
    reach = float(stats.t.ppf((1 + confidence) / 2, n_folds - 1)) * error
    if error == 0:
        p = 1.0 if mean == 0 else 0.0
    else:
        p = float(2 * stats.t.sf(abs(mean) / error, n_folds - 1))
    return ResampledTest(mean, mean - reach, mean + reach, p)


def accuracy_over_folds(accuracies: ArrayLike, *, n_train: ArrayLike, n_test: ArrayLike) -> tuple[float, float, float]:
    """Mean accuracy and the interval of `corrected_resampled_test`, cut off at 0 and 1.

    Returns
    -------
    accuracy, low, high : float
        The ends are NaN for a single fold, and where all folds agree: that says nothing of other images.
    """
    test = corrected_resampled_test(accuracies, n_train=n_train, n_test=n_test)
    if not test.low < test.high:
        return test.mean, np.nan, np.nan
    low, high = np.clip([test.low, test.high], 0, 1).tolist()
    return test.mean, low, high


def mcnemar_test(first_right: ArrayLike, second_right: ArrayLike) -> float:
    """Exact two-sided McNemar test of two candidates on the same images.

    Parameters
    ----------
    first_right, second_right : array-like of bool (n_images,)
        Whether each candidate was right on each image.

    Returns
    -------
    p : float
        Probability of so uneven a split of the images on which only one is right, were both equally good; 1 where they
        are right on the same images.

    References
    ----------
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions or percentages",
    doi:10.1007/BF02295996.

    Examples
    --------
    >>> from featkit.evaluation import mcnemar_test
    >>> mcnemar_test([True] * 6 + [False], [False] * 6 + [True])  # 6 against 1: 2 (1 + 7) / 2 ** 7
    0.125
    """
    first_right, second_right = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    only_first = int(np.sum(first_right & ~second_right))
    parted = only_first + int(np.sum(second_right & ~first_right))
    return float(stats.binomtest(only_first, parted).pvalue) if parted else 1.0


def holm_correction(p_values: ArrayLike) -> np.ndarray:
    """Adjust p values of several tests so that all their conclusions hold together.

    Parameters
    ----------
    p_values : array-like of shape (n_tests,)
        NaN stays NaN and does not count as a test.

    Returns
    -------
    adjusted : float ndarray (n_tests,)

    References
    ----------
    Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6(2).

    Examples
    --------
    >>> from featkit.evaluation import holm_correction
    >>> holm_correction([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p_values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1)))
    return adjusted


@dataclass
class CriticalDifference:
    """What `critical_difference` found.

    Attributes
    ----------
    ranks : pandas.Series
        Mean rank of each candidate over the data sets, best (1) first.
    critical_difference : float
        Two candidates differ where their mean ranks are at least this far apart (Nemenyi).
    friedman_p : float
        Probability of such unequal ranks, were all candidates alike (Friedman's test in the form of Iman, Davenport;
        as in Demšar's paper not corrected for ties, which would make it smaller).
    cliques : list of tuple of str
        Largest sets of neighbours in rank that do not differ; only those of two and more.
    """

    ranks: "Series"
    critical_difference: float
    friedman_p: float
    cliques: list[tuple[str, ...]]


def critical_difference(
    tables: Mapping[str, "DataFrame"], *, column: str = "accuracy", alpha: float = 0.05
) -> CriticalDifference:
    """Rank candidates over several data sets, and say from which distance on the ranks differ.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        By data set, a table with one row per candidate, as ``benchmark(...).table``. Candidates that are not in every
        table are left out.
    column : str, default="accuracy"
        What is ranked; more is better.
    alpha : float in (0, 1), default=0.05
        Probability of finding any difference among candidates that are alike.

    Returns
    -------
    result : CriticalDifference

    Raises
    ------
    ValueError
        For fewer than two data sets, or fewer than two candidates in all of them.

    References
    ----------
    Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.evaluation import critical_difference
    >>> tables = {k: pd.DataFrame({"accuracy": [0.9, 0.8 + k / 100, 0.7]}, ["HOG", "LBP", "pixels"]) for k in range(5)}
    >>> found = critical_difference(tables)
    >>> found.ranks.to_dict(), round(found.critical_difference, 2), found.cliques
    ({'HOG': 1.0, 'LBP': 2.0, 'pixels': 3.0}, 1.48, [('HOG', 'LBP'), ('LBP', 'pixels')])
    """
    pandas = require("pandas", extra="report")
    scores = pandas.DataFrame({name: table[column] for name, table in tables.items()}).dropna().T
    n_sets, n_candidates = scores.shape
    if n_sets < 2 or n_candidates < 2:
        raise ValueError(
            f"Expected at least two data sets with at least two candidates in all of them, got {n_sets} data sets "
            f"and {n_candidates} common candidates."
        )
    ranks = scores.rank(axis=1, ascending=False).mean().sort_values(kind="stable")
    spread = n_candidates * (n_candidates + 1) / (6 * n_sets)
    reach = float(stats.studentized_range.ppf(1 - alpha, n_candidates, np.inf) / np.sqrt(2) * np.sqrt(spread))
    return CriticalDifference(ranks, reach, _iman_davenport_p(ranks, n_sets), _cliques(ranks, reach))


def _iman_davenport_p(ranks: "Series", n_sets: int) -> float:
    n_candidates = len(ranks)
    between = np.sum((ranks - (n_candidates + 1) / 2) ** 2)
    chi_square = 12 * n_sets / (n_candidates * (n_candidates + 1)) * between
    rest = n_sets * (n_candidates - 1) - chi_square
    if rest <= 1e-12 * n_sets:  # every data set ranks them alike
        return 0.0
    return float(stats.f.sf((n_sets - 1) * chi_square / rest, n_candidates - 1, (n_candidates - 1) * (n_sets - 1)))


def _cliques(ranks: "Series", reach: float) -> list[tuple[str, ...]]:
    values, names = ranks.to_numpy(), list(ranks.index)
    cliques, furthest = [], 0
    for start in range(len(values)):
        stop = int(np.searchsorted(values, values[start] + reach, side="left"))
        if stop > max(furthest, start + 1):
            cliques.append(tuple(names[start:stop]))
            furthest = stop
    return cliques
