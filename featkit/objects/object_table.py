"""Rows of features of the objects of images, as an estimator: `ObjectTable`."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from joblib import delayed
from numpy.typing import ArrayLike
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted

from .._optional import require
from ..base._image_estimator import ImageEstimator
from ..extraction._native_threads import Workers
from ..image.checks import Image, Images
from ..parameters import HasMethods
from ._rows import Rows, fitted_on_objects, is_measuring, names_of, pictures_of, rows_of
from .finding import ObjectFinder
from .image_objects import Objects


def find_and_describe(
    image: Image, where: dict[str, Any], finder: ObjectFinder, rows: Rows, index: int
) -> tuple[Objects, np.ndarray]:
    """Objects of one image and their rows; an error is told the index of the image."""
    try:
        objects = finder.find(image, **where)
        return objects, rows(image, objects, where.get("pixel_size"))
    except Exception as error:
        error.add_note(f"image {index} of the batch")
        raise


class ObjectTable(MetaEstimatorMixin, ImageEstimator):
    """Describe every object of images by a row of features, so that objects can be classified.

    Parameters
    ----------
    extractor : extractor or Pipeline, default=None
        Describes the objects, each cut out, transparent around; see `featkit.objects.measure_objects`. None are all
        measurements, in the unit of the finder's `pixel_size`.
    finder : ObjectFinder or None, default=None
        What is an object, and which ones touch. None finds all.
    n_jobs : int or None, default=None
        Workers: threads, unless a `joblib.parallel_config` says otherwise, such as Dask. None is 1, -1 all cores.

    Attributes
    ----------
    extractor_ : estimator or None
        The clone of `extractor` that was fitted on the objects.

    See Also
    --------
    measure_objects : The table with positions and boxes, also of paths and generators.
    ObjectAggregator : One row an image, for a Pipeline.

    Notes
    -----
    There is a row for each object, not for each image: `find_index` tells the image and the number of each, and with
    ``set_output(transform="pandas")`` they are the index of the table; where X is a Series, its index names the images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import ObjectTable
    >>> masks = np.zeros((2, 40, 60), dtype=bool)
    >>> masks[0, 10:30, 5:45] = masks[1, 1:5, 1:9] = masks[1, 20:26, 30:40] = True
    >>> table = ObjectTable().set_output(transform="pandas").fit_transform(masks)
    >>> table[["region_area", "region_box_length"]]
                  region_area  region_box_length
    image object
    0     1             800.0               40.0
    1     1              32.0                8.0
          2              60.0               10.0
    >>> kinds_of_images = np.array(["leaf", "seed"])
    >>> kinds_of_images[table.index.get_level_values("image")]
    array(['leaf', 'seed', 'seed'], dtype='<U4')
    """

    parameter_constraints = {
        "extractor": [HasMethods(["fit", "transform"]), None],
        "finder": [ObjectFinder, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        extractor: BaseEstimator | None = None,
        *,
        finder: ObjectFinder | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.extractor = extractor
        self.finder = finder
        self.n_jobs = n_jobs

    def fit(
        self, X: Images, y: ArrayLike | None = None, *, mask: Any = None, labels: Any = None, pixel_size: Any = None
    ) -> Self:
        """Fit the extractor on all objects of the images.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like or None, default=None
            Ignored: classes belong to objects here, not to images.
        mask : sequence of bool ndarray (height, width) or None, default=None
            Foreground of each image, instead of its alpha channel.
        labels : sequence of ndarray (height, width) or None, default=None
            Label image of each image, instead of its alpha channel.
        pixel_size : array-like (n_images,) or (n_images, 2) or None, default=None
            Side, or height and width, of a pixel of each image, instead of those of the finder and the extractor.

        Returns
        -------
        self : object
            The fitted table.
        """
        self._validate_params()
        images = self.read_batch(X)
        each = self._told_of_each(X, images, mask, labels, pixel_size)
        self.extractor_ = self.extractor
        if not is_measuring(self.extractor):
            finder = self._finder()
            pictures = (
                picture
                for image, where in zip(images, each)
                for picture in pictures_of(image, finder.find(image, **where))
            )
            self.extractor_ = fitted_on_objects(self.extractor, pictures)
        return self

    def transform(self, X: Images, *, mask: Any = None, labels: Any = None, pixel_size: Any = None) -> np.ndarray:
        """Find the objects and describe them.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        mask : sequence of bool ndarray (height, width) or None, default=None
            Foreground of each image, instead of its alpha channel.
        labels : sequence of ndarray (height, width) or None, default=None
            Label image of each image, instead of its alpha channel.
        pixel_size : array-like (n_images,) or (n_images, 2) or None, default=None
            Side, or height and width, of a pixel of each image, instead of those of the finder and the extractor.

        Returns
        -------
        features : float ndarray (n_objects, n_features)
            Image by image, each in the order of its objects. Or the container that `set_output` asked for.
        """
        check_is_fitted(self)
        self._validate_params()
        images = self.read_batch(X)
        finder = self._finder()
        rows = rows_of(self._extractor(), finder.pixel_size)
        tasks = (
            delayed(find_and_describe)(image, where, finder, rows, index)
            for index, (image, where) in enumerate(zip(images, self._told_of_each(X, images, mask, labels, pixel_size)))
        )
        found = list(Workers(self.n_jobs).results_of(tasks))
        names = names_of(self._extractor())
        values = [rows for objects, rows in found if len(objects)]
        features = np.concatenate(values) if values else np.empty((0, len(names or ())))
        features = features if features.dtype == np.float32 else features.astype(np.float64, copy=False)
        config = getattr(self, "_sklearn_output_config", {}).get("transform", get_config()["transform_output"])
        if config != "pandas":
            return features
        pandas = require("pandas", extra="report")
        positions, numbers = _index_of([objects for objects, _ in found]).T
        names_of_images = getattr(X, "index", None) if hasattr(X, "iloc") else np.arange(len(images))
        images_of_rows = np.asarray(names_of_images)[positions]
        index = pandas.MultiIndex.from_arrays([images_of_rows, numbers], names=["image", "object"])
        return pandas.DataFrame(features, index=index, columns=names)

    def fit_transform(self, X: Images, y: ArrayLike | None = None, **metadata: Any) -> np.ndarray:
        """Fit, then transform.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like or None, default=None
            Ignored.
        **metadata : sequences (n_images,)
            mask, labels or pixel_size.

        Returns
        -------
        features : float ndarray (n_objects, n_features)
            As from transform.
        """
        return self.fit(X, y, **metadata).transform(X, **metadata)

    def find_index(self, X: Images, *, mask: Any = None, labels: Any = None, pixel_size: Any = None) -> np.ndarray:
        """Tell which objects the rows of transform are of.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        mask : sequence of bool ndarray (height, width) or None, default=None
            Foreground of each image, instead of its alpha channel.
        labels : sequence of ndarray (height, width) or None, default=None
            Label image of each image, instead of its alpha channel.
        pixel_size : array-like (n_images,) or (n_images, 2) or None, default=None
            Side, or height and width, of a pixel of each image, instead of those of the finder and the extractor.

        Returns
        -------
        index : int ndarray (n_objects, 2)
            Position of the image in the batch, and number of the object in the image.
        """
        self._validate_params()
        images = self.read_batch(X)
        finder = self._finder()
        each = self._told_of_each(X, images, mask, labels, pixel_size)
        return _index_of([finder.find(image, **where) for image, where in zip(images, each)])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns: those of the extractor.

        Parameters
        ----------
        input_features : ignored
            Images have no column names.

        Returns
        -------
        names : ndarray of str objects (n_features,)
            In the order of the columns.
        """
        check_is_fitted(self)
        names = names_of(self._extractor())
        if names is None:
            raise AttributeError(f"{type(self.extractor).__name__} does not tell the names of its columns.")
        return np.asarray(names, dtype=object)

    def _finder(self) -> ObjectFinder:
        return ObjectFinder() if self.finder is None else self.finder

    def _extractor(self) -> Any:
        return getattr(self, "extractor_", self.extractor)

    def _told_of_each(self, X: Any, images: Any, mask: Any, labels: Any, pixel_size: Any) -> list[dict[str, Any]]:
        told = self._metadata_of(X, len(images), {"mask": mask, "labels": labels, "pixel_size": pixel_size})
        return [{name: values[index] for name, values in told.items()} for index in range(len(images))]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "extractor_") or not self.__sklearn_tags__().requires_fit

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = not is_measuring(self.extractor)
        return tags


def _index_of(found: list[Objects]) -> np.ndarray:
    images = np.repeat(np.arange(len(found)), [len(objects) for objects in found])
    return np.stack([images, np.concatenate([objects.numbers for objects in found])], axis=1)
