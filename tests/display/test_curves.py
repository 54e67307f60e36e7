"""Displays of benchmarks draw the figures that they are given, intervals included, on any axes."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from featkit import RawPixels, benchmark
from featkit.display import BenchmarkDisplay, LearningDisplay, RobustnessDisplay

TABLE = pd.DataFrame(
    [[0.90, 0.88, 0.92], [0.97, 0.96, 0.98], [0.85, np.nan, np.nan]],
    ["raw pixels + SVM", "HOG", "stretched pixels"],
    ["accuracy", "accuracy_low", "accuracy_high"],
)
LEARNING = pd.DataFrame(
    [("HOG", 100, 0.90, 0.85, 0.95), ("HOG", 1000, 0.98, 0.97, 0.99), ("raw pixels", 100, 0.7, 0.6, 0.8)],
    columns=["candidate", "n_train", "accuracy", "low", "high"],
)


def robustness(amounts):
    rows = [
        ("HOG", kind, severity, amount, unit, 0.9 - 0.1 * severity, 0.8, 1.0)
        for kind, unit in (("shift", "px"), ("noise", ""))
        for severity, amount in enumerate(amounts)
    ]
    columns = ["candidate", "corruption", "severity", "amount", "unit", "accuracy", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def test_points_stand_at_their_accuracy_the_best_on_top_with_error_bars():
    axis = BenchmarkDisplay(TABLE).plot().ax_
    assert [label.get_text() for label in axis.get_yticklabels()] == ["stretched pixels", "raw pixels + SVM", "HOG"]
    bars = axis.containers
    assert [bar.lines[0].get_xdata()[0] for bar in bars] == pytest.approx([85, 90, 97])
    assert [bar.has_xerr for bar in bars] == [False, True, True]
    ends = bars[2].lines[2][0].get_segments()[0][:, 0]
    assert ends == pytest.approx([96, 98])


def test_a_line_marks_the_best_pixels():
    axis = BenchmarkDisplay(TABLE).plot().ax_
    marks = [line.get_xdata()[0] for line in axis.lines if line.get_linestyle() == ":"]
    assert marks == pytest.approx([90])


def test_learning_curves_are_in_percent_with_their_band():
    axis = LearningDisplay(LEARNING).plot().ax_
    curve = next(line for line in axis.lines if line.get_label() == "HOG")
    assert curve.get_xydata().ravel() == pytest.approx([100, 90, 1000, 98])
    assert axis.collections[0].get_paths()[0].vertices[:, 1].min() == pytest.approx(85)
    assert axis.get_xscale() == "log"
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["100", "1,000"]


def test_pixels_are_dashed_and_gray_and_features_are_not():
    axis = LearningDisplay(LEARNING).plot().ax_
    lines = {line.get_label(): line for line in axis.lines}
    assert lines["raw pixels"].get_linestyle() == "--"
    assert len(set(lines["raw pixels"].get_color()[1:3] + lines["raw pixels"].get_color()[3:5])) <= 2
    assert lines["HOG"].get_linestyle() == "-"


def test_every_corruption_has_its_axes_and_its_amounts_on_the_ticks():
    display = RobustnessDisplay(robustness([0, 1.5, 3])).plot()
    assert [axis.get_title() for axis in display.axes_] == ["shift", "noise"]
    assert [axis.get_xlabel() for axis in display.axes_] == ["px", "severity"]
    assert [tick.get_text() for tick in display.axes_[0].get_xticklabels()] == ["none", "1.5", "3"]
    assert display.axes_[0].lines[0].get_ydata() == pytest.approx([90, 80, 70])


def test_what_has_no_amount_shows_its_severity():
    display = RobustnessDisplay(robustness([0, np.nan])).plot(legend=False)
    assert [tick.get_text() for tick in display.axes_[0].get_xticklabels()] == ["none", "1"]
    assert display.axes_[0].get_legend() is None


def test_dollars_in_a_name_are_dollars():
    table = TABLE.rename(index={"HOG": r"$\frac$ HOG"})  # no formula that matplotlib could read
    display = BenchmarkDisplay(table).plot()
    assert display._repr_png_().startswith(b"\x89PNG")
    learning = LEARNING.replace({"candidate": {"HOG": r"$\frac$ HOG"}})
    assert LearningDisplay(learning)._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("display", "missing"),
    [(LearningDisplay, "name some sizes in train_sizes"), (RobustnessDisplay, "name some in corruptions")],
)
def test_curves_that_were_not_measured_are_asked_for(display, missing):
    images, labels = np.random.default_rng(0).random((12, 5, 5)), np.arange(12) % 2
    found = benchmark({"raw": RawPixels()}, images, labels, baselines={}, cv=2, verbose=False)
    with pytest.raises(ValueError, match=missing):
        display.from_benchmark(found)


@pytest.mark.parametrize(
    "display", [BenchmarkDisplay(TABLE), LearningDisplay(LEARNING), RobustnessDisplay(robustness([0, 1]))]
)
def test_axes_may_be_given(display):
    figure = Figure()
    axes = figure.subplots(1, 2)
    single = not isinstance(display, RobustnessDisplay)
    assert display.plot(ax=axes[0] if single else axes).figure_ is figure
    assert len(axes[0].lines) > 0
