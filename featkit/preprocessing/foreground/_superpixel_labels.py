"""From masks to labels of superpixels and back: what is learnt, judged and cut."""

from typing import Any

import cv2
import numpy as np

from ...exceptions import ImageFormatError
from ...image.checks import check_unmasked, described
from ._guided import guided_upsampling
from ._superpixel_features import Superpixels, means_of_superpixels
from .saliency._graphcut import border_capacities, min_cut

UNKNOWN = -1
LEAST_PURITY = 0.6  # fraction of the known pixels of a superpixel that one class has to have for being learnt
SURE = 0.002  # probabilities are kept off 0 and 1 by it
WHITE = 255


def read_training_mask(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Labels of the pixels of an image to learn from.

    Parameters
    ----------
    mask : ndarray (height, width)
        Bool; 0 and 255; or whole numbers from -1 (unknown) on.
    shape : tuple of int
        Height and width of the image.

    Returns
    -------
    labels : int32 ndarray (height, width)
        -1 where nothing is known.

    Raises
    ------
    ImageFormatError
        When it is none of these or of another size.
    """
    if not isinstance(mask, np.ndarray) or mask.ndim != 2:
        raise ImageFormatError(
            f"Expected a mask (height, width) for each image to learn from, got {described(mask)}. Fit with masks in "
            "the place of labels: fit(images, masks)."
        )
    check_unmasked(mask)
    if mask.shape != tuple(shape):
        raise ImageFormatError(f"Expected a mask of the size of its image, {tuple(shape)}, got {mask.shape}.")
    if mask.dtype.kind not in "biuf" or (mask.dtype.kind == "f" and not (mask == np.rint(mask)).all()):
        raise ImageFormatError(
            f"Expected a mask of bool or whole numbers, got {described(mask)} with others. Cut soft masks at one half; "
            "-1 is unknown."
        )
    least, most = mask.min(), mask.max()
    if least < UNKNOWN:
        raise ImageFormatError(f"Expected labels from -1 (unknown) on, got {least}.")
    if most == WHITE and not np.isin(mask, (UNKNOWN, 0, WHITE)).all():
        raise ImageFormatError(
            "Expected 255 beside 0 alone (a mask of black and white), got it beside other numbers. Write -1 in a mask "
            "of signed numbers where it is void; cut soft masks at one half."
        )
    if most == WHITE:
        return np.where(mask == WHITE, 1, mask).astype(np.int32)
    return mask.astype(np.int32)


def training_masks(images: Any, y: Any) -> list[np.ndarray]:
    """Labels of the pixels of every image, see `read_training_mask`, from what was given in the place of labels."""
    if y is None or isinstance(y, (str, bytes)) or not hasattr(y, "__len__"):
        raise ImageFormatError(
            f"Expected masks to learn from, one for each image: fit(images, masks), got {described(y)}."
        )
    if len(y) != len(images):
        raise ImageFormatError(f"Expected a mask for each of {len(images)} images, got {len(y)}.")
    if len(images) < 2:
        raise ImageFormatError("Expected at least two images with masks: each is judged by what the others teach.")
    masks = []
    for index, (image, mask) in enumerate(zip(images, list(y))):
        try:
            masks.append(read_training_mask(mask, image.shape[:2]))
        except ImageFormatError as error:
            error.add_note(f"mask {index} of the batch")
            raise
    return masks


def cover_of_superpixels(labels: np.ndarray, classes: np.ndarray, superpixels: Superpixels) -> np.ndarray:
    """Pixels (of the small image) of each class in every superpixel, as far as they are known.

    Parameters
    ----------
    labels : int32 ndarray (height, width)
        Of `read_training_mask`.
    classes : int ndarray (n_classes,)
    superpixels : Superpixels

    Returns
    -------
    cover : float64 ndarray (n, n_classes)
    """
    size = superpixels.labels.shape[::-1]
    planes = [cv2.resize((labels == one).astype(np.float32), size, interpolation=cv2.INTER_AREA) for one in classes]
    n_labels = len(superpixels.areas)
    return means_of_superpixels(np.stack(planes, axis=2), superpixels.labels, n_labels) * superpixels.areas[:, None]


def targets(cover: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Class (by its place) that covers most of every superpixel, and whether that is clear enough to learn from.

    Parameters
    ----------
    cover : float64 ndarray (n, n_classes)

    Returns
    -------
    place : int64 ndarray (n,)
    is_clear : bool ndarray (n,)
        False where nothing is known or classes share the superpixel.
    """
    known = cover.sum(axis=1)
    return cover.argmax(axis=1), (known > 0) & (cover.max(axis=1) >= LEAST_PURITY * known)


def cut_classes(superpixels: Superpixels, probability: np.ndarray, bias: float, smoothness: float) -> np.ndarray:
    """Class of every superpixel, by its place: smooth along borders without contrast.

    Parameters
    ----------
    superpixels : Superpixels
    probability : float64 ndarray (n, n_classes)
    bias : float
        Added to the log-odds of the second of two classes; not used for more.
    smoothness : float >= 0
        What a border between two classes costs.

    Returns
    -------
    place : int64 ndarray (n,)
        With more than two classes each is cut from the others; where several claim a superpixel, or none, the most
        probable one has it.
    """
    likely = np.clip(probability, SURE, 1 - SURE)
    log_odds = np.log(likely / (1 - likely))
    capacities = smoothness * border_capacities(superpixels.lengths, superpixels.contrasts)
    areas, edges = superpixels.areas, superpixels.edges
    if probability.shape[1] == 2:
        return min_cut(areas * (log_odds[:, 1] + bias), edges, capacities).astype(np.int64)
    claims = [min_cut(areas * log_odds[:, place], edges, capacities) for place in range(probability.shape[1])]
    return np.argmax(probability + 2.0 * np.stack(claims, axis=1), axis=1)


def overlap_of_cover(inside: np.ndarray, cover: np.ndarray) -> float:
    """Intersection over union, in known pixels, of regions that were chosen with what they are.

    Parameters
    ----------
    inside : bool ndarray (n,)
    cover : float64 ndarray (n, 2)
        Known pixels outside and inside.

    Returns
    -------
    overlap : float
        1 where rightly nothing was chosen, NaN where nothing is known.
    """
    hit = cover[inside, 1].sum()
    union = hit + cover[inside, 0].sum() + cover[~inside, 1].sum()
    if union == 0:
        return 1.0 if cover.any() else np.nan
    return float(hit / union)


def overlap_of_class(place: np.ndarray, cover: np.ndarray, one: int) -> float:
    """Intersection over union, in known pixels, of the regions (n,) that were given one class with their cover."""
    return overlap_of_cover(place == one, np.stack([np.delete(cover, one, axis=1).sum(axis=1), cover[:, one]], axis=1))


def is_right_more_often(scores: np.ndarray, before: np.ndarray, in_doubt: bool) -> bool:
    """Whether images are cut better than before, on average.

    Parameters
    ----------
    scores, before : float64 ndarray (n_images,)
        Of the same images; NaN where nothing of the image is known.
    in_doubt : bool
        Whether it is enough that the average is not worse by two standard errors of the difference.

    Returns
    -------
    is_better : bool
    """
    gains = (scores - before)[np.isfinite(scores - before)]
    doubt = 2 * gains.std(ddof=1) / np.sqrt(len(gains)) if in_doubt and len(gains) > 1 else 0.0
    return bool(np.nanmean(scores) > np.nanmean(before) - doubt)


def pixels_of_classes(superpixels: Superpixels, place: np.ndarray, guide: np.ndarray, n_classes: int) -> np.ndarray:
    """Class of every pixel of the image, by its place, along the edges of the image.

    Parameters
    ----------
    superpixels : Superpixels
    place : int64 ndarray (n,)
        Of `cut_classes`.
    guide : float32 ndarray (height, width, 3)
        CIE Lab at full size.
    n_classes : int

    Returns
    -------
    places : int64 ndarray (height, width)
    """

    def enlarged(one: int) -> np.ndarray:
        return guided_upsampling((place == one).astype(np.float32)[superpixels.labels], superpixels.lab, guide)

    if n_classes == 2:
        return (enlarged(1) >= 0.5).astype(np.int64)
    best, places = enlarged(0), np.zeros(guide.shape[:2], np.int64)
    for one in range(1, n_classes):
        found = enlarged(one)
        places[found > best] = one
        best = np.maximum(best, found)
    return places
