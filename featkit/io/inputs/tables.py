"""Images that a CSV or TSV table names."""

import csv
import io
import os
from pathlib import Path

from ...exceptions import ImageReadError
from ..places import is_url, open_place
from ..sources import is_missing
from .items import Item

TABLE_SUFFIXES = (".csv", ".tsv")


def items_of_table(source: str) -> list[Item]:
    """Images of the rows of a table, in their order.

    Parameters
    ----------
    source : str
        A ``.csv`` or ``.tsv`` file or URL with a column ``path``, relative to the file, and maybe ``label``. A row
        without a path is an image that cannot be read; an empty label is none.

    Returns
    -------
    items : list of Item

    Raises
    ------
    ImageReadError
        When there is no column ``path``, or no path in it.
    """
    with open_place(source) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")
        try:
            table = list(csv.DictReader(text, delimiter="\t" if source.lower().endswith(".tsv") else ","))
        except csv.Error as error:
            raise ImageReadError(f"{source}: expected a CSV table, got: {error}.", source) from error
    if not table or "path" not in table[0]:
        columns = f"columns {list(table[0])}" if table else "no row"
        raise ImageReadError(f"{source}: expected a table with a column 'path', maybe 'label', got {columns}.", source)
    if all(is_missing(row["path"]) for row in table):
        raise ImageReadError(f"{source}: expected paths in the column 'path', got {len(table)} empty cells.", source)
    items = []
    for line, row in enumerate(table, 2):
        label = None if is_missing(row.get("label")) else row["label"]
        if is_missing(row["path"]):
            items.append(Item(f"{source}: line {line}", label, None))
        else:
            path = _beside(source, row["path"])
            items.append(Item(path, label, path))
    return items


def _beside(table: str, path: str) -> str:
    if is_url(path) or os.path.isabs(path):
        return path
    if is_url(table):
        return f"{table.rpartition('/')[0]}/{path}"
    return str(Path(table).parent / path)
