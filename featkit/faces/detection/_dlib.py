"""dlib's frontal face detector, in a whole picture or in those parts of it alone where a first look saw something.

A score of dlib's depends on the cells of a window and their neighbours alone. In a part of a level of the pyramid that
begins where a cell begins it is therefore the same to the bit, and the parts cost what they are large.
"""

import math
import pickle
import threading
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np

from ..._optional import require
from ._fhog import CELL, OFFSET, SHRINKING
from ._filters import Header, read_header

_ONE, _ONE_AS_FRACTION = b"\x01\x01", b"\x01\x01\x01\x00"  # as dlib writes them
_REDUCTION = 6  # as dlib names that of SHRINKING
_REACH = 80  # pixels from the middle of a window to the border of its part: half a window, two cells, what they look at
_SEEN = 24  # pixels beyond a window, on which its score depends
_WORTH_IT = 0.7  # of a level, in parts

_of_this_thread = threading.local()


class Window(NamedTuple):
    """A window in which a filter answers; its edges in pixels, the last ones are inside."""

    score: float
    filter: int
    left: int
    top: int
    right: int
    bottom: int


@lru_cache
def _pickled_detector():
    """A copy of this is there in a millisecond; to make the detector takes dlib most of a second."""
    return pickle.dumps(require("dlib", extra="faces").get_frontal_face_detector())


@lru_cache
def detector_file() -> bytes:
    """What dlib writes of its detector."""
    (file,) = pickle.loads(_pickled_detector()).__getstate__()
    return file


@lru_cache
def _header() -> Header:
    return read_header(detector_file())


@lru_cache
def _pickled_part_detector():
    """The detector that looks at its picture in one size and leaves out nothing that overlaps."""
    file, header = detector_file(), _header()
    parts = (file[: header.levels.start], _ONE, file[header.levels.stop : header.overlap.start])
    kind: Any = type(_detector())
    detector = kind.__new__(kind)
    detector.__setstate__((b"".join((*parts, 2 * _ONE_AS_FRACTION, file[header.overlap.stop :])),))
    return pickle.dumps(detector)


def _detector() -> Any:
    """The detector of this thread: dlib's releases the GIL, but one that threads share finds wrong boxes."""
    if not hasattr(_of_this_thread, "detector"):
        _of_this_thread.detector = pickle.loads(_pickled_detector())
    return _of_this_thread.detector


def _part_detector() -> Any:
    if not hasattr(_of_this_thread, "part_detector"):
        _of_this_thread.part_detector = pickle.loads(_pickled_part_detector())
    return _of_this_thread.part_detector


def _answers(detector, picture, least_score):
    return [
        Window(score, index, r.left(), r.top(), r.right(), r.bottom())
        for r, score, index in zip(*detector.run(picture, 0, least_score), strict=True)
    ]


def windows_with_faces(picture: np.ndarray, least_score: float, near: np.ndarray | None = None) -> list[Window]:
    """Windows in which dlib sees a face, the best first, without those that overlap a better one.

    `near` holds level, row and column (n, 3) of the middles of windows, in pixels of the picture, near which alone it
    looks; without it everywhere.
    """
    if near is None:
        return _answers(_detector(), picture, least_score)
    found: set[Window] = set()  # parts may overlap
    for level, reduced, rows, cols in _levels(picture, near):
        for part in _parts(rows, cols, reduced.shape):
            found.update(_raised(window, level) for window in _answers_in(part, reduced, least_score))
    kept: list[Window] = []
    for window in sorted(found, reverse=True):
        if not any(_overlap(window, better) for better in kept):
            kept.append(window)
    return kept


def _levels(picture, near):
    """Those levels of dlib's pyramid that are next to any of the windows, and the middles of these in the level."""
    dlib = require("dlib", extra="faces")
    pyramid = dlib.pyramid_down(_REDUCTION)
    rectangle = dlib.rectangle(0, 0, picture.shape[1] - 1, picture.shape[0] - 1)
    levels, rows, cols = near.T
    for level in range(int(levels.max(initial=-2)) + 2):
        if level > 0:
            rectangle = pyramid.rect_down(rectangle)  # dlib's rule of what is too small, which is not that of the sides
            if min(rectangle.width(), rectangle.height()) < _header().least_side:
                return
            picture = pyramid(picture)
            rows, cols = (SHRINKING * places - OFFSET for places in (rows, cols))
        there = np.abs(levels - level) <= 1
        if there.any():
            yield level, picture, rows[there], cols[there]


def _parts(rows, cols, shape):
    """Parts (top, left, bottom, right) about the middles of windows, of whole cells but at the end; or all of it."""
    height, width = shape[:2]
    mask = np.zeros([math.ceil(side / CELL) for side in (height, width)], np.uint8)
    for row, col in zip(rows, cols):
        first = [max(int((place - _REACH) // CELL), 0) for place in (row, col)]
        last = [max(math.ceil((place + _REACH) / CELL), 0) for place in (row, col)]
        mask[first[0] : last[0], first[1] : last[1]] = 1
    n_parts, _, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    parts = []
    for left, top, n_cols, n_rows, _ in boxes[1:n_parts].tolist():
        bottom, right = min(CELL * (top + n_rows), height), min(CELL * (left + n_cols), width)
        parts.append((CELL * top, CELL * left, bottom, right))
    covered = sum((bottom - top) * (right - left) for top, left, bottom, right in parts)
    return parts if covered < _WORTH_IT * height * width else [(0, 0, height, width)]


def _answers_in(part, picture, least_score):
    """Answers in a part of a picture whose scores do not depend on what lies beyond the part."""
    top, left, bottom, right = part
    height, width = picture.shape[:2]
    first_row, first_col = (edge + _SEEN if edge > 0 else -math.inf for edge in (top, left))
    last_row, last_col = (
        edge - _SEEN if edge < side else math.inf for edge, side in ((bottom, height), (right, width))
    )
    for window in _answers(_part_detector(), np.ascontiguousarray(picture[top:bottom, left:right]), least_score):
        moved = window._replace(
            left=window.left + left, top=window.top + top, right=window.right + left, bottom=window.bottom + top
        )
        if first_row <= moved.top and moved.bottom < last_row and first_col <= moved.left and moved.right < last_col:
            yield moved


def _raised(window, level):
    """A window of a level as a window of the picture."""
    if level == 0:
        return window
    dlib = require("dlib", extra="faces")
    r = dlib.pyramid_down(_REDUCTION).rect_up(dlib.rectangle(*window[2:]), level)
    return window._replace(left=r.left(), top=r.top(), right=r.right(), bottom=r.bottom())


def _overlap(one, other):
    """Whether two windows show the same, by dlib's measure: what both share, of the box around both or of either."""
    width = min(one.right, other.right) - max(one.left, other.left) + 1
    height = min(one.bottom, other.bottom) - max(one.top, other.top) + 1
    if width <= 0 or height <= 0:
        return False
    around = (max(one.right, other.right) - min(one.left, other.left) + 1) * (
        max(one.bottom, other.bottom) - min(one.top, other.top) + 1
    )
    most_of_both, most_of_one = _header().most_shared
    least_area = min((each.right - each.left + 1) * (each.bottom - each.top + 1) for each in (one, other))
    return width * height > most_of_both * around or width * height > most_of_one * least_area
