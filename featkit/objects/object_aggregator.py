"""One row an image from the rows of its objects: `ObjectAggregator`."""

import warnings
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags

from ..base.feature_extractor import FeatureExtractor
from ..exceptions import shown
from ..image.checks import Image, Images
from ..parameters import FRACTION, HasMethods, InvalidParameterError
from ._rows import fitted_on_objects, is_measuring, names_of, pictures_of, rows_of
from .finding import ObjectFinder
from .image_objects import Objects

STATISTICS: dict[str, Callable[..., np.ndarray]] = {
    "mean": np.nanmean,
    "std": np.nanstd,
    "median": np.nanmedian,
    "min": np.nanmin,
    "max": np.nanmax,
}


def check_statistics(statistics: Sequence[str | float]) -> list[str | float]:
    """Give back the statistics as a list: words, or quantiles from 0 to 1."""
    known = [*STATISTICS, "largest"]
    values = list(statistics)
    for value in values:
        is_quantile = isinstance(value, Real) and not isinstance(value, bool) and FRACTION.is_satisfied_by(value)
        if not is_quantile and value not in known:
            raise InvalidParameterError(
                f"The 'statistics' parameter must hold words among {known} or quantiles from 0 to 1, "
                f"got {shown(value)}."
            )
    if len({*values}) < len(values):
        raise InvalidParameterError(f"The 'statistics' parameter must hold each once, got {shown(values)}.")
    return values


def _name(statistic: str | float) -> str:
    return statistic if isinstance(statistic, str) else f"quantile_{100 * statistic:05.1f}".replace(".", "_")


class ObjectAggregator(FeatureExtractor):
    """Describe an image by its objects: how many they are, and statistics of the features of each.

    Parameters
    ----------
    extractor : extractor or Pipeline, default=None
        Describes the objects, each cut out, transparent around; see `featkit.objects.measure_objects`. None are all
        measurements, in the unit of the finder's `pixel_size`.
    finder : ObjectFinder or None, default=None
        What is an object. None finds all.
    statistics : sequence of str or float, default=("mean", "std", "median", "largest")
        What becomes of each column: "mean", "std" (of the objects there are, divisor n), "median", "min", "max",
        quantiles as numbers from 0 to 1, "largest" (the value of the object with most pixels, of equal ones the
        first).

    Attributes
    ----------
    extractor_ : estimator or None
        The clone of `extractor` that was fitted on the objects.

    See Also
    --------
    ObjectTable : One row for each object.

    Notes
    -----
    Mixed sizes are welcome; alpha tells the foreground. Columns are ``objects_count``, then
    ``objects_mean_region_area`` and so on, statistic by statistic. An object whose value is NaN is left out of the
    statistics of that column. An image without objects has count 0, all else NaN. ``transform(X, mask=masks)``,
    ``labels=`` and ``pixel_size=`` take what is known of each image. Stateless unless the extractor learns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import ObjectAggregator
    >>> masks = np.zeros((1, 40, 60), dtype=bool)
    >>> masks[0, 10:30, 5:45] = masks[0, 1:5, 1:9] = True
    >>> table = ObjectAggregator(statistics=["mean", 0.9]).set_output(transform="pandas").fit_transform(masks)
    >>> table[["objects_count", "objects_mean_region_area", "objects_quantile_090_0_region_area"]]
       objects_count  objects_mean_region_area  objects_quantile_090_0_region_area
    0            2.0                     416.0                               723.2
    """

    parameter_constraints = {
        "extractor": [HasMethods(["fit", "transform"]), None],
        "finder": [ObjectFinder, None],
        "statistics": [list, tuple],
    }

    def __init__(
        self,
        *,
        extractor: BaseEstimator | None = None,
        finder: ObjectFinder | None = None,
        statistics: Sequence[str | float] = ("mean", "std", "median", "largest"),
    ) -> None:
        self.extractor = extractor
        self.finder = finder
        self.statistics = statistics

    def learn(self, images: Any, y: Any) -> None:
        check_statistics(self.statistics)
        self.extractor_ = self.extractor
        if not is_measuring(self.extractor):
            finder = self._finder()
            pictures = (picture for image in images for picture in pictures_of(image, finder.find(image)))
            self.extractor_ = fitted_on_objects(self.extractor, pictures)

    def transform(self, X: Images, *, mask: Any = None, labels: Any = None, pixel_size: Any = None) -> np.ndarray:
        """Describe every image by its objects.

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
        features : float ndarray (n_images, n_features)
            One row for each image.
        """
        return self.transform_batch(X, mask=mask, labels=labels, pixel_size=pixel_size)

    def _finder(self) -> ObjectFinder:
        return ObjectFinder() if self.finder is None else self.finder

    def image_extractor(self) -> Callable[..., np.ndarray]:
        extractor = getattr(self, "extractor_", self.extractor)
        finder, statistics = self._finder(), check_statistics(self.statistics)
        rows_of_objects = rows_of(extractor, finder.pixel_size)
        names = names_of(extractor)

        def aggregate(image: Image, **where: Any) -> np.ndarray:
            objects = finder.find(image, **where)
            rows = rows_of_objects(image, objects, where.get("pixel_size")).astype(np.float64, copy=False)
            return np.concatenate([[len(objects)], *_aggregated(rows, objects, statistics, len(names or ()))])

        return aggregate

    def feature_names(self) -> list[str]:
        names = names_of(getattr(self, "extractor_", self.extractor))
        if names is None:
            raise AttributeError(f"{type(self.extractor).__name__} does not tell the names of its columns.")
        statistics = check_statistics(self.statistics)
        return ["objects_count", *(f"objects_{_name(one)}_{name}" for one in statistics for name in names)]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "extractor_") or is_measuring(self.extractor)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = not is_measuring(self.extractor) and get_tags(self.extractor).requires_fit
        return tags


def _aggregated(rows: np.ndarray, objects: Objects, statistics: list[str | float], n_columns: int) -> list[np.ndarray]:
    if len(objects) == 0:
        return [np.full(n_columns, np.nan) for _ in statistics]
    values = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column of NaN has no statistics
        for statistic in statistics:
            if statistic == "largest":
                values.append(rows[np.argmax(objects.areas)])
            elif isinstance(statistic, str):
                values.append(STATISTICS[statistic](rows, axis=0))
            else:
                values.append(np.nanquantile(rows, statistic, axis=0))
    return values
