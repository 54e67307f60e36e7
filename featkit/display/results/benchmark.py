"""Accuracy of every candidate of a benchmark, with its interval."""

from typing import TYPE_CHECKING, Self

import numpy as np

from ...evaluation.benchmarking.results import Benchmark
from .._curves import QUIET, candidate_styles, is_raw_pixels, plain_text, quiet_axes
from ..base import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


class BenchmarkDisplay(Display):
    """Accuracy of several candidates as points with error bars, the best on top.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per candidate, with the columns accuracy, accuracy_low and accuracy_high.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        A vertical line marks the best candidate on raw pixels (by its name), where there is one.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.display import BenchmarkDisplay
    >>> columns = ["accuracy", "accuracy_low", "accuracy_high"]
    >>> table = pd.DataFrame([[0.9, 0.88, 0.92], [0.97, 0.96, 0.98]], ["raw pixels", "HOG"], columns)
    >>> [label.get_text() for label in BenchmarkDisplay(table).plot().ax_.get_yticklabels()]
    ['raw pixels', 'HOG']
    """

    def __init__(self, table: "DataFrame") -> None:
        self.table = table

    @classmethod
    def from_benchmark(cls, benchmark: Benchmark, *, ax: "Axes | None" = None) -> Self:
        """Draw the table of a benchmark.

        Parameters
        ----------
        benchmark : Benchmark
        ax : matplotlib Axes or None, default=None

        Returns
        -------
        display : BenchmarkDisplay
        """
        return cls(benchmark.table).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the points.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            None makes a figure.

        Returns
        -------
        self : BenchmarkDisplay
        """
        self.ax_ = axis = self._one_axes(ax, (6, 0.9 + 0.36 * len(self.table)))
        styles = candidate_styles(self.table.index)
        rising = self.table.sort_values("accuracy", kind="stable")
        for place, (name, row) in enumerate(rising.iterrows()):
            mean, low, high = (100 * row[column] for column in ("accuracy", "accuracy_low", "accuracy_high"))
            style = styles[name]
            reach = None if np.isnan(low) else [[mean - low], [high - mean]]
            bar = axis.errorbar(
                mean, place, xerr=reach, color=style.color, marker=style.marker, capsize=3, markersize=6
            )
            for part in bar.get_children():
                part.set_gid(f"candidate-{style.number}")
        baselines = [row["accuracy"] for name, row in rising.iterrows() if is_raw_pixels(name)]
        if baselines:
            axis.axvline(100 * max(baselines), color=QUIET, linestyle=":", linewidth=1)
        axis.set_yticks(range(len(rising)), [plain_text(name) for name in rising.index])
        axis.set(xlabel="accuracy %", ylim=(-0.6, len(rising) - 0.4))
        quiet_axes(axis)
        return self
