"""Thresholding: Otsu's, Li's and the triangle method for the whole image, Sauvola's for every pixel.

They take gray levels of uint8, or of uint16 in all their levels, see `featkit.image.gray_levels.fine_gray_levels`.
"""

import cv2
import numpy as np

from ...image.checks import full_light
from ...image.gray_levels import count_levels
from ...image.masks.extents import foreground_and_border

SAUVOLA_K = 0.2  # how far below the mean the threshold lies where there is no contrast
SAUVOLA_RANGE = 128.0  # largest standard deviation of gray levels 0..255
TRIANGLE_LEVELS = 256  # a histogram of more has no smooth flanks
SAUVOLA_WINDOW = 8  # windows in the shorter side


def rarer_on_border(is_bright: np.ndarray) -> np.ndarray:
    """The bright or the dark pixels, whichever are rarer on the border; the dark ones of two alike, no one's of one.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground.thresholds import is_above_otsu, rarer_on_border
    >>> paper = np.full((20, 20), 250, dtype=np.uint8)
    >>> paper[5:9, 5:9] = 30
    >>> rarer_on_border(is_above_otsu(paper)).sum(), rarer_on_border(is_above_otsu(255 - paper)).sum()
    (np.int64(16), np.int64(16))
    """
    n_bright, on_border = foreground_and_border(is_bright)
    if n_bright in (0, is_bright.size):
        return np.zeros_like(is_bright)
    return is_bright if on_border < 0.5 else ~is_bright


def _level_counts(gray: np.ndarray) -> np.ndarray:
    if gray.dtype == np.uint8:
        return count_levels(gray.reshape(-1))
    return np.bincount(gray.reshape(-1), minlength=int(full_light(gray.dtype)) + 1)


def is_above_otsu(gray: np.ndarray) -> np.ndarray:
    """Otsu's threshold: pixels above the level of largest variance between the two classes.

    Parameters
    ----------
    gray : uint8 or uint16 ndarray (height, width)
        Gray levels.

    Returns
    -------
    is_bright : bool ndarray (height, width)
        All alike where the image has one level.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE TSMC 9(1), 1979,
    doi:10.1109/TSMC.1979.4310076.
    """
    if gray.dtype == np.uint8:
        return cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1].view(bool)
    counts = _level_counts(gray)
    n_dark, total = np.cumsum(counts), counts.sum()
    sum_dark = np.cumsum(counts * np.arange(len(counts)))
    n_bright = total - n_dark
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sum_dark * float(total) - n_dark * float(sum_dark[-1])) ** 2 / (n_dark * n_bright.astype(float))
    return gray > np.argmax(np.where(n_dark * n_bright > 0, between, -1.0))


def is_above_li(gray: np.ndarray) -> np.ndarray:
    """Li's threshold: pixels above the level of least cross-entropy between the image and its two classes' means.

    Parameters
    ----------
    gray : uint8 or uint16 ndarray (height, width)
        Gray levels.

    Returns
    -------
    is_bright : bool ndarray (height, width)
        All False where the image has one level.

    References
    ----------
    Li, Tam 1998, "An iterative algorithm for minimum cross entropy thresholding", doi:10.1016/S0167-8655(98)00057-9.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground.thresholds import is_above_li
    >>> is_above_li(np.array([[10, 12, 200, 210]], dtype=np.uint8))
    array([[False, False,  True,  True]])
    """
    counts = _level_counts(gray)
    levels = np.arange(len(counts)) - np.flatnonzero(counts)[0]  # seen from the darkest: the mean's logarithm is taken
    threshold, previous = (counts * levels).sum() / counts.sum(), -1.0
    while abs(threshold - previous) > 0.5:
        is_bright = levels > threshold
        if not counts[is_bright].any():
            break
        dark, bright = ((counts * levels)[part].sum() / counts[part].sum() for part in (~is_bright, is_bright))
        if dark == 0:
            break
        previous, threshold = threshold, (bright - dark) / np.log(bright / dark)
    return (levels > threshold)[gray]


def is_above_triangle(gray: np.ndarray) -> np.ndarray:
    """Triangle threshold: pixels above the level where the histogram is farthest below the line from peak to far end.

    Made for a background of one peak and an object that is small or has no peak of its own.

    Parameters
    ----------
    gray : uint8 or uint16 ndarray (height, width)
        Gray levels; uint16 are counted in 256 intervals of their own range.

    Returns
    -------
    is_bright : bool ndarray (height, width)
        All False where the image has one level.

    Notes
    -----
    The far end is the last occupied level on the longer side of the peak; of equally far levels the one nearest to that
    end is taken. The thresholds are those of scikit-image's ``threshold_triangle``.

    References
    ----------
    Zack, Rogers, Latt 1977, "Automatic measurement of sister chromatid exchange frequency", doi:10.1177/25.7.70454.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground.thresholds import is_above_triangle
    >>> paper = np.full((20, 20), 250, dtype=np.uint8)
    >>> paper[5:9, 5:9] = 30
    >>> (~is_above_triangle(paper)).sum()
    np.int64(16)
    """
    low, high = int(gray.min()), int(gray.max())
    if gray.dtype != np.uint8 and high > low:
        gray = ((gray.astype(np.int64) - low) * (TRIANGLE_LEVELS - 1) // (high - low)).astype(np.uint8)
        low, high = 0, TRIANGLE_LEVELS - 1
    counts = _level_counts(gray)[low : high + 1]
    peak = int(np.argmax(counts))
    is_turned = peak < len(counts) - 1 - peak  # the far end shall be the first level
    if is_turned:
        counts, peak = counts[::-1], len(counts) - 1 - peak
    depths = counts[peak] * np.arange(peak + 1) - peak * counts[: peak + 1]
    level = int(np.argmax(depths))
    return gray > low + (len(counts) - 1 - level if is_turned else level)


def sauvola_mask(gray: np.ndarray) -> np.ndarray:
    """Pixels clearly darker than their surroundings, or clearly brighter: ink or chalk under uneven light.

    The threshold of a pixel is ``m (1 + 0.2 (s / 128 - 1))`` with the mean m and the standard deviation s of a window
    around it, an eighth of the shorter side wide. Where the largest departures from the mean are to the bright side
    (their third power is positive on average), the image is inverted first.

    Parameters
    ----------
    gray : uint8 or uint16 ndarray (height, width)
        Gray levels.

    Returns
    -------
    mask : bool ndarray (height, width)

    References
    ----------
    Sauvola, Pietikäinen 2000, "Adaptive document image binarization", doi:10.1016/S0031-3203(99)00055-2.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground.thresholds import sauvola_mask
    >>> side_light = np.tile(np.linspace(60, 250, 80).astype(np.uint8), (40, 1))
    >>> side_light[20, 10] //= 2
    >>> side_light[20, 70] //= 2
    >>> np.argwhere(sauvola_mask(side_light)).tolist()
    [[20, 10], [20, 70]]
    """
    white = full_light(gray.dtype)
    light = gray * (255 / white)
    mean = _window_mean(light)
    if ((light - mean) ** 3).mean() > 0:
        light, mean = 255 - light, 255 - mean
    deviation = np.sqrt(np.maximum(_window_mean(light**2) - mean**2, 0))
    return light < mean * (1 + SAUVOLA_K * (deviation / SAUVOLA_RANGE - 1))


def _window_mean(plane: np.ndarray) -> np.ndarray:
    side = max(2 * (min(plane.shape) // (2 * SAUVOLA_WINDOW)) + 1, 3)
    return cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT)
