"""Styles of candidates follow what is said of them, in the order in which they come."""

import pytest
from matplotlib.figure import Figure

from featkit.display._curves import BASELINE_COLORS, FEATURE_COLORS, candidate_styles, plain_text, quiet_axes


@pytest.mark.parametrize("names", [["raw pixels", "HOG", "LBP"], ["HOG", "4x4 pixels", "grey"]])
def test_baselines_are_those_that_are_named(names):
    styles = candidate_styles(names, names[2:])
    assert [style.linestyle for style in styles.values()] == ["-", "-", "--"]
    assert [style.color for style in styles.values()] == [*FEATURE_COLORS[:2], BASELINE_COLORS[0]]
    assert [style.number for style in styles.values()] == [0, 1, 2]
    assert {style.linestyle for style in candidate_styles(names).values()} == {"-"}


def test_names_that_come_twice_have_one_style_and_many_begin_anew():
    assert list(candidate_styles(["a", "b", "a"])) == ["a", "b"]
    styles = candidate_styles(map(str, range(20)), ["0"])
    assert styles["9"].color == styles["1"].color


def test_a_dollar_begins_no_formula():
    assert plain_text("5 $ and $") == r"5 \$ and \$"


def test_axes_lose_two_spines():
    axis = Figure().subplots()
    quiet_axes(axis)
    shown = [axis.spines[side].get_visible() for side in ("top", "right", "left", "bottom")]
    assert shown == [False, False, True, True]
