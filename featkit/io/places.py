"""Places of files, on this disk or behind URLs that fsspec opens."""

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from .._optional import require
from ..exceptions import ImageReadError


def is_url(source: Any) -> bool:
    """Whether a source is the text of a URL, chained ones of fsspec included."""
    return isinstance(source, str) and "://" in source


def suffix_of(name: str) -> str:
    """Last suffix of a name in small letters: ``.png``; of a chained URL that of its first part."""
    return PurePosixPath(name.partition("::")[0] if "://" in name.partition("::")[0] else name).suffix.lower()


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


def expand_place(source: str) -> list[str]:
    """Files that a pattern, a folder behind a URL or a single name stands for, in order of their names."""
    if not is_url(source):
        return sorted(glob.glob(source, recursive=True)) if "*" in source else [source]
    try:
        filesystem, path = require("fsspec", extra="remote").core.url_to_fs(source)
        if "*" in path:
            found = filesystem.glob(path)
        else:
            found = filesystem.find(path) if filesystem.isdir(path) else [path]
        return [_url_of(source, filesystem, name) for name in sorted(found)]
    except (OSError, ValueError, ImportError) as error:
        raise ImageReadError(f"{source}: expected a place that fsspec can list, got: {error}.", source) from error


def _url_of(source: str, filesystem: Any, name: str) -> str:
    """URL of a name that a listing gave; that of a chain keeps its other links."""
    first, link, rest = source.partition("::")
    if not link:
        return filesystem.unstrip_protocol(name)
    if "://" in first:  # zip://*.png::archive.zip
        return f"{first.partition('://')[0]}://{name}::{rest}"
    protocol = rest.partition("://")[0]  # simplecache::s3://...
    return f"{first}::{protocol}://{name.removeprefix(f'{protocol}://')}"
