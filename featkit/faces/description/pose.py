"""Which way a head is turned, from the points of the face and a mean face in three dimensions."""

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ..landmarks.shapes import check_landmarks

# Number of a point: (to the right, down, backwards) in millimetres from the tip of the nose. Breadths and heights are
# near the means of adults (Farkas 1994, Anthropometry of the Head and Face), the depths are estimates.
MEAN_FACE = {
    36: (-44.5, -33, 40),
    39: (-16.5, -32, 34),
    42: (16.5, -32, 34),
    45: (44.5, -33, 40),
    27: (0, -36, 20),
    30: (0, 0, 0),
    31: (-14, 11, 20),
    33: (0, 14, 14),
    35: (14, 11, 20),
    48: (-26, 34, 28),
    54: (26, 34, 28),
    8: (0, 76, 30),
}
LEAST_POINTS = 6
DISTANCE = 1000.0  # millimetres from the camera to the tip of the nose: an ordinary portrait


def head_pose(landmarks: ArrayLike) -> np.ndarray:
    """Pitch, yaw and roll of heads, by laying a mean face in three dimensions on their points.

    Parameters
    ----------
    landmarks : array-like (n_faces, 136)
        68 points as row, column, row, column, ...; NaN where a point is missing.

    Returns
    -------
    pose : float64 ndarray (n_faces, 3)
        In degrees. Pitch: positive where the nose points up. Yaw: positive where it points to the right of the
        picture. Roll: positive where the head leans clockwise in the picture. NaN where less than six of the twelve
        points that are used are known.

    Notes
    -----
    The camera is unknown: the face is taken to be a meter away, looked at along the middle of its points. The face
    is not the mean one either, so that a constant error of several degrees in pitch is the rule; differences between
    pictures of one person are more precise. Perspective-n-point: Terzakis and Lourakis 2020, "A consistently fast and
    globally optimal solution to the perspective-n-point problem", doi:10.1007/978-3-030-58452-8_28, as OpenCV has it.

    Raises
    ------
    LandmarkFormatError
        When a row has not 136 columns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.description import head_pose
    >>> head_pose(np.full((1, 136), np.nan))
    array([[nan, nan, nan]])
    """
    points = check_landmarks(landmarks, n_points=68)[:, list(MEAN_FACE)]
    model = np.array(list(MEAN_FACE.values()), dtype=np.float64)
    poses = np.full((len(points), 3), np.nan)
    for index, face in enumerate(points):
        known = ~np.isnan(face).any(axis=1)
        extent = np.ptp(face[known], axis=0).max() if known.sum() >= LEAST_POINTS else 0
        if extent > 0:
            poses[index] = _angles(_rotation(model[known], face[known]))
    return poses


def _rotation(model, face):
    """Rotation of a model (right, down, backwards) in the picture that has its points at (row, col)."""
    middle = face.mean(axis=0)
    size = np.sqrt(((face - middle) ** 2).sum(axis=1).mean())
    reach = np.sqrt(((model - model.mean(axis=0))[:, :2] ** 2).sum(axis=1).mean())
    image = np.ascontiguousarray((face - middle)[:, ::-1] / size * reach)
    camera = np.diag([DISTANCE, DISTANCE, 1.0])
    turn = cv2.solvePnP(model, image, camera, None, flags=cv2.SOLVEPNP_SQPNP)[1]
    return cv2.Rodrigues(turn)[0]


def _angles(rotation):
    right, down, ahead = rotation @ (0, 0, -1)
    pitch, yaw = np.arctan2(-down, np.hypot(right, ahead)), np.arctan2(right, -ahead)
    upright = _rotation_of(pitch, yaw)
    sideways = upright.T @ rotation @ (1, 0, 0)
    return np.rad2deg([pitch, yaw, np.arctan2(sideways[1], sideways[0])])


def _rotation_of(pitch, yaw):
    """The rotation that turns a face to the right and then up, without leaning."""
    up = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    aside = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    return aside @ up
