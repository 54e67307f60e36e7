"""Scale from ArUco or AprilTag markers of known side."""

from typing import Any

import cv2
import numpy as np

from ..image.checks import Image, check_image
from ..image.conversions import to_gray, to_uint8
from ._fitting.edges import Quad, fit_quad
from ._fitting.planes import PlaneFit, fit_plane, homography_of
from ._fitting.quads import CORNER_NOISE, quad_scale
from .result import Scale, no_scale

DICTIONARIES = {
    name: getattr(cv2.aruco, f"DICT_{name}")
    for name in (
        *(f"{bits}X{bits}_{count}" for bits in (4, 5, 6, 7) for count in (50, 100, 250, 1000)),
        "ARUCO_ORIGINAL",
        "ARUCO_MIP_36h12",
        "APRILTAG_16h5",
        "APRILTAG_25h9",
        "APRILTAG_36h10",
        "APRILTAG_36h11",
    )
}
TRIED = (
    "4X4_250",
    "APRILTAG_36h11",
    "5X5_1000",
    "6X6_1000",
    "7X7_1000",
    "ARUCO_ORIGINAL",
    "ARUCO_MIP_36h12",
    "APRILTAG_16h5",
    "APRILTAG_25h9",
    "APRILTAG_36h10",
)
DETECTION_SIZE = 1600  # pixels of the longer side: larger images are reduced to find tags, not to measure them
PATCH_SIDE = 48  # pixels of a square that is looked at, with its surroundings:
PATCH = np.array([[7, 7], [40, 7], [40, 40], [7, 40]], np.float32)  # (x, y)
LEAST_CODE = 0.4  # light levels within a square, of the step between it and its surroundings
MOST_BORDER = 0.6  # the border of a marker is dark, of the step between dark and light within it
AROUND = 0.3  # of the side of a square, where its contrast is looked at
LARGEST_RESIDUAL = 0.02  # of the side: between several tags, all of one size and in one plane


def find_tags(
    image: Image,
    size: float,
    *,
    unit: str = "mm",
    dictionary: str | None = None,
    count: int | None = None,
    focal_length: float | None = None,
) -> Scale:
    """Find ArUco or AprilTag markers of known size and measure the scale by them.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Of any dtype of an image; alpha is not looked at.
    size : float
        Side of the black square of a marker in `unit`; several markers have one size.
    unit : str, default="mm"
        Of `size` and `pixel_size`.
    dictionary : str or None, default=None
        Such as "4X4_50" or "APRILTAG_36h11"; None tries the ten families that hold all of them.
    count : int or None, default=None
        Number of markers on the sheet; another number found is refused. None takes as many as there are.
    focal_length : float or None, default=None
        In pixels, for the tilt; None takes 0.8 of the longer side of the image.

    Returns
    -------
    scale : Scale
        With three markers or more that lie apart, `homography` is found from their sizes and shapes alone: where
        they lie on the sheet need not be known.

    See Also
    --------
    find_scale : Finds a scale of any kind and warns where there is none.

    Notes
    -----
    Markers are found and read by OpenCV; the sides are then measured anew, by lines through the points at which
    profiles across them pass half of the step, since the corners that OpenCV gives make a marker about a pixel too
    small. Mirrored and negative markers are not found.

    References
    ----------
    Garrido-Jurado et al., Automatic generation and detection of highly reliable fiducial markers under occlusion,
    Pattern Recognition 2014, doi:10.1016/j.patcog.2014.01.005; Olson, AprilTag, ICRA 2011,
    doi:10.1109/ICRA.2011.5979561

    Examples
    --------
    >>> import cv2, numpy as np
    >>> from featkit.scale import find_tags
    >>> markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    >>> image = np.full((200, 300), 255, np.uint8)
    >>> image[50:110, 80:140] = cv2.aruco.generateImageMarker(markers, 7, 60)
    >>> find_tags(image, 15).pixel_size
    (0.25, 0.25)
    """
    gray = to_uint8(to_gray(check_image(image)))
    shape = gray.shape[:2]
    found, family = _detected(gray, [dictionary] if dictionary else TRIED)
    if not found:
        return no_scale("tag", unit, shape, "no ArUco or AprilTag marker was found (mirrored or negative ones are not)")
    channel = gray.astype(np.float32)
    n_cells = cv2.aruco.getPredefinedDictionary(DICTIONARIES[family]).markerSize + 2
    quads = [quad for corners in found if (quad := _measured(channel, corners, n_cells)) is not None]
    if not quads:
        return no_scale("tag", unit, shape, f"a {family} marker was found, but not four straight sides of it")
    if count is not None and len(quads) != count:
        return no_scale("tag", unit, shape, f"expected {count} markers, found {len(quads)} of {family}")
    plane = _common_plane([quad.corners for quad in quads], size)
    side = float(np.mean([np.hypot(*np.diff(quad.corners, axis=0).T).mean() for quad in quads]))
    if plane.residual > max(LARGEST_RESIDUAL * side, 0.5):
        return no_scale(
            "tag",
            unit,
            shape,
            f"{len(quads)} markers do not fit squares of one size in one plane ({plane.residual:.1f} pixels off)",
        )
    return quad_scale("tag", quads, plane, shape, size, unit, focal_length)


def _detected(gray: np.ndarray, names: list[str] | tuple[str, ...]) -> tuple[list[np.ndarray], str]:
    """Corners (4, 2) of the markers of the family that has most of them, and its name."""
    factor = min(1.0, DETECTION_SIZE / max(gray.shape))
    sizes = [factor, 1.0] if factor < 1 else [1.0]
    for scale in sizes:
        reduced = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
        found, name = _markers(reduced, names)
        if found:
            return [(quad + 0.5) / scale - 0.5 for quad in found], name
    return [], ""


def _markers(gray: np.ndarray, names: list[str] | tuple[str, ...]) -> tuple[list[np.ndarray], str]:
    """Corners (4, 2), (row, col), of the markers of the family that has most of them, the first of several, its name.

    To compare a dark square with thousands of codes takes most of the time: leaves are sorted out first, and where one
    family reads every square the others are not asked.
    """
    parameters = cv2.aruco.DetectorParameters()
    parameters.errorCorrectionRate = 0.3
    boxes = _boxes_of_codes(gray, parameters)
    n_squares = sum(n_in_box for _, n_in_box in boxes)
    least = parameters.minMarkerPerimeterRate  # of the longer side of the image
    best: tuple[list[np.ndarray], str] = ([], "")
    for name in names:
        family, found = cv2.aruco.getPredefinedDictionary(DICTIONARIES[name]), list[np.ndarray]()
        n_left = n_squares
        for (top, left, bottom, right), n_in_box in boxes:
            if len(found) + n_left <= len(best[0]):  # another family has read as many
                break
            part = np.ascontiguousarray(gray[top:bottom, left:right])
            parameters.minMarkerPerimeterRate = least * max(gray.shape) / max(part.shape)
            quads = cv2.aruco.ArucoDetector(family, parameters).detectMarkers(part)[0]
            found += [np.reshape(quad, (4, 2))[:, ::-1].astype(np.float64) + (top, left) for quad in quads]
            n_left -= n_in_box
        if len(found) > len(best[0]):
            best = found, name
        if len(best[0]) >= n_squares:
            break
    return best


def _boxes_of_codes(gray: np.ndarray, parameters: Any) -> list[tuple[tuple[int, int, int, int], int]]:
    """Half-open boxes around the dark squares in which there is something light, and the number of squares in each.

    Those whose squares are read fastest come first.
    """
    family = cv2.aruco.getPredefinedDictionary(DICTIONARIES[TRIED[0]])  # squares are the same for all families
    read, _, unread = cv2.aruco.ArucoDetector(family, parameters).detectMarkers(gray)
    boxes, squares = [], list[np.ndarray]()
    for quad in (np.reshape(quad, (4, 2)).astype(np.float32) for quad in (*read, *unread)):
        to_square = cv2.getPerspectiveTransform(quad, PATCH)
        patch = cv2.warpPerspective(gray, to_square, (PATCH_SIDE, PATCH_SIDE), borderMode=cv2.BORDER_REPLICATE)
        around, border = (_median_of_ring(patch[k : PATCH_SIDE - k, k : PATCH_SIDE - k]) for k in (0, 9))
        low, high = np.percentile(patch[14:-14, 14:-14], [2, 98])
        if high - low < LEAST_CODE * (around - low) or border - low > MOST_BORDER * (high - low):
            continue
        squares.append(quad)
        (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
        margin = AROUND * max(right - left, bottom - top) + 12
        low_corner = np.maximum(np.floor([top - margin, left - margin]), 0).astype(int)
        high_corner = np.minimum(np.ceil([bottom + margin, right + margin]), gray.shape).astype(int)
        boxes.append((int(low_corner[0]), int(low_corner[1]), int(high_corner[0]), int(high_corner[1])))
    squares.sort(key=lambda quad: -cv2.contourArea(quad))
    outer: list[np.ndarray] = []  # dark squares of a code are none of their own
    for quad in squares:
        middle = tuple(map(float, quad.mean(axis=0)))
        if not any(cv2.pointPolygonTest(known, middle, False) > 0 for known in outer):
            outer.append(quad)
    middles = [quad.mean(axis=0)[::-1] for quad in outer]
    joined = [(box, sum(_holds(box, middle) for middle in middles)) for box in _joined(boxes)]
    joined.sort(key=lambda found: (found[0][2] - found[0][0]) * (found[0][3] - found[0][1]) / max(found[1], 1))
    return joined


def _holds(box: tuple[int, int, int, int], point: np.ndarray) -> bool:
    return bool(box[0] <= point[0] < box[2] and box[1] <= point[1] < box[3])


def _median_of_ring(patch: np.ndarray) -> float:
    """Of the two outermost pixels of a square patch, all around."""
    return float(np.median(np.concatenate([patch[:2].T, patch[-2:].T, patch[:, :2], patch[:, -2:]])))


def _joined(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Boxes that overlap as one."""
    joined: list[tuple[int, int, int, int]] = []
    for box in boxes:
        while other := next((known for known in joined if _overlap(known, box)), None):
            joined.remove(other)
            box = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
        joined.append(box)
    return joined


def _overlap(one: tuple[int, int, int, int], two: tuple[int, int, int, int]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _measured(channel: np.ndarray, corners: np.ndarray, n_cells: int) -> Quad | None:
    side = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).min()
    quad = fit_quad(channel, corners, max(0.45 * side / n_cells, 2.0))
    return quad if quad is not None and quad.support >= 0.6 else None


def _common_plane(quads: list[np.ndarray], size: float) -> PlaneFit:
    """Homography by which all quads are squares of one size, wherever they lie."""
    unit_square = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * size / 2
    seen = np.array(quads)
    centers = seen.mean(axis=1)
    sides = np.roll(seen, -1, axis=1) - seen
    scale = size / np.hypot(*np.moveaxis(sides, 2, 0)).mean()
    angles = np.arctan2(sides[:, 0, 0], sides[:, 0, 1])  # of the side from the first to the second corner
    first_center, first_angle = centers[0] * scale, angles[0]

    def placed(poses: np.ndarray) -> np.ndarray:
        poses = np.vstack([[*first_center, first_angle], poses.reshape(-1, 3)])
        cosine, sine = np.cos(poses[:, 2]), np.sin(poses[:, 2])
        turns = np.stack([np.stack([cosine, -sine], 1), np.stack([sine, cosine], 1)], 1)
        return (unit_square @ turns + poses[:, np.newaxis, :2]).reshape(-1, 2)

    poses = np.column_stack([centers[1:] * scale, angles[1:]]).ravel()
    points = seen.reshape(-1, 2)
    if len(quads) == 1:
        start = np.linalg.inv(homography_of(points, placed(poses)))
    else:
        start = np.diag([1 / scale, 1 / scale, 1.0])
    return fit_plane(points, np.append((start / start[2, 2]).ravel()[:8], poses), placed, len(poses), CORNER_NOISE)
