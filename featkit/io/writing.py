"""Write a file so that it is there whole or not at all: `write_atomically`."""

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from ..exceptions import FileWriteError


def write_atomically(path: str | PathLike, write: Callable[[BinaryIO], object]) -> None:
    """Write a file under a hidden name, flush it, rename it: whole or not at all, even when the power fails.

    Parameters
    ----------
    path : str or PathLike
        What is there is replaced at the end, and stays where writing fails.
    write : callable
        Gets the stream, open for bytes.

    Raises
    ------
    FileWriteError
        When the system refuses: no room, no permission, no such folder.
    """
    file = Path(path)
    hidden = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(hidden, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(hidden, file)
    except OSError as error:
        raise FileWriteError(
            f"{file} could not be written: {error.strerror or error}. What was written before is whole; "
            "make room, change the permissions or choose another place, and run it again.",
            str(file),
        ) from error
    finally:
        with suppress(OSError):  # gone when all went well; a file system that takes no file lets none be removed
            hidden.unlink()
