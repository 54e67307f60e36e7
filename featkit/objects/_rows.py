"""Rows of features, one for each object of an image."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import cv2
import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError

from .._numba import kernel
from ..exceptions import SubjectNotFoundError
from ..extraction._fitting import learning_parts
from ..features.shape.measures import MEASURES, PixelSize, measured_runs
from ..features.shape.region_measurements import RegionMeasurements, region_measurements_names
from ..image.checks import Image, full_light
from ..image.colorspaces import convert_color
from ..image.conversions import to_rgb
from .image_objects import Objects

Rows = Callable[[Image | None, Objects, PixelSize | None], np.ndarray]


@kernel
def _pixels_of_runs(image, runs):
    n_pixels = 0
    for run in range(len(runs)):
        n_pixels += runs[run, 2] - runs[run, 1]
    pixels = np.empty((n_pixels, image.shape[2]), image.dtype)
    place = 0
    for run in range(len(runs)):
        for col in range(runs[run, 1], runs[run, 2]):
            for channel in range(image.shape[2]):
                pixels[place, channel] = image[runs[run, 0], col, channel]
            place += 1
    return pixels


@kernel
def _mean_of_objects(pixels, areas):
    means = np.zeros((len(areas), pixels.shape[1]))
    place = 0
    for index in range(len(areas)):
        for _ in range(areas[index]):
            for channel in range(pixels.shape[1]):
                means[index, channel] += pixels[place, channel]
            place += 1
        means[index] *= 1 / areas[index]
    return means


def mean_colors(image: Image | None, objects: Objects, color: str) -> np.ndarray:
    """Mean colour of each object, (n_objects, 3), as in `RegionMeasurements`; NaN without an image."""
    if image is None:
        return np.full((len(objects), 3), np.nan)
    if image.dtype.kind == "b" and color == "rgb":
        return np.ones((len(objects), 3))
    planes = to_rgb(image) if color == "lab" else image[..., :3] if image.ndim == 3 else image[..., np.newaxis]
    pixels = _pixels_of_runs(np.ascontiguousarray(planes), objects.runs)
    if color == "lab":  # one by one: OpenCV's rounding depends on the position of a pixel in its row
        parts = np.split(pixels, np.cumsum(objects.areas)[:-1]) if len(objects) else []
        means = [cv2.mean(convert_color(part[np.newaxis], "lab"))[:3] for part in parts]
        return np.reshape(means, (len(objects), 3))
    means = _mean_of_objects(pixels, objects.areas) / full_light(image.dtype)
    return np.repeat(means, 3, axis=1) if image.ndim == 2 else means


def measuring_rows(measurements: RegionMeasurements) -> Rows:
    """Function that measures all objects of an image in one pass."""

    def rows(image: Image | None, objects: Objects, pixel_size: PixelSize | None) -> np.ndarray:
        size = measurements.pixel_size if pixel_size is None else pixel_size
        values = measured_runs(objects.runs, objects.bounds, size)
        if not measurements.orientation:
            values = values[:, : len(MEASURES)]
        if measurements.color is not None:
            values = np.concatenate([values, mean_colors(image, objects, measurements.color)], axis=1)
        values[objects.areas < measurements.min_area] = np.nan
        return values

    return rows


def extracting_rows(extractor: Any) -> Rows:
    """Function that hands the cut-out objects of an image to a fitted extractor."""

    def rows(image: Image | None, objects: Objects, pixel_size: PixelSize | None) -> np.ndarray:
        if len(objects) == 0:
            return np.empty((0, 0))
        with config_context(transform_output="default"):
            found = extractor.transform(pictures_of(image, objects))
        found = found.toarray() if hasattr(found, "toarray") else np.asarray(found)
        if found.ndim != 2 or len(found) != len(objects):
            raise ValueError(
                f"Expected one row for each of {len(objects)} objects from {type(extractor).__name__}.transform, "
                f"got an array of shape {found.shape}."
            )
        return found

    return rows


def pictures_of(image: Image | None, objects: Objects) -> list[Image]:
    """The objects cut out; their masks where there is no image."""
    return list(objects.cut_out(np.zeros(objects.shape, bool) if image is None else image))


def is_measuring(extractor: Any) -> bool:
    """Whether the columns can be had in one pass, without cutting objects out."""
    return extractor is None or type(extractor) is RegionMeasurements


def rows_of(extractor: Any, pixel_size: PixelSize) -> Rows:
    """Function for a fitted extractor; None is all measurements in the unit of `pixel_size`."""
    if extractor is None:
        return measuring_rows(RegionMeasurements(pixel_size=pixel_size))
    return measuring_rows(extractor) if is_measuring(extractor) else extracting_rows(extractor)


def names_of(extractor: Any) -> list[str] | None:
    """Columns of a fitted extractor; None where it does not tell them."""
    if extractor is None:
        return region_measurements_names()[1:]
    if is_measuring(extractor):
        return region_measurements_names(color=extractor.color, orientation=extractor.orientation)[
            1:
        ]  # one object: no count
    try:
        return [str(name) for name in extractor.get_feature_names_out()]
    except (AttributeError, NotFittedError):
        return None


def fitted_on_objects(extractor: BaseEstimator, pictures: Iterable[Image]) -> BaseEstimator:
    """Clone of an extractor, fitted on cut-out objects: on one where it learns nothing.

    Raises
    ------
    SubjectNotFoundError
        When there is no object.
    """
    extractor = clone(extractor)
    pictures = list(pictures if learning_parts(extractor) else islice(pictures, 1))
    if not pictures:
        raise SubjectNotFoundError(
            f"Expected at least one object to fit {type(extractor).__name__} on, got none. "
            "Images need a foreground: put a BackgroundRemover before, or give masks."
        )
    return extractor.fit(pictures)
