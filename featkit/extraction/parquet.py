"""Features of any number of images in a folder of Parquet files, made in parts: `extract_to_parquet`.

A part is there whole or not at all: it is written under a hidden name, flushed and renamed. What is there is kept when
the run is started again; the manifest tells whether it is the same run.
"""

import hashlib
import os
import time
import warnings
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from joblib import delayed
from sklearn.base import BaseEstimator

from .._progress import progress_of
from ..io.inputs.finding import find_images
from ..io.inputs.shards import Part
from ..io.writing import remove_leftovers
from ._chunks import ExtractionWarning, check_chunk_size
from ._fingerprint import describe_transformer, digest
from ._fitting import max_bytes_of, ready_transformer
from ._native_threads import Workers
from .dataset.manifest import check_claim, claim_folder, part_size_in
from .dataset.parts import METADATA, NOTES, MadePart, check_parts, make_part, schema_of
from .dataset.url_path import UrlPath, place_of


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
    label_key: str | None = None,
    pages: str = "first",
    chunk_size: int | None = None,
    part_size: int | None = None,
    n_jobs: int | None = None,
    retry_errors: bool = False,
    metadata: bool = False,
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
        Folder for the dataset, made where there is none; on a file system that all workers share, or a URL that fsspec
        opens for writing, such as ``s3://bucket/features``.
    labels : array-like or None, default=None
        Labels of a list of images. Else those of subfolders, of the table, or of ``.cls``, ``.json`` or ``.txt``
        members of the tar files.
    label_key : str or None, default=None
        Key of the labels in the ``.json`` members of the tar files, which alone are asked then, ``"a.b"`` for key b of
        the dict under key a; None takes the first of "label", "cls", "class", "class_name", "category" and "target".
    pages : {"first", "all"}, default="first"
        "all" takes each page of a TIFF file, frame of an animation and image of a HEIC file for itself, under the path
        ``stack.tif#page=3``, see `featkit.list_images`; of files on this disk, not of those in archives or behind URLs.
    chunk_size : int or None, default=None
        Images that go through the transformer together: so many are in memory for each worker. None takes as many as
        fill some 32 MB, see `ChunkedTransformer`.
    part_size : int or None, default=None
        Images in a file, the unit of work. None takes a 64th of all, but at least 64, or 256 of small images, and at
        most 1024; or as many as the extraction has that the folder holds. A tar file always makes one part.
    n_jobs : int or None, default=None
        Workers: threads, unless `joblib.parallel_config` says otherwise, such as ``parallel_config("dask")`` with a
        `dask.distributed.Client`. None is 1, -1 all cores.
    retry_errors : bool, default=False
        Make the files of an earlier run again in which an image gave no features, e.g. because a store was away.
    metadata : bool, default=False
        Add the columns ``captured``, ``camera``, ``pixel_height`` and ``pixel_width`` (metres), see
        `featkit.io.read_metadata`; empty where the file tells nothing, or has no metadata that can be read.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal, and prints a line a minute elsewhere.

    Returns
    -------
    extraction : ExtractionResult
        Named tuple with the counts.

    Raises
    ------
    ExtractionError
        When the folder holds an extraction by another transformer, other versions or of other images, or when parts
        were removed or replaced meanwhile.
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
    The files ``part-000000.parquet``, ... have the columns ``path``, ``label``, ``error``, those of `metadata`, and the
    features as float32 under their names; all together are in the order of the images. An image without features keeps
    its row: NaN, and the reason in ``error``. ``_manifest.json`` tells parameters, versions and input. Images are told
    apart by their names and labels. Where the size or the time of a file (or tar file) on this disk has changed since
    its part was made, the part is made again, with an `ExtractionWarning`; changes behind URLs are not noticed.

    The first run in a folder makes the manifest, exclusively; each part carries its identity, and in the end manifest,
    parts and their rows are checked once more. Equal extractions may run beside each other in one folder, others are
    refused. Behind a URL each file is put in one piece. In a store that cannot make a file exclusively, of two
    extractions that begin in the same moment one at most ends without an error, and then its data set is whole.

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
    folder = place_of(path)
    part_size = part_size_in(folder) if part_size is None else part_size  # equal, even where files have changed since
    found = find_images(images, labels, part_size, max_bytes_of(transformer), label_key, pages)
    parts, images_digest = _told_apart(found.parts, listed=found.n_parts is not None)
    transformer, names, parts = ready_transformer(transformer, parts)
    notes = (*NOTES, *(METADATA if metadata else ()))
    clash = sorted(set(names) & set(notes))
    if clash or len(set(names)) < len(names):
        raise ValueError(f"Expected unique feature names other than {notes}, got {clash or 'some twice'}.")
    pipeline = describe_transformer(transformer)
    source = {"source": found.source, "n_images": found.n_images, "n_parts": found.n_parts, "images": images_digest}
    source |= {"part_size": found.part_size} | ({} if label_key is None else {"label_key": label_key})
    description: dict[str, Any] = {"pipeline": pipeline, "features": len(names), "input": source}
    if metadata:
        description["metadata"] = list(METADATA)
    run = claim_folder(folder, description)
    schema = schema_of(names, metadata)
    write = partial(
        make_part, transformer, folder, schema, f"{run} {digest(pipeline)}", chunk_size, retry_errors, metadata
    )
    made: list[MadePart] = []
    workers = Workers(n_jobs, ordered=False, batch_size=1)
    with progress_of(found.n_images, progress) as advance:
        for part in workers.results_of(delayed(write)(k, part, workers.cap) for k, part in enumerate(parts)):
            made.append(part)
            advance(part.n_rows, part.was_there)
    if n_changed := sum(part.has_changed for part in made):
        warnings.warn(
            f"{n_changed} of {len(made)} parts of {folder} were made again: files of theirs have changed since.",
            ExtractionWarning,
            stacklevel=2,
        )
    if not isinstance(folder, UrlPath):
        remove_leftovers(folder, ".part-", before=began)
    check_claim(folder, run, description)
    check_parts(folder, made)
    n_images, n_errors = sum(part.n_rows for part in made), sum(part.n_errors for part in made)
    n_kept = sum(part.was_there for part in made)
    return ExtractionResult(str(folder), n_images, n_errors, len(made), n_kept, time.monotonic() - start)


def _told_apart(parts: Iterator[Part], *, listed: bool) -> tuple[Iterator[Part], str]:
    """All parts, and a digest of the names and labels in those that are listed, of the first one in any case."""
    first = list(parts if listed else islice(parts, 1))
    told = [part.digest(with_content=index == 0) for index, part in enumerate(first)]
    return chain(first, parts), hashlib.sha256("".join(told).encode()).hexdigest()
