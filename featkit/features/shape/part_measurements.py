"""Measurements of the named parts of an object, such as petals and sepals, told apart by colour."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import MeasurementWarning, SubjectNotFoundError, shown
from ...image.checks import Image, Images, check_image
from ...image.masks.components import remove_small_components
from ...parameters import COUNT, FRACTION, POSITIVE, Interval, StrOptions, check_number, check_parameters
from .._names import padded_numbers
from .measures import PIXEL_SIZE, PixelSize, check_pixel_size
from .part_labels import (
    checked_colors,
    checked_lab,
    lab_pixels,
    labels_of_parts,
    learned_colors,
    sampled_pixels,
    warn_of_moved_colors,
)
from .region_measurements import region_measurements, region_measurements_names

LONG = 2.0  # aspect ratio from which on a scale mark is a bar
FILLED = 0.9  # fraction of its oriented box that a square fills; a disk fills 0.79
ROUND = 1.2  # aspect ratio up to which a scale mark is a disk, also one seen at an angle
CRUMB = 0.02  # fraction of the largest piece below which a piece of the mark's colour is none, whatever min_fraction is
REFERENCE_SHAPES = ("auto", "bar", "disk")


def part_measurements(
    image: Image,
    part_colors: np.ndarray,
    *,
    pixel_size: PixelSize = 1.0,
    reference: int | None = None,
    reference_length: float = 1.0,
    reference_shape: str = "auto",
    aggregate: str = "mean",
    min_fraction: float = 0.2,
) -> np.ndarray:
    """Region measurements of every part of an object, parts being told apart by colour.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only pixels of alpha at least one half belong to a part.
    part_colors : float ndarray (n_parts, 3)
        CIE Lab colours; inf for a part that does not occur.
    pixel_size : float > 0 or (float, float), default=1.0
        Side of a pixel, or its height and width, in units of length. Where `reference` gives the unit, only how much
        higher than wide a pixel is counts.
    reference : int or None, default=None
        Index of the part that is a scale mark: the pixel size is taken from it.
    reference_length : float > 0, default=1.0
        Length of the scale mark in units of length: the long side of a bar, square or chip, the diameter of a disk.
    reference_shape : {"auto", "bar", "disk"}, default="auto"
        What of the scale mark is `reference_length` long. "bar": the long side of its oriented box, right for bars,
        squares and cards; "disk": its maximum Feret diameter, right for coins. "auto" takes it for a bar where it is
        at least twice as long as wide or fills its oriented box to 90 %, for a disk where it is nearly as wide as long
        and fills its ellipse to 90 %, and gives NaN for any other form.
    aggregate : {"largest", "mean", "max"}, default="mean"
        How several pieces of one part, such as three petals, become one row.
    min_fraction : float in [0, 1], default=0.2
        Pieces below this fraction of the area of the largest piece of their part are left out.

    Returns
    -------
    measures : float64 ndarray (n_parts * 18,)
        For each part the columns of `featkit.region_measurements` without colour. NaN for a part that is not there
        (its count is 0). NaN for all that has a unit where the scale mark is not there, is there more than once (pieces
        of its colour count from 2 % of the largest on), touches the border of the image or has neither form.

    See Also
    --------
    PartMeasurements : The extractor, which learns the colours.
    part_labels : Which pixel belongs to which part.
    region_measurements : The same measurements of a whole object.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import part_measurements
    >>> image = np.ones((40, 60, 3))
    >>> image[5:15, 5:15] = 1, 0, 0  # a red sticker of 5 mm
    >>> image[20:30, 10:50] = 0, 0.5, 0
    >>> white, red, green = [100, 0, 0], [53, 80, 67], [46, -52, 50]
    >>> part_measurements(image, np.array([white, red, green]), reference=1, reference_length=5.0)[2 * 18 + 1]  # mm^2
    np.float64(100.0)
    """
    parameters: dict[str, Any] = {
        "pixel_size": pixel_size,
        "reference_length": reference_length,
        "reference_shape": reference_shape,
        "aggregate": aggregate,
        "min_fraction": min_fraction,
    }
    check_parameters(PartMeasurements, **parameters)
    part_colors = checked_lab(part_colors)
    if reference is not None:
        reference = check_number("reference", reference, Interval(Integral, 0, len(part_colors), closed="left"))
    return _measured_parts(check_image(image), part_colors=part_colors, reference=reference, **parameters)


def _measured_parts(
    image: Image,
    part_colors: np.ndarray,
    pixel_size: PixelSize,
    reference: int | None,
    reference_length: float,
    reference_shape: str,
    aggregate: str,
    min_fraction: float,
) -> np.ndarray:
    labels = labels_of_parts(image, part_colors)
    parts = range(1, len(part_colors) + 1)
    masks = [remove_small_components(labels == part, min_fraction=min_fraction) for part in parts]
    if reference is not None:
        height, width = check_pixel_size(pixel_size)
        mark = remove_small_components(labels == reference + 1, min_fraction=min(min_fraction, CRUMB))
        scale = reference_length / _mark_length(mark, (height, width), reference_shape)
        pixel_size = height * scale, width * scale
    rows = [region_measurements(mask, pixel_size=pixel_size, aggregate=aggregate, color=None) for mask in masks]
    return np.concatenate(rows)


def _mark_length(mask: np.ndarray, pixel_size: PixelSize, shape: str) -> float:
    """Length of a scale mark, see `part_measurements`; NaN where it is not there once and in a known form."""
    values = region_measurements(mask, pixel_size=pixel_size, color=None)
    mark = {name.removeprefix("region_"): value for name, value in zip(region_measurements_names(color=None), values)}
    if mark["count"] == 0:
        return np.nan
    if mark["count"] > 1:
        _warn(f"its colour was found {mark['count']:.0f} times, not once", "mask what else has its colour")
        return np.nan
    if mask[[0, -1]].any() or mask[:, [0, -1]].any():
        _warn("it touches the border of the image and may be cut off", "leave a margin around it")
        return np.nan
    longest, narrowest = mark["feret_diameter_max"], mark["feret_diameter_min"]
    if shape == "auto":
        fills_ellipse = mark["area_filled"] / (np.pi / 4 * longest * narrowest)
        if mark["aspect_ratio"] >= LONG or mark["extent"] >= FILLED:
            shape = "bar"
        elif longest <= ROUND * narrowest and fills_ellipse >= FILLED:
            shape = "disk"
        else:
            _warn("it is neither a bar, square or card nor a disk", 'say reference_shape="bar" or "disk"')
            return np.nan
    return mark["box_length"] if shape == "bar" else longest


def _warn(reason: str, way_on: str) -> None:
    warnings.warn(
        f"The scale mark gives no unit, so lengths and areas are NaN: {reason}. Try to {way_on}.",
        MeasurementWarning,
        stacklevel=2,
    )


class PartMeasurements(FeatureExtractor):
    """Region measurements of the parts of an object, told apart by colours that are learnt from the training images.

    Part k is the same part in every image: colours are clustered once, in `fit`, over all training images.

    Parameters
    ----------
    parts : int >= 1 or dict of str to RGB, default=2
        The parts by name, each with its rough colour as three numbers in [0, 1], from where the search starts; or
        how many there are: they are then called ``part_0`` (the darkest) to ``part_k`` (the lightest).
    pixel_size : float > 0 or (float, float), default=1.0
        Side of a pixel, or its height and width, in units of length. Where `reference` gives the unit, only how much
        higher than wide a pixel is counts.
    reference : str or None, default=None
        Name of the part that is a scale mark: the pixel size of every image is taken from it.
    reference_length : float > 0, default=1.0
        Length of the scale mark in units of length: the long side of a bar, square or chip, the diameter of a disk.
    reference_shape : {"auto", "bar", "disk"}, default="auto"
        What of the scale mark is `reference_length` long. "bar": the long side of its oriented box, right for bars,
        squares and cards; "disk": its maximum Feret diameter, right for coins. "auto" takes it for a bar where it is
        at least twice as long as wide or fills its oriented box to 90 %, for a disk where it is nearly as wide as long
        and fills its ellipse to 90 %, and gives NaN for any other form.
    aggregate : {"largest", "mean", "max"}, default="mean"
        How several pieces of one part, such as three petals, become one row.
    min_fraction : float in [0, 1], default=0.2
        Pieces below this fraction of the area of the largest piece of their part are left out.
    random_state : int, RandomState or None, default=0
        Seed of the sampling of pixels and of the clustering.

    Attributes
    ----------
    part_names_ : list of str
        Names of the parts, in the order of the columns.
    part_colors_ : float ndarray (n_parts, 3)
        Learnt colours in CIE Lab; inf for a part that the training images do not have.

    Warns
    -----
    MeasurementWarning
        In fit, when the learnt colour of a part lies more than 30 (CIE76) from the given one or nearer to that of
        another part; in transform, when the scale mark is found more than once, touches the border or has neither form.

    See Also
    --------
    part_measurements : The function behind it, for colours that are known.
    part_labels : Which pixel belongs to which part.
    featkit.RegionMeasurements : The same measurements of whole objects.

    Notes
    -----
    Learned. Mixed sizes are welcome. Only the foreground counts. Columns are those of `RegionMeasurements`, with the
    name of the part in place of ``region``; NaN as `part_measurements` says.

    Examples
    --------
    >>> from featkit import PartMeasurements, make_iris_flowers
    >>> flowers = make_iris_flowers(size=256, pixel_size=0.09, random_state=0)
    >>> colors = {"sepal": (0.3, 0.2, 0.6), "petal": (0.8, 0.4, 0.7), "paper": (0.9, 0.9, 0.9),
    ...           "center": (0.2, 0.5, 0.2), "mark": (0.8, 0.1, 0.1)}
    >>> measurer = PartMeasurements(parts=colors, pixel_size=0.09).set_output(transform="pandas")
    >>> table = measurer.fit_transform(flowers.images[60:63])
    >>> table["sepal_feret_diameter_max"].round(1).tolist(), flowers.measurements[60:63, 0].tolist()
    ([5.0, 5.9, 6.0], [5.0, 5.9, 6.0])
    """

    parameter_constraints = {
        "parts": [COUNT, dict],
        "pixel_size": PIXEL_SIZE,
        "reference": [str, None],
        "reference_length": [POSITIVE],
        "reference_shape": [StrOptions(set(REFERENCE_SHAPES))],
        "aggregate": [StrOptions({"largest", "mean", "max"})],
        "min_fraction": [FRACTION],
        "random_state": ["random_state"],
    }
    requires_fit = True

    def __init__(
        self,
        *,
        parts: int | Mapping[str, Sequence[float]] = 2,
        pixel_size: PixelSize = 1.0,
        reference: str | None = None,
        reference_length: float = 1.0,
        reference_shape: str = "auto",
        aggregate: str = "mean",
        min_fraction: float = 0.2,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.parts = parts
        self.pixel_size = pixel_size
        self.reference = reference
        self.reference_length = reference_length
        self.reference_shape = reference_shape
        self.aggregate = aggregate
        self.min_fraction = min_fraction
        self.random_state = random_state

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        start = None
        if isinstance(self.parts, Mapping):
            names = list(self.parts)
            start = lab_pixels(checked_colors(self.parts)[np.newaxis], np.ones((1, len(names)), bool))
        else:
            names = [f"part_{number}" for number in padded_numbers(self.parts)]
        n_parts = len(names)
        if self.reference is not None and self.reference not in names:
            raise ValueError(f"Expected reference to be one of the parts {names}, got {shown(self.reference)}.")
        rng = check_random_state(self.random_state)
        pixels = np.concatenate([sampled_pixels(image, rng) for image in images])
        if len(pixels) < n_parts:
            raise SubjectNotFoundError(
                f"Expected foreground to learn {n_parts} parts from, got {len(pixels)} foreground pixels in "
                f"{len(images)} images. Check the step that removes the background."
            )
        self.part_names_ = names
        self.part_colors_ = learned_colors(pixels, n_parts, start, rng)
        if start is not None:
            warn_of_moved_colors(names, start, self.part_colors_)

    def transform(self, X: Images, *, pixel_size: ArrayLike | None = None) -> np.ndarray:
        """Measure the parts of every image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        pixel_size : array-like (n_images,) or (n_images, 2), or None, default=None
            Side of a pixel of each image in units of length, instead of the parameter.

        Returns
        -------
        measurements : float64 ndarray (n_images, n_parts * 18)
            One row for each image, see `part_measurements`.
        """
        return self.transform_batch(X, pixel_size=pixel_size)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(
            _measured_parts,
            part_colors=self.part_colors_,
            pixel_size=self.pixel_size,
            reference=None if self.reference is None else self.part_names_.index(self.reference),
            reference_length=self.reference_length,
            reference_shape=self.reference_shape,
            aggregate=self.aggregate,
            min_fraction=self.min_fraction,
        )

    def feature_names(self) -> list[str]:
        names = region_measurements_names(color=None)
        return [name.replace("region", part, 1) for part in self.part_names_ for name in names]
