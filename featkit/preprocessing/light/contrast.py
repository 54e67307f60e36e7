"""Contrast stretching between percentiles."""

from collections.abc import Callable
from functools import partial
from numbers import Real

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image, full_light
from ...parameters import Interval, InvalidParameterError, check_number, check_parameters
from ._tones import as_dtype, beside_alpha

PERCENT = Interval(Real, 0, 100, closed="both")


def _check_percentiles(lower: float, upper: float) -> None:
    check_number("lower", lower, PERCENT)
    check_number("upper", upper, PERCENT)
    if not lower < upper:
        raise InvalidParameterError(
            f"The 'lower' parameter must be a percentile below 'upper', got lower={lower!r} and upper={upper!r}."
        )


def stretch_contrast(image: Image, *, lower: float = 2.0, upper: float = 98.0) -> Image:
    """Contrast stretching: two percentiles of the values become black and full light.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    lower, upper : float in [0, 100], default=2.0 and 98.0
        Percentiles, interpolated linearly as `numpy.percentile` does; of all colour channels together, so that hues
        stay, and of the foreground (alpha 1/2 and more).

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        ``(values - low) / (high - low)`` cut off at 0 and 1, of the same kind and dtype. Alpha stays, colour under
        alpha 0 is 0. Where both percentiles are equal, as in a flat image, the values stay; a mask returns as it is.

    See Also
    --------
    featkit.ContrastStretcher : Transformer of batches.
    scale_pixels : By mean and deviation, norm or extremes.

    References
    ----------
    Gonzalez, Woods 2018, "Digital image processing", 4th edition, section 3.2 (contrast stretching),
    isbn:9780133356724.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import stretch_contrast
    >>> stretch_contrast(np.array([[50, 60, 70, 90, 100]], dtype=np.uint8), lower=0, upper=100)
    array([[  0,  51, 102, 204, 255]], dtype=uint8)
    """
    check_parameters(ContrastStretcher, lower=lower, upper=upper)
    return _stretch_contrast(check_image(image), lower=lower, upper=upper)


def _stretch_contrast(image: Image, *, lower: float = 2.0, upper: float = 98.0) -> Image:
    _check_percentiles(lower, upper)
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return image
    votes = color if alpha is None else color[foreground_mask(image)]
    low, high = np.percentile(votes, [lower, upper]) if votes.size else (0.0, 0.0)
    if low == high:
        return beside_alpha(color, alpha)
    if color.dtype.kind == "u":
        table = as_dtype((np.arange(full_light(color.dtype) + 1) - low) / (high - low), color.dtype)
        return beside_alpha(np.take(table, color), alpha)
    return beside_alpha(as_dtype((color - low) / (high - low), color.dtype), alpha)


class ContrastStretcher(ImageTransformer):
    """Contrast stretching of every image between two percentiles of its values.

    Parameters
    ----------
    lower, upper : float in [0, 100], default=2.0 and 98.0
        Percentiles that become black and full light, see `stretch_contrast`.

    See Also
    --------
    stretch_contrast : The function.
    featkit.PixelScaler : By mean and deviation, norm or extremes.

    Notes
    -----
    Stateless; mixed sizes; kind and dtype kept; alpha respected: transparent pixels do not vote. Takes away every
    factor and offset of light that does not lead out of the range.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ContrastStretcher
    >>> pale = np.linspace(0.4, 0.6, 20).reshape(1, 4, 5)
    >>> ContrastStretcher(lower=0, upper=100).fit_transform(pale)[0, 0].round(2)
    array([0.  , 0.05, 0.11, 0.16, 0.21])
    """

    parameter_constraints = {
        "lower": [PERCENT],
        "upper": [PERCENT],
    }

    def __init__(self, *, lower: float = 2.0, upper: float = 98.0) -> None:
        self.lower = lower
        self.upper = upper

    def image_transformer(self) -> Callable[[Image], Image]:
        _check_percentiles(self.lower, self.upper)
        return partial(_stretch_contrast, lower=self.lower, upper=self.upper)
