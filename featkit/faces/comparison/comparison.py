"""Comparison of two faces: similarity scores, and the shape of the whole face and of its parts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import SubjectNotFoundError
from ...image.checks import Image, check_image
from ..description.geometry import landmark_geometry, landmark_geometry_names
from ..description.procrustes import procrustes_distance
from ..landmarks._extracted import extracted_landmarks
from ..landmarks.landmarks import FaceLandmarks
from ..landmarks.scheme import refuse_misread_points
from ..landmarks.schemes.known_schemes import scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import check_points, fit_similarity, to_complex, to_points
from .descriptions import describe_face, face_similarities
from .matcher import FaceMatcher

# Parts that are compared; both sides of a pair count as one form, so that their distance does too.
PARTS = {
    "eyes": ("left_eye", "right_eye"),
    "brows": ("left_brow", "right_brow"),
    "nose": ("nose",),
    "mouth": ("mouth",),
    "jaw": ("jaw",),
}
_LEAST_POINTS = 3  # of a part: two points have one shape only


class FaceComparison(NamedTuple):
    """Result of `compare_faces`: similarity scores of two faces, and distances of their parts.

    Parameters
    ----------
    image_a, image_b : ndarray (height, width[, 3 or 4])
        The two images, as they were given.
    points_a, points_b : float64 ndarray (n_points, 2)
        Landmarks (row, col) in the images.
    points_b_on_a : float64 ndarray (n_points, 2)
        Those of b superimposed on those of a by translation, rotation and scaling (Procrustes superimposition).
    distance : float
        Procrustes distance of the two faces: 0 for equal shapes, at most 1.
    parts : dict of str to float
        Procrustes distance of each part by itself: eyes, brows, nose, mouth, jaw, as far as the scheme has three points
        of it.
    shifts : dict of str to float
        Root mean square distance of the points of each part after superimposition, over the distance of the eyes of a
        (interocular distance): where in the face they differ.
    measures : dict of str to (float, float)
        Every measure of `landmark_geometry` of a and of b.
    probability : float or None
        Probability of one person according to the verifier; None without one.
    similarities : dict of str to float
        Scores that need no training, see `featkit.faces.comparison.face_similarities`.
    scheme : LandmarkScheme
        What the points are.
    """

    image_a: Image
    image_b: Image
    points_a: np.ndarray
    points_b: np.ndarray
    points_b_on_a: np.ndarray
    distance: float
    parts: dict[str, float]
    shifts: dict[str, float]
    measures: dict[str, tuple[float, float]]
    probability: float | None
    similarities: dict[str, float]
    scheme: LandmarkScheme

    def __repr__(self) -> str:
        """What the comparison says, without images and points."""
        parts = {part: round(distance, 4) for part, distance in self.parts.items()}
        similarities = {name: round(score, 4) for name, score in self.similarities.items()}
        return (
            f"FaceComparison(similarities={similarities}, distance={self.distance:.4f}, parts={parts}, "
            f"probability={self.probability})"
        )


def compare_faces(
    a: Image,
    b: Image,
    *,
    landmarks: FeatureExtractor | None = None,
    points: tuple[ArrayLike, ArrayLike] | None = None,
    verifier: BaseEstimator | None = None,
    features: BaseEstimator | None = None,
    scheme: str | LandmarkScheme = "300w",
) -> FaceComparison:
    """Compare two faces: similarity of HOG and LBP at landmarks, Procrustes distance of the whole and of each part.

    Parameters
    ----------
    a, b : ndarray (height, width[, 3 or 4])
        Images with a face each.
    landmarks : extractor of landmarks or None, default=None
        Finds the landmarks in an image; None is ``FaceLandmarks()``.
    points : (array-like, array-like) or None, default=None
        The landmarks (row, col) of the face in a and of that in b, where they are known; None finds them.
    verifier : fitted FaceMatcher, fitted classifier or None, default=None
        `featkit.FaceMatcher`. Or a classifier whose `predict_proba` takes rows ``np.hstack([features
        of a, features of b])`` and gives the probability of one person in its last column, such as
        ``make_pipeline(PairFeatures(), FaceVerifier())``.
    features : fitted transformer or None, default=None
        Images -> the rows that a classifier was fitted on; None: the landmarks themselves.
    scheme : str or LandmarkScheme, default="300w"
        What the landmarks are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.

    Returns
    -------
    comparison : FaceComparison
        Scores, distances, landmarks and measures of the two faces.

    Raises
    ------
    SubjectNotFoundError
        When there is no face in a or in b; the message says where.
    LandmarkFormatError
        When the landmarks are not those of the scheme as (row, column).

    See Also
    --------
    featkit.FaceMatcher : Probability that two images show one person, learnt from photos of many.
    FaceVerifier : The same from similarity scores of any kind.
    featkit.faces.description.procrustes_distance : The distance of shapes.
    featkit.faces.description.landmark_geometry : The measures that are listed for both faces.
    featkit.display.FaceComparisonDisplay : Draws a comparison.

    Notes
    -----
    The distance compares shapes, facial expression and head pose included: two images of one person can be farther
    from each other than images of two, more often than by the similarity of HOG and LBP at landmarks. None of them is a
    proof of identity, nor is the probability, and error rates differ between groups of people; see
    `featkit.FaceVerifier`.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit import compare_faces
    >>> comparison = compare_faces(astronaut(), astronaut()[::-1, ::-1][::-1, ::-1])
    >>> round(comparison.distance, 6), sorted(comparison.parts)
    (0.0, ['brows', 'eyes', 'jaw', 'mouth', 'nose'])
    """
    images = check_image(a), check_image(b)
    known = scheme_of(scheme)
    if points is None:
        extractor = FaceLandmarks() if landmarks is None else landmarks
        faces = [extracted_landmarks(extractor, image, scheme=known) for image in images]
    else:
        faces = [_checked_points(each, known) for each in points]
    for face, name in zip(faces, ("first", "second"), strict=True):
        if np.isnan(face).any():
            raise SubjectNotFoundError(f"Expected a face in each image, found none in the {name} one.")
    return _compared(images, faces, verifier, features, known)


def _checked_points(points, scheme):
    points = check_points(points, (scheme.n_points,))
    refuse_misread_points(scheme.in_300w(points[np.newaxis]))
    return points


def _parts(scheme):
    """Points of the parts of which a scheme has enough."""
    parts = {
        name: [point for region in regions for point in scheme.regions.get(region, ())]
        for name, regions in PARTS.items()
    }
    return {name: points for name, points in parts.items() if len(points) >= _LEAST_POINTS}


def _compared(images, points, verifier, features, scheme):
    described = [describe_face(image, face, scheme=scheme) for image, face in zip(images, points, strict=True)]
    rows = [each.reshape(1, -1) for each in points]
    shapes = [to_complex(each) for each in points]
    factor, shift = fit_similarity(shapes[1], shapes[0])
    laid = factor * shapes[1] + shift
    apart = np.abs(laid - shapes[0]) / np.hypot(*np.diff(scheme.middles_of_eyes(points[0]), axis=0)[0])
    measured = landmark_geometry(np.concatenate(rows), scheme=scheme)
    parts = _parts(scheme)
    return FaceComparison(
        image_a=images[0],
        image_b=images[1],
        points_a=points[0],
        points_b=points[1],
        points_b_on_a=to_points(laid),
        distance=float(procrustes_distance(*rows)[0]),
        parts={part: _distance_of(points, numbers) for part, numbers in parts.items()},
        shifts={part: float(np.sqrt(np.mean(apart[numbers] ** 2))) for part, numbers in parts.items()},
        measures=dict(zip(landmark_geometry_names(scheme=scheme), measured.T.tolist(), strict=True)),
        probability=None if verifier is None else _probability(verifier, features, images, rows, described),
        similarities=face_similarities(*described),
        scheme=scheme,
    )


def _distance_of(points, numbers):
    part = [each[numbers].reshape(1, -1) for each in points]
    return float(procrustes_distance(*part)[0])


def _probability(verifier, features, images, rows, described):
    if isinstance(verifier, FaceMatcher):
        return float(verifier.probabilities(described[:1], described[1:])[0, 0])
    if features is not None:
        rows = [np.asarray(features.transform([image]))[0] for image in images]
    return float(verifier.predict_proba(np.hstack([np.ravel(row) for row in rows])[np.newaxis])[0, -1])
