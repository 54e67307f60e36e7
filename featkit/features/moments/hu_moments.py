"""Hu's seven moment invariants of a shape."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.extents import bounding_box
from ...image.masks.gray_masks import check_silhouette
from ...parameters import check_parameters
from ..shape.measures import PIXEL_SIZE, PixelSize, check_pixel_size

SMALLEST_HU = 1e-12  # below this an invariant counts as zero: rounding leaves about 1e-17 in a symmetric shape
NORMALIZED = ("nu20", "nu11", "nu02", "nu30", "nu21", "nu12", "nu03")  # central moments in cv2.moments
HU_NAMES = [f"hu_{order}" for order in range(1, 8)]


def hu_moments(image: Image, *, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Hu's seven moment invariants of a shape, on a signed logarithmic scale.

    ``sign(h) log10(1 + |h| / 1e-12)``: a tenfold h is one step more, h = 0 gives 0. The usual ``-sign(h) log10 |h|``
    leaps from plus to minus infinity where an invariant of a symmetric shape changes its sign.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its whole foreground is the shape, see `featkit.foreground_mask`.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    invariants : float64 ndarray (7,)
        Unchanged by moving, turning and scaling. The seventh changes its sign in a mirror; it has the sign of OpenCV
        (x to the right), opposite to that of `skimage.measure.moments_hu` (x downwards). NaN
        without foreground.

    See Also
    --------
    HuMoments : The same as a transformer.
    featkit.features.moments.zernike_moments : Orthogonal moments, which tell more shapes apart.
    skimage.measure.moments_hu : The invariants themselves, the seventh of opposite sign.

    References
    ----------
    M.-K. Hu, "Visual pattern recognition by moment invariants", IRE Trans. Information Theory 8(2), 1962,
    doi:10.1109/TIT.1962.1057692.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.moments import hu_moments
    >>> square = np.ones((20, 20), dtype=bool)
    >>> hu_moments(square).round(2)
    array([11.22,  0.  ,  0.  ,  0.  ,  0.  ,  0.  ,  0.  ])
    """
    check_parameters(HuMoments, pixel_size=pixel_size)
    return _invariants(check_silhouette(image), check_pixel_size(pixel_size))


def _invariants(image: Image, pixel_size: tuple[float, float]) -> np.ndarray:
    height, width = pixel_size
    mask = foreground_mask(image)
    box = bounding_box(mask)
    if box is None:
        return np.full(7, np.nan)
    top, left, bottom, right = box  # far from the corner, OpenCV's central moments would cancel
    cropped = np.ascontiguousarray(mask[top:bottom, left:right]).view(np.uint8)
    moments = cv2.moments(cropped, binaryImage=True)
    if height != width:
        for name in NORMALIZED:  # nu_pq, p along the columns and q along the rows
            moments[name] *= (width / height) ** ((int(name[2]) - int(name[3])) / 2)
    invariants = cv2.HuMoments(moments).ravel()
    return np.sign(invariants) * np.log10(1 + np.abs(invariants) / SMALLEST_HU)


class HuMoments(FeatureExtractor):
    """Hu's seven moment invariants of the foreground, on a signed logarithmic scale; see `hu_moments`.

    Parameters
    ----------
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    hu_moments : The function behind it.
    featkit.features.moments.zernike_moments : Orthogonal moments, which tell more shapes apart.
    skimage.measure.moments_hu : The invariants themselves, the seventh of opposite sign.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The shape is where alpha is at least one half, all components together, holes
    left open. An empty mask gives NaN; a single pixel gives zeros.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import HuMoments
    >>> HuMoments().fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 7)
    """

    measures_foreground = True
    parameter_constraints = {"pixel_size": PIXEL_SIZE}

    def __init__(self, *, pixel_size: PixelSize = 1.0) -> None:
        self.pixel_size = pixel_size

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_invariants, pixel_size=check_pixel_size(self.pixel_size))

    def feature_names(self) -> list[str]:
        return HU_NAMES
