"""Convert landmarks between schemes: WFLW's 98, LaPa's and InsightFace's 106, MediaPipe's 478 to the 68 of 300-W."""

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError
from ...parameters import check_option
from ..landmarks.scheme import refuse_misread_points
from ..landmarks.schemes.known_schemes import scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme

ORDERS = ("row_col", "xy")
_WITH_IRISES, _WITHOUT_IRISES = "mediapipe", 468


def convert_landmarks(
    landmarks: ArrayLike,
    scheme: str | LandmarkScheme,
    *,
    order: str = "row_col",
    image_size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Convert facial landmarks of another scheme (WFLW, LaPa, InsightFace, MediaPipe) to the 68 points of 300-W.

    Parameters
    ----------
    landmarks : array-like (n_points, d), (n_faces, n_points, d) or (n_faces, 2 * n_points)
        Points of one or several faces, d being 2 or 3; of points in space the depth is left out. A table has two values
        for each point. NaN where a point is missing.
    scheme : str or LandmarkScheme
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows ("mediapipe" takes 478 points
        or 468, without the irises), or a scheme of one's own with `counterparts`.
    order : {"row_col", "xy"}, default="row_col"
        Which coordinate comes first. Other tools give "xy".
    image_size : (int, int) or None, default=None
        (height, width) of the image in pixels, where coordinates are fractions of its sides as MediaPipe gives them:
        0 is the outer edge of the first pixel. None: they are pixels, (0, 0) being the centre of the first one.

    Returns
    -------
    landmarks : float64 ndarray (n_faces, 136)
        Row, column, row, column, ... of the 68 points in pixels, as `FaceLandmarks` gives them; NaN where the scheme
        has no such point, as most of those of 5, 29 (COFW) and 194 (HELEN) points.

    Raises
    ------
    LandmarkFormatError
        When the points are not as many as the scheme has, make a face only in the other order, or the scheme has no
        point of 300-W.

    See Also
    --------
    featkit.faces.landmarks.landmark_scheme : The schemes; what measures and describes faces takes them as they are.
    read_landmarks : Reads the files of other tools.
    featkit.FaceLandmarks : Finds the 68 points.
    featkit.LandmarkGeometry : Takes the table.

    Notes
    -----
    WFLW, LaPa and InsightFace mark the 68 points among others (LaPa's nose is marked alike to within a few
    hundredths of its breadth). MediaPipe's mesh has vertices at or near the points of brows, eyes, nose and mouth; its
    jaw is laid at equal distances on the outline of the mesh from ear to chin, which lies farther back on a turned head
    than the visible edge that 300-W follows. Measure with one scheme only, or expect a shift between two.

    References
    ----------
    Wu et al. 2018, "Look at boundary: a boundary-aware face alignment algorithm" (WFLW), doi:10.1109/CVPR.2018.00227;
    Liu et al. 2020, "A new dataset and boundary-attention semantic segmentation for face parsing" (LaPa),
    doi:10.1609/aaai.v34i07.6832; Kartynnik et al. 2019, "Real-time facial surface geometry from monocular video on
    mobile GPUs" (MediaPipe), arXiv:1907.06724.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.exchange import convert_landmarks
    >>> wflw = np.stack([np.arange(98.0), np.arange(98.0) + 0.5], axis=1)
    >>> convert_landmarks(wflw, "wflw", order="xy").reshape(68, 2)[[0, 1, 36]]
    array([[ 0.5,  0. ],
           [ 2.5,  2. ],
           [60.5, 60. ]])
    """
    check_option("order", order, ORDERS)
    known = scheme_of(scheme)
    if not known.known:
        raise LandmarkFormatError(f'Expected a scheme with points of 300-W, got "{known.name}", which has none.')
    points = _points(landmarks, known)
    if order == "xy":
        points = points[..., ::-1]
    if image_size is not None:
        points = points * np.asarray(image_size, dtype=np.float64) - 0.5
    converted = known.in_300w(points)
    refuse_misread_points(converted)
    return converted.reshape(len(points), -1)


def _points(landmarks: ArrayLike, scheme: LandmarkScheme) -> np.ndarray:
    """Points (n_faces, n_points, 2) of whatever shape they came in; those that a scheme may lack are NaN."""
    counts = (scheme.n_points, _WITHOUT_IRISES) if scheme.name == _WITH_IRISES else (scheme.n_points,)
    points = np.asarray(landmarks, dtype=np.float64)
    if points.ndim == 2 and points.shape[1] in [2 * count for count in counts]:
        points = points.reshape(len(points), -1, 2)
    elif points.ndim == 2:
        points = points[np.newaxis]
    if points.ndim != 3 or points.shape[1] not in counts or points.shape[2] not in (2, 3):
        expected = " or ".join(map(str, counts))
        raise LandmarkFormatError(
            f'Expected {expected} points of each face for scheme="{scheme.name}", as (n_points, 2), '
            "(n_faces, n_points, 2), with or without a third column of depths, which are left out, or a table "
            f"(n_faces, 2 * n_points), got an array of shape {np.shape(landmarks)}."
        )
    if np.isinf(points).any():
        raise LandmarkFormatError("Expected finite landmarks, got infinite ones: write NaN where a point is missing.")
    lacking = scheme.n_points - points.shape[1]
    return np.pad(points[..., :2], ((0, 0), (0, lacking), (0, 0)), constant_values=np.nan)
