"""Runs and zones of one gray level: how long the stripes and how large the patches of a texture are."""

from collections.abc import Callable

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import check_number
from .cooccurrence import N_LEVELS, foreground_levels

DIRECTIONS = np.array([[0, 1], [1, 1], [1, 0], [1, -1]])  # steps (row, col)
STATISTICS = (
    "short_emphasis",
    "long_emphasis",
    "level_nonuniformity",
    "size_nonuniformity",
    "percentage",
    "low_level_emphasis",
    "high_level_emphasis",
    "short_low_level_emphasis",
    "short_high_level_emphasis",
    "long_low_level_emphasis",
    "long_high_level_emphasis",
)


@kernel
def _runs(levels, row_step, col_step, outside):
    """Level and length of every run of foreground pixels in one direction."""
    height, width = levels.shape
    run_levels, lengths = np.empty(levels.size, np.int64), np.empty(levels.size, np.int64)
    n_runs = 0
    for row in range(height):
        for col in range(width):
            level = levels[row, col]
            before_row, before_col = row - row_step, col - col_step
            has_before = before_row >= 0 and 0 <= before_col < width
            if level == outside or (has_before and levels[before_row, before_col] == level):
                continue
            length, there_row, there_col = 1, row + row_step, col + col_step
            while there_row < height and 0 <= there_col < width and levels[there_row, there_col] == level:
                length, there_row, there_col = length + 1, there_row + row_step, there_col + col_step
            run_levels[n_runs], lengths[n_runs] = level, length
            n_runs += 1
    return run_levels[:n_runs], lengths[:n_runs]


@kernel
def zones_of_levels(levels, outside):
    """Level and area of every zone: foreground pixels of one level that hang together over 8 neighbours."""
    height, width = levels.shape
    zone_levels, areas = np.empty(levels.size, np.int64), np.empty(levels.size, np.int64)
    is_seen = levels == outside
    waiting = np.empty(levels.size, np.int64)
    n_zones = 0
    for start in range(levels.size):
        if is_seen[start // width, start % width]:
            continue
        level = levels[start // width, start % width]
        is_seen[start // width, start % width] = True
        waiting[0] = start
        n_waiting, area = 1, 0
        while n_waiting:
            n_waiting -= 1
            area += 1
            row, col = waiting[n_waiting] // width, waiting[n_waiting] % width
            for near_row in range(max(row - 1, 0), min(row + 2, height)):
                for near_col in range(max(col - 1, 0), min(col + 2, width)):
                    if not is_seen[near_row, near_col] and levels[near_row, near_col] == level:
                        is_seen[near_row, near_col] = True
                        waiting[n_waiting] = near_row * width + near_col
                        n_waiting += 1
        zone_levels[n_zones], areas[n_zones] = level, area
        n_zones += 1
    return zone_levels[:n_zones], areas[:n_zones]


def statistics_of(levels: np.ndarray, sizes: np.ndarray) -> list[float]:
    """STATISTICS of runs or zones, each given by its level (from 0) and its number of pixels."""
    if len(levels) == 0:
        return [np.nan] * len(STATISTICS)
    count = len(levels)
    low, short = 1 / (levels + 1.0) ** 2, 1 / sizes.astype(np.float64) ** 2
    return [
        short.mean(),
        (1 / short).mean(),
        (np.bincount(levels) ** 2).sum() / count**2,
        (np.bincount(sizes) ** 2).sum() / count**2,
        count / sizes.sum(),
        low.mean(),
        (1 / low).mean(),
        (short * low).mean(),
        (short / low).mean(),
        (low / short).mean(),
        (1 / short / low).mean(),
    ]


def glrlm(image: Image, *, n_levels: int = 16) -> np.ndarray:
    """Galloway's statistics of runs: how long pixels of one gray level follow each other in a straight line.

    Of runs of level i = 1 ... n_levels and of j pixels, emphases are the means of ``1 / j^2`` (short), ``j^2`` (long),
    ``1 / i^2`` (low level), ``i^2`` (high level) and of their products; nonuniformities are the sums of the squared
    shares of the levels and of the lengths (Galloway's divided once more by the number of runs); the percentage is the
    number of runs over that of pixels.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only foreground pixels (alpha at least one half) make runs.
    n_levels : int in [2, 256], default=16
        The gray levels 0..255 are merged into so many equal intervals.

    Returns
    -------
    statistics : float64 ndarray (11,)
        In the order of `glrlm_names`; each the mean over the directions 0, 45, 90 and 135 degrees, so that
        quarter turns and mirrors change nothing. NaN without foreground.

    References
    ----------
    Galloway 1975, "Texture analysis using gray level run lengths", doi:10.1016/S0146-664X(75)80008-6. Chu, Sehgal,
    Greenleaf 1990, doi:10.1016/0167-8655(90)90112-F. Dasarathy, Holder 1991, doi:10.1016/0167-8655(91)80014-2.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import glrlm
    >>> glrlm(np.full((8, 8), 90, dtype=np.uint8))[4]  # 8 + 8 + 15 + 15 runs in 4 * 64 pixels
    np.float64(0.1796875)
    """
    n_levels = check_number("n_levels", n_levels, N_LEVELS)
    levels = foreground_levels(image, n_levels)
    runs = [_runs(levels, row_step, col_step, n_levels) for row_step, col_step in DIRECTIONS]
    return np.mean([statistics_of(run_levels, lengths) for run_levels, lengths in runs], axis=0)


def glrlm_names() -> list[str]:
    """Names of the columns of `glrlm`: ``runs_short_emphasis`` onwards."""
    return [f"runs_{name}" for name in STATISTICS]


class GLRLM(FeatureExtractor):
    """Statistics of runs of one gray level, see `featkit.features.texture.glrlm`.

    Parameters
    ----------
    n_levels : int in [2, 256], default=16
        Intervals that the gray levels 0..255 are merged into.

    Notes
    -----
    Stateless. Images may differ in size. Only foreground pixels (alpha at least one half) count.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import GLRLM
    >>> GLRLM().fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 11)
    """

    parameter_constraints = {"n_levels": [N_LEVELS]}

    def __init__(self, *, n_levels: int = 16) -> None:
        self.n_levels = n_levels

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        n_levels = self.n_levels
        return lambda image: glrlm(image, n_levels=n_levels)

    def feature_names(self) -> list[str]:
        return glrlm_names()
