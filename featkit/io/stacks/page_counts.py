"""How many pages or frames an image file has, by its headers."""

import io
import os

import PIL.Image
import tifffile

from ..formats._tiff_pages import main_pages
from ..formats.extras.heif import open_heif
from ..places import read_file

_TIFF, _HEIF = (".tif", ".tiff"), (".heic", ".heif", ".hif")
_ANIMATED = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG", ".avif": "AVIF"}


def pages_of(path: str | os.PathLike) -> list[int] | None:
    """Numbers of the pages of a TIFF file that are images, or of the frames of an animation.

    Parameters
    ----------
    path : str or PathLike
        What is counted is told by the suffix; no pixels are decoded.

    Returns
    -------
    pages : list of int or None
        None where the file holds one image, or cannot be read: what is wrong is told when it is.
    """
    suffix = os.path.splitext(path)[1].lower()
    try:
        if suffix in _TIFF:
            with tifffile.TiffFile(path) as file:
                pages = main_pages(file)
        elif suffix in _ANIMATED:
            with PIL.Image.open(path, formats=(_ANIMATED[suffix],)) as image:
                pages = list(range(getattr(image, "n_frames", 1)))
        elif suffix in _HEIF:
            pages = list(range(len(open_heif(io.BytesIO(read_file(path))))))
        else:
            return None
    except Exception:  # a damaged file is listed as it is, and named by whoever reads it
        return None
    return pages if len(pages) > 1 else None
