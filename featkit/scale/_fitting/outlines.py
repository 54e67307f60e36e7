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
LEAST_SQUARENESS = 0.7  # of the box around an outline that may be an ellipse as round as a coin
LEAST_FILLED, MOST_FILLED = 0.8, 1.15  # of the ellipse in that box by the area within the outline
LEAST_CONVEX = 0.85  # of the convex hull, filled by what has four sides


def closed_outlines(
    image: Image, min_diameter: float, search_size: int, is_likely: Callable[[np.ndarray], bool] | None = None
) -> tuple[list[np.ndarray], float]:
    """Closed outlines at many levels of lightness, of two color channels and of the gradient.

    Parameters are those of `OutlineSearch`.

    Returns
    -------
    outlines : list of float64 ndarray (n_points, 2)
        (row, col) in the image, through the pixel centres at the border of the regions.
    factor : float
        Size of the reduced image that was searched by the size of the image.
    """
    search = OutlineSearch(image, min_diameter, search_size, is_likely)
    return search.outlines(), search.factor


class OutlineSearch:
    """Search of closed outlines in an image, at all levels or at some first.

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

    Attributes
    ----------
    factor : float
        Size of the reduced image that is searched by the size of the image.
    """

    def __init__(
        self,
        image: Image,
        min_diameter: float,
        search_size: int,
        is_likely: Callable[[np.ndarray], bool] | None = None,
    ) -> None:
        self.factor = min(1.0, search_size / max(image.shape[:2]))
        color = np.ascontiguousarray(to_rgb(to_uint8(image)))
        if self.factor < 1:
            color = reduced(color, (round(self.factor * color.shape[1]), round(self.factor * color.shape[0])))
        self._color = cv2.GaussianBlur(color, (3, 3), 0)
        self._smallest = max(min_diameter * self.factor, 6)
        self._is_likely = is_likely
        lab = cv2.cvtColor(self._color, cv2.COLOR_RGB2LAB)
        saturation = cv2.subtract(largest_channel(self._color), least_channel(self._color))
        self._channels = [(channel, _levels(channel)) for channel in (*cv2.split(lab), saturation)]

    def outlines(self, first: int = 0, every: int = 1, around: np.ndarray | None = None) -> list[np.ndarray]:
        """Outlines at every so many levels of each channel from the first on, with the first also of the gradient.

        Parameters
        ----------
        first, every : int
        around : float ndarray (n_points, 2) or None, default=None
            Points of the image; only what lies within a box around them, three times as large, is looked at.

        Returns
        -------
        outlines : list of float64 ndarray (n_points, 2)
        """
        height, width = self._color.shape[:2]
        low, high = np.array([0, 0]), np.array([height, width])
        if around is not None:
            least, most = around.min(axis=0), around.max(axis=0)
            low = np.clip(np.floor((2 * least - most) * self.factor), 0, high).astype(int)
            high = np.clip(np.ceil((2 * most - least) * self.factor) + 1, low, high).astype(int)
        box = np.s_[low[0] : high[0], low[1] : high[1]]
        masks = [(channel[box], level) for channel, levels in self._channels for level in levels[first::every]]
        found = [outline for channel, level in masks for outline in self._outlines_of(channel > level, low)]
        if first == 0:
            found += [outline for mask in _edges(self._color[box]) for outline in self._outlines_of(mask, low)]
        return found

    def _outlines_of(self, mask: np.ndarray, low: np.ndarray) -> Iterator[np.ndarray]:
        offset = int(low[1]), int(low[0])
        contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE, offset=offset)
        for contour in contours:
            if len(contour) < 2.5 * self._smallest:
                continue
            _, _, width, height = cv2.boundingRect(contour)
            if max(width, height) - 1 < self._smallest or min(width, height) - 1 < self._smallest / 3:
                continue
            if self._is_likely is None or self._is_likely(contour):
                yield (np.reshape(contour, (-1, 2))[:, ::-1] + 0.5) / self.factor - 0.5


def new_round_contours() -> Callable[[np.ndarray], bool]:
    """Function that tells which contours may be round and have not the box and area of one met before."""
    seen: set[tuple[float, ...]] = set()

    def is_likely(contour: np.ndarray) -> bool:
        known = _round_box(contour)
        is_new = known is not None and known not in seen
        if known is not None:
            seen.add(known)
        return is_new

    return is_likely


def _round_box(contour: np.ndarray) -> tuple[float, ...] | None:
    """Box and area of an outline that may be round, else None."""
    left, top, width, height = (float(number) for number in cv2.boundingRect(contour))
    width, height = width - 1, height - 1  # between the middles of pixels
    if min(height, width) < LEAST_SQUARENESS * max(height, width):
        return None
    area = cv2.contourArea(contour)
    is_filled = LEAST_FILLED <= area / (np.pi / 4 * height * width) <= MOST_FILLED
    return (left, top, width, height, area) if is_filled else None


def is_nearly_convex(contour: np.ndarray) -> bool:
    """Whether a contour, int32 (n_points, 1, 2), may have four sides."""
    return cv2.contourArea(contour) >= LEAST_CONVEX * cv2.contourArea(cv2.convexHull(contour)) > 0


def _levels(channel: np.ndarray) -> list[int]:
    """Levels of a channel, rising, whose outlines differ."""
    low, high = _percentiles(np.ascontiguousarray(channel[::2, ::2]), (0.2, 99.8))
    levels: list[int] = []
    if high - low < 8:
        return levels
    n_above = channel.size - np.cumsum(_counts(channel))
    last = channel.size
    for level in np.linspace(low, high, LEVELS + 2)[1:-1].astype(int).tolist():
        if last - n_above[level] >= FEWEST:  # else the outlines are those of the last level
            last = n_above[level]
            levels.append(level)
    return levels


def _edges(color: np.ndarray) -> Iterator[np.ndarray]:
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
