"""Silhouettes and label images that came as gray images, of which every pixel is foreground: named in a warning."""

import warnings
from collections.abc import Sequence

import numpy as np

from ...exceptions import ImageValueWarning
from ..checks import Image, check_image, full_light

_SMALLEST = 8  # rows and columns; in smaller images two values are often chance
_LARGE = 64  # rows and columns from which on two values are no chance however they lie
_SAMPLED = 32  # rows and columns that are looked at first
_FEW = 64  # more values are a photo
_FLAT = 0.8  # least fraction of equal neighbours in a label image, each way


def check_silhouette(image: Image) -> Image:
    """`check_image`, and a warning where what should be a mask came as a gray image."""
    image = check_image(image)
    warn_of_gray_masks([image])
    return image


def warn_of_gray_masks(images: np.ndarray | Sequence[Image]) -> None:
    """Warn of the first image that looks like a mask or labels in gray: all of it counts as foreground."""
    if isinstance(images, np.ndarray) and images.dtype.kind == "b":
        return
    for image in images:
        if is_gray_mask(image):
            one_channel = "image" if image.ndim == 2 else "image[..., 0]"
            warnings.warn(
                f"A gray {image.dtype} image looks like a silhouette or a label image, and all of a gray image is "
                "foreground: the whole image was measured. Read files with ImageReader(as_mask=True); give arrays as "
                f"featkit.image.to_mask({one_channel}).",
                ImageValueWarning,
                stacklevel=2,
            )
            return


def is_gray_mask(image: Image) -> bool:
    """Whether an image, gray without alpha, has two values, 0 and another, or flat regions of evenly spaced values.

    Two values in an image below 64 rows or columns, and several in any, have to lie in flat regions.
    """
    if image.dtype.kind == "b" or min(image.shape[:2]) < _SMALLEST:
        return False
    rows, cols = (max(1, size // _SAMPLED) for size in image.shape[:2])
    gray = image if image.ndim == 2 else image[..., 0]
    sample = gray[::rows, ::cols]
    if sample.min() > 0 or len(_levels(sample)) > _FEW or not _is_gray(image[::rows, ::cols]) or not _is_gray(image):
        return False
    largest = gray.max()
    if gray.min() != 0 or largest == 0:
        return False
    if ((gray == 0) | (gray == largest)).all():
        return min(gray.shape) >= _LARGE or _is_flat(gray)
    levels = _levels(gray)
    rounding = 0.5 if gray.dtype.kind == "u" else 0.0
    return len(levels) <= _FEW and _are_evenly_spaced(levels.astype(np.float64), rounding) and _is_flat(gray)


def _levels(values: np.ndarray) -> np.ndarray:
    """Give the different values, ascending; those of 8 bits by counting, which is faster than sorting."""
    if values.dtype == np.uint8:
        return np.flatnonzero(np.bincount(values.ravel()))
    return np.unique(values)


def _is_gray(image: Image) -> bool:
    """Whether an image has no color, and no alpha that tells what is foreground."""
    if image.ndim == 2:
        return True
    if image.shape[2] == 4 and image[..., 3].min() < full_light(image.dtype) / 2:
        return False
    return bool((image[..., :1] == image[..., 1:3]).all())


def _are_evenly_spaced(levels: np.ndarray, rounding: float) -> bool:
    even = np.linspace(0, levels[-1], len(levels))
    step = even[1]
    return bool(np.abs(levels - even).max() <= max(min(rounding, step / 8), 1e-3 * step))


def _is_flat(gray: np.ndarray) -> bool:
    return bool(min((gray[:, 1:] == gray[:, :-1]).mean(), (gray[1:] == gray[:-1]).mean()) >= _FLAT)
