"""Write a file so that it is there whole or not at all: `write_atomically`."""

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from ..exceptions import FileWriteError

try:
    import fcntl
except ImportError:  # Windows: there a file that is open cannot be removed
    fcntl = None  # type: ignore[assignment]  # a module, or none

_LONGEST_NAME = 200  # bytes; file systems take 255, with what a hidden name has besides


def write_atomically(path: str | PathLike, write: Callable[[BinaryIO], object], *, replace: bool = True) -> None:
    """Write a file under a hidden name, flush it, rename it: whole or not at all, even when the power fails.

    Parameters
    ----------
    path : str or PathLike
        What is there is replaced at the end, and stays where writing fails.
    write : callable
        Gets the stream, open for bytes.
    replace : bool, default=True
        False writes a new file only: of several writers one succeeds.

    Raises
    ------
    FileExistsError
        When the file is there and is not to be replaced.
    FileWriteError
        When the system refuses: no room, no permission, no such folder.
    """
    file = Path(path)
    hidden_names = _hidden_names(file)
    remove_leftovers(file.parent, hidden_names, before=time.time())
    hidden = None
    try:
        with _hidden_file(file.parent, hidden_names) as (hidden, stream):
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
            if replace:
                os.replace(hidden, file)
            else:
                _rename_as_new(hidden, file)
    except FileExistsError:
        raise
    except OSError as error:
        raise FileWriteError(
            f"{file} could not be written: {error.strerror or error}. What was written before is whole; "
            "make room, change the permissions or choose another place, and run it again.",
            str(file),
        ) from error
    finally:
        with suppress(OSError):  # gone when all went well; a file system that takes no file lets none be removed
            if hidden is not None:
                hidden.unlink()


def remove_leftovers(folder: Path, beginning: str, before: float) -> None:
    """Delete the unfinished files of writers that were killed; those of living ones are locked, or younger.

    Parameters
    ----------
    folder : Path
    beginning : str
        Of the hidden names.
    before : float
        Time, as of `time.time`; only older files are deleted.
    """
    with suppress(OSError):  # the folder is not there, or cannot be listed: writing will tell
        for entry in os.scandir(folder):
            if entry.name.startswith(beginning) and entry.name.endswith(".tmp"):
                with suppress(OSError):
                    if entry.stat().st_mtime < before and entry.is_file():
                        _remove_unless_locked(entry.path)


def _remove_unless_locked(path: str) -> None:
    with open(path, "rb") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)


def _hidden_names(file: Path) -> str:
    """Beginning of the hidden names of a file, short enough whatever its own."""
    name = os.fsencode(file.name)
    return f".{file.name if len(name) <= _LONGEST_NAME else hashlib.sha256(name).hexdigest()}."


@contextmanager
def _hidden_file(folder: Path, beginning: str) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a new file under a hidden name, locked as long as its writer lives."""
    while True:
        hidden = folder / f"{beginning}{uuid.uuid4().hex}.tmp"
        with open(hidden, "xb") as stream:
            if fcntl is not None:
                with suppress(OSError):  # a file system without locks
                    fcntl.flock(stream, fcntl.LOCK_EX)
                if os.fstat(stream.fileno()).st_nlink == 0:  # taken for a leftover before it was locked
                    continue
            yield hidden, stream
            return


def _rename_as_new(hidden: Path, file: Path) -> None:
    try:
        os.link(hidden, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: claim the name, then fill it
        with open(file, "xb"):
            pass
        os.replace(hidden, file)
