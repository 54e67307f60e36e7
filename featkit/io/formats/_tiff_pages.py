"""Which page of a TIFF file is its image, and what the others are."""

from collections.abc import Iterator
from typing import NamedTuple

import tifffile

from ...exceptions import ImageReadError
from .checks import only_read

_LOOKED_AT = 32  # pages; previews, masks and steps of a pyramid come in smaller numbers


class ChosenPage(NamedTuple):
    """A page, its number in the file, from 0 (None below another page), and a sentence about what is left out."""

    page: tifffile.TiffPage
    number: int | None
    left_out: str


def choose_page(file: tifffile.TiffFile, wanted: int | None) -> ChosenPage:
    """The page that is wanted; else the first that is no preview, no step of a pyramid and no mask.

    Parameters
    ----------
    file : TiffFile
    wanted : int or None
        Index of a page.

    Returns
    -------
    chosen : ChosenPage

    Raises
    ------
    ImageReadError
        When there is no such page.
    """
    n_pages = len(file.pages)
    if wanted is not None:
        if wanted >= n_pages:
            raise ImageReadError(f"expected a page below {n_pages}, the number of its pages, got {wanted}.")
        return ChosenPage(_whole(file.pages[wanted]), wanted, "")
    first = file.pages.first
    if n_pages == 1 and not first.subifds and not file.is_imagej:
        return ChosenPage(first, 0, "")
    pages = list(_pages_in_order(file, min(n_pages, _LOOKED_AT)))
    images = [(page, index) for page, index in pages if not _is_reduced(page) and not page.is_mask]
    if images:
        page, index = images[0]
    else:
        page, index = max(pages, key=lambda found: found[0].imagewidth * found[0].imagelength)
    n_images = sum(index is not None for _, index in images) + max(0, n_pages - _LOOKED_AT)
    n_images = max(n_images, _images_of_imagej(file))
    left_out = only_read(f"page {index} of its {n_images} pages{_series(file)}") if n_images > 1 else ""
    return ChosenPage(page, index, left_out)


def _pages_in_order(file: tifffile.TiffFile, n_pages: int) -> Iterator[tuple[tifffile.TiffPage, int | None]]:
    """Pages, each followed by those below it."""
    for index in range(n_pages):
        page = _whole(file.pages[index])
        yield page, index
        if page.subifds and (index == 0 or _is_reduced(page)):
            yield from ((_whole(below), None) for below in page.pages or ())


def _whole(page: tifffile.TiffPage | tifffile.TiffFrame) -> tifffile.TiffPage:
    return page.aspage() if isinstance(page, tifffile.TiffFrame) else page


def _is_reduced(page: tifffile.TiffPage) -> bool:
    return bool(page.is_reduced) or page.tags.valueof(255) == 2  # the tag of TIFF before version 5


def _images_of_imagej(file: tifffile.TiffFile) -> int:
    """ImageJ writes one page for a large stack and tells in the description how many images follow."""
    try:
        return int((file.imagej_metadata or {}).get("images", 1)) if file.is_imagej else 1
    except (TypeError, ValueError):
        return 1


def _series(file: tifffile.TiffFile) -> str:
    """Axes of a stack as tifffile understands them, such as CYX."""
    try:
        series = file.series[0]
        return f" (axes {series.axes}, shape {series.shape})"
    except Exception:  # metadata in any state; the pixels are still good
        return ""
