"""Features of any number of images in a folder of Parquet files, made in parts: `extract_to_parquet`.

A part is there whole or not at all: it is written under a hidden name, flushed and renamed. What is there is kept when
the run is started again; the manifest tells whether it is the same run.
"""

import json
import os
import time
import warnings
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.parallel import Parallel, delayed

from .._optional import require
from ..exceptions import ExtractionError
from ..io.inputs.finding import find_images
from ..io.inputs.shards import Part
from ..io.writing import write_atomically
from ._chunks import check_chunk_size, rows_of_part, stack_rows
from ._fingerprint import describe_transformer, differences, digest
from ._fitting import ready_transformer
from ._progress import progress_of
from .chunked import ExtractionWarning

if TYPE_CHECKING:
    import pyarrow

MANIFEST = "_manifest.json"  # readers of Parquet folders pass over names that begin with _ or .
FORMAT = 1
NOTES = ("path", "label", "error")


class ExtractionResult(NamedTuple):
    """Result of `extract_to_parquet`: where the data set is, and the counts of its rows and files.

    Attributes
    ----------
    path : str
        The folder.
    n_images, n_errors : int
        Rows in the dataset, and those among them with an error instead of features.
    n_parts, n_kept : int
        Files, and those among them that were there before.
    seconds : float
        Time that this run took.
    """

    path: str
    n_images: int
    n_errors: int
    n_parts: int
    n_kept: int
    seconds: float


def extract_to_parquet(
    transformer: BaseEstimator,
    images: str | os.PathLike | Iterable[Any],
    path: str | os.PathLike,
    *,
    labels: Iterable | None = None,
    chunk_size: int = 16,
    part_size: int | None = None,
    n_jobs: int | None = None,
    retry_errors: bool = False,
    progress: bool | None = None,
) -> ExtractionResult:
    """Extract features into a Parquet dataset; started again, go on where it stopped.

    Parameters
    ----------
    transformer : transformer or Pipeline
        From paths to rows of features: an `ImageReader` in front. What learns in it (PCA, visual words, ...) must be
        fitted; one that learns nothing is fitted on the first image that it can transform.
    images : str, PathLike, list or iterable
        A folder; a ``.csv`` file with a column ``path`` and maybe ``label``; a ``.tar`` file of images or a pattern
        such as ``shards/*.tar``, as WebDataset writes them; a URL of any of these for fsspec; or a list or iterator
        of paths, URLs or arrays.
    path : str or PathLike
        Folder for the dataset, made where there is none; on a file system that all workers share.
    labels : array-like or None, default=None
        Labels of a list of images. Else those of subfolders, of the table, or of ``.cls``, ``.json`` or ``.txt``
        members of the tar files.
    chunk_size : int, default=16
        Images that go through the transformer together: so many are in memory for each worker.
    part_size : int or None, default=None
        Images in a file, the unit of work. None takes a 64th of all, but at least 64 and at most 1024; a tar file
        always makes one part.
    n_jobs : int or None, default=None
        Workers: threads, unless `joblib.parallel_config` says otherwise, such as ``parallel_config("dask")`` with a
        `dask.distributed.Client`. None is 1, -1 all cores.
    retry_errors : bool, default=False
        Make the files of an earlier run again in which an image gave no features, e.g. because a store was away.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal, and prints a line a minute elsewhere.

    Returns
    -------
    extraction : ExtractionResult
        Named tuple with the counts.

    Raises
    ------
    ExtractionError
        When the folder holds an extraction by another transformer, other versions or of other images.
    FileWriteError
        When a file cannot be written; those before it are whole.
    ImageReadError
        When no images are found.

    See Also
    --------
    ChunkedTransformer : Features of images in memory or on disk, as a step of a Pipeline.
    predict_to_file : Predictions instead of features.

    Notes
    -----
    The files ``part-000000.parquet``, ... have the columns ``path``, ``label``, ``error`` and the features as
    float32 under their names; all together are in the order of the images. An image that gives no features keeps
    its row: NaN, and the reason in ``error``. ``_manifest.json`` tells parameters, versions and input. Images are told
    apart by their names and labels: where a file has changed under its name, extract into another folder.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from featkit import ColorMoments, extract_to_parquet
    >>> from featkit.testing import check_pictures
    >>> folder = tempfile.mkdtemp()
    >>> extraction = extract_to_parquet(ColorMoments(), list(check_pictures(5)), folder)
    >>> extraction.n_images, extraction.n_errors
    (5, 0)
    >>> pd.read_parquet(folder).shape
    (5, 12)
    """
    began, start = time.time(), time.monotonic()
    check_chunk_size(chunk_size)
    found = find_images(images, labels, part_size)
    folder = Path(path)
    transformer, names, parts = ready_transformer(transformer, iter(found.parts))
    clash = sorted(set(names) & set(NOTES))
    if clash or len(set(names)) < len(names):
        raise ValueError(f"Expected unique feature names other than {NOTES}, got {clash or 'some twice'}.")
    description = describe_transformer(transformer)
    manifest = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "pipeline": description,
        "features": len(names),
        "input": {"source": found.source, "n_images": found.n_images, "n_parts": found.n_parts},
    }
    _claim(folder, manifest)
    write = partial(_make_part, transformer, str(folder), names, digest(description), chunk_size, retry_errors)
    n_images = n_errors = n_parts = n_kept = 0
    parallel = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator_unordered", batch_size=1)
    cap = parallel.n_jobs not in (None, 1)
    with progress_of(found.n_images, progress) as advance:
        for n_rows, n_failed, was_there in parallel(delayed(write)(k, part, cap) for k, part in enumerate(parts)):
            n_images, n_errors = n_images + n_rows, n_errors + n_failed
            n_parts, n_kept = n_parts + 1, n_kept + was_there
            advance(n_rows, was_there)
    _drop_leftovers(folder, began)
    if (more := _part_file(folder, n_parts)).exists():
        raise ExtractionError(
            f"{folder} holds parts of more images than came: {more.name} is there. Choose another folder."
        )
    return ExtractionResult(str(folder), n_images, n_errors, n_parts, n_kept, time.monotonic() - start)


def _drop_leftovers(folder: Path, before: float) -> None:
    """Delete the unfinished files of runs that were killed; those of a run beside this one are younger than it."""
    for leftover in folder.glob(".part-*.tmp"):
        with suppress(FileNotFoundError):
            if leftover.stat().st_mtime < before:
                leftover.unlink()


def _claim(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, or make sure that the one that is there tells of the same extraction."""
    file = folder / MANIFEST
    holds_parts = next(folder.glob("part-*"), None) is not None  # looked for first: another run may begin just now
    if file.exists():
        try:
            there = dict(json.loads(file.read_text()))
        except (ValueError, TypeError) as error:
            raise ExtractionError(f"{file}: expected a manifest, got: {error}. Choose another folder.") from error
        wanted = {name: manifest[name] for name in ("format", "pipeline", "features", "input")}
        if found := list(differences({name: there.get(name) for name in wanted}, wanted)):
            more = f", and {len(found) - 4} more" if len(found) > 4 else ""
            raise ExtractionError(
                f"{folder} holds another extraction ({'; '.join(found[:4])}{more}). Choose another folder."
            )
        return
    if holds_parts:
        raise ExtractionError(f"{folder}: expected an empty folder or an extraction with its {MANIFEST}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExtractionError(f"{folder}: expected a folder that can be made, got: {error.strerror}.") from error
    write_atomically(file, lambda stream: stream.write(json.dumps(manifest, indent=1).encode()))


def _part_file(folder: Path, index: int) -> Path:
    return folder / f"part-{index:06}.parquet"


def _make_part(
    transformer: BaseEstimator,
    folder: str,
    names: list[str],
    fingerprint: str,
    chunk_size: int,
    retry_errors: bool,
    index: int,
    part: Part,
    cap: bool,
) -> tuple[int, int, bool]:
    """Make one file, unless it is there; return its number of rows and of errors, and whether it was there."""
    file = _part_file(Path(folder), index)
    identity = f"{fingerprint} {part.digest()}"
    counts = _counts_of(file, identity, names) if file.exists() else None
    if counts is not None and not (retry_errors and counts[1] > 0):
        return (*counts, True)
    notes, rows = [], []
    for item, row, error in rows_of_part(transformer.transform, part, chunk_size, cap):
        if row is not None and len(row) != len(names):
            error, row = f"ValueError: expected {len(names)} features, got {len(row)}", None
        notes.append((item.name, item.label, error))
        rows.append(row)
    n_errors = sum(error is not None for _, _, error in notes)
    table = _table_of(notes, stack_rows(rows, len(names)), names)
    facts = {"featkit": json.dumps({"identity": identity, "rows": len(rows), "errors": n_errors})}
    write_atomically(file, partial(_write_table, table.replace_schema_metadata(facts)))
    return len(rows), n_errors, False


def _counts_of(file: Path, identity: str, names: list[str]) -> tuple[int, int] | None:
    """Rows and errors of a part that is there; None where it is not what was written."""
    parquet = require("pyarrow.parquet", extra="parquet")
    try:
        with parquet.ParquetFile(file, page_checksum_verification=True) as part:
            facts = json.loads((part.schema_arrow.metadata or {}).get(b"featkit", b"{}"))
            if facts.get("identity") == identity:
                table = part.read(use_threads=False)
                if len(table) != facts["rows"] or not table.schema.equals(_schema_of(names)):
                    raise ValueError(f"{len(table)} rows of other columns")
                return facts["rows"], facts["errors"]
    except (OSError, ValueError, KeyError) as error:
        warnings.warn(f"{file} is damaged ({error}); it is made again.", ExtractionWarning, stacklevel=2)
        return None
    raise ExtractionError(f"{file} was made from other images or by another transformer. Choose another folder.")


def _text(value: Any) -> str | None:
    """A string that UTF-8 can hold: file names need not be."""
    return None if value is None else str(value).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _schema_of(names: list[str]) -> "pyarrow.Schema":
    arrow = require("pyarrow", extra="parquet")
    columns = [(name, arrow.string()) for name in NOTES] + [(str(name), arrow.float32()) for name in names]
    return arrow.schema(columns)


def _table_of(notes: list[tuple], rows: np.ndarray, names: list[str]) -> "pyarrow.Table":
    arrow = require("pyarrow", extra="parquet")
    columns = [arrow.array([_text(value) for value in column], arrow.string()) for column in zip(*notes)]
    columns = columns or [arrow.array([], arrow.string())] * len(NOTES)
    with np.errstate(over="ignore"):
        features = np.ascontiguousarray(rows.T, dtype=np.float32)
    return arrow.table([*columns, *map(arrow.array, features)], schema=_schema_of(names))


def _write_table(table: "pyarrow.Table", stream: BinaryIO) -> None:
    parquet = require("pyarrow.parquet", extra="parquet")
    notes = [name for name in NOTES if name in table.column_names]
    options = {"compression": "zstd", "write_page_checksum": True}  # else a flipped bit would be another feature
    parquet.write_table(table, stream, use_dictionary=notes, write_statistics=notes, **options)


def write_columns(names: list[str], rows: list[list], stream: BinaryIO) -> None:
    """Write rows of plain values as one Parquet file."""
    arrow = require("pyarrow", extra="parquet")
    columns = [[_text(value) if isinstance(value, str) else value for value in column] for column in zip(*rows)]
    _write_table(
        arrow.table([arrow.array(column) for column in columns], names=[_text(name) for name in names]), stream
    )
