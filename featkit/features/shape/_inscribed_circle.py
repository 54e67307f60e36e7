"""The largest circle inside a region of pixels: the pixel furthest from the background, then its exact radius."""

import math

import numpy as np

from ..._numba import kernel


@kernel
def _upright_distances(padded):
    """Distance of each pixel to the next background in its column."""
    height, width = padded.shape
    distances = np.zeros((height, width), dtype=np.int32)
    for row in range(1, height):
        for col in range(width):
            distances[row, col] = (distances[row - 1, col] + 1) * padded[row, col]
    for row in range(height - 2, -1, -1):
        for col in range(width):
            distances[row, col] = min(distances[row, col], distances[row + 1, col] + 1)
    return distances


@kernel
def _squared_distance(upright, col, row_size, col_size):
    """Squared distance of a pixel of a row to the background."""
    nearest = (upright[col] * row_size) ** 2
    step = 1
    while (step * col_size) ** 2 < nearest:
        below = min(upright[col - step], upright[col + step]) * row_size
        nearest = min(nearest, (step * col_size) ** 2 + below**2)
        step += 1
    return nearest


@kernel
def _whole_steps(distance, size):
    """How many pixels surely lie within a distance, whatever its rounding error."""
    return int(distance * (1 - 1e-9) / size)


@kernel
def deepest_pixel(padded, row_size=1.0, col_size=1.0):
    """Pixel that is furthest from the background.

    From one pixel to the next the distance changes by a pixel at most, so that many near one that is not far from the
    background need no look.

    Parameters
    ----------
    padded : uint8 ndarray (height, width)
        0 or 1, with background all around and some foreground.
    row_size, col_size : float, default=1
        Height and width of a pixel.

    Returns
    -------
    row, col : int
        Of equal ones always the same.
    distance : float
        From its centre to that of the nearest background pixel.
    """
    upright = _upright_distances(padded)
    height, width = padded.shape
    deepest_row = deepest_col = 0
    deepest = distance = 0.0
    for stride in (16, 1):  # a few rows first: a good start spares most pixels of the others
        for row in range(1, height - 1, stride):
            start = 0
            for col in range(1, width):
                if padded[row, col]:
                    continue
                margin = _whole_steps(distance, col_size)
                here = start + 1 + margin
                while here < col - margin:
                    bound = min(upright[row, here] * row_size, min(here - start, col - here) * col_size)
                    if bound * bound > deepest:
                        squared = _squared_distance(upright[row], here, row_size, col_size)
                        bound = math.sqrt(squared)
                        if squared > deepest:
                            deepest_row, deepest_col, deepest, distance = row, here, squared, bound
                    here += 1 + _whole_steps(max(distance - bound, 0.0), col_size)
                start = col
    return deepest_row, deepest_col, math.sqrt(deepest)


@kernel
def _outside_points(padded, row, col, radius, row_size, col_size):
    """First background pixel to either side of each row, seen from the rim of a disk that holds none."""
    height, width = padded.shape
    reach = int(radius / row_size) + 2
    wider = radius + 2 * max(row_size, col_size)
    points = np.empty((4 * reach + 2, 2))
    count = 0
    for step in range(-reach, reach + 1):
        here = row + step
        start = int(math.sqrt(max(radius * radius - (step * row_size) ** 2, 0.0)) / col_size)
        end = int(math.sqrt(max(wider * wider - (step * row_size) ** 2, 0.0)) / col_size)
        for side in (-1, 1):
            for distance in range(start, end + 1):
                there = col + side * distance
                if not (0 <= here < height and 0 <= there < width and padded[here, there]):
                    points[count, 0], points[count, 1] = here, there
                    count += 1
                    break
    return points[:count]


@kernel
def inscribed_radius(padded, row_size=1.0, col_size=1.0):
    """Radius of the largest disk inside, refined from the pixel that is furthest from the background.

    Its centre is sought on a grid of 1/8 pixel around that pixel. The edge is put halfway between the background pixel
    it touches and the foreground behind: half a pixel along straight upright sides, hardly anything along curves.

    Parameters
    ----------
    padded : uint8 ndarray (height, width)
        See `deepest_pixel`.
    row_size, col_size : float, default=1
        Height and width of a pixel.

    Returns
    -------
    radius : float
    """
    row, col, radius = deepest_pixel(padded, row_size, col_size)
    points = _outside_points(padded, row, col, radius, row_size, col_size)
    largest = -1.0
    normal_row = normal_col = touch_row = touch_col = 0.0
    for i in range(-4, 5):
        for j in range(-4, 5):
            center_row, center_col = row + i / 8, col + j / 8
            nearest = math.inf
            index = 0
            for k in range(len(points)):
                away_row, away_col = (points[k, 0] - center_row) * row_size, (points[k, 1] - center_col) * col_size
                squared = away_row**2 + away_col**2
                if squared < nearest:
                    nearest, index = squared, k
            nearest = math.sqrt(nearest)
            if nearest > largest:
                largest = nearest
                touch_row, touch_col = points[index]
                normal_row = (touch_row - center_row) * row_size / nearest
                normal_col = (touch_col - center_col) * col_size / nearest
    gap = max(row_size, col_size)
    for here in range(max(int(touch_row) - 5, 0), min(int(touch_row) + 6, padded.shape[0])):
        for there in range(max(int(touch_col) - 5, 0), min(int(touch_col) + 6, padded.shape[1])):
            if padded[here, there]:
                behind = (touch_row - here) * row_size * normal_row + (touch_col - there) * col_size * normal_col
                gap = min(gap, max(behind, 0.0))
    return largest - gap / 2
