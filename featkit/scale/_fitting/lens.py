"""Radial distortion of a lens, which bends straight lines: estimated from a grid in a plane, taken away, put back.

The division model: what a lens without distortion shows at a position ``u`` from the middle of the image lies at ``d``
with ``u = d / (1 + distortion * r**2)``, ``r`` being the length of ``d`` in halves of the image's diagonal. A negative
number is a barrel, as wide lenses have it, a positive one a pincushion. Positions are (row, col).

A. W. Fitzgibbon, Simultaneous linear estimation of multiple view geometry and lens distortion, CVPR 2001,
doi:10.1109/CVPR.2001.990465
"""

import numpy as np
from scipy.optimize import minimize_scalar

from .planes import homography_of, transform

LARGEST = 0.3  # of a lens that is no fisheye: straight lines bend by up to a tenth of the image
N_POINTS = 16  # along each side of a polygon
SURE = 5.0  # standard deviations from 0


def undistorted(points: np.ndarray, distortion: float, shape: tuple[int, int]) -> np.ndarray:
    """Points (n, 2) of an image where a lens without distortion would show them."""
    if distortion == 0:
        return points
    middle, half = _circle(shape)
    seen = points - middle
    return middle + seen / (1 + distortion * (seen**2).sum(axis=-1, keepdims=True) / half**2)


def distorted(points: np.ndarray, distortion: float, shape: tuple[int, int]) -> np.ndarray:
    """Points (n, 2) that a lens without distortion would show where the lens shows them; NaN where it shows none."""
    if distortion == 0:
        return points
    middle, half = _circle(shape)
    straight = points - middle
    inner = 1 - 4 * distortion * (straight**2).sum(axis=-1, keepdims=True) / half**2
    with np.errstate(invalid="ignore"):
        return middle + straight * (2 / (1 + np.sqrt(inner)))


def along_sides(corners: np.ndarray, distortion: float) -> np.ndarray:
    """Corners (n, 2) of a polygon, and points between them where distortion bends its sides."""
    if distortion == 0:
        return corners
    ends = zip(corners, np.roll(corners, -1, axis=0))
    return np.concatenate([np.linspace(start, end, N_POINTS, endpoint=False) for start, end in ends])


def area_ratio(points: np.ndarray, distortion: float, shape: tuple[int, int]) -> np.ndarray:
    """Area without distortion of what one pixel at each point shows."""
    middle, half = _circle(shape)
    square = distortion * ((points - middle) ** 2).sum(axis=-1) / half**2
    return (1 - square) / (1 + square) ** 3


def fit_distortion(points: np.ndarray, plane_points: np.ndarray, shape: tuple[int, int], noise: float) -> float:
    """Distortion that lets points of a plane be seen through a homography; 0 where it cannot be told from noise.

    Parameters
    ----------
    points : float ndarray (n, 2)
        In the image.
    plane_points : float ndarray (n, 2)
        In the plane.
    shape : (height, width) of the image
    noise : float
        Least error of a point in pixels.
    """

    def squares(distortion: float) -> float:
        straight = undistorted(points, distortion, shape)
        back = np.linalg.inv(homography_of(straight, plane_points))
        return float(((transform(plane_points, back) - straight) ** 2).sum())

    found = minimize_scalar(squares, bounds=(-LARGEST, LARGEST), method="bounded", options={"xatol": 1e-5})
    freedom = max(points.size - 9, 1)
    spread = max(found.fun / freedom, noise**2)
    is_sure = squares(0.0) - found.fun > SURE**2 * spread and abs(found.x) < 0.99 * LARGEST
    return float(found.x) if is_sure else 0.0


def _circle(shape: tuple[int, int]) -> tuple[np.ndarray, float]:
    """Middle of an image and half its diagonal."""
    height, width = shape
    return (np.array(shape) - 1) / 2, float(np.hypot(height, width)) / 2
