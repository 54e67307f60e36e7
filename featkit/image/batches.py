"""What a batch is: the one place that decides which containers hold images or sources of images, and in which order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..exceptions import ImageFormatError, shown
from .checks import (
    Image,
    Images,
    array_of,
    check_element,
    check_values,
    checked_image,
    described,
    in_native_byte_order,
    stack_of_small,
)
from .gray_levels import warn_of_values
from .on_demand.disk_arrays import read_by_slices
from .on_demand.lazy_images import HELD_BYTES, LazyImages


class Batch(NamedTuple):
    """What a container holds.

    Attributes
    ----------
    items : ndarray, list, tuple, LazyImages or DiskArray
        Images or sources of images, by position.
    index : pandas.Index or None
        Labels of the rows, where the container has any.
    """

    items: Any
    index: Any


def unpack_batch(X: Any, one: str = "image", column: str = "image") -> Batch:
    """Take a batch out of its container, without a look at what it holds.

    Parameters
    ----------
    X : ndarray, list, tuple, pandas or polars Series, table of one column, Arrow array, or anything with a length \
and slices (zarr, h5py, dask arrays)
        Text in NumPy's own dtypes becomes str objects, bytes of a NumPy array become paths; an array ``(n, 1)`` of
        objects or text is its one column.
    one : str, default="image"
        What one item is, for messages.
    column : str, default="image"
        Name of a column, for messages.

    Returns
    -------
    batch : Batch

    Raises
    ------
    ImageFormatError
        When X is one image or source, can be read only once, or is a table of several columns.
    """
    if isinstance(X, LazyImages):
        return Batch(X, X.index)
    if (type(X) is np.ndarray and X.dtype.kind in "buf" and X.size) or (type(X) is list and X):
        return Batch(X, None)  # what comes with most calls is as it has to be
    many = " or ".join(f"{word}s" for word in one.split(" or "))
    if isinstance(X, (str, bytes, bytearray, memoryview, os.PathLike)) or hasattr(X, "getexif") or hasattr(X, "read"):
        raise ImageFormatError(f"Expected a batch of {many}, got one {type(X).__name__}. Put it into a list.")
    if isinstance(X, Iterator):
        raise ImageFormatError(
            f"Expected a batch of {many} that can be read twice, got a {type(X).__name__}. Make it a list; "
            "the extraction functions accept generators."
        )
    if isinstance(X, np.ma.MaskedArray):
        raise ImageFormatError(
            "Expected a batch without masked values, got a masked array. The foreground mask of an image is its alpha "
            "channel: [join_alpha(image.data, ~image.mask) for image in batch]."
        )
    if hasattr(X, "to_dask_array") or (hasattr(X, "collect_schema") and not hasattr(X, "__len__")):
        way = ".compute()" if hasattr(X, "to_dask_array") else ".collect()"
        raise ImageFormatError(f"Expected a batch of {many}, got a lazy table. Call {way} and select a column.")
    if hasattr(X, "columns") or hasattr(X, "column_names"):  # the latter alone: a data set of Hugging Face
        names = list(X.column_names if hasattr(X, "column_names") else X.columns)  # Arrow's columns are arrays
        if len(names) != 1:
            raise ImageFormatError(
                f"Expected a batch of {many}, got a {type(X).__name__} of {len(names)} columns. Select one of them: "
                f"X[{shown(column)}], or its name without brackets in a ColumnTransformer."
            )
        X = X[names[0]]
    index = X.index if hasattr(X, "iloc") else None
    if hasattr(X, "to_pylist"):  # Arrow, which keeps images of one shape flat
        is_stack = getattr(X.type, "extension_name", "") == "arrow.fixed_shape_tensor" and not X.null_count
        whole = X.combine_chunks() if is_stack and hasattr(X, "combine_chunks") else X
        X = whole.to_numpy_ndarray() if is_stack else whole.to_pylist()
    elif hasattr(X, "to_numpy") and len(X.shape) == 1:  # of xarray it would read all
        X = _array_of_column(X)
    if isinstance(X := array_of(X), np.ndarray):
        X = _column_of(X)
        if X.dtype.kind == "T":
            X = X.astype(object)
        elif X.dtype.kind == "S":
            X = np.array([os.fsdecode(path) for path in X], object)
    elif isinstance(X, deque):
        X = list(X)
    elif not (hasattr(X, "__getitem__") and (hasattr(X, "__len__") or bool(getattr(X, "shape", False)))) or isinstance(
        X, dict
    ):
        raise ImageFormatError(
            f"Expected a batch of {many} (array, list, tuple or Series), got {described(X)}. Make it a list."
        )
    if hasattr(X, "tocoo"):
        raise ImageFormatError(f"Expected a batch of {many}, got a sparse {type(X).__name__}. Pass X.toarray().")
    X = read_by_slices(X)
    if len(X) == 0:
        raise ImageFormatError(f"Expected at least one {one}, got an empty batch.")
    return Batch(X, index)


def check_same_index(X: Any, values: Any, name: str) -> None:
    """Refuse what is told of images in another order than theirs, where both carry an index of pandas.

    Parameters
    ----------
    X : batch
        The images, or their sources.
    values : object
        What is told of each.
    name : str
        Of the values, for the message.

    Raises
    ------
    ImageFormatError
        When both have an index and the two differ.
    """
    index = X.index if hasattr(X, "iloc") or isinstance(X, LazyImages) else None
    if index is not None and hasattr(values, "iloc") and not values.index.equals(index):
        raise ImageFormatError(
            f"Expected {name} with the index of the images, got another index or order. Align them, "
            f"{name}.loc[images.index], or pass {name}.to_numpy() where they are in order."
        )


def _array_of_column(column: Any) -> np.ndarray:
    """Values of a pandas or polars column; whole numbers with missing ones among them stay whole."""
    if str(getattr(column, "dtype", "")).startswith("Struct"):  # of polars, which would make an axis of its fields
        return np.fromiter(column.to_list(), object, len(column))
    array = np.asarray(column.to_numpy())  # of polars too: iteration would yield nested Series
    if array.dtype.kind == "f" and str(getattr(column, "dtype", "")).lower().startswith(("int", "uint", "category")):
        return np.array(list(column), object)
    return array


def _column_of(array: np.ndarray) -> np.ndarray:
    """An array (n, 1) of objects or text as its one column; pixels stay as they are."""
    if array.dtype.kind not in "OSUT" or array.ndim == 1:
        return array
    if array.ndim == 2 and array.shape[1] == 1:
        return array[:, 0]
    raise ImageFormatError(
        f"Expected images or their sources along one axis, got {array.dtype} of shape {array.shape}. "
        "Several columns? Select one. One column? Use X.ravel()."
    )


def _axes_hint(shape: tuple[int, ...]) -> str:
    if len(shape) == 4 and shape[3] == 1:
        return " A single channel has no axis of its own: use stack[..., 0]."
    if len(shape) == 4 and shape[1] in (3, 4):
        return " Channels first? Put them last: stack.transpose(0, 2, 3, 1)."
    return ""


def _check_stack(stack: np.ndarray) -> np.ndarray:
    """Check an ndarray batch that is not of object dtype."""
    if stack.ndim == 2 or (stack.ndim == 3 and stack.shape[2] in (3, 4)):
        raise ImageFormatError(
            f"Expected a batch of images, got one array of shape {stack.shape}. One image? Wrap it: "
            "image[np.newaxis]. " + ("Flattened images? Reshape them to (n, height, width)." if stack.ndim == 2 else "")
        )
    if stack.ndim not in (3, 4) or (stack.ndim == 4 and stack.shape[3] not in (3, 4)):
        raise ImageFormatError(
            "Expected a stack of shape (n, height, width), (n, height, width, 3) or (n, height, width, 4), "
            f"got {stack.shape}.{_axes_hint(stack.shape)}"
        )
    check_element(stack[0])
    try:
        check_values(stack)
    except ImageFormatError:
        apply_to_each(checked_image, stack)  # tells which image it is
        raise
    return in_native_byte_order(stack)


def check_images(X: Images) -> np.ndarray | list[Image] | Any:
    """Check that X is a batch of images.

    Parameters
    ----------
    X : ndarray (n, height, width) with width not 3 or 4, ndarray (n, height, width, 3 or 4), or a list, tuple, \
1-D object array, pandas or polars Series, or table of one column of image arrays, which may differ in size
        The batch; a bool (height, width) array in it is a mask and its own foreground.

    Returns
    -------
    images : ndarray, list of ndarray or LazyImages
        The stack itself, or the images of a batch in a list; up to 32 MB that agree in shape and dtype become a stack.
        Copied only there and where the byte order is foreign. Images that are read on demand stay so, and are checked
        one by one.

    Raises
    ------
    ImageFormatError
        When X is not a batch of images; a note names the index of the image at fault.

    See Also
    --------
    check_image : Check a single image.
    featkit.testing.check_image_estimator : Check an estimator of images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import check_images
    >>> check_images(np.zeros((5, 8, 8))).shape
    (5, 8, 8)
    >>> [image.shape for image in check_images([np.zeros((4, 6)), np.zeros((9, 2, 3))])]
    [(4, 6), (9, 2, 3)]
    """
    if isinstance(X, LazyImages):
        return X
    if isinstance(X, (str, bytes, os.PathLike)):
        raise ImageFormatError(f"Expected a batch of images, got {described(X)}. Put ImageReader() first.")
    items = unpack_batch(X).items
    if isinstance(items, np.ndarray) and items.dtype.kind not in "OU":
        stack = _check_stack(items)
        warn_of_values(stack)
        return stack
    if not isinstance(items, (list, tuple, np.ndarray)):
        raise ImageFormatError(
            f"Expected a batch of images (array, list, tuple or Series), got {described(X)}. Are they to be decoded? "
            "Put ImageReader() first. Arrays on disk go through a ChunkedTransformer, a few images at a time."
        )
    small = stack_of_small(items)
    if small is not None:
        return check_images(small)
    images = apply_to_each(checked_image, items)
    warn_of_values(images)
    return images


def apply_to_each(function: Callable, images: Iterable, metadata: dict[str, Sequence] | None = None) -> list:
    """Call a function on every image of a batch; an error is told the index of its image.

    Parameters
    ----------
    function : callable
        Of one image, and of its metadata by keyword.
    images : iterable
    metadata : dict of str to sequence or None, default=None
        One value for each image under every keyword that the function shall get.

    Returns
    -------
    results : list
    """
    return list(results_of_each(function, images, metadata))


def results_of_each(function: Callable, images: Iterable, metadata: dict[str, Sequence] | None = None) -> Iterator:
    """Yield what `apply_to_each` lists."""
    for index, image in enumerate(images):
        told = {name: values[index] for name, values in metadata.items()} if metadata else {}
        try:
            result = function(image, **told)
        except Exception as error:
            error.add_note(f"image {index} of the batch")
            raise
        yield result


def stack_if_equal(images: Iterable[Image], n_images: int) -> np.ndarray | list[Image]:
    """Stack images that agree in shape and dtype, one by one as they come; put others into a list."""
    images = iter(images)
    first = next(images)
    if first.ndim == 2 and first.shape[1] in (3, 4):  # (n, h, 3) would read as one RGB image
        return [first, *images]
    stack = np.empty((n_images, *first.shape), first.dtype)
    stack[0] = first
    for index, image in enumerate(images, 1):
        if image.shape != first.shape or image.dtype != first.dtype:
            return [*stack[:index], image, *images]
        stack[index] = image
    return stack


def held_images(images: LazyImages) -> np.ndarray | list[Image] | LazyImages:
    """The images in memory, as `stack_if_equal` gives them; on demand as they are where they take more than may be."""
    try:
        is_small = images[0].nbytes * len(images) <= HELD_BYTES
        return stack_if_equal(_within(HELD_BYTES, images), len(images)) if is_small else images
    except _TooManyBytes:
        return images


class _TooManyBytes(Exception):
    pass


def _within(most: int, images: Iterable[Image]) -> Iterator[Image]:
    n_bytes = 0
    for image in images:
        n_bytes += image.nbytes
        if n_bytes > most:
            raise _TooManyBytes
        yield image
