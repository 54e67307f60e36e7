"""Runs and zones of one gray level: how long the stripes and how large the patches of a texture are."""

from collections.abc import Callable

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image
from ...parameters import check_number
from .cooccurrence import N_LEVELS, foreground_levels
from .glrlm import STATISTICS, statistics_of, zones_of_levels


def glszm(image: Image, *, n_levels: int = 16) -> np.ndarray:
    """Thibault's statistics of zones: how large the patches of one gray level are, whatever their direction.

    A zone is made of pixels of one level that touch, over 8 neighbours. The statistics are those of `glrlm`, with
    the number of pixels of a zone in place of the length of a run.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only foreground pixels (alpha at least one half) make zones.
    n_levels : int in [2, 256], default=16
        The gray levels 0..255 are merged into so many equal intervals.

    Returns
    -------
    statistics : float64 ndarray (11,)
        In the order of `glszm_names`. Unchanged by quarter turns and mirrors. NaN without foreground.

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
    n_levels = check_number("n_levels", n_levels, N_LEVELS)
    return np.array(statistics_of(*zones_of_levels(foreground_levels(image, n_levels), n_levels)))


def glszm_names() -> list[str]:
    """Names of the columns of `glszm`: ``zones_short_emphasis`` onwards; short and long stand for small, large."""
    return [f"zones_{name}" for name in STATISTICS]


class GLSZM(FeatureExtractor):
    """Statistics of zones of one gray level, see `featkit.features.texture.glszm`.

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
    >>> from featkit import GLSZM
    >>> GLSZM().fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 11)
    """

    parameter_constraints = {"n_levels": [N_LEVELS]}

    def __init__(self, *, n_levels: int = 16) -> None:
        self.n_levels = n_levels

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        n_levels = self.n_levels
        return lambda image: glszm(image, n_levels=n_levels)

    def feature_names(self) -> list[str]:
        return glszm_names()
