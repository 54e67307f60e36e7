"""Transform one chunk of images: its rows, and what went wrong with which image."""

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import joblib
import numpy as np
from sklearn import config_context
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_consistent_length

from ..exceptions import ImageReadError, shown
from ..image.batches import check_same_index
from ..image.on_demand.disk_arrays import read_by_slices
from ..io.inputs.chunks import next_chunk
from ..io.inputs.held_sources import HeldSource
from ..io.inputs.shards import Item, Part
from ._native_threads import single_native_threads

if TYPE_CHECKING:
    from .cache import FeatureCache


KEY_FORMAT = 3  # of keys; rows under those of format 2 have no checksum, under those of 1 they may be of other images


class ExtractionWarning(UserWarning):
    """Some images gave no features; rows of NaN stand in their place, as was asked for."""


class Chunk(NamedTuple):
    """What became of a chunk: a row or image for each source (None at a failure), and the errors by index.

    Of a chunk with a cache also why the cache could not be used.
    """

    results: list
    errors: dict[int, Exception]
    trouble: str | None = None


def len_of(X: Any) -> int:
    """Images of a batch that was not checked yet; 1 where nothing tells how many."""
    shape = getattr(X, "shape", None)
    return len(X) if hasattr(X, "__len__") else int(shape[0]) if shape else 1


def check_told(source: Any, items: Any, told: dict[str, Any]) -> None:
    """Refuse what is told of images where it is not one for each, or stands under another index than theirs."""
    check_consistent_length(items, *told.values())
    for name, values in told.items():
        check_same_index(source, values, name)


def told_of_chunk(told: dict[str, Any] | None, chunk: slice) -> list[dict[str, Any]] | None:
    """What is told of each image of a chunk; of arrays that are not in memory no more than that is read."""
    if not told:
        return None
    columns = [
        _safe_indexing(values if hasattr(values, "to_numpy") else read_by_slices(values), chunk)
        for values in told.values()
    ]
    return [dict(zip(told, values)) for values in zip(*columns)]


def transform_chunk(
    transform: Callable[..., Any],
    sources: Sequence[Any],
    metadata: list[dict[str, Any]] | None = None,
    *,
    on_error: str = "raise",
    positions: Sequence[int] | None = None,
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
    positions : sequence of int or None, default=None
        Index of each source in its batch, which notes on errors shall tell. None: 0, 1, ...
    cap : bool, default=False
        Whether native thread pools shall use one thread.

    Returns
    -------
    chunk : Chunk
    """
    if cap:
        with single_native_threads():
            return transform_chunk(transform, sources, metadata, on_error=on_error, positions=positions)
    positions = range(len(sources)) if positions is None else positions
    with config_context(transform_output="default"):
        try:
            return Chunk(_results(transform, sources, metadata), {})
        except Exception as error:
            if on_error == "raise":
                _tell_places_in_batch(error, positions)
                raise
        results: list = []
        errors: dict[int, Exception] = {}
        for index in range(len(sources)):
            try:
                results += _results(transform, sources[index : index + 1], metadata and metadata[index : index + 1])
            except Exception as error:  # any: one odd image must not end a run over millions
                _tell_places_in_batch(error, positions[index : index + 1])
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


def _tell_places_in_batch(error: Exception, positions: Sequence[int]) -> None:
    """Steps count the images of their chunk; the user counts those of the batch."""
    notes = getattr(error, "__notes__", [])
    for position, note in enumerate(notes):
        words = note.split()
        if words[:1] == ["image"] and note.endswith("of the batch"):
            notes[position] = f"image {positions[int(words[1])]} of the batch"


def transform_cached(
    cache: "FeatureCache",
    fingerprint: str,
    mask_patterns: Sequence[str],
    is_reader_first: bool,
    transform: Callable[..., Any],
    sources: Sequence[Any],
    metadata: list[dict[str, Any]] | None = None,
    *,
    positions: Sequence[int],
    **options: Any,
) -> Chunk:
    """`transform_chunk` for the sources whose rows are not in the cache, the others from there.

    Where an `ImageReader` comes first, it decodes the very bytes that the keys were made of.
    """
    told: Sequence[dict[str, Any] | None] = metadata if metadata else [None] * len(sources)
    contents: dict[str, bytes] | None = {} if is_reader_first else None
    looked = [HeldSource(source, mask_patterns, contents) for source in sources]
    keys = [_key(one.content, fingerprint, about) for one, about in zip(looked, told)]
    known = cache.get([key for key in keys if key is not None], warn=False)
    missing = [index for index, key in enumerate(keys) if key not in known]
    results = [None if key is None else known.get(key) for key in keys]
    if not missing:
        return Chunk(results, {}, cache.trouble)
    unknown = {index: looked[index] for index in missing}
    del looked, contents  # of known rows no content is held
    if is_reader_first:
        wanted: Any = [one.source for one in unknown.values()]
    else:
        wanted = sources[missing] if isinstance(sources, np.ndarray) else [sources[index] for index in missing]
    chunk = transform_chunk(
        transform,
        wanted,
        [metadata[index] for index in missing] if metadata else None,
        positions=[positions[index] for index in missing],
        **options,
    )
    if not are_rows(chunk.results):
        raise ValueError("Expected a transformer that returns rows of features where there is a cache, got images.")
    fresh = dict(zip(missing, chunk.results))
    cache.put(
        {
            key: row
            for index, row in fresh.items()
            if row is not None and (key := keys[index]) is not None and unknown[index].is_what_was_read()
        },
        warn=False,
    )
    for index, row in fresh.items():
        results[index] = row
    return Chunk(results, {missing[index]: error for index, error in chunk.errors.items()}, cache.trouble)


def _key(content: bytes | None, fingerprint: str, told: dict[str, Any] | None) -> bytes | None:
    """Digest of an image's content and of what is made of it; None where the content cannot be had."""
    if content is None:
        return None
    made = f"{KEY_FORMAT} {fingerprint} {joblib.hash(told)} ".encode()
    return hashlib.blake2b(made + content, digest_size=20).digest()


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


def check_chunk_size(chunk_size: int | None) -> None:
    """Refuse what would never come to an end."""
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"Expected a chunk_size of at least 1, got {shown(chunk_size)}.")


def rows_of_part(
    transform: Callable[..., Any], part: Part, chunk_size: int | None, cap: bool = False
) -> Iterator[tuple[Item, np.ndarray | tuple | None, str | None]]:
    """Yield (item, row, error) for every image of a part: the row, or None and what went wrong."""
    items = part.open()
    goes_on = True
    while goes_on:
        broken = None
        chunk: list[Item] = []
        try:
            goes_on = next_chunk(items, chunk, chunk_size)
        except ImageReadError as error:  # a tar file that ends too early
            broken, goes_on = error, False
        if chunk:
            done = transform_chunk(transform, [item.source for item in chunk], on_error="collect", cap=cap)
            for index, (item, row) in enumerate(zip(chunk, done.results)):
                yield item, row, _told(done.errors.get(index))
        if broken:
            yield Item(str(broken.path), None, None), None, _told(broken)


def _told(error: Exception | None) -> str | None:
    return None if error is None else f"{type(error).__name__}: {error}"


def warn_of(errors: dict[int, Exception], n_images: int, consequence: str) -> None:
    """Warn of images that could not be transformed, if there are any."""
    if errors:
        position, first = min(errors.items())
        warnings.warn(
            f"{len(errors)} of {n_images} images could not be transformed, {consequence}; the first is image "
            f"{position}: {first}",
            ExtractionWarning,
            stacklevel=3,
        )
