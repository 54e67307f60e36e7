"""Measurements of the named parts of an object, such as petals and sepals, told apart by colour."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import cv2
import numpy as np
from numpy.typing import ArrayLike
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import SubjectNotFoundError
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.colorspaces import convert_color
from ...image.components import remove_small_components
from ...image.conversions import to_rgb
from ...parameters import COUNT, FRACTION, POSITIVE, InvalidParameterError, StrOptions, check_number
from .._names import padded_numbers
from .measures import PIXEL_SIZE, PixelSize, check_pixel_size
from .region_measurements import region_measurements, region_measurements_names

PIXELS_PER_IMAGE = 2000  # sampled to learn the colours of the parts


def _lab_pixels(image: Image, mask: np.ndarray) -> np.ndarray:
    """CIE Lab colours (n, 3) of the pixels of a mask, row by row."""
    return convert_color(to_rgb(image)[mask][np.newaxis], "lab")[0]


def part_labels(image: Image, part_colors: np.ndarray) -> np.ndarray:
    """Give every pixel of the foreground to the part whose colour is nearest.

    Pixels on the rim of the foreground are mixed with the background; they follow the nearest pixel further inside.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    part_colors : float ndarray (n_parts, 3)
        CIE Lab colours.

    Returns
    -------
    labels : int ndarray (height, width)
        Index of the part; -1 in the background.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import part_labels
    >>> image = np.zeros((1, 2, 3))
    >>> image[0, 1] = 1
    >>> part_labels(image, np.array([[0.0, 0, 0], [100, 0, 0]]))
    array([[0, 1]])
    """
    mask = foreground_mask(image)
    labels = np.full(mask.shape, -1)
    if not mask.any():
        return labels
    pixels = _lab_pixels(image, mask)
    labels[mask] = _nearest_colors(pixels, part_colors)
    inside = cv2.erode(mask.view(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    if inside.any():
        distances, nearest = cv2.distanceTransformWithLabels(1 - inside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        label_of_nearest = np.empty(nearest.max() + 1, dtype=labels.dtype)
        label_of_nearest[nearest[inside > 0]] = labels[inside > 0]
        rim = mask & (distances > 0) & (distances < 2)
        labels[rim] = label_of_nearest[nearest[rim]]
    return labels


def part_measurements(
    image: Image,
    part_colors: np.ndarray,
    *,
    pixel_size: PixelSize = 1.0,
    reference: int | None = None,
    reference_length: float = 1.0,
    aggregate: str = "mean",
    min_share: float = 0.2,
) -> np.ndarray:
    """Measure every part of an object.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    part_colors : float ndarray (n_parts, 3)
        CIE Lab colours.
    pixel_size, reference_length, aggregate, min_share
        See `PartMeasurements`.
    reference : int or None, default=None
        Index of the part that is a scale mark.

    Returns
    -------
    measures : float64 ndarray (n_parts * 18,)
        For each part the columns of `featkit.region_measurements` without colour. NaN for a part that is not there
        (its count is 0), and for all that has a unit where the scale mark is not there.
    """
    reference_length = check_number("reference_length", reference_length, POSITIVE)
    min_share = check_number("min_share", min_share, FRACTION)
    labels = part_labels(image, part_colors)
    masks = [remove_small_components(labels == part, min_fraction=min_share) for part in range(len(part_colors))]
    if reference is not None:
        length_column = region_measurements_names(color=None).index("region_length")
        mark_length = region_measurements(masks[reference], pixel_size=pixel_size, color=None)[length_column]
        height, width = check_pixel_size(pixel_size)
        pixel_size = height * reference_length / mark_length, width * reference_length / mark_length
    rows = [region_measurements(mask, pixel_size=pixel_size, aggregate=aggregate, color=None) for mask in masks]
    return np.concatenate(rows)


def _checked_colors(parts: Mapping[str, Sequence[float]]) -> np.ndarray:
    try:
        colors = np.array([list(color) for color in parts.values()], np.float32)
        if colors.ndim == 2 and colors.shape[1] == 3 and colors.min() >= 0 and colors.max() <= 1:
            return colors
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        "The 'parts' parameter must be a number, or map the name of each part to its colour, red, green and blue in "
        f"[0, 1] (divide levels by 255), got {dict(parts)!r}."
    )


class PartMeasurements(FeatureExtractor):
    """Measurements of the parts of an object, told apart by colours that are learnt from the training images.

    Part k is the same part in every image: colours are clustered once, in `fit`, over all training images.

    Parameters
    ----------
    parts : int >= 1 or dict of str to RGB, default=2
        The parts by name, each with its rough colour as three numbers in [0, 1], from where the search starts; or
        how many there are: they are then called ``part_0`` (the darkest) to ``part_k`` (the lightest).
    pixel_size : float > 0 or (float, float), default=1.0
        Length of the side, or height and width, of a pixel, in the unit wanted for the results.
    reference : str or None, default=None
        Name of the part that is a scale mark: the pixel size of every image is taken from it; of `pixel_size` counts
        then only how much higher than wide a pixel is.
    reference_length : float > 0, default=1.0
        Length of the scale mark, in the unit wanted for the results.
    aggregate : {"largest", "mean", "max"}, default="mean"
        What becomes of several pieces of one part, such as three petals.
    min_share : float in [0, 1], default=0.2
        Pieces of less than this share of the largest piece of their part are left out.
    random_state : int, RandomState or None, default=0
        Seed of the sampling of pixels and of the clustering.

    Attributes
    ----------
    part_names_ : list of str
    part_colors_ : float ndarray (n_parts, 3)
        Learnt colours in CIE Lab; inf for a part that the training images do not have.

    Notes
    -----
    Learned. Mixed sizes are welcome. Only the foreground counts. Columns are those of `RegionMeasurements`, with the
    name of the part in place of ``region``. A part that is not there has count 0 and NaN in all other columns; an
    image without the scale mark has NaN in all columns with a unit.

    Examples
    --------
    >>> from featkit import PartMeasurements, make_iris_flowers
    >>> flowers = make_iris_flowers(size=256, pixel_size=0.09, random_state=0)
    >>> colors = {"sepal": (0.3, 0.2, 0.6), "petal": (0.8, 0.4, 0.7), "paper": (0.9, 0.9, 0.9),
    ...           "center": (0.2, 0.5, 0.2), "mark": (0.8, 0.1, 0.1)}
    >>> measurer = PartMeasurements(parts=colors, pixel_size=0.09).set_output(transform="pandas")
    >>> table = measurer.fit_transform(flowers.images[60:63])
    >>> table["sepal_length"].round(1).tolist(), flowers.measurements[60:63, 0].tolist()
    ([5.0, 5.9, 6.0], [5.0, 5.9, 6.0])
    """

    parameter_constraints = {
        "parts": [COUNT, dict],
        "pixel_size": PIXEL_SIZE,
        "reference": [str, None],
        "reference_length": [POSITIVE],
        "aggregate": [StrOptions({"largest", "mean", "max"})],
        "min_share": [FRACTION],
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
        aggregate: str = "mean",
        min_share: float = 0.2,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.parts = parts
        self.pixel_size = pixel_size
        self.reference = reference
        self.reference_length = reference_length
        self.aggregate = aggregate
        self.min_share = min_share
        self.random_state = random_state

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        start = None
        if isinstance(self.parts, Mapping):
            names = list(self.parts)
            start = _lab_pixels(_checked_colors(self.parts)[np.newaxis], np.ones((1, len(names)), bool))
        else:
            names = [f"part_{number}" for number in padded_numbers(self.parts)]
        n_parts = len(names)
        if self.reference is not None and self.reference not in names:
            raise ValueError(f"Expected reference to be one of the parts {names}, got {self.reference!r}.")
        rng = check_random_state(self.random_state)
        pixels = np.concatenate([_sampled_pixels(image, rng) for image in images])
        if len(pixels) < n_parts:
            raise SubjectNotFoundError(
                f"Expected foreground to learn {n_parts} parts from, got {len(pixels)} foreground pixels in "
                f"{len(images)} images. Check the step that removes the background."
            )
        self.part_names_ = names
        self.part_colors_ = _learned_colors(pixels, n_parts, start, rng)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(
            part_measurements,
            part_colors=self.part_colors_,
            pixel_size=self.pixel_size,
            reference=None if self.reference is None else self.part_names_.index(self.reference),
            reference_length=self.reference_length,
            aggregate=self.aggregate,
            min_share=self.min_share,
        )

    def feature_names(self) -> list[str]:
        names = region_measurements_names(color=None)
        return [name.replace("region", part, 1) for part in self.part_names_ for name in names]


def _learned_colors(
    pixels: np.ndarray, n_parts: int, start: np.ndarray | None, rng: np.random.RandomState
) -> np.ndarray:
    """Centres of colour clusters, in the order of `start` or by lightness; inf for a part that no pixel belongs to."""
    colors = np.full((n_parts, 3), np.inf)
    if start is None:
        n_found = min(n_parts, len(np.unique(pixels, axis=0)))
        centers = KMeans(n_found, n_init=3, random_state=rng).fit(pixels).cluster_centers_
        colors[:n_found] = centers[np.argsort(centers[:, 0])]
    else:
        found = np.unique(_nearest_colors(pixels, start))  # k-means would move the others into the midst of these
        colors[found] = KMeans(len(found), n_init=1, init=start[found]).fit(pixels).cluster_centers_
    return colors


def _nearest_colors(pixels: np.ndarray, colors: np.ndarray) -> np.ndarray:
    return np.argmin([((pixels - color) ** 2).sum(axis=1) for color in colors], axis=0)


def _sampled_pixels(image: Image, rng: np.random.RandomState) -> np.ndarray:
    mask = foreground_mask(image)
    pixels = _lab_pixels(image, mask) if mask.any() else np.empty((0, 3), np.float32)
    if len(pixels) <= PIXELS_PER_IMAGE:
        return pixels
    return pixels[rng.choice(len(pixels), PIXELS_PER_IMAGE, replace=False)]
