"""Scale from the edges of a sheet of known size."""

import cv2
import numpy as np

from ..image.checks import Image, check_image
from ..image.conversions import largest_channel, least_channel, to_rgb, to_uint8
from ..image.reduction import reduced
from ._fitting.edges import Quad, fit_quad
from ._fitting.outlines import difference_channel
from ._fitting.planes import area_per_pixel, fit_plane, homography_of, rectangle_ratio
from ._fitting.quads import CORNER_NOISE, SYSTEMATIC, is_better_rectified, plane_tilt
from .result import Scale, no_scale

SEARCH_SIZE = 800  # pixels of the longer side
LEVELS = 24
LEAST_FRACTION = 0.1  # of the image: a sheet is no small thing on it
LEAST_FILLING = 0.93  # of the quadrilateral by the region, holes filled
LARGEST_RESIDUAL = 1.0  # pixels
LEAST_SUPPORT = 0.5  # fraction of every edge that is seen
ROUGHLY = 40  # profiles along each edge, of a first look
SAME = 0.5  # pixels between corners of two looks at one sheet
LEAST_STEP = 8.0  # gray levels
FORMAT_TOLERANCE = 0.02  # of the ratio of the sides, which a guessed focal length leaves
LARGEST_SKEW = 0.03  # cosine of the angle between the sides


def find_sheet(
    image: Image, size: tuple[float, float], *, unit: str = "mm", focal_length: float | None = None
) -> Scale:
    """Find a sheet of paper of known size, all four edges of which are seen, and measure the scale by them.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Of any dtype of an image; alpha is not looked at.
    size : (height, width)
        Of the sheet in `unit`, in either order: (210, 297) is A4.
    unit : str, default="mm"
        Of `size` and `pixel_size`.
    focal_length : float or None, default=None
        In pixels, for the check of the ratio of the sides; None takes 0.8 of the longer side of the image.

    Returns
    -------
    scale : Scale
        With a `homography`, and a `mask` that is True outside of the sheet. NaN where there is no four-cornered region,
        or none whose sides have the ratio of `size` under any tilt.

    See Also
    --------
    find_scale : Finds a scale of any kind and warns where there is none.

    Notes
    -----
    A ratio is judged by a guessed focal length: of two formats that differ by less than 2 % the given one is believed.
    A sheet that bends does not lie in one plane; it must lie flat.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.scale import find_sheet
    >>> image = np.full((300, 400, 3), 60, np.uint8)
    >>> image[45:255, 50:347] = 240
    >>> [round(side, 3) for side in find_sheet(image, (210, 297)).pixel_size]
    [1.0, 1.0]
    """
    shape = check_image(image).shape[:2]
    color = np.ascontiguousarray(to_rgb(to_uint8(image)))
    quads = _sheets(color)
    if not quads:
        return no_scale("sheet", unit, shape, "no sheet was found whose four edges are seen")
    quad = quads[0]
    lying = _matching_format(quad.corners, size, shape, focal_length)
    if lying is None:
        reason = f"a sheet was found, but it is no rectangle with the ratio of {tuple(size)}"
        return no_scale("sheet", unit, shape, reason)
    height, width = lying
    corners = np.array([[-height, -width], [-height, width], [height, width], [height, -width]]) / 2
    start = np.linalg.inv(homography_of(quad.corners, corners))
    plane = fit_plane(quad.corners, (start / start[2, 2]).ravel()[:8], lambda _: corners, 0, CORNER_NOISE)
    place = quad.corners.mean(axis=0)
    _, rectified_error, one_scale_error = is_better_rectified(plane, place, shape)
    if not np.isfinite(rectified_error):
        return no_scale("sheet", unit, shape, "the sheet is seen from too far aside")
    pixel_size = float(np.sqrt(area_per_pixel(plane.homography, place[np.newaxis])[0]))
    side = float(np.hypot(*(quad.corners[1] - quad.corners[0])))
    return Scale(
        kind="sheet",
        pixel_size=(pixel_size, pixel_size),
        unit=unit,
        shape=shape,
        count=1,
        outlines=(quad.corners,),
        residual=quad.residual,
        error=float(np.hypot(max(CORNER_NOISE, quad.residual), 2 * SYSTEMATIC) / side),
        tilt=float(np.rad2deg(plane_tilt(plane.homography, shape, focal_length))),
        tilt_error=one_scale_error,
        rectified_error=rectified_error,
        homography=plane.homography,
    )


def _sheets(color: np.ndarray) -> list[Quad]:
    """Large four-cornered regions with straight edges, the best first; corners from the upper left one clockwise."""
    factor = min(1.0, SEARCH_SIZE / max(color.shape[:2]))
    small = reduced(color, (round(factor * color.shape[1]), round(factor * color.shape[0])))
    guesses: list[np.ndarray] = []
    lightest = largest_channel(small)
    for channel in (lightest, least_channel(small), 255 - lightest):
        low, high = np.percentile(channel, [1, 99])
        for level in np.linspace(low, high, LEVELS + 2)[1:-1].astype(int).tolist():
            contours, _ = cv2.findContours((channel > level).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
            for contour in contours:
                corners = _four_corners(np.reshape(contour, (-1, 2)), channel.size)
                if corners is not None:
                    corners = _clockwise((corners + 0.5) / factor - 0.5)
                    if not any(np.abs(corners - known).max() < 4 / factor for known in guesses):
                        guesses.append(corners)
    reach = max(5 / factor, 5.0)
    rough: list[np.ndarray] = []
    for corners in guesses:  # most are one sheet at several levels: measured roughly, they agree
        quad = _measured(color, corners, reach, ROUGHLY)
        if quad is not None and not any(np.abs(quad.corners - known).max() < SAME for known in rough):
            rough.append(quad.corners)
    quads = [quad for corners in rough if (quad := _measured(color, corners, reach)) is not None]
    return sorted(quads, key=lambda quad: -quad.support * quad.contrast / (0.1 + quad.residual))


def _four_corners(points: np.ndarray, n_pixels: int) -> np.ndarray | None:
    hull = cv2.convexHull(points)
    hull_area = cv2.contourArea(hull)
    if hull_area < LEAST_FRACTION * n_pixels or hull_area > 0.99 * n_pixels:
        return None
    if cv2.contourArea(points) < LEAST_FILLING * hull_area:
        return None
    for tolerance in (0.01, 0.02, 0.04):
        corners = np.reshape(cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True), (-1, 2))
        if len(corners) == 4:
            return corners[:, ::-1].astype(np.float64)
    return None


def _clockwise(corners: np.ndarray) -> np.ndarray:
    """Corners clockwise as one sees them, from the one that is nearest to the upper left."""
    row, col = (corners - corners.mean(axis=0)).T
    corners = corners[np.argsort(np.arctan2(row, col))]
    return np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)


def _measured(color: np.ndarray, corners: np.ndarray, reach: float, n_profiles: int = 200) -> Quad | None:
    inner, outer = (_levels_beside(color, corners, factor) for factor in (0.97, 1.03))
    channel = difference_channel(color, inner, outer)
    quad = fit_quad(channel, corners, reach, n_profiles=n_profiles)
    if quad is None or quad.contrast < LEAST_STEP or quad.support < LEAST_SUPPORT or quad.residual > LARGEST_RESIDUAL:
        return None
    inside = (quad.corners >= -0.5) & (quad.corners <= np.array(color.shape[:2]) - 0.5)
    return quad if inside.all() else None


def _levels_beside(color: np.ndarray, corners: np.ndarray, factor: float) -> np.ndarray:
    ring = corners.mean(axis=0) + factor * (corners - corners.mean(axis=0))
    sides = [ring[k] + np.linspace(0.1, 0.9, 60)[:, np.newaxis] * (ring[(k + 1) % 4] - ring[k]) for k in range(4)]
    places = np.clip(np.rint(np.vstack(sides)).astype(int), 0, np.array(color.shape[:2]) - 1)
    return np.median(color[places[:, 0], places[:, 1]], axis=0).astype(float)


def _matching_format(
    corners: np.ndarray, size: tuple[float, float], shape: tuple[int, int], focal_length: float | None
) -> tuple[float, float] | None:
    """The size as (height, width) as it lies in the image; None where it is no rectangle of this ratio."""
    ratio, skew = rectangle_ratio(corners, shape, focal_length)
    formats = [(float(size[0]), float(size[1])), (float(size[1]), float(size[0]))]
    height, width = min(formats, key=lambda sides: abs(np.log(ratio * sides[1] / sides[0])))
    is_it = abs(np.log(ratio * width / height)) < FORMAT_TOLERANCE and skew < LARGEST_SKEW
    return (height, width) if is_it else None
