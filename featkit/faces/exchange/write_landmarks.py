"""Write landmarks for other tools: .pts, dlib's XML (imglab), lists of WFLW, CSV tables, JSON, NumPy's arrays."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError, shown
from ...parameters import check_number
from ..landmarks.shapes import check_landmarks, landmark_names
from ._arrays import json_of, npy_of, npz_of
from ._lists import N_ATTRIBUTES, WFLW_POINTS
from .read_landmarks import FIRST_PIXEL

_SUFFIXES = (".pts", ".xml", ".txt", ".csv", ".json", ".npy", ".npz")
_DUMPS: dict[str, Callable[..., bytes]] = {".json": json_of, ".npy": npy_of, ".npz": npz_of}
_SIDES = ("min_row", "min_col", "max_row", "max_col")


def write_landmarks(
    path: str | os.PathLike[str],
    landmarks: ArrayLike,
    *,
    images: Sequence[str] | None = None,
    boxes: ArrayLike | None = None,
    first_pixel: int | None = None,
) -> None:
    """Write landmarks as .pts, dlib's XML (imglab), a list, CSV, JSON or NumPy's arrays, by the end of the name.

    Parameters
    ----------
    path : str or path-like
        Name that ends in .pts (one object), .xml, .txt, .csv, .json, .npy or .npz; a file of that name is replaced.
    landmarks : array-like (n_objects, 2 * n_points)
        Row, column, row, column, ... in pixels, (0, 0) being the centre of the first one; NaN where a point is missing.
    images : sequence of str or None, default=None
        Name of the image of each object; .xml and .txt need it, .pts and .npy have no place for it.
    boxes : array-like (n_objects, 4) or None, default=None
        Half-open (min_row, min_col, max_row, max_col) of each object; .xml needs it, .pts and .npy have no
        place for it. With them a .txt of 98 points is a list of WFLW, without a list of points and names.
    first_pixel : {0, 1} or None, default=None
        What the file is to call the first pixel. None: 1 for .pts, else 0.

    Raises
    ------
    LandmarkFormatError
        When the file cannot hold what is given, such as a missing point in .pts or a fraction of a pixel in .xml boxes.

    See Also
    --------
    read_landmarks : Reads such files.

    Notes
    -----
    dlib reads whole pixels: coordinates in .xml are rounded. A missing point is left out there, empty in .csv, null in
    .json. Of WFLW's six attributes, which are not known, all are written as 0. In .json, .npy and .npz points are
    ``landmarks`` (n_objects, n_points, 2), x first, as other tools have them.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from featkit.faces.exchange import write_landmarks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "leaf.pts"
    ...     write_landmarks(path, [[20, 10, 40, 11.5]])
    ...     path.read_text().split()
    ['version:', '1', 'n_points:', '2', '{', '11.0', '21.0', '12.5', '41.0', '}']
    """
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        raise LandmarkFormatError(f"Expected a name that ends in one of {_SUFFIXES}, got {shown(path.name)}.")
    check_number("first_pixel", 0 if first_pixel is None else first_pixel, FIRST_PIXEL)
    points = check_landmarks(landmarks)
    n_objects = len(points)
    places = None if boxes is None else np.asarray(boxes, dtype=np.float64)
    if places is not None and places.shape != (n_objects, 4):
        raise LandmarkFormatError(
            f"Expected a box of 4 values for each of {n_objects} objects, got an array of shape {places.shape}."
        )
    if images is not None and len(images) != n_objects:
        raise LandmarkFormatError(f"Expected the image of each of {n_objects} objects, got {len(images)}.")
    suffix = path.suffix.lower()
    origin = first_pixel if first_pixel is not None else int(suffix == ".pts")
    points = points + origin
    places = None if places is None else places + origin
    if suffix == ".npy" and (images is not None or places is not None):
        raise LandmarkFormatError("Expected points alone for .npy, got names of images or boxes: write .npz instead.")
    if suffix in _DUMPS:
        path.write_bytes(_DUMPS[suffix](points, images, places))
        return
    if suffix == ".pts":
        text = _pts(points, images is not None or places is not None)
    elif suffix == ".xml":
        text = _imglab(points, images, places)
    elif suffix == ".txt":
        text = _list(points, images, places)
    else:
        text = _csv(points, images, places)
    path.write_text(text, encoding="utf-8", newline="")


def _pts(points: np.ndarray, has_more: bool) -> str:
    if len(points) != 1 or has_more or np.isnan(points).any():
        what = "missing points" if np.isnan(points).any() else "names of images or boxes"
        got = f"{len(points)} objects" if len(points) != 1 else what
        raise LandmarkFormatError(f"Expected one object with all its points for .pts, got {got}: write .csv instead.")
    lines = [f"{float(x)!r} {float(y)!r}" for y, x in points[0]]
    return "\n".join(["version: 1", f"n_points: {len(lines)}", "{", *lines, "}", ""])


def _imglab(points: np.ndarray, images: Sequence[str] | None, boxes: np.ndarray | None) -> str:
    if images is None or boxes is None or np.isnan(boxes).any():
        raise LandmarkFormatError("Expected images and boxes of all objects for .xml, which dlib's trainers need.")
    if (boxes != np.rint(boxes)).any():
        raise LandmarkFormatError("Expected boxes in whole pixels for .xml, got fractions: round them.")
    unknown = np.flatnonzero(np.isnan(points).any(axis=2).all(axis=0))
    if len(unknown):
        raise LandmarkFormatError(
            f"Expected each point in one object at least for .xml, got point {unknown[0]} missing in all, of which "
            "nothing in the file would tell: write .csv instead."
        )
    digits = max(2, len(str(points.shape[1] - 1)))
    dataset = ElementTree.Element("dataset")
    listing = ElementTree.SubElement(dataset, "images")
    entries: dict[str, ElementTree.Element] = {}
    for name, box, shape in zip(images, boxes.astype(int).tolist(), points, strict=True):
        if name not in entries:
            entries[name] = ElementTree.SubElement(listing, "image", file=str(name))
        top, left, bottom, right = box
        sides = {"top": top, "left": left, "width": right - left, "height": bottom - top}
        entry = ElementTree.SubElement(entries[name], "box", {side: str(value) for side, value in sides.items()})
        for number, (y, x) in enumerate(shape):
            if not (np.isnan(y) or np.isnan(x)):
                part = {"name": f"{number:0{digits}d}", "x": str(round(float(x))), "y": str(round(float(y)))}
                ElementTree.SubElement(entry, "part", part)
    ElementTree.indent(dataset)
    return ElementTree.tostring(dataset, encoding="unicode", xml_declaration=False) + "\n"


def _list(points: np.ndarray, images: Sequence[str] | None, boxes: np.ndarray | None) -> str:
    if images is None or np.isnan(points).any():
        raise LandmarkFormatError(
            "Expected the names of all images and all points for .txt, got missing ones: write .csv instead."
        )
    if boxes is not None and (points.shape[1] != WFLW_POINTS or np.isnan(boxes).any()):
        raise LandmarkFormatError(
            f"Expected boxes in .txt for the {WFLW_POINTS} points of WFLW alone, and none missing: write .csv instead."
        )
    spaced = [str(name) for name in images if not str(name).strip() or (boxes is None and len(str(name).split()) > 1)]
    if spaced:
        raise LandmarkFormatError(f"Expected names of images without spaces for .txt, got {spaced[0]!r}: write .csv.")
    lines = []
    for index, shape in enumerate(points):
        words = [repr(value) for value in shape[:, ::-1].ravel().tolist()]
        if boxes is not None:
            top, left, bottom, right = boxes[index].tolist()
            words += [*map(repr, (left, top, right - 1, bottom - 1)), *["0"] * N_ATTRIBUTES]
        lines.append(" ".join([*words, str(images[index])]) + "\n")
    return "".join(lines)


def _csv(points: np.ndarray, images: Sequence[str] | None, boxes: np.ndarray | None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = [*(["image"] if images is not None else []), *(_SIDES if boxes is not None else [])]
    writer.writerow([*header, *landmark_names(points.shape[1])])
    for index, shape in enumerate(points):
        numbers = ([] if boxes is None else boxes[index].tolist()) + shape.ravel().tolist()
        cells = ["" if np.isnan(number) else repr(number) for number in numbers]
        writer.writerow([*([] if images is None else [images[index]]), *cells])
    return text.getvalue()
