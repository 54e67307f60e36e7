"""Closed outlines of an image at many levels of several channels, what a coin or a ruler may be among; their colors."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from ..._numba import kernel
from ...image.checks import Image
from ...image.conversions import largest_channel, least_channel, to_rgb, to_uint8
from ...image.reduction import reduced
from .edges import Channel

LEVELS = 14  # of each channel
FEWEST = 20  # pixels between two levels: fewer move no outline
COLOR_TOLERANCE = 0.14
MOST_TINT = 0.35  # saturation of paper in warm light
WITHIN, RING = 0.92, (1.15, 1.35)  # of the radius: where a disk and what is around it show their colors
ENOUGH_WIDE = 25  # pixels: radius of a disk that tells its color
LEAST_CONVEX = 0.85  # of the convex hull, filled by what has four sides


def closed_outlines(
    image: Image, min_diameter: float, search_size: int, is_likely: Callable[[np.ndarray], bool] | None = None
) -> tuple[list[np.ndarray], float]:
    """Closed outlines at many levels of lightness, of two color channels and of the gradient.

    Parameters
    ----------
    image : uint8 ndarray (height, width[, 3 or 4])
    min_diameter : float
        Of an outline's shorter side, in pixels of the image.
    search_size : int
        Pixels of the longer side of the reduced image in which outlines are searched.
    is_likely : callable or None, default=None
        Which contours, int32 (n_points, 1, 2) in the reduced image as OpenCV finds them, are outlines at all: most are
        not, and a quick look saves their being turned into points of the image. None is all.

    Returns
    -------
    outlines : list of float64 ndarray (n_points, 2)
        (row, col) in the image, through the pixel centres at the border of the regions.
    factor : float
        Size of the reduced image that was searched by the size of the image.
    """
    factor = min(1.0, search_size / max(image.shape[:2]))
    color = np.ascontiguousarray(to_rgb(to_uint8(image)))
    if factor < 1:
        color = reduced(color, (round(factor * color.shape[1]), round(factor * color.shape[0])))
    color = cv2.GaussianBlur(color, (3, 3), 0)
    smallest = max(min_diameter * factor, 6)
    outlines: list[np.ndarray] = []
    for mask in _masks(color):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            if len(contour) < 2.5 * smallest:
                continue
            _, _, width, height = cv2.boundingRect(contour)
            if max(width, height) - 1 < smallest or min(width, height) - 1 < smallest / 3:
                continue
            if is_likely is None or is_likely(contour):
                outlines.append((np.reshape(contour, (-1, 2))[:, ::-1] + 0.5) / factor - 0.5)
    return outlines, factor


def is_nearly_convex(contour: np.ndarray) -> bool:
    """Whether a contour, int32 (n_points, 1, 2), may have four sides."""
    return cv2.contourArea(contour) >= LEAST_CONVEX * cv2.contourArea(cv2.convexHull(contour)) > 0


def _masks(color: np.ndarray) -> Iterator[np.ndarray]:
    lab = cv2.cvtColor(color, cv2.COLOR_RGB2LAB)
    for channel in (*cv2.split(lab), cv2.subtract(largest_channel(color), least_channel(color))):
        low, high = _percentiles(np.ascontiguousarray(channel[::2, ::2]), (0.2, 99.8))
        if high - low < 8:
            continue
        n_above = channel.size - np.cumsum(_counts(channel))
        last = channel.size
        for level in np.linspace(low, high, LEVELS + 2)[1:-1].astype(int).tolist():
            if last - n_above[level] >= FEWEST:  # else the outlines are those of the last level
                last = n_above[level]
                yield (channel > level).view(np.uint8)
    gradient = largest_channel(cv2.morphologyEx(color, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)))
    for level in (6, 12, 24):
        edges = (gradient > level).view(np.uint8)
        yield cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))


def _counts(channel: np.ndarray) -> np.ndarray:
    return cv2.calcHist([channel], [0], None, [256], [0, 256]).ravel().astype(np.int64)


def _percentiles(channel: np.ndarray, percents: tuple[float, ...]) -> list[float]:
    """Percentiles as NumPy's, of gray levels, from how often each is there."""
    n_up_to = np.cumsum(_counts(channel))
    values = []
    for percent in percents:
        place = percent / 100 * (channel.size - 1)
        lower, upper = np.searchsorted(n_up_to, [np.floor(place), np.ceil(place)], side="right")
        values.append(float(lower + (upper - lower) * (place - np.floor(place))))
    return values


def difference_channel(image: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> Channel:
    """The channel in which two colors of an image differ most: the image along the line between them."""
    direction = inside - outside
    length = float(np.linalg.norm(direction))
    weights = direction / length if length > 0 else np.full(3, 1 / 3)
    return Channel(image, weights.astype(np.float32))


def is_color(found: np.ndarray, wanted: tuple[float, float, float]) -> bool:
    """Whether a color in [0, 1] is about the wanted one, up to some shade."""
    expected = np.asarray(wanted, float)
    shade = np.clip(found @ expected / max(found @ found, 1e-6), 0.6, 1.6)
    return bool(np.abs(found * shade - expected).max() < COLOR_TOLERANCE)


def disk_colors(image: np.ndarray, center: np.ndarray, basis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean color of a disk and median color of the ring around it, both in [0, 1].

    Parameters
    ----------
    image : uint8 ndarray (height, width, 3)
    center : float64 ndarray (2,)
    basis : float64 ndarray (2, 2)
        Half axes of the ellipse, the shorter one last.
    """
    every = max(int(np.hypot(*basis[:, 1]) / ENOUGH_WIDE), 1)  # pixels of a large disk need not all be looked at
    part = np.ascontiguousarray(image[::every, ::every])
    inside, around = _colors_of_disk(part, center / every, np.linalg.inv(basis / every))
    return inside / 255, around / 255


@kernel
def _colors_of_disk(image, center, to_circle):
    """Mean levels within, median levels around; white where nothing is."""
    n_inside, inside = 0, np.zeros(3)
    n_around, levels = 0, np.zeros((3, 256), np.int64)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            row, col = i - center[0], j - center[1]
            radius = np.hypot(
                to_circle[0, 0] * row + to_circle[0, 1] * col, to_circle[1, 0] * row + to_circle[1, 1] * col
            )
            if radius <= WITHIN:
                n_inside += 1
                for channel in range(3):
                    inside[channel] += image[i, j, channel]
            elif RING[0] < radius <= RING[1]:
                n_around += 1
                for channel in range(3):
                    levels[channel, image[i, j, channel]] += 1
    around = np.full(3, 255.0)
    for channel in range(3):
        inside[channel] = inside[channel] / n_inside if n_inside > 0 else 255.0
        if n_around > 0:
            n_up_to, lower, upper = 0, -1, -1
            for level in range(256):
                n_up_to += levels[channel, level]
                if lower < 0 and n_up_to > (n_around - 1) // 2:
                    lower = level
                if upper < 0 and n_up_to > n_around // 2:
                    upper = level
            around[channel] = (lower + upper) / 2
    return inside, around


def is_metallic(inside: np.ndarray, around: np.ndarray) -> bool:
    """Whether a color is that of silver, gold or copper, seen beside the paper around it."""
    if around.min() > 0.3 and _saturation(around) < MOST_TINT:  # paper tells the tint of the light, wood does not
        inside = inside * around.mean() / around
    red, green, blue = inside
    saturation = _saturation(inside)
    is_warm = green >= 0.95 * blue and (
        (red >= 1.1 * green and saturation < 0.66) or (red >= 1.02 * green and saturation < 0.3)
    )  # gold and copper, or gold beside silver; leaves are greener than red
    return bool(saturation < 0.2 or is_warm)


def _saturation(color: np.ndarray) -> float:
    return float((color.max() - color.min()) / max(color.max(), 1e-6))
