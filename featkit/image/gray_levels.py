"""Gray levels of an image: from which range they are taken, and how many there are.

A range is declared by the dtype: 255 in uint8, 65535 in uint16, 1 in float are full light. Cameras of 10 and 12 bits
write uint16 that stays below 1/16 of that. What needs levels, not light, reads such an image (uint16 or float) by the
range that is found: full light is then 4095, 1023 or 255 of 65535, the least that holds all its values. Images whose
values all are levels of 8 bits, whatever their dtype, are read as their uint8 originals would be.
"""

import warnings
from collections.abc import Sequence
from numbers import Integral

import numpy as np

from .._numba import kernel
from ..exceptions import ImageFormatError, ImageValueWarning, shown
from .alpha import Background, flatten_alpha
from .checks import Image, checked_image, full_light, warn_of_faint_alpha
from .conversions import to_dtype, to_gray, to_uint8


@kernel
def _largest_visible(pixels, limit):
    """Largest colour value of RGBA pixels whose alpha is not 0, or the first one that reaches a limit."""
    largest = pixels[0, 0] - pixels[0, 0]
    for pixel in range(len(pixels)):
        if pixels[pixel, 3] != 0:
            largest = max(largest, pixels[pixel, 0], pixels[pixel, 1], pixels[pixel, 2])
            if largest >= limit:
                break
    return largest


def _largest(image: Image, limit: float) -> float:
    if image.ndim == 3 and image.shape[2] == 4:
        return float(_largest_visible(_pixels(image), image.dtype.type(limit)))
    return float(image.max())


@kernel
def _all_on_levels(pixels, n_levels, tolerance):
    """Whether all colour values that are visible are whole numbers once multiplied, but for a tolerance."""
    n_pixels, n_channels = pixels.shape
    for pixel in range(n_pixels):
        if n_channels == 4 and pixels[pixel, 3] == 0:
            continue
        for channel in range(min(n_channels, 3)):
            level = pixels[pixel, channel] * n_levels
            if abs(level - np.rint(level)) > tolerance:
                return False
    return True


def _pixels(image: Image) -> np.ndarray:
    return np.ascontiguousarray(image).reshape(-1, 1 if image.ndim == 2 else image.shape[2])


def is_8_bit(image: Image) -> bool:
    """Whether the visible colours of an image, of any dtype, all are k / 255 of full light with whole k."""
    if image.dtype.itemsize == 1:
        return True
    return bool(_all_on_levels(_pixels(image), 255 / full_light(image.dtype), 1e-4))


def found_bit_depth(image: Image, most: int = 12) -> int | None:
    """Bits that hold all values of an image (8, 10, ... of 16), where `most` do and they are not levels of 8 bits."""
    if image.dtype.itemsize == 1:
        return None
    white = full_light(image.dtype)
    largest = _largest(image, (1 << most) * white / 65535) * (65535 / white)
    if largest > (1 << most) - 0.5 or is_8_bit(image):
        return None
    return next(depth for depth in range(8, most + 1, 2) if largest < (1 << depth) - 0.5)


def spread_bit_depth(image: Image, bit_depth: int | None = None) -> Image:
    """Spread data of 8 to 15 bits in uint16, or in float divided by 65535, over the full range of the dtype.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        uint16 or float in [0, 1]; others come back as they are.
    bit_depth : int in [8, 16] or None, default=None
        Bits of the data: 12 if 4095 is full light. None takes the least of 8, 10 and 12 bits that holds all values of
        an image that stays below 1/16 of its range, and leaves other images alone, as well as those whose values all
        are levels of 8 bits.

    Returns
    -------
    image : ndarray of the shape and dtype of the image
        Colours multiplied by ``2 ** (16 - bit_depth)``, which keeps every level and its order; alpha stays.

    Raises
    ------
    ImageFormatError
        When the values do not fit into so many bits, or it is no image.

    See Also
    --------
    featkit.preprocessing.light.scale_pixels : Scales by the extremes or the deviation of the image itself.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import spread_bit_depth
    >>> spread_bit_depth(np.array([[0, 1000, 4095]], dtype=np.uint16), 12)
    array([[    0, 16000, 65520]], dtype=uint16)
    """
    image = checked_image(image)
    if bit_depth is not None and not (isinstance(bit_depth, Integral) and 8 <= bit_depth <= 16):
        raise ValueError(
            f"The 'bit_depth' parameter must be an int in the range [8, 16] or None, got {shown(bit_depth)}."
        )
    if image.dtype.itemsize == 1:
        return image
    if bit_depth is None:
        return spread_found(image)
    factor = 2 ** (16 - int(bit_depth))
    color = image[..., :3]
    if float(color.max()) * factor > full_light(image.dtype) * (1 + 1e-6):
        largest = round(float(color.max()) * 65535 / full_light(image.dtype))
        raise ImageFormatError(f"Expected values of {bit_depth} bits, got up to {largest} of 65535.")
    return _multiplied(image, factor)


def spread_found(image: Image, most: int = 12) -> Image:
    """`spread_bit_depth` by the depth that is found, of what is known to be an image."""
    depth = found_bit_depth(image, most)
    return image if depth is None else _multiplied(image, 1 << (16 - depth))


def _multiplied(image: Image, factor: int) -> Image:
    if factor == 1:
        return image
    spread = image * image.dtype.type(factor)
    if image.dtype.kind == "f":
        np.minimum(spread, 1, out=spread)
    if image.ndim == 3 and image.shape[2] == 4:
        spread[..., 3] = image[..., 3]
    return spread


def warn_of_values(images: np.ndarray | Sequence[Image]) -> None:
    """Warn of batches whose colours or whose alpha stay far below their range."""
    warn_of_low_range(images)
    warn_of_faint_alpha(images)


def warn_of_low_range(images: np.ndarray | Sequence[Image]) -> None:
    """Warn where uint16 images stay below 1/4 of their range; one image that does not is enough to be quiet."""
    if isinstance(images, np.ndarray) and images.dtype != np.uint16:
        return
    largest = 0
    for image in images:
        if image.dtype == np.uint16:
            largest = max(largest, int(_largest(image, 1 << 14)))
            if largest >= 1 << 14:
                return
    if largest == 0:
        return
    depth = next(depth for depth in (8, 10, 12, 14) if largest < 1 << depth)
    part, levels = (16, "by the range found in it") if depth < 14 else (4, "by its whole range")
    warnings.warn(
        f"No value of these uint16 images is above {largest}, less than 1/{part} of their range, in which 65535 is "
        f"full light: the images are dark. Texture reads the levels of each {levels}. Data of fewer bits? "
        f"Spread them, images << {16 - depth} for {depth} bits. Labels? Give them as masks.",
        ImageValueWarning,
        stacklevel=2,
    )


def gray_levels(image: Image, background: Background) -> np.ndarray:
    """Gray levels 0..255 of an image laid on a flat colour, of the range that its dtype declares or that is found."""
    if image.dtype.kind != "b":
        image = to_uint8(spread_found(image))
    return to_gray(flatten_alpha(image, background))


def fine_gray_levels(image: Image, background: Background) -> np.ndarray:
    """Gray of an image laid on a flat colour, in all its levels: for what compares pixels with each other.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    background : float in [0, 1] or "mean"
        See `flatten_alpha`.

    Returns
    -------
    levels : uint8 or uint16 ndarray (height, width)
        uint8 where all visible values are levels of 8 bits, and for masks; else uint16, floats being rounded to it. A
        range that is found changes nothing here. Flat areas stay flat, whatever the rounding noise.
    """
    if image.dtype.itemsize == 1:
        return to_gray(flatten_alpha(image, background))
    return to_gray(flatten_alpha(to_dtype(image, np.uint8 if is_8_bit(image) else np.uint16), background))


def gray_level_stack(stack: np.ndarray, background: Background) -> np.ndarray:
    """`fine_gray_levels` of a stack, contiguous: uint8 where all have levels of 8 bits, else uint16 (k as 257 k)."""
    if stack.ndim == 4 or stack.dtype != np.uint8:
        grays = [fine_gray_levels(image, background) for image in stack]
        if any(gray.dtype == np.uint16 for gray in grays):
            grays = [to_dtype(gray, np.uint16) for gray in grays]
        stack = np.stack(grays)
    return np.require(stack, requirements=["C", "W"])  # read-only arrays would have the kernels compiled once more


def levels_per_step(levels: np.ndarray) -> int:
    """How many of the levels that `fine_gray_levels` gives make one of 255."""
    return 1 if levels.dtype == np.uint8 else 257


@kernel
def count_levels(gray):
    """How many pixels of a flat uint8 array have each of the 256 levels."""
    counts = np.zeros((4, 256), np.int64)  # four apart: a level that follows itself need not wait
    n_whole = len(gray) // 4 * 4
    for k in range(0, n_whole, 4):
        counts[0, gray[k]] += 1
        counts[1, gray[k + 1]] += 1
        counts[2, gray[k + 2]] += 1
        counts[3, gray[k + 3]] += 1
    for k in range(n_whole, len(gray)):
        counts[0, gray[k]] += 1
    for level in range(256):
        counts[0, level] += counts[1, level] + counts[2, level] + counts[3, level]
    return counts[0]
