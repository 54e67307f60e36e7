"""Convert landmarks between schemes: WFLW's 98, LaPa's and InsightFace's 106, MediaPipe's 468 to the 68 of 300-W."""

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError
from ...parameters import check_option
from ..landmarks.scheme import check_face_landmarks

_Recipe = tuple[tuple[int, ...], ...]  # for each of the 68 points: the points of the other scheme it is the mean of


def _single(*runs: range | tuple[int, ...]) -> _Recipe:
    return tuple((point,) for run in runs for point in run)


# MediaPipe has no points of the jaw: the outline of its face from ear to chin, on which 300-W's lie at equal distances.
_MEDIAPIPE_OUTLINE = (
    *(127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152),
    *(377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356),
)
_N_JAW = 17
_CHIN = 11  # place of the chin in the outline

_RECIPES: dict[str, tuple[tuple[int, ...], _Recipe]] = {
    "300w": ((68,), _single(range(68))),
    "wflw": (
        (98,),
        _single(range(0, 33, 2), range(33, 38), range(42, 47), range(51, 60))
        + _single((60, 61, 63, 64, 65, 67), (68, 69, 71, 72, 73, 75), range(76, 96)),
    ),
    "lapa": (
        (106,),
        _single(range(0, 33, 2), range(33, 38), range(42, 47), range(51, 55), (57, 58, 60, 62, 63))
        + _single((66, 67, 69, 70, 71, 73), (75, 76, 78, 79, 80, 82), range(84, 104)),
    ),
    "insightface": (
        (106,),
        _single((1, 10, 12, 14, 16, 3, 5, 7, 0, 23, 21, 19, 32, 30, 28, 26, 17))
        + _single((43, 48, 49, 51, 50), (102, 103, 104, 105, 101), (72, 73, 74, 86, 78, 79, 80, 85, 84))
        + _single((35, 41, 42, 39, 37, 36), (89, 95, 96, 93, 91, 90))
        + _single((52, 64, 63, 71, 67, 68, 61, 58, 59, 53, 56, 55), (65, 66, 62, 70, 69, 57, 60, 54)),
    ),
    "mediapipe": (
        (468, 478),
        ((),) * _N_JAW
        + _single((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))
        + ((168, 6), (197, 195), (5,), (4,), (75,), (97,), (2,), (326,), (305,))
        + _single((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
        + _single((61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91), (78, 81, 13, 311, 308, 402, 14, 178)),
    ),
}
CONVERTIBLE_SCHEMES = tuple(_RECIPES)
ORDERS = ("row_col", "xy")


def convert_landmarks(
    landmarks: ArrayLike,
    scheme: str,
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
    scheme : {"300w", "wflw", "lapa", "insightface", "mediapipe"}
        What the points are:

        - ``"300w"``: 68 points, of 300-W, Multi-PIE, dlib and face-alignment;
        - ``"wflw"``: 98 points, of WFLW;
        - ``"lapa"``: 106 points, of LaPa and JD-landmark, the contour first;
        - ``"insightface"``: 106 points, of InsightFace's model 2d106det, in an order of its own;
        - ``"mediapipe"``: 468 points of MediaPipe's face mesh, or 478 with the irises.
    order : {"row_col", "xy"}, default="row_col"
        Which coordinate comes first. Other tools give "xy".
    image_size : (int, int) or None, default=None
        (height, width) of the image in pixels, where coordinates are fractions of its sides as MediaPipe gives them:
        0 is the outer edge of the first pixel. None: they are pixels, (0, 0) being the centre of the first one.

    Returns
    -------
    landmarks : float64 ndarray (n_faces, 136)
        Row, column, row, column, ... of the 68 points in pixels, as `FaceLandmarks` gives them.

    Raises
    ------
    LandmarkFormatError
        When the points are not as many as the scheme has, or make a face only in the other order.

    See Also
    --------
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
    check_option("scheme", scheme, CONVERTIBLE_SCHEMES)
    check_option("order", order, ORDERS)
    counts, recipe = _RECIPES[scheme]
    points = _points(landmarks, counts, scheme)
    if order == "xy":
        points = points[..., ::-1]
    if image_size is not None:
        points = points * np.asarray(image_size, dtype=np.float64) - 0.5
    converted = np.empty((len(points), 68, 2))
    for target, sources in enumerate(recipe):
        if sources:
            converted[:, target] = points[:, list(sources)].mean(axis=1)
    if scheme == "mediapipe":
        outline = points[:, list(_MEDIAPIPE_OUTLINE)]
        half = _N_JAW // 2 + 1
        converted[:, :half] = evenly_along(outline[:, : _CHIN + 1], half)
        converted[:, half - 1 : _N_JAW] = evenly_along(outline[:, _CHIN:], half)
    table = converted.reshape(len(points), -1)
    check_face_landmarks(table)
    return table


def _points(landmarks: ArrayLike, counts: tuple[int, ...], scheme: str) -> np.ndarray:
    """Points (n_faces, n_points, 2) of whatever shape they came in."""
    points = np.asarray(landmarks, dtype=np.float64)
    if points.ndim == 2 and points.shape[1] in [2 * count for count in counts]:
        points = points.reshape(len(points), -1, 2)
    elif points.ndim == 2:
        points = points[np.newaxis]
    if points.ndim != 3 or points.shape[1] not in counts or points.shape[2] not in (2, 3):
        expected = " or ".join(map(str, counts))
        raise LandmarkFormatError(
            f'Expected {expected} points of each face for scheme="{scheme}", as (n_points, 2), (n_faces, n_points, 2) '
            f"or a table (n_faces, 2 * n_points), got an array of shape {np.shape(landmarks)}."
        )
    if np.isinf(points).any():
        raise LandmarkFormatError("Expected finite landmarks, got infinite ones: write NaN where a point is missing.")
    return points[..., :2]


def evenly_along(lines: np.ndarray, n_points: int) -> np.ndarray:
    """Points at equal distances along polygonal lines (n_lines, n_corners, 2); NaN where a corner is missing."""
    lengths = np.linalg.norm(np.diff(lines, axis=1), axis=2)
    places = np.concatenate([np.zeros((len(lines), 1)), np.cumsum(lengths, axis=1)], axis=1)
    result = np.full((len(lines), n_points, 2), np.nan)
    for index in np.flatnonzero(np.isfinite(places[:, -1])):
        wanted = np.linspace(0, places[index, -1], n_points)
        for axis in range(2):
            result[index, :, axis] = np.interp(wanted, places[index], lines[index, :, axis])
    return result
