"""Colours and markers of candidates in every figure of a benchmark, and curves with their intervals as bands."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

# Okabe and Ito's colours, which stay apart for colour-blind eyes; grays are for the baselines
FEATURE_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#8c6d31")
BASELINE_COLORS = ("#3d3d3d", "#767676", "#9a9a9a", "#b8b8b8")
MARKERS = "osD^vPX*"
QUIET = "#808080"  # of axes and grids


class CandidateStyle(NamedTuple):
    """Colour, marker and line of a candidate, and its number, by which the parts of a figure are found again."""

    number: int
    color: str
    marker: str
    linestyle: str


def candidate_styles(names: Iterable[str], baselines: Collection[str] = ()) -> dict[str, CandidateStyle]:
    """Style of every candidate; the baselines are dashed and gray."""
    styles: dict[str, CandidateStyle] = {}
    n_baselines = 0
    for number, name in enumerate(dict.fromkeys(names)):
        if name in baselines:
            color = BASELINE_COLORS[n_baselines % len(BASELINE_COLORS)]
            styles[name] = CandidateStyle(number, color, MARKERS[n_baselines % len(MARKERS)], "--")
            n_baselines += 1
        else:
            k = number - n_baselines
            styles[name] = CandidateStyle(
                number, FEATURE_COLORS[k % len(FEATURE_COLORS)], MARKERS[k % len(MARKERS)], "-"
            )
    return styles


def plain_text(name: object) -> str:
    """A name as matplotlib shows it to the letter: a dollar begins no formula."""
    return str(name).replace("$", r"\$")


def draw_curve(axis: "Axes", positions: ArrayLike, values: ArrayLike, name: str, style: CandidateStyle) -> "Line2D":
    """Draw one curve with its interval as a band around it; a row of `values` is (score, low, high)."""
    places, shown = np.asarray(positions), np.asarray(values, dtype=np.float64)
    group = f"candidate-{style.number}"
    band = axis.fill_between(places, shown[:, 1], shown[:, 2], color=style.color, alpha=0.15, linewidth=0)
    band.set_gid(f"{group}-band")
    (line,) = axis.plot(
        places,
        shown[:, 0],
        color=style.color,
        linestyle=style.linestyle,
        marker=style.marker,
        markersize=4.5,
        linewidth=1.8,
        label=plain_text(name),
    )
    line.set_gid(group)
    return line


def quiet_axes(axis: "Axes") -> None:
    """Take away what is no data: two spines, dark ticks; a light grid stays."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(QUIET)
    axis.tick_params(color=QUIET, labelsize=9)
    axis.grid(color=QUIET, alpha=0.25, linewidth=0.6)
    axis.set_axisbelow(True)
