"""Head pose estimation from landmarks and a 3D mean face."""

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ..landmarks.scheme import MEAN_FACE, check_face_landmarks
from ..landmarks.schemes.landmark_scheme import LandmarkScheme

LEAST_POINTS = 6
DISTANCE = 1000.0  # millimetres from the camera to the tip of the nose: an ordinary portrait


def head_pose(landmarks: ArrayLike, *, scheme: str | LandmarkScheme = "300w") -> np.ndarray:
    """Head pose estimation: pitch, yaw and roll by perspective-n-point (PnP) from a 3D mean face.

    Parameters
    ----------
    landmarks : array-like (n_faces, 2 * n_points)
        Row, column, row, column, ... of the points of `scheme`; NaN where a point is missing.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.

    Returns
    -------
    pose : float64 ndarray (n_faces, 3)
        In degrees. Roll: by how much the line of the eyes is turned clockwise in the image. Pitch and yaw are those of
        the face with this line level: positive where the nose points up, and to the right of the image; turning the
        image does not change them. NaN where less than six of the twelve points that are used are known.

    Raises
    ------
    LandmarkFormatError
        When a row has not as many columns as the scheme has coordinates.

    See Also
    --------
    landmark_geometry : All measures of a face, its pose among them.
    featkit.faces.landmarks.FaceLandmarks : Gives such tables of landmarks.

    Notes
    -----
    The camera is unknown: the face is taken to be a meter away, looked at along the middle of its points. The face
    is not the mean one either, so that a constant error of several degrees in pitch is the rule; differences between
    images of one person are more precise. Perspective-n-point: Terzakis and Lourakis 2020, "A consistently fast and
    globally optimal solution to the perspective-n-point problem", doi:10.1007/978-3-030-58452-8_28, as OpenCV has it.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.description import head_pose
    >>> head_pose(np.full((1, 136), np.nan))
    array([[nan, nan, nan]])
    """
    return poses_of(check_face_landmarks(landmarks, scheme))


def poses_of(points: np.ndarray) -> np.ndarray:
    """Poses (n_faces, 3) of 300-W's points of faces (n_faces, 68, 2)."""
    points = points[:, list(MEAN_FACE)]
    model = np.array(list(MEAN_FACE.values()), dtype=np.float64)
    poses = np.full((len(points), 3), np.nan)
    for index, face in enumerate(points):
        known = ~np.isnan(face).any(axis=1)
        extent = np.ptp(face[known], axis=0).max() if known.sum() >= LEAST_POINTS else 0
        if extent > 0:
            poses[index] = _angles(_rotation(model[known], face[known]))
    return poses


def _rotation(model, face):
    """Rotation of a model (right, down, backwards) in the image that has its points at (row, col)."""
    middle = face.mean(axis=0)
    size = np.sqrt(((face - middle) ** 2).sum(axis=1).mean())
    reach = np.sqrt(((model - model.mean(axis=0))[:, :2] ** 2).sum(axis=1).mean())
    image = np.ascontiguousarray((face - middle)[:, ::-1] / size * reach)
    camera = np.diag([DISTANCE, DISTANCE, 1.0])
    turn = cv2.solvePnP(model, image, camera, None, flags=cv2.SOLVEPNP_SQPNP)[1]
    return cv2.Rodrigues(turn)[0]


def _angles(rotation):
    """Pitch, yaw and roll of ``roll @ yaw @ pitch``: with the roll outermost, a turn of the image changes it alone."""
    across, _, ahead = rotation.T
    yaw = np.arctan2(across[2], np.hypot(across[0], across[1]))
    pitch = np.arctan2(-rotation[2, 1], ahead[2])
    return np.rad2deg([pitch, yaw, np.arctan2(across[1], across[0])])
