"""The outline of an object as a closed curve: traced, smoothed, at equal steps."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..shape.measures import PixelSize, check_pixel_size


def outline(mask: np.ndarray) -> np.ndarray | None:
    """Outer outline of the object that encloses most; of equal ones the first, row by row.

    Parameters
    ----------
    mask : bool ndarray (height, width)

    Returns
    -------
    points : float64 ndarray (n_points, 2) or None
        (row, col) of the pixel centres along the outline, neighbours at most one pixel apart in row and column,
        anticlockwise as seen; parts one pixel wide are passed twice, there and back. None for an empty mask and
        where nothing is enclosed: single pixels, pixels in line.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour._outline import outline
    >>> mask = np.zeros((4, 4), dtype=bool)
    >>> mask[1:3, 1:3] = True
    >>> outline(mask)
    array([[1., 1.], [2., 1.], [2., 2.], [1., 2.]])
    >>> outline(np.eye(4, dtype=bool)) is None
    True
    """
    contours, _ = cv2.findContours(np.ascontiguousarray(mask).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(contour) for contour in contours]
    most = max(areas, default=0)
    if most == 0:
        return None
    largest = [contour[:, 0, ::-1] for contour, area in zip(contours, areas, strict=True) if area == most]
    return min(largest, key=lambda points: points[0].tolist()).astype(np.float64)


def evenly_spaced(points: np.ndarray, n_points: int) -> np.ndarray:
    """Points at equal steps along a closed curve, the first one kept.

    Parameters
    ----------
    points : float64 ndarray (n, 2)
    n_points : int

    Returns
    -------
    points : float64 ndarray (n_points, 2)
    """
    closed = np.concatenate([points, points[:1]])
    position = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    wanted = np.arange(n_points) * (position[-1] / n_points)
    return np.stack([np.interp(wanted, position, closed[:, axis]) for axis in (0, 1)], axis=1)


def smooth_closed(values: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian mean along a closed curve, by FFT: for many samples at a large sigma.

    Parameters
    ----------
    values : float64 ndarray (n, ...)
        Best a power of 2 of samples: lengths with large prime factors are slow.
    sigma : float
        In samples.

    Returns
    -------
    smooth : float64 ndarray (n, ...)
    """
    frequency = np.fft.rfftfreq(len(values)).reshape(-1, *[1] * (values.ndim - 1))
    return np.fft.irfft(
        np.fft.rfft(values, axis=0) * np.exp(-2 * (np.pi * sigma * frequency) ** 2), len(values), axis=0
    )


def pixel_ratio(pixel_size: PixelSize) -> float:
    """Width of a pixel by its height; 1 where they are not known."""
    height, width = check_pixel_size(pixel_size)
    return 1.0 if np.isnan(height) else width / height


def smooth_outline(points: np.ndarray, n_points: int, ratio: float = 1.0) -> np.ndarray:
    """Outline at equal steps, without the stairs of the pixels and moved from their centres out to their edges.

    Parameters
    ----------
    points : float64 ndarray (n, 2)
        See `outline`.
    n_points : int
    ratio : float, default=1.0
        Width of a pixel by its height.

    Returns
    -------
    points : float64 ndarray (n_points, 2)
        (row, col) in heights of a pixel, smoothed by a Gaussian of 1 pixel, then moved outwards by half a pixel.
    """
    smooth = gaussian_filter1d(points, 1.0, axis=0, mode="wrap", truncate=6)  # an FFT is slow at some lengths
    points = evenly_spaced(smooth, n_points)
    along = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    length = np.maximum(np.hypot(*along.T), 1e-9)
    points = points + 0.5 * np.stack([along[:, 1], -along[:, 0]], axis=1) / length[:, np.newaxis]
    return points if ratio == 1 else evenly_spaced(points * [1.0, ratio], n_points)
