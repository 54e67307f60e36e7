"""The tables of a benchmark, from the records of its folds."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..._optional import require
from .._columns import ACCURACY, R2, score_of
from ..robustness import Change
from ..statistics import (
    corrected_resampled_test,
    holm_correction,
    mcnemar_test,
    score_over_folds,
    squared_error_test,
    wilson_interval,
)
from ._costs import STAGES
from ._folds import Fold
from ._targets import Target

if TYPE_CHECKING:
    from pandas import DataFrame


# score: column of the test over the images
IMAGE_TESTS = {ACCURACY: "p_mcnemar", R2: "p_squared_error"}
_NAMES = ("candidate", "repeat", "fold", "n_train", "n_test")


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
            **record["figures"],
        }
        for fold, by_name in zip(folds, records, strict=True)
        for name, record in by_name.items()
    ]
    return require("pandas", extra="report").DataFrame(rows)


def prediction_frame(folds: Sequence[Fold], records: Sequence[dict[str, dict]], target: Target) -> "DataFrame":
    """One row per fold, candidate and test image: truth and prediction."""
    pandas = require("pandas", extra="report")
    truth = np.asarray(target.shown(target.values))
    parts = [
        pandas.DataFrame(
            {
                **{"candidate": name, **_place(fold), "image": fold.test},
                **{"truth": truth[fold.test], "predicted": target.shown(predicted)},
            }
        )
        for fold, by_name in zip(folds, records, strict=True)
        for name, predicted in ((name, record["predicted"]) for name, record in by_name.items())
    ]
    return pandas.concat(parts, ignore_index=True)


def learning_frame(
    folds: Sequence[Fold],
    records: Sequence[dict[str, dict]],
    train_sizes: Sequence[int],
    score: str = ACCURACY.column,
) -> "DataFrame":
    """One row per fold, candidate and number of training images: its score; the folds are the draws."""
    rows = [
        (name, n_train, len(fold.test), draw, value)
        for draw, (fold, by_name) in enumerate(zip(folds, records, strict=True))
        for name, record in by_name.items()
        for n_train, value in zip(train_sizes, record["learning"], strict=True)
    ]
    columns = ["candidate", "n_train", "n_test", "draw", score]
    return require("pandas", extra="report").DataFrame(rows, columns=columns)


def robustness_frame(
    folds: Sequence[Fold],
    records: Sequence[dict[str, dict]],
    changes: Sequence[Change],
    score: str = ACCURACY.column,
) -> "DataFrame":
    """One row per fold, candidate and change: its score, and that on the unchanged images beside it."""
    place = ["repeat", "fold", "n_train", "n_test"]
    rows = [
        (
            *(name, change.corruption, change.family, change.severity, change.amount, change.unit),
            *(fold.repeat, fold.fold, len(fold.train), len(fold.test)),
            *(record["figures"][score], value),
        )
        for fold, by_name in zip(folds, records, strict=True)
        for name, record in by_name.items()
        for change, value in zip(changes, record["robustness"], strict=True)
    ]
    columns = ["candidate", "corruption", "family", "severity", "amount", "unit", *place, "clean", score]
    return require("pandas", extra="report").DataFrame(rows, columns=columns)


def _place(fold: Fold) -> dict[str, int]:
    return {"repeat": fold.repeat, "fold": fold.fold}


def candidate_table(folds: "DataFrame", predictions: "DataFrame") -> "DataFrame":
    """One row per candidate: means of its scores over the folds, medians of what it costs.

    Where all folds agree, as at 100 %, their spread says nothing, and the interval of the accuracy is that of Wilson
    over the images.
    """
    pandas = require("pandas", extra="report")
    n_images = predictions["image"].nunique()
    score, rows = score_of(folds), {}
    of_images = {*_NAMES, score.column, "fit_seconds", *STAGES, "n_features", "peak_mb"}
    others = [column for column in folds if column not in of_images]
    for name, part in folds.groupby("candidate", sort=False):
        mean, low, high = score_over_folds(
            part[score.column], n_train=part["n_train"], n_test=part["n_test"], least=score.least
        )
        if np.isnan(low) and len(part) > 1 and score == ACCURACY:
            low, high = wilson_interval(round(mean * n_images), n_images)
        milliseconds = part[list(STAGES)].median()
        rows[name] = {
            score.column: mean,
            f"{score.column}_std": part[score.column].std(ddof=1),
            f"{score.column}_low": low,
            f"{score.column}_high": high,
            **part[others].mean(),
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
    """One row per pair of candidates: difference of scores, interval, p values of both tests as such and adjusted.

    The test over the images (McNemar's, or that of the squared errors) takes every image once, at its first
    prediction. Of squared errors it is 1 where the better over the images is not the better over the folds.
    """
    score = score_of(folds)
    scores = folds.pivot(index=["repeat", "fold"], columns="candidate", values=score.column)
    sizes = folds.groupby(["repeat", "fold"])[["n_train", "n_test"]].first()
    first = predictions.drop_duplicates(["candidate", "image"])
    answers = first.assign(right=first["truth"] == first["predicted"])
    answers = answers.pivot(index="image", columns="candidate", values="predicted" if score == R2 else "right")
    truth = first.drop_duplicates("image").set_index("image")["truth"].loc[answers.index]
    rows = []
    for a, b in combinations(folds["candidate"].unique(), 2):
        test = corrected_resampled_test(scores[a] - scores[b], n_train=sizes["n_train"], n_test=sizes["n_test"])
        if score == R2:
            p = _p_of_errors(truth, answers[a], answers[b], test.mean)
        else:
            p = mcnemar_test(answers[a], answers[b])
        rows.append((a, b, *test, p))
    over_images = IMAGE_TESTS[score]
    columns = ["a", "b", "difference", "low", "high", "p_resampled", over_images]
    pairs = require("pandas", extra="report").DataFrame(rows, columns=columns)
    for column in ("p_resampled", over_images):
        pairs[f"{column}_holm"] = holm_correction(np.asarray(pairs[column], dtype=float))
    return pairs


def _p_of_errors(truth: np.ndarray, first: np.ndarray, second: np.ndarray, difference: float) -> float:
    gained = float(np.mean((second - truth) ** 2 - (first - truth) ** 2))
    return squared_error_test(truth, first, second) if gained * difference > 0 else 1.0
