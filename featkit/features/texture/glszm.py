"""Gray-level size-zone matrix (GLSZM) features."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import check_parameters
from .._zones import zones_of_levels
from ._levels import N_LEVELS, VALUE_RANGE, ValueRange, check_image_with_levels, check_value_range, foreground_levels
from ._size_statistics import STATISTICS, statistics_of


def glszm(image: Image, *, n_levels: int = 16, value_range: ValueRange = "dtype") -> np.ndarray:
    """Gray-level size-zone matrix (GLSZM) features of Thibault: how large connected zones of one gray level are.

    A zone is made of pixels of one level that touch, over 8 neighbours. The statistics are those of `glrlm`, with
    the number of pixels of a zone in place of the length of a run.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only foreground pixels (alpha at least one half) make zones.
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
        In the order of `glszm_names`. Unchanged by quarter turns and mirrors. NaN without foreground.

    See Also
    --------
    GLSZM : The same as a transformer.
    glszm_names : Names of the columns.
    featkit.features.texture.glrlm : Runs of one gray level instead of zones.
    featkit.features.texture.haralick : Pairs of gray levels.

    References
    ----------
    Thibault, Fertil, Navarro, Pereira, Cau, Levy, Sequeira, Mari 2009, "Texture indexes and gray level size zone
    matrix: application to cell nuclei classification", Pattern Recognition and Information Processing.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import glszm
    >>> halves = np.repeat(np.array([0, 255], dtype=np.uint8), 8).reshape(4, 4)
    >>> glszm(halves)[[1, 4]]  # two zones of eight pixels each
    array([64.   ,  0.125])
    """
    check_parameters(GLSZM, n_levels=n_levels, value_range=value_range)
    return _statistics(check_image_with_levels(image, value_range), n_levels, value_range)


def _statistics(image: Image, n_levels: int, value_range: ValueRange) -> np.ndarray:
    n_levels = int(n_levels)
    return np.array(statistics_of(*zones_of_levels(foreground_levels(image, n_levels, value_range), n_levels)))


def glszm_names(*, n_levels: int = 16, value_range: ValueRange = "dtype") -> list[str]:
    """Names of the columns of `glszm`: ``glszm_short_emphasis`` onwards; short and long stand for small and large.

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
    glszm : What the columns hold.
    GLSZM : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.texture import glszm_names
    >>> glszm_names()[:2]
    ['glszm_short_emphasis', 'glszm_long_emphasis']
    """
    check_parameters(GLSZM, n_levels=n_levels, value_range=value_range)
    check_value_range(value_range)
    return [f"glszm_{name}" for name in STATISTICS]


class GLSZM(FeatureExtractor):
    """Gray-level size-zone matrix (GLSZM) features, see `featkit.features.texture.glszm`.

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
    glszm : The function behind it.
    featkit.features.texture.glrlm : Runs of one gray level instead of zones.
    featkit.features.texture.haralick : Pairs of gray levels.

    Notes
    -----
    Stateless. Images may differ in size. Only foreground pixels (alpha at least one half) count.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import GLSZM
    >>> GLSZM().fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 11)
    """

    parameter_constraints = {"n_levels": [N_LEVELS], "value_range": VALUE_RANGE}

    def __init__(self, *, n_levels: int = 16, value_range: ValueRange = "dtype") -> None:
        self.n_levels = n_levels
        self.value_range = value_range

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_statistics, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return glszm_names(**self.get_params(deep=False))
