"""Chord lengths between contour points a fixed arc length apart, as quantiles."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.gray_masks import check_silhouette
from ...parameters import check_parameters
from ..shape.measures import PixelSize, check_pixel_size
from ._outline import outline, pixel_ratio, smooth_outline
from ._quantiles import N_POINTS, OutlineQuantiles, quantile_names, quantiles_of

CHORD_STEPS = (4, 8, 16, 32, 64, 96, 128, 192, 256)  # of N_POINTS
SHORTEST_CHORD = 0.02


def chord_quantiles(image: Image, *, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Quantiles of the chord length between contour points a fixed arc length apart, for nine arc lengths.

    The distance of two points that stand a fraction t = 1/128 ... 1/2 of the outline apart, over that on a circle
    of the same length, ``P sin(pi t) / pi``, as a logarithm: a disk has log(1.02) = 0.02; teeth and
    lobes, which lengthen the outline, bring it down.

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
        Of ``log(ratio + 0.02)``, step by step, shortest first. Unchanged by moving, turning, mirroring and scaling.
        NaN when the mask is empty or encloses nothing.

    See Also
    --------
    ChordQuantiles : The same as a transformer.
    chord_quantiles_names : Names of the columns.
    featkit.features.contour.curvature_quantiles : How the contour bends.
    featkit.features.contour.contour_signature : Distances from the centroid.

    Notes
    -----
    The contour runs through the centres of the outermost pixels, is smoothed by a Gaussian of 1 pixel along its length,
    which removes the stairs of the pixels and rounds corners, and is then moved outwards by half a pixel to their
    edges.

    References
    ----------
    R. Hu, W. Jia, H. Ling, D. Huang, "Multiscale distance matrix for fast plant leaf recognition", IEEE Trans. Image
    Processing 21(11), 2012, doi:10.1109/TIP.2012.2207391.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour import chord_quantiles
    >>> row, col = np.mgrid[-90:91, -90:91]
    >>> chord_quantiles(row**2 + col**2 <= 80**2, n_quantiles=3)[-3:].round(1)
    array([0., 0., 0.])
    """
    check_parameters(ChordQuantiles, n_quantiles=n_quantiles)
    return _chords(check_silhouette(image), n_quantiles, pixel_size)


def _chords(image: Image, n_quantiles: int, pixel_size: PixelSize) -> np.ndarray:
    n_quantiles = int(n_quantiles)
    ratio = pixel_ratio(pixel_size)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(len(CHORD_STEPS) * n_quantiles, np.nan)
    points = smooth_outline(points, N_POINTS, ratio)
    step_length = np.hypot(*(np.roll(points, -1, axis=0) - points).T).sum() / N_POINTS
    signals = []
    for step in CHORD_STEPS:
        chord = np.hypot(*(np.roll(points, -step, axis=0) - points).T)
        on_circle = step_length * N_POINTS * math.sin(math.pi * step / N_POINTS) / math.pi
        signals.append(np.log(chord / on_circle + SHORTEST_CHORD))
    return quantiles_of(signals, n_quantiles)


def chord_quantiles_names(*, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `chord_quantiles`: ``chord_0_quantile_00`` (step, quantile) onwards.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        As in `chord_quantiles`.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    chord_quantiles : What the columns hold.
    ChordQuantiles : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.contour import chord_quantiles_names
    >>> chord_quantiles_names()[:2]
    ['chord_0_quantile_00', 'chord_0_quantile_01']
    """
    check_parameters(ChordQuantiles, n_quantiles=n_quantiles)
    check_pixel_size(pixel_size)
    return quantile_names("chord", len(CHORD_STEPS), n_quantiles)


class ChordQuantiles(OutlineQuantiles):
    """Quantiles of chord lengths between contour points, for nine arc lengths; see `chord_quantiles`.

    Parameters
    ----------
    n_quantiles : int from 2 to 99, default=17
        Evenly from 1 % to 99 %.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    chord_quantiles : The function behind it.
    featkit.features.contour.curvature_quantiles : How the contour bends.
    featkit.features.contour.contour_signature : Distances from the centroid.

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

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_chords, n_quantiles=self.n_quantiles, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return chord_quantiles_names(n_quantiles=self.n_quantiles, pixel_size=self.pixel_size)
