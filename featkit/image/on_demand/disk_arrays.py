"""Arrays that are not in memory (zarr, h5py, dask, ...) as batches, read a few images at a time: `DiskArray`."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from .lazy_images import LazyImages

READ_TOGETHER = 16  # images, where all are gone through


class DiskArray:
    """Batch of images in anything with a length and slices, of which only what is asked for is read.

    Parameters
    ----------
    array : object
        A zarr, h5py or dask array, an xarray.DataArray, whose slices become NumPy arrays by ``np.asarray``; or
        anything else with a length, whose slices are sequences.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.on_demand.disk_arrays import DiskArray
    >>> images = DiskArray(np.zeros((9, 4, 6)))
    >>> len(images), images[0].shape, images[2:5].shape, images[[1, 2, 7]].shape
    (9, (4, 6), (3, 4, 6), (3, 4, 6))
    """

    def __init__(self, array: Any) -> None:
        self.array = array

    def __len__(self) -> int:
        return self.array.shape[0] if hasattr(self.array, "shape") else len(self.array)  # zarr's have no len

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array, or its length: scikit-learn asks what has a shape for all images of a sample at once."""
        return tuple(getattr(self.array, "shape", (len(self),)))

    @property
    def dtype(self) -> np.dtype | None:
        """Of the array, where NumPy has it."""
        try:
            return np.dtype(self.array.dtype)
        except (AttributeError, TypeError):
            return None

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), READ_TOGETHER):
            yield from self[start : start + READ_TOGETHER]

    def __getitem__(self, key: Any) -> Any:
        key = key[0] if isinstance(key, tuple) else key
        if isinstance(key, slice):
            part = self.array[key]
            return np.asarray(part) if hasattr(part, "__array__") else list(part)
        if np.ndim(key) == 0:
            one = self.array[int(key)]
            return np.asarray(one) if hasattr(one, "__array__") else one
        positions = np.asarray(key)
        starts = np.flatnonzero(np.diff(positions, prepend=-2) != 1)  # neighbours are read together
        runs = [(int(positions[a]), int(positions[b - 1]) + 1) for a, b in zip(starts, [*starts[1:], len(positions)])]
        parts = [self[first:last] for first, last in runs]
        return list(chain(*parts)) if isinstance(parts[0], list) else np.concatenate(parts)


def read_by_slices(items: Any) -> Any:
    """A batch whose parts are in memory: arrays that are not become a `DiskArray`, others stay as they are."""
    return items if isinstance(items, (list, tuple, np.ndarray, LazyImages, DiskArray)) else DiskArray(items)
