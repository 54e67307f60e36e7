"""Accuracy against the number of training images."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from ...evaluation._columns import check_columns, score_of
from ...evaluation.benchmarking.results import Benchmark
from .._curves import candidate_styles, draw_curve, quiet_axes
from ..base import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


class LearningDisplay(Display):
    """Learning curves of several candidates, with their intervals as bands.

    Parameters
    ----------
    curves : pandas.DataFrame
        Columns candidate, n_train, accuracy or r2, low, high, as `featkit.evaluation.learning_curves` returns them.
    baselines : collection of str, default=()
        Names of the candidates on raw pixels: drawn dashed and gray.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        With the number of training images on a logarithmic axis and accuracy in percent, or R².

    See Also
    --------
    RobustnessDisplay : Accuracy on corrupted images.
    featkit.evaluation.learning_curves : The curves as a table.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.display import LearningDisplay
    >>> columns = ["candidate", "n_train", "accuracy", "low", "high"]
    >>> rows = [["HOG", 100, 0.9, 0.88, 0.92], ["HOG", 1000, 0.98, 0.97, 0.99]]
    >>> display = LearningDisplay(pd.DataFrame(rows, columns=columns)).plot()
    >>> display.ax_.get_xlabel()
    'training images'
    """

    def __init__(self, curves: "DataFrame", baselines: Collection[str] = ()) -> None:
        self.curves = curves
        self.baselines = baselines

    @classmethod
    def from_benchmark(cls, benchmark: Benchmark, *, ax: "Axes | None" = None) -> Self:
        """Draw the learning curves of a benchmark.

        Parameters
        ----------
        benchmark : Benchmark
            With ``learning``.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : LearningDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            When the benchmark has no learning curves.
        """
        if benchmark.learning.empty:
            raise ValueError("Expected a benchmark with learning curves, got none: name some sizes in train_sizes.")
        return cls(benchmark.learning_curves(), benchmark.baselines).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None, *, legend: bool = True) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.
        legend : bool, default=True
            Whether to name the candidates in a legend.

        Returns
        -------
        self : LearningDisplay
            The display, drawn.
        """
        score = score_of(self.curves)
        columns = ["candidate", "n_train", score.column, "low", "high"]
        check_columns(self.curves, columns, "learning_curves")
        self.ax_ = axis = self._one_axes(ax, (6, 4))
        styles = candidate_styles(self.curves["candidate"], self.baselines)
        for name, curve in self.curves.groupby("candidate", sort=False):
            draw_curve(axis, curve["n_train"], score.shown(curve), name, styles[name])
        sizes = sorted(set(self.curves["n_train"]))
        axis.set_xscale("log")
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.set_xticks([], minor=True)
        axis.set(xlabel="training images", ylabel=score.heading)
        quiet_axes(axis)
        if legend:
            axis.legend(fontsize=8, frameon=False)
        return self
