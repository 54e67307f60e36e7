"""Gray-level run-length matrix (GLRLM) features."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import check_parameters
from ._levels import N_LEVELS, VALUE_RANGE, ValueRange, check_image_with_levels, check_value_range, foreground_levels
from ._size_statistics import STATISTICS, statistics_of

DIRECTIONS = np.array([[0, 1], [1, 1], [1, 0], [1, -1]])  # steps (row, col)


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


def glrlm(image: Image, *, n_levels: int = 16, value_range: ValueRange = "dtype") -> np.ndarray:
    """Gray-level run-length matrix (GLRLM) features of Galloway: how long runs of one gray level are.

    Of runs of level i = 1 ... n_levels and of j pixels, emphases are the means of ``1 / j^2`` (short), ``j^2`` (long),
    ``1 / i^2`` (low level), ``i^2`` (high level) and of their products; nonuniformities are the sums of the squared
    fractions of the levels and of the lengths (Galloway's divided once more by the number of runs); the percentage is
    the number of runs over that of pixels.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only foreground pixels (alpha at least one half) make runs.
    n_levels : int in [2, 256], default=16
        Equal intervals that the gray values of `value_range` are merged into.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    Returns
    -------
    statistics : float64 ndarray (11,)
        In the order of `glrlm_names`; each the mean over the directions 0, 45, 90 and 135 degrees, so that
        quarter turns and mirrors change nothing. NaN without foreground.

    See Also
    --------
    GLRLM : The same as a transformer.
    glrlm_names : Names of the columns.
    featkit.features.texture.glszm : Zones of one gray level instead of runs.
    featkit.features.texture.haralick : Pairs of gray levels.

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
    check_parameters(GLRLM, n_levels=n_levels, value_range=value_range)
    return _statistics(check_image_with_levels(image, value_range), n_levels, value_range)


def _statistics(image: Image, n_levels: int, value_range: ValueRange) -> np.ndarray:
    n_levels = int(n_levels)
    levels = foreground_levels(image, n_levels, value_range)
    runs = [_runs(levels, row_step, col_step, n_levels) for row_step, col_step in DIRECTIONS]
    return np.mean([statistics_of(run_levels, lengths) for run_levels, lengths in runs], axis=0)


def glrlm_names(*, n_levels: int = 16, value_range: ValueRange = "dtype") -> list[str]:
    """Names of the columns of `glrlm`: ``glrlm_short_emphasis`` onwards.

    Parameters
    ----------
    n_levels : int in [2, 256], default=16
        Without effect on the names.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    glrlm : What the columns hold.
    GLRLM : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.texture import glrlm_names
    >>> glrlm_names()[:2]
    ['glrlm_short_emphasis', 'glrlm_long_emphasis']
    """
    check_parameters(GLRLM, n_levels=n_levels, value_range=value_range)
    check_value_range(value_range)
    return [f"glrlm_{name}" for name in STATISTICS]


class GLRLM(FeatureExtractor):
    """Gray-level run-length matrix (GLRLM) features, see `featkit.features.texture.glrlm`.

    Parameters
    ----------
    n_levels : int in [2, 256], default=16
        Equal intervals that the gray values of `value_range` are merged into.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    See Also
    --------
    glrlm : The function behind it.
    featkit.features.texture.glszm : Zones of one gray level instead of runs.
    featkit.features.texture.haralick : Pairs of gray levels.

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

    parameter_constraints = {"n_levels": [N_LEVELS], "value_range": VALUE_RANGE}

    def __init__(self, *, n_levels: int = 16, value_range: ValueRange = "dtype") -> None:
        self.n_levels = n_levels
        self.value_range = value_range

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_statistics, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return glrlm_names(**self.get_params(deep=False))
