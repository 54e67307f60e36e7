"""Tables of results are told from other tables by their columns, and by them what score they are about."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np


def check_columns(table: Any, columns: Sequence[str], made_by: str) -> None:
    """Refuse what is no table with the columns that a function needs.

    Parameters
    ----------
    table : object
        Expected to be a pandas.DataFrame.
    columns : sequence of str
        Columns that it needs.
    made_by : str
        What makes such a table, for the message.

    Raises
    ------
    ValueError
        Names the columns that are missing and says what makes the table.
    """
    found = getattr(table, "columns", None)
    if found is None:
        raise ValueError(f"Expected a table as {made_by} makes it, got {type(table).__name__}.")
    if missing := [column for column in columns if column not in found]:
        raise ValueError(f"Expected a table as {made_by} makes it, got one without {missing}: it has {list(found)}.")


class Score(NamedTuple):
    """A score by which candidates are ranked, the larger the better: its column, and how it is written and drawn."""

    column: str
    name: str
    heading: str  # of a column of numbers or an axis
    factor: int  # from the score to the number that is shown
    digits: int
    least: float  # that it can be

    def number(self, score: float, digits: int = 0) -> str:
        """A score, or an end of its interval, as text: 98.5; so many digits more than usual."""
        return f"{self.factor * score:.{self.digits + digits}f}"

    def text(self, score: float, digits: int = 0) -> str:
        """A score in a sentence: 98.5 % or an R² of 0.913; so many digits more than usual."""
        number = self.number(score, digits)
        return f"{number} %" if self.factor == 100 else f"an {self.name} of {number}"

    def difference(self, difference: float) -> str:
        """Difference of two scores: +6.5."""
        rounded = round(self.factor * difference, self.digits)
        signless = f"±{0:.{self.digits}f}"
        return f"{rounded:+.{self.digits}f}".replace("-", "−") if rounded else signless

    def shown(self, curve: Any) -> np.ndarray:
        """Score and both ends of its interval of every row of a curve, as they are drawn."""
        return self.factor * curve[[self.column, "low", "high"]].to_numpy(dtype=np.float64)

    @property
    def unit(self) -> str:
        """Unit of a difference."""
        return "points" if self.factor == 100 else f"in {self.name}"


ACCURACY = Score("accuracy", "accuracy", "accuracy %", 100, 1, 0.0)
R2 = Score("r2", "R²", "R²", 1, 3, -np.inf)


def score_of(table: Any) -> Score:
    """The score that a table of results is about: R² where it has such a column, else the accuracy."""
    return R2 if R2.column in getattr(table, "columns", ()) else ACCURACY
