"""Paths that mean a part of a file: ``stack.tif#page=3`` and ``clip.mp4#frame=120``."""

import os
import re
from typing import Any, NamedTuple

_PART = re.compile(r"(.+)#(page|frame)=(\d{1,9})", re.DOTALL)


class Part(NamedTuple):
    """A file, and which page of it (of a TIFF or an animation) or which frame (of a video) is meant."""

    path: str
    page: int | None = None
    frame: int | None = None


def page_path(path: str, page: int) -> str:
    """Path of a page of a file, which `featkit.read_image` reads."""
    return f"{path}#page={page}"


def frame_path(path: str, frame: int) -> str:
    """Path of a frame of a video, which `featkit.read_image` reads."""
    return f"{path}#frame={frame}"


def part_of_path(source: Any) -> Part | None:
    """The part that a path names; None of other sources, and where a file has the whole name."""
    if not isinstance(source, (str, os.PathLike)):
        return None
    path = os.fspath(source)
    match = _PART.fullmatch(path) if isinstance(path, str) and "#" in path else None
    if match is None or os.path.lexists(path):
        return None
    number = int(match[3])
    return Part(match[1], page=number) if match[2] == "page" else Part(match[1], frame=number)


def file_of_path(path: str | os.PathLike) -> str | os.PathLike:
    """Path of the file of which a path names a part, or the path itself."""
    part = part_of_path(path)
    return path if part is None else part.path
