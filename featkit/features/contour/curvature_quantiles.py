"""Multiscale curvature of the contour, as quantiles."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.gray_masks import check_silhouette
from ...parameters import check_parameters
from ..shape.measures import PixelSize, check_pixel_size
from ._outline import outline, pixel_ratio, smooth_closed, smooth_outline
from ._quantiles import N_POINTS, OutlineQuantiles, quantile_names, quantiles_of

CURVATURE_SCALES = (0.003, 0.005, 0.008, 0.0125, 0.02, 0.03, 0.05, 0.08, 0.125)  # of the length of the outline


def curvature_quantiles(image: Image, *, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Quantiles of the curvature along the contour at nine scales (curvature scale space).

    The outline is smoothed by Gaussians of 0.3 to 12.5 % of its length; its curvature k (positive where convex) enters
    as ``sign(k) log(1 + |k| s)`` with s the side of a square of the object's area: a disk has log(1 + sqrt(pi)) = 1.02,
    and more at coarse scales, where smoothing shrinks it.

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
    quantiles : float64 ndarray (9 * n_quantiles,)
        Scale by scale, finest first. Unchanged by moving, turning, mirroring and scaling, but for what the raster does
        to the extreme quantiles of the finest scales (differences up to 0.6). NaN when the mask is empty or encloses
        nothing.

    See Also
    --------
    CurvatureQuantiles : The same as a transformer.
    curvature_quantiles_names : Names of the columns.
    featkit.features.contour.area_integral_invariant : The same in a way that bears more noise.
    featkit.features.contour.chord_quantiles : Distances between contour points.

    Notes
    -----
    The contour runs through the centres of the outermost pixels, is smoothed by a Gaussian of 1 pixel along its length,
    which removes the stairs of the pixels and rounds corners, and is then moved outwards by half a pixel to their
    edges.

    References
    ----------
    F. Mokhtarian and A. K. Mackworth, "A theory of multiscale, curvature-based shape representation for planar
    curves", IEEE Trans. PAMI 14(8), 1992, doi:10.1109/34.149591.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour import curvature_quantiles
    >>> row, col = np.mgrid[-90:91, -90:91]
    >>> curvature_quantiles(row**2 + col**2 <= 80**2, n_quantiles=3)[16].round(1)
    np.float64(1.0)
    """
    check_parameters(CurvatureQuantiles, n_quantiles=n_quantiles)
    return _curvatures(check_silhouette(image), n_quantiles, pixel_size)


def _curvatures(image: Image, n_quantiles: int, pixel_size: PixelSize) -> np.ndarray:
    n_quantiles = int(n_quantiles)
    ratio = pixel_ratio(pixel_size)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(len(CURVATURE_SCALES) * n_quantiles, np.nan)
    points = smooth_outline(points, N_POINTS, ratio)
    side = math.sqrt(_enclosed_area(points))
    signals = []
    for scale in CURVATURE_SCALES:
        curve = smooth_closed(points, scale * N_POINTS)
        velocity, acceleration = _derivatives(curve)
        speed = np.hypot(*velocity.T)
        turn = velocity[:, 0] * acceleration[:, 1] - velocity[:, 1] * acceleration[:, 0]
        curvature = turn / np.maximum(speed, 1e-9) ** 3
        signals.append(np.sign(curvature) * np.log1p(np.abs(curvature) * side))
    return quantiles_of(signals, n_quantiles)


def _derivatives(curve: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    following, preceding = np.roll(curve, -1, axis=0), np.roll(curve, 1, axis=0)
    return (following - preceding) / 2, following - 2 * curve + preceding


def _enclosed_area(points: np.ndarray) -> float:
    following = np.roll(points, -1, axis=0)
    return abs((points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]).sum()) / 2


def curvature_quantiles_names(*, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `curvature_quantiles`: ``curvature_0_quantile_00`` (scale, quantile) onwards.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        As in `curvature_quantiles`.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    curvature_quantiles : What the columns hold.
    CurvatureQuantiles : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.contour import curvature_quantiles_names
    >>> curvature_quantiles_names()[:2]
    ['curvature_0_quantile_00', 'curvature_0_quantile_01']
    """
    check_parameters(CurvatureQuantiles, n_quantiles=n_quantiles)
    check_pixel_size(pixel_size)
    return quantile_names("curvature", len(CURVATURE_SCALES), n_quantiles)


class CurvatureQuantiles(OutlineQuantiles):
    """Quantiles of the multiscale curvature of the contour; see `curvature_quantiles`.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    curvature_quantiles : The function behind it.
    featkit.features.contour.area_integral_invariant : The same in a way that bears more noise.
    featkit.features.contour.chord_quantiles : Distances between contour points.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the component of alpha >= one half whose outer outline encloses
    most; holes do not count. NaN when the mask is empty or encloses nothing (single pixels, pixels in line).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import CurvatureQuantiles
    >>> CurvatureQuantiles(n_quantiles=5).fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 45)
    """

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_curvatures, n_quantiles=self.n_quantiles, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return curvature_quantiles_names(n_quantiles=self.n_quantiles, pixel_size=self.pixel_size)
