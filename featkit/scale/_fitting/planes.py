"""The plane of a sheet seen by a camera: homographies, tilts and what they leave of an area, with expected errors.

Points are (row, col); a homography maps (row, col, 1) of the image to the plane of the sheet.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

FOCAL_FRACTION = 0.8  # of the longer side of the image: phones and compact cameras at 24 to 35 mm on film
LIKELY_TILT = np.deg2rad(10)  # of a camera held over a sheet, where the image says nothing


class Pose(NamedTuple):
    """Tilt of a plane against the sensor, and its scale.

    Attributes
    ----------
    tilt : float
        Radians.
    tilt_deviation : float
        Its expected error.
    plane_per_pixel : float
        Square root of the plane's area that a pixel shows, at the middle of the object.
    residual : float
        Root mean square of the residuals in pixels.
    """

    tilt: float
    tilt_deviation: float
    plane_per_pixel: float
    residual: float


def transform(points: np.ndarray, homography: np.ndarray) -> np.ndarray:
    """Points (..., n, 2) through a homography or each of a stack of them, (..., 3, 3)."""
    points = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1)
    mapped = points @ np.swapaxes(homography, -2, -1)
    return mapped[..., :2] / mapped[..., 2:]


def area_per_pixel(homography: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Area of the plane that a pixel at each point shows; negative where the map turns the image over."""
    depth = np.column_stack([points, np.ones(len(points))]) @ homography[2]
    return np.linalg.det(homography) / depth**3


def homography_of(image_points: np.ndarray, plane_points: np.ndarray) -> np.ndarray:
    """Homography from image to plane by the direct linear transform, of at least four points.

    References
    ----------
    R. Hartley and A. Zisserman, Multiple View Geometry in Computer Vision, 2nd ed. 2004, algorithm 4.2
    """
    to_image, to_plane = _normalizing(image_points), _normalizing(plane_points)
    source, target = transform(image_points, to_image), transform(plane_points, to_plane)
    ones, zeros = np.ones((len(source), 1)), np.zeros((len(source), 3))
    source = np.hstack([source, ones])
    equations = np.vstack(
        [
            np.hstack([source, zeros, -target[:, :1] * source]),
            np.hstack([zeros, source, -target[:, 1:] * source]),
        ]
    )
    solution = np.linalg.svd(equations)[2][-1].reshape(3, 3)
    homography = np.linalg.inv(to_plane) @ solution @ to_image
    return homography / homography[2, 2]


def _normalizing(points: np.ndarray) -> np.ndarray:
    center = points.mean(axis=0)
    scale = np.sqrt(2) / max(float(np.sqrt(((points - center) ** 2).sum(axis=1)).mean()), 1e-12)
    return np.array([[scale, 0, -scale * center[0]], [0, scale, -scale * center[1]], [0, 0, 1]])


def corners_of(shape: tuple[int, int]) -> np.ndarray:
    """Outer corners of an image, in order around."""
    height, width = shape
    return np.array([[-0.5, -0.5], [-0.5, width - 0.5], [height - 0.5, width - 0.5], [height - 0.5, -0.5]])


class PlaneFit(NamedTuple):
    """A homography fitted to points of known positions in the plane.

    Attributes
    ----------
    homography : float64 ndarray (3, 3)
        Image to plane.
    residual : float
        Root mean square distance in pixels.
    samples : list of float64 ndarray (3, 3)
        Homographies as the errors of the points would have them, one standard deviation along each independent
        direction: what is computed from the homography has the root of the sum of its squared changes as its error.
    """

    homography: np.ndarray
    residual: float
    samples: list

    def relative_error(self, quantity: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Expected relative error of a positive quantity computed from the homography."""
        value = quantity(self.homography)
        return np.sqrt(sum((quantity(sample) / value - 1) ** 2 for sample in self.samples))


def fit_plane(
    image_points: np.ndarray,
    start: np.ndarray,
    plane_points: Callable[[np.ndarray], np.ndarray],
    n_free: int,
    noise: float,
) -> PlaneFit:
    """Least squares of image distances over the 8 numbers of a homography and others that place the points.

    Parameters
    ----------
    image_points : float ndarray (n, 2)
    start : float ndarray (8 + n_free,)
        Homography plane -> image without its last 1, in units in which the points are about 1; then free numbers.
    plane_points : callable
        The points in the plane by the free numbers.
    n_free : int
    noise : float
        Least error of a point in pixels.
    """
    to_image = _normalizing(image_points)
    target = transform(image_points, to_image)
    to_plane = _normalizing(plane_points(start[8:]))

    def residuals(numbers: np.ndarray) -> np.ndarray:
        forward = np.append(numbers[:8], 1).reshape(3, 3)
        return (transform(transform(plane_points(numbers[8:]), to_plane), forward) - target).ravel()

    forward = to_image @ np.append(start[:8], 1).reshape(3, 3) @ np.linalg.inv(to_plane)
    first = np.append((forward / forward[2, 2]).ravel()[:8], start[8:])
    found = least_squares(residuals, first, x_scale="jac", max_nfev=200)
    scale = to_image[0, 0]
    freedom = max(found.fun.size - found.x.size, 0)
    rms = float(np.sqrt(np.mean(found.fun**2))) / scale
    spread = max(rms * np.sqrt(found.fun.size / freedom) if freedom else 0, noise) * scale
    values, directions = np.linalg.eigh(found.jac.T @ found.jac)
    steps = directions * (spread / np.sqrt(np.clip(values, 1e-12 * values.max(), None)))

    def backward(numbers: np.ndarray) -> np.ndarray:
        inverse = np.linalg.inv(np.linalg.inv(to_image) @ np.append(numbers[:8], 1).reshape(3, 3) @ to_plane)
        return inverse / inverse[2, 2]

    return PlaneFit(backward(found.x), rms, [backward(found.x + step) for step in steps.T])


def fit_pose(
    shape: tuple[int, int],
    center: np.ndarray,
    residuals: Callable[[np.ndarray, np.ndarray], np.ndarray],
    plane_per_pixel: float,
    free: np.ndarray,
    noise: float,
    focal_length: float | None,
) -> Pose:
    """Tilt of a plane from one object in it, by a camera with a known focal length.

    Parameters
    ----------
    shape : (height, width) of the image
    center : float ndarray (2,)
        Middle of the object in the image.
    residuals : callable
        Of homographies (k, 3, 3) image -> plane, in which the object's middle is the origin, and the free numbers
        (k, n_free) of each: (k, n), in pixels.
    plane_per_pixel : float
        First guess.
    free : float ndarray
        Other numbers that are unknown, such as the turn of the object: first guess.
    noise : float
        Least error of a residual in pixels.
    focal_length : float or None
        In pixels; None takes `FOCAL_FRACTION` of the longer side.
    """
    focal = focal_length or FOCAL_FRACTION * max(shape)
    middle = (np.array(shape) - 1) / 2

    def cost(numbers: np.ndarray) -> np.ndarray:
        homographies = posed_homography(numbers[:, :2], center + numbers[:, 2:4], np.exp(numbers[:, 4]), middle, focal)
        return np.hstack([residuals(homographies, numbers[:, 5:]) / noise, numbers[:, :2] / LIKELY_TILT])

    starts = ((0.1, 0.0), (-0.1, 0.0), (0.0, 0.1), (0.0, -0.1))
    firsts = [np.concatenate([start, [0, 0, np.log(plane_per_pixel)], free]) for start in starts]
    fits = []
    for first in firsts:
        values, derivatives = _with_derivatives(cost)
        fits.append(least_squares(values, first, derivatives, x_scale="jac", max_nfev=60, method="lm"))
    best = min(fits, key=lambda fit: fit.cost)
    tilt = float(np.hypot(*best.x[:2]))
    inflation = max(1.0, float(np.sqrt(np.mean(best.fun**2))))
    covariance = np.linalg.pinv(best.jac.T @ best.jac)[:2, :2] * inflation**2
    direction = best.x[:2] / tilt if tilt > 0 else np.array([1.0, 0])
    deviation = float(np.sqrt(direction @ covariance @ direction))
    here = posed_homography(best.x[:2], center + best.x[2:4], np.exp(best.x[4]), middle, focal)
    area = abs(area_per_pixel(here, center[np.newaxis])[0])
    residual = float(np.sqrt(np.mean((best.fun[:-2] * noise) ** 2)))
    return Pose(min(tilt, np.pi / 3), min(deviation, LIKELY_TILT), float(np.sqrt(area)), residual)


def _with_derivatives(cost: Callable[[np.ndarray], np.ndarray]) -> tuple[Callable, Callable]:
    """Function of numbers (n_numbers,) and its derivatives (n_residuals, n_numbers) by differences.

    Both come of one call of `cost`, which takes several rows of numbers, and are asked for one after the other.
    """
    step = np.sqrt(np.finfo(float).eps)
    known: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}

    def look(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        place = numbers.tobytes()
        if place not in known:
            steps = step * np.maximum(np.abs(numbers), 1)
            here, *there = cost(np.vstack([numbers, numbers + np.diag(steps)]))
            known.clear()
            known[place] = here, np.transpose((np.array(there) - here) / steps[:, np.newaxis])
        return known[place]

    return lambda numbers: look(numbers)[0], lambda numbers: look(numbers)[1]


def posed_homography(
    tilt: np.ndarray, center: np.ndarray, scale: np.ndarray | float, middle: np.ndarray, focal: float
) -> np.ndarray:
    """Homography image -> plane of a plane turned by the vector `tilt` (radians), its origin seen at `center`.

    `scale` is the plane's length per pixel at the centre for a plane without tilt. Of tilts and centers (..., 2) and
    scales (...) homographies (..., 3, 3).
    """
    angle = np.hypot(tilt[..., 0], tilt[..., 1])[..., np.newaxis]
    axis = tilt / np.where(angle > 0, angle, 1)
    skew = np.zeros((*tilt.shape[:-1], 3, 3))
    skew[..., :2, 2] = axis[..., ::-1] * (1, -1)
    skew[..., 2, :2] = axis[..., ::-1] * (-1, 1)
    angle = angle[..., np.newaxis]
    turn = np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew
    turn[..., :2, 2] = (center - middle) / focal
    turn[..., 2, 2] = 1
    turn[..., 2] *= (np.asarray(scale) * focal)[..., np.newaxis]
    matrix = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
    return np.linalg.inv(matrix @ turn)


def tilt_area_error(tilt: float, place: np.ndarray, shape: tuple[int, int], focal_length: float | None = None) -> float:
    """Largest relative error of an area anywhere on the image when the scale at `place` is taken for all of it.

    With the plane's normal ``n`` and the ray ``r`` of a pixel a pixel shows an area in proportion to ``(n r)**-3``;
    the largest value over all directions of the tilt and the corners of the image.
    """
    focal = focal_length or FOCAL_FRACTION * max(shape)
    middle = (np.array(shape) - 1) / 2
    directions = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    normals = np.column_stack([np.sin(tilt) * np.sin(directions), np.sin(tilt) * np.cos(directions)])
    here = np.cos(tilt) + normals @ ((place - middle) / focal)
    there = np.cos(tilt) + normals @ ((corners_of(shape) - middle) / focal).T
    if min(here.min(), there.min()) <= 0:
        return float("inf")
    return float(np.abs((there / here[:, np.newaxis]) ** 3 - 1).max())


def rectangle_ratio(
    corners: np.ndarray, shape: tuple[int, int], focal_length: float | None = None
) -> tuple[float, float]:
    """What rectangle four corners show, by a camera with a known focal length.

    The homography of a square to the corners is ``K (r1 h, r2 w, t)`` with ``r1`` and ``r2`` of one length and
    orthogonal.

    Returns
    -------
    ratio : float
        Length of the side from the second corner to the third by that from the first to the second.
    skew : float
        Cosine of the angle between the sides: 0 for a rectangle.
    """
    focal = focal_length or FOCAL_FRACTION * max(shape)
    middle = (np.array(shape) - 1) / 2
    square = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) / 2
    camera = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
    axes = np.linalg.inv(camera) @ np.linalg.inv(homography_of(corners, square))
    down, right = np.linalg.norm(axes[:, 0]), np.linalg.norm(axes[:, 1])
    return float(down / right), float(abs(axes[:, 0] @ axes[:, 1]) / (down * right))


def circle_tilt(
    center: np.ndarray, basis: np.ndarray, shape: tuple[int, int], focal_length: float | None = None
) -> float:
    """Least tilt in radians of a plane in which the ellipse ``center + basis @ (cos t, sin t)`` is a circle.

    The rays through the ellipse are a cone, which two families of planes cut in circles.
    """
    focal = focal_length or FOCAL_FRACTION * max(shape)
    middle = (np.array(shape) - 1) / 2
    to_circle = np.linalg.inv(np.vstack([np.column_stack([basis, center - middle]), [0, 0, 1]]))
    to_circle = to_circle @ np.diag([focal, focal, 1])
    values, vectors = np.linalg.eigh(to_circle.T @ np.diag([1, 1, -1]) @ to_circle)
    low, between, high = values
    along = np.sqrt(np.clip([(high - between) / (high - low), (between - low) / (high - low)], 0, 1))
    normals = [along[0] * vectors[:, 2] + sign * along[1] * vectors[:, 0] for sign in (-1, 1)]
    return float(min(np.arccos(min(abs(normal[2]), 1)) for normal in normals))
