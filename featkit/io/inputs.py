"""Where images come from: a folder, a list, a CSV manifest, tar shards, URLs; cut into parts of work."""

import csv
import glob
import io
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .._optional import require
from ..exceptions import ImageReadError
from .listing import IMAGE_SUFFIXES, list_images
from .reading import Source
from .shards import FilePart, Item, Part, ShardPart, is_url, open_place, suffix_of

SHARD_SUFFIXES = (".tar", ".tar.gz", ".tgz")
TABLE_SUFFIXES = (".csv", ".tsv")


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
    if part_size is not None and part_size < 1:
        raise ValueError(f"Expected a part_size of at least 1, got {part_size!r}.")
    if isinstance(images, (str, os.PathLike)):
        source = os.fspath(images)
        if labels is not None:
            raise ValueError(f"Expected labels with a list of images only, got them with {source!r}.")
        return _find_in_place(source, part_size)
    if isinstance(images, Iterator):
        items = (_item(source, index) for index, source in enumerate(images))
        labelled = items if labels is None else _labelled(items, labels)
        return Input("an iterator", _batches(labelled, part_size or 1024), None, None)
    return _find_in_list(list(images), labels, part_size)


def _find_in_place(source: str, part_size: int | None) -> Input:
    if source.lower().endswith(TABLE_SUFFIXES):
        return _cut(source, _items_of_table(source), part_size)
    if "*" in source or is_url(source) or source.lower().endswith(SHARD_SUFFIXES):
        paths = _expanded(source)
        if paths and all(path.lower().endswith(SHARD_SUFFIXES) for path in paths):
            return _shards(source, paths)
        items = [Item(path, None, path) for path in paths if suffix_of(path) in IMAGE_SUFFIXES]
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


def _labelled(items: Iterator[Item], labels: Iterable) -> Iterator[Item]:
    none: Any = object()
    for item, label in itertools.zip_longest(items, labels, fillvalue=none):
        if item is none or label is none:
            more, fewer = ("labels", "images") if item is none else ("images", "labels")
            raise ValueError(f"Expected one label for each image of the iterator, got more {more} than {fewer}.")
        yield item._replace(label=label)


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
    with open_place(source) as file:
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
    if is_url(path) or os.path.isabs(path):
        return path
    if is_url(table):
        return f"{table.rpartition('/')[0]}/{path}"
    return str(Path(table).parent / path)


def _expanded(source: str) -> list[str]:
    """Files that a pattern, a folder behind a URL or a single name stands for, in order of their names."""
    if not is_url(source):
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
