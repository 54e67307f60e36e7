"""Accuracy on corrupted test images, from mild to severe."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

import numpy as np

from ..._optional import require
from ...evaluation._columns import check_columns, score_of
from ...evaluation.benchmarking.results import Benchmark
from ...evaluation.robustness import KEYS
from .._curves import candidate_styles, draw_curve, plain_text, quiet_axes
from ..base import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


class RobustnessDisplay(Display):
    """Accuracy of several candidates against the severity of each corruption, with intervals as bands.

    Parameters
    ----------
    curves : pandas.DataFrame
        Columns candidate, corruption, severity, amount, unit, accuracy or r2, low, high, as `robustness_curves`
        returns them; severity 0 is the unchanged image.
    baselines : collection of str, default=()
        Names of the candidates on raw pixels: drawn dashed and gray.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each corruption; the ticks give the amount in its unit.

    See Also
    --------
    LearningDisplay : Accuracy by number of training images.
    featkit.evaluation.robustness_curves : The curves as a table.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.display import RobustnessDisplay
    >>> columns = ["candidate", "corruption", "severity", "amount", "unit", "accuracy", "low", "high"]
    >>> rows = [["HOG", "rotation", k, 5 * k, "degrees", 1 - k / 9, 0.9 - k / 9, 1.1 - k / 9] for k in (1, 2, 3)]
    >>> display = RobustnessDisplay(pd.DataFrame(rows, columns=columns)).plot()
    >>> [tick.get_text() for tick in display.axes_[0].get_xticklabels()]
    ['5', '10', '15']
    """

    def __init__(self, curves: "DataFrame", baselines: Collection[str] = ()) -> None:
        self.curves = curves
        self.baselines = baselines

    @classmethod
    def from_benchmark(cls, benchmark: Benchmark, *, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw the curves of a benchmark, from the unchanged images on.

        Parameters
        ----------
        benchmark : Benchmark
            With ``robustness``.
        ax : array of matplotlib Axes or None, default=None
            One for each corruption; None makes a figure.

        Returns
        -------
        display : RobustnessDisplay
            The display, drawn.
        """
        return cls(curves_from_clean(benchmark), benchmark.baselines).plot(ax=ax)

    def plot(self, ax: "Axes | np.ndarray | None" = None, *, legend: bool = True) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : array of matplotlib Axes or None, default=None
            One for each corruption; None makes a figure with four in a row.
        legend : bool, default=True
            In the first axes.

        Returns
        -------
        self : RobustnessDisplay
            The display, drawn.
        """
        score = score_of(self.curves)
        check_columns(self.curves, [*KEYS, score.column, "low", "high"], "robustness_curves")
        corruptions = list(dict.fromkeys(self.curves["corruption"]))
        self.axes_ = self._grid_of_axes(ax, len(corruptions), 4, (3, 2.4))
        styles = candidate_styles(self.curves["candidate"], self.baselines)
        for axis, corruption in zip(self.axes_, corruptions, strict=True):
            part = self.curves[self.curves["corruption"] == corruption]
            for name, curve in part.groupby("candidate", sort=False):
                draw_curve(axis, curve["severity"], score.shown(curve), name, styles[name])
            ticks = part.drop_duplicates("severity").sort_values("severity")
            axis.set_xticks(ticks["severity"], [_amount_text(*row) for row in ticks[["severity", "amount"]].to_numpy()])
            title, unit = plain_text(corruption).replace("_", " "), plain_text(ticks["unit"].iloc[-1])
            axis.set(title=title, xlabel=unit or "severity", ylabel=score.heading)
            quiet_axes(axis)
        if legend:
            self.axes_[0].legend(fontsize=7, frameon=False)
        return self


def _amount_text(severity: float, amount: float) -> str:
    if severity == 0:
        return "none"
    return f"{severity:g}" if np.isnan(amount) else f"{amount:g}"


def curves_from_clean(benchmark: Benchmark) -> "DataFrame":
    """Curves of a benchmark's robustness with the unchanged images as severity 0 of each."""
    if benchmark.robustness.empty:
        raise ValueError("Expected a benchmark with corrupted test images, got none: name some in corruptions.")
    curves = benchmark.robustness_curves()
    begins = curves.drop_duplicates(["candidate", "corruption"]).assign(severity=0, amount=0.0)
    clean = benchmark.table.loc[begins["candidate"]]
    score = score_of(curves).column
    ends = {name: clean[f"{score}_{name}"].to_numpy() for name in ("low", "high")}
    begins = begins.assign(**{score: clean[score].to_numpy()}, **ends)
    return require("pandas", extra="report").concat([begins, curves], ignore_index=True)
