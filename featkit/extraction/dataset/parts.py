"""The parts of a dataset: Parquet files that are there whole or not at all, each with the identity of its rows."""

import json
import warnings
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from ..._optional import require
from ...exceptions import ExtractionError
from ...io.inputs.shards import Part
from ...io.metadata.capture import ImageMetadata, read_metadata
from .._chunks import ExtractionWarning, rows_of_part, stack_rows
from .url_path import Place, UrlPath, opened, place_of, write_whole

if TYPE_CHECKING:
    import pyarrow

NOTES = ("path", "label", "error")
METADATA = ImageMetadata._fields  # columns, where they are wanted


class MadePart(NamedTuple):
    """What a part is, and what became of it in this run.

    Attributes
    ----------
    number, n_rows, n_errors : int
    was_there : bool
        Whether it was kept as it was.
    has_changed : bool
        Whether files that it was made from have changed, so that it was made again.
    identity : str
        Of the run, the transformer and the images.
    """

    number: int
    n_rows: int
    n_errors: int
    was_there: bool
    has_changed: bool
    identity: str


def part_file(folder: Place, index: int) -> Place:
    """Name of the file of a part."""
    return folder / f"part-{index:06}.parquet"


def make_part(
    transformer: BaseEstimator,
    folder: Place,
    schema: "pyarrow.Schema",
    fingerprint: str,
    chunk_size: int | None,
    retry_errors: bool,
    metadata: bool,
    index: int,
    part: Part,
    cap: bool,
) -> MadePart:
    """Make one file, unless it is there."""
    file = part_file(folder, index)
    identity, state = f"{fingerprint} {part.digest()}", part.state()
    n_features = len(schema) - len(NOTES) - metadata * len(METADATA)
    there = _facts_of(file, identity, schema) if file.exists() else None
    has_changed = there is not None and there["state"] != state
    if there is not None and not has_changed and not (retry_errors and there["errors"] > 0):
        return MadePart(index, there["rows"], there["errors"], True, False, identity)
    notes: list[tuple] = []
    rows = []
    for item, row, error in rows_of_part(transformer.transform, part, chunk_size, cap):
        if row is not None and len(row) != n_features:
            error, row = f"ValueError: expected {n_features} features, got {len(row)}", None
        notes.append((item.name, item.label, error, *(_metadata_of(item.source) if metadata else ())))
        rows.append(row)
    n_errors = sum(note[2] is not None for note in notes)
    table = _table_of(notes, stack_rows(rows, n_features), schema)
    facts = {"identity": identity, "state": state, "rows": len(rows), "errors": n_errors}
    write = partial(_write_table, table, facts={"featkit": json.dumps(facts)})
    try:
        write_whole(file, write, replace=file.exists())
    except FileExistsError:  # of a run beside this one
        if _facts_of(file, identity, schema) is None:
            write_whole(file, write)
    return MadePart(index, len(rows), n_errors, False, has_changed, identity)


def check_parts(folder: Place, made: Sequence[MadePart]) -> None:
    """Raise where a folder holds other parts, or other rows, than a run has made and kept."""
    wanted = {part_file(folder, part.number).name: part for part in made}
    there = {file.name for file in folder.iterdir() if file.name.startswith("part-") or file.suffix == ".parquet"}
    there = {name for name in there if not name.startswith((".", "_"))}
    if more := sorted(there - set(wanted)):
        raise ExtractionError(
            f"{folder} holds parts of more images than came: {more[0]} is there. Choose another folder."
        )
    for name, part in wanted.items():
        n_rows, facts = _footer_of(folder / name)
        if (n_rows, facts.get("identity")) != (part.n_rows, part.identity):
            raise ExtractionError(
                f"{folder / name} was replaced, removed or damaged while this extraction ran. Run it again; where "
                "another extraction writes into the folder, choose another folder."
            )


def failed_paths(folder: str) -> list[str]:
    """Paths of the images of a dataset that gave no features."""
    arrow_dataset = require("pyarrow.dataset", extra="parquet")
    has_failed = arrow_dataset.field("error").is_valid()
    place = place_of(folder)
    filesystem, path = place.store() if isinstance(place, UrlPath) else (None, str(place))
    dataset = arrow_dataset.dataset(path, format="parquet", filesystem=filesystem)
    return dataset.to_table(["path"], filter=has_failed)["path"].to_pylist()


def _footer_of(file: Place) -> tuple[int, dict[str, Any]]:
    """Rows that are in a part, and what it tells of itself; nothing where it cannot be read."""
    parquet = require("pyarrow.parquet", extra="parquet")
    try:
        footer = parquet.read_metadata(opened(file))
        return footer.num_rows, _facts_in(footer)
    except (OSError, ValueError, TypeError, RecursionError):
        return -1, {}


def _metadata_of(source: Any) -> tuple:
    """What the file tells; nothing of an array or a file that cannot be read: why not is told in its error."""
    try:
        captured, camera, *sides = read_metadata(source)
    except Exception:  # metadata in any state must not cost the row, whose own error says what is wrong with the file
        return (None,) * len(METADATA)
    return (captured, camera, *(None if np.isnan(side) else side for side in sides))


def _facts_of(file: Place, identity: str, schema: "pyarrow.Schema") -> dict[str, Any] | None:
    """What a part that is there tells of itself; None where it is not what was written."""
    parquet = require("pyarrow.parquet", extra="parquet")
    try:
        with parquet.ParquetFile(opened(file), page_checksum_verification=True) as part:
            facts = _facts_in(part.metadata)
            if facts.get("identity") == identity:
                table = part.read(use_threads=False)
                if {len(table), part.metadata.num_rows} != {facts["rows"]} or not table.schema.equals(schema):
                    raise ValueError(f"{len(table)} rows of other columns")
                return {name: facts[name] for name in ("rows", "errors", "state")}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        warnings.warn(f"{file} is damaged ({error}); it is made again.", ExtractionWarning, stacklevel=2)
        return None
    raise ExtractionError(f"{file} was made from other images or by another transformer. Choose another folder.")


def _facts_in(footer: "pyarrow.parquet.FileMetaData") -> dict[str, Any]:
    return dict(json.loads((footer.metadata or {}).get(b"featkit", b"{}")))


def _text(value: Any) -> str | None:
    """A string that UTF-8 can hold: file names need not be."""
    return None if value is None else str(value).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def schema_of(names: list[str], metadata: bool = False) -> "pyarrow.Schema":
    """Columns of every part: the notes, those of the files' metadata where they are wanted, and the features."""
    arrow = require("pyarrow", extra="parquet")
    columns = [(name, arrow.string()) for name in NOTES]
    if metadata:
        columns += [(name, arrow.float64() if name.startswith("pixel") else arrow.string()) for name in METADATA]
    return arrow.schema([*columns, *((str(name), arrow.float32()) for name in names)])


def _table_of(notes: list[tuple], rows: np.ndarray, schema: "pyarrow.Schema") -> "pyarrow.Table":
    arrow = require("pyarrow", extra="parquet")
    n_notes = len(schema) - rows.shape[1]
    kinds = [schema.field(index).type for index in range(n_notes)]
    columns = [
        arrow.array([_text(value) if kind == arrow.string() else value for value in column], kind)
        for column, kind in zip(list(zip(*notes)) or [()] * n_notes, kinds)
    ]
    with np.errstate(over="ignore"):
        features = arrow.array(np.asarray(rows.T, dtype=np.float32, order="C").reshape(-1))
    columns += [features.slice(column * len(rows), len(rows)) for column in range(rows.shape[1])]
    return arrow.table(columns, schema=schema)


def _write_table(table: "pyarrow.Table", stream: BinaryIO, facts: dict[str, str] | None = None) -> None:
    """Write a table; one with facts of its own keeps nothing else besides its columns, which takes less time."""
    parquet = require("pyarrow.parquet", extra="parquet")
    notes = sorted(set(NOTES) & set(table.column_names))
    options = {"compression": "snappy", "write_page_checksum": True}  # else a flipped bit would be another feature
    options |= {"use_dictionary": notes, "write_statistics": notes, "store_schema": facts is None}
    with parquet.ParquetWriter(stream, table.schema, **options) as writer:
        writer.write_table(table)
        if facts is not None:
            writer.add_key_value_metadata(facts)


def write_columns(names: list[str], rows: list[list], stream: BinaryIO) -> None:
    """Write rows of plain values as one Parquet file."""
    arrow = require("pyarrow", extra="parquet")
    columns = [[_text(value) if isinstance(value, str) else value for value in column] for column in zip(*rows)]
    _write_table(
        arrow.table([arrow.array(column) for column in columns], names=[_text(name) for name in names]), stream
    )


def write_typed_columns(
    fields: list[tuple[str, type, dict[str, str]]], rows: list[list], about: dict[str, str], stream: BinaryIO
) -> None:
    """Write rows of plain values, None where there is none, as one Parquet file with metadata.

    Parameters
    ----------
    fields : list of (str, type, dict)
        Name, type (str, int, float or bool) and metadata of each column.
    rows : list of list
    about : dict of str to str
        Metadata of the file.
    stream : binary file object
    """
    arrow = require("pyarrow", extra="parquet")
    types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_()}
    schema = arrow.schema([arrow.field(name, types[kind], metadata=told) for name, kind, told in fields], about)
    columns = list(zip(*rows)) or [()] * len(fields)
    values = [
        arrow.array([_text(value) if kind is str else value for value in column], types[kind])
        for column, (_, kind, _) in zip(columns, fields)
    ]
    _write_table(arrow.table(values, schema=schema), stream)
