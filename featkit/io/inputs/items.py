"""Images to come: their names, labels and content; parts of a list."""

import codecs
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from ...exceptions import ImageReadError
from ...image.on_demand.disk_arrays import READ_TOGETHER, DiskArray
from ..places import MAX_BYTES, is_url, read_file, read_place
from ..reading import read_image
from ..sources import HeldFile
from ..stacks.page_paths import file_of_path, part_of_path


class Item(NamedTuple):
    """One image to come: its name in the results, its label, and what an `ImageReader` reads."""

    name: str
    label: object
    source: Any


class FilePart:
    """Images of a list: paths, URLs, bytes or arrays.

    Parameters
    ----------
    items : list of Item
    max_bytes : int, default=1_000_000_000
        Largest content that is fetched from a URL.
    """

    def __init__(self, items: list[Item], max_bytes: int = MAX_BYTES) -> None:
        self.items = items
        self.max_bytes = max_bytes

    def digest(self, *, with_content: bool = True) -> str:
        """Tell this part from others by names and labels; by content where there are no files of these names."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(f"{item.name}\1{item.label}\0".encode("utf-8", "surrogateescape"))
            if with_content and not isinstance(item.source, str):
                with suppress(OSError):
                    digest.update(content_digest(item.source))
        return digest.hexdigest()

    def state(self) -> str:
        """Tell whether a file of this part has changed on this disk: digest of sizes and times."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(state_of_file(item.source))
        return digest.hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the items, those behind URLs with their content."""
        for item in self.items:
            yield item._replace(source=self._content_of_url(item.source)) if is_url(item.source) else item

    def _content_of_url(self, url: str) -> "NamedBytes | Unreadable":
        try:
            return NamedBytes(read_place(url, self.max_bytes), url)
        except ImageReadError as error:
            return Unreadable(error)


class ArrayPart:
    """Images of an array that is not in memory: from one position to another, a few of them at a time.

    Parameters
    ----------
    images : DiskArray
    start, stop : int
    labels : list or None
        Of these images.
    """

    def __init__(self, images: DiskArray, start: int, stop: int, labels: list | None) -> None:
        self.images = images
        self.start = start
        self.stop = stop
        self.labels = labels

    def digest(self, *, with_content: bool = True) -> str:
        """Tell this part from others by its place, its labels and its content."""
        digest = hashlib.sha256(f"{self.start} {self.stop} {self.labels}".encode("utf-8", "surrogateescape"))
        for item in self.open() if with_content else ():
            digest.update(content_digest(item.source))
        return digest.hexdigest()

    def state(self) -> str:
        """Nothing: the content is part of the digest."""
        return ""

    def open(self) -> Iterator[Item]:
        """Yield the images, read in slices."""
        for start in range(self.start, self.stop, READ_TOGETHER):
            for position, image in enumerate(self.images[start : min(start + READ_TOGETHER, self.stop)], start):
                yield Item(f"image {position}", self.labels and self.labels[position - self.start], image)


class NamedBytes(io.BytesIO):
    """Content of a file that is not on this disk, with the name that errors shall tell."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name

    def __reduce__(self) -> tuple:
        return type(self), (self.getvalue(), self.name)


def state_of_file(path: Any) -> bytes:
    """Size and time of a file on this disk; nothing where there is none."""
    if isinstance(path, str) and not is_url(path):
        path = file_of_path(path)
        with suppress(OSError, ValueError):
            status = os.stat(path)
            return b"%d %d\0" % (status.st_size, status.st_mtime_ns)
    return b"\0"


def content_digest(source: Any) -> bytes:
    """Digest of what tells a source from others under any name: the bytes of its file, or its pixels.

    Raises
    ------
    OSError
        When the file cannot be read, or the stream only once.
    """
    if hasattr(source, "getexif"):  # a Pillow image: palette and orientation count
        source = read_image(source)
    part = part_of_path(source)
    if isinstance(source, (str, os.PathLike)):
        content = source.content if isinstance(source, HeldFile) else read_file(file_of_path(source))
        pieces = [content] if part is None else [content, repr(part[1:]).encode()]
    elif isinstance(source, (bytes, bytearray, memoryview)):
        pieces = [bytes(source)]
    elif hasattr(source, "read"):
        if not source.seekable():
            raise OSError("The stream can be read only once.")
        position = source.tell()
        pieces = [source.read()]
        source.seek(position)
    else:
        array = np.asarray(source)
        if array.dtype.hasobject:
            raise OSError(f"A {type(source).__name__} has no content that could be told from others.")
        pieces = [f"{array.dtype.str} {array.shape}".encode(), np.ascontiguousarray(array).tobytes()]
    digest = hashlib.blake2b(digest_size=20)
    for piece in pieces:
        digest.update(len(piece).to_bytes(8, "little"))
        digest.update(piece)
    return digest.digest()


def decode_text(content: bytes) -> str:
    """Text of a table or a label in UTF-8, or in UTF-16 with its byte order mark, without the mark."""
    return content.decode("utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")


class Unreadable:
    """Stands for a source that could not be fetched, or is too large; raises when it is read."""

    def __init__(self, error: ImageReadError) -> None:
        self.error = error
        self.name = error.path

    def read(self, size: int = -1) -> bytes:
        raise self.error

    def seekable(self) -> bool:
        return False
