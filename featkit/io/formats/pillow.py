"""Pillow images of any mode become arrays; GIF, BMP and PNM files are decoded by Pillow."""

import io
from collections.abc import Callable

import numpy as np
import PIL.Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.PpmImagePlugin import PpmImageFile

from ...exceptions import ImageReadError
from ...image.alpha import join_alpha
from .checks import Decoded, Wanted, check_only_page, check_pixel_count
from .orientation import orientation_of, upright


def pillow_pixels(image: PIL.Image.Image) -> np.ndarray:
    """Array of a Pillow image of any mode, turned upright by its EXIF orientation.

    Parameters
    ----------
    image : PIL.Image.Image
        1, L, I;16 and I give gray; P, RGB, CMYK, YCbCr, HSV give RGB; LA, PA, RGBA and every mode that
        declares a transparent color give RGBA; F gives float gray.

    Returns
    -------
    pixels : ndarray (height, width[, 3 or 4])
        uint8; uint16 for I;16 and I; float32 for F.
    """
    image.load()
    return upright(_pixels_of_mode(image), orientation_of(image.getexif))


def _pixels_of_mode(image: PIL.Image.Image) -> np.ndarray:
    if image.mode.startswith("I;16"):
        return with_transparent_value(np.array(image).astype(np.uint16), image.info)
    if image.mode == "I":
        values = np.array(image)
        if values.min() < 0 or values.max() > 65535:
            raise ImageReadError(
                f"expected integer pixels in 0..65535, got {values.min()}..{values.max()} (mode I). "
                "Rescale them to uint16 and pass the array."
            )
        return with_transparent_value(values.astype(np.uint16), image.info)
    if image.mode == "F":
        return np.array(image)
    if image.mode == "CMYK":
        ink = np.array(image)
        if image.format == "JPEG" and "adobe" not in image.info:  # Pillow takes every one for Adobe's inverted kind
            ink = 255 - ink
        return light_through_ink(ink)
    if image.mode == "LAB":
        raise ImageReadError(
            "It holds CIE Lab colors, which are not converted here. Save it as RGB in the program that made it."
        )
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        return np.array(image.convert("RGBA"))
    return np.array(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def with_transparent_value(gray: np.ndarray, info: dict) -> np.ndarray:
    """RGBA where the file names one gray value as transparent; Pillow's own conversion would clip to 8 bits."""
    transparent = info.get("transparency")
    return gray if transparent is None else join_alpha(gray, gray != transparent)


def light_through_ink(ink: np.ndarray) -> np.ndarray:
    """RGB of amounts of cyan, magenta, yellow and black, without a color profile.

    Parameters
    ----------
    ink : uint8 or uint16 ndarray (height, width, 4)

    Returns
    -------
    rgb : ndarray (height, width, 3)
        Of the same dtype.
    """
    white = int(np.iinfo(ink.dtype).max)
    ink = ink.astype(np.uint32)
    product = (white - ink[..., :3]) * (white - ink[..., 3:])  # of 65535 by 65535 still fits
    return (product / white + 0.5).astype(np.uint8 if white == 255 else np.uint16)


def decode_frames(header: PIL.Image.Image, wanted: Wanted, image_format: str) -> Decoded:
    """Decode one frame of a file that Pillow has opened: the first, unless another is wanted."""
    check_pixel_count(*header.size, wanted.max_pixels)
    is_animated = getattr(header, "is_animated", False)
    if not is_animated:
        check_only_page(wanted.page, image_format)
        return Decoded(pillow_pixels(header))
    if wanted.page:
        try:
            header.seek(wanted.page)
        except EOFError as error:
            raise ImageReadError(
                f"expected a page below {getattr(header, 'n_frames', 1)}, the number of its frames, got {wanted.page}."
            ) from error
    return Decoded(pillow_pixels(header), "" if wanted.page is not None else "the first frame of an animation")


def _decoder_of(
    open_header: Callable[[io.BytesIO], PIL.Image.Image], image_format: str
) -> Callable[[bytes, Wanted], Decoded]:
    def decode(data, wanted):
        return decode_frames(open_header(io.BytesIO(data)), wanted, image_format)

    return decode


decode_gif = _decoder_of(GifImageFile, "GIF")
decode_bmp = _decoder_of(BmpImageFile, "BMP")
decode_pnm = _decoder_of(PpmImageFile, "PNM")
