"""Flat light: what falls slowly off over an image is taken for the light and removed, channel by channel."""

import math
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import split_alpha
from ...image.checks import Image, check_image
from ...image.conversions import to_float
from ...parameters import FRACTION, POSITIVE, StrOptions, check_number
from ._tones import as_dtype, beside_alpha

DARKEST = 0.5 / 255  # half a level: what uint8 cannot tell from black
_ROUNDING = 1e-6  # what differs by less from its surroundings is flat


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)


def _local_mean(planes: np.ndarray, weights: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian mean of what is visible around each pixel; 0 where nothing is. Beyond the border nothing is visible."""
    total = _smooth(weights[..., 0] if weights.ndim == 3 else weights, sigma)
    total = total[..., np.newaxis] if planes.ndim == 3 else total
    return _smooth(planes * weights, sigma) / np.maximum(total, np.finfo(np.float32).tiny)


def _flattened(image: Image, flatten: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Image:
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return image
    flat = flatten(np.ascontiguousarray(to_float(color)), _plane_weights(color, alpha))
    return beside_alpha(as_dtype(flat, color.dtype), alpha)


def _plane_weights(color: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """Alpha as float32 weights that broadcast over the channels of a colour; ones without alpha."""
    weights = np.ones(color.shape[:2], np.float32) if alpha is None else to_float(alpha)
    return weights if color.ndim == 2 else weights[..., np.newaxis]


def tan_triggs_normalization(
    image: Image,
    *,
    gamma: float = 0.2,
    inner_sigma: float = 1.0,
    outer_sigma: float = 2.0,
    alpha: float = 0.1,
    tau: float = 10.0,
) -> Image:
    """Tan-Triggs illumination normalization: gamma, difference of Gaussians, contrast equalization.

    ``d = G(inner_sigma) * x**gamma - G(outer_sigma) * x**gamma``; then ``d / mean(|d|**alpha)**(1/alpha)``, the same
    again with ``min(tau, |d|)`` in the mean, and ``tau tanh(d / tau)``.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    gamma : float > 0, default=0.2
        Exponent that lifts the shadows.
    inner_sigma, outer_sigma : float > 0, default=1.0 and 2.0
        Standard deviations of the two Gaussians in pixels.
    alpha : float > 0, default=0.1
        Exponent of the mean contrast: small, so that strong edges count for little.
    tau : float > 0, default=10.0
        The limit of contrast.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the same kind and dtype: -tau is 0, tau is full light, and what has no contrast is one half (128 in uint8).
        Each colour channel by itself; alpha stays, colour under alpha 0 is 0. A mask returns as it is.

    See Also
    --------
    featkit.IlluminationFlattener : Transformer of batches.
    self_quotient_image : A single quotient instead of the chain.

    Notes
    -----
    Gaussian means and the means of contrast weigh pixels by alpha, and see nothing beyond the border: an image on a
    transparent background is flattened as it is without. The mean contrast is that of the whole image; where most of
    it is flat, as in written digits, the rest is driven to the limit.

    References
    ----------
    Tan, Triggs 2010, "Enhanced local texture feature sets for face recognition under difficult lighting conditions",
    doi:10.1109/TIP.2010.2042645.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import tan_triggs_normalization
    >>> stripes = np.tile(np.array([40, 40, 80, 80], dtype=np.uint8), (16, 4))
    >>> np.abs(tan_triggs_normalization(stripes).astype(int) - tan_triggs_normalization(stripes * 3)).max()
    np.int64(0)
    """
    return _tan_triggs_normalization(
        check_image(image), gamma=gamma, inner_sigma=inner_sigma, outer_sigma=outer_sigma, alpha=alpha, tau=tau
    )


def _tan_triggs_normalization(
    image: Image,
    *,
    gamma: float = 0.2,
    inner_sigma: float = 1.0,
    outer_sigma: float = 2.0,
    alpha: float = 0.1,
    tau: float = 10.0,
) -> Image:
    gamma, alpha = check_number("gamma", gamma, POSITIVE), check_number("alpha", alpha, POSITIVE)
    inner_sigma = check_number("inner_sigma", inner_sigma, POSITIVE)
    outer_sigma, tau = check_number("outer_sigma", outer_sigma, POSITIVE), check_number("tau", tau, POSITIVE)

    def flatten(planes, weights):
        lifted = planes ** np.float32(gamma)
        contrast = _local_mean(lifted, weights, inner_sigma) - _local_mean(lifted, weights, outer_sigma)
        contrast[np.abs(contrast) < _ROUNDING] = 0
        contrast /= _mean_contrast(np.abs(contrast), weights, alpha)
        contrast /= _mean_contrast(np.minimum(np.abs(contrast), tau), weights, alpha)
        return 0.5 + 0.5 * np.tanh(contrast / np.float32(tau))

    return _flattened(image, flatten)


def _mean_contrast(contrast: np.ndarray, weights: np.ndarray, alpha: float) -> np.ndarray:
    """Power mean of each channel over what is visible; 1 where there is no contrast.

    In an image that is flat nearly everywhere it is far below what float32 can hold. It is not let below 1e-18, over
    which twice all contrast is beyond any limit and still a number.
    """
    total = max(weights.sum(dtype=np.float64), 1e-12)
    powers = (weights * contrast**alpha).sum(axis=(0, 1), dtype=np.float64) / total
    with np.errstate(divide="ignore"):
        mean = np.where(powers > 0, np.exp(np.maximum(np.log(powers) / alpha, math.log(1e-18))), 1)
    return mean.astype(np.float32)


def self_quotient_image(image: Image, *, sigma: float = 8.0) -> Image:
    """Self-quotient image: divide every pixel by the Gaussian mean of its surroundings.

    The quotient ``q = x / (G(sigma) * x)`` is brought into [0, 1] by ``q / (1 + q)``, the logistic function of its
    logarithm: one half is as bright as the surroundings, 2/3 twice, 1/3 half as bright.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    sigma : float > 0, default=8.0
        Standard deviation of the Gaussian in pixels: light that changes over longer distances is removed.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the same kind and dtype, flat areas being one half (128 in uint8). Each colour channel by itself; alpha
        stays, colour under alpha 0 is 0. A mask returns as it is.

    See Also
    --------
    featkit.IlluminationFlattener : Transformer of batches.
    homomorphic_filter : Keeps an image to look at.

    Notes
    -----
    The mean weighs pixels by alpha and sees nothing beyond the border. Half a level of 255 is added to both parts of
    the quotient, so that black is flat, not noise. The Gaussian is isotropic; that of the paper leaves out what lies
    across an edge.

    References
    ----------
    Wang, Li, Wang 2004, "Face recognition under varying lighting conditions using self quotient image",
    doi:10.1109/AFGR.2004.1301635.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import self_quotient_image
    >>> self_quotient_image(np.full((2, 3), 77, dtype=np.uint8))
    array([[128, 128, 128],
           [128, 128, 128]], dtype=uint8)
    """
    return _self_quotient_image(check_image(image), sigma=sigma)


def _self_quotient_image(image: Image, *, sigma: float = 8.0) -> Image:
    sigma = check_number("sigma", sigma, POSITIVE)

    def flatten(planes, weights):
        around = _local_mean(planes, weights, sigma)
        difference = planes - around
        difference[np.abs(difference) < _ROUNDING] = 0
        return 0.5 + 0.5 * difference / (planes + around + np.float32(2 * DARKEST))

    return _flattened(image, flatten)


def homomorphic_filter(image: Image, *, sigma: float = 8.0, low_gain: float = 0.5, high_gain: float = 1.5) -> Image:
    """Homomorphic filter: in the log domain attenuate illumination (low frequencies), boost reflectance (high).

    With ``l = log(x)`` and its slow part ``s = G(sigma) * l`` the result is ``exp(low_gain s + high_gain (l - s))``.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    sigma : float > 0, default=8.0
        Standard deviation of the Gaussian in pixels: what changes over longer distances is light.
    low_gain : float in [0, 1], default=0.5
        What remains of the light, as an exponent: 0 removes it (and leaves gray at full light).
    high_gain : float > 0, default=1.5
        Gain of detail, as an exponent.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Cut off at full light, of the same kind and dtype. A flat image x becomes ``x ** low_gain``, but for half a
        level of 255 that is added before the logarithm is taken. Each colour channel by itself; alpha stays, colour
        under alpha 0 is 0. A mask returns as it is.

    See Also
    --------
    featkit.IlluminationFlattener : Transformer of batches.
    self_quotient_image : Removes all of the illumination.

    Notes
    -----
    The mean weighs pixels by alpha and sees nothing beyond the border.

    References
    ----------
    Oppenheim, Schafer, Stockham 1968, "Nonlinear filtering of multiplied and convolved signals",
    doi:10.1109/PROC.1968.6570.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import homomorphic_filter
    >>> homomorphic_filter(np.full((1, 3), 0.25)).round(2)
    array([[0.5, 0.5, 0.5]])
    """
    return _homomorphic_filter(check_image(image), sigma=sigma, low_gain=low_gain, high_gain=high_gain)


def _homomorphic_filter(image: Image, *, sigma: float = 8.0, low_gain: float = 0.5, high_gain: float = 1.5) -> Image:
    sigma, low_gain = check_number("sigma", sigma, POSITIVE), check_number("low_gain", low_gain, FRACTION)
    high_gain = check_number("high_gain", high_gain, POSITIVE)

    def flatten(planes, weights):
        logarithm = np.log(planes + np.float32(DARKEST))
        slow = _local_mean(logarithm, weights, sigma)
        return np.exp(np.float32(low_gain) * slow + np.float32(high_gain) * (logarithm - slow))

    return _flattened(image, flatten)


_METHODS: dict[str, Callable[..., Image]] = {
    "tan-triggs": _tan_triggs_normalization,
    "self-quotient": _self_quotient_image,
    "homomorphic": _homomorphic_filter,
}


class IlluminationFlattener(ImageTransformer):
    """Remove slowly varying illumination (shading, side light).

    Parameters
    ----------
    method : {"tan-triggs", "self-quotient", "homomorphic"}, default="tan-triggs"
        See `tan_triggs_normalization`, `self_quotient_image` and `homomorphic_filter`. ``"tan_triggs"`` and
        ``"self_quotient"`` are the same.
    sigma : float > 0 or None, default=None
        Standard deviation in pixels of the Gaussian that tells light from detail, see `homomorphic_filter`; for
        ``"tan-triggs"`` the outer one, the inner being half of it. None takes that of the function: 2 for
        ``"tan-triggs"``, else 8.

    See Also
    --------
    tan_triggs_normalization : For faces.
    self_quotient_image : The quotient.
    homomorphic_filter : The filter in the log domain.

    Notes
    -----
    Stateless; mixed sizes; kind and dtype kept; alpha respected: transparent pixels do not vote. ``"tan-triggs"`` and
    ``"self-quotient"`` leave contrast about one half, ``"homomorphic"`` still an image to look at.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import IlluminationFlattener
    >>> picture = np.random.default_rng(0).random((1, 32, 32))
    >>> side_light = picture * np.linspace(0.5, 1, 32)
    >>> flattener = IlluminationFlattener(method="self-quotient", sigma=4)
    >>> change = flattener.fit_transform(side_light) - flattener.fit_transform(picture)
    >>> bool(abs(change).mean() < abs(side_light - picture).mean() / 10)
    True
    """

    parameter_constraints = {
        "method": [StrOptions({*_METHODS, *(name.replace("-", "_") for name in _METHODS)})],
        "sigma": [POSITIVE, None],
    }

    def __init__(self, *, method: str = "tan-triggs", sigma: float | None = None) -> None:
        self.method = method
        self.sigma = sigma

    def image_transformer(self) -> Callable[[Image], Image]:
        flatten = _METHODS[self.method.replace("_", "-")]
        if self.sigma is None:
            return flatten
        if flatten is _tan_triggs_normalization:
            return partial(flatten, inner_sigma=self.sigma / 2, outer_sigma=self.sigma)
        return partial(flatten, sigma=self.sigma)
