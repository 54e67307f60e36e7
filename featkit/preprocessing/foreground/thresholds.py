"""Thresholds of brightness: Otsu's, Li's and the triangle's for the whole picture, Sauvola's for every pixel."""

import cv2
import numpy as np

from ...image.masks import border_fraction
from ..light._tones import N_LEVELS, level_counts

SAUVOLA_K = 0.2  # how far below the mean the threshold lies where there is no contrast
SAUVOLA_RANGE = 128.0  # largest standard deviation of gray levels 0..255
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
    if is_bright.all() or not is_bright.any():
        return np.zeros_like(is_bright)
    return is_bright if border_fraction(is_bright) < 0.5 else ~is_bright


def is_above_otsu(gray: np.ndarray) -> np.ndarray:
    """Pixels above the threshold of most variance between the two classes.

    Parameters
    ----------
    gray : uint8 ndarray (height, width)

    Returns
    -------
    is_bright : bool ndarray (height, width)
        All alike where the picture has one level.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE TSMC 9(1), 1979,
    doi:10.1109/TSMC.1979.4310076.
    """
    return cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1].view(bool)


def is_above_li(gray: np.ndarray) -> np.ndarray:
    """Pixels above the threshold of least cross-entropy between a picture and its two classes' means.

    Parameters
    ----------
    gray : uint8 ndarray (height, width)

    Returns
    -------
    is_bright : bool ndarray (height, width)
        All False where the picture has one level.

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
    counts = level_counts(gray)
    levels = np.arange(N_LEVELS) - np.flatnonzero(counts)[0]  # seen from the darkest, as the mean's logarithm is taken
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
    """Pixels above the level where the histogram is farthest below the line from its peak to its far end.

    Made for a ground of one peak and an object that is small or has no peak of its own.

    Parameters
    ----------
    gray : uint8 ndarray (height, width)

    Returns
    -------
    is_bright : bool ndarray (height, width)

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
    return cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_TRIANGLE)[1].view(bool)


def sauvola_mask(gray: np.ndarray) -> np.ndarray:
    """Pixels clearly darker than their surroundings, or clearly brighter: ink or chalk under uneven light.

    The threshold of a pixel is ``m (1 + 0.2 (s / 128 - 1))`` with the mean m and the standard deviation s of a window
    around it, an eighth of the shorter side wide. Where the largest departures from the mean are to the bright side
    (their third power is positive on average), the picture is inverted first.

    Parameters
    ----------
    gray : uint8 ndarray (height, width)

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
    light = gray.astype(np.float64)
    mean = _window_mean(light)
    if ((light - mean) ** 3).mean() > 0:
        light, mean = 255 - light, 255 - mean
    deviation = np.sqrt(np.maximum(_window_mean(light**2) - mean**2, 0))
    return light < mean * (1 + SAUVOLA_K * (deviation / SAUVOLA_RANGE - 1))


def _window_mean(plane: np.ndarray) -> np.ndarray:
    side = max(2 * (min(plane.shape) // (2 * SAUVOLA_WINDOW)) + 1, 3)
    return cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT)
