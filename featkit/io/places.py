"""Places of files, on this disk or behind URLs that fsspec opens, and their content within a limit of bytes."""

import glob
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO, TypeVar

from .._optional import require
from ..exceptions import FeatkitError, ImageReadError

MAX_BYTES = 1_000_000_000  # of a file; an image of 100 megapixels takes 800 MB with four channels of 16 bits
WAITS = (0.2, 1.0)  # seconds before what failed behind a URL is tried again
_HTTP = ("http://", "https://")
_PIECE = 8 << 20  # bytes
_REST = 1 << 16  # bytes asked for when all that was announced has come
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}
_LASTING = (  # errors of the file, the call or this machine, that would come again; of servers the status decides
    *(FeatkitError, FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, ImportError),
    *(ValueError, TypeError, LookupError, NotImplementedError, MemoryError),
)

Answer = TypeVar("Answer")


def is_url(source: Any) -> bool:
    """Whether a source is the text of a URL, chained ones of fsspec included."""
    return isinstance(source, str) and "://" in source


def suffix_of(name: str) -> str:
    """Last suffix of a name in small letters: ``.png``; of a chained URL that of its first part."""
    return PurePosixPath(first_link(name)).suffix.lower()


def first_link(url: str) -> str:
    """The part of a chained URL that names the file: ``zip://a.png`` of ``zip://a.png::b.zip``; all of another text."""
    first = url.partition("::")[0]
    return first if "://" in first else url


def special_kind(mode: int) -> str | None:
    """What a file is that is neither a regular file nor a folder, such as a named pipe; None where it is one."""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return _KINDS.get(stat.S_IFMT(mode), "a special file")


def check_size(size: int, max_bytes: int, more: str = "") -> None:
    """Refuse content that is larger than allowed."""
    if size > max_bytes:
        raise ImageReadError(
            f"expected at most max_bytes={max_bytes} bytes, got {size}{more}. "
            "Raise max_bytes where the file can be trusted."
        )


def read_at_most(stream: BinaryIO | FileIO, max_bytes: int, size: int | None = None) -> bytes:
    """Read a stream to its end, or refuse it.

    Parameters
    ----------
    stream : binary file object
    max_bytes : int
        Largest content; of more than that one byte is read.
    size : int or None, default=None
        Size that is announced; more may come.

    Returns
    -------
    content : bytes

    Raises
    ------
    ImageReadError
        When more is announced, or comes.
    """
    check_size(size or 0, max_bytes)
    pieces: list[bytes] = []
    n_bytes, wanted = 0, _PIECE if size is None else size + 1  # the one more tells that it was the end
    while piece := stream.read(max(1, min(wanted, max_bytes + 1 - n_bytes))):
        if not isinstance(piece, bytes):
            raise ImageReadError("expected a file opened for bytes, it gave text. Open it with mode 'rb'.")
        pieces.append(piece)
        n_bytes += len(piece)
        check_size(n_bytes, max_bytes, " and more")
        wanted = _PIECE if size is None or n_bytes < size else _REST
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def open_file(path: str | os.PathLike) -> BinaryIO:
    """Open a file on this disk for reading bytes; pipes, devices and sockets are refused unopened.

    Raises
    ------
    OSError
        Of the system; `ImageReadError` where it is no regular file.
    """
    _check_regular(path)
    return open(path, "rb")


def read_file(path: str | os.PathLike, max_bytes: int = MAX_BYTES) -> bytes:
    """Content of a file on this disk, see `open_file`."""
    size = _check_regular(path)
    with open(path, "rb", buffering=0) as file:  # a buffer would cost as much as reading a small file
        return read_at_most(file, max_bytes, size)


def read_place(path: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Content of a local file or a URL; what fails behind a URL for a moment is tried three times.

    Parameters
    ----------
    path : str
    max_bytes : int, default=1_000_000_000
        Largest content. What a listing or the header ``Content-Length`` announces is checked before anything is read.

    Returns
    -------
    content : bytes

    Raises
    ------
    ImageReadError
        Whatever goes wrong.
    """

    def read() -> bytes:
        with _opened(path) as file:
            return read_at_most(file, max_bytes, _announced_size(file))

    return _tried(path, "a readable file", read)


@contextmanager
def open_place(path: str) -> Iterator[BinaryIO]:
    """Open a local file or a URL for reading bytes; all errors of reading from a URL become `ImageReadError`."""
    with ExitStack() as stack:
        file = _tried(path, "a readable file", lambda: stack.enter_context(_opened(path)))
        try:
            yield file
        except Exception as error:
            if isinstance(error, ImageReadError) or not (is_url(path) or isinstance(error, OSError)):
                raise
            raise _error_of(path, "a readable file", error) from error


def expand_place(source: str) -> list[str]:
    """Files that a pattern, a folder behind a URL or a single name stands for, in order of their names."""
    if not is_url(source):
        return sorted(glob.glob(source, recursive=True)) if "*" in source else [source]
    if source.startswith(_HTTP) and suffix_of(source) and "*" not in source:
        return [source]  # whether it is a folder could be asked only by fetching it

    def find() -> list[str]:
        filesystem, path = require("fsspec", extra="remote").core.url_to_fs(source)
        if "*" in path:
            found = filesystem.glob(path)
        else:
            found = filesystem.find(path) if filesystem.isdir(path) else [path]
        return [_url_of(source, filesystem, name) for name in sorted(found)]

    return _tried(source, "a place that fsspec can list", find)


def _tried(path: str, expected: str, act: Callable[[], Answer]) -> Answer:
    """Do it, behind a URL again after a wait where the error may pass by; errors are `ImageReadError`."""
    waits = list(WAITS if is_url(path) else ())
    while True:
        try:
            return act()
        except Exception as error:
            if not (waits and _may_pass(error)):
                raise _error_of(path, expected, error) from error
            time.sleep(waits.pop(0))


def _may_pass(error: BaseException | None) -> bool:
    """Whether an error may be gone in a moment: a time-out, a cut transfer, a server that is busy."""
    last = error
    while error is not None:
        status = getattr(error, "status", None)
        if isinstance(status, int):
            return status in (408, 425, 429) or status >= 500
        error = error.__cause__
    return not isinstance(last, _LASTING)


def _error_of(path: str, expected: str, error: Exception) -> ImageReadError:
    if isinstance(error, ImageReadError):
        return ImageReadError(f"{path}: {str(error).removeprefix(f'{path}: ')}", path)
    if isinstance(error, MemoryError):
        return ImageReadError(f"{path}: expected a file that fits into memory, it does not. Lower max_bytes.", path)
    if isinstance(error, FileNotFoundError) and error.errno is None:  # fsspec's, whose words are the URL alone
        return ImageReadError(f"{path}: expected {expected}, there is none of this name. Check the URL.", path)
    came = " ".join(str(error).split())[:160] or type(error).__name__
    return ImageReadError(f"{path}: expected {expected}, got: {came}.", path)


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    if not is_url(path):
        with open_file(path) as file:
            yield file
        return
    filesystem, name = require("fsspec", extra="remote").core.url_to_fs(path)
    if "file" in ([filesystem.protocol] if isinstance(filesystem.protocol, str) else filesystem.protocol):
        _check_regular(name)
    # by HTTP one request, whose answer is read piece by piece; where a size is given, no other asks for it
    options = {"block_size": 0, "size": 1} if path.startswith(_HTTP) else {}
    with filesystem.open(name, "rb", **options) as file:
        yield file


def _announced_size(file: Any) -> int | None:
    """Size that a file, a listing or the header of an answer tells; None where it is unknown."""
    with_header = getattr(file, "r", None)
    size = getattr(file, "size", None)
    if size is None:
        size = getattr(with_header, "content_length", None)
    if size is None and hasattr(file, "fileno") and not with_header:
        try:
            size = os.fstat(file.fileno()).st_size
        except OSError:  # a stream that is no file of the system
            return None
    return size if isinstance(size, int) else None


def _check_regular(path: str | os.PathLike) -> int:
    """Size of a regular file."""
    found = os.stat(path)
    kind = special_kind(found.st_mode)
    if kind:
        raise ImageReadError(
            f"expected a regular file, got {kind}, which is not opened: it might never end. Pass its content as bytes."
        )
    return found.st_size


def _url_of(source: str, filesystem: Any, name: str) -> str:
    """URL of a name that a listing gave; that of a chain keeps its other links."""
    first, link, rest = source.partition("::")
    if not link:
        return filesystem.unstrip_protocol(name)
    if "://" in first:  # zip://*.png::archive.zip
        return f"{first.partition('://')[0]}://{name}::{rest}"
    protocol = rest.partition("://")[0]  # simplecache::s3://...
    return f"{first}::{protocol}://{name.removeprefix(f'{protocol}://')}"
