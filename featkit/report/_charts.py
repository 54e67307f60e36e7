"""The curves of a report, each with what its points say and the numbers behind it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._optional import require
from ..display._curves import QUIET, candidate_styles
from ..display.results.learning import LearningDisplay
from ..display.results.robustness import RobustnessDisplay, curves_from_clean
from ..evaluation._columns import score_of
from ..evaluation.benchmarking.results import Benchmark
from ._svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_POINTS = 400  # of a chart of predictions, evenly taken from the order of the truth
ALONE, ONE_OF_MANY = (5.0, 3.2), (3.8, 2.6)  # inches of a chart: its letters stay readable on a phone


def learning_charts(benchmark: Benchmark, place: str) -> list[dict]:
    """The learning curves, as a list of one chart; empty where there are none: one size is no curve.

    `place` says which section of the page they are for, no two of which may share an identifier.
    """
    if benchmark.learning is None or benchmark.learning["n_train"].nunique() < 2:
        return []
    curves = benchmark.learning_curves()
    display = LearningDisplay(curves, benchmark.baselines).plot(ax=_axes(ALONE), legend=False)
    title = f"{benchmark.score.name[0].upper()}{benchmark.score.name[1:]} by number of training images"
    sizes = [f"{size:,} images" for size in curves["n_train"]]
    return [_chart(title, display, sizes, place)]


def robustness_charts(benchmark: Benchmark, place: str) -> list[dict]:
    """A chart of the score against severity for each corruption, for the section `place` of the page."""
    if benchmark.robustness is None or benchmark.robustness.empty:
        return []
    curves = curves_from_clean(benchmark)
    charts = []
    for corruption, part in curves.groupby("corruption", sort=False):
        display = RobustnessDisplay(part, benchmark.baselines).plot(ax=_axes(ONE_OF_MANY), legend=False)
        display.axes_[0].set_title("")  # the page has it
        severities = ["unchanged" if row.severity == 0 else _severity_text(row) for row in part.itertuples()]
        charts.append(_chart(str(corruption).replace("_", " "), display, severities, place))
    return charts


def prediction_charts(benchmark: Benchmark, names: Iterable[str], place: str) -> list[dict]:
    """Predicted against true numbers of some candidates, on the same axes; empty where classes are predicted.

    The numbers behind a chart are means over fifths of the images in the order of their true numbers: where they run
    flatter than the truth, small numbers are predicted too large and large ones too small.
    """
    predictions = benchmark.predictions
    if predictions is None or predictions.empty or benchmark.about.get("task") != "regression":
        return []
    chosen = list(dict.fromkeys(names))
    shown = predictions[predictions["candidate"].isin(chosen)]
    limits = [shown[["truth", "predicted"]].to_numpy().min(), shown[["truth", "predicted"]].to_numpy().max()]
    styles = candidate_styles(benchmark.table.index, benchmark.baselines)
    charts = []
    for name in chosen:
        part, style = shown[shown["candidate"] == name].sort_values("truth", kind="stable"), styles[name]
        few = part.iloc[np.unique(np.linspace(0, len(part) - 1, min(len(part), MOST_POINTS)).astype(int))]
        title, axis = str(name), _axes(ONE_OF_MANY)
        axis.plot(limits, limits, color=QUIET, linewidth=1)
        (points,) = axis.plot(
            few["truth"], few["predicted"], style.marker, color=style.color, markersize=3, alpha=0.6, linestyle=""
        )
        points.set_gid(f"candidate-{style.number}")
        axis.set(xlabel="true", ylabel="predicted")
        readings = {
            style.number: [f"{name}: true {t:g}, predicted {p:.4g}" for t, p in few[["truth", "predicted"]].to_numpy()]
        }
        fifths = [fifth for fifth in np.array_split(part[["truth", "predicted"]].to_numpy(float), 5) if len(fifth)]
        rows = [
            [title, f"true {fifth[0, 0]:.4g} to {fifth[-1, 0]:.4g}", f"{fifth[:, 1].mean():.4g}"] for fifth in fifths
        ]
        figure: Any = axis.figure
        svg = inline_svg(figure, f"Predicted against true: {title}", readings, place)
        charts.append({"title": title, "svg": svg, "rows": rows})
    return charts


def _severity_text(row: Any) -> str:
    severity = f"severity {row.severity}"
    return severity if row.amount != row.amount else f"{severity}, {row.amount:g} {row.unit}".strip()


def _axes(size: tuple[float, float]) -> "Axes":
    figure = require("matplotlib.figure", extra="report").Figure
    return figure(figsize=size, layout="constrained").subplots()


def _chart(title: str, display: LearningDisplay | RobustnessDisplay, texts: list[str], place: str) -> dict:
    curves, score = display.curves, score_of(display.curves)
    styles = candidate_styles(curves["candidate"], display.baselines)
    readings: dict[int, list[str]] = {style.number: [] for style in styles.values()}
    rows = []
    for row, text in zip(curves.itertuples(), texts, strict=True):
        interval = "" if row.low != row.low else f" ({score.number(row.low)} to {score.number(row.high)})"
        value = score.number(getattr(row, score.column))
        reading = f"{row.candidate}, {text}: {value}{' %' if score.factor == 100 else ''}{interval}"
        readings[styles[row.candidate].number].append(reading)
        rows.append([str(row.candidate), text, f"{value}{interval}"])
    return {"title": title, "svg": inline_svg(display.figure_, f"Curves: {title}", readings, place), "rows": rows}
