"""Scale from a ruler, a bar or a square of known length."""

import cv2
import numpy as np

from ..image.checks import Image, check_image
from ..image.conversions import to_rgb, to_uint8
from ._fitting.edges import Channel, Quad, fit_quad
from ._fitting.outlines import LEAST_CONVEX, closed_outlines, difference_channel, is_color, is_nearly_convex
from ._fitting.planes import (
    FOCAL_FRACTION,
    LIKELY_TILT,
    fit_plane,
    fit_pose,
    homography_of,
    rectangle_ratio,
    tilt_area_error,
    transform,
)
from ._fitting.quads import CORNER_NOISE, SYSTEMATIC, area_within, cover_each_other, has_hidden_end, quad_scale
from .result import Scale, no_scale

LEAST_SIDE = 12  # pixels
SEARCH_SIZE = 1000  # pixels of the longer side
LEAST_SQUARE = 28  # pixels: smaller ones look like round leaves
LARGEST_FRACTION = 0.3  # of the image
LEAST_ELONGATION = 3.5  # of a ruler
LEAST_BAR_ELONGATION = 1.15  # of a bar: which side is the longer must be plain
SQUARE_ELONGATION = 1.5  # of a square, at most, as it is seen
READ_ELONGATIONS = {  # of what covers half of them, or is half covered by them
    "ruler": (LEAST_ELONGATION / 2, np.inf),
    "bar": (LEAST_BAR_ELONGATION / 2, np.inf),
    "square": (0.0, 2 * SQUARE_ELONGATION),
}
SQUARE_TOLERANCE = 0.025  # of the ratio of the sides of a square, which a guessed focal length leaves
LARGEST_SKEW = 0.06  # cosine of the angle between the sides
LARGEST_RESIDUAL = 0.4  # pixels, and
LARGEST_BEND = 0.002  # of the side
LEAST_SUPPORT = 0.6  # fraction of every side that is seen
LEAST_STEP = 6.0  # gray levels
LEAST_FILLED_CORNER = 0.6  # of the step between outside and inside, near a corner
LEAST_WEAKEST = 0.25  # of the usual step, at every side: a strip of paper beside a shadow has one of none
LARGEST_TAPER = 0.12  # between opposite sides
STRAIGHT = 0.25  # pixels: sides that tell the tilt
LARGEST_TILT = np.deg2rad(15)
MOST_TRIES = 3  # outlines of one thing from which its sides are looked for


def find_ruler(
    image: Image,
    size: float,
    *,
    kind: str = "ruler",
    unit: str = "mm",
    color: tuple[float, float, float] | None = None,
    focal_length: float | None = None,
) -> Scale:
    """Find a ruler, a bar or a square of known length and measure the scale by its sides.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Of any dtype of an image; alpha is not looked at.
    size : float
        Length in `unit` from one end of the body to the other; the side of a square.
    kind : {"ruler", "bar", "square"}, default="ruler"
        A ruler is at least 3.5 times as long as wide, a bar 1.15 times, the sides of a square are equal.
    unit : str, default="mm"
        Of `size` and `pixel_size`.
    color : (red, green, blue) in [0, 1] or None, default=None
        About the color of the object, where there are others of its shape.
    focal_length : float or None, default=None
        In pixels, for the tilt; None takes 0.8 of the longer side of the image.

    Returns
    -------
    scale : Scale
        NaN where there is no such rectangle or more than one.

    See Also
    --------
    find_scale : Finds a scale of any kind and warns where there is none.

    Notes
    -----
    Regions of many levels and channels whose outlines have four straight sides are measured anew in the full image,
    by lines through the points at which profiles across the sides pass half of the step. The length of a ruler is
    taken along its axis, between its ends. Where a ruler's first and last tick are not at its ends, `size` is the
    length of the body, not that of the scale on it. What hides an end is noticed by its color, unless it has that of
    the background.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.scale import find_ruler
    >>> image = np.full((300, 400, 3), 240, np.uint8)
    >>> image[20:30, 50:250] = 220, 20, 20
    >>> [round(side, 4) for side in find_ruler(image, 50).pixel_size]
    [0.25, 0.25]
    """
    shape = check_image(image).shape[:2]
    found = find_rectangles(image, READ_ELONGATIONS[kind])
    largest = LARGEST_FRACTION * shape[0] * shape[1]  # more is the sheet on which everything lies
    fitting = [
        quad for quad in found if _has_shape(quad, kind, shape, focal_length) and area_within(quad.corners) < largest
    ]
    if color is not None:
        fitting = [quad for quad in fitting if _has_color(image, quad.corners, color)]
    rgb = to_rgb(to_uint8(image))
    whole = [quad for quad in fitting if kind == "square" or not has_hidden_end(rgb, _along(quad.corners))]
    if not whole:
        covered = "; over an end of what was found something seems to lie" if fitting else ""
        return no_scale(kind, unit, shape, f"no {kind} with four straight sides was found{covered}")
    fitting = whole
    if len(fitting) > 1:
        places = ", ".join("({:.0f}, {:.0f})".format(*quad.corners.mean(axis=0)) for quad in fitting[:5])
        reason = f"expected one {kind}, found {len(fitting)} at {places}: leave one, or give its color="
        return no_scale(kind, unit, shape, reason)
    quad = fitting[0]
    if kind == "square":
        corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * size / 2
        side = quad.corners[1] - quad.corners[0]
        turn = np.arctan2(side[0], side[1])
        plane_points = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        start = np.linalg.inv(homography_of(quad.corners, plane_points))
        plane = fit_plane(quad.corners, (start / start[2, 2]).ravel()[:8], lambda _: plane_points, 0, CORNER_NOISE)
        return quad_scale(kind, [quad], plane, shape, size, unit, focal_length)
    return _scale_of(kind, quad, size, unit, shape, focal_length)


def _sides(corners: np.ndarray) -> np.ndarray:
    return np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)


def _along(corners: np.ndarray) -> np.ndarray:
    """Corners so that the first side is a long one."""
    sides = _sides(corners)
    return corners if sides[0] + sides[2] >= sides[1] + sides[3] else np.roll(corners, -1, axis=0)


def _elongation(corners: np.ndarray) -> float:
    sides = _sides(_along(corners))
    return float((sides[0] + sides[2]) / (sides[1] + sides[3]))


def _has_shape(quad: Quad, kind: str, shape: tuple[int, int], focal_length: float | None) -> bool:
    sides = _sides(quad.corners)
    elongation = _elongation(quad.corners)
    ratio, skew = rectangle_ratio(quad.corners, shape, focal_length)
    if min(skew, _seen_skew(quad.corners)) > LARGEST_SKEW:  # corners of a narrow ruler do not tell the tilt well
        return False
    if kind == "square":
        is_square = abs(np.log(ratio)) <= SQUARE_TOLERANCE and elongation < 1.5
        return is_square and quad.residual <= STRAIGHT and float(sides.min()) >= LEAST_SQUARE
    return elongation >= (LEAST_ELONGATION if kind == "ruler" else LEAST_BAR_ELONGATION)


def _seen_skew(corners: np.ndarray) -> float:
    """Cosine of the angle between the sides as they are seen."""
    along, across = corners[1] - corners[0] + corners[2] - corners[3], corners[3] - corners[0] + corners[2] - corners[1]
    return float(abs(along @ across) / (np.hypot(*along) * np.hypot(*across)))


def _scale_of(
    kind: str, quad: Quad, size: float, unit: str, shape: tuple[int, int], focal_length: float | None
) -> Scale:
    corners = _along(quad.corners)
    ends = np.array([(corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2])
    length = float(np.hypot(*(ends[1] - ends[0])))
    width = float(np.mean(_sides(corners)[[1, 3]]))
    center = corners.mean(axis=0)
    turned = np.sign(np.linalg.det(np.stack([corners[1] - corners[0], corners[3] - corners[0]])))

    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2

    def residuals(homographies: np.ndarray, free: np.ndarray) -> np.ndarray:
        axes = np.stack([np.sin(free[:, 0]), np.cos(free[:, 0])], axis=1)
        across = np.stack([-axes[:, 1], axes[:, 0]], axis=1) * turned * np.exp(free[:, 1:])
        boxes = box @ np.stack([axes * size, across], axis=1)
        return (transform(boxes, np.linalg.inv(homographies)) - corners).reshape(len(free), -1)

    pixel_size = size / length
    angle = np.arctan2(*(ends[1] - ends[0]))
    first = np.array([angle, np.log(width * pixel_size)])
    noise = max(CORNER_NOISE, quad.residual)
    pose = fit_pose(shape, center, residuals, pixel_size, first, noise, focal_length)
    tilt, deviation = pose.tilt, pose.tilt_deviation
    if quad.residual <= STRAIGHT and tilt <= LARGEST_TILT:
        pixel_size = pose.plane_per_pixel
    else:  # the sides are not seen well enough to tell the tilt: the length alone counts
        tilt, deviation = np.nan, LIKELY_TILT
    likely = deviation if np.isnan(tilt) else tilt + deviation
    aside = float(np.hypot(*(center - (np.array(shape) - 1) / 2))) / (focal_length or FOCAL_FRACTION * max(shape))
    across = 0.5 * deviation * (np.tan(likely) + aside)  # only lengths along the axis are known
    return Scale(
        kind=kind,
        pixel_size=(float(pixel_size), float(pixel_size)),
        unit=unit,
        shape=shape,
        count=1,
        outlines=(corners,),
        residual=quad.residual,
        error=float(np.hypot(np.hypot(noise, 2 * SYSTEMATIC) / length, across)),
        tilt=float(np.rad2deg(tilt)),
        tilt_error=tilt_area_error(likely, center, shape, focal_length),
    )


def find_rectangles(image: Image, elongations: tuple[float, float] = (0.0, np.inf)) -> list[Quad]:
    """Every rectangle of an image: regions with four straight sides that are edges all along.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    elongations : (float, float), default=(0.0, inf)
        Least and largest ratio of the sides that are looked at.

    Returns
    -------
    rectangles : list of Quad
        By descending size.
    """
    color = np.ascontiguousarray(to_rgb(to_uint8(image)))
    outlines, factor = closed_outlines(color, LEAST_SIDE, SEARCH_SIZE, is_nearly_convex)
    tried: list[tuple[np.ndarray, Quad | None]] = []
    for outline in outlines:
        corners = _four_corners(outline, factor)
        if corners is None or not elongations[0] <= _elongation(corners) <= elongations[1]:
            continue
        same = [quad for known, quad in tried if _is_same(corners, known)]
        if len(same) < MOST_TRIES and all(quad is None for quad in same):
            tried.append((corners, _measured(color, corners, max(2.5 / factor, 3.0))))
    measured = [quad for _, quad in tried if quad is not None]
    groups: list[list[Quad]] = []
    for quad in measured:
        group = next((group for group in groups if cover_each_other(quad.corners, group[0].corners)), None)
        if group is None:
            groups.append([quad])
        else:
            group.append(quad)
    rectangles: list[Quad] = []
    for group in groups:  # several readings of one thing, with its shadow or without its ticks
        clear = 0.8 * max(quad.contrast for quad in group)
        plain = [quad for quad in group if quad.contrast >= clear]
        rectangles.append(min(plain, key=lambda quad: quad.residual / quad.support))
    return sorted(rectangles, key=lambda quad: -area_within(quad.corners))


def _four_corners(outline: np.ndarray, factor: float) -> np.ndarray | None:
    """Corners of a convex four-cornered outline, in order around; None for any other shape."""
    points = np.ascontiguousarray(outline[:, ::-1], dtype=np.float32)
    hull = cv2.convexHull(points)
    hull_area, area = cv2.contourArea(hull), cv2.contourArea(points)
    if area < LEAST_CONVEX * hull_area or hull_area <= 0:
        return None
    length = cv2.arcLength(hull, True)
    for tolerance in (0.01, 0.02, 0.03):
        corners = np.reshape(cv2.approxPolyDP(hull, tolerance * length, True), (-1, 2))
        if len(corners) == 4:
            break
    else:
        return None
    if min(_sides(corners)) < max(LEAST_SIDE, 5 / factor):
        return None
    inside = cv2.contourArea(np.ascontiguousarray(corners))
    least = 0.9 if factor * min(_sides(corners)) > 40 else 0.84  # pixels round off the corners of small ones
    return corners[:, ::-1].astype(np.float64) if inside > least * hull_area else None


def _is_same(one: np.ndarray, two: np.ndarray) -> bool:
    near = 0.02 * np.hypot(*np.ptp(two, axis=0)) + 1.5
    distances = np.hypot(*np.moveaxis(one[:, np.newaxis] - two, 2, 0))
    return bool((distances.min(axis=1) < near).all())


def _measured(color: np.ndarray, corners: np.ndarray, reach: float) -> Quad | None:
    levels = []
    middle = corners.mean(axis=0)
    for factor in (1 - 0.12, 1 + 0.12):
        ring = middle + factor * (corners - middle)
        along = np.linspace(0.1, 0.9, 40)[:, np.newaxis]
        beside = np.vstack([ring[k] + along * (ring[(k + 1) % 4] - ring[k]) for k in range(4)])
        places = np.clip(np.rint(beside).astype(int), 0, np.array(color.shape[:2]) - 1)
        levels.append(np.median(color[places[:, 0], places[:, 1]], axis=0))
    channel = difference_channel(color, levels[0], levels[1])
    quad = fit_quad(channel, corners, reach)
    if quad is None or quad.contrast < LEAST_STEP or quad.support < LEAST_SUPPORT:
        return None
    if quad.weakest < LEAST_WEAKEST * quad.contrast:
        return None
    sides = _sides(quad.corners)
    if not _has_corners(channel, quad.corners, levels):
        return None
    taper = max(abs(sides[0] / sides[2] - 1), abs(sides[1] / sides[3] - 1))
    if taper > LARGEST_TAPER or quad.residual > LARGEST_RESIDUAL + LARGEST_BEND * sides.max():
        return None
    return quad


def _has_corners(channel: Channel, corners: np.ndarray, levels: list[np.ndarray]) -> bool:
    """Whether the corners are filled: those of leaves with four sides are round."""
    direction = levels[0] - levels[1]
    inner, outer = (float(level @ direction / max(np.linalg.norm(direction), 1e-9)) for level in levels)
    after, before = np.roll(corners, -1, axis=0) - corners, np.roll(corners, 1, axis=0) - corners
    side = float(_sides(corners).min())
    step = max(0.045 * side, min(4.0, 0.07 * side), 2.2)  # from both sides; JPEG blurs colors by some pixels
    inwards = step * (after / np.hypot(*after.T)[:, np.newaxis] + before / np.hypot(*before.T)[:, np.newaxis])
    rows, cols = (corners + inwards).T[..., np.newaxis] + np.indices((3, 3)).reshape(2, 1, 9) - 1
    found = channel.at(rows, cols).mean(axis=1)
    filled = (found - outer) / (inner - outer) if inner != outer else np.zeros(4)
    return bool((filled > LEAST_FILLED_CORNER).sum() >= 3 and np.median(filled) > LEAST_FILLED_CORNER)


def _has_color(image: Image, corners: np.ndarray, color: tuple[float, float, float]) -> bool:
    rgb = to_rgb(to_uint8(image))
    mask = np.zeros(rgb.shape[:2], np.uint8)
    middle = corners.mean(axis=0)
    inner = middle + 0.9 * (corners - middle)
    cv2.fillPoly(mask, [np.rint(inner[:, ::-1]).astype(np.int32)], 1)
    return is_color(np.median(rgb[mask > 0], axis=0) / 255, color)
