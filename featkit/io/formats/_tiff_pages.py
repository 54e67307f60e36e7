"""Which page of a TIFF file is its image, what the others are, and whether its strips hold no more than they may."""

from __future__ import annotations

import importlib.util
import lzma
import math
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ...exceptions import ImageReadError
from .checks import only_read, require_imagecodecs
from .jpeg import BASELINE, frame_of
from .webp import webp_size

if TYPE_CHECKING:
    import tifffile

JPEG = (6, 7, 33007, 34892)  # compressions
_BOUNDED = (None, 1, 2, 3, 4, 5, 32771)  # what unpacks them stops where the strip is full
_PACK_BITS, _LZMA, _ZSTD = 32773, 34925, (34926, 50000)
_PACKED = (8, 32946, _PACK_BITS, _LZMA, *_ZSTD)  # with deflate; what unpacks them stops in imagecodecs only
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
    check_chain(file)
    n_pages = len(file.pages)
    if wanted is not None:
        if wanted >= n_pages:
            raise ImageReadError(f"expected a page below {n_pages}, the number of its pages, got {wanted}.")
        return ChosenPage(whole_page(file.pages[wanted]), wanted, "")
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


def check_chain(file: tifffile.TiffFile) -> None:
    """Refuse a file whose pages lead back to one before: tifffile would list them without end.

    Raises
    ------
    ImageReadError
        When the chain of pages runs in a circle.
    """
    kind, handle = file.tiff, file.filehandle
    handle.seek(8 if kind.offsetsize == 8 else 4)
    seen: set[int] = set()
    while True:
        content = handle.read(kind.offsetsize)
        offset = struct.unpack(kind.offsetformat, content)[0] if len(content) == kind.offsetsize else 0
        if offset == 0 or offset >= handle.size:
            return
        if offset in seen:
            raise ImageReadError(
                f"expected a TIFF file with one page after the other, its page {len(seen)} is one of those before. "
                "Copy it again from its source, or leave it out."
            )
        seen.add(offset)
        handle.seek(offset)
        content = handle.read(kind.tagnosize)
        if len(content) < kind.tagnosize:
            return
        handle.seek(offset + kind.tagnosize + struct.unpack(kind.tagnoformat, content)[0] * kind.tagsize)


def main_pages(file: tifffile.TiffFile) -> list[int]:
    """Numbers of the pages that are no previews, steps of a pyramid or masks; of all where all are."""
    check_chain(file)
    pages = [whole_page(page) for page in file.pages]
    images = [number for number, page in enumerate(pages) if not _is_reduced(page) and not page.is_mask]
    return images or list(range(len(pages)))


def _pages_in_order(file: tifffile.TiffFile, n_pages: int) -> Iterator[tuple[tifffile.TiffPage, int | None]]:
    """Pages, each followed by those below it."""
    for index in range(n_pages):
        page = whole_page(file.pages[index])
        yield page, index
        if page.subifds and (index == 0 or _is_reduced(page)):
            yield from ((whole_page(below), None) for below in page.pages or ())


def whole_page(page: tifffile.TiffPage | tifffile.TiffFrame) -> tifffile.TiffPage:
    import tifffile

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


def check_segments(data: bytes, page: tifffile.TiffPage) -> None:
    """Refuse a page of which a strip or tile would unpack to more than its share of the image.

    Raises
    ------
    ImageReadError
        Also where the size of what a compression holds is not known before it is unpacked.
    """
    compression = page.compression
    if compression in _BOUNDED or (compression in _PACKED and _has_imagecodecs()):
        return
    height = page.tilelength if page.is_tiled else min(page.rowsperstrip, page.imagelength)
    width = page.tilewidth if page.is_tiled else page.imagewidth
    if compression not in (*JPEG, *_PACKED, *_SIZES):
        raise ImageReadError(
            f"It is a TIFF file of compression {getattr(compression, 'name', compression)}, whose size is not known "
            "before it is unpacked. Save it without compression, with deflate, or as PNG."
        )
    for offset, count in zip(page.dataoffsets, page.databytecounts):
        segment = data[offset : offset + count]
        if not segment:
            continue
        if compression in JPEG:
            found = _size_of_jpeg(segment, page)
        elif compression in _SIZES:
            found = _SIZES[compression](segment)
        else:
            _check_unpacked(segment, compression, width, height, page)
            continue
        if found[0] > _multiple_of(16, width) or found[1] > _multiple_of(16, height):
            raise _too_large(f"an image of {found[1]} x {found[0]}", f"{height} x {width} pixels")


def _has_imagecodecs() -> bool:
    return importlib.util.find_spec("imagecodecs") is not None


def _multiple_of(step: int, size: int) -> int:
    return -(-size // step) * step


def _too_large(came: str, expected: str) -> ImageReadError:
    return ImageReadError(
        f"expected strips or tiles of at most {expected} in the TIFF file, as its header says, got {came}. "
        "Copy it again from its source, or leave it out."
    )


def _check_unpacked(segment: bytes, compression: int, width: int, height: int, page: tifffile.TiffPage) -> None:
    n_samples = page.samplesperpixel if page.planarconfig == 1 else 1
    most = math.ceil(width * n_samples * page.bitspersample / 8) * height * page.tiledepth
    if compression in _ZSTD:
        require_imagecodecs("a TIFF file of compression ZSTD")
    unpacker: Any = lzma.LZMADecompressor() if compression == _LZMA else zlib.decompressobj()
    is_pack_bits = compression == _PACK_BITS
    size = _unpacked_pack_bits(segment) if is_pack_bits else len(unpacker.decompress(segment, most + 1))
    if size > most:
        raise _too_large("more", f"{most} bytes")


def _unpacked_pack_bits(segment: bytes) -> int:
    size = position = 0
    while position < len(segment):
        count = segment[position]
        size += count + 1 if count < 128 else 257 - count if count > 128 else 0
        position += count + 2 if count < 128 else 2 if count > 128 else 1
    return size


def _size_of_jpeg(segment: bytes, page: tifffile.TiffPage) -> tuple[int, int]:
    """Width and height; JPEGs of other kinds than TIFF has are refused, since damaged ones would be read beyond."""
    frame = frame_of(segment)
    if frame.kind not in BASELINE or frame.n_bits != page.bitspersample:
        raise ImageReadError(
            f"expected JPEGs of {page.bitspersample} bits in the TIFF file, got one of {frame.n_bits} bits, "
            f"frame {frame.kind:#x}. If another program opens it, save it there as PNG; else copy it again."
        )
    return frame.width, frame.height


def _size_of_png(segment: bytes) -> tuple[int, int]:
    if segment[12:16] != b"IHDR":
        raise ImageReadError("expected PNG content in the TIFF file, its header is another. Copy it again.")
    return struct.unpack_from(">II", segment, 16)


def _size_of_jpeg_2000(segment: bytes) -> tuple[int, int]:
    """Width and height in the header of the codestream, which may stand in a box."""
    start = 0
    while segment[start : start + 4] != b"\xff\x4f\xff\x51":
        length, kind = struct.unpack_from(">I4s", segment, start)
        if kind != b"jp2c" and length < 8:
            raise ImageReadError("expected JPEG 2000 content in the TIFF file, its header is another. Copy it again.")
        start += 8 if kind == b"jp2c" else length
    return struct.unpack_from(">II", segment, start + 8)


_SIZES: dict[int, Callable[[bytes], tuple[int, int]]] = {
    **dict.fromkeys((33003, 33004, 33005, 34712), _size_of_jpeg_2000),
    **dict.fromkeys((34927, 50001), webp_size),
    34933: _size_of_png,
}
