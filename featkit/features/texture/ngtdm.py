"""Neighbourhood gray-tone difference matrix (NGTDM) features of Amadasun and King."""

from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import Interval, check_parameters
from ._levels import N_LEVELS, VALUE_RANGE, ValueRange, check_image_with_levels, check_value_range, foreground_levels

STATISTICS = ("coarseness", "contrast", "busyness", "complexity", "strength")
DISTANCE = Interval(Integral, 1, 99, closed="both")
LARGEST = 1e6  # coarseness or busyness, which grow without bound


@kernel
def _differences(levels, distance, outside):
    """Sum of the differences from the mean of the foreground neighbours, and number of pixels, of each level."""
    height, width = levels.shape
    sums, counts = np.zeros(outside), np.zeros(outside)
    for row in range(height):
        for col in range(width):
            level = levels[row, col]
            if level == outside:
                continue
            total, n_neighbors = 0, -1  # the pixel itself is no neighbour
            for near_row in range(max(row - distance, 0), min(row + distance + 1, height)):
                for near_col in range(max(col - distance, 0), min(col + distance + 1, width)):
                    if levels[near_row, near_col] != outside:
                        total += levels[near_row, near_col]
                        n_neighbors += 1
            if n_neighbors > 0:
                sums[level] += abs(level - (total - level) / n_neighbors)
                counts[level] += 1
    return sums, counts


def ngtdm(image: Image, *, n_levels: int = 16, distance: int = 1, value_range: ValueRange = "dtype") -> np.ndarray:
    """Neighbourhood gray-tone difference matrix (NGTDM) features of Amadasun and King: coarseness to strength.

    Every pixel is compared with the mean of its neighbours. With the fraction ``p(i)`` of level i = 1 ... n_levels and
    the sum ``s(i)`` over its pixels of these differences, over the number of all pixels; sums over i and j run over the
    g levels that occur:

    - coarseness: ``1 / sum p(i) s(i)``;
    - contrast: ``sum p(i) p(j) (i - j)^2 / (g (g - 1)) * sum s(i)``;
    - busyness: ``sum p(i) s(i) / sum |i p(i) - j p(j)|``;
    - complexity: ``sum |i - j| (p(i) s(i) + p(j) s(j)) / (p(i) + p(j))``;
    - strength: ``sum (p(i) + p(j)) (i - j)^2 / sum s(i)``.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only foreground pixels (alpha at least one half) count, as pixels and as neighbours.
    n_levels : int in [2, 256], default=16
        Equal intervals that the gray values of `value_range` are merged into.
    distance : int in [1, 99], default=1
        Neighbours are up to so many rows and columns away; at the border there are fewer.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    Returns
    -------
    statistics : float64 ndarray (5,)
        In the order of `ngtdm_names`. Unchanged by quarter turns and mirrors. A flat image has
        coarseness 1e6, the largest there is, and else zeros. Busyness grows without bound, here up to 1e6, where all
        ``i p(i)`` come near to each other, and depends on the level: dark images are busier. NaN where no foreground
        pixel has a neighbour.

    See Also
    --------
    NGTDM : The same as a transformer.
    ngtdm_names : Names of the columns.
    featkit.features.texture.haralick : Pairs of gray levels.
    featkit.features.texture.glrlm : Runs of one gray level.

    Notes
    -----
    The paper takes ``s`` as a sum; here it is divided by the number of pixels, so that larger images of one texture
    give the same: coarseness and strength come out that many times larger, busyness that many times smaller. Contrast
    and complexity are means over the pixels in the paper, too. Pixels at the border, which the paper leaves out, count.

    References
    ----------
    Amadasun, King 1989, "Textural features corresponding to textural properties", doi:10.1109/21.44046.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import ngtdm
    >>> ngtdm(np.full((8, 8), 90, dtype=np.uint8))
    array([1000000.,       0.,       0.,       0.,       0.])
    """
    check_parameters(NGTDM, n_levels=n_levels, distance=distance, value_range=value_range)
    return _statistics(check_image_with_levels(image, value_range), n_levels, distance, value_range)


def _statistics(image: Image, n_levels: int, distance: int, value_range: ValueRange) -> np.ndarray:
    n_levels = int(n_levels)
    sums, counts = _differences(foreground_levels(image, n_levels, value_range), int(distance), n_levels)
    total = counts.sum()
    if total == 0:
        return np.full(len(STATISTICS), np.nan)
    occurring = np.flatnonzero(counts)
    level, share, difference = occurring + 1.0, counts[occurring] / total, sums[occurring] / total
    step = np.abs(level[:, np.newaxis] - level)
    both = share[:, np.newaxis] + share
    weighted = share * difference
    n_pairs = max(len(level) * (len(level) - 1), 1)
    imbalance = np.abs(level[:, np.newaxis] * share[:, np.newaxis] - level * share).sum()
    change = difference.sum()
    return np.array(
        [
            min(1 / weighted.sum(), LARGEST) if change > 0 else LARGEST,
            (np.outer(share, share) * step**2).sum() / n_pairs * change,
            0.0 if change == 0 else min(weighted.sum() / max(imbalance, 1e-300), LARGEST),
            (step * (weighted[:, np.newaxis] + weighted) / both).sum(),
            (both * step**2).sum() / change if change > 0 else 0.0,
        ]
    )


def ngtdm_names(*, n_levels: int = 16, distance: int = 1, value_range: ValueRange = "dtype") -> list[str]:
    """Names of the columns of `ngtdm`: ``ngtdm_coarseness`` onwards.

    Parameters
    ----------
    n_levels : int in [2, 256], default=16
        Without effect on the names.
    distance : int in [1, 99], default=1
        Without effect on the names.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    ngtdm : What the columns hold.
    NGTDM : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.texture import ngtdm_names
    >>> ngtdm_names()[:2]
    ['ngtdm_coarseness', 'ngtdm_contrast']
    """
    check_parameters(NGTDM, n_levels=n_levels, distance=distance, value_range=value_range)
    check_value_range(value_range)
    return [f"ngtdm_{name}" for name in STATISTICS]


class NGTDM(FeatureExtractor):
    """Neighbourhood gray-tone difference matrix (NGTDM) features, see `featkit.features.texture.ngtdm`.

    Parameters
    ----------
    n_levels : int in [2, 256], default=16
        Equal intervals that the gray values of `value_range` are merged into.
    distance : int in [1, 99], default=1
        Neighbours are up to so many rows and columns away; at the border there are fewer.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    See Also
    --------
    ngtdm : The function behind it.
    featkit.features.texture.haralick : Pairs of gray levels.
    featkit.features.texture.glrlm : Runs of one gray level.

    Notes
    -----
    Stateless. Images may differ in size. Only foreground pixels (alpha at least one half) count.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import NGTDM
    >>> NGTDM().fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 5)
    """

    parameter_constraints = {
        "n_levels": [N_LEVELS],
        "distance": [DISTANCE],
        "value_range": VALUE_RANGE,
    }

    def __init__(self, *, n_levels: int = 16, distance: int = 1, value_range: ValueRange = "dtype") -> None:
        self.n_levels = n_levels
        self.distance = distance
        self.value_range = value_range

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_statistics, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return ngtdm_names(**self.get_params(deep=False))
