"""Amadasun and King's statistics: how far pixels depart from the mean of their neighbours, level by level."""

from collections.abc import Callable
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import Interval, check_number
from .cooccurrence import N_LEVELS, foreground_levels

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


def ngtdm(image: Image, *, n_levels: int = 16, distance: int = 1) -> np.ndarray:
    """Coarseness, contrast, busyness, complexity and strength, as people see them in a texture.

    Every pixel is compared with the mean of its neighbours. With the share ``p(i)`` of level i = 1 ... n_levels and the
    sum ``s(i)`` over its pixels of these differences, over the number of all pixels; sums over i and j run over the
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
        The gray levels 0..255 are merged into so many equal intervals.
    distance : int in [1, 99], default=1
        Neighbours are up to so many rows and columns away; at the border there are fewer.

    Returns
    -------
    statistics : float64 ndarray (5,)
        In the order of `ngtdm_names`. Unchanged by quarter turns and mirrors. A flat picture has
        coarseness 1e6, the largest there is, and else zeros. Busyness grows without bound, here up to 1e6, where all
        ``i p(i)`` come near to each other, and depends on the level: dark pictures are busier. NaN where no foreground
        pixel has a neighbour.

    Notes
    -----
    The paper takes ``s`` as a sum; here it is divided by the number of pixels, so that larger pictures of one texture
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
    n_levels = check_number("n_levels", n_levels, N_LEVELS)
    distance = check_number("distance", distance, DISTANCE)
    sums, counts = _differences(foreground_levels(image, n_levels), distance, n_levels)
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


def ngtdm_names() -> list[str]:
    """Names of the columns of `ngtdm`: ``neighborhood_coarseness`` onwards."""
    return [f"neighborhood_{name}" for name in STATISTICS]


class NGTDM(FeatureExtractor):
    """Amadasun and King's five statistics of texture, see `featkit.features.texture.ngtdm`.

    Parameters
    ----------
    n_levels : int in [2, 256], default=16
        Intervals that the gray levels 0..255 are merged into.
    distance : int in [1, 99], default=1
        Neighbours are up to so many rows and columns away.

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
    }

    def __init__(self, *, n_levels: int = 16, distance: int = 1) -> None:
        self.n_levels = n_levels
        self.distance = distance

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        parameters = self.get_params(deep=False)
        return lambda image: ngtdm(image, **parameters)

    def feature_names(self) -> list[str]:
        return ngtdm_names()
