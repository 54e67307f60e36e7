"""From a drawing on any ground to white ink on black: threshold, ground and ink levels, straightened, one size."""

from functools import partial

import cv2
import numpy as np
from numba import njit

from ..base import ImageTransformer, Integral, Interval, Real, StrOptions
from ..images import alpha_weights, to_float, to_gray
from ..masks import border_share, drop_small_components
from .crop import CENTERS, area_average
from .deskew import slant

POLARITIES = ("auto", "bright", "dark")
_WORKING_SIZE = 8  # larger images are shrunk to this many times the canvas: the rest is finer than the result
_INK_QUANTILE = 0.75
_GROUND_REACH = 0.1  # standard deviation of the window for the ground level, in sides of the drawing


@njit(nogil=True, cache=True)
def _contrast_threshold(levels):
    """Level t (0..254) at which the contours of ``levels > t`` have most contrast and leave the border alone.

    The score of a threshold is the sum of differences over all pairs of neighbours that it parts, divided by their
    number plus half the border's length, which keeps single bright grains from winning, times how one-sided the
    border of the image is.
    """
    height, width = levels.shape
    contrast, pairs, border = np.zeros(257), np.zeros(257), np.zeros(257)
    for row in range(height):
        for col in range(width):
            level = levels[row, col]
            for side in range(2):
                if (side == 0 and row + 1 < height) or (side == 1 and col + 1 < width):
                    other = levels[row + 1, col] if side == 0 else levels[row, col + 1]
                    low, high = min(level, other), max(level, other)
                    contrast[low] += high - low
                    contrast[high] -= high - low
                    pairs[low] += 1
                    pairs[high] -= 1
            if row == 0 or col == 0 or row == height - 1 or col == width - 1:
                border[level] += 1
    border /= border.sum()
    score = np.empty(255)
    strength, number, below = 0.0, 0.0, 0.0
    for threshold in range(255):
        strength += contrast[threshold]
        number += pairs[threshold]
        below += border[threshold]
        score[threshold] = strength / (number + 0.5 * (height + width)) * abs(2 * below - 1)
    best = np.argmax(score)
    end = best
    while end + 1 < 255 and score[end + 1] >= 0.999 * score[best]:
        end += 1
    return (best + end) // 2


def _ink_of_tones(tones, polarity, min_share):
    """How much ink is in every pixel of a gray picture (float32): 0 ground, 1 full ink, in between along edges."""
    values = np.rint(tones * 65535).astype(np.int64)  # whole numbers are equal for all dtypes
    low, high = values.min(), values.max()
    if low == high:
        return np.zeros(values.shape, dtype=np.float32)
    levels = ((510 * (values - low) + (high - low)) // (2 * (high - low))).astype(np.uint8)
    mask = levels > _contrast_threshold(levels)
    if polarity == "dark" or (polarity == "auto" and border_share(mask) > 0.5):
        mask = ~mask
        values = high - values
    else:
        values = values - low
    values = (values / (high - low)).astype(np.float32)
    for _ in range(2):
        mask = drop_small_components(mask, min_share)
        if not mask.any():
            return np.zeros(values.shape, dtype=np.float32)
        ink = _ink_between_levels(values, mask)
        mask = ink > 0.5
    return ink


def _ink_of_alpha(alpha, min_share):
    mask = drop_small_components(alpha >= 0.5, min_share)
    return np.where(_grown(mask), alpha, np.float32(0))


def _grown(mask):
    return cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8)).view(bool)


def _ink_between_levels(values, mask):
    """Where a value lies between the ground around it (0) and the ink (1); 0 away from the mask."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    reach = max(1.0, _GROUND_REACH * max(rows[-1] - rows[0], cols[-1] - cols[0]))
    near = _grown(mask)
    trust = np.where(near, np.float32(1e-3), np.float32(1))  # soft edges count where there is nothing else
    trust[mask] = 0
    shown = values * trust
    overall = shown.sum() / trust.sum() if trust.any() else np.float32(0)
    faith = np.float32(0.01)  # in the overall level, for the inside of what is wider than the window
    ground = cv2.GaussianBlur(shown, (0, 0), reach) + faith * overall
    ground /= cv2.GaussianBlur(trust, (0, 0), reach) + faith
    inside = np.sort(values[mask])
    full = inside[int(_INK_QUANTILE * (len(inside) - 1))]
    ink = (values - ground) / np.maximum(full - ground, np.float32(1 / 255))
    return np.where(near, np.clip(ink, 0, 1), np.float32(0))


def normalize_foreground(
    image, *, height=24, width=24, margin=1 / 12, polarity="auto", min_share=0.15, deskew=True, center="mass"
):
    """Draw a digit, letter or other drawing anew: white on black, straight, of one size, in the middle.

    Light, place, size, slant and ground are gone afterwards; what remains is the shape.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        A drawing in one tone on paper or any other ground, even a textured one, that shows along most of the border.
        Where an alpha plane has values below 1, or the image is a mask, the drawing is the foreground.
    height, width : int, default=24
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=1/12
        Share of the canvas that stays free on each side of the drawing's box, when that is in the middle.
    polarity : {"auto", "bright", "dark"}, default="auto"
        Whether the drawing is brighter or darker than its ground; "auto" takes for ground what is along the border.
    min_share : float in [0, 1], default=0.15
        Blobs of less than this share of the largest one's area are dropped.
    deskew : bool, default=True
        Shear along the rows until rows and columns are uncorrelated, by at most 45 degrees.
    center : {"mass", "box"}, default="mass"
        What lies in the middle of the canvas: the centre of mass, as near as it can be without
        moving a part of the drawing out, or the middle of its box.

    Returns
    -------
    drawing : uint8 ndarray (height, width)
        0 is ground, 255 full ink. All 0 where there is nothing to be seen: a flat image, an empty alpha plane.

    Notes
    -----
    1. The threshold is that whose contours have most contrast on average (after Kohler 1981) and hardly cross the
       border of the image. On texture it finds the ink where Otsu's finds the light parts of the ground.
    2. The ground level is the mean, under a Gaussian a tenth of the drawing wide, of what is outside the drawing; the
       ink level is the upper quartile inside. The ink of a pixel is where it lies between the two, which keeps the
       soft edges of strokes as they were on plain ground. Ink above one half is the new mask, once more.
    3. The shear follows from the central moments of the ink, and the scale from the box of what is sheared.

    Images larger than eight times the canvas are shrunk first.

    References
    ----------
    Kohler, A segmentation system based on thresholding, CGIP 1981, doi:10.1016/S0146-664X(81)80015-9

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import normalize_foreground
    >>> paper = np.full((20, 24), 200, dtype=np.uint8)
    >>> paper[4:8, 5:9] = 90
    >>> normalize_foreground(paper, height=6, width=6, margin=1/6)
    array([[  0,   0,   0,   0,   0,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0,   0,   0,   0,   0,   0]], dtype=uint8)
    """
    limit = _WORKING_SIZE * max(height, width)
    alpha = alpha_weights(image)
    if alpha is not None and (alpha < 1).any():
        ink = _ink_of_alpha(_shrunk(alpha, limit), min_share)
    else:
        ink = _ink_of_tones(_shrunk(to_float(to_gray(image)), limit), polarity, min_share)
    return _placed(ink, height, width, margin, deskew, center)


def _shrunk(plane, limit):
    longer = max(plane.shape)
    if longer <= limit:
        return plane
    height, width = (max(1, round(side * limit / longer)) for side in plane.shape)
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)


def _placed(ink, height, width, margin, deskew, center):
    """Lay the ink onto the canvas: straight, in its box, its centre in the middle."""
    shear, row, col = slant(ink)
    shear = min(max(shear, -1.0), 1.0) if deskew else 0.0
    rows, cols = np.nonzero(ink > 0.3)
    if len(rows) == 0:
        return np.zeros((height, width), dtype=np.uint8)
    down = rows - row
    right = cols - col - shear * down
    low = np.array([down.min(), right.min()]) - 0.5
    high = np.array([down.max(), right.max()]) + 0.5
    size = np.array([height, width])
    step = ((high - low) / ((1 - 2 * margin) * size)).max()
    middle = (low + high) / 2
    if center == "mass":
        slack = np.maximum(step * size - (high - low), 0) / 2
        middle = np.clip(0, middle - slack, middle + slack)
    canvas_map = np.array([[step, 0, row], [shear * step, step, col]])
    canvas_map[:, 2] += [middle[0], middle[1] + shear * middle[0]]
    canvas_map[:, 2] -= canvas_map[:, :2] @ ((size - 1) / 2)
    canvas = area_average(ink, canvas_map, height, width)[0]
    return np.rint(255 * canvas).astype(np.uint8)


class ForegroundNormalizer(ImageTransformer):
    """Draw digits, letters and other drawings anew: white on black, straight, of one size, in the middle.

    Polarity, mask, contrast, centring and deskewing in one step; made to be followed by a `HOG` with small cells.

    Parameters
    ----------
    height, width : int, default=24
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=1/12
        Share of the canvas that stays free on each side of the drawing's box.
    polarity : {"auto", "bright", "dark"}, default="auto"
        Whether the drawing is brighter or darker than its ground.
    min_share : float in [0, 1], default=0.15
        Blobs of less than this share of the largest one's area are dropped.
    deskew : bool, default=True
        Shear along the rows until the drawing is upright.
    center : {"mass", "box"}, default="mass"
        What lies in the middle of the canvas: the centre of mass or the middle of the box.

    See Also
    --------
    normalize_foreground : The function, with the steps in full.

    Notes
    -----
    Stateless; sizes may differ. Gives gray uint8 images without alpha; the alpha plane of an input, where it is not 1
    everywhere, is taken for the drawing. Nothing to be seen gives a black canvas.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ForegroundNormalizer
    >>> ForegroundNormalizer().fit_transform(np.ones((2, 28, 28), dtype=np.uint8)).shape
    (2, 24, 24)
    """

    _parameter_constraints = {
        "height": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "margin": [Interval(Real, 0, 0.5, closed="left")],
        "polarity": [StrOptions(set(POLARITIES))],
        "min_share": [Interval(Real, 0, 1, closed="both")],
        "deskew": ["boolean"],
        "center": [StrOptions(set(CENTERS))],
    }

    def __init__(
        self, *, height=24, width=24, margin=1 / 12, polarity="auto", min_share=0.15, deskew=True, center="mass"
    ):
        self.height = height
        self.width = width
        self.margin = margin
        self.polarity = polarity
        self.min_share = min_share
        self.deskew = deskew
        self.center = center

    def _image_transformer(self):
        return partial(normalize_foreground, **self.get_params(deep=False))
