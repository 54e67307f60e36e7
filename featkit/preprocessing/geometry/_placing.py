"""Ink laid on a canvas: upright, of one size, its centre in the middle."""

import math

import numpy as np

from ..._numba import kernel

_MAX_SLANT = 1.0
_IN_THE_BOX = 0.3  # ink from which a pixel belongs to the box around the drawing


@kernel
def _mass_and_slant(ink):
    """Centre of mass (row, col), and columns by which the drawing moves right per row."""
    height, width = ink.shape
    total, row_sum, col_sum = 0.0, 0.0, 0.0
    for row in range(height):
        for col in range(width):
            total += ink[row, col]
            row_sum += ink[row, col] * row
            col_sum += ink[row, col] * col
    middle_row, middle_col = row_sum / total, col_sum / total
    row_variance, covariance = 0.0, 0.0
    for row in range(height):
        for col in range(width):
            row_variance += ink[row, col] * (row - middle_row) ** 2
            covariance += ink[row, col] * (row - middle_row) * (col - middle_col)
    slant = covariance / row_variance if row_variance > 1e-6 * total else 0.0
    return middle_row, middle_col, min(max(slant, -_MAX_SLANT), _MAX_SLANT)


@kernel
def _box_when_upright(ink, middle_row, middle_col, slant):
    """Sides of the drawing (top, left, bottom, right) relative to the centre of mass after the shear."""
    top, left, bottom, right = math.inf, math.inf, -math.inf, -math.inf
    for row in range(ink.shape[0]):
        for col in range(ink.shape[1]):
            if ink[row, col] > _IN_THE_BOX:
                down = row - middle_row
                across = col - middle_col - slant * down
                top, bottom = min(top, down - 0.5), max(bottom, down + 0.5)
                left, right = min(left, across - 0.5), max(right, across + 0.5)
    return top, left, bottom, right


@kernel
def _nearest_to_mass(low, high, room):
    """Point of a side low..high nearest to 0 that can be in the middle of a room without the side leaving it."""
    slack = max(0.0, room - (high - low)) / 2
    return min(max(0.0, (low + high) / 2 - slack), (low + high) / 2 + slack)


@kernel
def _interpolated(plane, row, col):
    """Bilinear interpolation; 0 beyond the border."""
    height, width = plane.shape
    first_row, first_col = math.floor(row), math.floor(col)
    value = 0.0
    for near_row in (first_row, first_row + 1):
        for near_col in (first_col, first_col + 1):
            if 0 <= near_row < height and 0 <= near_col < width:
                value += (1 - abs(row - near_row)) * (1 - abs(col - near_col)) * plane[near_row, near_col]
    return value


@kernel
def place_ink(ink, height, width, margin, aspect, deskew, by_mass):
    """Lay the ink onto the canvas: upright, in its box, its centre in the middle; area averages where it shrinks."""
    canvas = np.zeros((height, width), np.uint8)
    if ink.max() <= _IN_THE_BOX:
        return canvas
    middle_row, middle_col, slant = _mass_and_slant(ink)
    if not deskew:
        slant = 0.0
    top, left, bottom, right = _box_when_upright(ink, middle_row, middle_col, slant)
    ratio = ((right - left) / (bottom - top)) ** aspect
    box_height = (1 - 2 * margin) * min(height, width / ratio)
    down_step, right_step = (bottom - top) / box_height, (right - left) / (ratio * box_height)
    down, across = (top + bottom) / 2, (left + right) / 2
    if by_mass:
        down = _nearest_to_mass(top, bottom, height * down_step)
        across = _nearest_to_mass(left, right, width * right_step)
    fine_rows, fine_cols = math.ceil(down_step - 1e-6), math.ceil(right_step - 1e-6)
    for row in range(height):
        for col in range(width):
            total = 0.0
            for fine_row in range(fine_rows):
                y = down + down_step * (row + (fine_row + 0.5) / fine_rows - height / 2)
                for fine_col in range(fine_cols):
                    x = across + right_step * (col + (fine_col + 0.5) / fine_cols - width / 2)
                    total += _interpolated(ink, middle_row + y, middle_col + x + slant * y)
            canvas[row, col] = math.floor(255 * total / (fine_rows * fine_cols) + 0.5)
    return canvas
