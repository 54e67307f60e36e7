"""Every face of an image: its box, its landmarks and their quality."""

from numbers import Integral
from typing import NamedTuple

import numpy as np

from ...image.checks import Image, check_image
from ...parameters import Options, check_number, check_option
from ..detection.boxes import FaceBox
from ..detection.detection import DETECTORS, ONE_FACE
from ._finder import LandmarkFinder, landmark_model


class FoundFace(NamedTuple):
    """A face that `find_faces` found.

    Attributes
    ----------
    box : FaceBox
        Where it is; with score, tilt, and whether it is certain.
    points : float64 ndarray (n_points, 2)
        Landmarks (row, col) in pixels.
    quality : float
        Quality of the landmarks from 0 to 1: how well the predictions that are averaged agree; NaN without averaging.
    """

    box: FaceBox
    points: np.ndarray
    quality: float


def find_faces(
    image: Image,
    *,
    n_points: int = 68,
    which: str = "all",
    detector: str = "auto",
    search: bool = True,
    average: bool = True,
) -> list[FoundFace]:
    """Face detection and facial landmarks: box, landmarks and quality of every face in an image.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Laid on black where it is transparent.
    n_points : {5, 68}, default=68
        dlib's model, as in `face_landmarks`.
    which : {"largest", "central", "all"}, default="all"
        Which faces, as in `featkit.detect_faces`.
    detector : {"auto", "dlib", "cascade"}, default="auto"
        Which face detector, as in `featkit.detect_faces`.
    search : bool, default=True
        Whether the detector searches again, in other ways, where it finds nothing at first.
    average : bool, default=True
        Whether predictions are averaged (test-time augmentation), as in `face_landmarks`.

    Returns
    -------
    faces : list of FoundFace
        The largest or the most central first; none where there is no face.

    Raises
    ------
    ImageFormatError
        When it is not an image.
    ModelFileError, MissingDependencyError
        When the model or dlib is not there; the message says how to get it.

    See Also
    --------
    face_landmarks : The landmarks of one face alone.
    featkit.detect_faces : The boxes alone.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.landmarks import find_faces
    >>> (face,) = find_faces(astronaut(), n_points=5, which="largest")
    >>> face.points.shape, face.box.certain, face.quality > 0.9
    ((5, 2), True, True)
    """
    check_number("n_points", n_points, Options(Integral, {5, 68}))
    check_option("which", which, (*ONE_FACE, "all"))
    check_option("detector", detector, DETECTORS)
    finder = LandmarkFinder(landmark_model(n_points, None, None, False), which, detector, search, average)
    return [FoundFace(box, found.points, found.quality) for box, found in finder.detect_all(check_image(image))]
