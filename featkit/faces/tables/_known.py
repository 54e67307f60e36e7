"""Known people: whose face one is, or nobody's."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...exceptions import LeftOutWarning, SubjectNotFoundError, counted
from ...extraction.rows._journal import identity_of
from ...image.checks import Image
from ...io.listing import list_images
from ...io.reading import read_image
from ..comparison.descriptions import FaceDescription, describe_face
from ..comparison.matcher import FaceMatcher
from ..landmarks.find_faces import FoundFace, find_faces

APPEARANCE_THRESHOLD = 0.82  # reached by 1 % of the pairs of strangers among 40 people in one studio (docs/faces.md)


def scores_of(a: Sequence[FaceDescription], b: Sequence[FaceDescription], matcher: FaceMatcher | None) -> np.ndarray:
    """Scores of all pairs (n_a, n_b): probabilities of a matcher, else the similarity called "appearance"."""
    if matcher is not None:
        return matcher.probabilities(a, b)
    cosines = []
    for part in ("hog", "lbp"):
        one, other = (np.stack([getattr(face, part) for face in faces]) for faces in (a, b))
        lengths = [np.linalg.norm(rows, axis=1, keepdims=True) for rows in (one, other)]
        cosines.append((one / lengths[0]) @ (other / lengths[1]).T)
    return np.asarray((cosines[0] + cosines[1]) / 2, dtype=np.float64)


class KnownFaces(NamedTuple):
    """Faces with names, and how one is told to be theirs."""

    faces: list[FaceDescription]
    names: list[str]
    matcher: FaceMatcher | None
    threshold: float
    identity: str

    def who(self, image: Image, found: list[FoundFace]) -> list[dict[str, Any]]:
        """The columns about known people of each face."""
        if not found:
            return []
        scores = scores_of([describe_face(image, face.points) for face in found], self.faces, self.matcher)
        told: list[dict[str, Any]] = []
        for row in scores:
            if np.isnan(row).all():
                told.append({"match": None, "best_known": None, "match_score": None})
                continue
            best = int(np.nanargmax(row))
            name, score = self.names[best], float(row[best])
            told.append({"match": name if score >= self.threshold else "", "best_known": name, "match_score": score})
        return told


def known_faces(
    folder: str | os.PathLike[str], matcher: FaceMatcher | None, threshold: float | None, max_pixels: int
) -> KnownFaces:
    """The largest face of each photo of known people: a subfolder for each, or a photo each by the name of its file."""
    has_folders = any(place.is_dir() and not place.name.startswith(".") for place in Path(folder).iterdir())
    paths = list_images(os.fspath(folder), labels=False).paths
    faces, names, without = [], [], []
    for path in paths:
        image = read_image(path, max_pixels=max_pixels)
        found = find_faces(image, which="largest")
        if not found:
            without.append(path)
            continue
        faces.append(describe_face(image, found[0].points))
        place = Path(path).relative_to(folder)
        names.append(place.parts[0] if has_folders and len(place.parts) > 1 else place.stem)
    if not faces:
        raise SubjectNotFoundError(f"Expected photos of known faces in {os.fspath(folder)}, found no face.")
    if without:
        text = f"{counted(len(without), 'photo')} of known people without a face, such as {without[0]}."
        warnings.warn(text, LeftOutWarning, stacklevel=3)
    if threshold is None:
        threshold = APPEARANCE_THRESHOLD if matcher is None else matcher.threshold_
    identity = " ".join(identity_of(path) for path in paths)
    return KnownFaces(faces, names, matcher, float(threshold), identity)
