"""Where the previews in raw files of cameras stand: CR2, NEF, ARW, DNG and others like TIFF, RAF, CR3."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import PIL.Image

from .._tiff_pages import check_chain, whole_page
from ..extras._boxes import boxes

if TYPE_CHECKING:
    import tifffile

IS_TIFF = re.compile(rb"II[*+]\0|MM\0[*+]")
IS_CR3, IS_RAF = re.compile(rb"....ftypcrx ", re.DOTALL), re.compile(rb"FUJIFILMCCD-RAW ")
_MOSAIC, _LINEAR = 32803, 34892  # photometric interpretations
_JPEG_START, _JPEG_LENGTH = 513, 514  # tags
_STRIPS = (6, 7)  # compressions of a whole JPEG
_RAF_PLACE = 84  # of start and length of its JPEG
_CR3_TRACKS = {b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0}
_CR3_METADATA = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")  # box of the kind uuid
_CR3_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_BEFORE_PRVW, _BEFORE_JPEG = 24, 16  # bytes of the box, behind its uuid; of the preview, behind its kind


class Places(NamedTuple):
    """Where JPEGs may stand in a raw file, and its metadata, an EXIF block without its first six bytes."""

    jpegs: list[tuple[int, int]]  # start and length
    exif: bytes


def places_of_previews(data: bytes) -> Places | None:
    """Places in a raw file; None in a file of another kind.

    Parameters
    ----------
    data : bytes
        Content of a file.

    Returns
    -------
    places : Places or None
        What stands there need not be a JPEG.
    """
    if IS_RAF.match(data):
        start, length = (int.from_bytes(data[k : k + 4], "big") for k in (_RAF_PLACE, _RAF_PLACE + 4))
        return Places([(start, length)], b"")
    if IS_CR3.match(data):
        return _of_cr3(data)
    return _of_tiff(data) if IS_TIFF.match(data) else None


def _of_tiff(data: bytes) -> Places | None:
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        check_chain(file)
        pages = list(_pages_and_below(file))
        if data[8:10] != b"CR" and not any(page.photometric in (_MOSAIC, _LINEAR) for page in pages):
            return None
        return Places([place for page in pages for place in _of_page(page)], data)


def _pages_and_below(file: tifffile.TiffFile) -> Iterator[tifffile.TiffPage]:
    for one in file.pages:
        page = whole_page(one)
        yield page
        if page.subifds:
            yield from (whole_page(below) for below in page.pages or ())


def _of_page(page: tifffile.TiffPage) -> Iterator[tuple[int, int]]:
    start, length = (page.tags.valueof(tag) for tag in (_JPEG_START, _JPEG_LENGTH))
    if isinstance(start, int) and isinstance(length, int):
        yield start, length
    if page.compression in _STRIPS and len(page.dataoffsets) == 1:
        yield page.dataoffsets[0], page.databytecounts[0]


def _of_cr3(data: bytes) -> Places:
    """The JPEG of the box PRVW, and samples of tracks, of which one is a JPEG of full size."""
    jpegs, exif, length = [], b"", 0
    for kind, start, stop in boxes(data, holders=_CR3_TRACKS):
        if kind == b"uuid" and data[start : start + 16] == _CR3_METADATA:
            inner = boxes(data, start + 16, stop)
            exif = next((data[first:last] for name, first, last in inner if name == b"CMT1"), b"")
        elif kind == b"uuid" and data[start : start + 16] == _CR3_PREVIEW:
            first = start + _BEFORE_PRVW
            jpegs += [(at + _BEFORE_JPEG, end - at - _BEFORE_JPEG) for _, at, end in boxes(data, first, stop)]
        elif kind == b"stsz":
            length = int.from_bytes(data[start + 4 : start + 8], "big")
        elif kind == b"co64" and length:
            jpegs.append((int.from_bytes(data[start + 8 : start + 16], "big"), length))
            length = 0
    return Places(jpegs, exif)


def exif_of(block: bytes) -> PIL.Image.Exif:
    """EXIF metadata, read from a block that begins as a TIFF file does; empty where it is damaged."""
    exif = PIL.Image.Exif()
    try:
        exif.load(b"Exif\0\0" + block)
        return exif
    except Exception:  # the pixels are still good
        return PIL.Image.Exif()
