"""Robustness to corruptions: the suite of corruptions, curves over severity, one figure per family."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from .._optional import require
from ..augmentation._kinds import KINDS
from ..augmentation.corruptions import SEED, Corrupter
from ..exceptions import shown
from ..parameters import check_distinct, check_number
from ._columns import R2, check_columns, score_of
from .statistics import score_over_folds

if TYPE_CHECKING:
    from pandas import DataFrame

SEVERITIES = (1, 2, 3, 4, 5)
KEYS = ("candidate", "corruption", "severity", "amount", "unit")


class Change(NamedTuple):
    """One corruption of the test images: its name, family, severity and amount, and the transformer that makes it."""

    corruption: str
    family: str
    severity: int
    amount: float
    unit: str
    transformer: BaseEstimator


def corruption_suite(
    corruptions: str | Sequence[str] | Mapping[str, BaseEstimator | Sequence[BaseEstimator]] | None = "all",
    *,
    severities: Sequence[int] = SEVERITIES,
    random_state: int = 0,
) -> list[Change]:
    """List the corruptions of test images for a robustness benchmark, after MNIST-C.

    Parameters
    ----------
    corruptions : "all", list of str, dict or None, default="all"
        Kinds of `Corrupter`, each in all `severities`; or, by name, a transformer image -> image or a list of such
        from mild to severe (a `Corrupter` keeps its severity). None is no corruption at all.
    severities : sequence of int from 1 to 5, default=(1, 2, 3, 4, 5)
        Severities of the kinds of `Corrupter`.
    random_state : int, default=0
        From 0. Seed of every `Corrupter` that is made here.

    Returns
    -------
    changes : list of Change
        Named tuples (corruption, family, severity, amount, unit, transformer). A transformer that is no `Corrupter`
        has no amount (NaN) and belongs to the family "other".

    Raises
    ------
    ValueError
        For a kind that `Corrupter` does not know.
    InvalidParameterError
        For a severity that is not from 1 to 5.

    See Also
    --------
    featkit.Corrupter : Makes the corruptions, with a table of the kinds.
    robustness_curves : Accuracy against severity.
    featkit.benchmark : Tests candidates under the corruptions.

    Examples
    --------
    >>> from featkit.evaluation import corruption_suite
    >>> [(change.severity, change.amount, change.unit) for change in corruption_suite(["rotation"])]
    [(1, 5, 'degrees'), (2, 10, 'degrees'), (3, 15, 'degrees'), (4, 20, 'degrees'), (5, 30, 'degrees')]
    """
    severities = check_distinct("severities", severities, 1, len(SEVERITIES))
    random_state = check_number("random_state", random_state, SEED)
    if corruptions is None:
        return []
    if isinstance(corruptions, Mapping):
        return [
            _described(name, severity, transformer)
            for name, given in corruptions.items()
            for severity, transformer in enumerate(given if isinstance(given, (list, tuple)) else [given], start=1)
        ]
    if isinstance(corruptions, str):
        corruptions = KINDS if corruptions == "all" else [corruptions]
    kinds = list(corruptions)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ValueError(f'Expected corruptions "all", a dict or kinds among {sorted(KINDS)}, got {shown(unknown)}.')
    return [
        _described(kind, severity, Corrupter(kind=kind, severity=severity, random_state=random_state))
        for kind in kinds
        for severity in severities
    ]


def _described(name: str, severity: int, transformer: BaseEstimator) -> Change:
    if not isinstance(transformer, Corrupter):
        return Change(name, "other", severity, np.nan, "", transformer)
    kind = KINDS[transformer.kind]
    severity = transformer.severity if transformer.amount is None else severity
    amount = kind.amounts[transformer.severity - 1] if transformer.amount is None else transformer.amount
    return Change(name, kind.family, severity, amount, kind.unit, transformer)


def robustness_curves(robustness: "DataFrame") -> "DataFrame":
    """Robustness curves: mean accuracy and its interval by candidate, corruption and severity.

    Parameters
    ----------
    robustness : pandas.DataFrame
        As ``benchmark(...).robustness``.

    Returns
    -------
    curves : pandas.DataFrame
        Columns candidate, corruption, severity, amount, unit, accuracy (or r2), low, high; the interval is that of
        `corrected_resampled_test`, NaN where all folds agree.

    See Also
    --------
    corruption_suite : The corruptions.
    featkit.display.RobustnessDisplay : Draws the curves.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.evaluation import robustness_curves
    >>> fixed = {"candidate": "HOG", "corruption": "blur", "amount": 0.01, "unit": "sigma", "n_train": 80, "n_test": 40}
    >>> folds = pd.DataFrame({"severity": [1, 1, 2, 2], "accuracy": [0.9, 0.8, 0.7, 0.6]}).assign(**fixed)
    >>> robustness_curves(folds)["accuracy"].tolist()
    [0.85, 0.65]
    """
    check_columns(robustness, [*KEYS, "n_train", "n_test", score_of(robustness).column], "benchmark(...).robustness")
    return _means_with_intervals(robustness, list(KEYS))


def robustness_summary(robustness: "DataFrame") -> "DataFrame":
    """One figure for every candidate and family of corruptions: the mean accuracy over all of them.

    Parameters
    ----------
    robustness : pandas.DataFrame
        As ``benchmark(...).robustness``.

    Returns
    -------
    summary : pandas.DataFrame
        Columns candidate, family, accuracy (or r2), low, high, kept (not with r2). Every corruption of a family weighs
        the same, and so does each of its severities; the family "all" is the mean over all corruptions. The interval is
        that of `corrected_resampled_test` over the folds; ``kept`` is accuracy as a fraction of that on unchanged
        images.
    """
    pandas = require("pandas", extra="report")
    together = pandas.concat([robustness, robustness.assign(family="all")], ignore_index=True)
    per_fold = ["candidate", "family", "repeat", "fold", "n_train", "n_test", "clean"]
    score = score_of(robustness)
    by_corruption = together.groupby([*per_fold, "corruption"], sort=False)[score.column].mean()
    figures = by_corruption.groupby(per_fold, sort=False).mean().reset_index()
    summary = _means_with_intervals(figures, ["candidate", "family"])
    if score == R2:  # a fraction of what may be below zero says nothing
        return summary
    clean = figures.groupby(["candidate", "family"], sort=False)["clean"].mean().to_numpy()
    return summary.assign(kept=summary["accuracy"] / clean)


def _means_with_intervals(figures: "DataFrame", keys: list[str]) -> "DataFrame":
    pandas = require("pandas", extra="report")
    score, rows = score_of(figures), []
    for key, part in figures.groupby(keys, sort=False, dropna=False):
        mean_and_ends = score_over_folds(
            part[score.column], n_train=part["n_train"], n_test=part["n_test"], least=score.least
        )
        rows.append((*key, *mean_and_ends))
    return pandas.DataFrame(rows, columns=[*keys, score.column, "low", "high"])
