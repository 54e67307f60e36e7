"""Percentiles of every colour channel of the foreground."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image
from ...image.colorspaces import PLANES, convert_color
from ...parameters import StrOptions, check_distinct, check_parameters

SPACES = ("rgb", "lab", "opponent")
PERCENTILES = (10, 50, 90)


def color_percentiles(image: Image, *, space: str = "lab", percentiles: Sequence[int] = PERCENTILES) -> np.ndarray:
    """Percentiles of every colour channel over the foreground.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal channels, a mask as white. Pixels count where alpha is at least one half, see
        `featkit.foreground_mask`.
    space : {"rgb", "lab", "opponent"}, default="lab"
        Colour space; its units are those of `featkit.image.convert_color`. Hue is an angle and has no percentiles.
    percentiles : sequence of int from 0 to 100, default=(10, 50, 90)
        0 is the least value, 50 the median, 100 the greatest; linear between neighbouring values.

    Returns
    -------
    percentiles : float64 ndarray (3 * n_percentiles,)
        Channel by channel. NaN without foreground.

    See Also
    --------
    featkit.ColorPercentiles : The same as a transformer.
    color_percentiles_names : Names of the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import color_percentiles
    >>> image = np.zeros((1, 5, 3), dtype=np.uint8)
    >>> image[0, :, 0] = 0, 51, 102, 153, 255
    >>> color_percentiles(image, space="rgb")[:3].round(2)
    array([0.08, 0.4 , 0.84])
    """
    check_parameters(ColorPercentiles, space=space, percentiles=percentiles)
    return _percentiles(check_image(image), space, percentiles)


def _percentiles(image: Image, space: str, percentiles: Sequence[int]) -> np.ndarray:
    percentiles = check_distinct("percentiles", percentiles, 0, 100)
    channels = convert_color(image, space)[foreground_mask(image)]
    if len(channels) == 0:
        return np.full(3 * len(percentiles), np.nan)
    return np.percentile(channels.astype(np.float64), percentiles, axis=0).T.ravel()


def color_percentiles_names(*, space: str = "lab", percentiles: Sequence[int] = PERCENTILES) -> list[str]:
    """Names of the columns of `color_percentiles`.

    Parameters
    ----------
    space : {"rgb", "lab", "opponent"}, default="lab"
        Colour space.
    percentiles : sequence of int from 0 to 100, default=(10, 50, 90)
        As of `color_percentiles`.

    Returns
    -------
    names : list of str
        ``color_<channel>_p<percentile>``.

    See Also
    --------
    color_percentiles : The values.

    Examples
    --------
    >>> from featkit.features.color import color_percentiles_names
    >>> color_percentiles_names(percentiles=(50,))
    ['color_lightness_p50', 'color_lab_a_p50', 'color_lab_b_p50']
    """
    check_parameters(ColorPercentiles, space=space, percentiles=percentiles)
    ranks = check_distinct("percentiles", percentiles, 0, 100)
    return [f"color_{channel}_p{rank:02d}" for channel in PLANES[space] for rank in ranks]


class ColorPercentiles(FeatureExtractor):
    """Percentiles of every colour channel of the foreground, see `featkit.features.color.color_percentiles`.

    Parameters
    ----------
    space : {"rgb", "lab", "opponent"}, default="lab"
        Colour space; its units are those of `featkit.image.convert_color`. Hue is an angle and has no percentiles.
    percentiles : sequence of int from 0 to 100, default=(10, 50, 90)
        0 is the least value, 50 the median, 100 the greatest; linear between neighbouring values.

    See Also
    --------
    featkit.ColorMoments : Mean, spread and skewness of each channel, of hue as well.
    featkit.IntensityStatistics : Statistics of the gray values.

    Notes
    -----
    Stateless. Images may differ in size. Pixels count where alpha is at least one half; NaN without foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorPercentiles
    >>> ColorPercentiles(percentiles=(50,)).fit_transform(np.ones((5, 16, 16, 3))).shape
    (5, 3)
    """

    parameter_constraints = {"space": [StrOptions(set(SPACES))], "percentiles": [tuple, list, np.ndarray]}

    def __init__(self, *, space: str = "lab", percentiles: Sequence[int] = PERCENTILES) -> None:
        self.space = space
        self.percentiles = percentiles

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_percentiles, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return color_percentiles_names(**self.get_params(deep=False))
