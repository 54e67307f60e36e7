"""Gamma correction, by a given exponent or by the one that puts the image in the middle of the range."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image, full_light
from ...parameters import POSITIVE, StrOptions, check_number, check_option, check_parameters
from ._tones import N_LEVELS, level_counts, map_values

MIDDLE = 0.5


def estimate_gamma(image: Image) -> float:
    """Estimate the gamma that brings the geometric mean of the values of an image to one half.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).

    Returns
    -------
    gamma : float > 0
        ``log(1/2) / mean(log(values))`` over all colour channels, values read as [0, 1]. Black and white do not vote,
        as no exponent changes them; nor does what has an alpha below 1/2. 1 where nothing votes, and for a mask.

    See Also
    --------
    adjust_gamma : Applies an exponent.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import estimate_gamma
    >>> estimate_gamma(np.array([[0, 0.25, 1]]))
    0.5
    """
    return _estimate_gamma(check_image(image))


def _estimate_gamma(image: Image) -> float:
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return 1.0
    voters = None if alpha is None else foreground_mask(image)
    if color.dtype == np.uint8:
        planes = [color] if color.ndim == 2 else np.moveaxis(color, -1, 0)
        counts = np.sum([level_counts(plane, voters) for plane in planes], axis=0)[1:-1]
        values = np.arange(1, N_LEVELS - 1) / (N_LEVELS - 1)
    else:
        values = (color if voters is None else color[voters]) / np.float64(full_light(color.dtype))
        values = values[(values > 0) & (values < 1)]
        counts = np.ones(values.shape)
    total = counts.sum()
    return float(np.log(MIDDLE) * total / (counts * np.log(values)).sum()) if total > 0 else 1.0


def adjust_gamma(image: Image, gamma: float | str = "auto") -> Image:
    """Gamma correction: raise the values of an image, read as [0, 1], to a power.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    gamma : float > 0 or "auto", default="auto"
        Below 1 brightens, above 1 darkens. ``"auto"``: see `estimate_gamma`; it undoes every exponent an image was
        raised to before, up to rounding.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        ``values ** gamma`` of the same kind and dtype. Alpha stays, colour under alpha 0 is 0. A mask returns as it is.
        With ``"auto"`` a flat image becomes one half in every dtype, unless it is black or white.

    See Also
    --------
    featkit.GammaCorrector : Transformer of batches.
    estimate_gamma : The automatic exponent.
    adjust_sigmoid : Contrast around a middle instead.

    References
    ----------
    Gonzalez, Woods 2018, "Digital image processing", 4th edition, section 3.2 (power-law transformations),
    isbn:9780133356724. The exponent by a mean in the logarithm is this package's own.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import adjust_gamma
    >>> adjust_gamma(np.array([[0, 0.25, 1]]), 0.5)
    array([[0. , 0.5, 1. ]])
    """
    check_parameters(GammaCorrector, gamma=gamma)
    return _adjust_gamma(check_image(image), gamma)


def _adjust_gamma(image: Image, gamma: float | str = "auto") -> Image:
    if isinstance(gamma, str):
        check_option("gamma", gamma, ("auto",))
    exponent = _estimate_gamma(image) if isinstance(gamma, str) else check_number("gamma", gamma, POSITIVE)
    return map_values(image, lambda values: values**exponent)


class GammaCorrector(ImageTransformer):
    """Gamma correction by a given exponent, or by one estimated from each image.

    Parameters
    ----------
    gamma : float > 0 or "auto", default="auto"
        See `adjust_gamma`.

    See Also
    --------
    adjust_gamma : The function.
    featkit.ToneAdjuster : Logarithm and sigmoid instead of a power.

    Notes
    -----
    Stateless; mixed sizes; kind and dtype kept; alpha respected: transparent pixels do not vote.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import GammaCorrector
    >>> picture = np.linspace(0, 1, 20).reshape(1, 4, 5)
    >>> corrector = GammaCorrector()
    >>> bool(np.allclose(corrector.fit_transform(picture**2), corrector.transform(picture)))
    True
    """

    parameter_constraints = {"gamma": [StrOptions({"auto"}), POSITIVE]}

    def __init__(self, *, gamma: float | str = "auto") -> None:
        self.gamma = gamma

    def image_transformer(self) -> Callable[[Image], Image]:
        return partial(_adjust_gamma, gamma=self.gamma)
