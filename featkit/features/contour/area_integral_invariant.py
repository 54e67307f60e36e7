"""Area integral invariant: how much of the neighbourhood of each contour point the object covers, as quantiles."""

import math
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.interpolation import interpolate_at
from ...image.masks.gray_masks import check_silhouette
from ...parameters import check_parameters
from ..shape.measures import PixelSize, check_pixel_size
from ._outline import outline, pixel_ratio, smooth_outline
from ._quantiles import N_POINTS, OutlineQuantiles, quantile_names, quantiles_of

COVERAGE_SCALES = (0.015, 0.03, 0.06, 0.1, 0.15, 0.22, 0.3)  # of the side of the square as large as the object
BLUR = 4.0  # sigma in pixels that images are reduced to before they are blurred


def area_integral_invariant(image: Image, *, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Quantiles of the area integral invariant: object fraction of Gaussian neighbourhoods along the contour.

    Half along a straight edge, less at a tip, more in a notch: an integral invariant, which bears noise that curvature
    does not. Sigma is 1.5 to 30 % of the side of a square of the object's area.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The object is the component of its foreground whose outer contour encloses most; holes do not count.
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    quantiles : float64 ndarray (7 * n_quantiles,)
        In [0, 1], scale by scale, finest first. Unchanged by moving, turning, mirroring and scaling. NaN when the
        mask is empty or encloses nothing.

    See Also
    --------
    AreaIntegralInvariant : The same as a transformer.
    area_integral_invariant_names : Names of the columns.
    featkit.features.contour.curvature_quantiles : The differential counterpart.
    featkit.features.contour.chord_quantiles : Distances between contour points.

    Notes
    -----
    The contour runs through the centres of the outermost pixels, is smoothed by a Gaussian of 1 pixel along its length,
    which removes the stairs of the pixels and rounds corners, and is then moved outwards by half a pixel to their
    edges.

    References
    ----------
    S. Manay, D. Cremers, B.-W. Hong, A. J. Yezzi, S. Soatto, "Integral invariants for shape matching", IEEE Trans.
    PAMI 28(10), 2006, doi:10.1109/TPAMI.2006.208.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour import area_integral_invariant
    >>> row, col = np.mgrid[-90:91, -90:91]
    >>> area_integral_invariant(row**2 + col**2 <= 80**2, n_quantiles=3)[:3].round(1)
    array([0.5, 0.5, 0.5])
    """
    check_parameters(AreaIntegralInvariant, n_quantiles=n_quantiles)
    return _coverages(check_silhouette(image), n_quantiles, pixel_size)


def _coverages(image: Image, n_quantiles: int, pixel_size: PixelSize) -> np.ndarray:
    n_quantiles = int(n_quantiles)
    ratio = pixel_ratio(pixel_size)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(len(COVERAGE_SCALES) * n_quantiles, np.nan)
    points -= points.min(axis=0)
    height, width = points.max(axis=0).astype(int) + 1
    picture = np.zeros((height, width), dtype=np.float32)
    cv2.fillPoly(picture, [points[:, ::-1].astype(np.int32)], 1.0)
    side = math.sqrt(ratio * picture.sum(dtype=np.float64))
    points = smooth_outline(points, N_POINTS, ratio) / [1.0, ratio]
    coverages = [_coverage_at(picture, points, scale * side, scale * side / ratio) for scale in COVERAGE_SCALES]
    return quantiles_of(coverages, n_quantiles)


def _coverage_at(picture: np.ndarray, points: np.ndarray, row_sigma: float, col_sigma: float) -> np.ndarray:
    """Gaussian mean of an image at points; background follows where it ends.

    A wide Gaussian is taken on a reduced image: it does not see the pixels that are lost.
    """
    height, width = (
        max(round(size * min(1.0, BLUR / sigma)), 1) for size, sigma in zip(picture.shape, (row_sigma, col_sigma))
    )
    row_scale, col_scale = height / picture.shape[0], width / picture.shape[1]
    if (height, width) != picture.shape:
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    margin = 2
    picture = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    blurred = cv2.GaussianBlur(
        picture, (0, 0), sigmaX=col_sigma * col_scale, sigmaY=row_sigma * row_scale, borderType=cv2.BORDER_CONSTANT
    )
    rows = (points[:, 0] + 0.5) * row_scale - 0.5 + margin
    cols = (points[:, 1] + 0.5) * col_scale - 0.5 + margin
    return interpolate_at(blurred, rows, cols)


def area_integral_invariant_names(*, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `area_integral_invariant`: ``area_integral_0_quantile_00`` (scale, quantile) onwards.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        As in `area_integral_invariant`.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    area_integral_invariant : What the columns hold.
    AreaIntegralInvariant : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.contour import area_integral_invariant_names
    >>> area_integral_invariant_names()[:2]
    ['area_integral_0_quantile_00', 'area_integral_0_quantile_01']
    """
    check_parameters(AreaIntegralInvariant, n_quantiles=n_quantiles)
    check_pixel_size(pixel_size)
    return quantile_names("area_integral", len(COVERAGE_SCALES), n_quantiles)


class AreaIntegralInvariant(OutlineQuantiles):
    """Quantiles of the area integral invariant along the contour; see `area_integral_invariant`.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    area_integral_invariant : The function behind it.
    featkit.features.contour.curvature_quantiles : The differential counterpart.
    featkit.features.contour.chord_quantiles : Distances between contour points.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the component of alpha >= one half whose outer outline encloses
    most; holes are filled. NaN when the mask is empty or encloses nothing (single pixels, pixels in line).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import AreaIntegralInvariant
    >>> AreaIntegralInvariant(n_quantiles=5).fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 35)
    """

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_coverages, n_quantiles=self.n_quantiles, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return area_integral_invariant_names(n_quantiles=self.n_quantiles, pixel_size=self.pixel_size)
