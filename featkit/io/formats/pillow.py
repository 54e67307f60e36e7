"""Pillow images of any mode become arrays; GIF, BMP and PNM files are decoded by Pillow."""

import io
import struct
from collections.abc import Callable

import numpy as np
import PIL.Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.PpmImagePlugin import PpmImageFile

from ...exceptions import ImageReadError
from ...image.alpha import join_alpha
from ..color.color_profiles import ink_to_srgb, to_srgb
from ..color.color_signals import profile_of_exif
from .checks import Decoded, Wanted, check_only_page, check_pixel_count, only_read
from .pixels import orientation_of, upright

_BMP_HEADER, _VERSION_5 = 14, 124  # where the header of a BMP begins, and its length in version 5
_COLOR_SPACE, _EMBEDDED, _PROFILE_PLACE = 70, b"DEBM", 126  # its kind, and start (in the header) and size of a profile


def pillow_pixels(image: PIL.Image.Image, color_profile: str = "ignore") -> np.ndarray:
    """Array of a Pillow image of any mode, turned upright by its EXIF orientation.

    Parameters
    ----------
    image : PIL.Image.Image
        1, L, I;16 and I give gray; P, RGB, CMYK, YCbCr, HSV give RGB; LA, PA, RGBA and every mode that
        declares a transparent color give RGBA; F gives float gray.
    color_profile : {"convert", "ignore", "raise"}, default="ignore"
        What to do with a color profile that the image carries.

    Returns
    -------
    pixels : ndarray (height, width[, 3 or 4])
        uint8; uint16 for I;16 and I; float32 for F.
    """
    image.load()
    profile = image.info.get("icc_profile") or None
    if profile is None and image.format in ("JPEG", "MPO") and color_profile != "ignore":
        profile = profile_of_exif(image.getexif())
    if image.mode == "CMYK":
        pixels = ink_to_srgb(_ink_of(image), profile, color_profile)
    else:
        pixels = to_srgb(_pixels_of_mode(image), profile, color_profile)
    return upright(pixels, orientation_of(image.getexif))


def _ink_of(image: PIL.Image.Image) -> np.ndarray:
    ink = np.array(image)
    if image.format == "JPEG" and "adobe" not in image.info:  # Pillow takes every one for Adobe's inverted kind
        return 255 - ink
    return ink


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
    if image.mode == "LAB":
        raise ImageReadError(
            "It holds CIE Lab colors, which are not converted here. Save it as RGB in the program that made it."
        )
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    return np.array(image if image.mode == mode else image.convert(mode))  # converting copies what is right, too


def with_transparent_value(gray: np.ndarray, info: dict) -> np.ndarray:
    """RGBA where the file names one gray value as transparent; Pillow's own conversion would clip to 8 bits."""
    transparent = info.get("transparency")
    return gray if transparent is None else join_alpha(gray, gray != transparent)


def decode_frames(header: PIL.Image.Image, wanted: Wanted, image_format: str) -> Decoded:
    """Decode one frame of a file that Pillow has opened: the first, unless another is wanted."""
    check_pixel_count(*header.size, wanted.max_pixels)
    is_animated = getattr(header, "is_animated", False)
    if not is_animated:
        check_only_page(wanted.page, image_format)
        return Decoded(pillow_pixels(header, wanted.color_profile))
    if wanted.page:
        try:
            for frame in range(1, wanted.page + 1):
                header.seek(frame)
                check_pixel_count(*header.size, wanted.max_pixels)  # a frame of a GIF may be larger than those before
        except EOFError as error:
            raise ImageReadError(
                f"expected a page below {getattr(header, 'n_frames', 1)}, the number of its frames, got {wanted.page}."
            ) from error
    pixels = pillow_pixels(header, wanted.color_profile)
    return Decoded(pixels, "" if wanted.page is not None else only_read("the first frame of an animation"))


def _decoder_of(
    open_header: Callable[[io.BytesIO], PIL.Image.Image], image_format: str
) -> Callable[[bytes, Wanted], Decoded]:
    def decode(data, wanted):
        return decode_frames(open_header(io.BytesIO(data)), wanted, image_format)

    return decode


def _open_bmp(file: io.BytesIO) -> PIL.Image.Image:
    """A BMP file with the color profile that its header of version 5 says to follow, of which Pillow knows nothing."""
    image, data = BmpImageFile(file), file.getvalue()
    if data[_BMP_HEADER] == _VERSION_5 and data[_COLOR_SPACE : _COLOR_SPACE + 4] == _EMBEDDED:
        start, size = struct.unpack_from("<II", data, _PROFILE_PLACE)
        image.info["icc_profile"] = data[_BMP_HEADER + start :][:size]
    return image


decode_gif = _decoder_of(GifImageFile, "GIF")
decode_bmp = _decoder_of(_open_bmp, "BMP")
decode_pnm = _decoder_of(PpmImageFile, "PNM")
