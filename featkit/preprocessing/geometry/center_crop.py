"""Cut or pad images to one size about their centre: `CenterCropper`."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import split_alpha
from ...image.checks import Image, check_image, full_light
from ...parameters import COUNT, FRACTION, check_number, check_parameters


def crop_center(image: Image, *, height: int, width: int, background: float = 0.0) -> Image:
    """Centre crop: cut or pad an image to a size about its centre; no pixel is changed.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    height, width : int
        Size of the result in pixels.
    background : float in [0, 1], default=0.0
        Gray level of what is added; with an alpha channel (or for a mask) that is transparent black instead.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the kind and dtype of the image. Where an odd number of rows or columns is cut off or added, the odd one is
        the last.

    See Also
    --------
    featkit.CenterCropper : Transformer of batches.
    crop_foreground : Crops to the object.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry import crop_center
    >>> crop_center(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8), height=3, width=1)
    array([[2],
           [5],
           [0]], dtype=uint8)
    """
    check_parameters(CenterCropper, height=height, width=width, background=background)
    return cropped_about_center(check_image(image), height=height, width=width, background=background)


def cropped_about_center(image: Image, *, height: int, width: int, background: float = 0.0) -> Image:
    height, width = check_number("height", height, COUNT), check_number("width", width, COUNT)
    background = check_number("background", background, FRACTION)
    opaque = split_alpha(image)[1] is None
    level = background * full_light(image.dtype) if opaque else 0
    level = round(level) if image.dtype.kind == "u" else level
    result = np.full((height, width, *image.shape[2:]), level, dtype=image.dtype)
    (old_rows, new_rows), (old_cols, new_cols) = (
        _common_range(old, new) for old, new in zip(image.shape[:2], (height, width))
    )
    result[new_rows, new_cols] = image[old_rows, old_cols]
    return result


def _common_range(old: int, new: int) -> tuple[slice, slice]:
    """Slices of the old and the new side that hold the same pixels."""
    size = min(old, new)
    cut, pad = (old - size) // 2, (new - size) // 2
    return slice(cut, cut + size), slice(pad, pad + size)


class CenterCropper(ImageTransformer):
    """Centre crop: cut or pad images to one size about their centre.

    Parameters
    ----------
    height, width : int
        Size of the result in pixels.
    background : float in [0, 1], default=0.0
        Gray level of what is added; with an alpha channel (or for a mask) that is transparent black instead.

    See Also
    --------
    crop_center : The function.
    featkit.ForegroundCropper : Crops to the object.
    featkit.Resizer : Scales to a size.

    Notes
    -----
    Stateless; sizes may differ. Keeps the kind and dtype of each image; pixels are moved, not changed.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import CenterCropper
    >>> CenterCropper(height=24, width=24).fit_transform(np.ones((2, 30, 20), dtype=np.uint8)).shape
    (2, 24, 24)
    """

    parameter_constraints = {
        "height": [COUNT],
        "width": [COUNT],
        "background": [FRACTION],
    }

    def __init__(self, *, height: int, width: int, background: float = 0.0) -> None:
        self.height = height
        self.width = width
        self.background = background

    def image_transformer(self) -> Callable[[Image], Image]:
        return partial(cropped_about_center, height=self.height, width=self.width, background=self.background)
