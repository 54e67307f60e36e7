"""Rotation-invariant variance (VAR): the local contrast, which local binary patterns leave out."""

import math
from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...image.gray_levels import fine_gray_levels, levels_per_step, spread_found
from ...parameters import BACKGROUND, Interval, check_pair, check_parameters
from .._names import cell_names, padded_numbers
from ._codes import N_POINTS, RADIUS, STEP_BITS, STEPS, circle_name, circle_positions, code_shape, count_labels

N_BINS = Interval(Integral, 2, 256, closed="both")
LARGEST = 14.0  # log2(1 + 127.5 ** 2) is just below: half of the circle black, half white


@kernel
def _fill_bins(image, levels_per_step, positions, margin, n_bins, bins):
    """Bin of the variance of the neighbours of every pixel that has all of them."""
    n_points = len(positions)
    for row in range(bins.shape[0]):
        for col in range(bins.shape[1]):
            total = squares = 0.0
            for k in range(n_points):
                top = row + margin + (positions[k, 0] >> STEP_BITS)
                left = col + margin + (positions[k, 1] >> STEP_BITS)
                down, across = positions[k, 0] & (STEPS - 1), positions[k, 1] & (STEPS - 1)
                below, right = top + (1 if down else 0), left + (1 if across else 0)
                upper = (STEPS - across) * np.int64(image[top, left]) + across * np.int64(image[top, right])
                lower = (STEPS - across) * np.int64(image[below, left]) + across * np.int64(image[below, right])
                level = ((STEPS - down) * upper + down * lower) / (STEPS * STEPS * levels_per_step)
                total += level
                squares += level * level
            variance = max(squares / n_points - (total / n_points) ** 2, 0.0)
            bins[row, col] = int(np.log2(1 + variance) * n_bins / LARGEST)


def rotation_invariant_variance(
    image: Image,
    *,
    n_points: int = 8,
    radius: float = 1,
    n_bins: int = 14,
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of the rotation-invariant variance (VAR) of gray levels on a circle around every pixel.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma); levels have the depth of the data, up to 16 bits.
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    n_bins : int in [2, 256], default=14
        Equal intervals of ``log2(1 + variance)``, which lies between 0 and 14; with 14 a bin is a doubling of 1 +
        variance. (The paper cuts at the quantiles of a training set.)
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    histogram : float32 ndarray (rows * columns * n_bins,)
        Fraction of each bin among the pixels of its cell that have all their neighbours; the fractions of a cell sum to
        1. Adding light changes nothing; quarter turns nothing where `n_points` is a multiple of four. NaN in a cell
        without such pixels: in images of less than ``2 ceil(radius) + 1`` pixels a side, or with more cells than
        pixels.

    See Also
    --------
    RotationInvariantVariance : The same as a transformer.
    rotation_invariant_variance_names : Names of the columns.
    featkit.features.binary_patterns.local_binary_pattern : The pattern, to which this adds the contrast.
    featkit.features.binary_patterns.completed_lbp : Sizes of the differences one by one.

    Notes
    -----
    Beside `featkit.features.binary_patterns.local_binary_pattern` with ``"uniform"`` it completes the pair of the
    paper: pattern and contrast.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää 2002, "Multiresolution gray-scale and rotation invariant texture classification with
    local binary patterns", section 2.5, doi:10.1109/TPAMI.2002.1017623.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import rotation_invariant_variance
    >>> rotation_invariant_variance(np.full((9, 9), 7, dtype=np.uint8), n_bins=4)  # flat
    array([1., 0., 0., 0.], dtype=float32)
    """
    parameters: dict[str, Any] = {
        "n_points": n_points,
        "radius": radius,
        "n_bins": n_bins,
        "grid": grid,
        "background": background,
    }
    check_parameters(RotationInvariantVariance, **parameters)
    return _variances(check_image(image), **parameters)


def _variances(
    image: Image, n_points: int, radius: float, n_bins: int, grid: tuple[int, int], background: Background
) -> np.ndarray:
    n_bins = int(n_bins)
    gray = fine_gray_levels(spread_found(image), background)
    margin = math.ceil(radius)
    height, width = code_shape(gray.shape, margin)
    bins = np.empty((height, width - 2 * margin), np.uint8)
    _fill_bins(gray, levels_per_step(gray), circle_positions(n_points, radius), margin, n_bins, bins)
    histograms = np.empty((*check_pair("grid", grid), n_bins), np.float32)
    count_labels(bins, np.arange(n_bins, dtype=np.uint8), histograms)
    return histograms.ravel()


def rotation_invariant_variance_names(
    *,
    n_points: int = 8,
    radius: float = 1,
    n_bins: int = 14,
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `rotation_invariant_variance`: ``var_p8_r1_00`` onwards.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        As in `rotation_invariant_variance`.
    radius : float >= 1, default=1
        As in `rotation_invariant_variance`.
    n_bins : int in [2, 256], default=14
        As in `rotation_invariant_variance`.
    grid : (int, int), default=(1, 1)
        As in `rotation_invariant_variance`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    rotation_invariant_variance : What the columns hold.
    RotationInvariantVariance : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.binary_patterns import rotation_invariant_variance_names
    >>> rotation_invariant_variance_names()[:2]
    ['var_p8_r1_00', 'var_p8_r1_01']
    """
    check_parameters(
        RotationInvariantVariance,
        n_points=n_points,
        radius=radius,
        n_bins=n_bins,
        grid=grid,
        background=background,
    )
    return cell_names(f"var_{circle_name(n_points, radius)}", grid, padded_numbers(int(n_bins)))


class RotationInvariantVariance(FeatureExtractor):
    """Rotation-invariant variance (VAR): histogram of local contrast, see `rotation_invariant_variance`.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    n_bins : int in [2, 256], default=14
        Equal intervals of ``log2(1 + variance)``, which lies between 0 and 14; with 14 a bin is a doubling of 1 +
        variance. (The paper cuts at the quantiles of a training set.)
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    See Also
    --------
    rotation_invariant_variance : The function behind it.
    featkit.features.binary_patterns.local_binary_pattern : The pattern, to which this adds the contrast.
    featkit.features.binary_patterns.completed_lbp : Sizes of the differences one by one.

    Notes
    -----
    Stateless. Images may differ in size. Alpha is laid on `background`. Rows hold NaN for images that are too small.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import RotationInvariantVariance
    >>> RotationInvariantVariance(grid=(2, 2)).fit_transform(np.ones((3, 16, 16), dtype=np.uint8)).shape
    (3, 56)
    """

    parameter_constraints = {
        "n_points": [N_POINTS],
        "radius": [RADIUS],
        "n_bins": [N_BINS],
        "grid": [tuple, list],
        "background": BACKGROUND,
    }

    def __init__(
        self,
        *,
        n_points: int = 8,
        radius: float = 1,
        n_bins: int = 14,
        grid: tuple[int, int] = (1, 1),
        background: Background = 0.0,
    ) -> None:
        self.n_points = n_points
        self.radius = radius
        self.n_bins = n_bins
        self.grid = grid
        self.background = background

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_variances, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return rotation_invariant_variance_names(**self.get_params(deep=False))
