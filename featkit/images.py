"""What an image is: checks, conversions of dtype and colour planes.

An image is an array ``(height, width)`` (gray or, when bool, a mask), ``(height, width, 3)`` (RGB) or
``(height, width, 4)`` (RGBA); uint8 and uint16 by their range, bool, or float32/float64 in [0, 1].
The alpha channel is the foreground mask (`alpha.py`).
"""

import os
from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from .exceptions import ImageFormatError

Image: TypeAlias = np.ndarray  # (height, width), (height, width, 3) or (height, width, 4)
Images: TypeAlias = np.ndarray | Collection[Image]  # what `check_images` takes
Box: TypeAlias = tuple[int, int, int, int]  # (min_row, min_col, max_row, max_col), half-open

WHITE: dict[str, float] = {"b": 1, "u1": 255, "u2": 65535, "f4": 1.0, "f8": 1.0}  # the value of full light by dtype
ACCEPTED = "uint8, uint16, bool or float32/float64 in [0, 1]"


def full_light(dtype: npt.DTypeLike) -> float:
    """Value of full light (white) of an image dtype: 255, 65535, 1 (bool) or 1.0 (float)."""
    dtype = np.dtype(dtype)
    return WHITE["b" if dtype.kind == "b" else f"{dtype.kind}{dtype.itemsize}"]


def _check_values(array: np.ndarray) -> None:
    kind = array.dtype.kind
    if kind == "b" or (kind == "u" and array.dtype.itemsize <= 2):
        return
    if kind != "f" or array.dtype.itemsize not in (4, 8):
        raise ImageFormatError(
            f"Expected an image of dtype {ACCEPTED}, got {array.dtype}. "
            "Convert it so that the range is known, e.g. image.astype('uint8') for values 0..255."
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):  # also false for NaN
        hint = "divide by 255" if high > 1 and high <= 255 and low >= 0 else "rescale it or replace NaN and inf"
        raise ImageFormatError(f"Expected a float image in [0, 1], got values from {low:g} to {high:g}: {hint} first.")


def _check_element(image: Any) -> Image:
    if isinstance(image, (str, bytes, os.PathLike)) or hasattr(image, "getexif"):
        raise ImageFormatError(
            f"Expected an image array, got {_described(image)}. Put ImageReader() first in the pipeline, or call "
            "read_image."
        )
    if not isinstance(image, np.ndarray):
        raise ImageFormatError(
            f"Expected an image as a numpy array (height, width[, 3 or 4]), got {_described(image)}. "
            "Convert it with numpy.asarray."
        )
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)):
        raise ImageFormatError(
            "Expected an image of shape (height, width), (height, width, 3) or (height, width, 4), "
            f"got shape {image.shape}. A single channel has no axis of its own: use image[..., 0]."
        )
    if image.ndim == 3 and image.dtype.kind == "b":
        raise ImageFormatError(f"Expected a bool image to be a mask (height, width), got shape {image.shape}.")
    if image.size == 0:
        raise ImageFormatError(f"Expected an image with pixels, got shape {image.shape}.")
    return image


def _in_native_byte_order(array: np.ndarray) -> np.ndarray:
    """Kernels and OpenCV read other bytes as wrong numbers."""
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def check_image(image: Image) -> Image:
    """Check that one array is an image and return it.

    Parameters
    ----------
    image : ndarray of shape (height, width), (height, width, 3) or (height, width, 4)
        uint8, uint16, bool (a mask, two axes only) or float in [0, 1].

    Returns
    -------
    image : ndarray
        The same array, not a copy; only foreign byte order, as in FITS or old TIFF, becomes the machine's own.

    Raises
    ------
    ImageFormatError
        When the axes, the dtype or the range are not those of an image; the message gives the found ones.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import check_image
    >>> check_image(np.zeros((4, 6), dtype=np.uint8)).shape
    (4, 6)
    """
    _check_values(_check_element(image))
    return _in_native_byte_order(image)


def check_mask(mask: np.ndarray) -> np.ndarray:
    """Check that an array is a mask, bool (height, width) with pixels, and return it."""
    if not (isinstance(mask, np.ndarray) and mask.dtype == bool and mask.ndim == 2 and mask.size):
        came = f"{mask.dtype} of shape {mask.shape}" if isinstance(mask, np.ndarray) else _described(mask)
        raise ImageFormatError(f"Expected a mask, a bool array (height, width) with pixels, got {came}. Try mask > 0.")
    return mask


def _described(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _axes_hint(shape: tuple[int, ...]) -> str:
    if len(shape) == 4 and shape[3] == 1:
        return " A single channel has no axis of its own: use stack[..., 0]."
    if len(shape) == 4 and shape[1] in (3, 4):
        return " Channels first? Put them last: stack.transpose(0, 2, 3, 1)."
    return ""


def _check_stack(stack: np.ndarray) -> np.ndarray:
    """Check an ndarray batch that is not of object dtype."""
    if stack.ndim == 2 or (stack.ndim == 3 and stack.shape[2] in (3, 4)):
        raise ImageFormatError(
            f"Expected a batch of images, got one array of shape {stack.shape}. One image? Wrap it: "
            "image[np.newaxis]. " + ("Flattened images? Reshape them to (n, height, width)." if stack.ndim == 2 else "")
        )
    if stack.ndim not in (3, 4) or (stack.ndim == 4 and stack.shape[3] not in (3, 4)):
        raise ImageFormatError(
            "Expected a stack of shape (n, height, width), (n, height, width, 3) or (n, height, width, 4), "
            f"got {stack.shape}.{_axes_hint(stack.shape)}"
        )
    if len(stack) == 0:
        raise ImageFormatError(f"Expected at least one image, got a stack of shape {stack.shape}.")
    _check_element(stack[0])
    try:
        _check_values(stack)
    except ImageFormatError:
        for index, image in enumerate(stack):
            _check_noted(image, index)
        raise
    return _in_native_byte_order(stack)


def _check_noted(image: Any, index: int) -> Image:
    try:
        return check_image(image)
    except ImageFormatError as error:
        error.add_note(f"image {index} of the batch")
        raise


def check_images(X: Images) -> np.ndarray | list[Image]:
    """Check that X is a batch of images.

    Parameters
    ----------
    X : ndarray (n, height, width) with width not 3 or 4, ndarray (n, height, width, 3 or 4), or a list, tuple, \
1-D object array, pandas or polars Series of image arrays, which may differ in size
        The batch; a bool (height, width) array in it is a mask and its own foreground.

    Returns
    -------
    images : ndarray or list of ndarray
        The stack itself, or the images of a ragged batch in a list. Copied only where the byte order is foreign.

    Raises
    ------
    ImageFormatError
        When X is not a batch of images: the message says what was expected, what came and what to do,
        and a note names the index of the image at fault.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import check_images
    >>> check_images(np.zeros((5, 8, 8))).shape
    (5, 8, 8)
    >>> [image.shape for image in check_images([np.zeros((4, 6)), np.zeros((9, 2, 3))])]
    [(4, 6), (9, 2, 3)]
    """
    if isinstance(X, np.ndarray) and X.dtype.kind not in "OSU":
        return _check_stack(X)
    if isinstance(X, (str, bytes, os.PathLike)):
        raise ImageFormatError(f"Expected a batch of images, got {_described(X)}. Put ImageReader() first.")
    if isinstance(X, Iterator):
        raise ImageFormatError(
            f"Expected a batch of images that can be read twice, got a {type(X).__name__}. "
            "Make it a list; the extraction functions accept generators."
        )
    if hasattr(X, "columns"):
        raise ImageFormatError(
            f"Expected a batch of images, got a {type(X).__name__}. Select the column that holds them, e.g. X['image']."
        )
    if hasattr(X, "to_numpy") and not hasattr(X, "iloc"):  # polars: iteration would yield nested Series
        X = np.asarray(X.to_numpy())
        if X.dtype != object:
            return _check_stack(X)
    if not (isinstance(X, (list, tuple)) or hasattr(X, "iloc") or (isinstance(X, np.ndarray) and X.ndim == 1)):
        raise ImageFormatError(f"Expected a batch of images (array, list, tuple or Series), got {_described(X)}.")
    images = [_check_noted(image, index) for index, image in enumerate(X)]
    if not images:
        raise ImageFormatError("Expected at least one image, got an empty batch.")
    return images


def to_gray(image: Image) -> np.ndarray:
    """Luma of an RGB image; gray stays as it is.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        An alpha plane is dropped; call `flatten_alpha` first where it should count.

    Returns
    -------
    gray : ndarray (height, width)
        ``0.299 R + 0.587 G + 0.114 B`` (ITU-R BT.601) in the dtype of the image; a mask becomes uint8.
    """
    if image.ndim == 2:
        return to_uint8(image) if image.dtype.kind == "b" else image
    color = np.ascontiguousarray(image[..., :3])
    if color.dtype == np.float64:
        return color @ np.array([0.299, 0.587, 0.114])
    return cv2.cvtColor(color, cv2.COLOR_RGB2GRAY)


def to_rgb(image: Image) -> np.ndarray:
    """Three colour planes (height, width, 3) in the dtype of the image (a mask becomes uint8); alpha is dropped."""
    if image.dtype.kind == "b":
        image = to_uint8(image)
    return np.repeat(image[..., np.newaxis], 3, axis=2) if image.ndim == 2 else image[..., :3]


def to_float(image: Image) -> np.ndarray:
    """Values as float32 in [0, 1]; integers are divided by the full range of their dtype."""
    if image.dtype.kind == "f":
        return image.astype(np.float32, copy=False)
    if image.dtype.kind == "b":
        return image.astype(np.float32)
    return image * np.float32(1 / full_light(image.dtype))


def to_uint8(image: Image) -> np.ndarray:
    """Values as uint8, rounded to the nearest of 256 levels: the exact inverse of a division by 255."""
    return to_dtype(image, np.uint8) if image.dtype != np.uint8 else image


def to_dtype(image: np.ndarray, dtype: npt.DTypeLike) -> np.ndarray:
    if image.dtype == dtype:
        return image
    scale = full_light(dtype) / full_light(image.dtype)
    if np.dtype(dtype).kind == "f":
        return (image * scale).astype(dtype)
    if image.dtype.kind == "b":
        return image.astype(dtype) * np.array(scale, dtype)
    return np.rint(image * np.float32(scale)).astype(dtype)
