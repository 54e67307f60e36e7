"""A table with one row for each object of many images."""

import os
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from joblib import delayed
from sklearn.base import BaseEstimator

from .._optional import require
from ..exceptions import ImageFormatError, shown_path
from ..extraction._fitting import learning_parts
from ..extraction._native_threads import Workers
from ..features.shape.measures import MEASURES
from ..image.alpha import split_alpha
from ..image.batches import check_same_index
from ..image.checks import Image
from ..io.reading import read_image
from ..parameters import check_option
from ._rows import Rows, fitted_on_objects, is_measuring, names_of, pictures_of, rows_of
from .finding import ObjectFinder
from .image_objects import Objects

PLACES = ["row", "col", "min_row", "min_col", "max_row", "max_col", "touches_border"]


class _Source(NamedTuple):
    """What there is of one image."""

    name: int | str
    image: Any
    where: dict[str, Any]  # mask, labels or pixel_size, as far as they are given
    preprocessing: Any


class _Found(NamedTuple):
    """What was found in one image."""

    objects: Objects
    rows: np.ndarray
    is_whole: bool  # no foreground was told: the whole image is the object


def measure_objects(
    images: Iterable[Any] | None = None,
    extractor: BaseEstimator | None = None,
    *,
    masks: Iterable[Any] | None = None,
    labels: Iterable[Any] | None = None,
    pixel_size: Any = None,
    finder: ObjectFinder | None = None,
    preprocessing: BaseEstimator | None = None,
    n_jobs: int | None = None,
    output: str = "pandas",
) -> Any:
    """Find the objects of images and describe each by a row of a table.

    Parameters
    ----------
    images : iterable of images, paths or whatever `featkit.read_image` reads, or None, default=None
        A list, a stack, a generator. An array (height, width) of int32 or int64 is a label image. None measures masks
        or label images alone.
    extractor : extractor or Pipeline, default=None
        Describes the objects, each cut out, transparent around: texture, colour, HOG behind a
        `featkit.ForegroundCropper`, one of your own. None are all measurements of `featkit.RegionMeasurements`, which
        are taken in one pass without cutting, as those of a `RegionMeasurements` given here are. What learns from
        images must be fitted.
    masks, labels : iterables of one array or path for each image, or None, default=None
        bool masks or label images in which the objects are found, instead of the alpha channels of the images.
    pixel_size : float, (float, float), or array, list or Series of one for each image, default=None
        Side of a pixel; a tuple is (height, width) of a pixel. None is that of `finder`, for measurements that of a
        given `RegionMeasurements`. NaN leaves columns with a unit empty.
    finder : ObjectFinder or None, default=None
        What is an object, and which ones touch. None finds all.
    preprocessing : transformer of images or None, default=None
        Applied to each image as it is read: a `featkit.BackgroundRemover`, fitted where it learns.
    n_jobs : int or None, default=None
        Workers: threads, unless a `joblib.parallel_config` says otherwise, such as Dask. None is 1, -1 all cores.
    output : {"pandas", "polars"}, default="pandas"

    Returns
    -------
    table : DataFrame (n_objects, n_columns)
        ``image`` (the path, or the position among the images), ``object`` (see `ObjectFinder`), ``row`` and ``col``
        of the centroid, ``min_row`` to ``max_col`` of the half-open box, all in pixels, ``touches_border``, then the
        columns of the extractor. Rows are in the order of the images and of their objects.

    Raises
    ------
    ImageFormatError
        When there are no images, masks or labels, or not equally many of them.

    Warns
    -----
    UserWarning
        When images have neither alpha nor a mask: each counts as one object.

    See Also
    --------
    ObjectTable : The features alone, as an estimator.
    ObjectAggregator : One row an image.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import measure_objects
    >>> labels = np.zeros((40, 60), dtype=np.int32)
    >>> labels[10:30, 5:45], labels[31:36, 5:10] = 1, 2
    >>> table = measure_objects(labels=[labels], pixel_size=0.1)
    >>> table[["image", "object", "row", "region_area", "region_box_width"]].round(2)
       image  object   row  region_area  region_box_width
    0      0       1  19.5         8.00               2.0
    1      0       2  33.0         0.25               0.5
    """
    check_option("output", output, ["pandas", "polars"])
    frames = require(output, extra="report")
    finder = ObjectFinder() if finder is None else finder
    if isinstance(pixel_size, (int, float, tuple, np.number)):
        finder = ObjectFinder(**finder.get_params() | {"pixel_size": pixel_size})
    sources = _sources(images, masks, labels, pixel_size, preprocessing)
    has_own_size = pixel_size is not None
    if extractor is not None and not is_measuring(extractor):
        sources, extractor = _with_fitted(extractor, sources, finder)
    rows = rows_of(extractor, finder.pixel_size)
    workers = Workers(n_jobs)
    shown = []

    def told(sources: Iterator[_Source]) -> Iterator[_Source]:
        for source in sources:
            shown.append(source.name)
            yield source

    tasks = (delayed(_find_and_describe)(source, finder, rows, has_own_size) for source in told(sources))
    found = list(workers.results_of(tasks))
    if not found:
        raise ImageFormatError("Expected at least one image, got none.")
    if n_whole := sum(one.is_whole for one in found):
        warnings.warn(
            f"{n_whole} of {len(found)} images have neither alpha nor a mask, so that each counts as one object. Pass "
            "preprocessing=BackgroundRemover(), masks or labels.",
            UserWarning,
            stacklevel=2,
        )
    names = names_of(extractor)
    if images is None and names is not None and extractor is None:
        names = names[: len(MEASURES)]  # no image, no colour
    return frames.DataFrame(_columns(shown, found, names))


def _columns(shown: list[int | str], found: list[_Found], names: list[str] | None) -> dict[str, Any]:
    """The table by column; names of images are all text where one is."""
    counts = [len(one.objects) for one in found]
    if any(isinstance(name, str) for name in shown):
        shown = [str(name) for name in shown]
    values = [one.rows for one in found if len(one.objects)]
    joined = np.concatenate(values) if values else np.empty((0, len(names or ())))
    if names is None:
        names = [f"feature_{index:05d}" for index in range(joined.shape[1])]
    boxes = np.concatenate([one.objects.boxes for one in found])
    centers = np.concatenate([one.objects.centers for one in found])
    places = [*centers.T, *boxes.T, np.concatenate([one.objects.touches_border for one in found])]
    return {
        "image": np.repeat(np.array(shown, dtype=object if isinstance(shown[0], str) else int), counts),
        "object": np.concatenate([one.objects.numbers for one in found]),
        **dict(zip(PLACES, places)),
        **dict(zip(names, np.ascontiguousarray(joined.T))),
    }


def _sources(images: Any, masks: Any, labels: Any, pixel_size: Any, preprocessing: Any) -> Iterator[_Source]:
    """What there is of each image, one after the other."""
    given = {"image": images, "mask": masks, "labels": labels}
    if pixel_size is not None and not isinstance(pixel_size, (int, float, tuple, np.number)):
        given["pixel_size"] = pixel_size
    given = {name: values for name, values in given.items() if values is not None}
    if not {"image", "mask", "labels"} & set(given):
        raise ImageFormatError("Expected images, masks or labels, got none of them.")
    for name, values in given.items():
        if isinstance(values, (str, bytes, os.PathLike)) or hasattr(values, "columns"):
            raise ImageFormatError(
                f"Expected one {name} for each image, got a {type(values).__name__}. Put it into a list; "
                "list_images(folder) gives the images of a folder."
            )
        if isinstance(values, np.ndarray) and values.ndim == 2 and name != "pixel_size":
            raise ImageFormatError(f"Expected a batch, got one array of shape {values.shape}. Put it into a list.")
        check_same_index(images, values, name)
    absent = object()
    iterators = [iter(values) for values in given.values()]
    for index, first in enumerate(iterators[0]):
        where = dict(zip(given, [first, *(next(other, absent) for other in iterators[1:])]))
        for name, value in where.items():
            if value is absent:
                raise ImageFormatError(f"Expected one {name} for each image, got {index} for more images than that.")
        image = where.pop("image", None)
        named = next((value for value in (image, *where.values()) if isinstance(value, (str, os.PathLike))), index)
        yield _Source(named if isinstance(named, int) else os.fspath(named), image, where, preprocessing)
    for name, iterator in zip(given, iterators):
        if next(iterator, absent) is not absent:
            raise ImageFormatError(f"Expected one {name} for each image, got more than images.")


def _read(source: _Source) -> tuple[Image | None, dict[str, Any]]:
    """Image, if there is one, and where in it the objects are."""
    where = {
        name: read_image(value) if isinstance(value, (str, bytes, os.PathLike)) else value
        for name, value in source.where.items()
    }
    image = source.image
    if isinstance(image, np.ndarray) and image.ndim == 2 and image.dtype.kind in "iu" and image.dtype.itemsize > 2:
        if "mask" in where or "labels" in where:
            raise ImageFormatError("Expected an image beside its mask or labels, got a second label image.")
        return None, where | {"labels": image}
    if image is None:
        return None, where
    image = read_image(image)
    return image if source.preprocessing is None else source.preprocessing.transform([image])[0], where


def _find(source: _Source, finder: ObjectFinder) -> tuple[Image | None, Objects, Any, bool]:
    image, where = _read(source)
    objects = finder.find(image, **where)
    is_whole = image is not None and not {"mask", "labels"} & set(where) and split_alpha(image)[1] is None
    return image, objects, where.get("pixel_size"), is_whole


def _find_and_describe(source: _Source, finder: ObjectFinder, rows: Rows, has_own_size: bool) -> _Found:
    try:
        image, objects, own_size, is_whole = _find(source, finder)
        size = (finder.pixel_size if own_size is None else own_size) if has_own_size else None
        return _Found(objects, rows(image, objects, size), is_whole)
    except Exception as error:
        error.add_note(f"image {source.name} of the batch" if isinstance(source.name, int) else shown_path(source.name))
        raise


def _with_fitted(
    extractor: Any, sources: Iterator[_Source], finder: ObjectFinder
) -> tuple[Iterator[_Source], BaseEstimator]:
    """The extractor, fitted on the first object where only that tells its columns; the sources once more."""
    if names_of(extractor) is not None or learning_parts(extractor):
        return sources, extractor
    looked_at = []
    for source in sources:
        looked_at.append(source)
        image, objects, _, _ = _find(source, finder)
        if len(objects):
            extractor = fitted_on_objects(extractor, pictures_of(image, objects))
            break

    def all_sources() -> Iterator[_Source]:
        yield from looked_at
        yield from sources

    return all_sources(), extractor
