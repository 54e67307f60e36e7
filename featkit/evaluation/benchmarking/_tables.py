"""The tables of a benchmark, from the records of its folds."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..._optional import require
from ..robustness import Change
from ..statistics import (
    accuracy_over_folds,
    corrected_resampled_test,
    holm_correction,
    mcnemar_test,
    wilson_interval,
)
from ._costs import STAGES
from ._folds import Fold

if TYPE_CHECKING:
    from pandas import DataFrame

FIGURES = ["accuracy", "macro_f1", "log_loss", "fit_seconds", *STAGES, "n_features", "peak_mb"]


def fold_frame(folds: Sequence[Fold], records: Sequence[dict[str, dict]]) -> "DataFrame":
    """One row per fold and candidate: its figures.

    Parameters
    ----------
    folds : list of Fold
    records : list of dict of str to dict
        Of each fold, the record of each candidate, see `run_fold`.
    """
    rows = [
        {
            "candidate": name,
            **_place(fold),
            "n_train": len(fold.train),
            "n_test": len(fold.test),
            **{figure: record["figures"][figure] for figure in FIGURES},
        }
        for fold, by_name in zip(folds, records, strict=True)
        for name, record in by_name.items()
    ]
    return require("pandas", extra="report").DataFrame(rows)


def prediction_frame(folds: Sequence[Fold], records: Sequence[dict[str, dict]], y: np.ndarray) -> "DataFrame":
    """One row per fold, candidate and test image: truth and prediction."""
    pandas = require("pandas", extra="report")
    parts = [
        pandas.DataFrame(
            {"candidate": name, **_place(fold), "image": fold.test, "truth": y[fold.test], "predicted": predicted}
        )
        for fold, by_name in zip(folds, records, strict=True)
        for name, predicted in ((name, record["predicted"]) for name, record in by_name.items())
    ]
    return pandas.concat(parts, ignore_index=True)


def learning_frame(
    folds: Sequence[Fold], records: Sequence[dict[str, dict]], train_sizes: Sequence[int]
) -> "DataFrame":
    """One row per fold, candidate and number of training images: accuracy; the folds are the draws."""
    rows = [
        (name, n_train, len(fold.test), draw, accuracy)
        for draw, (fold, by_name) in enumerate(zip(folds, records, strict=True))
        for name, record in by_name.items()
        for n_train, accuracy in zip(train_sizes, record["learning"], strict=True)
    ]
    columns = ["candidate", "n_train", "n_test", "draw", "accuracy"]
    return require("pandas", extra="report").DataFrame(rows, columns=columns)


def robustness_frame(
    folds: Sequence[Fold], records: Sequence[dict[str, dict]], changes: Sequence[Change]
) -> "DataFrame":
    """One row per fold, candidate and change: accuracy, and that on the unchanged images beside it."""
    place = ["repeat", "fold", "n_train", "n_test"]
    rows = [
        (
            *(name, change.corruption, change.family, change.severity, change.amount, change.unit),
            *(fold.repeat, fold.fold, len(fold.train), len(fold.test)),
            *(record["figures"]["accuracy"], accuracy),
        )
        for fold, by_name in zip(folds, records, strict=True)
        for name, record in by_name.items()
        for change, accuracy in zip(changes, record["robustness"], strict=True)
    ]
    columns = ["candidate", "corruption", "family", "severity", "amount", "unit", *place, "clean", "accuracy"]
    return require("pandas", extra="report").DataFrame(rows, columns=columns)


def _place(fold: Fold) -> dict[str, int]:
    return {"repeat": fold.repeat, "fold": fold.fold}


def candidate_table(folds: "DataFrame", predictions: "DataFrame") -> "DataFrame":
    """One row per candidate: mean accuracy, macro F1 and log loss over the folds, medians of what it costs.

    Where all folds agree, as at 100 %, their spread says nothing, and the interval is that of Wilson over the images.
    """
    pandas = require("pandas", extra="report")
    n_images = predictions["image"].nunique()
    rows = {}
    for name, part in folds.groupby("candidate", sort=False):
        accuracy, low, high = accuracy_over_folds(part["accuracy"], n_train=part["n_train"], n_test=part["n_test"])
        if np.isnan(low) and len(part) > 1:
            low, high = wilson_interval(round(accuracy * n_images), n_images)
        milliseconds = part[list(STAGES)].median()
        rows[name] = {
            "accuracy": accuracy,
            "accuracy_std": part["accuracy"].std(ddof=1),
            "accuracy_low": low,
            "accuracy_high": high,
            "macro_f1": part["macro_f1"].mean(),
            "log_loss": part["log_loss"].mean(),
            "fit_seconds": part["fit_seconds"].median(),
            **milliseconds,
            "ms_per_image": milliseconds.sum(),
            "n_features": int(part["n_features"].iloc[0]),
            "peak_mb": part["peak_mb"].median(),
        }
    table = pandas.DataFrame.from_dict(rows, orient="index").rename_axis("candidate")
    table["n_features"] = table["n_features"].astype(int)
    table.attrs["n_folds"] = len(folds) // len(table)
    return table


def pair_frame(folds: "DataFrame", predictions: "DataFrame") -> "DataFrame":
    """One row per pair of candidates: difference of accuracies, interval, p values of both tests as such and adjusted.

    McNemar's test takes every image once, at its first prediction.
    """
    accuracy = folds.pivot(index=["repeat", "fold"], columns="candidate", values="accuracy")
    sizes = folds.groupby(["repeat", "fold"])[["n_train", "n_test"]].first()
    first = predictions.drop_duplicates(["candidate", "image"])
    right = first.assign(right=first["truth"] == first["predicted"]).pivot(
        index="image", columns="candidate", values="right"
    )
    rows = []
    for a, b in combinations(folds["candidate"].unique(), 2):
        test = corrected_resampled_test(accuracy[a] - accuracy[b], n_train=sizes["n_train"], n_test=sizes["n_test"])
        rows.append((a, b, *test, mcnemar_test(right[a], right[b])))
    columns = ["a", "b", "difference", "low", "high", "p_resampled", "p_mcnemar"]
    pairs = require("pandas", extra="report").DataFrame(rows, columns=columns)
    return pairs.assign(
        p_resampled_holm=holm_correction(np.asarray(pairs["p_resampled"], dtype=float)),
        p_mcnemar_holm=holm_correction(np.asarray(pairs["p_mcnemar"], dtype=float)),
    )
