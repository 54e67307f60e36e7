"""What an image is: checks, conversions of dtype and colour channels.

An image is an array ``(height, width)`` (gray or, when bool, a mask), ``(height, width, 3)`` (RGB) or
``(height, width, 4)`` (RGBA); uint8 and uint16 by their range, bool, or float32/float64 in [0, 1].
The alpha channel is the foreground mask (`alpha.py`).
"""

import os
import warnings
from collections.abc import Collection, Iterable, Sequence
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..exceptions import ImageFormatError, ImageValueWarning, shortened, shown

Image: TypeAlias = np.ndarray  # (height, width), (height, width, 3) or (height, width, 4)
Images: TypeAlias = np.ndarray | Collection[Image]  # what `check_images` takes
Box: TypeAlias = tuple[int, int, int, int]  # (min_row, min_col, max_row, max_col), half-open

WHITE: dict[str, float] = {"b": 1, "u1": 255, "u2": 65535, "f4": 1.0, "f8": 1.0}  # the value of full light by dtype
ONE = {4: np.float32(1).view("u4"), 8: np.float64(1).view("u8")}  # the bits of 1.0 by the size of the float
SMALL_BYTES = 32 << 20  # of images together that are copied rather than looked at one by one
FEW = 16  # pixels that tell nothing of how alpha was meant
ACCEPTED = "uint8, uint16, bool or float32/float64 in [0, 1]"


def full_light(dtype: npt.DTypeLike) -> float:
    """Value of full light (white) of an image dtype: 255, 65535, 1 (bool) or 1.0 (float)."""
    dtype = np.dtype(dtype)
    return WHITE["b" if dtype.kind == "b" else f"{dtype.kind}{dtype.itemsize}"]


def check_values(array: np.ndarray) -> None:
    kind = array.dtype.kind
    if kind == "b" or (kind == "u" and array.dtype.itemsize <= 2):
        return
    if kind != "f" or array.dtype.itemsize not in (4, 8):
        raise ImageFormatError(f"Expected an image of dtype {ACCEPTED}, got {array.dtype}. {_scaling_hint(array)}")
    if array.view(array.dtype.str.replace("f", "u")).max() <= ONE[array.dtype.itemsize]:
        return  # read as whole numbers, floats from 0 to 1 are in order, and all others (NaN, too) come behind them
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):  # also false for NaN
        hint = "divide by 255" if high > 1 and high <= 255 and low >= 0 else "rescale it or replace NaN and inf"
        percent = " Where it is percent, divide by 100." if 1 < high <= 100 and low >= 0 else ""
        raise ImageFormatError(
            f"Expected a float image in [0, 1], got values from {low:g} to {high:g}: {hint} first.{percent}"
        )


def _scaling_hint(array: np.ndarray) -> str:
    """How values of a dtype without a range of its own become an image: scaled, never cast."""
    if array.dtype.kind == "f":
        return "Use image.astype(np.float32 if image.dtype.itemsize < 4 else np.float64)."
    if array.dtype.kind not in "iu" or array.size == 0:
        return "Give the gray or colour values as real numbers in [0, 1]."
    low, high = int(array.min()), int(array.max())
    if low >= 0 and high <= 65535:
        white = 255 if high <= 255 else 65535
        scaled = f"Rescale it to [0, 1] by the value of full light, e.g. image / {white} where that is {white}"
    else:
        scaled = (
            f"Rescale it to [0, 1] from the values of black and full light: np.interp(image, ({low}, {high}), (0, 1))"
        )
    return f"It holds whole numbers from {low} to {high}. {scaled}. Labels? Give labels > 0, or mask=labels."


def check_unmasked(array: Any) -> None:
    if isinstance(array, np.ma.MaskedArray):
        mask = "np.ma.getmaskarray(a)" + (".any(axis=-1)" if array.ndim > 2 else "")
        raise ImageFormatError(
            "Expected a plain array, got a numpy masked array, whose mask would be ignored. Make it the alpha channel: "
            f"join_alpha(a.data, ~{mask})."
        )


def array_of(value: Any) -> Any:
    """A tensor in memory of another library (torch, JAX, ...) as an array, by ``__array__`` or DLPack; all else as is.

    Raises
    ------
    ImageFormatError
        When the tensor does not give its values to NumPy: it is on another device, or needs its gradient.
    """
    if isinstance(value, np.ndarray) or not hasattr(value, "__dlpack__"):
        return value
    try:
        return np.asarray(value) if hasattr(value, "__array__") else np.from_dlpack(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        raise ImageFormatError(
            f"Expected a tensor whose values NumPy can read, "
            f"got {type(value).__name__}: {shortened(str(error)).rstrip('.')}. Move it to "
            "the CPU, without its gradient: tensor.detach().cpu().numpy()."
        ) from error


def _plain_array(image: Any) -> np.ndarray:
    if isinstance(image, (str, bytes, os.PathLike)) or hasattr(image, "getexif"):
        raise ImageFormatError(
            f"Expected an image array, got {described(image)}. Put ImageReader() first in the pipeline, or call "
            "read_image."
        )
    image = array_of(image)
    if not isinstance(image, np.ndarray) and hasattr(image, "__array__") and np.ndim(image) in (2, 3):
        image = np.asarray(image)
    if not isinstance(image, np.ndarray):
        raise ImageFormatError(
            f"Expected an image as a numpy array (height, width[, 3 or 4]), got {described(image)}. "
            "Convert it with numpy.asarray."
        )
    check_unmasked(image)
    return image


def check_element(image: Any) -> Image:
    if type(image) is not np.ndarray:
        image = _plain_array(image)
    if image.ndim == 1 and image.dtype == np.uint8:
        raise ImageFormatError(
            f"Expected an image of two or three axes, got shape {image.shape}. Is it the content of a file? Pass "
            "bytes(image) to ImageReader or read_image. Is it flattened? Reshape it."
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


def stack_of_small(images: Sequence | np.ndarray) -> np.ndarray | None:
    """Arrays that agree in shape and dtype and take little memory as a stack; None where they do not, or are no images.

    A look at each of thousands of small ones takes longer than many a feature of it.
    """
    first = images[0]
    if type(first) is not np.ndarray or first.dtype.kind not in "buf" or first.ndim not in (2, 3) or not first.size:
        return None
    is_color = first.shape[-1] in (3, 4)  # in a stack of two axes more, that is
    if is_color != (first.ndim == 3) or (is_color and first.dtype.kind == "b"):
        return None
    if first.nbytes * len(images) > SMALL_BYTES or set(map(type, images)) != {np.ndarray}:
        return None
    stack = np.empty((len(images) * len(first), *first.shape[1:]), first.dtype)
    try:
        if set(map(len, images)) != {len(first)}:
            return None
        np.concatenate(images, out=stack, casting="no")
    except (TypeError, ValueError):  # they differ in dtype or shape
        return None
    return stack.reshape(len(images), *first.shape)


def in_native_byte_order(array: np.ndarray) -> np.ndarray:
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

    Warns
    -----
    ImageValueWarning
        When no alpha of an RGBA image reaches one half of opaque, though many pixels are equally opaque.

    See Also
    --------
    check_images : Check a batch.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import check_image
    >>> check_image(np.zeros((4, 6), dtype=np.uint8)).shape
    (4, 6)
    """
    image = checked_image(image)
    if image.shape[2:] == (4,):
        warn_of_faint_alpha([image])
    return image


def checked_image(image: Image) -> Image:
    """`check_image` without a word about its alpha."""
    image = check_element(image)
    check_values(image)
    return in_native_byte_order(image)


def is_faint(alpha: np.ndarray) -> bool:
    """Whether alpha is nowhere foreground though there is some: percent, 0 and 1 in uint8, or 8 bits in uint16."""
    half = full_light(alpha.dtype) / 2
    return not (alpha[::8, ::8] >= half).any() and 0 < alpha.max() < half  # most images tell by a few of their pixels


def has_faint_alpha(image: Image) -> bool:
    """Whether the alpha of an image is faint, and not as where a tiny object was resized: many pixels are as opaque."""
    if image.ndim != 3 or image.shape[2] != 4 or not is_faint(alpha := image[..., 3]):
        return False
    return int(np.count_nonzero(alpha >= 0.9 * alpha.max())) >= max(FEW, alpha.size / 100)


def warn_of_faint_alpha(images: Iterable[Image]) -> None:
    """Warn once of RGBA images in which nothing is foreground though an object seems to be meant."""
    if isinstance(images, np.ndarray) and images.shape[3:] != (4,):
        return  # thousands of small images without alpha need no look at each
    if isinstance(images, np.ndarray):  # of a stack, one look tells most images
        has_foreground = (images[:, ::8, ::8, 3] >= full_light(images.dtype) / 2).any(axis=(1, 2))
        images = [images[index] for index in np.flatnonzero(~has_foreground)]
    faint = [image for image in images if has_faint_alpha(image)]
    if faint:
        opaque, largest = full_light(faint[0].dtype), faint[0][..., 3].max()
        warnings.warn(
            f"No alpha of {len(faint)} of these images (RGBA) reaches one half of opaque, {opaque:g}: nothing is "
            f"foreground, and what shows is mostly the background. The largest is {largest:g}; where another value is "
            "opaque, give join_alpha(image, image[..., 3] / that value).",
            ImageValueWarning,
            stacklevel=2,
        )


def check_fraction(name: str, value: Any) -> float:
    """Give back a number from 0 to 1 as float."""
    if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) and 0 <= float(value) <= 1:
        return float(value)
    raise ValueError(f"The {name!r} parameter must be a float in the range [0.0, 1.0], got {shown(value)}.")


def check_same_size(one: np.ndarray, other: np.ndarray, what: str) -> None:
    """Refuse two arrays whose rows and columns differ, before a kernel reads one by the size of the other."""
    if one.shape[:2] != other.shape[:2]:
        raise ImageFormatError(
            f"Expected {what} of one height and width, got {one.shape[:2]} and {other.shape[:2]}."
            + (" Transposed?" if one.shape[:2] == other.shape[:2][::-1] else "")
        )


def check_mask(mask: np.ndarray) -> np.ndarray:
    """Check that an array is a mask (height, width) with pixels, and return it as bool.

    0 and one other whole number are taken in any dtype, labels in signed ones and those of more than 16 bits, floats if
    they are 0 and 1.
    """
    if isinstance(mask, np.ndarray) and mask.ndim == 2 and mask.size:
        check_unmasked(mask)
        if mask.dtype == bool:
            return mask
        if mask.dtype.kind in "iu" and mask.min() >= 0:
            is_foreground = mask != 0
            is_image = mask.dtype.kind == "u" and mask.dtype.itemsize <= 2  # of several values: gray levels or labels?
            if not is_image or (mask == mask.max()).sum() == is_foreground.sum():
                return is_foreground
        if mask.dtype.kind == "f" and ((mask == 0) | (mask == 1)).all():
            return mask == 1
    came = f"{mask.dtype} of shape {mask.shape}" if isinstance(mask, np.ndarray) else described(mask)
    raise ImageFormatError(
        "Expected a mask, a bool array (height, width) with pixels or one of 0 and another whole number, "
        f"got {came}. Try mask > 0, or alpha >= 0.5."
    )


def described(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.dtype != object and value.size > 4:
        return f"an array of {value.dtype}, shape {value.shape}"
    return f"{type(value).__name__} {shown(value)}"
