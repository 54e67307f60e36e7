"""Apply a fitted model to any number of images, into a table: `predict_to_file`."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from joblib import delayed
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._progress import progress_of
from ..exceptions import ImageReadError, shown
from ..io.inputs.finding import find_images
from ..io.inputs.shards import Part
from ..io.writing import write_atomically
from ._chunks import check_chunk_size, rows_of_part
from ._fitting import max_bytes_of
from ._native_threads import Workers
from .dataset.parts import write_columns


class PredictionResult(NamedTuple):
    """Result of `predict_to_file`: the counts of its rows.

    Attributes
    ----------
    n_images, n_errors : int
        Rows of the table, and those among them with an error instead of a prediction.
    """

    n_images: int
    n_errors: int


def predict_to_file(
    model: BaseEstimator,
    images: str | os.PathLike | Iterable[Any],
    path: str | os.PathLike,
    *,
    pages: str = "first",
    chunk_size: int | None = None,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> PredictionResult:
    """Predict the class (or value) of images and write a table.

    Parameters
    ----------
    model : classifier, regressor or Pipeline
        Fitted on paths: an `ImageReader` in front.
    images : str, PathLike, list or iterable
        As in `extract_to_parquet`.
    path : str or PathLike
        Ends in ``.csv`` or ``.parquet``; replaced where it exists, whole or not at all.
    pages : {"first", "all"}, default="first"
        "all" takes each page of a TIFF file, frame of an animation and image of a HEIC file for itself, under the path
        ``stack.tif#page=3``, see `featkit.list_images`; of files on this disk, not of those in archives or behind URLs.
    chunk_size : int or None, default=None
        Images that go through the model together: so many are in memory for each worker. None takes as many as fill
        some 32 MB, see `ChunkedTransformer`.
    n_jobs : int or None, default=None
        Workers, as in `extract_to_parquet`.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal, and prints a line a minute elsewhere.

    Returns
    -------
    prediction : PredictionResult
        Named tuple ``(n_images, n_errors)``. The table has the columns ``path``, ``prediction`` (several labels as 0
        and 1 in the order of the labels: ``0 1 1``), one
        ``probability_CLASS`` for each class where the model gives them, and ``error``.

    Raises
    ------
    FileWriteError
        When the file cannot be written; one that was there stays.
    ImageReadError
        When no images are found.

    See Also
    --------
    extract_to_parquet : Features instead of predictions.
    featkit.load_model : Models come from files.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from featkit import RawPixels, predict_to_file
    >>> digits = load_digits()
    >>> model = make_pipeline(RawPixels(), SVC()).fit(digits.images[:500] / 16, digits.target[:500])
    >>> predict_to_file(model, list(digits.images[500:510] / 16), tempfile.mkdtemp() + "/digits.csv")
    PredictionResult(n_images=10, n_errors=0)
    """
    path = Path(path)
    if path.suffix not in (".csv", ".parquet"):
        raise ValueError(f"Expected a file that ends in .csv or .parquet, got {shown(path.name)}.")
    if not hasattr(model, "predict"):
        raise ValueError(f"Expected a model with predict, got {type(model).__name__}; extract_to_parquet takes those.")
    check_is_fitted(model)
    if not path.parent.is_dir():
        raise ValueError(f"{path}: expected a file in an existing folder. Make the folder.")
    check_chunk_size(chunk_size)
    found = find_images(images, max_bytes=max_bytes_of(model), pages=pages)
    classes = [str(name) for name in model.classes_] if hasattr(model, "predict_proba") else []
    columns = ["path", "prediction", *[f"probability_{name}" for name in classes], "error"]
    workers = Workers(n_jobs)
    work = partial(_predict_part, model, chunk_size=chunk_size, cap=workers.cap)
    rows = []
    with progress_of(found.n_images, progress) as advance:
        for part in workers.results_of(delayed(work)(part) for part in found.parts):
            rows += part
            advance(len(part))
    if not rows:
        raise ImageReadError("Expected images to predict, got none.")
    write = _write_csv if path.suffix == ".csv" else write_columns
    write_atomically(path, partial(write, columns, rows))
    return PredictionResult(len(rows), sum(row[-1] is not None for row in rows))


def _predict_part(model: BaseEstimator, part: Part, chunk_size: int | None, cap: bool) -> list[list]:
    n_probabilities = len(model.classes_) if hasattr(model, "predict_proba") else 0
    rows = []
    for item, result, error in rows_of_part(partial(_predict, model), part, chunk_size, cap):
        rows.append([item.name, *([None] * (1 + n_probabilities) if result is None else result), error])
    return rows


def _predict(model: BaseEstimator, sources: Sequence[Any]) -> list[tuple]:
    """A tuple (prediction, probabilities ...) for each source; features are computed once."""
    last = model
    if isinstance(model, Pipeline) and len(model) > 1:
        sources, last = model[:-1].transform(sources), model[-1]
    predictions = [_cell(value) for value in last.predict(sources)]
    if not hasattr(last, "predict_proba"):
        return [(prediction,) for prediction in predictions]
    return [(prediction, *row) for prediction, row in zip(predictions, last.predict_proba(sources).tolist())]


def _cell(value: Any) -> Any:
    """A prediction as a cell of the table; several labels as "0 1 1"."""
    if np.ndim(value):
        return " ".join(map(str, np.asarray(value).tolist()))
    return value.item() if hasattr(value, "item") else value


def _write_csv(columns: list[str], rows: list[list], stream: BinaryIO) -> None:
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    text.flush()
    text.detach()
