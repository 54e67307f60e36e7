"""Haralick's texture statistics: thirteen numbers drawn from the co-occurrence matrices of an image."""

from collections.abc import Callable, Sequence

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import check_distinct, check_number
from .cooccurrence import N_LEVELS, count_pairs_of_steps, foreground_levels, steps_of

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


@kernel
def _variance(shares):
    mean = 0.0
    for value in range(len(shares)):
        mean += value * shares[value]
    variance = 0.0
    for value in range(len(shares)):
        variance += (value - mean) ** 2 * shares[value]
    return mean, variance


@kernel
def _entropy(shares):
    entropy = 0.0
    for share in shares:
        if share > 0:
            entropy -= share * np.log2(share)
    return entropy


@kernel
def _describe(counts, n_levels, statistics):
    """Statistics of the symmetric matrix of pair counts; its last row and column (no foreground) are left out."""
    single = np.zeros(n_levels)
    total_level = np.zeros(2 * n_levels - 1)
    difference = np.zeros(n_levels)
    n_pairs = 0
    for first in range(n_levels):
        for second in range(n_levels):
            n_pairs += counts[first, second]
    if n_pairs == 0:
        statistics[:] = np.nan
        return
    energy, entropy, homogeneity = 0.0, 0.0, 0.0
    for first in range(n_levels):
        for second in range(first, n_levels):
            count = counts[first, second] + counts[second, first]
            if count == 0:
                continue
            share = count / (2 * n_pairs)  # exactly 1 in a flat image, whose variance is 0 then
            times = 1.0 if first == second else 2.0
            energy += times * share * share
            entropy -= times * share * np.log2(share)
            homogeneity += times * share / (1.0 + (second - first) ** 2)
            total_level[first + second] += times * share
            difference[second - first] += times * share
            single[first] += share
            if first != second:
                single[second] += share
    mean, variance = _variance(single)
    single_entropy = _entropy(single)
    information = max(0.0, 2 * single_entropy - entropy)  # mutual information of the two levels of a pair
    statistics[0] = energy
    mean_difference, statistics[9] = _variance(difference)
    statistics[1] = statistics[9] + mean_difference**2
    statistics[2] = 1 - statistics[1] / (2 * variance) if variance > 0 else 1.0
    statistics[3] = variance
    statistics[4] = homogeneity
    statistics[5], statistics[6] = _variance(total_level)
    statistics[7] = _entropy(total_level)
    statistics[8] = entropy
    statistics[10] = _entropy(difference)
    statistics[11] = -information / single_entropy if single_entropy > 0 else 0.0
    statistics[12] = np.sqrt(1 - np.exp(-2 * information))


@kernel
def _mean_and_range(levels, n_levels, steps, counts, statistics, out):
    """Mean and range over the directions that have pairs; steps (distances, directions, 2), out (distances, 2, 13)."""
    for distance in range(len(steps)):
        count_pairs_of_steps(levels, steps[distance], counts)
        for direction in range(steps.shape[1]):
            _describe(counts[direction], n_levels, statistics[direction])
        for k in range(statistics.shape[1]):
            low, high, total, n = np.inf, -np.inf, 0.0, 0
            for value in statistics[:, k]:
                if not np.isnan(value):
                    low, high, total, n = min(low, value), max(high, value), total + value, n + 1
            out[distance, 0, k] = total / n if n else np.nan
            out[distance, 1, k] = high - low if n else np.nan


def haralick(
    image: Image, *, n_levels: int = 32, distances: Sequence[int] = (1,), angles: Sequence[int] = (0, 45, 90, 135)
) -> np.ndarray:
    """Haralick's thirteen texture statistics: their mean and range over the directions, for every distance.

    Each is a number drawn from the `cooccurrence_matrix` ``p(i, j)`` of a distance and direction. With levels
    ``i, j`` from 0, ``p(i)`` the share of a level, ``mu`` their mean and entropies in bits:

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
        The gray levels 0..255 are merged into so many equal intervals. Small images need few.
    distances : sequence of int >= 1, default=(1,)
        Steps of a king on the chessboard: the diagonal neighbour is at distance 1.
    angles : sequence of int in [0, 179], default=(0, 45, 90, 135)
        Directions in degrees.

    Returns
    -------
    features : float64 ndarray (len(distances) * 26,)
        For each distance the thirteen means over the directions, then the thirteen ranges (largest minus smallest,
        low where the texture has no direction). Directions without a pair are left out; NaN where none has one.

    Notes
    -----
    Definitions differ between libraries. Here ``sum_variance`` is about the sum average, as a variance is (the
    paper's text subtracts the sum entropy), and ``difference_variance`` is the variance of ``abs(i - j)``: mahotas
    takes that of its shares unless ``use_x_minus_y_variance=True``. With that, ``n_levels=256`` and a foreground
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
    n_levels = check_number("n_levels", n_levels, N_LEVELS)
    levels = foreground_levels(image, n_levels)
    steps = steps_of(distances, angles)
    out = np.empty((len(steps), 2, len(STATISTICS)))
    counts = np.empty((len(angles), n_levels + 1, n_levels + 1), np.int32)
    statistics = np.empty((steps.shape[1], len(STATISTICS)))
    _mean_and_range(levels, n_levels, steps, counts, statistics, out)
    return out.ravel()


def haralick_names(*, distances: Sequence[int] = (1,)) -> list[str]:
    """Names of the columns of `haralick`: ``haralick_d1_angular_second_moment_mean`` onwards."""
    distances = check_distinct("distances", distances, 1, 999)
    digits = len(str(max(distances)))
    return [
        f"haralick_d{distance:0{digits}d}_{statistic}_{summary}"
        for distance in distances
        for summary in ("mean", "range")
        for statistic in STATISTICS
    ]


class Haralick(FeatureExtractor):
    """Haralick's texture statistics, mean and range over directions, see `featkit.features.texture.haralick`.

    Parameters
    ----------
    n_levels : int in [2, 256], default=32
        Gray levels that are told apart.
    distances : sequence of int >= 1, default=(1,)
        Distances between the two pixels of a pair, diagonal steps counting as one.
    angles : sequence of int in [0, 179], default=(0, 45, 90, 135)
        Directions in degrees.

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
    }

    def __init__(
        self, *, n_levels: int = 32, distances: Sequence[int] = (1,), angles: Sequence[int] = (0, 45, 90, 135)
    ) -> None:
        self.n_levels = n_levels
        self.distances = distances
        self.angles = angles

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        parameters = self.get_params(deep=False)
        return lambda image: haralick(image, **parameters)

    def feature_names(self) -> list[str]:
        return haralick_names(distances=self.distances)
