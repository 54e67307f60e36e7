"""Parts of an object, told apart by their colours in CIE Lab: labels of the pixels, and how the colours are learnt."""

import warnings
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from sklearn.cluster import KMeans

from ...exceptions import MeasurementWarning, shown
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image
from ...image.colorspaces import convert_color
from ...image.conversions import to_rgb
from ...parameters import InvalidParameterError
from .._clustering import single_thread

PIXELS_PER_IMAGE = 2000  # sampled to learn the colours of the parts
FURTHEST = 30.0  # distance in Lab that a learnt colour may have from the given one


def lab_pixels(image: Image, mask: np.ndarray) -> np.ndarray:
    """CIE Lab colours (n, 3) of the pixels of a mask, row by row."""
    return convert_color(to_rgb(image)[mask][np.newaxis], "lab")[0]


def checked_lab(part_colors: np.ndarray) -> np.ndarray:
    colors = np.asarray(part_colors)
    if colors.ndim == 2 and colors.shape[1] == 3 and len(colors) and colors.dtype.kind in "fiu":
        return colors
    raise InvalidParameterError(
        "The 'part_colors' parameter must be an array (n_parts, 3) of CIE Lab colours, got "
        f"{colors.dtype} of shape {colors.shape}."
    )


def part_labels(image: Image, part_colors: np.ndarray) -> np.ndarray:
    """Label image of the parts of an object: every foreground pixel belongs to the part whose colour is nearest.

    Pixels on the rim of the foreground are mixed with the background; they follow the nearest pixel further inside.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only pixels of alpha at least one half belong to a part.
    part_colors : float ndarray (n_parts, 3)
        CIE Lab colours; inf for a part that does not occur.

    Returns
    -------
    labels : int32 ndarray (height, width)
        0 is background, 1 the first part, 2 the second, as in `skimage.measure.label`: ``labels > 0`` is a mask.

    Raises
    ------
    ImageFormatError
        When `image` is no image.
    InvalidParameterError
        When `part_colors` does not have three columns.

    See Also
    --------
    part_measurements : Measurements of these parts.
    PartMeasurements : The extractor, which learns the colours.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import part_labels
    >>> image = np.zeros((1, 2, 3))
    >>> image[0, 1] = 1
    >>> part_labels(image, np.array([[0.0, 0, 0], [100, 0, 0]]))
    array([[1, 2]], dtype=int32)
    """
    return labels_of_parts(check_image(image), checked_lab(part_colors))


def labels_of_parts(image: Image, part_colors: np.ndarray) -> np.ndarray:
    mask = foreground_mask(image)
    labels = np.zeros(mask.shape, np.int32)
    if not mask.any():
        return labels
    labels[mask] = _nearest_colors(lab_pixels(image, mask), part_colors) + 1
    inside = cv2.erode(mask.view(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    if inside.any():
        distances, nearest = cv2.distanceTransformWithLabels(1 - inside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        label_of_nearest = np.empty(nearest.max() + 1, dtype=labels.dtype)
        label_of_nearest[nearest[inside > 0]] = labels[inside > 0]
        rim = mask & (distances > 0) & (distances < 2)
        labels[rim] = label_of_nearest[nearest[rim]]
    return labels


def checked_colors(parts: Mapping[str, Sequence[float]]) -> np.ndarray:
    try:
        colors = np.array([list(color) for color in parts.values()], np.float32)
        if colors.ndim == 2 and colors.shape[1] == 3 and colors.min() >= 0 and colors.max() <= 1:
            return colors
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        "The 'parts' parameter must be a number, or map the name of each part to its colour, red, green and blue in "
        f"[0, 1] (divide levels by 255), got {shown(dict(parts))}."
    )


def learned_colors(
    pixels: np.ndarray, n_parts: int, start: np.ndarray | None, rng: np.random.RandomState
) -> np.ndarray:
    """Centres of colour clusters, in the order of `start` or by lightness; inf for a part that no pixel belongs to."""
    colors = np.full((n_parts, 3), np.inf)
    if start is None:
        n_found = min(n_parts, len(np.unique(pixels, axis=0)))
        with single_thread():
            centers = KMeans(n_found, n_init=3, random_state=rng).fit(pixels).cluster_centers_
        colors[:n_found] = centers[np.argsort(centers[:, 0])]
    else:
        found = np.unique(_nearest_colors(pixels, start))  # k-means would move the others into the midst of these
        with single_thread():
            colors[found] = KMeans(len(found), n_init=1, init=start[found]).fit(pixels).cluster_centers_
    return colors


def warn_of_moved_colors(names: list[str], given: np.ndarray, learned: np.ndarray) -> None:
    for part, name in enumerate(names):
        if np.isinf(learned[part]).any():
            continue
        distances = np.linalg.norm(given - learned[part], axis=1)
        if distances[part] > FURTHEST or distances.argmin() != part:
            nearest = distances.argmin()
            nearer = "" if nearest == part else f" and is nearest to that of {shown(names[nearest])}"
            warnings.warn(
                f"The colour learnt for {name!r} is not the given one: it moved by {distances[part]:.0f} in CIE Lab"
                f"{nearer}. Give a colour nearer to what the images "
                "show, add a part for what else they show, or remove the background first.",
                MeasurementWarning,
                stacklevel=2,
            )


def _nearest_colors(pixels: np.ndarray, colors: np.ndarray) -> np.ndarray:
    return np.argmin([((pixels - color) ** 2).sum(axis=1) for color in colors], axis=0)


def sampled_pixels(image: Image, rng: np.random.RandomState) -> np.ndarray:
    mask = foreground_mask(image)
    pixels = lab_pixels(image, mask) if mask.any() else np.empty((0, 3), np.float32)
    if len(pixels) <= PIXELS_PER_IMAGE:
        return pixels
    return pixels[rng.choice(len(pixels), PIXELS_PER_IMAGE, replace=False)]
