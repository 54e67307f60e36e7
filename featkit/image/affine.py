"""Affine maps: points through a map, and an image resampled through one by area averages.

A map is a float64 array (2, 3) in (row, col) order: ``image = map[:, :2] @ canvas + map[:, 2]``, the centre of the
first pixel being (0, 0) on both sides.
"""

import math
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from .._numba import kernel
from ..exceptions import shown
from .checks import Image, full_light
from .conversions import to_float

HALF = 0.5 - 1e-5  # of a pixel of a mask, whatever the rounding of float32
_INVISIBLE = 0.5 / 255  # alpha that uint8 rounds to 0 is 0 in every dtype


@kernel
def _taps(n_canvas, n_image, step, offset):
    """How the pixels of an image's axis sum up to those of a canvas: first pixel, weights and their total for each."""
    fine = max(1, math.ceil(step - 1e-6))
    share, beyond = 1 / fine, 0.5 + 1e-6 * n_image
    first = np.zeros(n_canvas, np.int64)
    weights = np.zeros((n_canvas, math.ceil(step) + 2), np.float32)
    inside = np.zeros(n_canvas, np.float32)
    for pixel in range(n_canvas):
        for k in range(fine):
            place = step * (pixel + (k + 0.5) / fine - 0.5) + offset
            if place < -beyond or place > n_image - 1 + beyond:
                continue
            place = min(max(place, 0.0), n_image - 1)
            lower = int(place)
            upper = min(lower + 1, n_image - 1)
            if inside[pixel] == 0:
                first[pixel] = lower
            weights[pixel, lower - first[pixel]] += share * (1 - (place - lower))
            weights[pixel, upper - first[pixel]] += share * (place - lower)
            inside[pixel] += share
    return first, weights, inside


@kernel
def _sum_of_pixels(line, first, weights, canvas):
    channels = canvas.shape[1]
    for pixel in range(len(canvas)):
        for tap in range(weights.shape[1]):
            start = (first[pixel] + tap) * channels
            for channel in range(channels):
                canvas[pixel, channel] += weights[pixel, tap] * line[start + channel]


@kernel
def _sum_of_rgba(line, first, weights, canvas):
    """`_sum_of_pixels` for four channels: three times as fast, since they stay in registers."""
    one = np.uint64(1)
    for pixel in range(len(canvas)):
        red = green = blue = alpha = np.float32(0)
        start = np.uint64(4) * np.uint64(first[pixel])
        for tap in range(weights.shape[1]):
            weight = weights[pixel, tap]
            red += weight * line[start]
            green += weight * line[start + one]
            blue += weight * line[start + one + one]
            alpha += weight * line[start + one + one + one]
            start += np.uint64(4)
        canvas[pixel, 0], canvas[pixel, 1], canvas[pixel, 2], canvas[pixel, 3] = red, green, blue, alpha


@kernel
def _fill_planes(pixels, scale, line):
    """A row of an image as float32, the channels of a pixel side by side; RGBA is multiplied by its alpha."""
    values = pixels.reshape(-1)  # flat arrays make this SIMD
    if pixels.shape[1] == 4:
        for col in range(len(pixels)):
            alpha = np.float32(values[4 * col + 3]) * scale
            line[4 * col] = np.float32(values[4 * col]) * scale * alpha
            line[4 * col + 1] = np.float32(values[4 * col + 1]) * scale * alpha
            line[4 * col + 2] = np.float32(values[4 * col + 2]) * scale * alpha
            line[4 * col + 3] = alpha
    else:
        for k in range(len(values)):
            line[k] = np.float32(values[k]) * scale


@kernel
def _aligned_average(image, scale, affine_map, height, width):
    """`_area_average` where rows stay rows: first along the rows' axis, then along the columns'.

    It takes the image itself; each row becomes float32 when it is needed, which stays in the nearest cache.
    """
    n_rows, n_cols, channels = image.shape
    first_row, row_weights, rows_inside = _taps(height, n_rows, affine_map[0, 0], affine_map[0, 2])
    first_col, col_weights, cols_inside = _taps(width, n_cols, affine_map[1, 1], affine_map[1, 2])
    n_taps = row_weights.shape[1]
    planes = np.empty((n_taps, n_cols * channels), np.float32)
    row_of_planes = np.full(n_taps, -1)
    line = np.zeros((n_cols + col_weights.shape[1]) * channels, np.float32)  # the last pixels' taps reach beyond
    canvas = np.zeros((height, width, channels), np.float32)
    for row in range(height):
        line[:] = 0
        for tap in range(n_taps):
            weight = row_weights[row, tap]
            if weight > 0:
                image_row = first_row[row] + tap
                source = planes[image_row % n_taps]
                if row_of_planes[image_row % n_taps] != image_row:
                    row_of_planes[image_row % n_taps] = image_row
                    _fill_planes(image[image_row], scale, source)
                for k in range(len(source)):
                    line[k] += weight * source[k]
        if channels == 4:
            _sum_of_rgba(line, first_col, col_weights, canvas[row])
        else:
            _sum_of_pixels(line, first_col, col_weights, canvas[row])
    return canvas, rows_inside.reshape(height, 1) * cols_inside


@kernel
def _area_average(planes, affine_map, height, width):
    """Mean over every canvas pixel of the bilinear interpolant (0 beyond the image), and the fraction inside the image.

    Each canvas pixel is sampled on a grid that is no coarser than the pixels of the image.
    """
    last_row, last_col, channels = planes.shape[0] - 1, planes.shape[1] - 1, planes.shape[2]
    fine_rows = max(1, math.ceil(math.hypot(affine_map[0, 0], affine_map[1, 0]) - 1e-6))
    fine_cols = max(1, math.ceil(math.hypot(affine_map[0, 1], affine_map[1, 1]) - 1e-6))
    n_fine = fine_rows * fine_cols
    share = np.float32(1 / n_fine)
    beyond = 0.5 + 1e-6 * (1 + max(last_row, last_col))
    downwards, rightwards = np.empty(n_fine), np.empty(n_fine)
    for fine in range(n_fine):
        downwards[fine], rightwards[fine] = (fine // fine_cols + 0.5) / fine_rows, (fine % fine_cols + 0.5) / fine_cols
    canvas, inside = np.zeros((height, width, channels), np.float32), np.zeros((height, width), np.float32)
    for row in range(height):
        for col in range(width):
            count = 0
            for fine in range(n_fine):
                down, right = row + downwards[fine] - 0.5, col + rightwards[fine] - 0.5
                y = affine_map[0, 0] * down + affine_map[0, 1] * right + affine_map[0, 2]
                x = affine_map[1, 0] * down + affine_map[1, 1] * right + affine_map[1, 2]
                if y < -beyond or x < -beyond or y > last_row + beyond or x > last_col + beyond:
                    continue
                count += 1
                y, x = min(max(y, 0.0), last_row), min(max(x, 0.0), last_col)
                top, left = int(y), int(x)
                bottom, end = min(top + 1, last_row), min(left + 1, last_col)
                low, far = np.float32(y - top), np.float32(x - left)
                for channel in range(channels):
                    above = planes[top, left, channel]
                    above += far * (planes[top, end, channel] - above)
                    below = planes[bottom, left, channel]
                    below += far * (planes[bottom, end, channel] - below)
                    canvas[row, col, channel] += above + low * (below - above)
            inside[row, col] = count * share
            for channel in range(channels):
                canvas[row, col, channel] *= share
    return canvas, inside


def checked_map(affine_map: ArrayLike) -> np.ndarray:
    """An affine map as float64, or an error where its shape is another: kernels would read beyond it."""
    affine_map = np.ascontiguousarray(affine_map, dtype=np.float64)
    if affine_map.shape != (2, 3):
        raise ValueError(f"Expected an affine map of shape (2, 3) in (row, col) order, got shape {affine_map.shape}.")
    return affine_map


def transform_points(points: ArrayLike, affine_map: ArrayLike) -> np.ndarray:
    """Map points (row, col) by an affine map, such as points found in a crop to the image.

    Parameters
    ----------
    points : array-like (n_points, 2) or (2,)
        (row, col), the centre of the first pixel being (0, 0).
    affine_map : ndarray (2, 3)
        See `featkit.preprocessing.geometry.foreground_crop_map`.

    Returns
    -------
    points : float64 ndarray of the same shape
        (row, col) behind the map.

    See Also
    --------
    warp_affine : Applies a map to an image.
    featkit.preprocessing.geometry.foreground_crop_map : A map from crop to image.

    Examples
    --------
    >>> from featkit.image import transform_points
    >>> transform_points([[0, 0], [4, 2]], [[0.5, 0, 1.75], [0, 0.5, 2.75]])
    array([[1.75, 2.75],
           [3.75, 3.75]])
    """
    affine_map = checked_map(affine_map)
    points = np.asarray(points, dtype=np.float64)
    if points.ndim == 0 or points.shape[-1] != 2:
        raise ValueError(f"Expected points (row, col) of shape (n_points, 2) or (2,), got {points.shape}.")
    return points @ affine_map[:, :2].T + affine_map[:, 2]


def warp_affine(image: Image, affine_map: ArrayLike, height: int, width: int) -> Image:
    """Warp an image by an affine map with area-averaging antialiasing; output pixel p samples the input at map(p).

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    affine_map : ndarray (2, 3)
        From the canvas to the image, see `featkit.preprocessing.geometry.foreground_crop_map`; NaN gives an empty
        canvas.
    height, width : int
        Size of the canvas.

    Returns
    -------
    canvas : ndarray (height, width, 4)
        RGBA in the dtype of the image, transparent beyond its borders; a bool mask (height, width) for a mask.

    See Also
    --------
    transform_points : Applies a map to points.
    featkit.preprocessing.geometry.resize : Without turning.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import warp_affine
    >>> warp_affine(np.eye(4), np.array([[2, 0, 0.5], [0, 2, 0.5]]), 2, 2)[..., 0]
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    affine_map = checked_map(affine_map)
    if not (isinstance(height, Integral) and isinstance(width, Integral) and min(height, width) > 0):
        raise ValueError(f"Expected height and width as integers >= 1, got {shown(height)} and {shown(width)}.")
    height, width = int(height), int(width)
    is_mask = image.dtype.kind == "b"
    image, affine_map = needed_part(image, affine_map, height, width)
    if image.size == 0:
        return np.zeros((height, width) if is_mask else (height, width, 4), dtype=image.dtype)
    planes = image if image.ndim == 3 else image[..., np.newaxis]
    has_alpha = planes.shape[2] == 4
    if affine_map[0, 1] == affine_map[1, 0] == 0 and affine_map[0, 0] > 0 and affine_map[1, 1] > 0:
        scale = np.float32(1 / full_light(image.dtype))
        planes, inside = _aligned_average(np.ascontiguousarray(planes), scale, affine_map, height, width)
    else:
        planes = premultiplied(planes) if has_alpha else np.ascontiguousarray(to_float(planes))
        planes, inside = _area_average(planes, affine_map, height, width)
    if is_mask:
        return planes[..., 0] >= HALF
    if has_alpha:
        canvas = planes
    else:
        canvas = np.empty((height, width, 4), dtype=np.float32)
        canvas[..., :3] = planes
        canvas[..., 3] = inside
    return unpremultiplied(canvas, image.dtype)


def needed_part(image: Image, affine_map: np.ndarray, height: int, width: int) -> tuple[Image, np.ndarray]:
    """The part of the image that a canvas shows, with a pixel around it, and the map to that part."""
    ends = [(row, col) for row in (-0.5, height - 0.5) for col in (-0.5, width - 0.5)]
    part, first = [], []
    for n_pixels, (by_row, by_col, offset) in zip(image.shape, affine_map.tolist()):  # few numbers: faster than arrays
        places = [by_row * row + by_col * col + offset for row, col in ends]
        if not all(map(math.isfinite, places)):
            return image[:0], affine_map
        first.append(min(max(math.floor(min(places)) - 1, 0), n_pixels))
        part.append(slice(first[-1], min(max(math.ceil(max(places)) + 2, 0), n_pixels)))
    part_map = affine_map.copy()
    part_map[:, 2] -= first
    return image[tuple(part)], part_map


def premultiplied(image: Image) -> np.ndarray:
    """RGBA as float32 in [0, 1], the colours multiplied by alpha."""
    return _premultiplied(np.ascontiguousarray(image), np.float32(1 / full_light(image.dtype)))


@kernel
def _premultiplied(image, scale):
    planes = np.empty(image.shape, np.float32)
    for row in range(len(image)):
        _fill_planes(image[row], scale, planes[row].reshape(-1))
    return planes


def unpremultiplied(planes, dtype):
    """The inverse of `premultiplied`, in a dtype; all 0 where alpha is next to none."""
    image = np.empty(planes.shape, dtype)
    _unpremultiply(planes.reshape(-1), np.float32(full_light(dtype)), dtype.kind == "u", image.reshape(-1))
    return image


@kernel
def _unpremultiply(planes, white, is_whole, image):
    zero, one = np.float32(0), np.float32(1)
    for k in range(len(planes) // 4):
        alpha = planes[4 * k + 3]
        is_visible = alpha >= np.float32(_INVISIBLE)
        divisor = alpha if is_visible else one
        factor = white if is_visible else zero
        red = min(planes[4 * k] / divisor, one) * factor
        green = min(planes[4 * k + 1] / divisor, one) * factor
        blue = min(planes[4 * k + 2] / divisor, one) * factor
        full = min(alpha, one) * factor
        image[4 * k] = np.rint(red) if is_whole else red
        image[4 * k + 1] = np.rint(green) if is_whole else green
        image[4 * k + 2] = np.rint(blue) if is_whole else blue
        image[4 * k + 3] = np.rint(full) if is_whole else full


def from_float(planes: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Values in [0, 1] in the range of a dtype, rounded where that is one of integers."""
    np.clip(planes, 0, 1, out=planes)
    return np.rint(planes * full_light(dtype)).astype(dtype) if dtype.kind == "u" else planes.astype(dtype)
