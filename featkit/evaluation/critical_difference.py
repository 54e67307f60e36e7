"""Comparison of several classifiers over several data sets: mean ranks, Friedman and Nemenyi tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from .._optional import require
from ..parameters import check_number
from ._columns import check_columns
from .statistics import PROBABILITY, without_rounding_noise

if TYPE_CHECKING:
    from pandas import DataFrame, Series


@dataclass
class CriticalDifference:
    """Mean ranks over data sets with the results of the Friedman and Nemenyi tests.

    Parameters
    ----------
    ranks : pandas.Series
        Mean rank of each candidate over the data sets, best (1) first; ties share their mean rank.
    critical_difference : float
        Two candidates differ where their mean ranks are at least this far apart (Nemenyi).
    friedman_p : float
        p value of the hypothesis that all candidates are alike (Friedman's test in the form of Iman and Davenport; as
        in Demšar's paper not corrected for ties, which would make it smaller).
    cliques : list of tuple of str
        Largest sets of neighbours in rank that do not differ; only those of two and more.

    See Also
    --------
    critical_difference : The function that returns it.
    featkit.display.CriticalDifferenceDisplay : Draws it.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.evaluation import critical_difference
    >>> tables = {k: pd.DataFrame({"accuracy": [0.8, 0.8]}, ["HOG", "pixels"]) for k in range(5)}
    >>> result = critical_difference(tables)
    >>> result.ranks.to_dict(), result.friedman_p
    ({'HOG': 1.5, 'pixels': 1.5}, 1.0)
    """

    ranks: "Series"
    critical_difference: float
    friedman_p: float
    cliques: list[tuple[str, ...]]


def critical_difference(
    tables: Mapping[str, "DataFrame"], *, column: str = "accuracy", alpha: float = 0.05
) -> CriticalDifference:
    """Friedman test and Nemenyi critical difference of several classifiers over several data sets.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        By data set, a table with one row per candidate, as ``benchmark(...).table``. Candidates that are not in every
        table are left out.
    column : str, default="accuracy"
        What is ranked; more is better. Figures that agree to 12 digits are ties.
    alpha : float in (0, 1), default=0.05
        Probability of finding any difference among candidates that are alike.

    Returns
    -------
    result : CriticalDifference
        Mean ranks, critical difference, p value and cliques.

    Raises
    ------
    ValueError
        For fewer than two data sets, or fewer than two candidates in all of them.
    InvalidParameterError
        When `alpha` does not lie between 0 and 1.

    See Also
    --------
    corrected_resampled_test : Compare two candidates on one data set.
    featkit.display.CriticalDifferenceDisplay : Draws the ranks.

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
    alpha = check_number("alpha", alpha, PROBABILITY)
    for table in tables.values():
        check_columns(table, [column], "benchmark(...).table")
    scores = pandas.DataFrame({name: table[column] for name, table in tables.items()}).dropna().T
    n_sets, n_candidates = scores.shape
    if n_sets < 2 or n_candidates < 2:
        raise ValueError(
            f"Expected at least two data sets with at least two candidates in all of them, got {n_sets} data sets "
            f"and {n_candidates} common candidates."
        )
    comparable = pandas.DataFrame([without_rounding_noise(row) for row in scores.to_numpy()], columns=scores.columns)
    ranks = comparable.rank(axis=1, ascending=False).mean().sort_values(kind="stable")
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
