"""Accuracies as points with error bars, the best on top, a line at the best baseline."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from featkit import RawPixels, benchmark
from featkit.display import BenchmarkDisplay

TABLE = pd.DataFrame(
    [[0.90, 0.88, 0.92], [0.97, 0.96, 0.98], [0.85, np.nan, np.nan]],
    ["raw pixels + SVM", "HOG", "stretched pixels"],
    ["accuracy", "accuracy_low", "accuracy_high"],
)


def test_points_stand_at_their_accuracy_the_best_on_top_with_error_bars():
    axis = BenchmarkDisplay(TABLE).plot().ax_
    assert [label.get_text() for label in axis.get_yticklabels()] == ["stretched pixels", "raw pixels + SVM", "HOG"]
    bars = axis.containers
    assert [bar.lines[0].get_xdata()[0] for bar in bars] == pytest.approx([85, 90, 97])
    assert [bar.has_xerr for bar in bars] == [False, True, True]
    ends = bars[2].lines[2][0].get_segments()[0][:, 0]
    assert ends == pytest.approx([96, 98])


def test_a_line_marks_the_best_baseline():
    axis = BenchmarkDisplay(TABLE, ["raw pixels + SVM", "stretched pixels"]).plot().ax_
    marks = [line.get_xdata()[0] for line in axis.lines if line.get_linestyle() == ":"]
    assert marks == pytest.approx([90])


def test_a_benchmark_knows_its_baselines():
    images, labels = np.random.default_rng(0).random((24, 5, 5)), np.arange(24) % 2
    options = {"cv": 2, "verbose": False, "baselines": {"grey": RawPixels()}}
    found = benchmark({"superpixels": RawPixels()}, images, labels, **options)
    axis = BenchmarkDisplay.from_benchmark(found).ax_
    marks = [line.get_xdata()[0] for line in axis.lines if line.get_linestyle() == ":"]
    assert marks == [100 * found.table.loc["grey", "accuracy"]]


def test_dollars_in_a_name_are_dollars():
    table = TABLE.rename(index={"HOG": r"$\frac$ HOG"})  # no formula that matplotlib could read
    assert BenchmarkDisplay(table).plot()._repr_png_().startswith(b"\x89PNG")


def test_axes_may_be_given():
    axis = Figure().subplots()
    display = BenchmarkDisplay(TABLE).plot(ax=axis)
    assert display.ax_ is axis
    assert display.figure_ is axis.figure


@pytest.mark.parametrize("table", [TABLE[["accuracy"]], TABLE.to_numpy(), None])
def test_another_table_is_refused(table):
    with pytest.raises(ValueError, match="Expected a table as"):
        BenchmarkDisplay(table).plot()
