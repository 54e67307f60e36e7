"""Files that are there whole or not at all."""

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ..exceptions import ExtractionError


def write_atomically(file: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file so that it is there whole or not at all, even when the power fails.

    Parameters
    ----------
    file : Path
    write : callable
        Gets the stream, open for bytes.

    Raises
    ------
    ExtractionError
        When the file cannot be written; one that was there before is as it was.
    """
    hidden = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(hidden, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(hidden, file)
    except OSError as error:
        raise ExtractionError(
            f"{file} could not be written: {error.strerror or error}. What was written before is whole; "
            "make room or change the permissions, and run it again."
        ) from error
    finally:
        hidden.unlink(missing_ok=True)
