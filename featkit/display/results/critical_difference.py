"""Critical difference diagram: mean ranks of candidates over several data sets, and which of them do not differ."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Self

from ...evaluation.critical_difference import CriticalDifference, critical_difference
from .._curves import QUIET, candidate_styles, plain_text
from ..base import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

BAR_STEP = 0.4  # from one joining bar to the next, in rows of names


class CriticalDifferenceDisplay(Display):
    """Critical difference diagram of Demšar: mean ranks on an axis, thick bars join candidates that do not differ.

    Parameters
    ----------
    result : CriticalDifference
        As `featkit.evaluation.critical_difference` returns it.
    baselines : collection of str, default=()
        Names of the candidates on raw pixels: drawn dashed and gray.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        The thin bar above the axis is as long as the critical difference; the best candidate is on the left.

    See Also
    --------
    featkit.evaluation.critical_difference : Friedman and Nemenyi tests.
    BenchmarkDisplay : Accuracies on one data set.

    References
    ----------
    Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, figure 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.display import CriticalDifferenceDisplay
    >>> tables = {k: pd.DataFrame({"accuracy": [0.9, 0.8 + k / 100, 0.7]}, ["HOG", "LBP", "pixels"]) for k in range(5)}
    >>> display = CriticalDifferenceDisplay.from_tables(tables)
    >>> [text.get_text() for text in display.ax_.texts]
    ['critical difference 1.48', 'HOG  1.00 ', 'LBP  2.00 ', ' 3.00  pixels']
    """

    def __init__(self, result: CriticalDifference, baselines: Collection[str] = ()) -> None:
        self.result = result
        self.baselines = baselines

    @classmethod
    def from_tables(
        cls,
        tables: "Mapping[str, DataFrame]",
        *,
        column: str = "accuracy",
        alpha: float = 0.05,
        baselines: Collection[str] = (),
        ax: "Axes | None" = None,
    ) -> Self:
        """Rank candidates over data sets and draw the ranks.

        Parameters
        ----------
        tables : dict of str to pandas.DataFrame
            By data set, a table with one row per candidate.
        column : str, default="accuracy"
            What is ranked; more is better.
        alpha : float in (0, 1), default=0.05
            Probability of finding any difference among candidates that are alike.
        baselines : collection of str, default=()
            Names of the candidates on raw pixels: drawn dashed and gray.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : CriticalDifferenceDisplay
            The display, drawn.
        """
        return cls(critical_difference(tables, column=column, alpha=alpha), baselines).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw axis, names and bars.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : CriticalDifferenceDisplay
            The display, drawn.
        """
        ranks, reach, cliques = self.result.ranks, self.result.critical_difference, self.result.cliques
        n_candidates = len(ranks)
        n_left = -(-n_candidates // 2)
        first_row = 1 + BAR_STEP * len(cliques)
        last_row = first_row + n_left - 1
        self.ax_ = axis = self._one_axes(ax, (7, 1 + 0.32 * (last_row + 1)))
        axis.plot([1, 1 + reach], [-1, -1], color=QUIET, marker="|")
        axis.text(1 + reach / 2, -1.2, f"critical difference {reach:.2f}", ha="center", va="bottom", fontsize=8)
        styles = candidate_styles(ranks.index, self.baselines)
        for place, (name, rank) in enumerate(ranks.items()):
            is_left = place < n_left
            row = first_row + (place if is_left else n_candidates - 1 - place)
            side = 0.9 if is_left else n_candidates + 0.1
            style = styles[name]
            axis.plot([rank, rank, side], [0, row, row], color=style.color, linestyle=style.linestyle, linewidth=1.3)
            text = f"{plain_text(name)}  {rank:.2f} " if is_left else f" {rank:.2f}  {plain_text(name)}"
            axis.text(side, row, text, ha="right" if is_left else "left", va="center", fontsize=9, clip_on=False)
        for k, clique in enumerate(cliques):
            ends = [ranks[clique[0]] - 0.04, ranks[clique[-1]] + 0.04]
            axis.plot(ends, 2 * [BAR_STEP * (k + 1)], color="black", linewidth=4, solid_capstyle="butt")
        axis.set(xlim=(1, n_candidates), ylim=(last_row + 0.5, -1.5), xticks=range(1, n_candidates + 1), yticks=[])
        p = self.result.friedman_p
        friedman = "Friedman p < 0.001" if p < 0.001 else f"Friedman p = {p:.3f}"
        axis.set_xlabel(f"mean rank, 1 is the best ({friedman})", fontsize=9)
        axis.xaxis.set_ticks_position("top")
        axis.spines["top"].set_position(("data", 0))
        axis.spines["top"].set_color(QUIET)
        axis.tick_params(color=QUIET, labelsize=9)
        axis.spines[["left", "right", "bottom"]].set_visible(False)
        for line in axis.lines:
            line.set_clip_on(False)
        return self
