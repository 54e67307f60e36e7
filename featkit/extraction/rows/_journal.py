"""What is done of a run over files: one line for each, so that a run that was stopped goes on from there."""

import hashlib
import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...exceptions import FileWriteError
from ...io.inputs.items import content_digest
from ...io.stacks.page_paths import file_of_path


def identity_of(source: Any, *others: str | None) -> str:
    """What tells a source from others: path, size and time of change of a file, else its content; so for files beside.

    Parameters
    ----------
    source : path, bytes, file object or array
    *others : str or None
        Paths of files that count as well.

    Returns
    -------
    identity : str
    """
    digest = hashlib.sha256()
    for one in (source, *(other for other in others if other is not None)):
        if isinstance(one, (str, os.PathLike)):
            digest.update(f"{os.fspath(one)}\0".encode("utf-8", "surrogateescape"))
            with suppress(OSError):  # what cannot be read is told by its name
                state = os.stat(file_of_path(one))
                digest.update(f"{state.st_size} {state.st_mtime_ns}\0".encode())
        else:
            with suppress(OSError):
                digest.update(content_digest(one))
    return digest.hexdigest()


class Journal:
    """A file of finished work, one line of JSON for each piece; lines of other settings are passed over.

    Parameters
    ----------
    path : Path
        The file, made with the first line.
    settings : str
        What else the results depend on.
    """

    def __init__(self, path: Path, settings: str) -> None:
        self.path = path
        self.settings = hashlib.sha256(settings.encode()).hexdigest()
        self._lock = threading.Lock()
        self.done: dict[str, Any] = {}
        with suppress(FileNotFoundError):
            for line in path.read_bytes().splitlines():
                with suppress(ValueError, KeyError, TypeError):  # the last line of a run that was killed
                    entry = json.loads(line)
                    if entry["settings"] == self.settings:
                        self.done[entry["identity"]] = entry["result"]

    def write(self, identity: str, result: Any) -> None:
        """Add a finished piece."""
        entry = {"settings": self.settings, "identity": identity, "result": result}
        line = b"\n" + json.dumps(entry).encode()  # the break first: what stands before may be torn
        try:
            with self._lock, self.path.open("ab") as file:
                file.write(line)
        except OSError as error:
            raise FileWriteError(
                f"{self.path} could not be written: {error.strerror or error}. Make room, change the permissions or "
                "choose another place, and run it again.",
                str(self.path),
            ) from error
