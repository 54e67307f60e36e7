"""Fast guided filter: bring a coarse mask back to full size along the edges of the image."""

import cv2
import numpy as np

from ..._numba import kernel, kernel_free_division


@kernel
def _products(guide, values):
    """Planes to be averaged: guide (3) and value; guide times value (3), guide times guide (6): fours and the last."""
    height, width, _ = guide.shape
    fours = np.empty((3, height, width, 4), np.float32)
    last = np.empty((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            first, second, third, value = guide[i, j, 0], guide[i, j, 1], guide[i, j, 2], values[i, j]
            cell = fours[0, i, j]
            cell[0], cell[1], cell[2], cell[3] = first, second, third, value
            cell = fours[1, i, j]
            cell[0], cell[1], cell[2] = first * value, second * value, third * value
            cell[3] = first * first
            cell = fours[2, i, j]
            cell[0], cell[1], cell[2], cell[3] = first * second, first * third, second * second, second * third
            last[i, j] = third * third
    return fours, last


@kernel_free_division
def _local_lines(firsts, seconds, thirds, lasts, regularization):
    """Least squares ``value = slope . guide + offset`` in every window, by Cramer's rule, of means of `_products`."""
    height, width = lasts.shape
    lines = np.empty((height, width, 4), np.float32)
    for i in range(height):
        for j in range(width):
            m, n, o = firsts[i, j], seconds[i, j], thirds[i, j]
            a, b, c, value = np.float64(m[0]), np.float64(m[1]), np.float64(m[2]), np.float64(m[3])
            xx = n[3] - a * a + regularization
            xy = o[0] - a * b
            xz = o[1] - a * c
            yy = o[2] - b * b + regularization
            yz = o[3] - b * c
            zz = lasts[i, j] - c * c + regularization
            x, y, z = n[0] - a * value, n[1] - b * value, n[2] - c * value
            minor_x, minor_y, minor_z = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
            determinant = xx * minor_x + xy * minor_y + xz * minor_z
            slope_x = (minor_x * x + minor_y * y + minor_z * z) / determinant
            slope_y = (minor_y * x + (xx * zz - xz * xz) * y + (xy * xz - xx * yz) * z) / determinant
            slope_z = (minor_z * x + (xy * xz - xx * yz) * y + (xx * yy - xy * xy) * z) / determinant
            line = lines[i, j]
            line[0], line[1], line[2] = slope_x, slope_y, slope_z
            line[3] = value - slope_x * a - slope_y * b - slope_z * c
    return lines


@kernel
def _follow_lines(lines, guide):
    height, width, _ = guide.shape
    result = np.empty((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            value = (
                lines[i, j, 0] * guide[i, j, 0]
                + lines[i, j, 1] * guide[i, j, 1]
                + lines[i, j, 2] * guide[i, j, 2]
                + lines[i, j, 3]
            )
            result[i, j] = min(max(value, np.float32(0)), np.float32(1))
    return result


def guided_upsampling(
    values: np.ndarray, small_guide: np.ndarray, guide: np.ndarray, radius: int = 7, regularization: float = 10.0
) -> np.ndarray:
    """Enlarge a map so that its edges follow those of a colour image.

    In every window of the small image the map is fitted as a linear function of the three colour channels; the
    smoothed coefficients are enlarged and applied to the full image.

    Parameters
    ----------
    values : float32 ndarray (small_height, small_width)
        The map, in [0, 1].
    small_guide : float32 ndarray (small_height, small_width, 3)
        The image at the size of `values`, such as CIE Lab.
    guide : float32 ndarray (height, width, 3)
        The image at full size, on the same scale.
    radius : int, default=7
        Half width of the window, in pixels of the small image.
    regularization : float, default=10
        Variance below which edges of the guide are ignored, in its units.

    Returns
    -------
    values : float32 ndarray (height, width)
        In [0, 1].

    References
    ----------
    K. He, J. Sun, X. Tang, "Guided image filtering", IEEE TPAMI 35(6), 2013, doi:10.1109/TPAMI.2012.213;
    K. He, J. Sun, "Fast guided filter", 2015, arXiv:1505.00996.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground._guided import guided_upsampling
    >>> picture = np.zeros((40, 60, 3), dtype=np.float32)
    >>> picture[:, 31:] = 100
    >>> small = picture[::2, ::2]
    >>> enlarged = guided_upsampling(small[..., 0] / 100, small, picture)
    >>> enlarged.shape, float(enlarged[20, 30]) < 0.1, float(enlarged[20, 31]) > 0.9
    ((40, 60), True, True)
    """
    window = (2 * radius + 1, 2 * radius + 1)
    fours, last = _products(small_guide, values)  # OpenCV has a shorter loop for four channels than for thirteen
    means = [cv2.blur(planes, window) for planes in (*fours, last)]
    lines = _local_lines(*means, regularization)
    lines = cv2.resize(cv2.blur(lines, window), guide.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return _follow_lines(lines, guide)
