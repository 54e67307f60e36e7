"""Learning curves in percent over a logarithmic axis, with their intervals as bands."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from featkit import RawPixels, benchmark
from featkit.display import LearningDisplay

LEARNING = pd.DataFrame(
    [("HOG", 100, 0.90, 0.85, 0.95), ("HOG", 1000, 0.98, 0.97, 0.99), ("raw pixels", 100, 0.7, 0.6, 0.8)],
    columns=["candidate", "n_train", "accuracy", "low", "high"],
)


def test_learning_curves_are_in_percent_with_their_band():
    axis = LearningDisplay(LEARNING).plot().ax_
    curve = next(line for line in axis.lines if line.get_label() == "HOG")
    assert curve.get_xydata().ravel() == pytest.approx([100, 90, 1000, 98])
    assert axis.collections[0].get_paths()[0].vertices[:, 1].min() == pytest.approx(85)
    assert axis.get_xscale() == "log"
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["100", "1,000"]


def is_gray(color):
    return color[1:3] == color[3:5] == color[5:7]


@pytest.mark.parametrize("baselines", [["raw pixels"], ["HOG"], []])
def test_baselines_are_dashed_and_gray_whatever_they_are_called(baselines):
    for line in LearningDisplay(LEARNING, baselines).plot().ax_.lines:
        assert (line.get_linestyle() == "--") == is_gray(line.get_color()) == (line.get_label() in baselines)


def test_a_benchmark_knows_its_baselines_and_one_without_curves_is_refused():
    images, labels = np.random.default_rng(0).random((24, 5, 5)), np.arange(24) % 2
    options = {"cv": 2, "verbose": False, "baselines": {"grey": RawPixels()}}
    found = benchmark({"superpixels": RawPixels()}, images, labels, train_sizes=[6, 12], **options)
    assert [line.get_linestyle() for line in LearningDisplay.from_benchmark(found).ax_.lines] == ["--", "-"]
    with pytest.raises(ValueError, match="name some sizes in train_sizes"):
        LearningDisplay.from_benchmark(benchmark({"superpixels": RawPixels()}, images, labels, **options))


def test_dollars_in_a_name_are_dollars_and_axes_may_be_given():
    axis = Figure().subplots()
    learning = LEARNING.replace({"candidate": {"HOG": r"$\frac$ HOG"}})
    display = LearningDisplay(learning).plot(ax=axis)
    assert display.ax_ is axis
    assert display._repr_png_().startswith(b"\x89PNG")
