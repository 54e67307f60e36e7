"""Facial geometry: distances, angles, aspect ratios, asymmetry and pose from 68 landmarks."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import shown
from ...parameters import CheckedEstimator, InvalidParameterError
from ..landmarks.scheme import FACE_MIRROR, FACE_REGIONS, check_face_landmarks
from ..landmarks.shapes import LandmarkTableMixin, to_complex
from .aspect_ratios import OPENINGS, distance, openings, ratio
from .pose import head_pose

# name: the two points, or groups of points of which the middle counts
DISTANCES: dict[str, Sequence[int | Sequence[int]]] = {
    "face_width": (0, 16),
    "cheek_width": (2, 14),
    "jaw_width": (4, 12),
    "chin_width": (6, 10),
    "face_height": (27, 8),
    "left_brow_width": (17, 21),
    "right_brow_width": (22, 26),
    "between_brows": (21, 22),
    "left_brow_to_eye": ((17, 18, 19, 20, 21), (36, 37, 38, 39, 40, 41)),
    "right_brow_to_eye": ((22, 23, 24, 25, 26), (42, 43, 44, 45, 46, 47)),
    "left_eye_width": (36, 39),
    "right_eye_width": (42, 45),
    "between_eyes": (39, 42),
    "over_both_eyes": (36, 45),
    "nose_length": (27, 33),
    "nose_bridge": (27, 30),
    "nose_tip": (30, 33),
    "nose_width": (31, 35),
    "eyes_to_nose": ((36, 39, 42, 45), 33),
    "eyes_to_mouth": ((36, 39, 42, 45), (48, 54)),
    "nose_to_mouth": (33, 51),
    "nose_to_chin": (33, 8),
    "mouth_width": (48, 54),
    "mouth_height": (51, 57),
    "upper_lip": (51, 62),
    "lower_lip": (66, 57),
    "mouth_to_chin": (57, 8),
}

# name: the angle at the middle one of three points
ANGLES = {
    "chin": (6, 8, 10),
    "left_jaw": (2, 4, 6),
    "right_jaw": (10, 12, 14),
    "left_brow": (17, 19, 21),
    "right_brow": (22, 24, 26),
    "nose_tip": (31, 30, 35),
    "nose_base": (31, 33, 35),
    "upper_lip": (48, 51, 54),
    "lower_lip": (48, 57, 54),
    "eyes_at_nose": (36, 30, 45),
    "eyes_at_chin": (36, 8, 45),
    "mouth_at_nose": (48, 30, 54),
}

# Regions whose asymmetry is measured; the jaw stands alone, since its points slide along the outline of a turned head.
ASYMMETRIES = {
    "face": tuple(range(17, 68)),
    "jaw": FACE_REGIONS["jaw"],
    "brows": (*FACE_REGIONS["left_brow"], *FACE_REGIONS["right_brow"]),
    "eyes": (*FACE_REGIONS["left_eye"], *FACE_REGIONS["right_eye"]),
    "nose": FACE_REGIONS["nose"],
    "mouth": FACE_REGIONS["mouth"],
}
PAIRED = (36, 39, 42, 45, 31, 32, 34, 35)  # corners of the eyes, wings of the nose: they tell where a pair lies

GROUPS = ("distances", "angles", "openings", "symmetry", "pose")
EYES = FACE_REGIONS["left_eye"], FACE_REGIONS["right_eye"]


def _distances(shapes):
    unit = distance(shapes, EYES)
    return [ratio(distance(shapes, pair), unit) for pair in DISTANCES.values()]


def _angles(shapes):
    columns = []
    for first, corner, last in ANGLES.values():
        one, other = shapes[:, first] - shapes[:, corner], shapes[:, last] - shapes[:, corner]
        seen = (np.abs(one) > 0) & (np.abs(other) > 0)
        columns.append(np.where(seen, np.abs(np.rad2deg(np.angle(one * other.conj()))), np.nan))
    return columns


def _asymmetries(shapes):
    """Pairs of points of a symmetric head lie apart along one direction, however it is turned: what lies across it."""
    apart = shapes - shapes[:, list(FACE_MIRROR)]
    squares = (apart[:, list(PAIRED)] ** 2).sum(axis=1, keepdims=True)  # twice the angle: pairs have no first point
    across = (apart * np.exp(-0.5j * np.angle(squares))).imag / 2
    unit = distance(shapes, EYES)
    return [ratio(np.sqrt((across[:, list(points)] ** 2).mean(axis=1)), unit) for points in ASYMMETRIES.values()]


def landmark_geometry(landmarks: ArrayLike, *, groups: Sequence[str] = GROUPS) -> np.ndarray:
    """Facial geometry: distances, angles, aspect ratios, asymmetry and head pose from 68 landmarks.

    Parameters
    ----------
    landmarks : array-like (n_faces, 136)
        68 points as row, column, row, column, ...; NaN where a point is missing.
    groups : sequence of {"distances", "angles", "openings", "symmetry", "pose"}, default=all of them
        Distances: over that of the eyes' middles. Angles: between two lines that meet in a point, in degrees.
        Openings of eyes and mouth, see `featkit.faces.description.eye_aspect_ratio` and
        `featkit.faces.description.mouth_aspect_ratio`. Symmetry: asymmetry in height, corrected for pose, of the face
        within the jaw and of its parts: root mean square of half the height difference between a point and its
        counterpart on the other side, over the distance of the eyes. Pose in degrees, see
        `featkit.faces.description.head_pose`; its roll does turn with the image.

    Returns
    -------
    measures : float64 ndarray (n_faces, n_measures)
        NaN where a point that is needed is missing.

    Raises
    ------
    LandmarkFormatError
        When a row has not 136 columns, or its points are (x, y) instead of (row, column).

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
    _check_groups(groups)
    points = check_face_landmarks(landmarks)
    shapes = to_complex(points)
    columns = {
        "distances": lambda: _distances(shapes),
        "angles": lambda: _angles(shapes),
        "openings": lambda: openings(shapes),
        "symmetry": lambda: _asymmetries(shapes),
        "pose": lambda: head_pose(points.reshape(len(points), -1)).T,
    }
    return np.concatenate([np.stack(list(columns[group]()), axis=1) for group in groups], axis=1)


def landmark_geometry_names(*, groups: Sequence[str] = GROUPS) -> list[str]:
    """Names of the columns of `landmark_geometry`: ``face_distance_face_width`` onwards.

    Parameters
    ----------
    groups : sequence of {"distances", "angles", "openings", "symmetry", "pose"}, default=all of them
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
    _check_groups(groups)
    names = {
        "distances": [f"face_distance_{name}" for name in DISTANCES],
        "angles": [f"face_angle_{name}" for name in ANGLES],
        "openings": [f"face_opening_{name}" for name in OPENINGS],
        "symmetry": [f"face_asymmetry_{name}" for name in ASYMMETRIES],
        "pose": [f"face_pose_{name}" for name in ("pitch", "yaw", "roll")],
    }
    return [name for group in groups for name in names[group]]


def _check_groups(groups):
    if isinstance(groups, str) or len(groups) == 0 or len(set(groups)) < len(groups) or not set(groups) <= set(GROUPS):
        raise InvalidParameterError(
            f"The 'groups' parameter must be a sequence of different words among {GROUPS}, got {shown(groups)}."
        )


class LandmarkGeometry(LandmarkTableMixin, CheckedEstimator):
    """Facial geometry as named features: distances, angles, aspect ratios, asymmetry and head pose.

    Parameters
    ----------
    groups : sequence of str, default=("distances", "angles", "openings", "symmetry", "pose")
        Which measures, in this order; see `featkit.faces.description.landmark_geometry`.

    See Also
    --------
    featkit.faces.description.landmark_geometry : The function, with what is measured in full.
    featkit.FaceLandmarks : Gives such tables.
    ProcrustesAligner : Aligned coordinates instead of measures.

    Notes
    -----
    Stateless. Takes tables of 68 points, such as `FaceLandmarks` gives: put it behind that in a Pipeline. A face that
    was not found is a row of NaN and stays one.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import LandmarkGeometry
    >>> LandmarkGeometry(groups=("openings",)).fit(np.zeros((1, 136))).get_feature_names_out()
    array(['face_opening_left_eye', 'face_opening_right_eye',
           'face_opening_mouth'], dtype=object)
    """

    _parameter_constraints = {"groups": [tuple, list]}

    def __init__(self, *, groups: Sequence[str] = GROUPS) -> None:
        self.groups = groups

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
        _check_groups(self.groups)
        self._read_landmarks(X, reset=True, n_points=68)
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
        _check_groups(self.groups)
        points = self._read_landmarks(X, reset=False, n_points=68)
        return landmark_geometry(points.reshape(len(points), -1), groups=self.groups)

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
        return np.asarray(landmark_geometry_names(groups=self.groups), dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
