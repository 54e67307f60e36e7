"""The alpha channel is the foreground mask: split off, written, read as weights or as a mask, laid on a background."""

import functools
import warnings
from numbers import Real
from typing import Literal, TypeAlias

import numpy as np

from .._numba import kernel
from ..exceptions import ImageValueWarning, shown
from .checks import Image, check_same_size, checked_image, full_light, is_faint
from .conversions import to_dtype, to_float, to_rgb, to_uint8
from .masks.conversion import read_alpha

Background: TypeAlias = float | Literal["mean"]  # what shows where an image is transparent


def split_alpha(image: Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Split an image into its colour channels and its alpha channel.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).

    Returns
    -------
    color : ndarray (height, width) or (height, width, 3)
        Gray or RGB channels; a mask gives itself.
    alpha : ndarray (height, width) or None
        The alpha channel; None where the image has none; a mask (bool) is its own alpha.

    See Also
    --------
    join_alpha : The inverse.
    foreground_mask : Alpha cut at one half.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import split_alpha
    >>> color, alpha = split_alpha(np.zeros((4, 6, 4)))
    >>> color.shape, alpha.shape
    ((4, 6, 3), (4, 6))
    """
    if image.dtype.kind == "b":
        return image, image
    if image.ndim == 3 and image.shape[2] == 4:
        return image[..., :3], image[..., 3]
    return image, None


def join_alpha(image: Image, alpha: np.ndarray) -> Image:
    """Write a mask or an alpha channel beside the colour channels of an image.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray is repeated to RGB, bool becomes uint8; an alpha channel that is there is replaced.
    alpha : ndarray (height, width)
        A mask, bool or 0 and 1 of any dtype; or an image of any dtype, which is rescaled to the range of `image`: 255
        in uint8, 65535 in uint16 and 1 in float are opaque. An RGBA image gives its alpha.

    Returns
    -------
    image : ndarray (height, width, 4)
        RGBA of the dtype of `image`.

    Raises
    ------
    ImageFormatError
        When `image` is no image or `alpha` no mask, when their heights or widths differ, or when `alpha` looks like a
        label image.

    Warns
    -----
    ImageValueWarning
        When `alpha` nowhere reaches one half of opaque, so that nothing is foreground: percent, percent over 255, or 8
        bits in uint16.

    See Also
    --------
    split_alpha : The inverse.
    featkit.image.to_mask : A mask in any of the usual forms as bool or as weights.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import join_alpha
    >>> join_alpha(np.array([[7, 9]], dtype=np.uint8), np.array([[True, False]]))
    array([[[  7,   7,   7, 255],
            [  9,   9,   9,   0]]], dtype=uint8)
    """
    image = checked_image(image)
    alpha = read_alpha(alpha, image.shape[:2])
    if is_faint(alpha):
        warnings.warn(
            f"No value of this {alpha.dtype} alpha reaches one half of opaque, {full_light(alpha.dtype):g}: nothing is "
            f"foreground. The largest is {alpha.max():g}; where another value is opaque, give alpha / that value.",
            ImageValueWarning,
            stacklevel=2,
        )
    return with_alpha(image, alpha)


def with_alpha(color: np.ndarray, alpha: np.ndarray) -> Image:
    """`join_alpha` of arrays that are known to be images."""
    check_same_size(color, alpha, "colour and alpha")
    if color.dtype.kind == "b":
        color = to_uint8(color)
    color, opaque = np.ascontiguousarray(to_rgb(color)), color.dtype.type(1)
    if alpha.dtype.kind == "b":
        alpha, opaque = alpha.view(np.uint8), color.dtype.type(full_light(color.dtype))
    else:
        alpha = to_dtype(alpha, color.dtype)
    return _interleaved(color.reshape(-1), np.ascontiguousarray(alpha).reshape(-1), opaque).reshape(*alpha.shape, 4)


@kernel
def _interleaved(color, alpha, opaque):
    pixels = np.empty(4 * len(alpha), color.dtype)
    for k in range(len(alpha)):  # flat arrays make this SIMD, several times as fast as any call of OpenCV
        pixels[4 * k] = color[3 * k]
        pixels[4 * k + 1] = color[3 * k + 1]
        pixels[4 * k + 2] = color[3 * k + 2]
        pixels[4 * k + 3] = color.dtype.type(alpha[k]) * opaque
    return pixels


def alpha_weights(image: Image) -> np.ndarray | None:
    """Alpha as float32 (height, width) in [0, 1], or None where the image has no alpha."""
    alpha = split_alpha(image)[1]
    return None if alpha is None else to_float(alpha)


@functools.cache
def least_foreground(dtype: np.dtype) -> np.generic:
    """Least alpha of the foreground, one half of full light or just above: 128, 32768, True or 0.5."""
    half = full_light(dtype) / 2
    return dtype.type(half if dtype.kind == "f" else np.ceil(half))


def foreground_mask(image: Image) -> np.ndarray:
    """Foreground mask of an image: where alpha is at least one half.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).

    Returns
    -------
    mask : bool ndarray (height, width)
        True where alpha is at least one half; all True without alpha; a mask gives itself.

    See Also
    --------
    split_alpha : Colour and alpha apart.
    join_alpha : Writes a mask.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import foreground_mask
    >>> image = np.zeros((2, 2, 4), dtype=np.uint8)
    >>> image[0, 0, 3] = 255
    >>> foreground_mask(image)
    array([[ True, False],
           [False, False]])
    """
    alpha = split_alpha(image)[1]
    if alpha is None:
        return np.ones(image.shape[:2], dtype=bool)
    return alpha if alpha.dtype.kind == "b" else alpha >= least_foreground(alpha.dtype)


def flatten_alpha(image: Image, background: Background = 0.0) -> Image:
    """Flatten the alpha channel: blend an image over a flat background colour.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    background : float in [0, 1] or "mean", default=0.0
        Gray level of the background, or the alpha-weighted mean colour of the foreground (0 where there is none).

    Returns
    -------
    flat : ndarray (height, width) or (height, width, 3)
        The image itself where it has no alpha; else ``alpha * color + (1 - alpha) * background`` in the
        dtype of the image (uint8 for a mask).

    Raises
    ------
    ValueError
        When the background is none of these.

    See Also
    --------
    split_alpha : Colour and alpha apart.
    featkit.GrayscaleConverter : Flattens and converts batches.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import flatten_alpha
    >>> flatten_alpha(np.full((1, 1, 4), 0.5), background=1.0)
    array([[[0.75, 0.75, 0.75]]])
    """
    if background != "mean" and not (isinstance(background, Real) and 0 <= background <= 1):
        raise ValueError(f'Expected a background from 0 to 1 or "mean", got {shown(background)}.')
    background = background if background == "mean" else float(background)
    color, alpha = split_alpha(image)
    if alpha is None:
        return image
    white = full_light(np.uint8 if color.dtype.kind == "b" else color.dtype)
    if color.dtype.kind == "b":
        ground = (white if alpha.any() else 0.0) if background == "mean" else background * white
        return np.where(alpha, white, np.rint(np.float32(ground))).astype(np.uint8)
    if background == "mean":
        weight = to_float(alpha)[..., np.newaxis]
        total = weight.sum(dtype=np.float64)
        ground = (weight * color).sum(axis=(0, 1), dtype=np.float64) / total if total > 0 else 0.0
    else:
        ground = background * white
    if color.dtype.kind == "u":
        grounds = np.full(3, ground, dtype=np.result_type(np.float32, ground))
        pixels = np.ascontiguousarray(image).reshape(-1)
        return _laid_on(pixels, np.float32(1 / white), grounds).reshape(color.shape)
    weight = to_float(alpha)[..., np.newaxis]
    return np.minimum(weight * color + (1 - weight) * ground, 1).astype(color.dtype)  # rounding may lead past 1


@kernel
def _laid_on(pixels, scale, grounds):
    flat = np.empty(len(pixels) // 4 * 3, pixels.dtype)
    red, green, blue = grounds
    for k in range(len(pixels) // 4):  # flat arrays make this SIMD
        weight = np.float32(pixels[4 * k + 3]) * scale
        rest = np.float32(1) - weight
        flat[3 * k] = np.rint(weight * np.float32(pixels[4 * k]) + rest * red)
        flat[3 * k + 1] = np.rint(weight * np.float32(pixels[4 * k + 1]) + rest * green)
        flat[3 * k + 2] = np.rint(weight * np.float32(pixels[4 * k + 2]) + rest * blue)
    return flat
