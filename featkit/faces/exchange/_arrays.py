"""Landmarks as other programs dump them: JSON of MediaPipe and face-alignment, NumPy's .npy and .npz; x comes first."""

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

_LISTS = ("landmarks", "face_landmarks", "faceLandmarks", "multi_face_landmarks", "multiFaceLandmarks", "landmark")
_SHAPES = "points (n_points, 2 or 3) of one face or of several"
Read = tuple[list[str], np.ndarray, np.ndarray]


def read_json(content: bytes) -> Read:
    """Names, boxes and rows of a file of JSON."""
    held = json.loads(content)
    more = held if isinstance(held, dict) else {}
    return _read(_unwrapped(held), more.get("images"), more.get("boxes"))


def read_numpy(content: bytes) -> Read:
    """Names, boxes and rows of a .npy or .npz file."""
    held = np.load(io.BytesIO(content), allow_pickle=False)
    if isinstance(held, np.ndarray):
        return _read(held, None, None)
    with held:
        names = set(held.files)
        if "landmarks" not in names and len(names) != 1:
            raise ValueError(f"got arrays {sorted(names)} of which none is called landmarks")
        points = held["landmarks" if "landmarks" in names else held.files[0]]
        images = held["images"].tolist() if "images" in names else None
        return _read(points, images, held["boxes"] if "boxes" in names else None)


def _unwrapped(held: Any) -> Any:
    """Lists of numbers in the place of dictionaries of x and y, and of what holds lists of points."""
    if isinstance(held, dict):
        if "x" in held and "y" in held:
            return [held["x"], held["y"]]
        lists = [name for name in _LISTS if name in held]
        if not lists:
            raise ValueError(f"got an object of {sorted(held)[:5]} instead of x and y or one of {_LISTS}")
        return _unwrapped(held[lists[0]])
    return [_unwrapped(each) for each in held] if isinstance(held, list) else held


def _read(points: Any, images: Sequence[str] | None, boxes: Any) -> Read:
    try:
        table = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"got no {_SHAPES}: {error}") from error
    if table.ndim == 2:
        table = table[np.newaxis]
    if table.ndim != 3 or table.shape[2] not in (2, 3) or table.size == 0:
        raise ValueError(f"got an array of shape {table.shape} instead of {_SHAPES}")
    places = np.full((len(table), 4), np.nan) if boxes is None else np.asarray(boxes, dtype=np.float64)
    names = [""] * len(table) if images is None else [str(name) for name in images]
    if places.shape != (len(table), 4) or len(names) != len(table):
        raise ValueError(f"got {len(table)} faces, boxes of shape {places.shape} and {len(names)} names of images")
    return names, places, table[..., 1::-1].reshape(len(table), -1)


def json_of(points: np.ndarray, images: Sequence[str] | None, boxes: np.ndarray | None) -> bytes:
    """A file of JSON; NaN becomes null."""
    held: dict[str, Any] = {} if images is None else {"images": [str(name) for name in images]}
    if boxes is not None:
        held["boxes"] = _plain(boxes)
    held["landmarks"] = _plain(points[..., ::-1])
    return (json.dumps(held, allow_nan=False) + "\n").encode()


def _plain(array: np.ndarray) -> Any:
    plain = array.astype(object)
    plain[np.isnan(array)] = None
    return plain.tolist()


def npz_of(points: np.ndarray, images: Sequence[str] | None, boxes: np.ndarray | None) -> bytes:
    """An .npz file."""
    held: dict[str, Any] = {} if images is None else {"images": np.array([str(name) for name in images])}
    if boxes is not None:
        held["boxes"] = boxes
    stream = io.BytesIO()
    np.savez(stream, landmarks=points[..., ::-1], **held)
    return stream.getvalue()


def npy_of(points: np.ndarray, images: None = None, boxes: None = None) -> bytes:
    """An .npy file of the points alone."""
    stream = io.BytesIO()
    np.save(stream, points[..., ::-1])
    return stream.getvalue()
