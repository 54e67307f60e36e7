"""Faces described in several ways, and each way reduced to few columns of equal weight."""

from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import ProcrustesAligner, WhitenedPCA, read_image
from featkit.faces.comparison import describe_face
from featkit.faces.description import align_face
from featkit.faces.landmarks import face_landmarks
from featkit.features.binary_patterns import local_binary_pattern
from featkit.features.gradients import hog
from featkit.image import to_gray, to_uint8

HEIGHT, WIDTH = 112, 96  # of the crop
ALONE = (
    "geometry",
    "raw pixels",
    "hog on the crop",
    "lbp on the crop",
    "lbp on the lit crop",
    "hog at landmarks",
    "lbp at landmarks",
)
# Whose cosines are added, or fused by a `FaceVerifier`. The recipe is "fusion", the parts of `describe_face`: what lies
# at the landmarks, the crop in normalized light, and where the landmarks are.
DESCRIPTIONS: dict[str, tuple[str, ...]] = {name: (name,) for name in ALONE} | {
    "hog and lbp on the crop": ("hog on the crop", "lbp on the crop"),
    "hog and lbp at landmarks": ("hog at landmarks", "lbp at landmarks"),
    "at landmarks, lit crop": ("hog at landmarks", "lbp at landmarks", "lbp on the lit crop"),
    "fusion": ("hog at landmarks", "lbp at landmarks", "lbp on the lit crop", "geometry"),
    "all together": ALONE,
}


def describe_faces(paths: Sequence[str], *, n_jobs: int = 1) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Find the face in every photo and describe it in seven ways.

    Parameters
    ----------
    paths : sequence of str or ndarray of str
        Photos. A face that is not found is looked for where the faces of the other photos are.
    n_jobs : int, default=1
        Processes.

    Returns
    -------
    tables : dict of str to float ndarray (n_photos, n_features)
        "raw pixels", "hog on the crop" and "lbp on the crop" of the upright crop; "geometry" (68 landmarks), "hog at
        landmarks", "lbp at landmarks" and "lbp on the lit crop", see `featkit.faces.comparison.describe_face`.
    found : bool ndarray (n_photos,)
    """
    workers = Parallel(n_jobs=n_jobs)
    landmarks = np.stack(workers(delayed(_landmarks)(path) for path in paths))
    found = ~np.isnan(landmarks).any(axis=1)
    landmarks[~found] = np.median(landmarks[found], axis=0)
    rows = workers(delayed(_described)(path, points) for path, points in zip(paths, landmarks, strict=True))
    tables = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return {"geometry": landmarks} | tables, found


def _landmarks(path):
    return face_landmarks(read_image(path)).ravel()


def _described(path, landmarks):
    image = read_image(path)
    described = describe_face(image, landmarks)
    crop = to_gray(to_uint8(align_face(image, landmarks.reshape(68, 2), height=HEIGHT, width=WIDTH)))
    return {
        "raw pixels": (crop[::2, ::2] / np.float32(255)).ravel(),
        "hog on the crop": hog(crop, cells_per_block=(2, 2), voting="trilinear", signed=True),
        "lbp on the crop": np.sqrt(local_binary_pattern(crop, radius=2, method="nri_uniform", grid=(8, 8))),
        "lbp on the lit crop": described.lit,
        "hog at landmarks": described.hog,
        "lbp at landmarks": described.lbp,
    }


def face_components(name: str, *, n_components: int | None = None) -> Pipeline:
    """Whitened components of one description of faces.

    Parameters
    ----------
    name : str
        A name of the tables of `describe_faces`.
    n_components : int or None, default=None
        At most so many; None: all that count.

    Returns
    -------
    components : Pipeline
        Table -> table.
    """
    first = [ProcrustesAligner(), StandardScaler()] if name == "geometry" else []
    return make_pipeline(*first, WhitenedPCA(n_components=n_components))


def side_by_side(tables: dict[str, np.ndarray], steps: dict[str, Pipeline]) -> tuple[np.ndarray, ColumnTransformer]:
    """Several tables in one, and the transformer that leads each through its own steps.

    Parameters
    ----------
    tables : dict of str to float ndarray (n_photos, n_features)
    steps : dict of str to transformer
        For each of those tables that shall count.

    Returns
    -------
    table : float ndarray (n_photos, n_all_features)
    transformer : ColumnTransformer
        What the steps give, side by side.
    """
    ends = np.cumsum([tables[name].shape[1] for name in steps])
    parts = [
        (name, transformer, slice(end - tables[name].shape[1], end))
        for (name, transformer), end in zip(steps.items(), ends, strict=True)
    ]
    return np.hstack([tables[name] for name in steps]), ColumnTransformer(parts)
