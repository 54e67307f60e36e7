"""Lists of faces as text: a line of numbers and the name of an image for each; x comes first."""

from pathlib import Path

import numpy as np

WFLW_POINTS, N_ATTRIBUTES = 98, 6
_MORE = 4 + N_ATTRIBUTES + 1  # a box, attributes, the name of the image
Read = tuple[list[str], np.ndarray, np.ndarray]


def is_wflw(text: str) -> bool:
    """Whether the first line is one of WFLW: behind 98 points and a box stand six attributes, each 0 or 1."""
    words = next(filter(str.strip, text.splitlines()), "").split()
    return len(words) >= 2 * WFLW_POINTS + _MORE and _are_attributes(words)


def _are_attributes(words):
    first = 2 * WFLW_POINTS + 4
    return set(words[first : first + N_ATTRIBUTES]) <= {"0", "1"}


def read_wflw(text: str, path: Path) -> Read:
    """Names, boxes and rows of a list of WFLW."""
    names, boxes, points = [], [], []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        words = line.split(maxsplit=2 * WFLW_POINTS + _MORE - 1)
        if len(words) != 2 * WFLW_POINTS + _MORE:
            raise ValueError(
                f"got {len(words)} words in line {number} instead of {2 * WFLW_POINTS} coordinates, 4 of a box, 6 "
                "attributes and the name of the image"
            )
        if not _are_attributes(words):
            raise ValueError(
                f"got a line {number} whose six words behind 98 points and a box are no attributes, 0 or 1 each: "
                'format="list" reads x and y of any number of points with a name'
            )
        values = np.array(words[:-1], dtype=np.float64)
        names.append(words[-1].strip())
        points.append(_row(values[: 2 * WFLW_POINTS]))
        left, top, right, bottom = values[2 * WFLW_POINTS : 2 * WFLW_POINTS + 4]
        boxes.append([top, left, bottom + 1, right + 1])
    if not names:
        raise ValueError("got no line")
    return names, np.array(boxes), np.array(points)


def read_list(text: str, path: Path) -> Read:
    """Names and rows of lines of x and y with the name of the image at one end."""
    names, points = [], []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        words = line.replace(",", " ").split()
        is_first = not _is_number(words[0])
        name, values = (words[0], words[1:]) if is_first else (words[-1], words[:-1])
        if _is_number(name) or not values or len(values) % 2 or not all(map(_is_number, values)):
            raise ValueError(
                f"got line {number} that is no name of an image with x and y of every point: {line.strip()[:40]!r}"
            )
        names.append(name)
        points.append(_row(np.array(values, dtype=np.float64)))
    if not names:
        raise ValueError("got no line")
    other = next((number for number, row in enumerate(points, 1) if len(row) != len(points[0])), None)
    if other is not None:
        raise ValueError(
            f"got {len(points[other - 1]) // 2} points in line {other}, {len(points[0]) // 2} in the first"
        )
    return names, np.full((len(names), 4), np.nan), np.array(points)


def _row(values):
    return values.reshape(-1, 2)[:, ::-1].ravel()


def _is_number(word):
    try:
        float(word)
    except ValueError:
        return False
    return True
