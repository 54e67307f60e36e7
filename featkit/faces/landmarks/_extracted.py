"""The landmarks that an extractor of any origin finds in one image, checked."""

from typing import Any

import numpy as np

from ...exceptions import LandmarkFormatError
from ...image.checks import Image
from .scheme import refuse_misread_points
from .schemes.landmark_scheme import LandmarkScheme

_NO_POINTS = {"landmark_found", "landmark_quality"}  # columns that stand behind the points in `FaceLandmarks`


def extracted_landmarks(extractor: Any, image: Image, *, scheme: LandmarkScheme | None = None) -> np.ndarray:
    """Landmarks (n_points, 2) of one image as the transform of an extractor gives them, without further columns.

    Raises
    ------
    LandmarkFormatError
        When it gives another number of points, more axes, or (x, y).
    """
    n_points = None if scheme is None else scheme.n_points
    rows = np.asarray(extractor.transform([image]), dtype=np.float64)
    names = list(extractor.get_feature_names_out()) if hasattr(extractor, "get_feature_names_out") else []
    if rows.ndim == 2 and len(names) == rows.shape[1]:
        rows = rows[:, [name not in _NO_POINTS for name in names]]
    expected = "an even number of" if n_points is None else str(2 * n_points)
    if rows.ndim != 2 or len(rows) != 1 or rows.shape[1] % 2 or n_points not in (None, rows.shape[1] // 2):
        wanted = "landmarks" if n_points is None else f"{n_points} landmarks"
        raise LandmarkFormatError(
            f"Expected {wanted} of one image, a row of {expected} columns (row, column, row, column, ...), got an "
            f"array of shape {rows.shape} from {type(extractor).__name__}."
        )
    points = rows.reshape(-1, 2)
    if np.isinf(points).any():
        raise LandmarkFormatError("Expected finite landmarks, got infinite ones: write NaN where a point is missing.")
    if scheme is not None:
        refuse_misread_points(scheme.in_300w(points[np.newaxis]))
    return points
