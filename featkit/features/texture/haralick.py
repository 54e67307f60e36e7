"""Haralick features: thirteen statistics of the gray-level co-occurrence matrices (GLCM) of an image."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import check_distinct, check_parameters
from ._levels import N_LEVELS, VALUE_RANGE, ValueRange, check_image_with_levels, check_value_range, foreground_levels
from ._pair_counts import mean_and_range, steps_of

STATISTICS = (
    "angular_second_moment",
    "contrast",
    "correlation",
    "variance",
    "inverse_difference_moment",
    "sum_average",
    "sum_variance",
    "sum_entropy",
    "entropy",
    "difference_variance",
    "difference_entropy",
    "information_correlation_1",
    "information_correlation_2",
)


def haralick(
    image: Image,
    *,
    n_levels: int = 32,
    distances: Sequence[int] = (1,),
    angles: Sequence[int] = (0, 45, 90, 135),
    value_range: ValueRange = "dtype",
) -> np.ndarray:
    """Haralick features of the gray-level co-occurrence matrix (GLCM): mean and range over directions, by distance.

    Each is a number drawn from the `cooccurrence_matrix` ``p(i, j)`` of a distance and direction. With levels
    ``i, j`` from 0, ``p(i)`` the fraction of a level, ``mu`` their mean and entropies in bits:

    ==========================  =========================================  ==============================
    angular_second_moment       sum p(i, j)**2                             1 where flat, low where varied
    contrast                    sum (i - j)**2 p(i, j)                     steep neighbours
    correlation                 sum (i - mu) (j - mu) p(i, j) / variance   long gradients; 1 where flat
    variance                    sum (i - mu)**2 p(i)                       spread of levels
    inverse_difference_moment   sum p(i, j) / (1 + (i - j)**2)             alike neighbours
    sum_average, _variance,     mean, variance, entropy of i + j           level and spread of pairs
    _entropy
    entropy                     entropy of p(i, j)                         disorder
    difference_variance,        variance, entropy of abs(i - j)            unequal steps
    _entropy
    information_correlation_1   -I / entropy of p(i)                       0 where neighbours tell nothing
    information_correlation_2   sqrt(1 - exp(-2 I))                        I the mutual information of i, j
    ==========================  =========================================  ==============================

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only pairs of two foreground pixels (alpha at least one half) count.
    n_levels : int in [2, 256], default=32
        Equal intervals that the gray values of `value_range` are merged into. Small images need few.
    distances : sequence of int >= 1, default=(1,)
        Chebyshev (chessboard) distance in pixels; a diagonal neighbour is at distance 1.
    angles : sequence of int in [0, 179], default=(0, 45, 90, 135)
        Directions in degrees.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    Returns
    -------
    features : float64 ndarray (len(distances) * 26,)
        For each distance the thirteen means over the directions, then the thirteen ranges (largest minus smallest,
        low where the texture has no direction). Directions without a pair are left out; NaN where none has one.

    See Also
    --------
    Haralick : The same as a transformer.
    haralick_names : Names of the columns.
    cooccurrence_matrix : The matrix itself.
    featkit.features.texture.glrlm : Runs of one gray level.
    featkit.features.texture.ngtdm : Differences from the neighbourhood.

    Notes
    -----
    Definitions differ between libraries. Here ``sum_variance`` is about the sum average, as a variance is (the
    paper's text subtracts the sum entropy), and ``difference_variance`` is the variance of ``abs(i - j)``: mahotas
    takes that of its fractions unless ``use_x_minus_y_variance=True``. With that, ``n_levels=256`` and a foreground
    everywhere, mahotas gives the same numbers. scikit-image steps ``round(distance * (sin, cos))`` pixels, so that its
    diagonals are shorter from distance 2 on. The paper's fourteenth statistic (maximal correlation) is numerically
    unstable and left out.

    References
    ----------
    Haralick, Shanmugam, Dinstein 1973, "Textural features for image classification", doi:10.1109/TSMC.1973.4309314.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import haralick, haralick_names
    >>> stripes = np.tile(np.array([0, 255], dtype=np.uint8), (8, 4))
    >>> row = dict(zip(haralick_names(), haralick(stripes, n_levels=2)))
    >>> row["haralick_d1_contrast_mean"], row["haralick_d1_contrast_range"]  # upright: only straight up is no contrast
    (np.float64(0.75), np.float64(1.0))
    """
    parameters: dict[str, Any] = {
        "n_levels": n_levels,
        "distances": distances,
        "angles": angles,
        "value_range": value_range,
    }
    check_parameters(Haralick, **parameters)
    return _statistics(check_image_with_levels(image, parameters["value_range"]), **parameters)


def _statistics(
    image: Image, n_levels: int, distances: Sequence[int], angles: Sequence[int], value_range: ValueRange
) -> np.ndarray:
    n_levels = int(n_levels)
    levels = foreground_levels(image, n_levels, value_range)
    steps = steps_of(distances, angles)
    out = np.empty((len(steps), 2, len(STATISTICS)))
    counts = np.empty((len(angles), n_levels + 1, n_levels + 1), np.int32)
    statistics = np.empty((steps.shape[1], len(STATISTICS)))
    mean_and_range(levels, n_levels, steps, counts, statistics, out)
    return out.ravel()


def haralick_names(
    *,
    n_levels: int = 32,
    distances: Sequence[int] = (1,),
    angles: Sequence[int] = (0, 45, 90, 135),
    value_range: ValueRange = "dtype",
) -> list[str]:
    """Names of the columns of `haralick`: ``haralick_d1_angular_second_moment_mean`` onwards.

    Parameters
    ----------
    n_levels : int in [2, 256], default=32
        Without effect on the names.
    distances : sequence of int >= 1, default=(1,)
        As in `haralick`.
    angles : sequence of int in [0, 179], default=(0, 45, 90, 135)
        Without effect on the names.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    haralick : What the columns hold.
    Haralick : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.texture import haralick_names
    >>> haralick_names()[:2]
    ['haralick_d1_angular_second_moment_mean', 'haralick_d1_contrast_mean']
    """
    check_parameters(Haralick, n_levels=n_levels, distances=distances, angles=angles, value_range=value_range)
    check_distinct("angles", angles, 0, 179)
    check_value_range(value_range)
    distances = check_distinct("distances", distances, 1, 999)
    digits = len(str(max(distances)))
    return [
        f"haralick_d{distance:0{digits}d}_{statistic}_{summary}"
        for distance in distances
        for summary in ("mean", "range")
        for statistic in STATISTICS
    ]


class Haralick(FeatureExtractor):
    """Haralick features of the gray-level co-occurrence matrix (GLCM), see `featkit.features.texture.haralick`.

    Parameters
    ----------
    n_levels : int in [2, 256], default=32
        Equal intervals that the gray values of `value_range` are merged into. Small images need few.
    distances : sequence of int >= 1, default=(1,)
        Chebyshev (chessboard) distance in pixels; a diagonal neighbour is at distance 1.
    angles : sequence of int in [0, 179], default=(0, 45, 90, 135)
        Directions in degrees.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    See Also
    --------
    haralick : The function behind it.
    cooccurrence_matrix : The matrix itself.
    featkit.features.texture.glrlm : Runs of one gray level.
    featkit.features.texture.ngtdm : Differences from the neighbourhood.

    Notes
    -----
    Stateless. Images may differ in size. Alpha respected: only pixels of alpha at least one half count. Rows hold NaN
    where no two foreground pixels are at the distance.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Haralick
    >>> Haralick(distances=(1, 3)).fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 52)
    """

    parameter_constraints = {
        "n_levels": [N_LEVELS],
        "distances": [tuple, list, np.ndarray],
        "angles": [tuple, list, np.ndarray],
        "value_range": VALUE_RANGE,
    }

    def __init__(
        self,
        *,
        n_levels: int = 32,
        distances: Sequence[int] = (1,),
        angles: Sequence[int] = (0, 45, 90, 135),
        value_range: ValueRange = "dtype",
    ) -> None:
        self.n_levels = n_levels
        self.distances = distances
        self.angles = angles
        self.value_range = value_range

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_statistics, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return haralick_names(**self.get_params(deep=False))
