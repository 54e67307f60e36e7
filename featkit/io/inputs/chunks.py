"""How many images go through a transformer together, and into a file: so many, or by the memory that they take."""

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import PIL.Image

from ...image.on_demand.lazy_images import LazyImages
from ..sources import is_missing
from .items import Item

# Of the images in a chunk: what steps make of them fits into memory that is used again chunk after chunk. glibc maps
# arrays of more than 32 MB anew each time, page by page, which took a tenth of the time.
CHUNK_BYTES = 32_000_000
LARGEST_CHUNK = 64  # images
PART_BYTES = 500_000_000  # of the images in a part of a small data set: some seconds of work
SMALLEST_PART, SMALL_PART, LARGEST_PART = 64, 256, 1024  # images
SAMPLE = 64  # images that tell how large all are
UNPACKED = 16  # bytes in memory for one of a file; few photos take more, and what does is read on demand


def chunk_slices(X: Any, chunk_size: int | None) -> Iterator[slice]:
    """Cut a batch into chunks of so many images; None: of as many as take some 32 MB, see `_bytes_of`."""
    start, n_images = 0, len(X)
    of_each = _bytes_of_each(X)
    while start < n_images:
        size = chunk_size
        if size is None:
            n_bytes = (_bytes_of(X[k]) if of_each is None else of_each for k in range(start, n_images))
            size = _images_that_fit(n_bytes)
        yield slice(start, start + size)
        start += size


def images_in_part(X: Any) -> int:
    """Images in a part, the unit of work: a 64th of all, but at least 64, or 256 of small ones, and at most 1024.

    A file of few rows takes as much time as one of many, for each column: much beside small images, little beside
    photos of 12 megapixels.
    """
    some = range(0, len(X), max(1, len(X) // SAMPLE))
    of_each = _bytes_of_each(X)
    mean = of_each if of_each is not None else sum(_bytes_of(X[k]) for k in some) / max(1, len(some))
    least = np.clip(PART_BYTES / max(1, mean), SMALLEST_PART, SMALL_PART)
    return int(np.clip(len(X) // 64, least, LARGEST_PART))


def _images_that_fit(n_bytes: Iterable[float]) -> int:
    """How many images, one at least, are a chunk, by the bytes of each."""
    total, size = 0.0, 0
    for size, more in enumerate(n_bytes, 1):
        total += more
        if total > CHUNK_BYTES:
            return max(1, size - 1)
        if size == LARGEST_CHUNK:
            break
    return size


def _bytes_of_each(X: Any) -> float | None:
    """Bytes of an image of a batch in which all are equal, without a look at one; None where they may differ."""
    if isinstance(X, LazyImages):
        return X[0].nbytes
    shape, dtype = getattr(X, "shape", None), getattr(X, "dtype", None)
    if shape is None or len(shape) < 3:
        return None
    return float(np.prod(shape[1:], dtype=np.float64) * np.dtype(dtype).itemsize)


def _bytes_of(source: Any) -> float:
    """Bytes that an image takes in memory; of the content of a file an estimate, which few photos exceed."""
    if isinstance(source, Mapping):
        source = source.get("path") if is_missing(source.get("bytes")) else source["bytes"]
    if isinstance(source, np.ndarray):
        return source.nbytes
    if isinstance(source, PIL.Image.Image):
        return 4.0 * source.width * source.height
    if isinstance(source, (bytes, bytearray, memoryview)):
        return UNPACKED * memoryview(source).nbytes
    if isinstance(source, io.BytesIO) and not source.closed:
        return UNPACKED * source.getbuffer().nbytes
    if isinstance(source, (str, os.PathLike)):
        try:
            return UNPACKED * os.stat(source).st_size
        except (OSError, ValueError):  # a URL, or nothing
            return CHUNK_BYTES / 4
    return 0


def next_chunk(items: Iterator[Item], chunk: list[Item], chunk_size: int | None) -> bool:
    """Take the items of a chunk; return whether there may be more."""
    n_bytes = 0.0
    for item in items:
        chunk.append(item)
        n_bytes += _bytes_of(item.source) if chunk_size is None else 0
        if len(chunk) == (chunk_size or LARGEST_CHUNK) or n_bytes > CHUNK_BYTES:
            return True
    return False
