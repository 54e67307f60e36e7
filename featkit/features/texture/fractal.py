"""Fractal dimensions of the intensity surface and of the object contour."""

from collections.abc import Callable

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import alpha_weights, foreground_mask
from ...image.checks import Image, check_image
from ...image.conversions import to_float, to_gray

DISTANCES = (1, 2, 4, 8)  # pixels, between which light is compared
BOX_SIZES = tuple(2**k for k in range(1, 16))  # pixels; boxes of one pixel see the raster, not the outline
LEAST_CHANGE = 1e-6  # largest difference of light in a flat image, far below one level of 65535


def fractal_dimensions(image: Image) -> np.ndarray:
    """Fractal dimension of the intensity surface (Hurst exponent) and box-counting dimension of the object contour.

    Surface: in fractional Brownian motion the mean difference of the light of pixels d apart grows as ``d^H``; the
    dimension is ``3 - H``. H is the slope of the straight line through the logarithms for d = 1, 2, 4 and 8 along rows
    and columns.

    Outline: the number of boxes of d x d pixels that hold a pixel of the outline falls as ``d^-D``; D is the slope for
    d = 2, 4, 8, ... up to a quarter of the longer side of the box around the foreground.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Pairs of pixels are weighted by the product of their alphas; the outline is that of alpha at least one half.

    Returns
    -------
    dimensions : float64 ndarray (2,)
        Surface: about 2 where light changes smoothly, 3 for white noise, and beyond that range where the image is no
        fractal, as a chessboard; unchanged by factors and offsets of the light, by quarter turns and mirrors; 2 where
        light does not change at one of the distances, as in a flat image; NaN where no two pixels of alpha above 0 in
        a row or column are 8 apart. Outline: about 1 for smooth outlines, up to 2 for those that fill the plane; turns
        and mirrors, which move the boxes, change it by about 0.01; that of an opaque image is its border, and tells
        nothing but its size; NaN where the longer side of the foreground has less than 16 pixels.

    See Also
    --------
    FractalDimensions : The same as a transformer.
    fractal_dimensions_names : Names of the columns.
    featkit.features.frequency.power_spectrum : Roughness as the slope of the spectrum.

    References
    ----------
    Pentland 1984, "Fractal-based description of natural scenes", doi:10.1109/TPAMI.1984.4767591. Outline: box counting.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import fractal_dimensions
    >>> ramp = np.add.outer(np.arange(64), np.arange(64)) / 126
    >>> fractal_dimensions(ramp)[0].round(2)
    np.float64(2.0)
    """
    return _dimensions(check_image(image))


def _dimensions(image: Image) -> np.ndarray:
    weights = alpha_weights(image)
    light = to_gray(to_float(image))
    if weights is None:
        weights = np.ones(light.shape, np.float32)
    return np.array([_surface(light, weights), _outline(foreground_mask(image))])


def _surface(light: np.ndarray, weights: np.ndarray) -> float:
    changes: list[float] = []
    for distance in DISTANCES:
        total = change = largest = 0.0
        for plane, alpha in ((light, weights), (light.T, weights.T)):
            pair = alpha[distance:] * alpha[:-distance]
            total += pair.sum(dtype=np.float64)
            difference = pair * np.abs(plane[distance:] - plane[:-distance])
            change += difference.sum(dtype=np.float64)
            largest = max(largest, difference.max(initial=0))
        if total == 0:
            return np.nan
        if largest <= LEAST_CHANGE:
            return 2.0
        changes.append(change / total)
    return float(3 - np.polyfit(np.log(DISTANCES), np.log(changes), 1)[0])


def _outline(mask: np.ndarray) -> float:
    """Dimension of the foreground pixels with a neighbour (of four) in the background, by box counting."""
    padded = np.pad(mask, 1)
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    rows, cols = np.nonzero(mask & ~inside)
    if len(rows) == 0:
        return np.nan
    rows, cols = rows - rows.min(), cols - cols.min()
    longest = max(rows.max(), cols.max()) + 1
    sizes = [size for size in BOX_SIZES if 4 * size <= longest]
    if len(sizes) < 2:
        return np.nan
    counts = [len(np.unique(rows // size * mask.shape[1] + cols // size)) for size in sizes]
    return float(-np.polyfit(np.log(sizes), np.log(counts), 1)[0])


def fractal_dimensions_names() -> list[str]:
    """Names of the columns of `fractal_dimensions`: ``fractal_surface`` and ``fractal_outline``.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    fractal_dimensions : What the columns hold.
    FractalDimensions : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.texture import fractal_dimensions_names
    >>> fractal_dimensions_names()[:2]
    ['fractal_surface', 'fractal_outline']
    """
    return ["fractal_surface", "fractal_outline"]


class FractalDimensions(FeatureExtractor):
    """Fractal dimensions of the intensity surface and of the contour, see `fractal_dimensions`.

    See Also
    --------
    fractal_dimensions : The function behind it.
    featkit.features.frequency.power_spectrum : Roughness as the slope of the spectrum.

    Notes
    -----
    Stateless. Images may differ in size. Pixels are weighted by alpha.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import FractalDimensions
    >>> FractalDimensions().fit_transform(np.random.default_rng(0).random((1, 64, 64)))[:, 0].round(1)
    array([3.])
    """

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return _dimensions

    def feature_names(self) -> list[str]:
        return fractal_dimensions_names()
