"""Silhouettes and label images that came as gray images, of which every pixel is foreground: named in a warning."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...exceptions import ImageValueWarning
from ..checks import Image

_SMALLEST = 64  # rows and columns; in smaller images two values are often chance
_SAMPLED = 32  # rows and columns that are looked at first
_FEW = 64  # more values in the sample are a photo
_FLAT = 0.8  # least fraction of equal neighbours in a label image


def warn_of_gray_masks(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Function of an image that warns before the first image that looks like a mask or labels in gray."""
    said = False

    def measure(image: Image, *args: Any, **told: Any) -> np.ndarray:
        nonlocal said
        if not said and is_gray_mask(image):
            said = True
            warnings.warn(
                f"A gray {image.dtype} image looks like a silhouette or a label image, and all of a gray image is "
                "foreground: the whole frame was measured. Read files with ImageReader(as_mask=True); give arrays as "
                "featkit.image.to_mask(image).",
                ImageValueWarning,
                stacklevel=2,
            )
        return function(image, *args, **told)

    return measure


def is_gray_mask(image: Image) -> bool:
    """Whether a gray image has two values, 0 and another, or, in uint8, flat regions of the values 0, 1, 2, ..."""
    if image.ndim != 2 or image.dtype.kind == "b" or min(image.shape) < _SMALLEST:
        return False
    rows, cols = (max(1, size // _SAMPLED) for size in image.shape)
    sample = np.unique(image[::rows, ::cols])
    is_whole = image.dtype == np.uint8
    if sample[0] > 0 or len(sample) > (_FEW if is_whole else 2):
        return False
    levels = np.flatnonzero(np.bincount(image.ravel(), minlength=256)) if is_whole else np.unique(image)
    if len(levels) <= 2:
        return len(levels) == 2 and levels[0] == 0
    if not is_whole or levels[-1] != len(levels) - 1 or len(levels) > _FEW:
        return False
    return bool((image[:, 1:] == image[:, :-1]).mean() >= _FLAT)
