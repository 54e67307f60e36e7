"""Tables of measurements as CSV with a description beside it, or as Parquet; units stand in the metadata."""

import csv
import io
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ...exceptions import shown
from ...io.writing import write_atomically
from ..dataset.parts import write_typed_columns

SUFFIXES = (".csv", ".parquet")
DATATYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


class Column(NamedTuple):
    """A column of a table: its name, the type of its values, its unit ("" for none) and what it means."""

    name: str
    kind: type
    unit: str
    meaning: str


def check_table_path(path: Path) -> None:
    """Refuse, before the work, what cannot be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"Expected a file that ends in .csv or .parquet, got {shown(path.name)}.")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ValueError(f"{path}: expected a file in an existing folder. Make the folder.")
    if path.suffix.lower() == ".parquet":
        _write_parquet([], [], {}, io.BytesIO())  # whether the extra is there


def write_table(path: Path, columns: Sequence[Column], rows: list[list], about: dict[str, Any]) -> None:
    """Write rows of plain values, None where there is none.

    Parameters
    ----------
    path : Path
        Ends in ``.csv`` or ``.parquet``. Units, meanings and `about` go into the metadata of a Parquet file and its
        columns; for CSV into ``NAME.csv-metadata.json``, as the W3C's "CSV on the Web" has it.
    columns : sequence of Column
    rows : list of list
    about : dict
        What the table was made by, ready for JSON.

    Raises
    ------
    FileWriteError
        When a file cannot be written.
    """
    if path.suffix.lower() == ".parquet":
        write_atomically(path, partial(_write_parquet, columns, rows, about))
        return
    described = [
        {
            "name": column.name,
            "datatype": DATATYPES[column.kind],
            **({"unit": column.unit} if column.unit else {}),
            "dc:description": column.meaning,
        }
        for column in columns
    ]
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": path.name, "tableSchema": {"columns": described}}
    text = json.dumps(metadata | {"featkit": about}, indent=1, ensure_ascii=False)
    write_atomically(path, partial(_write_csv, columns, rows))
    write_atomically(path.with_name(f"{path.name}-metadata.json"), lambda stream: stream.write(text.encode()))


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.7g}" if isinstance(value, float) else value


def _write_csv(columns: Sequence[Column], rows: list[list], stream: BinaryIO) -> None:
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _write_parquet(columns: Sequence[Column], rows: list[list], about: dict[str, Any], stream: BinaryIO) -> None:
    fields = [(column.name, column.kind, {"unit": column.unit, "description": column.meaning}) for column in columns]
    write_typed_columns(fields, rows, {"featkit": json.dumps(about)}, stream)
