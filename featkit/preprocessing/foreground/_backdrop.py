"""Plain backgrounds: a plane of colour fitted to the border of the image, and what differs from it."""

import functools

import cv2
import numpy as np

from ..._numba import kernel

STRIP = 0.03  # width of the border strip, in shorter sides
FIRST_TOLERANCE = 25.0  # Lab distance to the strip's median, within which pixels count as backdrop at first
LEAST_DISTANCE = 5.0  # Lab distance below which nothing stands out
PLAIN_INLIERS = 0.55  # fraction of the strip that a plain backdrop explains
PLAIN_NOISE = 3.0  # largest noise of a plain backdrop, Lab units
PLAIN_FUZZINESS = 0.5  # largest fraction of pixels near the threshold
PLAIN_AREA = (0.002, 0.9)
SAME_OBJECT = 0.85  # fraction of the object that Otsu's threshold must keep to be trusted with its outline
NO_NOISE = 0.5  # below it, even a single pixel that differs is an object


def fit_backdrop(lab: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Fit a plane of colour over the image to what most of its border shows.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab, L in [0, 100].

    Returns
    -------
    plane : float64 ndarray (3, 3)
        Rows: colour in the middle, change from top to bottom, change from left to right.
    inliers : float
        Fraction of the border strip that the plane explains.
    noise : float
        Root mean square distance of those pixels from the plane, Lab units.
    """
    rows, cols, design = _border_strip(*lab.shape[:2])
    colors = lab[rows, cols].astype(np.float64)
    distances = _lengths(colors - np.median(colors.T.copy(), axis=1))
    is_inlier = distances <= max(FIRST_TOLERANCE, distances.min())
    for _ in range(3):
        kept = np.flatnonzero(is_inlier)  # taken by their index faster than by a mask
        plane = np.linalg.lstsq(design.take(kept, axis=0), colors.take(kept, axis=0), rcond=None)[0]
        distances = _lengths(colors - design @ plane)
        noise = np.sqrt(np.mean(distances[kept] ** 2))
        is_inlier = distances <= max(min(3 * noise, 0.8 * FIRST_TOLERANCE), LEAST_DISTANCE, distances.min())
    return plane, float(is_inlier.mean()), float(noise)


@functools.lru_cache(maxsize=8)
def _border_strip(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of the pixels of the border strip, and the design matrix of a plane over them."""
    strip = max(1, round(STRIP * min(height, width)))
    is_strip = np.zeros((height, width), dtype=bool)
    is_strip[:strip] = is_strip[-strip:] = True
    is_strip[:, :strip] = is_strip[:, -strip:] = True
    rows, cols = np.nonzero(is_strip)
    return rows, cols, np.stack([np.ones(len(rows)), _centered(height)[rows], _centered(width)[cols]], axis=1)


@kernel
def _lengths(vectors):
    lengths = np.empty(len(vectors))
    for i in range(len(vectors)):
        x, y, z = vectors[i]
        lengths[i] = np.sqrt(x * x + y * y + z * z)
    return lengths


def is_flat(lab: np.ndarray) -> bool:
    """Whether nothing in an image (Lab, float32) stands out from its first pixel."""
    return not _stands_out(lab, LEAST_DISTANCE)


@kernel
def _stands_out(lab, least):
    height, width, _ = lab.shape
    for i in range(height):
        for j in range(width):
            for c in range(3):
                if abs(lab[i, j, c] - lab[0, 0, c]) >= least:
                    return True
    return False


def backdrop_distance(lab: np.ndarray, plane: np.ndarray) -> np.ndarray:
    """Lab distance of every pixel from the plane of `fit_backdrop`: float32 (height, width)."""
    return _distance_to_plane(lab, plane)


@kernel
def _distance_to_plane(lab, plane):
    height, width, _ = lab.shape
    distances = np.empty((height, width), np.float32)
    for i in range(height):
        down = (i + 0.5) / height - 0.5
        for j in range(width):
            right = (j + 0.5) / width - 0.5
            light = lab[i, j, 0] - plane[0, 0] - down * plane[1, 0] - right * plane[2, 0]
            red = lab[i, j, 1] - plane[0, 1] - down * plane[1, 1] - right * plane[2, 1]
            yellow = lab[i, j, 2] - plane[0, 2] - down * plane[1, 2] - right * plane[2, 2]
            distances[i, j] = np.sqrt(light * light + red * red + yellow * yellow)
    return distances


def _centered(n: int) -> np.ndarray:
    return (np.arange(n) + 0.5) / n - 0.5


def _otsu_distance(distances: np.ndarray) -> float:
    halves = np.minimum(distances * 2, 255).astype(np.uint8)
    return cv2.threshold(halves, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 2 + 0.5


def border_mask(lab: np.ndarray, small_lab: np.ndarray) -> np.ndarray:
    """Foreground by the distance from the colours of the border, cut at Otsu's threshold.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab, L in [0, 100].
    small_lab : float32 ndarray (small_height, small_width, 3)
        The same image reduced, whose border is looked at.

    Returns
    -------
    mask : bool ndarray (height, width)
        Empty where nothing differs from the backdrop by 5 units of Lab.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground._backdrop import border_mask
    >>> lab = np.zeros((20, 30, 3), dtype=np.float32)
    >>> lab[..., 0] = np.linspace(50, 90, 30)  # light falls off to the left
    >>> lab[5:10, 5:10, 1] = 30
    >>> border_mask(lab, lab).sum()
    np.int64(25)
    """
    distances = backdrop_distance(lab, fit_backdrop(small_lab)[0])
    return distances > max(_otsu_distance(distances), LEAST_DISTANCE)


def plain_backdrop(small_lab: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Backdrop of an image of something on paper, a scanner or black cloth; None for any other image.

    Parameters
    ----------
    small_lab : float32 ndarray (height, width, 3)
        The image reduced to about 200 pixels.

    Returns
    -------
    plane : float64 ndarray (3, 3)
        Of `fit_backdrop`.
    threshold : float
        Distance from which on pixels are foreground.
    """
    plane, inliers, noise = fit_backdrop(small_lab)
    if inliers < PLAIN_INLIERS or noise > PLAIN_NOISE:
        return None
    distances = backdrop_distance(small_lab, plane)
    least_area = PLAIN_AREA[0] if noise > NO_NOISE else 1 / distances.size
    sensitive, sharp = max(4 * noise, LEAST_DISTANCE), max(_otsu_distance(distances), LEAST_DISTANCE)
    for threshold in (sensitive, sharp):
        n_foreground = np.count_nonzero(distances > threshold)
        n_doubtful = np.count_nonzero((distances > 0.6 * threshold) & (distances < 1.6 * threshold))
        if (
            least_area <= n_foreground / distances.size <= PLAIN_AREA[1]
            and n_doubtful <= PLAIN_FUZZINESS * n_foreground
        ):
            keeps_all = np.count_nonzero(distances > sharp) >= SAME_OBJECT * n_foreground
            return plane, max(threshold, sharp) if keeps_all else threshold  # the low one takes blurred edges along
    return None
