"""What an outline looks like at several scales, as quantiles along it: no starting point, nothing to align.

Three views of every point of the outline: how it bends there (curvature), how much of its neighbourhood is object
(coverage), how far the outline gets within a step (chord). Fine scales see teeth and tips, coarse ones lobes and
the whole form. All are in units of the object's own size.

The outline is sampled at 512 points that begin anywhere. Of an object 300 pixels wide that is mirrored or turned by 90
degrees, pixel by pixel, the outermost quantiles move by about 0.06 (curvature, at its finest scales), 0.01 (coverage)
and 0.01 (chord).
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...parameters import check_number
from ._outline import outline, smooth_closed, smooth_outline
from ._quantiles import N_POINTS, N_QUANTILES, OutlineQuantiles, quantile_names, quantiles_of

CURVATURE_SCALES = (0.003, 0.005, 0.008, 0.0125, 0.02, 0.03, 0.05, 0.08, 0.125)  # of the length of the outline


def curvature_quantiles(image: Image, *, n_quantiles: int = 17) -> np.ndarray:
    """Quantiles along the outline of its curvature, at nine scales.

    The outline is smoothed by Gaussians of 0.3 to 12.5 % of its length; its curvature k (positive where convex) enters
    as ``sign(k) log(1 + |k| s)`` with s the side of a square of the object's area: a disk has log(1 + sqrt(pi)) = 1.02,
    and more at coarse scales, where smoothing shrinks it.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its foreground holds the object, see `featkit.features.contour._outline.outline`.
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.

    Returns
    -------
    quantiles : float64 ndarray (9 * n_quantiles,)
        Scale by scale, finest first. Unchanged by moving, turning, mirroring and scaling, but for what the raster does
        to the extreme quantiles of the finest scales (differences up to 0.6). NaN when the mask is empty or encloses
        nothing.

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
    n_quantiles = check_number("n_quantiles", n_quantiles, N_QUANTILES)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(len(CURVATURE_SCALES) * n_quantiles, np.nan)
    points = smooth_outline(points, N_POINTS)
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


def curvature_quantiles_names(n_quantiles: int = 17) -> list[str]:
    """Names of the columns of `curvature_quantiles`: ``curvature_0_quantile_00`` (scale, quantile) onwards."""
    return quantile_names("curvature", len(CURVATURE_SCALES), n_quantiles)


class CurvatureQuantiles(OutlineQuantiles):
    """Quantiles of the curvature of the outline at nine scales; see `curvature_quantiles`.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        Quantiles per scale, evenly from 1 % to 99 %.

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
        return partial(curvature_quantiles, n_quantiles=self.n_quantiles)

    def feature_names(self) -> list[str]:
        return curvature_quantiles_names(self.n_quantiles)
