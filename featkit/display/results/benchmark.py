"""Accuracy of every candidate of a benchmark, with its interval."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

import numpy as np

from ...evaluation._columns import check_columns, score_of
from ...evaluation.benchmarking.results import Benchmark
from .._curves import QUIET, candidate_styles, plain_text, quiet_axes
from ..base import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


class BenchmarkDisplay(Display):
    """Accuracies of several candidates as points with error bars, the best on top.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per candidate, with the columns accuracy, accuracy_low and accuracy_high, or r2, r2_low and r2_high.
    baselines : collection of str, default=()
        Names of the candidates on raw pixels: drawn in gray.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        A vertical line marks the best baseline, where there is one.

    See Also
    --------
    CriticalDifferenceDisplay : Ranks over several data sets.
    featkit.benchmark : Measures the accuracies.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.display import BenchmarkDisplay
    >>> columns = ["accuracy", "accuracy_low", "accuracy_high"]
    >>> table = pd.DataFrame([[0.9, 0.88, 0.92], [0.97, 0.96, 0.98]], ["raw pixels", "HOG"], columns)
    >>> [label.get_text() for label in BenchmarkDisplay(table).plot().ax_.get_yticklabels()]
    ['raw pixels', 'HOG']
    """

    def __init__(self, table: "DataFrame", baselines: Collection[str] = ()) -> None:
        self.table = table
        self.baselines = baselines

    @classmethod
    def from_benchmark(cls, benchmark: Benchmark, *, ax: "Axes | None" = None) -> Self:
        """Draw the table of a benchmark.

        Parameters
        ----------
        benchmark : Benchmark
            As `featkit.benchmark` returns it.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : BenchmarkDisplay
            The display, drawn.
        """
        return cls(benchmark.table, benchmark.baselines).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the points.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : BenchmarkDisplay
            The display, drawn.
        """
        score = score_of(self.table)
        columns = [score.column, f"{score.column}_low", f"{score.column}_high"]
        check_columns(self.table, columns, "benchmark(...).table")
        self.ax_ = axis = self._one_axes(ax, (6, 0.9 + 0.36 * len(self.table)))
        styles = candidate_styles(self.table.index, self.baselines)
        rising = self.table.sort_values(score.column, kind="stable")
        for place, (name, row) in enumerate(rising.iterrows()):
            mean, low, high = (score.factor * row[column] for column in columns)
            style = styles[name]
            reach = None if np.isnan(low) else [[mean - low], [high - mean]]
            bar = axis.errorbar(
                mean, place, xerr=reach, color=style.color, marker=style.marker, capsize=3, markersize=6
            )
            for part in bar.get_children():
                part.set_gid(f"candidate-{style.number}")
        baselines = [row[score.column] for name, row in rising.iterrows() if name in self.baselines]
        if baselines:
            axis.axvline(score.factor * max(baselines), color=QUIET, linestyle=":", linewidth=1)
        axis.set_yticks(range(len(rising)), [plain_text(name) for name in rising.index])
        axis.set(xlabel=score.heading, ylim=(-0.6, len(rising) - 0.4))
        quiet_axes(axis)
        return self
