"""The drawing of ranks says what `critical_difference` found: where each stands, who is joined, how long the bar is."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from featkit.display import CriticalDifferenceDisplay
from featkit.evaluation import CriticalDifference, critical_difference

RESULT = CriticalDifference(
    ranks=pd.Series({"HOG": 1.2, "LBP": 2.0, r"$\frac$ color": 3.1, "raw pixels": 3.7}),
    critical_difference=1.1,
    friedman_p=0.003,
    cliques=[("HOG", "LBP"), (r"$\frac$ color", "raw pixels")],
)


def lines_from_the_axis(display):
    return [line for line in display.ax_.lines if len(line.get_xdata()) == 3]


def test_every_candidate_hangs_at_its_rank_and_is_named_with_it():
    display = CriticalDifferenceDisplay(RESULT).plot()
    assert [line.get_xdata()[0] for line in lines_from_the_axis(display)] == pytest.approx([1.2, 2.0, 3.1, 3.7])
    names = {text.get_text(): text.get_position()[1] for text in display.ax_.texts[1:]}
    assert list(names) == ["HOG  1.20 ", "LBP  2.00 ", r" 3.10  \$\frac\$ color", " 3.70  raw pixels"]
    for (name, row), line in zip(names.items(), lines_from_the_axis(display), strict=True):
        assert line.get_ydata().tolist() == [0, row, row], name
    assert names["HOG  1.20 "] == names[" 3.70  raw pixels"] < names["LBP  2.00 "]  # no line crosses another


def test_bars_join_what_does_not_differ_and_nothing_else():
    display = CriticalDifferenceDisplay(RESULT).plot()
    bars = [line.get_xdata() for line in display.ax_.lines if line.get_linewidth() == 4]
    assert [(bar[0], bar[1]) for bar in bars] == [pytest.approx((1.16, 2.04)), pytest.approx((3.06, 3.74))]
    heights = [line.get_ydata()[0] for line in display.ax_.lines if line.get_linewidth() == 4]
    assert 0 < heights[0] < heights[1] < display.ax_.texts[1].get_position()[1]


def test_the_thin_bar_is_as_long_as_the_critical_difference():
    display = CriticalDifferenceDisplay(RESULT).plot()
    assert display.ax_.lines[0].get_xdata() == pytest.approx([1, 2.1])
    assert display.ax_.texts[0].get_text() == "critical difference 1.10"
    assert display.ax_.get_xlabel() == "mean rank, 1 is the best (Friedman p = 0.003)"


def test_from_tables_is_the_drawing_of_the_ranks_on_given_axes():
    tables = {k: pd.DataFrame({"accuracy": [0.9 - k / 50, 0.8, 0.7]}, ["a", "b", "c"]) for k in range(7)}
    axis = Figure().subplots()
    display = CriticalDifferenceDisplay.from_tables(tables, alpha=0.1, ax=axis)
    assert display.ax_ is axis
    expected = critical_difference(tables, alpha=0.1)
    assert [line.get_xdata()[0] for line in lines_from_the_axis(display)] == expected.ranks.tolist()
    assert len([line for line in axis.lines if line.get_linewidth() == 4]) == len(expected.cliques)


def test_a_notebook_shows_it():
    assert CriticalDifferenceDisplay(RESULT)._repr_png_().startswith(b"\x89PNG")


def test_baselines_are_gray_and_dashed():
    def dashed(baselines):
        lines = lines_from_the_axis(CriticalDifferenceDisplay(RESULT, baselines).plot())
        return [line.get_linestyle() != "-" for line in lines]

    assert dashed(()) == [False] * 4
    assert dashed(["raw pixels"]) == [False, False, False, True]
