"""Measures of regions that are given as runs: one pass, region by region."""

import math

import cv2
import numpy as np

from ..._numba import kernel
from ...image.masks._component_runs import join_trees
from ._calipers import (
    calipers,
    expected_corners,
    hull_of_rows,
    hull_perimeter,
    largest_distance,
    lattice_points_in_hull,
)
from ._inscribed_circle import inscribed_radius
from ._runs import boxes_of_runs, fill_runs, paint_runs

# Positions of the values; measures.py names them in this order.
(AREA, FILLED_AREA, PERIMETER, LENGTH, WIDTH, BOX_LENGTH, BOX_WIDTH, MAJOR_AXIS, MINOR_AXIS) = range(9)
(INSCRIBED, CIRCUMSCRIBED, ASPECT_RATIO, CIRCULARITY, SOLIDITY, EXTENT, ECCENTRICITY, EULER_NUMBER) = range(9, 17)
ELONGATION_COS, ELONGATION_SIN, N_VALUES = 17, 18, 19


@kernel
def _read_runs(runs, box):
    """Sums over the pixels of a region, and how its runs lie on those of the row above.

    Returns
    -------
    sums : tuple of int
        Area; sums of rows, columns, their squares and products, counted from one pixel outside the box.
    crossings : tuple of int
        Of the outline with the lattice lines: along columns, along rows, both diagonals.
    n_components, euler_number : int
        Over 8 neighbours.
    """
    top, left = box[0] - 1, box[1] - 1
    area = row_sum = col_sum = row_row = col_col = row_col = 0
    upright = falling = rising = n_links = 0
    parents = np.arange(len(runs))
    above = this_row = 0
    for run in range(len(runs)):
        row, start, end = runs[run, 0] - top, runs[run, 1] - left, runs[run, 2] - left
        n = end - start
        cols = (start + end - 1) * n // 2
        area += n
        row_sum += n * row
        col_sum += cols
        row_row += n * row * row
        row_col += cols * row
        col_col += (end * (end - 1) * (2 * end - 1) - start * (start - 1) * (2 * start - 1)) // 6
        if runs[run, 0] != runs[this_row, 0]:
            above, this_row = this_row, run
        if runs[above, 0] != runs[run, 0] - 1:
            continue
        while above < this_row and runs[above, 2] < runs[run, 1]:
            above += 1
        other = above
        while other < this_row and runs[other, 1] <= runs[run, 2]:
            first, last = runs[other, 1], runs[other, 2]
            upright += max(0, min(last, runs[run, 2]) - max(first, runs[run, 1]))
            falling += max(0, min(last + 1, runs[run, 2]) - max(first + 1, runs[run, 1]))
            rising += max(0, min(last - 1, runs[run, 2]) - max(first - 1, runs[run, 1]))
            n_links += 1
            join_trees(parents, run, other)
            other += 1
    n_components = 0
    for run in range(len(runs)):
        n_components += parents[run] == run
    crossings = 2 * (area - upright), 2 * len(runs), 4 * area - 2 * (falling + rising)
    return (area, row_sum, col_sum, row_row, col_col, row_col), crossings, n_components, len(runs) - n_links


@kernel
def crofton_perimeter(upright, across, diagonal, row_size, col_size):
    """Crofton's perimeter from the crossings of the outline with lattice lines in four directions.

    A direction counts by the angles that are nearer to it than to the other three.
    """
    if row_size == col_size:
        return row_size * (math.pi / 8 * (upright + across + diagonal / math.sqrt(2)))
    angle = math.atan2(row_size, col_size)
    aslant = row_size * col_size / math.hypot(row_size, col_size)
    along_rows = angle * row_size * across
    return ((math.pi / 2 - angle) * col_size * upright + along_rows + math.pi / 4 * aslant * diagonal) / 2


@kernel
def _hull_perimeter_by_crossings(first, last, row_size, col_size):
    """Crofton's perimeter of the convex hull: every lattice line that meets the hull is crossed twice."""
    top = bottom = -1
    left = rise_low = fall_low = 1 << 60
    right = rise_high = fall_high = -(1 << 60)
    for row in range(len(first)):
        if first[row] <= last[row]:
            top, bottom = row if top < 0 else top, row
            left, right = min(left, first[row]), max(right, last[row])
            rise_low, rise_high = min(rise_low, row + first[row]), max(rise_high, row + last[row])
            fall_low, fall_high = min(fall_low, first[row] - row), max(fall_high, last[row] - row)
    diagonal = rise_high - rise_low + 1 + fall_high - fall_low + 1
    return crofton_perimeter(2 * (right - left + 1), 2 * (bottom - top + 1), 2 * diagonal, row_size, col_size)


@kernel
def ends_of_rows(runs, box, first, last):
    """First and last column of a region in each row, counted from one pixel outside the box."""
    first[:] = box[3] - box[1] + 2
    last[:] = -1
    for run in range(len(runs)):
        row = runs[run, 0] - box[0] + 1
        first[row] = min(first[row], runs[run, 1] - box[1] + 1)
        last[row] = runs[run, 2] - box[1]


@kernel
def _measure_axes(sums, row_size, col_size, values):
    """Axes of the ellipse with the same second moments; a pixel is a rectangle, not a point."""
    area, row_sum, col_sum, row_row, col_col, row_col = sums
    row_mean, col_mean = row_sum / area, col_sum / area
    rows = (row_row / area - row_mean * row_mean + 1 / 12) * (row_size * row_size)
    cols = (col_col / area - col_mean * col_mean + 1 / 12) * (col_size * col_size)
    both = (row_col / area - row_mean * col_mean) * (row_size * col_size)
    difference, mean = math.hypot(rows - cols, 2 * both), rows + cols
    major, minor = (mean + difference) / 2, (mean - difference) / 2
    values[MAJOR_AXIS], values[MINOR_AXIS] = 4 * math.sqrt(major), 4 * math.sqrt(minor)
    values[ECCENTRICITY] = math.sqrt(1 - minor / major)
    values[ELONGATION_COS], values[ELONGATION_SIN] = (cols - rows) / mean, -2 * both / mean


@kernel
def _measure_region(runs, box, row_size, col_size, wanted, values, corners_out):
    """Fill the row of values of a region, those that are wanted at least; gives how many corners it has."""
    n_corners = 0
    pixel = row_size * col_size
    sums, crossings, n_components, euler_number = _read_runs(runs, box)
    values[AREA], values[EULER_NUMBER] = sums[0] * pixel, euler_number
    if euler_number < n_components:
        runs = fill_runs(runs, box)
        sums, crossings, _, _ = _read_runs(runs, box)
    filled_pixels = sums[0]
    filled_area = filled_pixels * pixel
    values[FILLED_AREA] = filled_area
    _measure_axes(sums, row_size, col_size, values)

    has_perimeter = wanted[PERIMETER] or wanted[CIRCULARITY]
    has_length = wanted[LENGTH] or wanted[ASPECT_RATIO]
    has_corners = has_perimeter or has_length or wanted[CIRCUMSCRIBED]
    has_box = wanted[BOX_LENGTH] or wanted[BOX_WIDTH] or wanted[EXTENT]
    has_width = has_box or wanted[WIDTH] or wanted[ASPECT_RATIO] or wanted[INSCRIBED]
    if has_corners or has_width or wanted[SOLIDITY]:
        first = np.empty(box[2] - box[0] + 2, np.int64)
        last = np.empty(box[2] - box[0] + 2, np.int64)
        ends_of_rows(runs, box, first, last)
        vertices = hull_of_rows(first, last)
        values[SOLIDITY] = filled_pixels / lattice_points_in_hull(vertices)
        if has_corners:
            corners = expected_corners(vertices, row_size, col_size)
            if has_perimeter:
                found = crofton_perimeter(crossings[0], crossings[1], crossings[2], row_size, col_size)
                dents = max(found / _hull_perimeter_by_crossings(first, last, row_size, col_size), 1.0)
                values[PERIMETER] = hull_perimeter(corners) * dents
                values[CIRCULARITY] = 4 * math.pi * filled_area / values[PERIMETER] ** 2
            if has_length:
                values[LENGTH] = largest_distance(corners)
            if wanted[CIRCUMSCRIBED]:
                n_corners = len(corners)
                row_mean, col_mean = corners[:, 0].sum() / n_corners, corners[:, 1].sum() / n_corners
                for corner in range(n_corners):
                    corners_out[corner, 0] = corners[corner, 0] - row_mean
                    corners_out[corner, 1] = corners[corner, 1] - col_mean
        if has_width:
            width, box_length, box_width = calipers(vertices, row_size, col_size)
            values[WIDTH], values[BOX_LENGTH], values[BOX_WIDTH] = width, box_length, box_width
            values[ASPECT_RATIO] = values[LENGTH] / width
            values[EXTENT] = filled_area / (box_length * box_width)
            if wanted[INSCRIBED]:
                padded = np.zeros((box[2] - box[0] + 2, box[3] - box[1] + 2), np.uint8)
                paint_runs(padded, runs, box[0] - 1, box[1] - 1, 1)
                values[INSCRIBED] = min(inscribed_radius(padded, row_size, col_size), width / 2)
    return n_corners


@kernel
def _measure_regions(runs, bounds, row_size, col_size, wanted):
    boxes = boxes_of_runs(runs, bounds)
    n_regions = len(bounds) - 1
    values = np.full((n_regions, N_VALUES), np.nan)
    corners = np.empty((2 * len(runs) + 4 * n_regions if wanted[CIRCUMSCRIBED] else 0, 2), np.float32)
    first_of_region = np.zeros(n_regions + 1, np.int64)
    for region in range(n_regions):
        start = first_of_region[region]
        own = runs[bounds[region] : bounds[region + 1]]
        n = _measure_region(own, boxes[region], row_size, col_size, wanted, values[region], corners[start:])
        first_of_region[region + 1] = start + n
    return values, corners, first_of_region


def measure_runs(
    runs: np.ndarray, bounds: np.ndarray, row_size: float, col_size: float, wanted: np.ndarray
) -> np.ndarray:
    """Measure regions, see `_runs` for what they are.

    Parameters
    ----------
    runs : int64 ndarray (n_runs, 3)
    bounds : int64 ndarray (n_regions + 1,)
    row_size, col_size : float
        Height and width of a pixel.
    wanted : bool ndarray (19,)
        Which values are asked for; others may be NaN.

    Returns
    -------
    values : float64 ndarray (n_regions, 19)
    """
    values, corners, first = _measure_regions(runs, bounds, row_size, col_size, wanted)
    if wanted[CIRCUMSCRIBED]:
        first = first.tolist()
        circle = cv2.minEnclosingCircle
        values[:, CIRCUMSCRIBED] = [circle(corners[start:end])[1] for start, end in zip(first, first[1:])]
    return values
