"""What an image is: checks, conversions of dtype and colour planes.

An image is an array ``(height, width)`` (gray or, when bool, a mask), ``(height, width, 3)`` (RGB) or
``(height, width, 4)`` (RGBA); uint8 and uint16 by their range, bool, or float32/float64 in [0, 1].
The alpha channel is the foreground mask (`alpha.py`).
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..exceptions import ImageFormatError
from .checks import Image, Images, check_element, check_image, check_values, described, in_native_byte_order


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
    check_element(stack[0])
    try:
        check_values(stack)
    except ImageFormatError:
        for index, image in enumerate(stack):
            _check_noted(image, index)
        raise
    return in_native_byte_order(stack)


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
        raise ImageFormatError(f"Expected a batch of images, got {described(X)}. Put ImageReader() first.")
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
        raise ImageFormatError(f"Expected a batch of images (array, list, tuple or Series), got {described(X)}.")
    images = [_check_noted(image, index) for index, image in enumerate(X)]
    if not images:
        raise ImageFormatError("Expected at least one image, got an empty batch.")
    return images
