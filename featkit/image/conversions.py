"""What an image is: checks, conversions of dtype and colour channels.

An image is an array ``(height, width)`` (gray or, when bool, a mask), ``(height, width, 3)`` (RGB) or
``(height, width, 4)`` (RGBA); uint8 and uint16 by their range, bool, or float32/float64 in [0, 1].
The alpha channel is the foreground mask (`alpha.py`).
"""

import cv2
import numpy as np
import numpy.typing as npt

from .checks import Image, full_light


def to_gray(image: Image) -> np.ndarray:
    """Convert an image to gray: luma of RGB; gray stays as it is.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        An alpha channel is dropped; call `flatten_alpha` first where it should count.

    Returns
    -------
    gray : ndarray (height, width)
        ``0.299 R + 0.587 G + 0.114 B`` (ITU-R BT.601) in the dtype of the image; a mask becomes uint8.

    See Also
    --------
    featkit.GrayscaleConverter : Transformer of batches.
    convert_color : Other colour spaces.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import to_gray
    >>> to_gray(np.array([[[255, 0, 0], [9, 9, 9]]], dtype=np.uint8))
    array([[76,  9]], dtype=uint8)
    """
    if image.ndim == 2:
        return to_uint8(image) if image.dtype.kind == "b" else image
    color = np.ascontiguousarray(image[..., :3])
    if color.dtype == np.float64:
        return color @ np.array([0.299, 0.587, 0.114])
    return cv2.cvtColor(color, cv2.COLOR_RGB2GRAY)


def to_rgb(image: Image) -> np.ndarray:
    """Three colour channels (height, width, 3) in the dtype of the image (a mask becomes uint8); alpha is dropped."""
    if image.dtype.kind == "b":
        image = to_uint8(image)
    return np.repeat(image[..., np.newaxis], 3, axis=2) if image.ndim == 2 else image[..., :3]


def to_float(image: Image) -> np.ndarray:
    """Convert an image to float32 in [0, 1]: whole numbers are divided by the full range of their dtype.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Any image, or a mask.

    Returns
    -------
    image : float32 ndarray of the same shape
        255 in uint8, 65535 in uint16 and True become 1.

    See Also
    --------
    to_uint8 : The inverse.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import to_float
    >>> to_float(np.array([[0, 51, 255]], dtype=np.uint8))
    array([[0. , 0.2, 1. ]], dtype=float32)
    """
    if image.dtype.kind == "f":
        return image.astype(np.float32, copy=False)
    if image.dtype.kind == "b":
        return image.astype(np.float32)
    return image * np.float32(1 / full_light(image.dtype))


# Floats half way between two levels go up, and so does what rounding errors put below: 0.1, 0.3, 0.5, 0.7 and 0.9 lie
# half way between levels of uint8 and of uint16, and a flat area of them must stay flat. No k / 255, k / 256, k / 4095
# or decimal fraction of up to four digits lies where levels change.
_UP = 0.5 + 5e-7 * np.array([255, 65535])


def to_uint8(image: Image) -> np.ndarray:
    """Convert an image to uint8, rounded to the nearest of 256 levels: the exact inverse of a division by 255.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Any image, or a mask, which becomes 0 and 255.

    Returns
    -------
    image : uint8 ndarray of the same shape
        Floats half way between two levels go up, and so does what rounding errors put just below.

    See Also
    --------
    to_float : The inverse.
    spread_bit_depth : Comes first with data of 10 or 12 bits in uint16.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import to_uint8
    >>> to_uint8(np.array([[0, 0.5, 1]]))
    array([[  0, 128, 255]], dtype=uint8)
    """
    return to_dtype(image, np.uint8) if image.dtype != np.uint8 else image


def to_dtype(image: np.ndarray, dtype: npt.DTypeLike) -> np.ndarray:
    """Values in the range of another image dtype, rounded to its levels."""
    dtype = np.dtype(dtype)
    if image.dtype == dtype:
        return image
    scale = full_light(dtype) / full_light(image.dtype)
    if dtype.kind == "f":
        return (image * scale).astype(dtype)
    if image.dtype.kind == "b":
        return image.astype(dtype) * np.array(scale, dtype)
    if image.dtype.kind == "f":
        return (image * np.float32(scale) + image.dtype.type(_UP[dtype.itemsize - 1])).astype(dtype)
    return np.rint(image * np.float32(scale)).astype(dtype)


def largest_channel(image: np.ndarray) -> np.ndarray:
    """The largest of the three channels at each pixel; ten times as fast as NumPy's along the last axis."""
    red, green, blue = cv2.split(image)
    return cv2.max(cv2.max(red, green), blue)


def least_channel(image: np.ndarray) -> np.ndarray:
    """The least of the three channels at each pixel."""
    red, green, blue = cv2.split(image)
    return cv2.min(cv2.min(red, green), blue)
