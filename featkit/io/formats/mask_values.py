"""Stored values of a file that holds a mask or labels: palette indices, not their colors; integers of any width."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import PIL.Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.PngImagePlugin import PngImageFile

from ...exceptions import ImageReadError
from ._tiff_pages import choose_page
from .checks import Wanted, require_imagecodecs
from .decoding import decode_image
from .pixels import orientation_of, upright
from .tiff import check_page, needs_imagecodecs, orientation_of_page

if TYPE_CHECKING:
    import tifffile

_WITH_PALETTE: dict[bytes, Any] = {b"\x89PNG": PngImageFile, b"GIF8": GifImageFile, b"BM": BmpImageFile}
_PALETTE, _MIN_IS_WHITE, _MIN_IS_BLACK = 3, 0, 1  # photometric interpretations of TIFF
_SOFTWARE = 305  # tag


class MaskValues(NamedTuple):
    """Values of a mask file.

    Attributes
    ----------
    values : ndarray (height, width) or (height, width, 3 or 4)
        As they are stored, of any dtype; palette indices where the palette has colors.
    has_colors : bool
        Whether the values are indices of a palette with colors, which are labels in any case.
    is_lossy : bool
        Whether the file is a JPEG, whose values are only nearly those of the mask.
    left_out : str
        See `Decoded`.
    """

    values: np.ndarray
    has_colors: bool = False
    is_lossy: bool = False
    left_out: str = ""


def decode_mask_values(data: bytes, wanted: Wanted) -> MaskValues:
    """Stored values of the content of a file that holds a mask or labels."""
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _values_of_tiff(data, wanted)
    for signature, open_header in _WITH_PALETTE.items():
        if not data.startswith(signature):
            continue
        decoded = decode_image(data, wanted)  # with all its checks
        header = open_header(io.BytesIO(data))
        header.seek(wanted.page or 0)
        if header.mode == "P":
            return mask_values_of_pillow(header)._replace(left_out=decoded.left_out)
        if signature == b"\x89PNG" and data[25] == 0 and data[24] in (2, 4):  # gray, stretched by Pillow
            step = 85 if data[24] == 2 else 17
            return MaskValues(decoded.pixels // step, left_out=decoded.left_out)
        is_bits = header.mode == "1" and decoded.pixels.ndim == 2
        return MaskValues(decoded.pixels > 0 if is_bits else decoded.pixels, left_out=decoded.left_out)
    decoded = decode_image(data, wanted)
    return MaskValues(decoded.pixels, is_lossy=data.startswith(b"\xff\xd8"), left_out=decoded.left_out)


def mask_values_of_pillow(image: PIL.Image.Image) -> MaskValues:
    """Stored values of a Pillow image."""
    image.load()
    turn = orientation_of(image.getexif)
    values = upright(np.array(image), turn)
    if image.mode == "P":
        return MaskValues(*_gray_or_indices(values, np.array(image.getpalette("RGB")).reshape(-1, 3)))
    if image.mode == "1" and (tags := getattr(image, "tag_v2", None)) is not None:  # of TIFF
        values = values ^ _is_true_black(tags.get(262), tags.get(_SOFTWARE))
    return MaskValues(values, is_lossy=image.format == "JPEG")


def _gray_or_indices(indices: np.ndarray, colors: np.ndarray) -> tuple[np.ndarray, bool]:
    """The gray values where the palette is gray: the order of its entries is the writer's own."""
    is_gray = (colors == colors[:, :1]).all()
    if is_gray and indices.max() < len(colors):
        return colors[indices, 0].astype(np.uint8), False
    return indices, True


def _values_of_tiff(data: bytes, wanted: Wanted) -> MaskValues:
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page, index, left_out = choose_page(file, wanted.page)
        check_page(data, page, wanted.max_pixels)
        is_gray = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK)
        if page.bitspersample == 1 or not (is_gray or page.photometric == _PALETTE) or page.samplesperpixel > 1:
            pixels, left_out = decode_image(data, wanted)
            if page.bitspersample > 1 or pixels.ndim > 2:
                return MaskValues(pixels, left_out=left_out)
            is_black = _is_true_black(page.photometric, page.tags.valueof(_SOFTWARE))
            return MaskValues((pixels > 0) != is_black, left_out=left_out)
        if page.ndim != 2:
            raise ImageReadError(f"expected a mask (height, width), got a page of shape {page.shape}.")
        try:
            values = upright(page.asarray(), orientation_of_page(page))
        except (ValueError, NotImplementedError, ImportError) as error:
            if not needs_imagecodecs(error):
                raise
            values = _by_pillow(data, page, index)
        if values.ndim != 2:
            raise ImageReadError("expected a whole page, its data end too early. Copy the file again from its source.")
        values = values.astype(values.dtype.newbyteorder("="), copy=False)
        if page.photometric == _MIN_IS_WHITE and not file.is_imagej:  # ImageJ means the stored values
            values = (1 << page.bitspersample) - 1 - values.astype(np.int64)
        if page.photometric == _PALETTE:
            values, has_colors = _gray_or_indices(values, (np.asarray(page.colormap).T >> 8).reshape(-1, 3))
            return MaskValues(values, has_colors, left_out=left_out)
        return MaskValues(values, left_out=left_out)


def _is_true_black(photometric: int | None, software: str | None) -> bool:
    """Whether tifffile wrote a page of 1 bit: it calls arrays of bool min-is-white, so that True is shown black."""
    return photometric == _MIN_IS_WHITE and str(software).startswith("tifffile")


def _by_pillow(data: bytes, page: tifffile.TiffPage, index: int | None) -> np.ndarray:
    """Values of 8 bits in compressions that tifffile needs imagecodecs for, turned upright."""
    if page.bitspersample != 8 or page.photometric == _MIN_IS_WHITE or index is None:
        name = getattr(page.compression, "name", page.compression)
        require_imagecodecs(f"a TIFF file of {page.bitspersample} bits and compression {name}")
    from PIL.TiffImagePlugin import TiffImageFile

    image = TiffImageFile(io.BytesIO(data))
    image.seek(index or 0)
    image.load()
    return upright(np.array(image), orientation_of(image.getexif))
