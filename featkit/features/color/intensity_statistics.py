"""Intensity statistics of the foreground: mean, spread, form of the distribution, percentiles."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image, full_light
from ...parameters import check_distinct, check_parameters

STATISTICS = ("mean", "std", "median", "mad", "min", "max", "skewness", "kurtosis", "entropy")
PERCENTILES = (10, 25, 75, 90)
LUMA = np.array([0.299, 0.587, 0.114])
FLAT = 1e-4  # a standard deviation below it may be rounding, and has no skewness
N_LEVELS = 256
JUST_BELOW = 1e-6  # of a level: what rounding puts so little below the half goes up as the half does


def intensity_statistics(image: Image, *, percentiles: Sequence[int] = PERCENTILES) -> np.ndarray:
    """Statistics of the gray values of the foreground (first-order statistics).

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is read as its luma, 0.299 R + 0.587 G + 0.114 B, which is not rounded. Pixels count where alpha is at
        least one half, see `featkit.foreground_mask`; a mask is full light on its own foreground.
    percentiles : sequence of int from 0 to 100, default=(10, 25, 75, 90)
        Percentiles to add.

    Returns
    -------
    statistics : float64 ndarray (9 + n_percentiles,)
        mean, std, median, mad, min, max, skewness, kurtosis, entropy, then the percentiles; see `IntensityStatistics`.
        NaN without foreground.

    See Also
    --------
    featkit.IntensityStatistics : The same as a transformer, and what each statistic means.
    intensity_statistics_names : Names of the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import intensity_statistics
    >>> intensity_statistics(np.array([[0, 51, 102, 255]], dtype=np.uint8))[:6].round(3)
    array([0.4  , 0.374, 0.3  , 0.2  , 0.   , 1.   ])
    """
    check_parameters(IntensityStatistics, percentiles=percentiles)
    return _statistics(check_image(image), percentiles)


def _statistics(image: Image, percentiles: Sequence[int]) -> np.ndarray:
    percentiles = check_distinct("percentiles", percentiles, 0, 100)
    values = _gray_values(image)
    if len(values) == 0:
        return np.full(len(STATISTICS) + len(percentiles), np.nan)
    mean, std = values.mean(), values.std()
    least, median, most, *ranks = np.percentile(values, [0, 50, 100, *percentiles])
    skewness = kurtosis = 0.0
    if std > FLAT:
        squares = ((values - mean) / std) ** 2
        skewness = (squares * (values - mean)).mean() / std
        kurtosis = (squares**2).mean() - 3
    mad = np.median(np.abs(values - median))
    return np.array([mean, std, median, mad, least, most, skewness, kurtosis, _entropy(values), *ranks])


def _gray_values(image: Image) -> np.ndarray:
    """Values of the foreground in [0, 1]: float64 (n_pixels,)."""
    mask = foreground_mask(image)
    if image.dtype.kind == "b":
        return np.ones(np.count_nonzero(mask))
    pixels = image[mask] / np.float64(full_light(image.dtype))
    return pixels if image.ndim == 2 else np.clip(pixels[:, :3] @ LUMA, 0, 1)  # rounding may lead past 1


def _entropy(values: np.ndarray) -> float:
    counts = np.bincount(np.floor(values * (N_LEVELS - 1) + (0.5 + JUST_BELOW)).astype(np.intp))
    fractions = counts[counts > 0] / len(values)
    return float(-(fractions * np.log2(fractions)).sum()) + 0.0


def intensity_statistics_names(*, percentiles: Sequence[int] = PERCENTILES) -> list[str]:
    """Names of the columns of `intensity_statistics`.

    Parameters
    ----------
    percentiles : sequence of int from 0 to 100, default=(10, 25, 75, 90)
        As of `intensity_statistics`.

    Returns
    -------
    names : list of str
        ``intensity_<statistic>``.

    See Also
    --------
    intensity_statistics : The values.

    Examples
    --------
    >>> from featkit.features.color import intensity_statistics_names
    >>> intensity_statistics_names(percentiles=(5,))[-3:]
    ['intensity_kurtosis', 'intensity_entropy', 'intensity_p05']
    """
    check_parameters(IntensityStatistics, percentiles=percentiles)
    ranks = check_distinct("percentiles", percentiles, 0, 100)
    return [f"intensity_{name}" for name in [*STATISTICS, *(f"p{rank:02d}" for rank in ranks)]]


class IntensityStatistics(FeatureExtractor):
    """Statistics of the gray values of the foreground, see `featkit.features.color.intensity_statistics`.

    Parameters
    ----------
    percentiles : sequence of int from 0 to 100, default=(10, 25, 75, 90)
        Percentiles to add.

    See Also
    --------
    featkit.ColorMoments : Mean, spread and skewness of each colour channel.
    featkit.ColorPercentiles : Percentiles of each colour channel.

    Notes
    -----
    Stateless. Images may differ in size. NaN without foreground. Values are in [0, 1], black to full light; integer
    images keep their 16 bits.

    ============ ========================================================================================
    column       meaning
    ============ ========================================================================================
    mean         arithmetic mean
    std          standard deviation of the population (divided by n)
    median       middle value
    mad          median absolute deviation from the median, not scaled to a normal distribution
    min, max     least and greatest value
    skewness     third moment over cubed standard deviation; 0 where that is below 0.0001
    kurtosis     fourth moment over its fourth power, minus 3 (excess); 0 likewise
    entropy      in bits, of the histogram of 256 levels: 0 for a flat image, at most 8
    p10, p25 ... percentiles, linear between neighbouring values
    ============ ========================================================================================

    These are the definitions of NumPy and SciPy (``skew``, ``kurtosis``, ``median_abs_deviation``), and those of the
    Image Biomarker Standardisation Initiative but for two: its median absolute deviation is the mean of the distances
    from the median, and its percentiles are values that occur.

    References
    ----------
    A. Zwanenburg et al., "The Image Biomarker Standardization Initiative", Radiology 295(2), 2020,
    doi:10.1148/radiol.2020191145.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import IntensityStatistics
    >>> IntensityStatistics().set_output(transform="pandas").fit_transform(np.ones((1, 5, 6)))["intensity_mean"]
    0    1.0
    Name: intensity_mean, dtype: float64
    """

    parameter_constraints = {"percentiles": [tuple, list, np.ndarray]}

    def __init__(self, *, percentiles: Sequence[int] = PERCENTILES) -> None:
        self.percentiles = percentiles

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_statistics, percentiles=self.percentiles)

    def feature_names(self) -> list[str]:
        return intensity_statistics_names(percentiles=self.percentiles)
