"""Tables of results are told from other tables by their columns."""

from collections.abc import Sequence
from typing import Any


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
