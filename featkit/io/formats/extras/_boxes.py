"""Boxes of ISO files (ISO 14496-12), of which AVIF, HEIC and JPEG 2000 are made, and what they say of an image."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ....exceptions import ImageReadError

_HOLDERS = {b"iprp": 0, b"ipco": 0, b"meta": 4, b"jp2h": 0}  # boxes of boxes, and the bytes before these
_DEEPEST = 5


class ItemProperties(NamedTuple):
    """What the properties of the images in an AVIF or HEIC file say.

    Attributes
    ----------
    size : (int, int)
        Width and height of the largest one.
    n_bits : int
        Bits of a sample of the deepest one.
    color : (int, int) or None
        Code points of primaries and transfer (ITU-T H.273), where they are named.
    """

    size: tuple[int, int]
    n_bits: int
    color: tuple[int, int] | None


def boxes(
    data: bytes, start: int = 0, end: int | None = None, depth: int = 0, holders: Mapping[bytes, int] = _HOLDERS
) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the content of every box, and of those within boxes that hold an image's properties."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, kind, header = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if length == 1:
            length, header = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        stop = end if length == 0 else start + length
        if length and length < header or stop > end:
            raise ImageReadError(
                f"expected a whole file, its box {kind!r} ends after it. Copy it again from its source."
            )
        yield kind, start + header, stop
        if kind in holders and depth < _DEEPEST:
            yield from boxes(data, start + header + holders[kind], stop, depth + 1, holders)
        start = stop


def item_properties(data: bytes) -> ItemProperties:
    """Read the properties of all images in an AVIF or HEIC file; none of their pixels.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    properties : ItemProperties

    Raises
    ------
    ImageReadError
        When the file is cut off, or says no size.
    """
    size, n_bits, color = (0, 0), 8, None
    for kind, start, stop in boxes(data):
        if kind == b"ispe":
            width, height = (int.from_bytes(data[start + k : start + k + 4], "big") for k in (4, 8))
            size = max(size, (width, height), key=lambda sides: sides[0] * sides[1])
        elif kind == b"pixi":
            n_bits = max(n_bits, *data[start + 5 : min(stop, start + 5 + data[start + 4])])
        elif kind == b"av1C":
            n_bits = max(n_bits, 8 + 2 * bool(data[start + 2] & 0x40) + 2 * bool(data[start + 2] & 0x20))
        elif kind == b"colr" and data[start : start + 4] == b"nclx" and color is None:
            color = (
                int.from_bytes(data[start + 4 : start + 6], "big"),
                int.from_bytes(data[start + 6 : start + 8], "big"),
            )
    if size == (0, 0):
        raise ImageReadError("expected a file that says the size of its image, it does not. Copy it again.")
    return ItemProperties(size, n_bits, color)
