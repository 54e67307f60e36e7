"""The columns of the table of faces."""

import math
from typing import Any

import numpy as np

from ...extraction.rows._tables import Column
from ..description.geometry import landmark_geometry, landmark_geometry_names
from ..landmarks.find_faces import FoundFace
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import landmark_names

_BOX = ("min_row", "min_col", "max_row", "max_col")
_UNITS = {"face_angle_": "degree", "face_pose_": "degree"}
_MEANINGS = {
    "face_distance_": "distance over that of the middles of the eyes",
    "face_angle_": "angle between two lines that meet in a landmark",
    "face_opening_": "eye or mouth aspect ratio: 0 is closed; left and right as seen in the image",
    "face_asymmetry_": "difference in height of the two sides, corrected for head pose, over the distance of the eyes",
    "face_pose_": "of the head, by a mean face; several degrees of constant error in pitch are the rule",
}
_N_POINTS = 68  # of 300-W, whose pairs are compared


def table_columns(with_names: bool, with_known: bool, scheme: LandmarkScheme) -> list[Column]:
    """Columns of a table of faces with the landmarks of a scheme."""
    named = [Column("name", str, "", "the person, by the folder or the name of the file")] if with_names else []
    known = [
        Column("match", str, "", "the known person with the best score; empty where it is below the threshold"),
        Column("best_known", str, "", "the known person with the best score, whatever it is"),
        Column("match_score", float, "", "that score: a probability with a verifier, else a similarity"),
    ]
    return [
        Column("path", str, "", "the photo"),
        Column("face", int, "", "number on the photo, as on the check picture; empty where there is no face"),
        Column("count", int, "", "faces on this photo"),
        *named,
        *(known if with_known else []),
        *(Column(name, float, "px", "box from brows to chin, half-open; the first pixel is 0") for name in _BOX),
        Column("score", float, "", "of the detector; empty where it tells none"),
        Column("certain", bool, "", "whether it is certain that this is a face"),
        Column("tilt", float, "degree", "of the head, counterclockwise, in steps of 15"),
        Column("quality", float, "", "of the landmarks, from 0 to 1: how well predictions agree"),
        *(Column(name, float, "px", f"landmark of {scheme.name}") for name in landmark_names(scheme.n_points)),
        *(_measure(name) for name in landmark_geometry_names(scheme=scheme)),
        Column("error", str, "", "why the photo could not be used"),
    ]


def _measure(name):
    family = next(prefix for prefix in _MEANINGS if name.startswith(prefix))
    return Column(name, float, _UNITS.get(family, ""), _MEANINGS[family])


def rows_of_photo(
    path: str, columns: list[Column], faces: list[FoundFace], more: list[dict[str, Any]], scheme: LandmarkScheme
) -> list[list]:
    """Rows of a photo, at least one; plain values, None where there is none."""
    if not faces:
        return [empty_row(path, columns, count=0, **(more[0] if more else {}))]
    measures = landmark_geometry(np.stack([face.points.ravel() for face in faces]), scheme=scheme)
    rows = []
    for number, (face, measured, known) in enumerate(zip(faces, measures.tolist(), more, strict=True), start=1):
        values: dict[str, Any] = {"face": number, "count": len(faces), "certain": bool(face.box.certain)}
        values |= dict(zip(_BOX, map(float, face.box[:4]), strict=True))
        values |= {"score": float(face.box.score), "tilt": float(face.box.angle), "quality": float(face.quality)}
        values |= dict(zip(landmark_names(scheme.n_points), face.points.ravel().tolist(), strict=True))
        values |= dict(zip(landmark_geometry_names(scheme=scheme), measured, strict=True)) | known
        known_values = {name: value for name, value in values.items() if value == value}  # NaN is not equal to itself
        rows.append(empty_row(path, columns, **known_values))
    return rows


def empty_row(path: str, columns: list[Column], **known: Any) -> list:
    """A row of a photo of which this is known."""
    values = {"path": path, "error": ""} | known
    return [values.get(column.name) for column in columns]


def points_of_row(columns: list[Column], row: list) -> np.ndarray:
    """Landmarks (68, 2) of a row."""
    first = [column.name for column in columns].index(landmark_names(_N_POINTS)[0])
    values = [math.nan if value is None else value for value in row[first : first + 2 * _N_POINTS]]
    return np.array(values, dtype=np.float64).reshape(_N_POINTS, 2)
