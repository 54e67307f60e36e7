"""The curves of a report, each with what its points say and the numbers behind it."""

from typing import TYPE_CHECKING, Any

from .._optional import require
from ..display._curves import candidate_styles
from ..display.results.learning import LearningDisplay
from ..display.results.robustness import RobustnessDisplay, curves_from_clean
from ..evaluation._columns import score_of
from ..evaluation.benchmarking.results import Benchmark
from ._svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
