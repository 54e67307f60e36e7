"""Where images come from: a folder, a list, a CSV manifest, tar shards, URLs; cut into parts of work."""

import csv
import glob
import hashlib
import io
import itertools
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import numpy as np

from .._optional import require
from ..exceptions import ImageReadError
from ..reading import IMAGE_SUFFIXES, Source, list_images

SHARD_SUFFIXES = (".tar", ".tar.gz", ".tgz")
TABLE_SUFFIXES = (".csv", ".tsv")
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
        """Tell this part from others by names and labels."""
        text = "\0".join(f"{item.name}\1{item.label}" for item in self.items)
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the items, those behind URLs with their content."""
        for item in self.items:
            yield item._replace(source=_content_of_url(item.source)) if _is_url(item.source) else item


class ShardPart:
    """Images of one tar file, read from its beginning to its end; nothing is unpacked to disk."""

    def __init__(self, path: str) -> None:
        self.path = path

    def digest(self) -> str:
        """Tell this part from others by the name of the shard."""
        return hashlib.sha256(self.path.encode("utf-8", "surrogateescape")).hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the images of the shard, with the labels beside them."""
        with _opened(self.path) as file, _tar_errors(self.path), tarfile.open(fileobj=file, mode="r|*") as shard:
            files = (
                (member, stream.read())
                for member in shard
                if member.isreg() and (stream := shard.extractfile(member)) is not None
            )
            for _, pairs in itertools.groupby(files, lambda pair: _key(pair[0].name)):
                group = list(pairs)
                labels = [content for member, content in group if _suffix(member.name) == LABEL_SUFFIX]
                label = labels[0].decode("utf-8", "replace").strip() if labels else None
                for member, content in group:
                    if _suffix(member.name) in IMAGE_SUFFIXES:
                        yield Item(f"{self.path}::{member.name}", label, NamedBytes(content, member.name))


class NamedBytes(io.BytesIO):
    """Content of a file that is not on this disk, with the name that errors shall tell."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name

    def __reduce__(self) -> tuple:
        return type(self), (self.getvalue(), self.name)


Part: TypeAlias = FilePart | ShardPart


class Input(NamedTuple):
    """What there is to do: a description for people, parts, and how many images and parts where that is known."""

    source: str
    parts: Iterator[Part]
    n_images: int | None
    n_parts: int | None


def find_images(
    images: str | os.PathLike | Iterable[Source], labels: Iterable | None = None, part_size: int | None = None
) -> Input:
    """Find the images that are meant, and cut them into parts.

    Parameters
    ----------
    images : str, PathLike, list or iterable
        A folder (labels are its subfolders, where there are any); a ``.csv`` or ``.tsv`` file with a column ``path``,
        relative to the file, and maybe a column ``label``; a ``.tar`` file or a pattern such as ``shards/*.tar``
        (labels are ``.cls`` members of the same name); any of these behind a URL that fsspec opens; or a list
        of paths, URLs, tar files or arrays. An iterator is read once, as it goes.
    labels : array-like or None, default=None
        Labels of the images of a list.
    part_size : int or None, default=None
        Images in a part; None takes a 64th of all, but at least 64 and at most 1024. A tar file is a part.

    Returns
    -------
    found : Input

    Raises
    ------
    ImageReadError
        When there is nothing of this name, no image in it, or no column ``path``.
    """
    if isinstance(images, (str, os.PathLike)):
        source = os.fspath(images)
        if labels is not None:
            raise ValueError(f"Expected labels with a list of images only, got them with {source!r}.")
        return _find_in_place(source, part_size)
    if isinstance(images, Iterator):
        items = (_item(source, index) for index, source in enumerate(images))
        if labels is not None:
            items = (item._replace(label=label) for item, label in zip(items, labels))
        return Input("an iterator", _batches(items, part_size or 1024), None, None)
    return _find_in_list(list(images), labels, part_size)


def _find_in_place(source: str, part_size: int | None) -> Input:
    if source.lower().endswith(TABLE_SUFFIXES):
        return _cut(source, _items_of_table(source), part_size)
    if "*" in source or _is_url(source) or source.lower().endswith(SHARD_SUFFIXES):
        paths = _expanded(source)
        if paths and all(path.lower().endswith(SHARD_SUFFIXES) for path in paths):
            return _shards(source, paths)
        items = [Item(path, None, path) for path in paths if _suffix(path) in IMAGE_SUFFIXES]
        if not items:
            raise ImageReadError(
                f"{source}: expected images or tar files, got none among {len(paths)} files. Check the place.", source
            )
        return _cut(source, items, part_size)
    paths = list_images(source, labels=False).paths.tolist()
    folders = [Path(path).relative_to(source).parts[:-1] for path in paths]
    return _cut(source, [Item(path, (folder or (None,))[0], path) for path, folder in zip(paths, folders)], part_size)


def _find_in_list(sources: list, labels: Any, part_size: int | None) -> Input:
    if not sources:
        raise ImageReadError("Expected at least one image, got an empty list.")
    if labels is not None and len(labels) != len(sources):
        raise ValueError(f"Expected one label for each of {len(sources)} images, got {len(labels)}.")
    shards = [isinstance(s, (str, os.PathLike)) and os.fspath(s).lower().endswith(SHARD_SUFFIXES) for s in sources]
    if any(shards):
        if not all(shards) or labels is not None:
            raise ValueError("Expected tar files alone in a list (their labels are inside), got others with them.")
        return _shards("a list", [os.fspath(source) for source in sources])
    labels = [None] * len(sources) if labels is None else list(labels)
    return _cut("a list", [_item(s, k)._replace(label=labels[k]) for k, s in enumerate(sources)], part_size)


def _item(source: Any, index: int) -> Item:
    if isinstance(source, (str, os.PathLike)):
        return Item(os.fspath(source), None, os.fspath(source))
    name = getattr(source, "name", None) or getattr(source, "filename", None)
    return Item(str(name or f"image {index}"), None, source)


def _cut(source: str, items: list[Item], part_size: int | None) -> Input:
    n_images = len(items)
    part_size = part_size or int(np.clip(n_images // 64, 64, 1024))
    return Input(source, _batches(items, part_size), n_images, -(-n_images // part_size))


def _batches(items: Iterable[Item], part_size: int) -> Iterator[FilePart]:
    items = iter(items)
    while batch := list(itertools.islice(items, part_size)):
        yield FilePart(batch)


def _shards(source: str, paths: list[str]) -> Input:
    return Input(source, map(ShardPart, paths), None, len(paths))


def _items_of_table(source: str) -> list[Item]:
    with _opened(source) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")
        try:
            table = list(csv.DictReader(text, delimiter="\t" if source.lower().endswith(".tsv") else ","))
        except csv.Error as error:
            raise ImageReadError(f"{source}: expected a CSV table, got: {error}.", source) from error
    if not table or "path" not in table[0]:
        columns = f"columns {list(table[0])}" if table else "no row"
        raise ImageReadError(f"{source}: expected a table with a column 'path', maybe 'label', got {columns}.", source)
    items = []
    for line, row in enumerate(table, 2):
        if not row["path"]:
            raise ImageReadError(f"{source}: expected a path in every row, got none in line {line}.", source)
        path = _beside(source, row["path"])
        items.append(Item(path, row.get("label"), path))
    return items


def _beside(table: str, path: str) -> str:
    if _is_url(path) or os.path.isabs(path):
        return path
    if _is_url(table):
        return f"{table.rpartition('/')[0]}/{path}"
    return str(Path(table).parent / path)


def _is_url(source: Any) -> bool:
    return isinstance(source, str) and "://" in source


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _key(member: str) -> tuple[str, str]:
    """WebDataset's key: the name up to the first dot behind the last slash."""
    folder, _, name = member.rpartition("/")
    return folder, name.partition(".")[0]


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open a local file or a URL for reading bytes."""
    try:
        if _is_url(path):
            with require("fsspec", extra="remote").open(path, "rb") as file:
                yield file
        else:
            with open(path, "rb") as file:
                yield file
    except ImageReadError:
        raise
    except (OSError, ValueError, ImportError) as error:
        if not isinstance(error, OSError) and not _is_url(path):
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
        with _opened(url) as file:
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


def _expanded(source: str) -> list[str]:
    """Files that a pattern, a folder behind a URL or a single name stands for, in order of their names."""
    if not _is_url(source):
        return sorted(glob.glob(source, recursive=True)) if "*" in source else [source]
    try:
        filesystem, path = require("fsspec", extra="remote").core.url_to_fs(source)
        if "*" in path:
            found = filesystem.glob(path)
        else:
            found = filesystem.find(path) if filesystem.isdir(path) else [path]
        return [filesystem.unstrip_protocol(name) for name in sorted(found)]
    except (OSError, ValueError, ImportError) as error:
        raise ImageReadError(f"{source}: expected a place that fsspec can list, got: {error}.", source) from error
