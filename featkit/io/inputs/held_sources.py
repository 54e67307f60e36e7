"""Files that are read once: what tells them from others and what is decoded are the same bytes."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..masks import file_beside
from ..places import read_file
from ..reading import path_of
from ..sources import HeldFile
from ..stacks.page_paths import file_of_path, part_of_path
from .items import content_digest

RACY = 2.0  # seconds; a file changed within them may change again and keep its time


class HeldSource:
    """A source, and the masks beside it, looked at before an image is made of it.

    Parameters
    ----------
    source : object
        See `featkit.read_image`.
    mask_patterns : sequence of str
        Patterns by which readers find masks in files beside the image.
    contents : dict of str to bytes, or None
        Contents of files by their names, which is filled; None where no content is to be held.

    Attributes
    ----------
    source : object
        What to read in its place: a path with its content, or the source itself.
    content : bytes or None
        Digest of the content; None where it cannot be had.
    """

    def __init__(self, source: Any, mask_patterns: Sequence[str], contents: dict[str, bytes] | None) -> None:
        self.source = source
        self.content: bytes | None = None
        self._when, self._state = time.time(), None
        self._held: list[HeldFile] = []
        self._sources = [source]
        path = path_of(source)
        with suppress(OSError, ValueError):  # also of a path that cannot be one; the transformer will say what is wrong
            if path is not None:
                self._sources += [file_beside(path, pattern) for pattern in mask_patterns]
            self._state = self._state_of_files()
            if contents is not None and isinstance(source, (str, os.PathLike)) and not _is_frame(source):
                held = [_held(file, contents) for file in self._sources]
                held[0].beside = dict(zip(map(str, self._sources[1:]), held[1:]))
                self.source, self._held = held[0], held
            self.content = _digest(self._held or self._sources)

    def is_what_was_read(self) -> bool:
        """Whether what was made was made of this content: decoded from it, or from files that did not change."""
        if self._held and all(file.is_read for file in self._held):
            return True
        with suppress(OSError, ValueError):
            if self._state == self._state_of_files():
                is_old = all(at < self._when - RACY for _, _, at in self._state or ())
                return is_old or self.content == _digest(self._sources)
        return False

    def _state_of_files(self) -> list[tuple[int, int, float]]:
        states = [os.stat(file_of_path(path)) for path in self._sources if isinstance(path, (str, os.PathLike))]
        return [(state.st_size, state.st_ino, max(state.st_mtime, state.st_ctime)) for state in states]


def _digest(sources: Sequence[Any]) -> bytes:
    return b"".join(content_digest(source) for source in sources)


def _is_frame(path: str | os.PathLike) -> bool:
    """Whether a path means a frame of a video, which is opened by its path."""
    part = part_of_path(path)
    return part is not None and part.frame is not None


def _held(path: str | os.PathLike, contents: dict[str, bytes]) -> HeldFile:
    name = os.fspath(file_of_path(path))
    if name not in contents:
        contents[name] = read_file(name)
    return HeldFile(path, contents[name])
