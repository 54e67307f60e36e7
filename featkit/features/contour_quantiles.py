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

import cv2
import numpy as np

from ..alpha import foreground_mask
from ..base import FeatureExtractor, Integral, Interval
from ..images import Image
from ..interpolation import interpolate_at
from ..parameters import check_number
from .contours import outline, smooth_closed, smooth_outline

N_POINTS = 512
CURVATURE_SCALES = (0.003, 0.005, 0.008, 0.0125, 0.02, 0.03, 0.05, 0.08, 0.125)  # of the length of the outline
COVERAGE_SCALES = (0.015, 0.03, 0.06, 0.1, 0.15, 0.22, 0.3)  # of the side of the square as large as the object
CHORD_STEPS = (4, 8, 16, 32, 64, 96, 128, 192, 256)  # of N_POINTS
BLUR = 4.0  # sigma in pixels that pictures are reduced to before they are blurred
SHORTEST_CHORD = 0.02
N_QUANTILES = Interval(Integral, 2, 99, closed="both")


def curvature_quantiles(image: Image, *, n_quantiles: int = 17) -> np.ndarray:
    """Quantiles along the outline of its curvature, at nine scales.

    The outline is smoothed by Gaussians of 0.3 to 12.5 % of its length; its curvature k (positive where convex) enters
    as ``sign(k) log(1 + |k| s)`` with s the side of a square of the object's area: a disk has log(1 + sqrt(pi)) = 1.02,
    and more at coarse scales, where smoothing shrinks it.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its foreground holds the object, see `featkit.features.contours.outline`.
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
    >>> from featkit import curvature_quantiles
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
    return _quantiles(signals, n_quantiles)


def _derivatives(curve: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    following, preceding = np.roll(curve, -1, axis=0), np.roll(curve, 1, axis=0)
    return (following - preceding) / 2, following - 2 * curve + preceding


def _enclosed_area(points: np.ndarray) -> float:
    following = np.roll(points, -1, axis=0)
    return abs((points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]).sum()) / 2


def _quantiles(signals: list[np.ndarray], n_quantiles: int) -> np.ndarray:
    return np.quantile(signals, np.linspace(0.01, 0.99, n_quantiles), axis=1).T.ravel()


def coverage_quantiles(image: Image, *, n_quantiles: int = 17) -> np.ndarray:
    """Quantiles along the outline of the share of the object in a Gaussian neighbourhood, at seven scales.

    Half along a straight edge, less at a tip, more in a notch: an integral invariant, which bears noise that curvature
    does not. Sigma is 1.5 to 30 % of the side of a square of the object's area.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its foreground holds the object, see `featkit.features.contours.outline`; holes are filled.
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.

    Returns
    -------
    quantiles : float64 ndarray (7 * n_quantiles,)
        In [0, 1], scale by scale, finest first. Unchanged by moving, turning, mirroring and scaling. NaN when the
        mask is empty or encloses nothing.

    References
    ----------
    S. Manay, D. Cremers, B.-W. Hong, A. J. Yezzi, S. Soatto, "Integral invariants for shape matching", IEEE Trans.
    PAMI 28(10), 2006, doi:10.1109/TPAMI.2006.208.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import coverage_quantiles
    >>> row, col = np.mgrid[-90:91, -90:91]
    >>> coverage_quantiles(row**2 + col**2 <= 80**2, n_quantiles=3)[:3].round(1)
    array([0.5, 0.5, 0.5])
    """
    n_quantiles = check_number("n_quantiles", n_quantiles, N_QUANTILES)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(len(COVERAGE_SCALES) * n_quantiles, np.nan)
    points -= points.min(axis=0)
    height, width = points.max(axis=0).astype(int) + 1
    picture = np.zeros((height, width), dtype=np.float32)
    cv2.fillPoly(picture, [points[:, ::-1].astype(np.int32)], 1.0)
    side = math.sqrt(picture.sum(dtype=np.float64))
    points = smooth_outline(points, N_POINTS)
    return _quantiles([_coverage(picture, points, scale * side) for scale in COVERAGE_SCALES], n_quantiles)


def _coverage(picture: np.ndarray, points: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian mean of a picture at points; background follows where it ends.

    A wide Gaussian is taken on a reduced picture: it does not see the pixels that are lost.
    """
    height, width = (max(round(size * min(1.0, BLUR / sigma)), 1) for size in picture.shape)
    row_scale, col_scale = height / picture.shape[0], width / picture.shape[1]
    if height < picture.shape[0]:
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    margin = 2
    picture = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    blurred = cv2.GaussianBlur(
        picture, (0, 0), sigmaX=sigma * col_scale, sigmaY=sigma * row_scale, borderType=cv2.BORDER_CONSTANT
    )
    rows = (points[:, 0] + 0.5) * row_scale - 0.5 + margin
    cols = (points[:, 1] + 0.5) * col_scale - 0.5 + margin
    return interpolate_at(blurred, rows, cols)


def chord_quantiles(image: Image, *, n_quantiles: int = 17) -> np.ndarray:
    """Quantiles along the outline of the distance that it gets within a step, at nine steps.

    The distance of two points that stand a share t = 1/128 ... 1/2 of the outline apart, over that on a circle
    of the same length, ``P sin(pi t) / pi``, as a logarithm: a disk has log(1.02) = 0.02; teeth and
    lobes, which lengthen the outline, bring it down.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its foreground holds the object, see `featkit.features.contours.outline`.
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.

    Returns
    -------
    quantiles : float64 ndarray (9 * n_quantiles,)
        Of ``log(ratio + 0.02)``, step by step, shortest first. Unchanged by moving, turning, mirroring and scaling.
        NaN when the mask is empty or encloses nothing.

    References
    ----------
    R. Hu, W. Jia, H. Ling, D. Huang, "Multiscale distance matrix for fast plant leaf recognition", IEEE Trans. Image
    Processing 21(11), 2012, doi:10.1109/TIP.2012.2207391.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import chord_quantiles
    >>> row, col = np.mgrid[-90:91, -90:91]
    >>> chord_quantiles(row**2 + col**2 <= 80**2, n_quantiles=3)[-3:].round(1)
    array([0., 0., 0.])
    """
    n_quantiles = check_number("n_quantiles", n_quantiles, N_QUANTILES)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(len(CHORD_STEPS) * n_quantiles, np.nan)
    points = smooth_outline(points, N_POINTS)
    step_length = np.hypot(*(np.roll(points, -1, axis=0) - points).T).sum() / N_POINTS
    signals = []
    for step in CHORD_STEPS:
        chord = np.hypot(*(np.roll(points, -step, axis=0) - points).T)
        on_circle = step_length * N_POINTS * math.sin(math.pi * step / N_POINTS) / math.pi
        signals.append(np.log(chord / on_circle + SHORTEST_CHORD))
    return _quantiles(signals, n_quantiles)


def _quantile_names(family: str, n_scales: int, n_quantiles: int) -> list[str]:
    n_quantiles = check_number("n_quantiles", n_quantiles, N_QUANTILES)
    return [f"{family}_{scale}_quantile_{index:02d}" for scale in range(n_scales) for index in range(n_quantiles)]


def curvature_quantiles_names(n_quantiles: int = 17) -> list[str]:
    """Names of the columns of `curvature_quantiles`: ``curvature_0_quantile_00`` (scale, quantile) onwards."""
    return _quantile_names("curvature", len(CURVATURE_SCALES), n_quantiles)


def coverage_quantiles_names(n_quantiles: int = 17) -> list[str]:
    """Names of the columns of `coverage_quantiles`: ``coverage_0_quantile_00`` (scale, quantile) onwards."""
    return _quantile_names("coverage", len(COVERAGE_SCALES), n_quantiles)


def chord_quantiles_names(n_quantiles: int = 17) -> list[str]:
    """Names of the columns of `chord_quantiles`: ``chord_0_quantile_00`` (step, quantile) onwards."""
    return _quantile_names("chord", len(CHORD_STEPS), n_quantiles)


class _OutlineQuantiles(FeatureExtractor):
    """What the three extractors share: their one parameter."""

    _parameter_constraints = {"n_quantiles": [N_QUANTILES]}

    def __init__(self, *, n_quantiles: int = 17) -> None:
        self.n_quantiles = n_quantiles


class CurvatureQuantiles(_OutlineQuantiles):
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

    def _image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(curvature_quantiles, n_quantiles=self.n_quantiles)

    def _feature_names(self) -> list[str]:
        return curvature_quantiles_names(self.n_quantiles)


class CoverageQuantiles(_OutlineQuantiles):
    """Quantiles along the outline of the object's share of the neighbourhood; see `coverage_quantiles`.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        Quantiles per scale, evenly from 1 % to 99 %.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the component of alpha >= one half whose outer outline encloses
    most; holes are filled. NaN when the mask is empty or encloses nothing (single pixels, pixels in line).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import CoverageQuantiles
    >>> CoverageQuantiles(n_quantiles=5).fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 35)
    """

    def _image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(coverage_quantiles, n_quantiles=self.n_quantiles)

    def _feature_names(self) -> list[str]:
        return coverage_quantiles_names(self.n_quantiles)


class ChordQuantiles(_OutlineQuantiles):
    """Quantiles of the distance that the outline gets within nine steps; see `chord_quantiles`.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        Quantiles per step, evenly from 1 % to 99 %.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the component of alpha >= one half whose outer outline encloses
    most; holes do not count. NaN when the mask is empty or encloses nothing (single pixels, pixels in line).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ChordQuantiles
    >>> ChordQuantiles(n_quantiles=5).fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 45)
    """

    def _image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(chord_quantiles, n_quantiles=self.n_quantiles)

    def _feature_names(self) -> list[str]:
        return chord_quantiles_names(self.n_quantiles)
