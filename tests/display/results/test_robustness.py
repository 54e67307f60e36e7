"""Accuracy against severity, one chart for each corruption, from the unchanged images on."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from featkit import RawPixels, benchmark
from featkit.display import RobustnessDisplay


def robustness(amounts):
    rows = [
        ("HOG", kind, severity, amount, unit, 0.9 - 0.1 * severity, 0.8, 1.0)
        for kind, unit in (("shift", "px"), ("noise", ""))
        for severity, amount in enumerate(amounts)
    ]
    columns = ["candidate", "corruption", "severity", "amount", "unit", "accuracy", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


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


def is_gray(color):
    return color[1:3] == color[3:5] == color[5:7]


@pytest.mark.parametrize("baselines", [["HOG"], []])
def test_baselines_are_dashed_and_gray_whatever_they_are_called(baselines):
    for line in RobustnessDisplay(robustness([0, 1]), baselines).plot().axes_[0].lines:
        assert (line.get_linestyle() == "--") == is_gray(line.get_color()) == (line.get_label() in baselines)


def test_a_benchmark_begins_with_the_unchanged_images_and_one_without_corruptions_is_refused():
    images, labels = np.random.default_rng(0).random((24, 5, 5)), np.arange(24) % 2
    options = {"cv": 2, "verbose": False, "baselines": {"grey": RawPixels()}}
    found = benchmark({"superpixels": RawPixels()}, images, labels, corruptions=["noise"], **options)
    lines = RobustnessDisplay.from_benchmark(found).axes_[0].lines
    assert [line.get_linestyle() for line in lines] == ["--", "-"]
    assert [line.get_ydata()[0] for line in lines] == pytest.approx((100 * found.table["accuracy"]).tolist())
    with pytest.raises(ValueError, match="name some in corruptions"):
        RobustnessDisplay.from_benchmark(benchmark({"superpixels": RawPixels()}, images, labels, **options))


def test_a_wrong_number_of_axes_is_told():
    axes = Figure().subplots(1, 2)
    assert RobustnessDisplay(robustness([0, 1])).plot(ax=axes).figure_ is axes[0].figure
    with pytest.raises(ValueError, match="Expected 2 axes for RobustnessDisplay, got 1"):
        RobustnessDisplay(robustness([0, 1])).plot(ax=axes[0])
