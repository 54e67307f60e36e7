"""Work through the files of a folder, list or archive: in parallel, with progress, going on where a run stopped."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from joblib import delayed

from ..._progress import progress_of
from ...exceptions import ImageReadError
from ...io.inputs.finding import find_images
from ...io.inputs.items import Item
from ...io.places import is_url
from ...io.writing import write_atomically
from .._native_threads import Workers, single_native_threads
from ._journal import Journal

JPEG_QUALITY = 85
Rows = list[list]
Result = dict[str, Any]  # "rows", lists of plain values, and "failed", whether they tell of an error


def place_of(name: str) -> str:
    """Path of an image, within its archive where it is in one: of ``a.tar::b/c.jpg`` and ``zip://b/c.jpg::a.zip``."""
    first, _, second = name.partition("::")
    return first.removeprefix("zip://") if first.startswith("zip://") else second or first


def name_of_result(item: Item, root: str | os.PathLike | None) -> Path:
    """Relative path, without its suffix, by which results of an image are named: that below the folder it was in."""
    path = Path(place_of(item.name))
    if root is not None and path.is_relative_to(root):
        path = path.relative_to(root)
    elif path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        path = Path(path.name)
    return path


def work_through(
    images: str | os.PathLike | Iterable[Any],
    journal_path: Path,
    settings: dict[str, Any],
    identity: Callable[[Item], str],
    work: Callable[[Item], Result],
    is_whole: Callable[[Item, Result], bool],
    *,
    prepare: Callable[[Item], Item] = lambda item: item,
    pages: str = "first",
    n_jobs: int | None,
    progress: bool | None,
) -> tuple[Rows, int, int, int]:
    """Do the work on every image that is not done yet; errors of images are results like others.

    Parameters
    ----------
    images : str, PathLike or iterable
        As in `extract_to_parquet`.
    journal_path : Path
        Where finished work is kept.
    settings : dict
        What results depend on besides the images.
    identity : callable
        Tells an image, and what is beside it, from others.
    work : callable
    is_whole : callable
        Whether the files that a result tells of are still there.
    prepare : callable
        What is done to items before, one after the other.
    pages : {"first", "all"}, default="first"
        See `find_images`.
    n_jobs : int or None
    progress : bool or None

    Returns
    -------
    rows : list of list
        Of all images, in their order.
    n_images, n_failed, n_kept : int
    """
    found = find_images(images, pages=pages)
    journal = Journal(journal_path, json.dumps(settings, sort_keys=True))
    workers = Workers(n_jobs, batch_size=1)

    def do(item: Item) -> tuple[Result, bool]:
        key = identity(item)
        known = journal.done.get(key)
        if known is not None and not known["failed"] and is_whole(item, known):
            return known, True
        if workers.cap:
            with single_native_threads():
                result = work(item)
        else:
            result = work(item)
        journal.write(key, result)
        return result, False

    rows: Rows = []
    n_images = n_failed = n_kept = 0
    with progress_of(found.n_images, progress) as advance:
        for result, was_there in workers.results_of(delayed(do)(prepare(item)) for item in _items(found.parts)):
            rows += result["rows"]
            n_images, n_failed, n_kept = n_images + 1, n_failed + result["failed"], n_kept + was_there
            advance(1, was_there)
    if n_images == 0:
        raise ImageReadError("Expected at least one image, got none.")
    return rows, n_images, n_failed, n_kept


def _items(parts: Iterable[Any]) -> Iterator[Item]:
    """Items of all parts; a tar file that ends too early gives an item that tells of it."""
    for part in parts:
        items = part.open()
        while True:
            try:
                item = next(items)
            except StopIteration:
                break
            except ImageReadError as error:
                yield Item(str(error.path), None, error)
                break
            yield item


def error_text(error: Exception) -> str:
    """What is written into a table of an error."""
    return f"{type(error).__name__}: {error}"


def featkit_version() -> str:
    """What results depend on as well."""
    return str(sys.modules["featkit"].__version__)


def check_picture_of(item: Item, folder: Path, root: str | os.PathLike | None) -> Path:
    """The file of the check picture of an image."""
    name = name_of_result(item, root)
    flat = "__".join(name.parts)
    return folder / (flat if name.suffix.lower() in (".jpg", ".jpeg") else f"{flat}.jpg")


def write_check_picture(path: Path, drawing: np.ndarray) -> None:
    """Write a uint8 RGB drawing as JPEG, whole or not at all."""
    _, content = cv2.imencode(".jpg", drawing[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    write_atomically(path, lambda stream: stream.write(content.tobytes()))


def refuse_inside(images: Any, folder: Path | None) -> str | os.PathLike | None:
    """The folder of the images, if it is one; refuses results inside of it, which would be images of the next run."""
    if not isinstance(images, (str, os.PathLike)) or is_url(os.fspath(images)) or not Path(images).is_dir():
        return None
    if folder is not None and folder.resolve().is_relative_to(Path(images).resolve()):
        raise ValueError(f"Expected a folder outside of {os.fspath(images)}, whose images are read, got {folder}.")
    return images
