"""Eye and mouth aspect ratios (EAR, MAR) from facial landmarks."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..landmarks.scheme import check_face_landmarks
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import to_complex

# name: (distances of the lids or lips), the distance of the corners
OPENINGS = {
    "left_eye": (((37, 41), (38, 40)), (36, 39)),
    "right_eye": (((43, 47), (44, 46)), (42, 45)),
    "mouth": (((61, 67), (62, 66), (63, 65)), (60, 64)),
}


def _middle(shapes, points):
    return shapes[:, points] if isinstance(points, int) else shapes[:, list(points)].mean(axis=1)


def distance(shapes: np.ndarray, pair: Sequence[int | Sequence[int]]) -> np.ndarray:
    """Distance of two points, or of the middles of two groups of points, in every shape."""
    return np.abs(_middle(shapes, pair[0]) - _middle(shapes, pair[1]))


def ratio(lengths: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Lengths over a unit; NaN where the unit is 0."""
    return lengths / np.where(unit > 0, unit, np.nan)


def openings(shapes: np.ndarray, names: Iterable[str] = tuple(OPENINGS)) -> list[np.ndarray]:
    """Openings of the left eye, of the right eye and of the mouth, of every shape."""
    columns = []
    for gaps, corners in (OPENINGS[name] for name in names):
        gap = np.mean([distance(shapes, pair) for pair in gaps], axis=0)
        columns.append(ratio(gap, distance(shapes, corners)))
    return columns


def eye_aspect_ratio(landmarks: ArrayLike, *, scheme: str | LandmarkScheme = "300w") -> np.ndarray:
    """Eye aspect ratio (EAR): mean distance of the lids over the distance of the corners, as used to detect blinks.

    Parameters
    ----------
    landmarks : array-like (n_faces, 2 * n_points)
        Row, column, row, column, ... of the points of `scheme`; NaN where a point is missing.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.

    Returns
    -------
    ratio : float64 ndarray (n_faces, 2)
        Of the eye at the left of the image and of that at its right; often 0.3 for an open eye and less than 0.2 for a
        closed one, but eyes differ: compare with open eyes of the same person. NaN where a point that is needed is
        missing, or the scheme has no such points.

    See Also
    --------
    mouth_aspect_ratio : The same for the mouth.
    landmark_geometry : All measures of a face.

    References
    ----------
    Soukupova and Cech 2016, "Real-time eye blink detection using facial landmarks".

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.description import eye_aspect_ratio
    >>> eye_aspect_ratio(np.full((1, 136), np.nan))
    array([[nan, nan]])
    """
    shapes = to_complex(check_face_landmarks(landmarks, scheme))
    return np.stack(openings(shapes)[:2], axis=1)


def mouth_aspect_ratio(landmarks: ArrayLike, *, scheme: str | LandmarkScheme = "300w") -> np.ndarray:
    """Mouth aspect ratio (MAR): mean distance of the lips' inner edges over that of their corners.

    Parameters
    ----------
    landmarks : array-like (n_faces, 2 * n_points)
        Row, column, row, column, ... of the points of `scheme`; NaN where a point is missing.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.

    Returns
    -------
    ratio : float64 ndarray (n_faces,)
        About 0 for a closed mouth. NaN where a point that is needed is missing, or the scheme has no such points.

    See Also
    --------
    eye_aspect_ratio : The same for the eyes.
    landmark_geometry : All measures of a face.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.description import mouth_aspect_ratio
    >>> mouth_aspect_ratio(np.full((1, 136), np.nan))
    array([nan])
    """
    return openings(to_complex(check_face_landmarks(landmarks, scheme)))[2]
