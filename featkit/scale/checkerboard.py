"""Scale from a checkerboard with squares of known side."""

import cv2
import numpy as np

from ..image.checks import Image, check_image
from ..image.conversions import to_gray, to_uint8
from ._fitting.edges import tukey_weights
from ._fitting.lens import along_sides, area_ratio, distorted, fit_distortion, undistorted
from ._fitting.planes import (
    PlaneFit,
    area_per_pixel,
    fit_plane,
    homography_of,
    tilt_area_error,
    transform,
)
from ._fitting.quads import SYSTEMATIC, is_better_rectified, plane_tilt, pose_of_square
from ._fitting.saddles import checkerboard_grid
from .result import Scale, no_scale

DETECTION_SIZE = 1600  # pixels of the longer side
BOARD_NOISE = 0.05  # pixels, least error of a corner
LARGEST_RESIDUAL = 0.03  # of a square: corners of a board lie in one plane


def find_checkerboard(
    image: Image,
    size: float,
    *,
    unit: str = "mm",
    corners: tuple[int, int] | None = None,
    focal_length: float | None = None,
) -> Scale:
    """Find a checkerboard with squares of known side and measure the scale by its inner corners.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Of any dtype of an image; alpha is not looked at.
    size : float
        Side of a square in `unit`.
    unit : str, default="mm"
        Of `size` and `pixel_size`.
    corners : (rows, columns) or None, default=None
        Number of inner corners, one less than squares along each side, in either order; another number found is
        refused. None takes as many as are found, at least 3 x 3.
    focal_length : float or None, default=None
        In pixels, for the tilt; None takes 0.8 of the longer side of the image.

    Returns
    -------
    scale : Scale
        `homography` is the sheet's where the board is large enough to be trusted all over the image. The outline
        takes in the whole squares around the inner corners. Where the corners show that the lens bends straight lines,
        `distortion` says how much.

    See Also
    --------
    find_scale : Finds a scale of any kind and warns where there is none.

    References
    ----------
    Geiger et al., Automatic camera and range sensor calibration using a single shot, ICRA 2012,
    doi:10.1109/ICRA.2012.6224570

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.scale import find_checkerboard
    >>> squares = np.add.outer(np.arange(6), np.arange(8)) % 2 * 255
    >>> image = np.full((400, 500), 255, np.uint8)
    >>> image[80:260, 90:330] = np.kron(squares, np.ones((30, 30)))
    >>> scale = find_checkerboard(image, 10)
    >>> [round(side, 3) for side in scale.pixel_size]
    [0.333, 0.333]
    """
    gray = to_uint8(to_gray(check_image(image)))
    shape = gray.shape[:2]
    found = _inner_corners(gray)
    if found is None:
        return no_scale("checkerboard", unit, shape, "no checkerboard of 3 x 3 inner corners or more was found")
    points, numbers = found
    counts = tuple(int(count) for count in numbers.max(axis=0) + 1)
    if corners is not None and sorted(counts) != sorted(corners):
        came = f"{counts[0]} x {counts[1]}"
        return no_scale(
            "checkerboard", unit, shape, f"expected {corners[0]} x {corners[1]} inner corners, found {came}"
        )
    numbers = numbers - (np.array(counts) - 1) / 2
    distortion = fit_distortion(points, numbers, shape, BOARD_NOISE)
    points = undistorted(points, distortion, shape)
    start = homography_of(points, numbers)
    kept = tukey_weights(np.hypot(*(transform(numbers, np.linalg.inv(start)) - points).T)) > 0
    middle = points.mean(axis=0)
    side = float(1 / np.sqrt(abs(area_per_pixel(start, middle[np.newaxis])[0])))
    down, right = transform(np.array([[0.5, 0], [0, 0.5]]), np.linalg.inv(start)) - transform(
        np.array([[-0.5, 0], [0, -0.5]]), np.linalg.inv(start)
    )
    turn = np.arctan2(right[0] - down[1], right[1] + down[0])  # the plane's axes are those of the image at the board
    plane_points = numbers * size @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    forward = np.linalg.inv(homography_of(points[kept], plane_points[kept]))
    plane = fit_plane(points[kept], (forward / forward[2, 2]).ravel()[:8], lambda _: plane_points[kept], 0, BOARD_NOISE)
    if plane.residual > max(LARGEST_RESIDUAL * side, 0.3) or kept.mean() < 0.8:
        off = f"{plane.residual:.2f} pixels off"
        return no_scale("checkerboard", unit, shape, f"the corners do not lie in one plane as a grid ({off})")
    return _scale_of(plane, turn, counts, size, middle, side, unit, shape, focal_length, distortion)


def _scale_of(
    plane: PlaneFit,
    turn: float,
    counts: tuple[int, ...],
    size: float,
    middle: np.ndarray,
    side: float,
    unit: str,
    shape: tuple[int, int],
    focal_length: float | None,
    distortion: float,
) -> Scale:
    is_better, rectified_error, one_scale_error = is_better_rectified(plane, middle, shape, distortion)
    extent = (np.array(counts) + 1) * size / 2
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    square = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]])
    around = along_sides(square, distortion)
    outline = distorted(transform(around * extent @ axes, np.linalg.inv(plane.homography)), distortion, shape)
    if is_better:
        tilt, tilt_error = plane_tilt(plane.homography, shape, focal_length), one_scale_error
    else:
        half = (np.array(counts) - 1).min() * size / 2
        seen = transform(square * half @ axes, np.linalg.inv(plane.homography))
        pose = pose_of_square(seen, 2 * half, shape, focal_length)
        tilt, tilt_error = pose.tilt, tilt_area_error(pose.tilt + pose.tilt_deviation, middle, shape, focal_length)
        tilt_error = min(tilt_error, one_scale_error + rectified_error)
    here = middle[np.newaxis]
    random = plane.relative_error(lambda homography: np.sqrt(np.abs(area_per_pixel(homography, here))))[0]
    place = distorted(here, distortion, shape)
    pixel_area = abs(area_per_pixel(plane.homography, here)[0]) * area_ratio(place, distortion, shape)[0]
    pixel_size = float(np.sqrt(pixel_area))
    return Scale(
        kind="checkerboard",
        pixel_size=(pixel_size, pixel_size),
        unit=unit,
        shape=shape,
        count=1,
        outlines=(outline,),
        residual=plane.residual,
        error=float(np.hypot(random, SYSTEMATIC / (side * max(counts)))),
        tilt=float(np.rad2deg(tilt)),
        tilt_error=tilt_error,
        rectified_error=rectified_error if is_better else float("nan"),
        homography=plane.homography if is_better else None,
        distortion=distortion if is_better else 0.0,
    )


def _inner_corners(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Inner corners (n, 2) as (row, col) and their rows and columns in the grid."""
    factor = min(1.0, DETECTION_SIZE / max(gray.shape))
    for scale in [factor, 1.0] if factor < 1 else [1.0]:
        reduced = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
        found = checkerboard_grid(reduced)
        if found is not None:
            break
    else:
        return None
    points, numbers = (found[0] + 0.5) / scale - 0.5, found[1]
    place = {tuple(number): point for number, point in zip(numbers.tolist(), points)}
    steps = [np.hypot(*(place[i + 1, j] - place[i, j])) for i, j in place if (i + 1, j) in place]
    window = int(np.clip(0.3 * np.median(steps), 2, 15))
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 0.001)
    start = np.ascontiguousarray(points[:, np.newaxis, ::-1], dtype=np.float32)
    refined = cv2.cornerSubPix(gray, start, (window, window), (-1, -1), stop)
    return np.reshape(refined, (-1, 2))[:, ::-1].astype(np.float64), numbers
