"""dlib's ensembles of regression trees as bytes: trained by dlib, asked for one image without it."""

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..._optional import require
from .._trees.model_file import read_trees
from .._trees.prediction import place_points


def fit_trees(
    grays: list[np.ndarray], boxes: np.ndarray, points: np.ndarray, *, n_stages: int, n_starts: int, seed: int
) -> bytes:
    """Train dlib's shape predictor.

    Parameters
    ----------
    grays : list of uint8 ndarray
    boxes : float ndarray (n_images, 4)
    points : float ndarray (n_images, n_points, 2)
        Without missing points.
    n_stages, n_starts : int
        Its cascade depth and its oversampling amount.
    seed : int

    Returns
    -------
    model : bytes
        The file dlib writes.
    """
    dlib = require("dlib", extra="faces")
    options = dlib.shape_predictor_training_options()
    options.cascade_depth, options.oversampling_amount, options.random_seed = n_stages, n_starts, str(seed)
    objects = [
        [dlib.full_object_detection(_rectangle(dlib, box), [dlib.point(*map(round, point[::-1])) for point in shape])]
        for box, shape in zip(boxes, points, strict=True)
    ]
    predictor = dlib.train_shape_predictor([np.ascontiguousarray(gray) for gray in grays], objects, options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trees.dat")
        predictor.save(str(path))
        return path.read_bytes()


_loaded = lru_cache(maxsize=2)(read_trees)


def predict_with_trees(model: bytes, gray: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Points (n_points, 2) in one image."""
    return place_points(_loaded(model), gray, box[np.newaxis])[0]


def _rectangle(dlib, box):
    top, left, bottom, right = (round(float(value)) for value in box)
    return dlib.rectangle(left, top, right - 1, bottom - 1)
