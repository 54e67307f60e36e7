"""Parts of work: the images of a list or of one tar file, on this disk or behind URLs, and their content."""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import numpy as np

from .._optional import require
from ..exceptions import ImageReadError
from .listing import IMAGE_SUFFIXES
from .reading import read_image

LABEL_SUFFIX = ".cls"  # of WebDataset: a member that holds the label of the images of the same name


class Item(NamedTuple):
    """One image to come: its name in the results, its label, and what an `ImageReader` reads."""

    name: str
    label: object
    source: Any


class FilePart:
    """Images of a list: paths, URLs, bytes or arrays."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items

    def digest(self) -> str:
        """Tell this part from others by names and labels; by content where there are no files of these names."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(f"{item.name}\1{item.label}\0".encode("utf-8", "surrogateescape"))
            if not isinstance(item.source, str):
                with suppress(OSError):
                    digest.update(content_digest(item.source))
        return digest.hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the items, those behind URLs with their content."""
        for item in self.items:
            yield item._replace(source=_content_of_url(item.source)) if is_url(item.source) else item


class ShardPart:
    """Images of one tar file, read from its beginning to its end; nothing is unpacked to disk."""

    def __init__(self, path: str) -> None:
        self.path = path

    def digest(self) -> str:
        """Tell this part from others by the name of the shard."""
        return hashlib.sha256(self.path.encode("utf-8", "surrogateescape")).hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the images of the shard, with the labels beside them."""
        with open_place(self.path) as file, _tar_errors(self.path), tarfile.open(fileobj=file, mode="r|*") as shard:
            files = (
                (member, stream.read())
                for member in shard
                if member.isreg() and suffix_of(member.name) in (LABEL_SUFFIX, *IMAGE_SUFFIXES)
                if (stream := shard.extractfile(member)) is not None
            )
            for group in _samples(files):
                labels = {_stem(member.name): content for member, content in group if _is_label(member.name)}
                for member, content in group:
                    if not _is_label(member.name):
                        label = labels.get(_stem(member.name), next(iter(labels.values()), None))
                        text = None if label is None else label.decode("utf-8", "replace").strip()
                        yield Item(f"{self.path}::{member.name}", text, NamedBytes(content, member.name))


def _samples(files: Iterable[tuple[tarfile.TarInfo, bytes]]) -> Iterator[list[tuple[tarfile.TarInfo, bytes]]]:
    """Members in line that belong together by name; where a name comes again, another sample begins."""
    sample: list[tuple[tarfile.TarInfo, bytes]] = []
    for member, content in files:
        names = [other.name for other, _ in sample]
        if sample and (_key(names[0]) != _key(member.name) or member.name in names):
            yield sample
            sample = []
        sample.append((member, content))
    if sample:
        yield sample


def _is_label(name: str) -> bool:
    return suffix_of(name) == LABEL_SUFFIX


def _stem(name: str) -> str:
    """Name of a member less its last suffix: 2024.01.05-a of 2024.01.05-a.jpg."""
    return name[: -len(suffix_of(name))]


class NamedBytes(io.BytesIO):
    """Content of a file that is not on this disk, with the name that errors shall tell."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name

    def __reduce__(self) -> tuple:
        return type(self), (self.getvalue(), self.name)


Part: TypeAlias = FilePart | ShardPart


def content_digest(source: Any) -> bytes:
    """Digest of what tells a source from others under any name: the bytes of its file, or its pixels.

    Raises
    ------
    OSError
        When the file cannot be read, or the stream only once.
    """
    if hasattr(source, "getexif"):  # a Pillow image: palette and orientation count
        source = read_image(source)
    if isinstance(source, (str, os.PathLike)):
        pieces = [Path(source).read_bytes()]
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


def is_url(source: Any) -> bool:
    return isinstance(source, str) and "://" in source


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _key(member: str) -> tuple[str, str]:
    """WebDataset's key: the name up to the first dot behind the last slash."""
    folder, _, name = member.rpartition("/")
    return folder, name.partition(".")[0]


@contextmanager
def open_place(path: str) -> Iterator[BinaryIO]:
    """Open a local file or a URL for reading bytes."""
    try:
        if is_url(path):
            with require("fsspec", extra="remote").open(path, "rb") as file:
                yield file
        else:
            with open(path, "rb") as file:
                yield file
    except ImageReadError:
        raise
    except (OSError, ValueError, ImportError) as error:
        if not isinstance(error, OSError) and not is_url(path):
            raise
        raise ImageReadError(f"{path}: expected a readable file, got: {error}.", path) from error


@contextmanager
def _tar_errors(path: str) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ImageReadError(f"{path}: expected a whole tar file, got: {error}. Replace the file.", path) from error


def _content_of_url(url: str) -> "NamedBytes | Unreadable":
    try:
        with open_place(url) as file:
            return NamedBytes(file.read(), url)
    except ImageReadError as error:
        return Unreadable(error)


class Unreadable:
    """Stands for a source that could not be fetched; raises when it is read."""

    def __init__(self, error: ImageReadError) -> None:
        self.error = error
        self.name = error.path

    def read(self) -> bytes:
        raise self.error

    def seekable(self) -> bool:
        return False
