"""Where images come from: a folder, a list, a CSV manifest, tar shards, URLs; cut into parts of work."""

import itertools
import os
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...exceptions import ImageReadError, LeftOutWarning, shown
from ...image.batches import check_same_index, unpack_batch
from ...image.on_demand.disk_arrays import DiskArray
from ...parameters import check_option
from ..listing import IMAGE_SUFFIXES, counts_of_suffixes, is_hidden, list_images
from ..places import MAX_BYTES, expand_place, first_link, is_url, suffix_of
from ..sources import Source, is_missing
from ..stacks.page_counts import PAGES, paths_of_pages
from .chunks import LARGEST_PART, images_in_part
from .folder_names import (
    are_parts,
    classes_of,
    level_of_classes,
    names_of_masks,
    refuse_masks,
    warn_of_like_classes,
    warn_of_masks,
)
from .items import ArrayPart, FilePart, Item
from .shards import Part, ShardPart
from .tables import TABLE_SUFFIXES, items_of_table

SHARD_SUFFIXES = (".tar", ".tar.gz", ".tgz")
ARCHIVE_SUFFIX = ".zip"


class Input(NamedTuple):
    """What there is to do: a description for people, parts, and their counts and sizes where these are known."""

    source: str
    parts: Iterator[Part]
    n_images: int | None
    n_parts: int | None
    part_size: int | None


class _Cut(NamedTuple):
    """How images become parts: so many in each, none larger than so many bytes, and which pages of a file they are."""

    part_size: int | None
    max_bytes: int
    label_key: str | None
    pages: str

    def items(self, source: str, items: list[Item]) -> Input:
        items = list(self.pages_of(items))
        n_images = len(items)
        size = self.part_size or images_in_part([item.source for item in items])
        return Input(source, _batches(items, size, self.max_bytes), n_images, -(-n_images // size), size)

    def pages_of(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, those of files with several pages as often, where all pages are wanted."""
        for item in items:
            if self.pages == "first" or not isinstance(item.source, (str, os.PathLike)):
                yield item
                continue
            path = os.fspath(item.source)
            if is_url(path):
                raise _no_pages(path)
            paths = paths_of_pages(path, self.pages)
            yield from ([item] if paths == [path] else [item._replace(name=page, source=page) for page in paths])

    def array(self, images: DiskArray, labels: list | None) -> Input:
        size = self.part_size or images_in_part(images)
        ends = [(start, min(start + size, len(images))) for start in range(0, len(images), size)]
        parts = (ArrayPart(images, start, stop, labels and labels[start:stop]) for start, stop in ends)
        return Input("an array", parts, len(images), len(ends), size)

    def shards(self, source: str, paths: list[str]) -> Input:
        if self.pages == "all":
            raise _no_pages(source)
        parts = (ShardPart(path, self.max_bytes, self.label_key) for path in paths)
        return Input(source, parts, None, len(paths), None)


def find_images(
    images: str | os.PathLike | Iterable[Source],
    labels: Iterable | None = None,
    part_size: int | None = None,
    max_bytes: int = MAX_BYTES,
    label_key: str | None = None,
    pages: str = "first",
) -> Input:
    """Find the images that are meant, and cut them into parts.

    Parameters
    ----------
    images : str, PathLike, list or iterable
        A folder (labels are its subfolders, where there are any); one image file; a ``.csv`` or ``.tsv`` file with a
        column ``path``, relative to the file, and maybe a column ``label``; a ``.tar`` file or a pattern such as
        ``shards/*.tar`` (labels are ``.cls``, ``.json`` or ``.txt`` members of the same name); a ``.zip`` file or a
        pattern (labels are the folders in it); any of these behind a URL that fsspec opens; or a list, array or Series
        of paths, URLs, tar files or arrays, or an array of zarr, h5py, dask, ... of which a few images are read at a
        time.
        An iterator, or what can only be iterated over (a column of a data set that is streamed), is read once, as it
        goes.
    labels : array-like or None, default=None
        Labels of the images of a list.
    part_size : int or None, default=None
        Images in a part; None takes a 64th of all, but at least 64, or 256 of small images, and at most 1024. A tar
        file is a part.
    max_bytes : int, default=1_000_000_000
        Largest file that is fetched from a URL or read from a tar file.
    label_key : str or None, default=None
        Key of the labels in the ``.json`` members of tar files, which alone are asked then, ``"a.b"`` for key b of the
        dict under key a; None takes the first of "label", "cls", "class", "class_name", "category" and "target".
    pages : {"first", "all"}, default="first"
        "all" makes an image of each page or frame of a file on this disk, see `list_images`.

    Returns
    -------
    found : Input

    Raises
    ------
    ImageReadError
        When there is nothing of this name, no image in it, or no column ``path``; when a folder holds images and their
        masks in subfolders.

    Warns
    -----
    LeftOutWarning
        When files are left out, or when the subfolders are the parts of a data set (train, test) without classes.
    """
    if part_size is not None and part_size < 1:
        raise ValueError(f"Expected a part_size of at least 1, got {shown(part_size)}.")
    check_option("pages", pages, PAGES)
    cut = _Cut(part_size, max_bytes, label_key, pages)
    if isinstance(images, (str, os.PathLike)):
        source = os.fspath(images)
        if labels is not None:
            raise ValueError(f"Expected labels with a list of images only, got them with {shown(source)}.")
        return _find_in_place(source, cut)
    if _can_only_be_iterated(images):
        items = (_item(source, index) for index, source in enumerate(images))
        labelled = items if labels is None else _labelled(items, labels)
        size = part_size or LARGEST_PART
        return Input("an iterator", _batches(cut.pages_of(labelled), size, max_bytes), None, None, size)
    check_same_index(images, labels, "labels")
    labels = None if labels is None else list(unpack_batch(labels, "label", "label").items)
    sources = unpack_batch(images, "path or image", "path").items
    if isinstance(sources, DiskArray) and len(getattr(sources.array, "shape", ())) > 1:  # pixels; else paths
        return cut.array(sources, None if labels is None else _checked_labels(labels, len(sources)))
    return _find_in_list(list(sources), labels, cut)


def _can_only_be_iterated(images: Any) -> bool:
    if hasattr(images, "read"):  # one open file, whose lines are no images
        return False
    has_length = hasattr(images, "__len__") or hasattr(images, "shape")
    return isinstance(images, Iterator) or (hasattr(images, "__iter__") and not has_length)


def _find_in_place(source: str, cut: _Cut) -> Input:
    if source.lower().endswith(TABLE_SUFFIXES):
        return cut.items(source, items_of_table(source))
    if _is_archive(source):
        archives = expand_place(source) if "*" in source else [source]
        return cut.items(source, [item for archive in archives for item in _items_of_archive(archive)])
    if "*" in source or is_url(source) or source.lower().endswith(SHARD_SUFFIXES):
        paths = expand_place(source)
        if paths and all(path.lower().endswith(SHARD_SUFFIXES) for path in paths):
            return cut.shards(source, paths)
        if "*" in source or suffix_of(source) not in IMAGE_SUFFIXES:  # else it is one file, asked for by its name
            paths = [path for path in paths if not is_hidden(_below(source, path))]
        images = _without_masks(source, [path for path in paths if suffix_of(path) in IMAGE_SUFFIXES])
        folders = [] if "*" in source else [_folders_below(source, path) for path in images]
        labels = _labels_of_folders(source, folders) if any(folders) else [None] * len(images)
        items = [Item(path, label, path) for path, label in zip(images, labels)]
        if not items:
            raise ImageReadError(
                f"{source}: expected images or tar files, got none among {len(paths)} files. Check the place.", source
            )
        _warn_of(source, [path for path in paths if suffix_of(path) not in IMAGE_SUFFIXES])
        return cut.items(source, items)
    if suffix_of(source) in IMAGE_SUFFIXES and os.path.isfile(source):
        return cut.items(source, [Item(source, None, source)])
    found = list_images(source, labels=False)
    paths = found.paths.tolist()
    masks = names_of_masks([*paths, *found.skipped])  # told already
    _warn_of(source, [path for path in found.skipped if not (Path(path).name.startswith(".") or path in masks)])
    labels = _labels_of_folders(source, [Path(path).relative_to(source).parts[:-1] for path in paths])
    return cut.items(source, [Item(path, label, path) for path, label in zip(paths, labels)])


def _no_pages(source: str) -> ImageReadError:
    return ImageReadError(
        f"{source}: expected files on this disk, of which all pages can be listed, got an archive or a URL. Copy or "
        "unpack them, or leave pages='first'.",
        source,
    )


def _is_archive(source: str) -> bool:
    """Whether a place is a zip archive, or a pattern of such; zip://... is inside of one."""
    if not source.lower().endswith(ARCHIVE_SUFFIX) or source.startswith("zip://"):
        return False
    return "*" in source or is_url(source) or os.path.isfile(source)


def _below(source: str, path: str) -> str:
    """Path of a file from the folder behind a URL down, or its name where a pattern gave it."""
    name = path.partition("::")[0].rpartition("/")[2]
    return name if "*" in source else "/".join([*_folders_below(source, path), name])


def _folders_below(source: str, path: str) -> tuple[str, ...]:
    """Folders between a folder behind a URL and a file that a listing of it gave."""
    base, file = (first_link(url).rpartition("://")[2].strip("/") for url in (source, path))
    base = f"{base}/" if base else ""
    return tuple(file.removeprefix(base).split("/")[:-1]) if file.startswith(base) else ()


def _items_of_archive(source: str) -> list[Item]:
    names = [name for name in expand_place(f"zip://::{source}") if not is_hidden(_name_in_archive(name))]
    images = _without_masks(source, [name for name in names if suffix_of(name) in IMAGE_SUFFIXES])
    if not images:
        raise ImageReadError(f"{source}: expected images in the archive, got none among {len(names)} files.", source)
    _warn_of(source, [name for name in names if suffix_of(name) not in IMAGE_SUFFIXES])
    inside = [Path(_name_in_archive(name)) for name in images]
    labels = _labels_of_folders(source, [path.parts[:-1] for path in inside])
    return [Item(name, label, name) for name, label in zip(images, labels)]


def _name_in_archive(name: str) -> str:
    return name.partition("::")[0].removeprefix("zip://")


def _labels_of_folders(source: str, folders: list[tuple[str, ...]]) -> list[str | None]:
    """The folder at the top; below train, val and test, also where they lie in one folder, the next one."""
    level, tops = 0, {folder[0] for folder in folders if folder}
    below = {folder[1] for folder in folders if len(folder) > 1}
    if len(tops) == 1 and are_parts(below):
        level, tops = 1, below
    refuse_masks(source, folders)
    if not are_parts(tops):
        warn_of_like_classes(source, folders)
        return classes_of(folders, 0)
    level = level_of_classes(folders, level + 1)
    if all(len(folder) <= level for folder in folders):
        warnings.warn(
            f"{source}: expected folders of classes in the parts of a data set ({', '.join(sorted(tops))}), got none: "
            "the images are left without labels. Sort them into one subfolder per class, or give a CSV file with the "
            "columns path and label.",
            LeftOutWarning,
            stacklevel=5,
        )
    return classes_of(folders, level)


def _without_masks(source: str, images: list[str]) -> list[str]:
    masks = names_of_masks(name.partition("::")[0] for name in images)
    warn_of_masks(source, masks)
    return [name for name in images if name.partition("::")[0] not in masks]


def _warn_of(source: str, skipped: list[str]) -> None:
    if skipped:
        special = sum(suffix_of(path) in IMAGE_SUFFIXES and not os.path.isdir(path) for path in skipped)
        kinds = f"; {special} of them pipes, devices or sockets" if special else ""
        text = f"{source}: {len(skipped)} other files were left out ({counts_of_suffixes(skipped)}{kinds})."
        warnings.warn(text, LeftOutWarning, stacklevel=4)


def _find_in_list(sources: list, labels: Any, cut: _Cut) -> Input:
    checked = None if labels is None else _checked_labels(labels, len(sources))
    shards = [isinstance(s, (str, os.PathLike)) and os.fspath(s).lower().endswith(SHARD_SUFFIXES) for s in sources]
    if any(shards):
        if not all(shards) or labels is not None:
            raise ValueError("Expected tar files alone in a list (their labels are inside), got others with them.")
        return cut.shards("a list", [os.fspath(source) for source in sources])
    archives = [isinstance(s, (str, os.PathLike)) and _is_archive(os.fspath(s)) for s in sources]
    if any(archives):
        if not all(archives) or labels is not None:
            raise ValueError("Expected zip archives alone in a list (labels are their folders), got others with them.")
        return cut.items("a list", [item for source in sources for item in _items_of_archive(os.fspath(source))])
    labels = checked or [None] * len(sources)
    return cut.items("a list", [_item(s, k)._replace(label=labels[k]) for k, s in enumerate(sources)])


def _checked_labels(labels: list, n_images: int) -> list:
    if len(labels) != n_images:
        raise ValueError(f"Expected one label for each of {n_images} images, got {len(labels)}.")
    return [None if is_missing(label) else label for label in labels]


def _item(source: Any, index: int) -> Item:
    if isinstance(source, (str, os.PathLike)):
        return Item(os.fspath(source), None, os.fspath(source))
    names = [] if isinstance(source, np.ndarray) else [getattr(source, name, None) for name in ("name", "filename")]
    name = next(filter(None, names), None)  # a memmap's is that of all images
    return Item(str(name or f"image {index}"), None, source)


def _labelled(items: Iterator[Item], labels: Iterable) -> Iterator[Item]:
    none: Any = object()
    for item, label in itertools.zip_longest(items, labels, fillvalue=none):
        if item is none or label is none:
            more, fewer = ("labels", "images") if item is none else ("images", "labels")
            raise ValueError(f"Expected one label for each image of the iterator, got more {more} than {fewer}.")
        yield item._replace(label=None if is_missing(label) else label)


def _batches(items: Iterable[Item], part_size: int, max_bytes: int) -> Iterator[FilePart]:
    items = iter(items)
    while batch := list(itertools.islice(items, part_size)):
        yield FilePart(batch, max_bytes)
