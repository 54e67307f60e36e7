"""Crops of faces: upright, of one size, the eyes on fixed points."""

from collections.abc import Callable
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...base.image_transformer import ImageTransformer
from ...exceptions import ImageFormatError, SubjectNotFoundError
from ...image.affine import warp_affine
from ...image.checks import Image
from ...parameters import HasMethods, Interval, StrOptions
from ..landmarks._point_models import EYES
from ..landmarks.landmarks import FaceLandmarks

ON_FAILURE = ("raise", "keep", "empty")


def face_alignment_map(
    points: ArrayLike, *, height: int, width: int, eye_row: float = 0.35, eye_distance: float = 0.4
) -> np.ndarray:
    """Map from the crop of `align_face` to the photo it is taken from.

    Parameters
    ----------
    points : array-like (n_points, 2) or (2 * n_points,)
        (row, col) of 68 or of 5 landmarks as `featkit.faces.landmarks.face_landmarks` gives them, or of the middles
        of the eyes, first
        of that at the left of the picture.
    height, width : int
        Size of the crop in pixels.
    eye_row : float in [0, 1], default=0.35
        Row of the eyes, as a share of the height.
    eye_distance : float in (0, 1], default=0.4
        Distance between the middles of the eyes, as a share of the width; they lie evenly about its middle.

    Returns
    -------
    crop_map : float64 ndarray (2, 3)
        ``photo = crop_map[:, :2] @ crop + crop_map[:, 2]`` for points (row, col), see
        `featkit.image.transform_points`; NaN where
        the points are.

    Examples
    --------
    >>> from featkit.faces.description import face_alignment_map
    >>> from featkit.image import transform_points
    >>> crop_map = face_alignment_map([[50, 40], [50, 80]], height=100, width=101)
    >>> transform_points([[34.5, 50]], crop_map).round(2)  # the middle between the eyes
    array([[50., 60.]])
    """
    left, right = _eye_middles(points)
    across = (right - left) / (eye_distance * width)
    crop_map = np.empty((2, 3))
    crop_map[:, 0] = across[1], -across[0]
    crop_map[:, 1] = across
    crop_map[:, 2] = (left + right) / 2 - crop_map[:, :2] @ [eye_row * height - 0.5, width / 2 - 0.5]
    return crop_map


def _eye_middles(points):
    points = np.asarray(points, dtype=np.float64)
    if points.size not in (4, 10, 136):
        raise ImageFormatError(
            f"Expected 68 or 5 landmarks of a face or the 2 middles of its eyes, (n_points, 2), got {points.shape}."
        )
    points = points.reshape(-1, 2)
    return points if len(points) == 2 else [points[list(eye)].mean(axis=0) for eye in EYES[len(points)]]


def align_face(
    image: Image,
    points: ArrayLike,
    *,
    height: int,
    width: int,
    eye_row: float = 0.35,
    eye_distance: float = 0.4,
) -> Image:
    """Turn, scale and move a face so that its eyes lie on two fixed points of a crop.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    points, height, width, eye_row, eye_distance
        As in `featkit.faces.description.face_alignment_map`.

    Returns
    -------
    crop : ndarray (height, width, 4)
        RGBA in the dtype of the image, transparent beyond its borders; a bool mask (height, width) for a mask. Pixels
        are area averages, see `featkit.image.warp_affine`.

    Raises
    ------
    SubjectNotFoundError
        When the points are NaN: there is no face.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.description import align_face
    >>> from featkit.faces.landmarks import face_landmarks
    >>> image = astronaut()
    >>> align_face(image, face_landmarks(image, n_points=5), height=112, width=96).shape
    (112, 96, 4)
    """
    crop_map = face_alignment_map(points, height=height, width=width, eye_row=eye_row, eye_distance=eye_distance)
    if not np.isfinite(crop_map).all():
        raise SubjectNotFoundError("Expected the landmarks of a face, got NaN: no face was found.")
    return warp_affine(image, crop_map, height, width)


def _fitting_map(image, height, width):
    """Map that shows the whole image, as large as it fits."""
    scale = max(image.shape[0] / height, image.shape[1] / width)
    middle = (np.array(image.shape[:2]) - 1) / 2
    return np.column_stack([scale * np.eye(2), middle - scale * (np.array([height, width]) - 1) / 2])


class FaceAligner(ImageTransformer):
    """Crop the face of every image: upright, of one size, the eyes on fixed points.

    Parameters
    ----------
    height, width : int
        Size of the crop in pixels.
    eye_row : float in [0, 1], default=0.35
        Row of the eyes, as a share of the height.
    eye_distance : float in (0, 1], default=0.4
        Distance between the middles of the eyes, as a share of the width.
    landmarks : extractor of landmarks or None, default=None
        Finds 68 or 5 landmarks in each image; None is ``FaceLandmarks()``. ``FaceLandmarks(n_points=5)`` may be used
        commercially; ``FaceLandmarks(average=False)`` is faster.
    on_failure : {"raise", "keep", "empty"}, default="raise"
        Where no face is found: raise `SubjectNotFoundError`, keep the whole picture as large as it fits, or give a
        canvas that is transparent all over, which most features turn into NaN.

    See Also
    --------
    align_face, face_alignment_map : The functions: the crop, and where it lies in the photo.
    FaceLandmarks : How the face and its points are found.

    Notes
    -----
    Stateless; sizes may differ. Gives RGBA, transparent beyond the borders of the photo (a mask gives a mask).

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit import FaceAligner, FaceLandmarks
    >>> aligner = FaceAligner(height=112, width=96, landmarks=FaceLandmarks(n_points=5))
    >>> aligner.fit_transform([astronaut()]).shape
    (1, 112, 96, 4)
    """

    parameter_constraints = {
        "height": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "eye_row": [Interval(Real, 0, 1, closed="both")],
        "eye_distance": [Interval(Real, 0, 1, closed="right")],
        "landmarks": [HasMethods("transform"), None],
        "on_failure": [StrOptions(set(ON_FAILURE))],
    }

    def __init__(
        self,
        *,
        height: int,
        width: int,
        eye_row: float = 0.35,
        eye_distance: float = 0.4,
        landmarks: FeatureExtractor | None = None,
        on_failure: str = "raise",
    ) -> None:
        self.height = height
        self.width = width
        self.eye_row = eye_row
        self.eye_distance = eye_distance
        self.landmarks = landmarks
        self.on_failure = on_failure

    def _extractor(self):
        return FaceLandmarks() if self.landmarks is None else self.landmarks

    def learn(self, images, y):
        self._extractor().fit(images)

    def image_transformer(self) -> Callable[[Image], Image]:
        extractor = self._extractor()
        size = {"height": self.height, "width": self.width}
        place = {"eye_row": self.eye_row, "eye_distance": self.eye_distance}

        def align(image):
            points = np.asarray(extractor.transform([image]))[0, : extractor.n_points * 2]
            if self.on_failure == "raise" or np.isfinite(points).all():
                return align_face(image, points, **size, **place)
            whole = _fitting_map(image, **size)
            return warp_affine(image, whole if self.on_failure == "keep" else np.full_like(whole, np.nan), **size)

        return align
