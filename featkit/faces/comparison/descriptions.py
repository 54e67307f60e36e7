"""Faces described for comparison: landmarks, HOG and LBP at them, LBP in normalized light; similarity scores."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...image.checks import Image
from ..description.descriptors import landmark_descriptors
from ..description.procrustes import procrustes_distance
from ..landmarks.schemes.known_schemes import scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import check_points
from ._lit_patterns import lit_patterns

LBP_EYE_DISTANCES = (56,)  # pixels; smaller ones make the row three times as long and tell people apart no better


class FaceDescription(NamedTuple):
    """Description of one face, see `describe_face`.

    Attributes
    ----------
    geometry : float64 ndarray (2 * n_points,)
        Row, column, row, column, ... of the landmarks.
    hog : float32 ndarray (n_values,)
        HOG at the landmarks, at three scales; 6,912 values for 300-W's points.
    lbp : float32 ndarray (n_values,)
        LBP at the landmarks, where the eyes are 56 pixels apart; 16,992 values for 300-W's points.
    lit : float32 ndarray (3776,)
        LBP of a crop of 128 x 112 pixels whose light is normalized (Tan-Triggs), in 8 x 8 cells.
    """

    geometry: np.ndarray
    hog: np.ndarray
    lbp: np.ndarray
    lit: np.ndarray


DESCRIPTIONS = FaceDescription._fields


def describe_face(image: Image, points: ArrayLike, *, scheme: str | LandmarkScheme = "300w") -> FaceDescription:
    """Describe a face for face verification: landmarks, HOG and LBP at landmarks, LBP in normalized light.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Laid on black where it is transparent.
    points : array-like (n_points, 2) or (2 * n_points,)
        Landmarks (row, col) of `scheme`, as `featkit.faces.landmarks.face_landmarks` finds them.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.

    Returns
    -------
    description : FaceDescription
        NaN where a point that is needed is NaN.

    Raises
    ------
    ImageFormatError
        When it is not an image.
    LandmarkFormatError
        When there are not as many points as the scheme has, they are (x, y) instead of (row, column), or none lies in
        the image.

    See Also
    --------
    face_similarities : Scores of two such descriptions.
    FaceMatcher : Learns from many of them whether two show one person.
    featkit.faces.description.landmark_descriptors : HOG and LBP alone, with what is done in full.
    featkit.preprocessing.light.tan_triggs_normalization : How light is normalized.

    References
    ----------
    Chen, Cao, Wen and Sun 2013, "Blessing of dimensionality", doi:10.1109/CVPR.2013.389. Tan and Triggs 2010, "Enhanced
    local texture feature sets for face recognition under difficult lighting conditions", doi:10.1109/TIP.2010.2042645.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.comparison import describe_face
    >>> from featkit.faces.landmarks import face_landmarks
    >>> description = describe_face(astronaut(), face_landmarks(astronaut()))
    >>> [part.shape for part in description]
    [(136,), (6912,), (16992,), (3776,)]
    """
    hog = landmark_descriptors(image, points, kind="hog", scheme=scheme)
    lbp = landmark_descriptors(image, points, kind="lbp", eye_distances=LBP_EYE_DISTANCES, scheme=scheme)
    known = scheme_of(scheme)
    points = check_points(points, (known.n_points,))
    return FaceDescription(points.ravel(), hog, lbp, lit_patterns(image, known.middles_of_eyes(points)))


def face_similarities(a: FaceDescription, b: FaceDescription) -> dict[str, float]:
    """Similarity scores of two faces that need no training: geometry, HOG and LBP at landmarks, and both together.

    Parameters
    ----------
    a, b : FaceDescription
        Two faces, as `describe_face` gives them.

    Returns
    -------
    scores : dict of str to float
        ``"hog"``, ``"lbp"``: cosine similarity of the descriptors, 1 for equal ones; ``"appearance"``: their mean, the
        best of the four; ``"geometry"``: one minus the Procrustes distance of the landmarks, the weakest. NaN where a
        landmark is missing.

    See Also
    --------
    describe_face : Describes a face.
    FaceMatcher : A calibrated probability instead, from photos of many people.
    featkit.compare_faces : These scores and more of two images.

    Notes
    -----
    How often such scores are reached by two photos of one person and by two people is measured in the documentation
    ("Measured: faces"). They depend on light, pose, expression and resolution; no value of them proves an identity.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.comparison import describe_face, face_similarities
    >>> from featkit.faces.landmarks import face_landmarks
    >>> description = describe_face(astronaut(), face_landmarks(astronaut()))
    >>> {name: round(score, 3) for name, score in face_similarities(description, description).items()}
    {'appearance': 1.0, 'hog': 1.0, 'lbp': 1.0, 'geometry': 1.0}
    """
    hog, lbp = _cosine(a.hog, b.hog), _cosine(a.lbp, b.lbp)
    distance = float(procrustes_distance(a.geometry[np.newaxis], b.geometry[np.newaxis])[0])
    return {"appearance": (hog + lbp) / 2, "hog": hog, "lbp": lbp, "geometry": 1 - distance}


def _cosine(a, b):
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths > 0 else np.nan
