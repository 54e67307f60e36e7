"""Scale from a coin or another disk of known diameter."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ..image.checks import Image, check_image
from ..image.conversions import to_rgb, to_uint8
from ._fitting.ellipses import Ellipse, Rim, fit_ellipse, fit_rim, outstanding
from ._fitting.outlines import OutlineSearch, disk_colors, is_color, is_metallic, new_round_contours
from ._fitting.planes import circle_tilt, fit_pose, tilt_area_error, transform
from ._fitting.quads import SYSTEMATIC
from ._fitting.shadows import without_shadow
from .result import Scale, no_scale

LEAST_DIAMETER = 24  # pixels
SEARCH_SIZE = 800  # pixels of the longer side
LOOKS = 2  # the first at every second level, the next at the others: around the coin where one is found
ENOUGH = 200  # points of an outline that tell a first ellipse
SAME_RIM = 0.85  # of the radius: a smaller outline is no second look at the rim
LARGEST_TILT = np.deg2rad(18)  # of a plane in which an ellipse is a circle
LARGEST_RESIDUAL = 0.004  # of the radius, and
LARGEST_OFFSET = 0.1  # pixels: what JPEG, relief and shadow may move a rim
NOISE = 1.5  # gray levels: what moves a faint rim
LARGEST_ERROR = 0.02  # of the radius, expected
LEAST_SUPPORT = 0.75  # fraction of the rim that is seen
SHADED_SUPPORT = 0.6  # fraction that is seen before the shadow is told from the rim, which is never sure
LEAST_SLOPE = 2.0  # gray levels per pixel between disk and paper
LEAST_OUTSTANDING = 1.3  # slope of a rim around a disk by the slopes beyond, about 1 in noise
RIM_NOISE = 0.15  # pixels of a point of the rim
LEAST_RATIO = 0.85  # of the axes
_LOOKED_FOR = (
    f". Looked for: a round edge at least {LEAST_DIAMETER} pixels across, its shorter axis at least "
    f"{LEAST_RATIO:.0%} of the longer, at least {LEAST_SUPPORT:.0%} of it in sight, where brightness changes by at "
    f"least {LEAST_SLOPE:.0f} gray levels a pixel. Try paper brighter or darker than it beneath it, light without a "
    "hard shadow, a sharp photo taken from straight above, from nearer by"
)


def find_coin(
    image: Image,
    size: float,
    *,
    unit: str = "mm",
    color: tuple[float, float, float] | None = None,
    metal: bool = True,
    focal_length: float | None = None,
) -> Scale:
    """Find a coin or disk of known diameter and measure the scale by its rim.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Of any dtype of an image; alpha is not looked at.
    size : float
        Diameter in `unit`.
    unit : str, default="mm"
        Of `size` and `pixel_size`.
    color : (red, green, blue) in [0, 1] or None, default=None
        About the color of the disk, where other round things lie on the sheet.
    metal : bool, default=True
        Whether only the colors of metals are taken for a coin: gray, silver, gold and copper, judged beside the
        paper around. False takes a disk of any color. Of no effect where `color` is given.
    focal_length : float or None, default=None
        In pixels, for the tilt; None takes 0.8 of the longer side of the image.

    Returns
    -------
    scale : Scale
        NaN where there is no disk of that color, or more than one.

    See Also
    --------
    find_scale : Finds a scale of any kind and warns where there is none.

    Notes
    -----
    Outlines of many levels and channels that are nearly ellipses are fitted anew in the full image: by the points at
    which profiles across the rim pass half of the step between disk and background. A disk is accepted by the
    residual, the fraction of the rim that is seen and the ratio of the axes, never by its size alone. Of rings around
    one centre the outermost counts. The pixel size makes the ellipse's area that of the disk; the ratio of the axes
    tells the tilt.

    Examples
    --------
    >>> import cv2, numpy as np
    >>> from featkit.scale import find_coin
    >>> image = np.full((200, 300, 3), 235, np.uint8)
    >>> image = cv2.circle(image, (150, 100), 50, (150, 150, 148), -1, cv2.LINE_AA)
    >>> abs(find_coin(image, 20).pixel_size[0] - 0.2) < 0.004
    True
    """
    kind = "coin" if metal else "disk"
    shape = check_image(image).shape[:2]
    pixels = np.ascontiguousarray(to_rgb(to_uint8(image)))

    known: dict[int, bool] = {}  # of ellipses, all of which are kept below

    def is_wanted(ellipse: Ellipse) -> bool:
        if id(ellipse) not in known:
            known[id(ellipse)] = is_metal(pixels, ellipse) if color is None else _has_color(pixels, ellipse, color)
        return known[id(ellipse)]

    is_choosy = metal or color is not None
    search = OutlineSearch(pixels, LEAST_DIAMETER, SEARCH_SIZE, new_round_contours())
    reach = max(3 / search.factor, 4.0)
    guesses: list[Ellipse] = []
    rims: dict[int, Rim | None] = {}
    wanted: list[Rim] = []
    for first in range(LOOKS):
        if len(wanted) > 1:
            break
        around = wanted[0].ellipse.points() if wanted else None  # its own rim may be fainter than a ring in it
        guesses = _with_new_guesses(guesses, search.outlines(first, LOOKS, around), search.factor)
        disks = _disks_among(guesses, pixels, reach, focal_length, is_wanted if is_choosy else None, rims)
        wanted = [disk for disk in disks if not is_choosy or is_wanted(disk.ellipse)]
    if not wanted:
        disks = _disks_among(guesses, pixels, reach, focal_length, None, rims)
        others = f"; {len(disks)} round things are of other colors" if disks else ""
        hint = ", give its color= or look for a disk of any color" if disks and metal and color is None else ""
        wanted_and_advice = "" if disks else _LOOKED_FOR
        return no_scale(
            kind, unit, shape, f"no {kind} was found whose rim can be seen{others}{hint}{wanted_and_advice}"
        )
    if len(wanted) > 1:
        places = ", ".join(f"({disk.ellipse.center[0]:.0f}, {disk.ellipse.center[1]:.0f})" for disk in wanted[:5])
        return no_scale(
            kind, unit, shape, f"expected one {kind}, found {len(wanted)} at {places}: leave one, or give its color="
        )
    rim = _unshaded(image, wanted[0])
    if wanted[0].deviation >= LARGEST_ERROR * wanted[0].ellipse.radii[0]:
        rim = rim._replace(deviation=wanted[0].deviation)
    return _scale_of(kind, rim, size, unit, shape, focal_length)


def _scale_of(kind: str, rim: Rim, size: float, unit: str, shape: tuple[int, int], focal_length: float | None) -> Scale:
    ellipse = rim.ellipse
    radius = float(np.sqrt(np.prod(ellipse.radii)))

    def residuals(homographies: np.ndarray, _: np.ndarray) -> np.ndarray:
        return (np.linalg.norm(transform(rim.points, homographies), axis=-1) * 2 / size - 1) * radius

    pixel_size = float(size / 2 / radius)
    noise = max(RIM_NOISE, rim.residual)
    pose = fit_pose(shape, ellipse.center, residuals, pixel_size, np.empty(0), noise, focal_length)
    tilt_error = tilt_area_error(pose.tilt + pose.tilt_deviation, ellipse.center, shape, focal_length)
    return Scale(
        kind=kind,
        pixel_size=(pixel_size, pixel_size),
        unit=unit,
        shape=shape,
        count=1,
        outlines=(ellipse.points(180),),
        residual=rim.residual,
        error=float(np.hypot(rim.deviation, SYSTEMATIC) / radius),
        tilt=float(np.rad2deg(pose.tilt)),
        tilt_error=tilt_error,
    )


def _with_new_guesses(guesses: list[Ellipse], outlines: list[np.ndarray], factor: float) -> list[Ellipse]:
    """Ellipses that outlines found in a copy are nearly, with those known before, by descending size."""
    measured = [(guess.center.tolist(), guess.radii[0]) for guess in guesses]
    found = guesses.copy()
    for outline in outlines:
        outline = outline[:: max(len(outline) // ENOUGH, 1)]
        guess = fit_ellipse(outline)
        if guess is None:
            continue
        long, short = guess.radii
        if short < LEAST_RATIO * long:
            continue
        distances = guess.distances(outline)
        if np.sqrt(np.mean(distances**2)) > max(0.04 * long, 1 / factor):
            continue
        center = guess.center.tolist()
        if short >= LEAST_DIAMETER / 2 and not any(_is_same(center, long, *known) for known in measured):
            found.append(guess)
            measured.append((center, long))
    return sorted(found, key=lambda guess: -guess.radii[0])


def _disks_among(
    guesses: list[Ellipse],
    color: np.ndarray,
    reach: float,
    focal_length: float | None,
    is_wanted: Callable[[Ellipse], bool] | None,
    rims: dict[int, Rim | None],
) -> list[Rim]:
    """Disks, seen as ellipses whose rim is an edge all around: the outermost of concentric ones, by descending size.

    What has not the wanted color, nor anything in it, is not measured; None measures all. `rims` keeps what was
    measured of each guess, by its identity.
    """
    if is_wanted is not None:
        wanted = [guess for guess in guesses if is_wanted(guess)]
        guesses = [guess for guess in guesses if any(_is_within(one, guess, 1.0) for one in wanted)]
    disks: list[Rim] = []
    refused: list[Ellipse] = []
    for guess in guesses:
        if any(_is_within(guess, disk.ellipse, 1.0) for disk in disks):
            continue
        if any(_is_within(guess, known, SAME_RIM) for known in refused):  # a ring in something round that is no disk
            continue
        if id(guess) not in rims:
            rims[id(guess)] = _seen_or_shaded(color, _outermost(color, guess, max(0.12 * guess.radii[0], reach)))
        rim = rims[id(guess)]
        if rim is None:
            continue
        if _is_disk(rim) and _tilt(rim.ellipse, color.shape[:2], focal_length) <= LARGEST_TILT:
            disks.append(rim)
        else:
            refused.append(rim.ellipse)
    return disks


def _seen_or_shaded(color: np.ndarray, rim: Rim | None) -> Rim | None:
    """A rim with the support that it has without its shadow, where that may make it a disk, which is less sure then."""
    if rim is None or not SHADED_SUPPORT <= rim.support < LEAST_SUPPORT:
        return rim
    unsure = rim._replace(deviation=LARGEST_ERROR * rim.ellipse.radii[0])
    if not _is_disk(unsure._replace(support=1.0)):
        return unsure
    return unsure._replace(support=_unshaded(color, rim).support)


def _is_within(inner: Ellipse, outer: Ellipse, fraction: float) -> bool:
    is_inside = np.hypot(*(inner.center - outer.center)) < outer.radii[0]
    return bool(is_inside and (fraction == 1 or inner.radii[0] < fraction * outer.radii[0]))


def _tilt(ellipse: Ellipse, shape: tuple[int, ...], focal_length: float | None) -> float:
    return circle_tilt(ellipse.center, ellipse.basis, (shape[0], shape[1]), focal_length)


def _is_disk(rim: Rim) -> bool:
    long, short = rim.ellipse.radii
    return (
        2 * short >= LEAST_DIAMETER
        and rim.support >= LEAST_SUPPORT
        and rim.contrast >= LEAST_SLOPE
        and rim.residual <= LARGEST_RESIDUAL * long + LARGEST_OFFSET + NOISE / rim.contrast
        and rim.deviation <= LARGEST_ERROR * long
    )


def _outermost(color: np.ndarray, guess: Ellipse, reach: float) -> Rim | None:
    """The rim near a guess, or the one around it: coins have rings within."""
    rim = _measured(color, guess, reach)
    for _ in range(3):
        if rim is None or not _is_disk(rim):
            return rim
        radius = rim.ellipse.radii[0]
        around = _measured(color, Ellipse(rim.ellipse.center, 1.27 * rim.ellipse.basis), max(0.22 * radius, 3.0))
        if around is None or around.support < 0.85 or around.residual > 0.01 * radius + 0.3:
            return rim
        if around.ellipse.radii[1] < 1.03 * radius:
            return rim
        part, origin = _part_around(color, around.ellipse, 2 * reach)
        here = Ellipse(around.ellipse.center - origin, around.ellipse.basis)
        if outstanding(part.astype(np.float32), here, reach) < LEAST_OUTSTANDING:  # noise
            return rim
        rim = around
    return rim


def _is_same(center: Sequence[float], radius: float, known_center: Sequence[float], known_radius: float) -> bool:
    near = 0.03 * known_radius + 0.7
    return abs(radius - known_radius) < near and math.dist(center, known_center) < near


def _measured(color: np.ndarray, guess: Ellipse, reach: float) -> Rim | None:
    part, origin = _part_around(color, guess, 2 * reach + 4)
    rim = fit_rim(part.astype(np.float32), Ellipse(guess.center - origin, guess.basis), reach)
    if rim is None:
        return None
    return rim._replace(ellipse=Ellipse(rim.ellipse.center + origin, rim.ellipse.basis), points=rim.points + origin)


def _unshaded(image: Image, rim: Rim) -> Rim:
    part, origin = _part_around(to_rgb(to_uint8(image)), rim.ellipse, 10)
    here = rim._replace(ellipse=Ellipse(rim.ellipse.center - origin, rim.ellipse.basis), points=rim.points - origin)
    found = without_shadow(part.astype(np.float32), here)
    return found._replace(
        ellipse=Ellipse(found.ellipse.center + origin, found.ellipse.basis), points=found.points + origin
    )


def _part_around(color: np.ndarray, ellipse: Ellipse, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """The part of an image that holds an ellipse, and where it begins."""
    points = ellipse.points(60)
    low = np.clip(np.floor(points.min(axis=0) - margin), 0, color.shape[:2]).astype(int)
    high = np.clip(np.ceil(points.max(axis=0) + margin), low + 1, color.shape[:2]).astype(int)
    return color[low[0] : high[0], low[1] : high[1]], low.astype(float)


def _colors(image: Image, ellipse: Ellipse) -> tuple[np.ndarray, np.ndarray]:
    part, origin = _part_around(to_rgb(to_uint8(image)), ellipse, 0.4 * ellipse.radii[0])
    return disk_colors(part, ellipse.center - origin, ellipse.basis)


def is_metal(image: Image, ellipse: Ellipse) -> bool:
    """Whether a disk has the color of silver, gold or copper, seen beside the paper around it."""
    return is_metallic(*_colors(image, ellipse))


def _has_color(image: Image, ellipse: Ellipse, color: tuple[float, float, float]) -> bool:
    inside, around = _colors(image, ellipse)
    return is_color(inside, color) or bool(around.min() > 0.3 and is_color(inside * around.mean() / around, color))
