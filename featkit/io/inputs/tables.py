"""Images that a CSV or TSV table names."""

import csv
import io
import os
import warnings
from pathlib import Path

from ...exceptions import ImageReadError, ImageValueWarning, shown
from ..places import is_url, read_place
from ..sources import is_missing
from .items import Item, decode_text

TABLE_SUFFIXES = (".csv", ".tsv")
WRITTEN_MISSING = {"nan", "NaN", "NaT", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None"}


def items_of_table(source: str) -> list[Item]:
    """Images of the rows of a table, in their order.

    Parameters
    ----------
    source : str
        A ``.csv`` or ``.tsv`` file or URL with a column ``path``, relative to the file, and maybe ``label``. A row
        without a path is an image that cannot be read; an empty label is none. Upper and lower case of the names and
        blanks around cells do not matter; cells are parted by commas, semicolons, tabs or bars, as in the first line.

    Returns
    -------
    items : list of Item

    Raises
    ------
    ImageReadError
        When there is no column ``path`` or two, no path in it, a row of more cells than columns, or text that is
        neither UTF-8 nor UTF-16.

    Warns
    -----
    ImageValueWarning
        When labels are words for a missing value, such as "nan" or "NA": they are classes.
    """
    items = [
        Item(place if path is None else path, cells[0], path)
        for place, path, cells in read_table(source, "path", ["label"])
    ]
    if all(item.source is None for item in items):
        raise ImageReadError(f"{source}: expected paths in the column 'path', got {len(items)} empty cells.", source)
    return items


def read_table(
    source: str, path_column: str, label_columns: list[str]
) -> list[tuple[str, str | None, list[str | None]]]:
    """Where each row stands, its path (made relative to the table), and its cells in some columns; None where empty.

    A column that is not there has no cells; unless it is not called ``label``: then it was asked for.
    """
    columns, rows = _columns_and_rows(source, path_column.lower())
    wanted = [path_column.lower(), *(name.lower() for name in label_columns)]
    for name in wanted:
        if columns.count(name) > 1:
            raise ImageReadError(
                f"{source}: expected one column {name!r}, got {columns.count(name)} in the columns {columns}. "
                "Rename all but one.",
                source,
            )
    if not rows or wanted[0] not in columns:
        came = f"columns {columns}" if rows else "no row"
        raise ImageReadError(
            f"{source}: expected a table with a column {shown(path_column)}, maybe 'label', in cells parted by commas, "
            f"semicolons, tabs or bars, got {came}.",
            source,
        )
    if missing := [name for name in wanted[1:] if name not in columns and name != "label"]:
        raise ImageReadError(f"{source}: expected the columns {missing}, got {columns}.", source)
    found = []
    for line, cells in rows:
        if any(cells[len(columns) :]):
            raise ImageReadError(
                f"{source}: expected {len(columns)} cells ({', '.join(columns)}) in line {line}, got {len(cells)}. "
                "Put cells that hold the delimiter into double quotes.",
                source,
            )
        row = dict(zip(columns, cells))
        path, *labels = (None if is_missing(row.get(name)) else row[name] for name in wanted)
        found.append((f"{source}: line {line}", None if path is None else _beside(source, path), labels))
    _warn_of_written_missing(source, [label for _, _, labels in found for label in labels])
    return found


def _warn_of_written_missing(source: str, labels: list[str | None]) -> None:
    """Warn of labels that other programs write where one is missing: here they are classes."""
    if words := sorted(WRITTEN_MISSING.intersection(label for label in labels if label is not None)):
        count = sum(label in words for label in labels)
        warnings.warn(
            f"{source}: {count} labels are written {', '.join(map(repr, words))}, which are taken for classes of that "
            "name. Where no label is meant, leave the cell empty.",
            ImageValueWarning,
            stacklevel=2,
        )


def _columns_and_rows(source: str, path_column: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Names of the columns in small letters, and the cells of each row behind the number of its line."""
    text = _text_of(source)
    delimiters = ["\t", ",", ";", "|"] if source.lower().endswith(".tsv") else [",", ";", "\t", "|"]
    first_line = next(iter(text[:65536].splitlines()), "")
    columns = {delimiter: _columns_of(first_line, delimiter) for delimiter in delimiters}
    delimiter = next((delimiter for delimiter in delimiters if path_column in columns[delimiter]), delimiters[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        names = _stripped(next(reader, []))
        rows = [(reader.line_num, _stripped(cells)) for cells in reader if cells]
    except csv.Error as error:
        raise ImageReadError(
            f"{source}: expected a CSV table, got: {error}, in line {reader.line_num}.", source
        ) from error
    return [name.lower() for name in names], rows


def _columns_of(first_line: str, delimiter: str) -> list[str]:
    names = next(csv.reader([first_line], delimiter=delimiter, skipinitialspace=True), [])
    return [name.lower() for name in _stripped(names)]


def _text_of(source: str) -> str:
    content = read_place(source)
    try:
        return decode_text(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImageReadError(
            f"{source}: expected text in UTF-8, got the byte 0x{content[error.start]:02x} in line {line}. "
            "Save the table as UTF-8.",
            source,
        ) from error


def _stripped(cells: list[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _beside(table: str, path: str) -> str:
    if is_url(path) or os.path.isabs(path):
        return path
    if is_url(table):
        return f"{table.rpartition('/')[0]}/{path}"
    return str(Path(table).parent / path)
