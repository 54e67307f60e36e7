"""Codes of light patterns in integer arithmetic, their labels, and how often each occurs in a grid of cells."""

import numpy as np

from .alpha import Background, flatten_alpha
from .checks import Image
from .conversions import to_gray, to_uint8


def gray_levels(image: Image, background: Background) -> np.ndarray:
    """Gray levels 0..255 of an image laid on a flat colour."""
    return to_gray(flatten_alpha(image if image.dtype.kind == "b" else to_uint8(image), background))


def gray_level_stack(stack: np.ndarray, background: Background) -> np.ndarray:
    """Gray levels 0..255 of a stack of images, contiguous."""
    if stack.ndim == 4 or stack.dtype != np.uint8:
        stack = np.stack([gray_levels(image, background) for image in stack])
    return np.require(stack, requirements=["C", "W"])  # read-only arrays would have the kernels compiled once more
