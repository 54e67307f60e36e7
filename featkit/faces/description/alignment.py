"""Face alignment: crops of faces, upright, at one size, the eyes at fixed positions."""

from collections.abc import Callable
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...base.image_transformer import ImageTransformer
from ...exceptions import LandmarkFormatError, SubjectNotFoundError
from ...image.affine import warp_affine
from ...image.checks import Image, check_image
from ...parameters import COUNT, FRACTION, HasMethods, Interval, StrOptions, check_number
from ..landmarks._extracted import extracted_landmarks
from ..landmarks.landmarks import FaceLandmarks
from ..landmarks.scheme import enough_to_tell, refuse_fractions, refuse_misread_points
from ..landmarks.schemes.known_schemes import SCHEME_NAMES, SCHEME_OF_COUNT, scheme_of, scheme_of_count
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import check_points, to_complex

_NO_FACE = "Expected the landmarks of a face, got NaN: no face was found."
_BELOW = (33, 51)  # points of 300-W: base of the nose, upper lip
_ALL_BELOW = (30, 33, 48, 51, 54)
_EYE_DISTANCE = Interval(Real, 0, 1, closed="right")
ON_FAILURE = ("raise", "keep", "empty")


def face_alignment_map(
    points: ArrayLike,
    *,
    height: int,
    width: int,
    eye_row: float = 0.35,
    eye_distance: float = 0.4,
    scheme: str | LandmarkScheme | None = None,
) -> np.ndarray:
    """Similarity transform from the crop of `align_face` to the image.

    Parameters
    ----------
    points : array-like (n_points, 2) or (2 * n_points,)
        (row, col) in pixels of the landmarks of one face, in the order that `scheme` names.
    height, width : int
        Size of the crop in pixels.
    eye_row : float in [0, 1], default=0.35
        Row of the eyes, as a fraction of the height.
    eye_distance : float in (0, 1], default=0.4
        Distance between the middles of the eyes, as a fraction of the width; they lie evenly about its middle.
    scheme : str, LandmarkScheme or None, default=None
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, such as "retinaface" for the
        five of RetinaFace, MTCNN, SCRFD (insightface) and YuNet once their (x, y) are swapped, "wflw" or "mediapipe";
        or a scheme of one's own. None tells it by the number of points: 68 are 300-W's, 5 dlib's, 2 the eyes.

    Returns
    -------
    crop_map : float64 ndarray (2, 3)
        ``image = crop_map[:, :2] @ crop + crop_map[:, 2]`` for points (row, col), see
        `featkit.image.transform_points`; NaN where the points are.

    Raises
    ------
    LandmarkFormatError
        When the points are not as many as the scheme has, or cannot be those of a face: the nose or the mouth above
        the eyes or far aside, the eyes broader than their distance. It is the sign of another scheme or of (x, y).

    See Also
    --------
    align_face : The crop itself.
    featkit.image.transform_points : Carries points from the crop to the image.

    Examples
    --------
    >>> from featkit.faces.description import face_alignment_map
    >>> from featkit.image import transform_points
    >>> crop_map = face_alignment_map([[50, 40], [50, 80]], height=100, width=101)
    >>> transform_points([[34.5, 50]], crop_map).round(2)  # the middle between the eyes
    array([[50., 60.]])
    """
    _check_crop(height, width, eye_row, eye_distance)
    return alignment_map(_eye_middles(points, scheme), height, width, eye_row, eye_distance)


def _check_crop(height, width, eye_row, eye_distance):
    check_number("height", height, COUNT)
    check_number("width", width, COUNT)
    check_number("eye_row", eye_row, FRACTION)
    check_number("eye_distance", eye_distance, _EYE_DISTANCE)


def alignment_map(eyes, height, width, eye_row, eye_distance):
    left, right = eyes
    across = (right - left) / (eye_distance * width)
    crop_map = np.empty((2, 3))
    crop_map[:, 0] = across[1], -across[0]
    crop_map[:, 1] = across
    crop_map[:, 2] = (left + right) / 2 - crop_map[:, :2] @ [eye_row * height - 0.5, width / 2 - 0.5]
    return crop_map


def _eye_middles(points, scheme):
    """Middles of the left and the right eye of points (n_points, 2), which must lie as those of a face do."""
    points = check_points(points, SCHEME_OF_COUNT if scheme is None else (scheme_of(scheme).n_points,))
    known = scheme_of_count(len(points)) if scheme is None else scheme_of(scheme)
    refuse_fractions(points)
    left, right = known.middles_of_eyes(points)
    in_300w = known.in_300w(points[np.newaxis])
    refuse_misread_points(in_300w)
    if np.isnan(left).any() or np.isnan(right).any():
        return left, right
    unit = complex(*(right - left))
    if unit == 0 or not _is_possible(to_complex(in_300w[0]), known, complex(*(left + right)) / 2, unit):
        raise LandmarkFormatError(
            f"Expected {known.n_points} landmarks of a face, {known.described}, as (row, column), got points that "
            f"cannot be these: the eyes would be at {left.round(1).tolist()} and {right.round(1).tolist()}. "
            f"`scheme` names another order of the points: a LandmarkScheme or one of {SCHEME_NAMES}."
        )
    return left, right


def _is_possible(face, scheme, middle, unit):
    """Whether nose and mouth lie below the eyes within reach, and the corners of five points' eyes along their line."""
    is_told = enough_to_tell(scheme)
    below = (face[list(_BELOW if is_told else _ALL_BELOW)] - middle) / unit  # right + 1j * up, in distances of the eyes
    below = below[~np.isnan(below)]
    are_below = (np.abs(below.real) < 2) & (below.imag < 0) & (below.imag > -4)
    if is_told:
        return bool(are_below.all())
    inwards = np.array([face[39] - face[36], face[45] - face[42]]) / unit
    along = np.isnan(inwards) | ((np.abs(inwards.imag) < inwards.real) & (inwards.real < 1))
    return bool(are_below.all() and along.all())


def align_face(
    image: Image,
    points: ArrayLike,
    *,
    height: int,
    width: int,
    eye_row: float = 0.35,
    eye_distance: float = 0.4,
    scheme: str | LandmarkScheme | None = None,
) -> Image:
    """Face alignment: a crop by the similarity that brings the eyes to two fixed positions.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB, RGBA or mask, see `featkit.check_image`.
    points : array-like (n_points, 2) or (2 * n_points,)
        (row, col) in pixels of the landmarks of one face, in the order that `scheme` names.
    height, width : int
        Size of the crop in pixels.
    eye_row : float in [0, 1], default=0.35
        Row of the eyes, as a fraction of the height.
    eye_distance : float in (0, 1], default=0.4
        Distance between the middles of the eyes, as a fraction of the width; they lie evenly about its middle.
    scheme : str, LandmarkScheme or None, default=None
        What the points are, see `featkit.faces.description.face_alignment_map`; None tells it by their number.

    Returns
    -------
    crop : ndarray (height, width, 4)
        RGBA in the dtype of the image, transparent beyond its borders; a bool mask (height, width) for a mask. Pixels
        are area averages, see `featkit.image.warp_affine`.

    Raises
    ------
    SubjectNotFoundError
        When the points are NaN: there is no face.
    LandmarkFormatError
        When the points cannot be those of a face in this scheme.

    See Also
    --------
    face_alignment_map : The similarity transform alone.
    FaceAligner : The transformer, which finds the landmarks itself.
    featkit.faces.landmarks.face_landmarks : Finds the points.
    featkit.image.warp_affine : Warps an image by an affine map.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.description import align_face
    >>> from featkit.faces.landmarks import face_landmarks
    >>> image = astronaut()
    >>> align_face(image, face_landmarks(image, n_points=5), height=112, width=96).shape
    (112, 96, 4)
    """
    _check_crop(height, width, eye_row, eye_distance)
    crop_map = alignment_map(_eye_middles(points, scheme), height, width, eye_row, eye_distance)
    if not np.isfinite(crop_map).all():
        raise SubjectNotFoundError(_NO_FACE)
    return warp_affine(check_image(image), crop_map, height, width)


def _fitting_map(image, height, width):
    """Map that shows the whole image, as large as it fits."""
    scale = max(image.shape[0] / height, image.shape[1] / width)
    middle = (np.array(image.shape[:2]) - 1) / 2
    return np.column_stack([scale * np.eye(2), middle - scale * (np.array([height, width]) - 1) / 2])


class FaceAligner(ImageTransformer):
    """Face alignment: crop the face of every image upright, at one size, with the eyes at fixed positions.

    Parameters
    ----------
    height, width : int
        Size of the crop in pixels.
    eye_row : float in [0, 1], default=0.35
        Row of the eyes, as a fraction of the height.
    eye_distance : float in (0, 1], default=0.4
        Distance between the middles of the eyes, as a fraction of the width; they lie evenly about its middle.
    landmarks : extractor of landmarks or None, default=None
        Finds 68 or 5 landmarks in each image; None is ``FaceLandmarks()``. ``FaceLandmarks(n_points=5)`` may be used
        commercially; ``FaceLandmarks(average=False)`` is faster.
    scheme : str, LandmarkScheme or None, default=None
        What these landmarks are, see `featkit.faces.description.face_alignment_map`; None tells it by their number.
    on_failure : {"raise", "keep", "empty"}, default="raise"
        Where no face is found: raise `SubjectNotFoundError`, keep the whole image as large as it fits, or give a
        canvas that is transparent all over, which most features turn into NaN.

    See Also
    --------
    align_face, face_alignment_map : The functions: the crop, and where it lies in the image.
    featkit.FaceLandmarks : How the face and its points are found.

    Notes
    -----
    Stateless; sizes may differ. Gives RGBA, transparent beyond the borders of the image (a mask gives a mask).

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit import FaceAligner, FaceLandmarks
    >>> aligner = FaceAligner(height=112, width=96, landmarks=FaceLandmarks(n_points=5))
    >>> aligner.fit_transform([astronaut()]).shape
    (1, 112, 96, 4)
    """

    parameter_constraints = {
        "height": [COUNT],
        "width": [COUNT],
        "eye_row": [FRACTION],
        "eye_distance": [_EYE_DISTANCE],
        "landmarks": [HasMethods("transform"), None],
        "scheme": [StrOptions(set(SCHEME_NAMES)), LandmarkScheme, None],
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
        scheme: str | LandmarkScheme | None = None,
        on_failure: str = "raise",
    ) -> None:
        self.height = height
        self.width = width
        self.eye_row = eye_row
        self.eye_distance = eye_distance
        self.landmarks = landmarks
        self.scheme = scheme
        self.on_failure = on_failure

    def _extractor(self):
        return FaceLandmarks() if self.landmarks is None else self.landmarks

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        self._extractor().fit(images)

    def image_transformer(self) -> Callable[[Image], Image]:
        extractor = self._extractor()
        size = self.height, self.width

        def align(image):
            eyes = _eye_middles(extracted_landmarks(extractor, image), self.scheme)
            crop_map = alignment_map(eyes, *size, self.eye_row, self.eye_distance)
            if not np.isfinite(crop_map).all():
                if self.on_failure == "raise":
                    raise SubjectNotFoundError(_NO_FACE)
                crop_map = _fitting_map(image, *size) if self.on_failure == "keep" else np.full((2, 3), np.nan)
            return warp_affine(image, crop_map, *size)

        return align
