"""Accuracy against the number of training images."""

from typing import TYPE_CHECKING, Self

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
        Columns candidate, n_train, accuracy, low, high, as `learning_curves` returns them.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        With the number of training images on a logarithmic axis and accuracy in percent.

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

    def __init__(self, curves: "DataFrame") -> None:
        self.curves = curves

    @classmethod
    def from_benchmark(cls, benchmark: Benchmark, *, ax: "Axes | None" = None) -> Self:
        """Draw the learning curves of a benchmark.

        Parameters
        ----------
        benchmark : Benchmark
            With ``learning``.
        ax : matplotlib Axes or None, default=None

        Returns
        -------
        display : LearningDisplay
        """
        if benchmark.learning.empty:
            raise ValueError("Expected a benchmark with learning curves, got none: name some sizes in train_sizes.")
        return cls(benchmark.learning_curves()).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None, *, legend: bool = True) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            None makes a figure.
        legend : bool, default=True

        Returns
        -------
        self : LearningDisplay
        """
        self.ax_ = axis = self._one_axes(ax, (6, 4))
        styles = candidate_styles(self.curves["candidate"])
        for name, curve in self.curves.groupby("candidate", sort=False):
            draw_curve(axis, curve["n_train"], curve, name, styles[name])
        sizes = sorted(set(self.curves["n_train"]))
        axis.set_xscale("log")
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.set_xticks([], minor=True)
        axis.set(xlabel="training images", ylabel="accuracy %")
        quiet_axes(axis)
        if legend:
            axis.legend(fontsize=8, frameon=False)
        return self
