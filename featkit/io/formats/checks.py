"""What every decoder is asked for, what it gives, and the refusals that the decoders share."""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ..._optional import require
from ...exceptions import ImageReadError, MissingDependencyError
from ..places import MAX_BYTES

TO_DEVELOP = (
    "Develop it, e.g. rawpy.imread(path).postprocess(), and pass the array; raw_preview=True reads the preview of the "
    "camera in it"
)


class Wanted(NamedTuple):
    """What a caller wants of a file.

    Attributes
    ----------
    min_size : int or None
        A JPEG may come at 1/2, 1/4 or 1/8 of its size as long as its shorter side keeps this many pixels.
    max_pixels : int
        Largest ``height * width`` the header may declare.
    page : int or None
        Page of a TIFF or frame of an animation; None is the main image.
    color_profile : {"convert", "ignore", "raise"}
        What to do with an embedded color profile that is not sRGB. Masks are no colors and ignore it.
    max_bytes : int
        Largest content of a file.
    channel : int, str, tuple or None
        Channels that are wanted, as `check_channels` gives them.
    projection : {"max", "mean", "sharpest"} or None
        How the planes of a stack become one.
    raw_preview : bool
        Whether of the raw file of a camera its preview is read.
    """

    min_size: int | None
    max_pixels: int
    page: int | None
    color_profile: str = "ignore"
    max_bytes: int = MAX_BYTES
    channel: Any = None
    projection: str | None = None
    raw_preview: bool = False


class Decoded(NamedTuple):
    """Pixels of a file, and a sentence about what of the file they leave out ("" for nothing)."""

    pixels: np.ndarray
    left_out: str = ""


def only_read(part: str) -> str:
    """Sentence about a file of which one page or frame was read."""
    return f"only {part} was read. page=0, 1, ... says which one is meant, and reads without this warning."


def check_pixel_count(width: int, height: int, max_pixels: int) -> None:
    """Refuse an image whose header declares more pixels than allowed."""
    if width * height > max_pixels:
        raise ImageReadError(
            f"expected at most max_pixels={max_pixels} pixels, got {height} x {width} = {width * height}. "
            "Raise max_pixels where the file can be trusted."
        )


def check_only_page(page: int | None, image_format: str) -> None:
    """Refuse a page other than the first of a format that holds one image."""
    if page:
        raise ImageReadError(f"expected a page of a file with several, got page={page} of a {image_format} file.")


def truncated(image_format: str, data: bytes, end: str) -> ImageReadError:
    """Error about a file that ends too early."""
    return ImageReadError(
        f"expected a whole {image_format} file, it is truncated: {len(data)} bytes without {end}. "
        "Copy it again from its source."
    )


def require_imagecodecs(kind: str) -> ModuleType:
    """The package imagecodecs, which decodes what OpenCV, Pillow and tifffile alone cannot.

    Raises
    ------
    ImageReadError
        When it is not installed: the message says what the file is and which extra reads it.
    """
    try:
        return require("imagecodecs", extra="formats")
    except MissingDependencyError as error:
        raise ImageReadError(f"It is {kind}. {error}") from error
