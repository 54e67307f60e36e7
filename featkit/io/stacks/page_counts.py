"""Which pages or frames an image file has, by its headers."""

import io
import os

import PIL.Image

from ..formats._tiff_pages import main_pages
from ..formats.extras.heif import open_heif
from ..places import read_file
from .page_paths import page_path, part_of_path

_TIFF, _HEIF = (".tif", ".tiff"), (".heic", ".heif", ".hif")
PAGES = ("first", "all")  # of each file
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
            import tifffile

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


def paths_of_pages(path: str, pages: str) -> list[str]:
    """Path of the file where its first page is wanted, or it has one alone; else a path for each page."""
    numbers = None if pages == "first" else pages_of(path)
    return [path] if numbers is None else [page_path(path, number) for number in numbers]


def page_beside(path: str | os.PathLike, page: int | None, beside: str) -> int | None:
    """Page of a mask file that belongs to an image.

    Parameters
    ----------
    path : str or PathLike
        Of the image, which may name a page.
    page : int or None
        The page of the image, where its path names none.
    beside : str
        The mask file.

    Returns
    -------
    page : int or None
        That of the same number; None of an image without a page, and where the mask file holds one mask, for all pages.
    """
    part = part_of_path(path)
    page = page if part is None or part.page is None else part.page
    return None if page is None or pages_of(beside) is None else page
