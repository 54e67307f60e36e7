"""How accuracy holds when the test images change: the suite of changes, curves over severity, one figure per family."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from .._optional import require
from ..augmentation._kinds import KINDS
from ..augmentation.corruptions import Corrupter
from .statistics import accuracy_over_folds

if TYPE_CHECKING:
    from pandas import DataFrame

SEVERITIES = (1, 2, 3, 4, 5)


class Change(NamedTuple):
    """One change of the test images: its name, its family and strength, and the transformer that makes it."""

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
    """List the changes of test images that a benchmark makes.

    Parameters
    ----------
    corruptions : "all", list of str, dict or None, default="all"
        Kinds of `Corrupter`, each in all `severities`; or, by name, a transformer image -> image or a list of such
        from mild to severe. None is no change at all.
    severities : sequence of int from 1 to 5, default=(1, 2, 3, 4, 5)
        Of the kinds of `Corrupter`.
    random_state : int, default=0
        Seed of every `Corrupter` that is made here.

    Returns
    -------
    changes : list of Change
        Named tuples (corruption, family, severity, amount, unit, transformer). A transformer that is no `Corrupter`
        has no amount (NaN) and belongs to the family "other".

    Raises
    ------
    ValueError
        For a kind that `Corrupter` does not know.

    Examples
    --------
    >>> from featkit.evaluation import corruption_suite
    >>> [(change.severity, change.amount, change.unit) for change in corruption_suite(["rotation"])]
    [(1, 5, 'degrees'), (2, 10, 'degrees'), (3, 15, 'degrees'), (4, 20, 'degrees'), (5, 30, 'degrees')]
    """
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
        raise ValueError(f'Expected corruptions "all", a dict or kinds among {sorted(KINDS)}, got {unknown}.')
    return [
        _described(kind, severity, Corrupter(kind=kind, severity=severity, random_state=random_state))
        for kind in kinds
        for severity in severities
    ]


def _described(name: str, severity: int, transformer: BaseEstimator) -> Change:
    if not isinstance(transformer, Corrupter):
        return Change(name, "other", severity, np.nan, "", transformer)
    kind = KINDS[transformer.kind]
    amount = kind.amounts[transformer.severity - 1] if transformer.amount is None else transformer.amount
    return Change(name, kind.family, severity, amount, kind.unit, transformer)


def robustness_curves(robustness: "DataFrame") -> "DataFrame":
    """Mean accuracy and its interval for every candidate, corruption and severity.

    Parameters
    ----------
    robustness : pandas.DataFrame
        As ``benchmark(...).robustness``.

    Returns
    -------
    curves : pandas.DataFrame
        Columns candidate, corruption, severity, amount, unit, accuracy, low, high; the interval is that of
        `corrected_resampled_test`.
    """
    keys = ["candidate", "corruption", "severity", "amount", "unit"]
    return _means_with_intervals(robustness, keys)


def robustness_summary(robustness: "DataFrame") -> "DataFrame":
    """One figure for every candidate and family of changes: the mean accuracy over all of them.

    Parameters
    ----------
    robustness : pandas.DataFrame
        As ``benchmark(...).robustness``.

    Returns
    -------
    summary : pandas.DataFrame
        Columns candidate, family, accuracy, low, high, kept. Every corruption of a family weighs the same, and so
        does each of its severities; the family "all" is the mean over all corruptions. The interval is that of
        `corrected_resampled_test` over the folds; ``kept`` is accuracy as a share of that on unchanged images.
    """
    pandas = require("pandas", extra="report")
    together = pandas.concat([robustness, robustness.assign(family="all")], ignore_index=True)
    per_fold = ["candidate", "family", "repeat", "fold", "n_train", "n_test", "clean"]
    by_corruption = together.groupby([*per_fold, "corruption"], sort=False)["accuracy"].mean()
    figures = by_corruption.groupby(per_fold, sort=False).mean().reset_index()
    summary = _means_with_intervals(figures, ["candidate", "family"])
    clean = figures.groupby(["candidate", "family"], sort=False)["clean"].mean().to_numpy()
    return summary.assign(kept=summary["accuracy"] / clean)


def _means_with_intervals(figures: "DataFrame", keys: list[str]) -> "DataFrame":
    pandas = require("pandas", extra="report")
    rows = []
    for key, part in figures.groupby(keys, sort=False, dropna=False):
        mean_and_ends = accuracy_over_folds(part["accuracy"], n_train=part["n_train"], n_test=part["n_test"])
        rows.append((*key, *mean_and_ends))
    return pandas.DataFrame(rows, columns=[*keys, "accuracy", "low", "high"])
