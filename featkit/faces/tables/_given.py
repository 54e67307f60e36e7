"""Faces whose landmarks a file tells, from any detector, instead of those that are looked for."""

import os
from pathlib import PurePath
from typing import NamedTuple

import numpy as np

from ...exceptions import LandmarkFormatError, shown
from ...image.checks import Image
from ..detection.boxes import FaceBox
from ..exchange.read_landmarks import read_landmarks
from ..landmarks.find_faces import FoundFace
from ..landmarks.scheme import refuse_misread_points, refuse_points_elsewhere
from ..landmarks.schemes.landmark_scheme import LandmarkScheme


class GivenFaces(NamedTuple):
    """Faces of a file and the names of their images."""

    images: list[tuple[str, ...]]
    faces: list[FoundFace]

    def of(self, path: str, image: Image) -> list[FoundFace]:
        """The faces of a photo: those whose image has its name, with as many of its folders as the file tells.

        All of them where the file names no image.
        """
        parts = PurePath(path).parts
        faces = [
            face for name, face in zip(self.images, self.faces, strict=True) if not name or parts[-len(name) :] == name
        ]
        for face in faces:
            refuse_points_elsewhere(face.points, image.shape[:2])
        return faces


def given_faces(path: str | os.PathLike[str], scheme: LandmarkScheme, *, are_named: bool) -> GivenFaces:
    """Faces of a file of landmarks of a scheme; with `are_named`, one that names the image of each.

    Raises
    ------
    LandmarkFormatError
        When it has another number of points, they are (x, y), or it does not name images.
    """
    file = read_landmarks(path)
    n_points = file.landmarks.shape[1] // 2
    if n_points != scheme.n_points:
        raise LandmarkFormatError(
            f"Expected {shown(os.fspath(path))} to have the {scheme.n_points} points of {scheme.name}, got {n_points}: "
            "say which scheme it is."
        )
    if are_named and not all(file.images):
        raise LandmarkFormatError(
            f"Expected {shown(os.fspath(path))} to name the image of every face, as imglab's XML, WFLW's lists and CSV "
            "tables with a column image do."
        )
    points = file.landmarks.reshape(-1, n_points, 2)
    refuse_misread_points(scheme.in_300w(points))
    images = [PurePath(name).parts for name in file.images]
    return GivenFaces(
        images, [FoundFace(_box(*each), each[1], np.nan) for each in zip(file.boxes, points, strict=True)]
    )


def _box(box, points):
    """The box that the file tells, else that around the points; of its tilt nothing is known."""
    if np.isnan(box).any() and not np.isnan(points).all():
        box = np.concatenate([np.nanmin(points, axis=0), np.nanmax(points, axis=0) + 1])
    return FaceBox(*box.tolist())._replace(angle=np.nan)


def in_order(faces: list[FoundFace], which: str, shape: tuple[int, ...]) -> list[FoundFace]:
    """The faces, the largest or the most central alone if that is asked for."""
    if which == "largest":
        return sorted(faces, key=lambda face: -face.box.side)[:1]
    if which == "central":
        middle = (np.array(shape[:2]) - 1) / 2
        return sorted(faces, key=lambda face: float(np.hypot(*(face.box.middle - middle))))[:1]
    return faces
