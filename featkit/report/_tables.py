"""The tables of a report: cells with a text, a value to sort by and, for some, a small drawing."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..evaluation._columns import Score, score_of
from ..evaluation.benchmarking._tables import IMAGE_TESTS
from ..evaluation.benchmarking.results import Benchmark
from ..evaluation.statistics import without_rounding_noise
from ._verdict import best_rivals, compared, format_p, scores_of

if TYPE_CHECKING:
    from pandas import DataFrame, Series

MANY_CLASSES = 20
# heading, column of the table and, where they are not always the same, digits
_SCORES = (
    *(("MAE", "mae", 4), ("micro F1", "micro_f1", 3), ("macro F1", "macro_f1", 3)),
    *(("log loss", "log_loss", 3), ("ms / image", "ms_per_image", 3)),
)
_COSTS = (("reading", "read_ms"), ("preprocessing", "preprocess_ms"), ("features", "feature_ms"))


def results_table(benchmark: Benchmark) -> dict:
    """The score with its interval, the comparison with the best raw pixels, and further scores."""
    table = benchmark.table
    rivals = best_rivals(benchmark)
    score = benchmark.score
    scale = _interval_scale(table, score)
    values = without_rounding_noise(scores_of(benchmark))
    columns = ["candidate", score.heading, "95 % interval"]
    if rivals:
        columns.append(f"against {rivals[1]}")
    scores = [(heading, name, digits) for heading, name, digits in _SCORES if _has(table, name)]
    rows = []
    for (name, row), is_best in zip(table.iterrows(), values == np.nanmax(values)):
        interval = _interval_cell(row, score, scale, name in benchmark.baselines)
        cells = [_text_cell(name), _score_cell(score, row), interval]
        if rivals:
            cells.append(_comparison_cell(benchmark, name, rivals[1]))
        cells += [_number_cell(row[column], digits) for _, column, digits in scores]
        rows.append({"cells": cells, "is_best": bool(is_best)})
    return {"columns": columns + [heading for heading, _, _ in scores], "rows": rows}


def costs_table(benchmark: Benchmark) -> dict | None:
    """Milliseconds per image by part of the work, seconds of fitting, columns and memory; None without costs."""
    table = benchmark.table
    parts = [(heading, name) for heading, name in _COSTS if _has(table, name)]
    if not parts:
        return None
    rest = [("fit s", "fit_seconds", 2), ("columns", "n_features", 0), ("peak MB", "peak_mb", 0)]
    rest = [column for column in rest if _has(table, column[1])]
    most = max(sum(_zero_if_nan(row[name]) for _, name in parts) for _, row in table.iterrows()) or 1
    rows = []
    for name, row in table.iterrows():
        shares = [_zero_if_nan(row[column]) / most for _, column in parts]
        cells = [_text_cell(name), *(_number_cell(row[column], 3) for _, column in parts)]
        cells.append({"kind": "stack", "text": "", "sort": sum(shares), "shares": [100 * share for share in shares]})
        cells += [_number_cell(row[column], digits) for _, column, digits in rest]
        rows.append({"cells": cells})
    headings = [f"{heading} ms" for heading, _ in parts]
    return {"columns": ["candidate", *headings, "together", *(heading for heading, _, _ in rest)], "rows": rows}


def pairs_table(benchmark: Benchmark) -> dict | None:
    """Every pair of candidates: difference, its interval and both tests for the pair alone, both tests adjusted."""
    pairs = benchmark.pairs
    if pairs is None or pairs.empty:
        return None
    score = benchmark.score
    over_images = IMAGE_TESTS[score]
    tests = ("p_resampled", over_images, "p_resampled_holm", f"{over_images}_holm")
    rows = []
    for pair in pairs.to_dict("records"):
        cells = [_text_cell(pair["a"]), _text_cell(pair["b"]), *_difference_cells(score, pair)]
        rows.append({"cells": cells + [_p_cell(pair[name]) for name in tests]})
    name = "McNemar" if over_images == "p_mcnemar" else "squared errors"
    columns = ["first", "second", f"first − second, {score.unit}", "95 % interval"]
    columns += ["t-test p", f"{name} p", "t-test p (Holm)", f"{name} p (Holm)"]
    return {"columns": columns, "rows": rows}


def ablation_table(benchmark: Benchmark) -> dict | None:
    """Score without each family of features."""
    ablation = benchmark.ablation
    if ablation is None or ablation.empty:
        return None
    score, rows = benchmark.score, []
    for row in ablation.to_dict("records"):
        cells = [_text_cell(row["candidate"]), _text_cell(row["family"]), _score_cell(score, row)]
        rows.append({"cells": [*cells, *_difference_cells(score, row), _p_cell(row["p"])]})
    columns = ["candidate", "left out", score.heading, f"change, {score.unit}", "95 % interval", "p"]
    return {"columns": columns, "rows": rows}


def robustness_table(summary: "DataFrame | None") -> dict | None:
    """Mean score of every candidate under each family of corruptions."""
    if summary is None or summary.empty:
        return None
    families = list(dict.fromkeys(summary["family"]))
    families = [
        *(family for family in families if family == "all"),
        *(family for family in families if family != "all"),
    ]
    score = score_of(summary)
    means = summary.set_index(["candidate", "family"])[score.column]
    rows = []
    for name in dict.fromkeys(summary["candidate"]):
        cells = [_text_cell(name), *(_heat_cell(score, means[name, family]) for family in families)]
        rows.append({"cells": cells})
    headings = ["all corruptions" if family == "all" else str(family) for family in families]
    return {"columns": ["candidate", *headings], "rows": rows}


def confusion_tables(benchmark: Benchmark) -> list[dict]:
    """Confusion matrix of each candidate over all folds; for many classes only the most frequent confusions."""
    predictions = benchmark.predictions
    if predictions is None or predictions.empty or benchmark.about.get("task") == "regression":
        return []
    classes = sorted(set(predictions["truth"]) | set(predictions["predicted"]))
    tables = []
    for name, part in predictions.groupby("candidate", sort=False):
        counts = part.groupby(["truth", "predicted"]).size()
        if len(classes) > MANY_CLASSES:
            table = _frequent_confusions(counts)
        else:
            table = _confusion_matrix(counts, classes)
        tables.append({"candidate": name, **table})
    return tables


def _confusion_matrix(counts: "Series", classes: Sequence) -> dict:
    rows = []
    for truth in classes:
        of_truth = {said: int(counts.get((truth, said), 0)) for said in classes}
        total = sum(of_truth.values()) or 1
        cells = [
            {"count": count, "heat": math.ceil(10 * count / total), "right": said == truth}
            for said, count in of_truth.items()
        ]
        rows.append({"truth": str(truth), "cells": cells})
    return {"classes": [str(name) for name in classes], "matrix": rows}


def _frequent_confusions(counts: "Series") -> dict:
    wrong = counts[[truth != said for truth, said in counts.index]].sort_values(ascending=False, kind="stable")[:20]
    rows = [
        {"cells": [_text_cell(truth), _text_cell(said), _number_cell(count, 0)]}
        for (truth, said), count in wrong.items()
    ]
    return {"table": {"columns": ["truth", "predicted", "times"], "rows": rows}}


# Cells


def _has(table: "DataFrame", column: str) -> bool:
    return column in table and table[column].notna().any()


def _zero_if_nan(value: float) -> float:
    return 0.0 if math.isnan(value) else float(value)


def _text_cell(text: object) -> dict:
    return {"kind": "name", "text": str(text), "sort": str(text)}


def _sorted_cell(text: str, value: float) -> dict:
    return {"kind": "number", "text": text, "sort": float(value)}


def _number_cell(value: float, digits: int) -> dict:
    if math.isnan(value):
        return {"kind": "number", "text": "–", "sort": ""}
    return _sorted_cell(f"{value:,.{digits}f}", value)


def _score_cell(score: Score, row: "dict | Series") -> dict:
    return _number_cell(score.factor * row[score.column], 2 if score.factor == 100 else score.digits)


def _difference_cells(score: Score, row: dict) -> list[dict]:
    """A difference, and its interval, which a single fold does not have."""
    low, high = row["low"], row["high"]
    interval = (
        _number_cell(low, 1)
        if math.isnan(low)
        else _sorted_cell(f"{score.difference(low)} to {score.difference(high)}", low)
    )
    return [_sorted_cell(score.difference(row["difference"]), row["difference"]), interval]


def _p_cell(p: float) -> dict:
    return _number_cell(p, 3) if math.isnan(p) else _sorted_cell(format_p(p).replace("p = ", "").replace("p ", ""), p)


def _heat_cell(score: Score, value: float) -> dict:
    heat = max(0, math.floor(10 * value))
    return {"kind": "heat", "text": score.number(value), "sort": float(value), "heat": heat}


def _comparison_cell(benchmark: Benchmark, name: str, raw: str) -> dict:
    if name == raw:
        return {"kind": "comparison", "text": "reference", "sort": 0.0, "mark": "", "meaning": ""}
    comparison = compared(benchmark, name, raw)
    if not comparison.is_tested:
        mark, meaning = "", ""
    elif not comparison.is_significant:
        mark, meaning = "≈", f"no significant difference, {format_p(comparison.p)}"
    elif comparison.difference > 0:
        mark, meaning = "▲", f"significantly better, {format_p(comparison.p)}"
    else:
        mark, meaning = "▼", f"significantly worse, {format_p(comparison.p)}"
    return {
        "kind": "comparison",
        "text": benchmark.score.difference(comparison.difference),
        "sort": float(comparison.difference),
        "mark": mark,
        "meaning": meaning,
    }


def _interval_scale(table: "DataFrame", score: Score) -> tuple[float, float]:
    """Low and high end of the axis on which the intervals of all rows stand, in the numbers that are shown."""
    low = table[[score.column, f"{score.column}_low"]].min().min()
    high = table[[score.column, f"{score.column}_high"]].max().max()
    ends = max(score.least, math.floor(20 * low) / 20), min(1, math.ceil(20 * high) / 20)
    return score.factor * ends[0], score.factor * ends[1]


def _interval_cell(row: "Series", score: Score, scale: tuple[float, float], is_raw: bool) -> dict:
    names = (score.column, f"{score.column}_low", f"{score.column}_high")
    mean, low, high = (score.factor * row[name] for name in names)
    start, stop = scale
    place = [None if math.isnan(value) else 100 * (value - start) / (stop - start or 1) for value in (mean, low, high)]
    text = "–" if math.isnan(low) else f"{low:.{score.digits}f} to {high:.{score.digits}f}"
    return {
        "kind": "interval",
        "text": text,
        "sort": float(mean),
        "mean": place[0],
        "low": place[1],
        "high": place[2],
        "is_raw": is_raw,
    }
