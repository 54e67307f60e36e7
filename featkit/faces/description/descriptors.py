"""HOG or LBP descriptors at facial landmarks, at several scales."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...exceptions import shown
from ...features.binary_patterns._codes import circle_positions, pattern_labels
from ...image.checks import Image, check_image
from ...image.gray_levels import gray_levels
from ...parameters import HasMethods, InvalidParameterError, StrOptions
from ..landmarks._extracted import extracted_landmarks
from ..landmarks.landmarks import FaceLandmarks
from ..landmarks.scheme import FACE_MIRROR, refuse_fractions, refuse_misread_points, refuse_points_elsewhere
from ..landmarks.schemes.known_schemes import SCHEME_NAMES, scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import check_points
from ..training._point_gradients import hog_at_points
from ._upright import FacePoints

# Landmarks that are described: of the left half of the image and of the middle. Their mirror images are the rest.
LEFT_HALF = (17, 19, 21, 36, 37, 39, 41, 27, 29, 30, 31, 33, 48, 51, 57, 8, 3, 5)
KINDS = ("hog", "lbp")
CELL_SIZE = 8
N_CELLS = 4
N_DIRECTIONS = 8
N_PATTERNS = 59
REACH = CELL_SIZE * (N_CELLS // 2 + 1)  # pixels around a point


@kernel
def _cell_histograms(labels, corners, cell_size, n_cells, histograms):
    """Fraction of every label in every cell of a grid whose upper left corner is given; labels end where they end."""
    height, width = labels.shape
    for index in range(len(corners)):
        for cell in range(n_cells * n_cells):
            top = corners[index, 0] + cell // n_cells * cell_size
            left = corners[index, 1] + cell % n_cells * cell_size
            histogram = histograms[index, cell]
            histogram[:] = 0
            count = 0
            for row in range(max(top, 0), min(top + cell_size, height)):
                for col in range(max(left, 0), min(left + cell_size, width)):
                    histogram[labels[row, col]] += 1
                    count += 1
            for label in range(len(histogram)):
                histogram[label] /= max(count, 1)


def landmark_descriptors(
    image: Image,
    points: ArrayLike,
    *,
    kind: str = "hog",
    eye_distances: Sequence[float] = (24, 36, 56),
    mirror: bool = True,
    scheme: str | LandmarkScheme = "300w",
) -> np.ndarray:
    """HOG or LBP descriptors sampled at the landmarks of the upright face, at several scales.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Laid on black where it is transparent.
    points : array-like (n_points, 2) or (2 * n_points,)
        Landmarks (row, col) of `scheme`, see `featkit.faces.landmarks.face_landmarks`.
    kind : {"hog", "lbp"}, default="hog"
        What is counted in each of 4 x 4 cells of 8 x 8 pixels around a point: gradients in 8 directions, or the 59
        uniform local binary patterns of 8 neighbours.
    eye_distances : sequence of float, default=(24, 36, 56)
        Scales of the upright face: distance of the middles of its eyes (interocular distance) in pixels. A patch of 32
        pixels shows much of a small face and little of a large one.
    mirror : bool, default=True
        Give the mean of the face and its mirror image at 18 points of one half and the middle; twice as short as both
        halves, and better where heads are turned. If not, 31 points of both halves.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
        Descriptors at points that it does not have are left out.

    Returns
    -------
    descriptors : float32 ndarray (n_features,)
        Square roots of fractions ("lbp", sum of squares 1 in each cell unless mirrored) or patches of unit length
        ("hog"); by size, point, cell, direction or pattern. NaN where a point is NaN.

    Raises
    ------
    ImageFormatError
        When it is not an image.
    LandmarkFormatError
        When there are not as many points as the scheme has, they are (x, y) instead of (row, column), they are
        fractions of the size of the image, or none lies in it.
    InvalidParameterError
        When the scheme has none of the points that are described.

    See Also
    --------
    landmark_descriptors_names : Names of the columns.
    LandmarkDescriptors : The transformer, which finds the landmarks itself.
    featkit.features.gradients.hog : HOG of the whole image.
    featkit.features.binary_patterns.local_binary_pattern : LBP histograms of the whole image.

    Notes
    -----
    The face is turned, scaled and moved so that its eyes, nose and corners of the mouth lie on those of the mean face
    of `featkit.faces.description.head_pose`, seen from the front, as well as a similarity can.

    References
    ----------
    Chen, Cao, Wen and Sun 2013, "Blessing of dimensionality", doi:10.1109/CVPR.2013.389. Square roots of histograms:
    Arandjelovic and Zisserman 2012, doi:10.1109/CVPR.2012.6248018.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.landmarks import face_landmarks
    >>> from featkit.faces.description import landmark_descriptors
    >>> image = astronaut()
    >>> landmark_descriptors(image, face_landmarks(image)).shape
    (6912,)
    """
    _check_parameters(kind, eye_distances)
    known = scheme_of(scheme)
    wanted = _points_described(mirror, known)
    points = check_points(points, (known.n_points,))
    face = FacePoints.of(points, known)
    refuse_misread_points(face.points[np.newaxis])
    refuse_fractions(points)
    image = check_image(image)
    refuse_points_elsewhere(points, image.shape[:2])
    return _descriptors(gray_levels(image, 0.0), face, kind, eye_distances, wanted, mirror)


def _descriptors(gray, face, kind, eye_distances, wanted, mirror):
    both = [_described(gray, face, kind, eye_distances, wanted)]
    if mirror:
        flipped = np.ascontiguousarray(gray[:, ::-1])
        both.append(_described(flipped, face.mirrored(gray.shape[1]), kind, eye_distances, wanted))
    return np.mean(both, axis=0, dtype=np.float32)


def _points_described(mirror, scheme):
    """Points of 300-W that are described: of one half and the middle, or of both halves."""
    both = LEFT_HALF if mirror else tuple(sorted({*LEFT_HALF, *(FACE_MIRROR[point] for point in LEFT_HALF)}))
    points = tuple(point for point in both if point in scheme.known)
    if not points:
        raise InvalidParameterError(
            f'Expected a scheme with some of 300-W\'s points {both}, got "{scheme.name}", which has none of them.'
        )
    return points


def _described(gray, face, kind, eye_distances, wanted):
    rows = []
    for eye_distance in eye_distances:
        frame, in_frame = face.frame(gray, eye_distance, wanted, reach=REACH)
        rows.append(_patterns_at(frame, in_frame) if kind == "lbp" else _gradients_at(frame, in_frame))
    return np.concatenate(rows)


def _gradients_at(frame, points):
    if frame is None:
        return np.full(len(points) * N_CELLS**2 * N_DIRECTIONS, np.nan, np.float32)
    found = hog_at_points(frame, points, cell_size=CELL_SIZE, n_cells=N_CELLS, n_directions=N_DIRECTIONS)
    return found.ravel()


def _patterns_at(frame, points):
    histograms = np.full((len(points), N_CELLS**2, N_PATTERNS), np.nan, np.float32)
    if frame is not None:
        labels = pattern_labels(frame, circle_positions(8, 2), 2, "nri_uniform")
        corners = np.rint(points - CELL_SIZE * N_CELLS / 2 + 0.5).astype(np.int64) - 2  # labels begin 2 pixels inside
        _cell_histograms(labels, corners, CELL_SIZE, N_CELLS, histograms)
    return np.sqrt(histograms).ravel()


def landmark_descriptors_names(
    *,
    kind: str = "hog",
    eye_distances: Sequence[float] = (24, 36, 56),
    mirror: bool = True,
    scheme: str | LandmarkScheme = "300w",
) -> list[str]:
    """Names of the columns of `landmark_descriptors`: ``landmark_hog_00000`` onwards.

    Parameters
    ----------
    kind : {"hog", "lbp"}, default="hog"
        As in `landmark_descriptors`.
    eye_distances : sequence of float, default=(24, 36, 56)
        As in `landmark_descriptors`.
    mirror : bool, default=True
        As in `landmark_descriptors`.
    scheme : str or LandmarkScheme, default="300w"
        As in `landmark_descriptors`.

    Returns
    -------
    names : list of str
        One for each column.

    See Also
    --------
    landmark_descriptors : The values.

    Examples
    --------
    >>> from featkit.faces.description import landmark_descriptors_names
    >>> names = landmark_descriptors_names(kind="lbp")
    >>> names[0], len(names)
    ('landmark_lbp_00000', 50976)
    """
    _check_parameters(kind, eye_distances)
    per_cell = N_DIRECTIONS if kind == "hog" else N_PATTERNS
    count = len(eye_distances) * len(_points_described(mirror, scheme_of(scheme))) * N_CELLS**2 * per_cell
    digits = max(5, len(str(count - 1)))
    return [f"landmark_{kind}_{index:0{digits}d}" for index in range(count)]


def _check_parameters(kind, eye_distances):
    if kind not in KINDS:
        raise InvalidParameterError(f"The 'kind' parameter must be one of {KINDS}, got {shown(kind)}.")
    if len(eye_distances) == 0 or not all(4 <= distance <= 400 for distance in eye_distances):
        raise InvalidParameterError(
            f"The 'eye_distances' parameter must be one or more numbers of pixels from 4 to 400, "
            f"got {shown(eye_distances)}."
        )


class LandmarkDescriptors(FeatureExtractor):
    """HOG or LBP descriptors at the facial landmarks of every image, at several scales.

    Parameters
    ----------
    kind : {"hog", "lbp"}, default="hog"
        What is counted in each of 4 x 4 cells of 8 x 8 pixels around a point: gradients in 8 directions, or the 59
        uniform local binary patterns of 8 neighbours.
    eye_distances : sequence of float, default=(24, 36, 56)
        Scales of the upright face: distance of the middles of its eyes (interocular distance) in pixels. A patch of 32
        pixels shows much of a small face and little of a large one.
    mirror : bool, default=True
        Give the mean of the face and its mirror image at 18 points of one half and the middle; twice as short as both
        halves, and better where heads are turned. If not, 31 points of both halves.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
        Descriptors at points that it does not have are left out.
    landmarks : extractor of landmarks or None, default=None
        Finds the landmarks in each image; None is ``FaceLandmarks()``.

    See Also
    --------
    featkit.faces.description.landmark_descriptors : The function, with what is done in full.
    featkit.FaceLandmarks : Finds the landmarks.
    FaceAligner : Upright crops, for features of the whole face.

    Notes
    -----
    Stateless. Images may differ in size. Laid on black where an image is transparent. A row of NaN where there is no
    face. Where the landmarks are known already, call the function.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit import FaceLandmarks, LandmarkDescriptors
    >>> LandmarkDescriptors(kind="lbp", landmarks=FaceLandmarks(average=False)).fit_transform([astronaut()]).shape
    (1, 50976)
    """

    parameter_constraints = {
        "kind": [StrOptions(set(KINDS))],
        "eye_distances": [tuple, list],
        "mirror": ["boolean"],
        "scheme": [StrOptions(set(SCHEME_NAMES)), LandmarkScheme],
        "landmarks": [HasMethods("transform"), None],
    }

    def __init__(
        self,
        *,
        kind: str = "hog",
        eye_distances: Sequence[float] = (24, 36, 56),
        mirror: bool = True,
        scheme: str | LandmarkScheme = "300w",
        landmarks: FeatureExtractor | None = None,
    ) -> None:
        self.scheme = scheme
        self.kind = kind
        self.eye_distances = eye_distances
        self.mirror = mirror
        self.landmarks = landmarks

    def _extractor(self):
        return FaceLandmarks() if self.landmarks is None else self.landmarks

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        _check_parameters(self.kind, self.eye_distances)
        self._extractor().fit(images)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        extractor = self._extractor()
        scheme = scheme_of(self.scheme)
        wanted = _points_described(self.mirror, scheme)

        def describe(image):
            face = FacePoints.of(extracted_landmarks(extractor, image, scheme=scheme), scheme)
            return _descriptors(gray_levels(image, 0.0), face, self.kind, self.eye_distances, wanted, self.mirror)

        return describe

    def feature_names(self) -> list[str]:
        return landmark_descriptors_names(
            kind=self.kind, eye_distances=self.eye_distances, mirror=self.mirror, scheme=self.scheme
        )
