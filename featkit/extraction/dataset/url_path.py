"""A dataset behind a URL: the part of `pathlib.Path` that its parts and manifest need, by fsspec."""

import io
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TypeAlias

from ..._optional import require
from ...exceptions import ExtractionError, FileWriteError
from ...io.places import first_link, is_url, special_kind
from ...io.writing import write_atomically


class UrlPath:
    """Folder or file behind a URL. A file is put in one piece: there whole or not at all, as in object stores.

    Parameters
    ----------
    url : str
        That fsspec opens: ``s3://bucket/features``, ``memory://features``.

    Examples
    --------
    >>> from featkit.extraction.dataset.url_path import UrlPath
    >>> (UrlPath("memory://features/") / "part-000000.parquet").name
    'part-000000.parquet'
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: str) -> "UrlPath":
        first = first_link(self.url)
        return UrlPath(f"{first.rstrip('/')}/{name}{self.url.removeprefix(first)}")

    @property
    def name(self) -> str:
        """Last part of the URL."""
        return PurePosixPath(first_link(self.url)).name

    @property
    def suffix(self) -> str:
        """Suffix of the name."""
        return PurePosixPath(first_link(self.url)).suffix

    def store(self) -> tuple[Any, str]:
        """Give the file system of fsspec and the path in it; what it remembers of listings is forgotten."""
        fsspec = require("fsspec", extra="remote")
        try:
            filesystem, path = fsspec.core.url_to_fs(self.url)
        except ImportError:  # tells which package is missing
            raise
        except Exception as error:
            raise self._unreachable(error) from error
        filesystem.invalidate_cache()
        return filesystem, path

    def _unreachable(self, error: Exception) -> ExtractionError:
        return ExtractionError(
            f"{self.url}: expected a place that fsspec can list and write to, got: {_told(error)}. Check the URL and "
            "the permissions."
        )

    def exists(self) -> bool:
        """Whether there is such a file or folder."""
        filesystem, path = self.store()
        return bool(filesystem.exists(path))

    def mkdir(self, parents: bool = True, exist_ok: bool = True) -> None:
        """Make the folder, where the store has folders."""
        filesystem, path = self.store()
        filesystem.makedirs(path, exist_ok=exist_ok)

    def iterdir(self) -> Iterator["UrlPath"]:
        """Files of the folder."""
        filesystem, path = self.store()
        try:
            names = filesystem.ls(path, detail=False)
        except FileNotFoundError:  # a store without folders
            return
        except Exception as error:  # stores fail in any way there is
            raise self._unreachable(error) from error
        yield from (self / PurePosixPath(name).name for name in names)

    def glob(self, pattern: str) -> Iterator["UrlPath"]:
        """Files of the folder whose names match."""
        return (file for file in self.iterdir() if fnmatchcase(file.name, pattern))

    def read_bytes(self) -> bytes:
        """Content of the file."""
        filesystem, path = self.store()
        return filesystem.cat_file(path)

    def write(self, write: Callable[[BinaryIO], object], *, replace: bool = True) -> None:
        """Put what a function writes, in one piece; see `write_atomically`."""
        stream = io.BytesIO()
        write(stream)
        filesystem, path = self.store()
        if not replace and filesystem.exists(path):
            raise FileExistsError(self.url)
        try:
            if replace:
                filesystem.pipe_file(path, stream.getvalue())
            else:
                filesystem.pipe_file(path, stream.getvalue(), mode="create")
        except FileExistsError:
            raise
        except Exception as error:  # stores fail in any way there is
            raise FileWriteError(
                f"{self.url} could not be written: {_told(error)}. What was written before is whole; check the place "
                "and the permissions, and run it again.",
                self.url,
            ) from error


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


Place: TypeAlias = Path | UrlPath


def place_of(path: Any) -> Place:
    """The folder that a path or URL names; ``file://`` is a path."""
    if not is_url(path):
        return Path(path)
    return Path(path.removeprefix("file://")) if path.startswith("file://") else UrlPath(path)


def write_whole(file: Place, write: Callable[[BinaryIO], object], *, replace: bool = True) -> None:
    """Write a file of a dataset: there whole or not at all."""
    if isinstance(file, UrlPath):
        file.write(write, replace=replace)
    else:
        write_atomically(file, write, replace=replace)


def opened(file: Place) -> Any:
    """What pyarrow opens: the path of a regular file, or a file object of the store."""
    if isinstance(file, UrlPath):
        filesystem, path = file.store()
        return filesystem.open(path, "rb")
    if kind := special_kind(file.stat().st_mode):
        raise OSError(f"expected a regular file, got {kind}, which is not opened")
    return file


def read_whole(file: Place) -> bytes:
    """Content of a file of a dataset."""
    return file.read_bytes() if isinstance(file, UrlPath) else opened(file).read_bytes()
