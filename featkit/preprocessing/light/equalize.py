"""Histogram equalisation: one curve for the whole image; the class for this and for CLAHE."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image
from ...image.conversions import to_gray
from ...image.gray_levels import spread_found
from ...parameters import POSITIVE, StrOptions, check_pair
from ._tones import apply_curve, beside_alpha, level_counts, with_luma
from .clahe import equalized_by_tiles


def equalize_histogram(image: Image) -> Image:
    """Histogram equalization: each gray level takes as much of the range as it has pixels.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the same kind and dtype. Level k, of 256, goes to ``(C(k) - C(m)) / (N - C(m))``, where C counts the pixels
        up to a level, m is the lowest level that occurs and N the number of pixels; values between two levels go to
        between their values. Colours change by their luma (ITU-R BT.601): what is added to it is added to red,
        green and blue. Alpha stays, colour under alpha 0 is 0. A flat image and a mask return as they are.

    See Also
    --------
    featkit.HistogramEqualizer : Transformer of batches.
    clahe : Every part by its own surroundings.

    Notes
    -----
    Pixels of the foreground vote (alpha 1/2 and more). Gray uint8 images give what ``cv2.equalizeHist`` gives.

    References
    ----------
    Hummel 1977, "Image enhancement by histogram transformation", doi:10.1016/S0146-664X(77)80011-7.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import equalize_histogram
    >>> equalize_histogram(np.array([[10, 11, 12, 12, 12, 13]], dtype=np.uint8))
    array([[  0,  51, 204, 204, 204, 255]], dtype=uint8)
    """
    return _equalize_histogram(check_image(image))


def _equalize_histogram(image: Image) -> Image:
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return image
    color = spread_found(color, 14)
    luma = to_gray(color)
    counts = level_counts(luma, None if alpha is None else foreground_mask(image))
    if np.count_nonzero(counts) < 2:
        return beside_alpha(color, alpha)
    up_to = np.cumsum(counts)
    lowest = up_to[np.argmax(counts > 0)]
    curve = np.maximum(up_to - lowest, 0) / (up_to[-1] - lowest)
    return beside_alpha(with_luma(color, luma, apply_curve(luma, curve)), alpha)


class HistogramEqualizer(ImageTransformer):
    """Histogram equalization of every image, as a whole or adaptively (CLAHE).

    Parameters
    ----------
    method : {"clahe", "global"}, default="clahe"
        ``"clahe"``: see `clahe`; ``"global"``: see `equalize_histogram`.
    grid : (int, int), default=(8, 8)
        Rows and columns of tiles for ``"clahe"``, see `clahe`; a tile should hold some hundred pixels.
    clip_limit : float > 0, default=2.0
        Largest gain of contrast of ``"clahe"``, about, see `clahe`.

    See Also
    --------
    clahe, equalize_histogram : The functions, with the formulas.

    Notes
    -----
    Stateless; mixed sizes; kind and dtype kept; alpha respected: transparent pixels do not vote.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import HistogramEqualizer
    >>> dark = np.tile(np.arange(64, dtype=np.uint8), (1, 64, 1))
    >>> HistogramEqualizer(method="global").fit_transform(dark).max()
    np.uint8(255)
    """

    parameter_constraints = {
        "method": [StrOptions({"clahe", "global"})],
        "grid": [tuple, list],
        "clip_limit": [POSITIVE],
    }

    def __init__(self, *, method: str = "clahe", grid: tuple[int, int] = (8, 8), clip_limit: float = 2.0) -> None:
        self.method = method
        self.grid = grid
        self.clip_limit = clip_limit

    def image_transformer(self) -> Callable[[Image], Image]:
        if self.method == "global":
            return _equalize_histogram
        return partial(equalized_by_tiles, grid=check_pair("grid", self.grid), clip_limit=self.clip_limit)
