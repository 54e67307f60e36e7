"""Figures inside the page: no style attributes, colours as classes, identifiers of their own."""

import re

from matplotlib.figure import Figure

from featkit.display._curves import BASELINE_COLORS, FEATURE_COLORS
from featkit.report._svg import inline_svg


def drawn(place="", readings=None):
    axis = Figure().subplots()
    for number, color in enumerate((FEATURE_COLORS[1], BASELINE_COLORS[0])):
        (line,) = axis.plot([0, 1], [number, 1], color=color, marker="o")
        line.set_gid(f"candidate-{number}")
    axis.fill_between([0, 1], [0, 0], [1, 1], color=FEATURE_COLORS[1]).set_gid("candidate-0-band")
    return str(inline_svg(axis.figure, "two lines", readings, place))


def test_colours_are_classes_and_styles_are_attributes():
    svg = drawn()
    assert "style=" not in svg
    assert "<style" not in svg
    assert "stroke-feature1" in svg
    assert "stroke-baseline0" in svg
    assert 'role="img"' in svg
    assert 'aria-label="two lines"' in svg


def test_parts_of_a_candidate_are_marked():
    svg = drawn()
    assert re.findall(r'data-candidate="(\d)"', svg).count("0") == 2
    assert svg.count('data-band=""') == 1


def test_marks_say_their_readings():
    assert re.findall(r"<title>(.*?)</title>", drawn(readings={1: ["first", "second"]})) == ["first", "second"]


def test_figures_at_two_positions_share_no_identifier():
    first, second = (set(re.findall(r' id="([^"]+)"', drawn(place))) for place in ("here", "there"))
    assert first
    assert not first & second
    assert drawn("here") == drawn("here")
