"""Statistics of runs and of zones, by their gray level and their size in pixels."""

import numpy as np

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
