"""Facial geometry: distances, angles, aspect ratios, asymmetry and pose from landmarks."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ...base.checked_estimator import CheckedEstimator
from ...parameters import StrOptions
from ..landmarks.scheme import FACE_MIRROR, check_face_landmarks
from ..landmarks.schemes.known_schemes import SCHEME_NAMES, scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import to_complex
from ._measures import ANGLES, ASYMMETRIES, DISTANCES, FAMILIES, GROUPS, PAIRED, checked_measures
from .aspect_ratios import distance, openings, ratio
from .pose import poses_of
from .procrustes import LandmarkTableMixin


def _distances(shapes, unit, names):
    return [ratio(distance(shapes, DISTANCES[name]), unit) for name in names]


def _angles(shapes, names):
    columns = []
    for first, corner, last in (ANGLES[name] for name in names):
        one, other = shapes[:, first] - shapes[:, corner], shapes[:, last] - shapes[:, corner]
        seen = (np.abs(one) > 0) & (np.abs(other) > 0)
        columns.append(np.where(seen, np.abs(np.rad2deg(np.angle(one * other.conj()))), np.nan))
    return columns


def _asymmetries(shapes, unit, names):
    """Pairs of points of a symmetric head lie apart along one direction, however it is turned: what lies across it."""
    apart = shapes - shapes[:, list(FACE_MIRROR)]
    squares = (apart[:, list(PAIRED)] ** 2).sum(axis=1, keepdims=True)  # twice the angle: pairs have no first point
    across = (apart * np.exp(-0.5j * np.angle(squares))).imag / 2
    return [ratio(np.sqrt((across[:, list(ASYMMETRIES[name])] ** 2).mean(axis=1)), unit) for name in names]


def landmark_geometry(
    landmarks: ArrayLike, *, groups: Sequence[str] = GROUPS, scheme: str | LandmarkScheme = "300w"
) -> np.ndarray:
    """Facial geometry: distances, angles, aspect ratios, asymmetry and head pose from landmarks.

    Parameters
    ----------
    landmarks : array-like (n_faces, 2 * n_points)
        Row, column, row, column, ... of the points of `scheme`; NaN where a point is missing.
    groups : sequence of {"distances", "angles", "openings", "symmetry", "pose"}, default=all of them
        Distances: over that of the eyes' middles. Angles: between two lines that meet in a point, in degrees.
        Openings of eyes and mouth, see `featkit.faces.description.eye_aspect_ratio` and
        `featkit.faces.description.mouth_aspect_ratio`. Symmetry: asymmetry in height, corrected for pose, of the face
        within the jaw and of its parts: root mean square of half the height difference between a point and its
        counterpart on the other side, over the distance of the eyes. Of a turned head some is left, most of the jaw.
        Pose in degrees, see `featkit.faces.description.head_pose`; its roll does turn with the image.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
        Measures for which it has no points are left out.

    Returns
    -------
    measures : float64 ndarray (n_faces, n_measures)
        NaN where a point that is needed is missing.

    Raises
    ------
    LandmarkFormatError
        When a row has not as many columns as the scheme has coordinates, or its points are (x, y) instead of (row,
        column).
    InvalidParameterError
        When the scheme has points for none of the measures.

    See Also
    --------
    landmark_geometry_names : Names of the columns.
    LandmarkGeometry : The transformer.
    eye_aspect_ratio : Eye aspect ratio (EAR) alone.
    mouth_aspect_ratio : Mouth aspect ratio (MAR) alone.
    head_pose : Pitch, yaw and roll alone.

    Notes
    -----
    Heights are measured across the direction in which counterparts lie apart, which all pairs of a symmetric head
    share in whatever pose it is seen from afar. What lies along it, such as a nose bent to one side, cannot be told
    from a turn of the head and is not measured. The jaw is less well corrected: its points are not marks on the skin
    but slide along the outline as the head turns. A missing point makes the asymmetry of its own region NaN; one of
    the eyes' corners or the wings of the nose, which give the direction, that of all.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.description import landmark_geometry
    >>> landmark_geometry(np.full((2, 136), np.nan)).shape
    (2, 51)
    """
    known = scheme_of(scheme)
    names = checked_measures(groups, known)
    shapes = to_complex(points := check_face_landmarks(landmarks, known))
    unit = _eye_distances(landmarks, known)
    columns = {
        "distances": lambda names: _distances(shapes, unit, names),
        "angles": lambda names: _angles(shapes, names),
        "openings": lambda names: openings(shapes, names),
        "symmetry": lambda names: _asymmetries(shapes, unit, names),
        "pose": lambda names: poses_of(points).T,
    }
    return np.stack([column for group in names for column in columns[group](names[group])], axis=1)


def _eye_distances(landmarks, scheme):
    """Distance of the middles of the eyes of every face; NaN where the scheme does not tell them."""
    table = np.asarray(landmarks, dtype=np.float64)
    if scheme.eyes is None:
        return np.full(len(table), np.nan)
    left, right = np.moveaxis(scheme.middles_of_eyes(table.reshape(len(table), -1, 2)), 1, 0)
    return np.hypot(*(right - left).T)


def landmark_geometry_names(*, groups: Sequence[str] = GROUPS, scheme: str | LandmarkScheme = "300w") -> list[str]:
    """Names of the columns of `landmark_geometry`: ``face_distance_face_width`` onwards.

    Parameters
    ----------
    groups : sequence of {"distances", "angles", "openings", "symmetry", "pose"}, default=all of them
        As in `landmark_geometry`.
    scheme : str or LandmarkScheme, default="300w"
        As in `landmark_geometry`.

    Returns
    -------
    names : list of str
        One for each column.

    See Also
    --------
    landmark_geometry : The values.

    Examples
    --------
    >>> from featkit.faces.description import landmark_geometry_names
    >>> landmark_geometry_names(groups=["pose"])
    ['face_pose_pitch', 'face_pose_yaw', 'face_pose_roll']
    """
    names = checked_measures(groups, scheme_of(scheme))
    return [f"face_{FAMILIES[group]}_{name}" for group in names for name in names[group]]


class LandmarkGeometry(LandmarkTableMixin, CheckedEstimator):
    """Facial geometry as named features: distances, angles, aspect ratios, asymmetry and head pose.

    Parameters
    ----------
    groups : sequence of str, default=("distances", "angles", "openings", "symmetry", "pose")
        Which measures, in this order; see `featkit.faces.description.landmark_geometry`.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
        Measures for which it has no points are left out.

    See Also
    --------
    featkit.faces.description.landmark_geometry : The function, with what is measured in full.
    featkit.FaceLandmarks : Gives such tables.
    ProcrustesAligner : Aligned coordinates instead of measures.

    Notes
    -----
    Stateless. Takes tables of points, such as `FaceLandmarks` gives: put it behind that in a Pipeline. A face that
    was not found is a row of NaN and stays one.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import LandmarkGeometry
    >>> LandmarkGeometry(groups=("openings",)).fit(np.zeros((1, 136))).get_feature_names_out()
    array(['face_opening_left_eye', 'face_opening_right_eye',
           'face_opening_mouth'], dtype=object)
    """

    _parameter_constraints = {"groups": [tuple, list], "scheme": [StrOptions(set(SCHEME_NAMES)), LandmarkScheme]}

    def __init__(self, *, groups: Sequence[str] = GROUPS, scheme: str | LandmarkScheme = "300w") -> None:
        self.groups = groups
        self.scheme = scheme

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Check the parameters and the table.

        Parameters
        ----------
        X : array-like (n_faces, 136)
            68 points as row, column, row, column, ...; NaN where a point is missing.
        y : object, default=None
            Ignored; scikit-learn passes it.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        self._validate_params()
        known = scheme_of(self.scheme)
        checked_measures(self.groups, known)
        self._read_landmarks(X, reset=True, n_points=known.n_points)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Compute the measures of every face.

        Parameters
        ----------
        X : array-like (n_faces, 136)
            68 points as row, column, row, column, ...; NaN where a point is missing.

        Returns
        -------
        measures : float64 ndarray (n_faces, n_measures)
            NaN where a point that is needed is missing.
        """
        self._validate_params()
        points = self._read_landmarks(X, reset=False, n_points=scheme_of(self.scheme).n_points)
        return landmark_geometry(points.reshape(len(points), -1), groups=self.groups, scheme=self.scheme)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns.

        Parameters
        ----------
        input_features : object, default=None
            Ignored; scikit-learn passes it.

        Returns
        -------
        names : ndarray of str objects (n_measures,)
            ``face_distance_face_width`` onwards.
        """
        return np.asarray(landmark_geometry_names(groups=self.groups, scheme=self.scheme), dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
