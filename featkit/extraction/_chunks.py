"""Transform one chunk of images: its rows, and what went wrong with which image."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from sklearn import config_context
from sklearn.utils.validation import check_consistent_length

from ..exceptions import ImageReadError
from ..image.batches import check_same_index
from ..io.inputs.shards import Item, Part
from ._native_threads import single_native_threads


class Chunk(NamedTuple):
    """What became of a chunk: a row or image for each source (None at a failure), and the errors by index."""

    results: list
    errors: dict[int, Exception]


def check_told(source: Any, items: Any, told: dict[str, Any]) -> None:
    """Refuse what is told of images where it is not one for each, or stands under another index than theirs."""
    check_consistent_length(items, *told.values())
    for name, values in told.items():
        check_same_index(source, values, name)


def transform_chunk(
    transform: Callable[..., Any],
    sources: Sequence[Any],
    metadata: list[dict[str, Any]] | None = None,
    *,
    on_error: str = "raise",
    places: Sequence[int] | None = None,
    cap: bool = False,
) -> Chunk:
    """Transform sources together; where that fails and shall not, each by itself.

    Parameters
    ----------
    transform : callable
        Sources, and metadata by keyword, to rows or images.
    sources : sequence
    metadata : list of dict or None, default=None
        What `transform` is told of each source besides.
    on_error : {"raise", "collect"}, default="raise"
    places : sequence of int or None, default=None
        Index of each source in its batch, which notes on errors shall tell. None: 0, 1, ...
    cap : bool, default=False
        Whether native thread pools shall use one thread.

    Returns
    -------
    chunk : Chunk
    """
    if cap:
        with single_native_threads():
            return transform_chunk(transform, sources, metadata, on_error=on_error, places=places)
    places = range(len(sources)) if places is None else places
    with config_context(transform_output="default"):
        try:
            return Chunk(_results(transform, sources, metadata), {})
        except Exception as error:
            if on_error == "raise":
                _tell_places_in_batch(error, places)
                raise
        results: list = []
        errors: dict[int, Exception] = {}
        for index in range(len(sources)):
            try:
                results += _results(transform, sources[index : index + 1], metadata and metadata[index : index + 1])
            except Exception as error:  # any: one odd image must not end a run over millions
                _tell_places_in_batch(error, places[index : index + 1])
                results.append(None)
                errors[index] = error
        return Chunk(results, errors)


def _results(
    transform: Callable[..., Any], sources: Sequence[Any], metadata: list[dict[str, Any]] | None
) -> list[np.ndarray]:
    keywords = {name: [one[name] for one in metadata] for name in metadata[0]} if metadata else {}
    output = transform(sources, **keywords)
    if hasattr(output, "columns"):  # a table, where set_output was called on something inside
        output = output.to_numpy()
    if hasattr(output, "toarray"):
        output = output.toarray()
    if len(output) != len(sources):
        raise ValueError(f"Expected one row or image for each of {len(sources)} sources, got {len(output)}.")
    return list(output)


def _tell_places_in_batch(error: Exception, places: Sequence[int]) -> None:
    """Steps count the images of their chunk; the user counts those of the batch."""
    notes = getattr(error, "__notes__", [])
    for position, note in enumerate(notes):
        words = note.split()
        if words[:1] == ["image"] and note.endswith("of the batch"):
            notes[position] = f"image {places[int(words[1])]} of the batch"


def are_rows(results: list) -> bool:
    """Whether results are rows of features and not images."""
    return all(np.ndim(result) == 1 for result in results if result is not None)


def stack_rows(results: list, n_features: int = 0) -> np.ndarray:
    """Rows to a table; a failure gives a row of NaN, of `n_features` where all failed."""
    known = [result for result in results if result is not None]
    n_features = len(known[0]) if known else n_features
    dtype = np.result_type(*{np.asarray(row).dtype for row in known}) if known else np.dtype(np.float32)
    table = np.full((len(results), n_features), np.nan, np.float32 if dtype == np.float32 else np.float64)
    for row, result in zip(table, results):
        if result is not None:
            row[:] = result
    return table


def check_chunk_size(chunk_size: int) -> None:
    """Refuse what would never come to an end."""
    if chunk_size < 1:
        raise ValueError(f"Expected a chunk_size of at least 1, got {chunk_size!r}.")


def rows_of_part(
    transform: Callable[..., Any], part: Part, chunk_size: int, cap: bool = False
) -> Iterator[tuple[Item, np.ndarray | tuple | None, str | None]]:
    """Yield (item, row, error) for every image of a part: the row, or None and what went wrong."""
    items = part.open()
    while True:
        broken = None
        chunk: list[Item] = []
        try:
            chunk.extend(islice(items, chunk_size))
        except ImageReadError as error:  # a tar file that ends too early
            broken = error
        if chunk:
            done = transform_chunk(transform, [item.source for item in chunk], on_error="collect", cap=cap)
            for index, (item, row) in enumerate(zip(chunk, done.results)):
                yield item, row, _told(done.errors.get(index))
        if broken:
            yield Item(str(broken.path), None, None), None, _told(broken)
        if len(chunk) < chunk_size:
            return


def _told(error: Exception | None) -> str | None:
    return None if error is None else f"{type(error).__name__}: {error}"
