"""Scale from four-cornered objects: what their corners say of the plane, its tilt and how sure that is; hidden ends."""

import cv2
import numpy as np

from ..result import Scale
from .edges import Quad
from .lens import area_ratio, distorted, undistorted
from .planes import (
    FOCAL_FRACTION,
    PlaneFit,
    Pose,
    area_per_pixel,
    corners_of,
    fit_pose,
    tilt_area_error,
    transform,
)

CORNER_NOISE = 0.1  # pixels
SYSTEMATIC = 0.03  # pixels by which blur and JPEG may move all edges outwards or inwards
NEGLIGIBLE = 0.002  # relative error of an area after rectifying that is as good as none
MARGIN = 0.15  # of the width of the ruler: distance at which the background is looked at, and
LEAST_MARGIN = 4.0  # pixels
OTHER_COLOR = 0.15  # of reflectance: something else is there


def is_better_rectified(
    plane: PlaneFit, place: np.ndarray, shape: tuple[int, int], distortion: float = 0.0
) -> tuple[bool, float, float]:
    """Whether areas are more accurate by the homography than by one pixel size, all over the image.

    The plane and `place` are those of an image without distortion.

    Returns
    -------
    is_better : bool
    rectified_error, one_scale_error : float
        Largest relative errors of an area expected on the image: two standard deviations; what the homography says.
    """
    corners = undistorted(corners_of(shape), distortion, shape)
    areas = area_per_pixel(plane.homography, corners)
    here = area_per_pixel(plane.homography, place[np.newaxis])[0]
    if (areas * here <= 0).any():  # the horizon crosses the image
        return False, float("inf"), float("inf")
    with np.errstate(all="ignore"):
        errors = 2 * plane.relative_error(lambda homography: area_per_pixel(homography, corners))
    bent = area_ratio(distorted(np.vstack([place, corners]), distortion, shape), distortion, shape)
    one_scale = float(np.abs(here * bent[0] / (areas * bent[1:]) - 1).max())
    rectified = float(np.nan_to_num(errors, nan=np.inf).max())
    return rectified <= max(one_scale / 2, NEGLIGIBLE), rectified, one_scale


def quad_scale(
    kind: str,
    quads: list[Quad],
    plane: PlaneFit,
    shape: tuple[int, int],
    size: float,
    unit: str,
    focal_length: float | None,
) -> Scale:
    """Scale by squares of one size in the plane."""
    centers = np.array([quad.corners.mean(axis=0) for quad in quads])
    place = centers.mean(axis=0)
    is_better, rectified_error, one_scale_error = is_better_rectified(plane, place, shape)
    largest = max(quads, key=lambda quad: np.ptp(quad.corners, axis=0).sum())
    side = float(np.hypot(*(np.roll(largest.corners, -1, axis=0) - largest.corners).T).mean())
    if is_better:
        pixel_area = abs(area_per_pixel(plane.homography, place[np.newaxis])[0])
        tilt, tilt_error = plane_tilt(plane.homography, shape, focal_length), one_scale_error
    else:
        pixel_area = float(np.abs(area_per_pixel(plane.homography, centers)).mean())
        pose = pose_of_square(largest.corners, size, shape, focal_length)
        tilt = pose.tilt
        tilt_error = tilt_area_error(pose.tilt + pose.tilt_deviation, place, shape, focal_length)
        if len(quads) > 1:
            tilt_error = min(tilt_error, one_scale_error + rectified_error)
    random = plane.relative_error(lambda homography: np.sqrt(np.abs(area_per_pixel(homography, place[np.newaxis]))))[0]
    pixel_size = float(np.sqrt(pixel_area))
    return Scale(
        kind=kind,
        pixel_size=(pixel_size, pixel_size),
        unit=unit,
        shape=shape,
        count=len(quads),
        outlines=tuple(quad.corners for quad in quads),
        residual=float(np.sqrt(np.mean([quad.residual**2 for quad in quads]))),
        error=float(np.hypot(random, 2 * SYSTEMATIC / side)),
        tilt=float(np.rad2deg(tilt)),
        tilt_error=tilt_error,
        rectified_error=rectified_error if is_better else float("nan"),
        homography=plane.homography if is_better else None,
    )


def plane_tilt(homography: np.ndarray, shape: tuple[int, int], focal_length: float | None) -> float:
    """Angle in radians between a plane and the sensor: the line that the homography sends to infinity tells it."""
    focal = focal_length or FOCAL_FRACTION * max(shape)
    row, col, constant = homography[2]
    middle = (np.array(shape) - 1) / 2
    return float(np.arctan2(focal * np.hypot(row, col), abs(constant + row * middle[0] + col * middle[1])))


def pose_of_square(corners: np.ndarray, size: float, shape: tuple[int, int], focal_length: float | None) -> Pose:
    """Tilt of the plane that shows a square of known side as these corners, (row, col) in order around."""
    square = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * size / 2
    if _turn(corners) != _turn(square):
        corners = corners[::-1]
    center, side = corners.mean(axis=0), corners[1] - corners[0]

    def residuals(homographies: np.ndarray, free: np.ndarray) -> np.ndarray:
        cosine, sine = np.cos(free), np.sin(free)
        turns = np.hstack([cosine, -sine, sine, cosine]).reshape(-1, 2, 2)
        return (transform(square @ turns, np.linalg.inv(homographies)) - corners).reshape(len(free), -1)

    angle = np.arctan2(side[0], side[1])
    scale = size / float(np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).mean())
    return fit_pose(shape, center, residuals, scale, np.array([angle]), CORNER_NOISE, focal_length)


def _turn(corners: np.ndarray) -> float:
    """Sign of the area that the corners go around."""
    row, col = corners.T
    return float(np.sign(row @ np.roll(col, -1) - col @ np.roll(row, -1)))


def area_within(corners: np.ndarray) -> float:
    """Area of a quadrilateral, its corners in order around."""
    return float(abs(np.linalg.det(np.stack([corners[2] - corners[0], corners[3] - corners[1]]))) / 2)


def cover_each_other(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether two quadrilaterals lie over each other for the most part."""
    first, second = (np.ascontiguousarray(corners[:, ::-1], dtype=np.float32) for corners in (one, two))
    common = cv2.intersectConvexConvex(first, second)[0]
    return bool(common > 0.5 * max(area_within(one), area_within(two)))


def has_hidden_end(rgb: np.ndarray, corners: np.ndarray) -> bool:
    """Whether ends of a ruler differ in color, or what is beyond an end from what is beside it.

    Colors are compared as reflectances, beside the background around each end, so that a shadow is none.

    Parameters
    ----------
    rgb : uint8 ndarray (height, width, 3)
    corners : float ndarray (4, 2)
        (row, col), in order around, the first side a long one.

    Returns
    -------
    is_hidden : bool
    """
    first, second, third, fourth = corners
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    length, width = lengths[[0, 2]].mean(), lengths[[1, 3]].mean()
    margin = max(MARGIN * width, LEAST_MARGIN)
    beyond, beside = margin / length, margin / width

    def levels(along: np.ndarray, across: np.ndarray) -> np.ndarray:
        upper, lower = (one + along[:, np.newaxis] * (two - one) for one, two in ((first, second), (fourth, third)))
        places = np.rint(upper + across[:, np.newaxis, np.newaxis] * (lower - upper)).astype(int).reshape(-1, 2)
        places = places[((places >= 0) & (places < rgb.shape[:2])).all(axis=1)]
        return np.median(rgb[places[:, 0], places[:, 1]], axis=0) if len(places) else np.full(3, np.nan)

    inner, outer = np.linspace(0.1, 0.9, 21), np.array([-1.3 * beside, -beside, 1 + beside, 1 + 1.3 * beside])
    ends = []
    for start, end, out in ((0.04, 0.2, -beyond), (0.8, 0.96, 1 + beyond)):
        along = np.linspace(start, end, 40)
        around = levels(along, outer)
        inside, after = levels(along, inner), levels(np.array([out]), inner)
        white = np.maximum(around, max(inside.max(), 1))
        ends.append(inside / white)
        if np.abs((after - around) / white).max() > OTHER_COLOR:
            return True
    return bool(np.abs(ends[0] - ends[1]).max() > OTHER_COLOR)
