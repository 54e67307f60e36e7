"""Statistics of runs and zones, from the matrix of levels and sizes written out."""

import numpy as np
import pytest

from featkit.features.texture._size_statistics import STATISTICS, statistics_of


def test_they_are_the_sums_over_the_matrix_of_the_papers():
    rng = np.random.default_rng(0)
    levels, sizes = rng.integers(0, 6, 80), rng.integers(1, 9, 80)
    matrix = np.zeros((6, 9))
    np.add.at(matrix, (levels, sizes), 1)
    n = matrix.sum()
    expected = dict.fromkeys(STATISTICS, 0.0)
    for (level, size), count in np.ndenumerate(matrix[:, 1:]):
        level, size = level + 1, size + 1  # both from 1 in the papers
        expected["short_emphasis"] += count / size**2 / n
        expected["long_emphasis"] += count * size**2 / n
        expected["low_level_emphasis"] += count / level**2 / n
        expected["high_level_emphasis"] += count * level**2 / n
        expected["short_low_level_emphasis"] += count / size**2 / level**2 / n
        expected["short_high_level_emphasis"] += count * level**2 / size**2 / n
        expected["long_low_level_emphasis"] += count * size**2 / level**2 / n
        expected["long_high_level_emphasis"] += count * size**2 * level**2 / n
    expected["level_nonuniformity"] = (matrix.sum(axis=1) ** 2).sum() / n**2
    expected["size_nonuniformity"] = (matrix.sum(axis=0) ** 2).sum() / n**2
    expected["percentage"] = n / (matrix.sum(axis=0) * np.arange(9)).sum()
    assert dict(zip(STATISTICS, statistics_of(levels, sizes), strict=True)) == pytest.approx(expected)


def test_nothing_has_no_statistics():
    assert np.isnan(statistics_of(np.zeros(0, int), np.zeros(0, int))).all()
