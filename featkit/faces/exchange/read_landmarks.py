"""Read files of landmarks: .pts, dlib's XML (imglab), lists of WFLW and others, CSV tables, JSON, NumPy's arrays."""

import csv
import os
from collections.abc import Callable
from numbers import Integral
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import BadZipFile

import numpy as np

from ...exceptions import LandmarkFormatError, shown
from ...io.places import read_file
from ...parameters import Options, check_number, check_option
from ..landmarks.scheme import refuse_misread_points
from ._arrays import read_json, read_numpy
from ._lists import is_wflw, read_list, read_wflw

FIRST_PIXEL = Options(Integral, {0, 1})
FORMATS = ("pts", "imglab", "wflw", "list", "csv", "json", "numpy")
_FORMAT_OF_SUFFIX = {".pts": "pts", ".xml": "imglab", ".txt": "list", ".csv": "csv", ".json": "json"}
_FORMAT_OF_SUFFIX |= {".npy": "numpy", ".npz": "numpy"}
_AXES = {"row": 0, "y": 0, "col": 1, "column": 1, "x": 1}


class LandmarkFile(NamedTuple):
    """What a file of landmarks says of each object.

    Attributes
    ----------
    images : list of str
        Name of the image of each object as the file gives it; empty where it gives none.
    boxes : float64 ndarray (n_objects, 4)
        Half-open (min_row, min_col, max_row, max_col); NaN where the file gives none.
    landmarks : float64 ndarray (n_objects, 2 * n_points)
        Row, column, row, column, ... in pixels, (0, 0) being the centre of the first one; NaN where a point is missing.
    """

    images: list[str]
    boxes: np.ndarray
    landmarks: np.ndarray


def read_landmarks(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    first_pixel: int | None = None,
    image_size: tuple[int, int] | None = None,
) -> LandmarkFile:
    """Read the landmarks of a .pts file, dlib's XML (imglab), a list, a CSV table, JSON or NumPy's arrays.

    Parameters
    ----------
    path : str or path-like
        The file.
    format : {"pts", "imglab", "wflw", "list", "csv", "json", "numpy"} or None, default=None
        - ``"pts"``: one object, a line with x and y for each point, with the header of iBUG's files or without;
        - ``"imglab"``: the XML file that dlib's imglab writes and its trainers read, a box for each object;
        - ``"wflw"``: a line for each face with 98 points, box, attributes and the name of the image;
        - ``"list"``: a line for each face with x and y of every point, as lists of 300-W, COFW and others have them,
          the name of the image before or behind them;
        - ``"csv"``: a header whose names end in ``_row``, ``_col`` or ``_x``, ``_y`` or begin with ``row_``, ``col_``,
          ``x_``, ``y_``, as OpenFace's; separated by commas or semicolons; columns ``image`` and ``min_row``,
          ``min_col``, ``max_row``, ``max_col`` are read, too;
        - ``"json"``: points as ``{"x": 1, "y": 2}`` or ``[x, y]``, of one face or of several, as MediaPipe's results
          and face-alignment's lists are dumped; depth is left out;
        - ``"numpy"``: an array (n_points, 2), (n_faces, n_points, 2) or with depth, x first, in .npy, or called
          ``landmarks`` or alone in .npz.

        None: by the end of the name, .pts, .xml, .txt, .csv, .json, .npy or .npz; .txt is "wflw" where its first line
        has the attributes of WFLW, else "list".
    first_pixel : {0, 1} or None, default=None
        What the file calls the first pixel. None: 1 for "pts", which Matlab began, else 0.
    image_size : (int, int) or None, default=None
        (height, width) of the image in pixels, where coordinates are fractions of its sides as MediaPipe gives them:
        0 is the outer edge of the first pixel. None: they are pixels.

    Returns
    -------
    file : LandmarkFile
        Names of images, boxes and landmarks, one of each for every object.

    Raises
    ------
    LandmarkFormatError
        When the file is none of the format, its objects have different numbers of points, or the 68 points of "json" or
        "numpy" make a face only with the row first.

    See Also
    --------
    write_landmarks : Writes such files.
    convert_landmarks : Other schemes of facial points as 68 points.
    featkit.LandmarkPredictor : Learns from the table.

    Notes
    -----
    Tools that are not written in Matlab often write .pts files that count from 0: the half or whole pixel between the
    two is not seen by eye. Where the points of your file come from such a tool, say ``first_pixel=0``.

    References
    ----------
    Sagonas et al. 2013, "300 faces in-the-wild challenge", doi:10.1109/ICCVW.2013.59 (.pts); King 2009, "Dlib-ml: a
    machine learning toolkit", JMLR 10 (XML).

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from featkit.faces.exchange import read_landmarks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "leaf.pts"
    ...     _ = path.write_text("version: 1" + chr(10) + "n_points: 2" + chr(10) + "{" + chr(10)
    ...                         + "11 21" + chr(10) + "12.5 41" + chr(10) + "}")
    ...     read_landmarks(path).landmarks
    array([[20. , 10. , 40. , 11.5]])
    """
    path = Path(path)
    check_option("format", format, (None, *FORMATS))
    is_told = format is not None
    format = format or _FORMAT_OF_SUFFIX.get(path.suffix.lower())
    if format is None:
        raise LandmarkFormatError(
            f"Expected a file of landmarks named .pts, .xml, .txt, .csv, .json, .npy or .npz, got {shown(path.name)}: "
            f"say which it is by format, one of {FORMATS}."
        )
    check_number("first_pixel", 0 if first_pixel is None else first_pixel, FIRST_PIXEL)
    origin = first_pixel if first_pixel is not None else int(format == "pts")
    try:
        content = read_file(path)
        if format in _DUMPS:
            images, boxes, landmarks = _DUMPS[format](content)
        else:
            text = content.decode("utf-8-sig")
            if format == "list" and not is_told and is_wflw(text):
                format = "wflw"
            images, boxes, landmarks = _READERS[format](text, path)
    except (ValueError, EOFError, RecursionError, BadZipFile, ElementTree.ParseError) as error:
        raise LandmarkFormatError(
            f'Expected {shown(path.name)} to be a file of landmarks of format="{format}", {_message(error)}.'
        ) from error
    if image_size is not None:
        sides = np.asarray(image_size, dtype=np.float64)
        landmarks = (landmarks.reshape(len(landmarks), -1, 2) * sides - 0.5).reshape(landmarks.shape)
        boxes = boxes * np.tile(sides, 2)
        origin = 0
    if format in _DUMPS and landmarks.shape[1] == 2 * 68:
        refuse_misread_points(landmarks.reshape(-1, 68, 2))
    return LandmarkFile(images, boxes - origin, landmarks - origin)


def _message(error: Exception) -> str:
    text = str(error).rstrip(".")
    return text if text.startswith(("got", "of")) else f"got one that cannot be read ({text})"


def _read_pts(text: str, path: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    lines = [line.strip() for line in text.replace("{", "\n").replace("}", "\n").splitlines()]
    header = dict(line.split(":", 1) for line in lines if ":" in line)
    points = np.array([_two_numbers(line) for line in lines if line and ":" not in line])
    if not len(points):
        raise ValueError("got no point")
    told = header.get("n_points")
    if told is not None and int(told) != len(points):
        raise ValueError(f"got {len(points)} points where its header tells of {int(told)}")
    return [""], np.full((1, 4), np.nan), points[:, ::-1].reshape(1, -1)


def _two_numbers(line: str) -> list[float]:
    words = line.replace(",", " ").split()
    if len(words) != 2:
        raise ValueError(f"got a line of {len(words)} values instead of x and y: {line[:40]!r}")
    return [float(word) for word in words]


def _read_imglab(text: str, path: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    if "<!" in text.replace("<!--", ""):
        raise ValueError("got a document type or entities of its own, which imglab does not write")
    names: list[str] = []
    boxes: list[list[float]] = []
    shapes: list[dict[str, tuple[float, float]]] = []
    for image in ElementTree.fromstring(text).iter("image"):
        for box in image.iter("box"):
            top, left, height, width = (float(box.attrib[name]) for name in ("top", "left", "height", "width"))
            names.append(image.attrib.get("file", ""))
            boxes.append([top, left, top + height, left + width])
            parts = box.iter("part")
            shapes.append({part.attrib["name"]: (float(part.attrib["y"]), float(part.attrib["x"])) for part in parts})
    if not any(shapes):
        raise ValueError("got no box with parts")
    found = set().union(*shapes)
    order = sorted(found, key=lambda name: (len(name), name) if name.isdigit() else (0, name))
    points = [[shape.get(name, (np.nan, np.nan)) for name in order] for shape in shapes]
    return names, np.array(boxes), np.array(points).reshape(len(shapes), -1)


def _read_csv(text: str, path: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    first, _, _ = text.partition("\n")
    lines = list(csv.reader(text.splitlines(), delimiter="," if "," in first else ";", skipinitialspace=True))
    if len(lines) < 2:
        raise ValueError("got no row")
    header, *rows = lines
    columns: dict[str, list[int | None]] = {}
    leads = any(_axis_first(name) is not None for name in header)  # OpenFace has gaze_0_x beside x_0
    for place, name in enumerate(header):
        named = _axis_first(name) if leads else _axis_last(name)
        if named is not None:
            point, axis = named
            columns.setdefault(point, [None, None])[axis] = place
    lacking = [point for point, places in columns.items() if None in places]
    if not columns or lacking:
        what = f"of which {shown(lacking[0])} lacks one of its two" if lacking else "of which none names a row or an x"
        raise ValueError(f"got columns {what}: {header[:4]}")
    known = {name: place for place, name in enumerate(header)}
    sides = [known.get(name) for name in ("min_row", "min_col", "max_row", "max_col")]
    order = [place for point in columns.values() for place in point if place is not None]
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise ValueError(f"got {len(row)} cells in line {number} of a table of {len(header)} columns")
    points = np.array([[_number(row[place]) for place in order] for row in rows])
    boxes = [[np.nan if side is None else _number(row[side]) for side in sides] for row in rows]
    images = [row[known["image"]] if "image" in known else "" for row in rows]
    return images, np.array(boxes), points


def _axis_first(name: str) -> tuple[str, int] | None:
    """Name of the point and 0 for its row, 1 for its column: of ``row_00``, ``x_0``."""
    axis, _, point = name.partition("_")
    return (point, _AXES[axis]) if point and axis in _AXES else None


def _axis_last(name: str) -> tuple[str, int] | None:
    """Name of the point and 0 for its row, 1 for its column: of ``landmark_00_row``, ``0_x``."""
    point, _, axis = name.rpartition("_")
    return (point, _AXES[axis]) if point not in ("", "min", "max") and axis in _AXES else None


def _number(cell: str) -> float:
    return float(cell) if cell.strip() else np.nan


_DUMPS = {"json": read_json, "numpy": read_numpy}
_READERS: dict[str, Callable[[str, Path], tuple[list[str], np.ndarray, np.ndarray]]] = {
    "pts": _read_pts,
    "imglab": _read_imglab,
    "wflw": read_wflw,
    "list": read_list,
    "csv": _read_csv,
}
