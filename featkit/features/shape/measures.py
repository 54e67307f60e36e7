"""Measures of one region: what can be said of a mask in numbers."""

import math

import cv2
import numpy as np

from ..._numba import kernel
from ...image.checks import check_mask
from ...image.components import label_components
from ...image.masks import bounding_box
from ...parameters import POSITIVE, check_number
from ._calipers import (
    calipers,
    circumscribed_radius,
    expected_corners,
    hull_of_rows,
    hull_perimeter,
    lattice_points_in_hull,
)
from ._inscribed_circle import deepest_pixel, inscribed_radius

MEASURES = {  # name: power of the unit of length
    "area": 2,
    "filled_area": 2,
    "perimeter": 1,
    "length": 1,
    "width": 1,
    "box_length": 1,
    "box_width": 1,
    "major_axis": 1,
    "minor_axis": 1,
    "inscribed_radius": 1,
    "circumscribed_radius": 1,
    "aspect_ratio": 0,
    "circularity": 0,
    "solidity": 0,
    "extent": 0,
    "eccentricity": 0,
    "euler_number": 0,
}
UNIT_POWERS = np.array(list(MEASURES.values()))
ORIENTATION = ["elongation_cos", "elongation_sin"]


@kernel
def _scan(padded):
    """Read a mask once: patterns of 2 x 2 pixels, moments, and the ends of every row.

    `padded` has one row and column of background all around. Bits of a pattern: 1 this pixel, 2 the one below,
    4 the one to the right, 8 the one below that.
    """
    height, width = padded.shape
    patterns = np.zeros(16, dtype=np.int64)
    first = np.full(height, width, dtype=np.int64)
    last = np.full(height, -1, dtype=np.int64)
    area = 0
    row_sum = col_sum = row_row = col_col = row_col = 0.0
    for row in range(height - 1):
        pattern = 0
        in_row = in_row_col = in_row_col_col = 0
        for col in range(width):
            pattern = (pattern >> 2) | (padded[row, col] << 2) | (padded[row + 1, col] << 3)
            if pattern == 0:
                continue
            patterns[pattern] += 1
            if pattern & 4:
                in_row += 1
                in_row_col += col
                in_row_col_col += col * col
                last[row] = col
                if first[row] > col:
                    first[row] = col
        area += in_row
        row_sum += in_row * row
        row_row += in_row * row * row
        col_sum += in_row_col
        col_col += in_row_col_col
        row_col += in_row_col * row
    row_mean, col_mean = row_sum / area, col_sum / area
    moments = (
        row_row / area - row_mean * row_mean,
        col_col / area - col_mean * col_mean,
        row_col / area - row_mean * col_mean,
    )
    return area, patterns, moments, first, last


@kernel
def _euler_number(patterns):
    """Objects (8 neighbours) minus holes (Gray 1971)."""
    ones = patterns[1] + patterns[2] + patterns[4] + patterns[8]
    threes = patterns[7] + patterns[11] + patterns[13] + patterns[14]
    diagonals = patterns[6] + patterns[9]
    return (ones - threes - 2 * diagonals) // 4


@kernel
def crofton_crossings(patterns):
    """Crofton's perimeter from the crossings of the outline with lattice lines in four directions."""
    upright = across = diagonal = 0
    for pattern, count in enumerate(patterns):
        here, below, right, opposite = pattern & 1, pattern >> 1 & 1, pattern >> 2 & 1, pattern >> 3 & 1
        upright += count * (here != below)
        across += count * (here != right)
        diagonal += count * ((here != opposite) + (below != right))
    return math.pi / 8 * (upright + across + diagonal / math.sqrt(2))


@kernel
def _hull_crossings(first, last):
    """Crofton's perimeter of the convex hull: every lattice line that meets the hull is crossed twice."""
    rows = np.flatnonzero(first <= last)
    left, right = first[rows], last[rows]
    upright = right.max() - left.min() + 1
    across = rows[-1] - rows[0] + 1
    rising = (rows + right).max() - (rows + left).min() + 1
    falling = (right - rows).max() - (left - rows).min() + 1
    return math.pi / 4 * (upright + across + (rising + falling) / math.sqrt(2))


def _filled(padded: np.ndarray) -> np.ndarray:
    """Fill holes; a flood from the corner is several times faster than numbering the components of the background."""
    flooded = padded.copy()
    cv2.floodFill(flooded, None, (0, 0), 2, flags=4)
    return (flooded != 2).view(np.uint8)


def measure_component(mask: np.ndarray, n_components: int = 1) -> list[float]:
    """Measure a mask that touches all sides of its box, in pixels.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        C-contiguous, not empty.
    n_components : int, default=1
        Components (8 neighbours) of the mask.

    Returns
    -------
    values : list of float
        Of MEASURES, then of ORIENTATION.
    """
    padded = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    area, patterns, moments, first, last = _scan(padded)
    euler_number = _euler_number(patterns)
    filled_area = area
    if euler_number < n_components:
        padded = _filled(padded)
        filled_area, patterns, moments, first, last = _scan(padded)

    vertices = hull_of_rows(first, last)
    corners = expected_corners(vertices)
    length, width, box_length, box_width = calipers(vertices, corners)
    dents = max(crofton_crossings(patterns) / _hull_crossings(first, last), 1.0)
    perimeter = hull_perimeter(corners) * dents

    row_row, col_col, row_col = moments[0] + 1 / 12, moments[1] + 1 / 12, moments[2]  # a pixel is a square, not a point
    difference, mean = math.hypot(row_row - col_col, 2 * row_col), row_row + col_col
    major, minor = (mean + difference) / 2, (mean - difference) / 2

    return [
        area,
        filled_area,
        perimeter,
        length,
        width,
        box_length,
        box_width,
        4 * math.sqrt(major),
        4 * math.sqrt(minor),
        min(inscribed_radius(padded, *deepest_pixel(padded)), width / 2),
        circumscribed_radius(corners),
        length / width,
        4 * math.pi * filled_area / perimeter**2,
        filled_area / lattice_points_in_hull(vertices),
        filled_area / (box_length * box_width),
        math.sqrt(1 - minor / major),
        euler_number,
        (col_col - row_row) / mean,
        -2 * row_col / mean,
    ]


def unit_factors(pixel_size: float) -> np.ndarray:
    """What brings measures in pixels to the unit of `pixel_size`: NaN for those with a unit where that is NaN."""
    if not np.isnan(pixel_size):
        pixel_size = check_number("pixel_size", pixel_size, POSITIVE)
    return pixel_size**UNIT_POWERS


def measure_region(mask: np.ndarray, *, pixel_size: float = 1.0) -> np.ndarray:
    """Measure all the foreground of a mask as one region.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground.
    pixel_size : float > 0, default=1.0
        Length of the side of a pixel, in the unit wanted for the results: 0.1 when ten pixels make a millimetre; NaN
        where it is not known, which leaves the measures without a unit.

    Returns
    -------
    measures : float64 ndarray (17,)
        In the order of `measure_region_names`; the meaning of each stands in `featkit.RegionMeasurements`. All
        NaN when the mask is empty.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import measure_region, measure_region_names
    >>> mask = np.zeros((40, 60), dtype=bool)
    >>> mask[10:30, 5:45] = True
    >>> measures = dict(zip(measure_region_names(), measure_region(mask, pixel_size=0.5)))
    >>> float(measures["region_area"]), round(measures["region_box_length"]), round(measures["region_width"])
    (200.0, 20, 10)
    """
    factors = unit_factors(pixel_size)
    box = bounding_box(check_mask(mask))
    if box is None:
        return np.full(len(MEASURES), np.nan)
    top, left, bottom, right = box
    n_components = len(label_components(mask)[1])
    values = measure_component(np.ascontiguousarray(mask[top:bottom, left:right]), n_components)
    return np.array(values[: len(MEASURES)]) * factors


def measure_region_names() -> list[str]:
    """Names of the columns of `measure_region`: ``region_area`` onwards."""
    return [f"region_{name}" for name in MEASURES]
