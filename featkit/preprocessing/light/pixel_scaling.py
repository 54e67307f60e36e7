"""Each image on the scale of its own pixels: `PixelScaler`."""

from collections.abc import Callable

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import foreground_mask, split_alpha, with_alpha
from ...image.checks import Image, check_image
from ...image.conversions import to_float
from ...parameters import StrOptions, check_option, check_parameters

DEVIATIONS = 4  # standard deviations on either side of the mean that [0, 1] holds


def scale_pixels(image: Image, method: str = "zscore") -> Image:
    """Normalize the values of an image by its own statistics: z-score, L2 norm or min-max.

    The statistics are those of all colour channels together, so hues stay, and of the foreground alone:
    a pixel counts by its alpha in means and norms, and from alpha 1/2 in extremes.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    method : {"zscore", "l2", "minmax"}, default="zscore"
        ``"zscore"``: ``0.5 + z / 8`` with ``z = (x - mean) / deviation``, cut off at 4 deviations; the mean is at 0.5
        and the deviation 1/8 (an image without variation is 0.5). ``"l2"``: ``x / norm``, a vector of length 1
        (0 if black), whose values shrink as images grow: follow it by raw pixels, not by a step that works in
        8 bits. ``"minmax"``: ``(x - min) / (max - min)`` (0 without variation).

    Returns
    -------
    scaled : float32 ndarray (height, width[, 3 or 4])
        In [0, 1]; alpha as it was; 0 under alpha 0. A mask has no light to scale and returns as it is.

    See Also
    --------
    featkit.PixelScaler : Transformer of batches.
    stretch_contrast : Between percentiles.
    featkit.image.spread_bit_depth : For data of 10 or 12 bits.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import scale_pixels
    >>> scale_pixels(np.array([[10, 20, 30]], dtype=np.uint8), "minmax")
    array([[0. , 0.5, 1. ]], dtype=float32)
    >>> scale_pixels(np.array([[0.2, 0.4]]), "zscore")
    array([[0.375, 0.625]], dtype=float32)
    """
    check_parameters(PixelScaler, method=method)
    return _scale_pixels(check_image(image), method)


def _scale_pixels(image: Image, method: str = "zscore") -> Image:
    check_option("method", method, _SCALERS)
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return image
    values = to_float(color)
    if alpha is None:
        return _SCALERS[method](values, np.ones_like(values), values)
    alpha = to_float(alpha)
    weights = np.broadcast_to(alpha[..., np.newaxis], values.shape)
    scaled = _SCALERS[method](values, weights, values[foreground_mask(image)])
    scaled[alpha == 0] = 0
    return with_alpha(scaled, alpha)


def _spread(values: np.ndarray) -> float:
    return float(np.ptp(values)) if values.size else 0.0


def _zscore(values: np.ndarray, weights: np.ndarray, extremes: np.ndarray) -> np.ndarray:
    total = max(weights.sum(dtype=np.float64), np.finfo(np.float32).tiny)
    mean = (weights * values).sum(dtype=np.float64) / total
    centered = values - np.float32(mean)
    deviation = np.sqrt((weights * centered**2).sum(dtype=np.float64) / total)
    if _spread(values[weights > 0]) <= 1e-6:  # rounding of a flat image, far below one of 65535 levels
        return np.full_like(values, 0.5)
    return np.clip(0.5 + centered * np.float32(0.5 / DEVIATIONS / deviation), 0, 1)


def _l2(values: np.ndarray, weights: np.ndarray, extremes: np.ndarray) -> np.ndarray:
    norm = np.sqrt((weights * values**2).sum(dtype=np.float64))
    return np.minimum(values * np.float32(1 / norm), 1) if norm > 0 else np.zeros_like(values)


def _minmax(values: np.ndarray, weights: np.ndarray, extremes: np.ndarray) -> np.ndarray:
    low, high = (extremes.min(), extremes.max()) if extremes.size else (0, 0)
    return np.clip((values - low) / (high - low), 0, 1) if high > low else np.zeros_like(values)


_SCALERS = {"zscore": _zscore, "l2": _l2, "minmax": _minmax}


class PixelScaler(ImageTransformer):
    """Normalize each image by its own statistics (z-score, L2 norm or min-max), against differences in exposure.

    Parameters
    ----------
    method : {"zscore", "l2", "minmax"}, default="zscore"
        See `scale_pixels`.

    See Also
    --------
    scale_pixels : The function, with the formulas.
    featkit.ContrastStretcher : Between percentiles.

    Notes
    -----
    Stateless; mixed sizes; alpha respected: transparent pixels do not vote; the result is float32 in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import PixelScaler
    >>> dim_and_bright = np.stack([np.eye(5), 0.5 + np.eye(5) / 4])
    >>> dim, bright = PixelScaler().fit_transform(dim_and_bright)
    >>> bool(np.allclose(dim, bright))
    True
    """

    parameter_constraints = {"method": [StrOptions(set(_SCALERS))]}

    def __init__(self, *, method: str = "zscore") -> None:
        self.method = method

    def image_transformer(self) -> Callable[[Image], Image]:
        method = self.method
        return lambda image: _scale_pixels(image, method)
