"""HEIC and HEIF files of phones, by the package pillow-heif."""

import io
import re
from typing import Any

import numpy as np

from ...._optional import require
from ....exceptions import ImageReadError, MissingDependencyError
from ...color.color_profiles import to_srgb
from ...color.color_signals import profile_of_cicp
from ..checks import Decoded, Wanted, check_pixel_count, only_read
from ..pixels import full_range
from ._boxes import item_properties

SIGNATURE = rb"....ftyp(hei|hev|mif1|msf1)"
_CONTAINER_BITS = 16  # pillow-heif gives more than 8 bits in the upper ones of 16


def decode_heif(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a HEIC or HEIF file; of several images the primary one.

    pillow-heif applies rotation and mirroring, and sets the EXIF orientation to 1 (1.8): nothing is left to turn.
    """
    known = item_properties(data)
    check_pixel_count(*known.size, wanted.max_pixels)
    file = open_heif(io.BytesIO(data))
    if wanted.page is not None and wanted.page >= len(file):
        raise ImageReadError(f"expected a page below {len(file)}, the number of its images, got {wanted.page}.")
    image = file[file.primary_index if wanted.page is None else wanted.page]
    width, height = image.size
    check_pixel_count(width, height, wanted.max_pixels)
    if getattr(image, "premultiplied_alpha", False):
        raise ImageReadError("Its colors are multiplied by its alpha, which is not undone here. Save it as PNG.")
    pixels = np.asarray(image)
    n_bits = image.info.get("bit_depth", 8)
    if pixels.dtype == np.uint16:
        pixels = full_range(pixels >> (_CONTAINER_BITS - n_bits), n_bits)
    profile = image.info.get("icc_profile") or None
    nclx = image.info.get("nclx_profile")
    if profile is None and nclx and wanted.color_profile != "ignore":
        profile = profile_of_cicp(int(nclx["color_primaries"]), int(nclx["transfer_characteristics"]))
    pixels = to_srgb(np.ascontiguousarray(pixels), profile, wanted.color_profile)
    is_one_of_several = wanted.page is None and len(file) > 1
    return Decoded(pixels, only_read(f"the primary one of {len(file)} images") if is_one_of_several else "")


def is_heif(data: bytes) -> bool:
    """Whether content is that of a HEIC or HEIF file, and not of AVIF."""
    return re.match(SIGNATURE, data, re.DOTALL) is not None and b"avif" not in data[8:64]


def open_heif(file: io.BytesIO) -> Any:
    """Images of a file, by pillow-heif; nothing is decoded yet.

    Raises
    ------
    ImageReadError
        When pillow-heif is not installed.
    """
    try:
        pillow_heif = require("pillow_heif", extra="formats")
    except MissingDependencyError as error:
        raise ImageReadError(f"It is a HEIC/HEIF file. {error}") from error
    return pillow_heif.open_heif(file, convert_hdr_to_8bit=False)
