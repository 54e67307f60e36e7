"""Fixed curves from dark to light: the logarithm, which lifts shadows, and the sigmoid, which parts dark from light."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.checks import Image, check_image
from ...parameters import FRACTION, POSITIVE, StrOptions, check_number
from ._tones import map_values


def adjust_log(image: Image, *, gain: float = 1.0) -> Image:
    """Logarithmic intensity correction: expand shadows, compress highlights.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    gain : float > 0, default=1.0
        Factor of the result.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        ``gain * log2(1 + values)`` cut off at full light, of the same kind and dtype. Alpha stays, colour under alpha 0
        is 0. A mask returns as it is.

    See Also
    --------
    featkit.ToneAdjuster : Transformer of batches.
    adjust_gamma : A power instead of the logarithm.
    adjust_sigmoid : Contrast around a middle.

    References
    ----------
    Gonzalez, Woods 2018, "Digital image processing", 4th edition, section 3.2 (log transformations),
    isbn:9780133356724.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import adjust_log
    >>> adjust_log(np.array([[0.0, 0.5, 1.0]])).round(3)
    array([[0.   , 0.585, 1.   ]])
    """
    return _adjust_log(check_image(image), gain=gain)


def _adjust_log(image: Image, *, gain: float = 1.0) -> Image:
    gain = check_number("gain", gain, POSITIVE)
    return map_values(image, lambda values: gain * np.log2(1 + values))


def adjust_sigmoid(image: Image, *, cutoff: float = 0.5, gain: float = 10.0) -> Image:
    """Sigmoid intensity correction: raise the contrast around a middle value, compress both ends.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    cutoff : float in [0, 1], default=0.5
        Value that the sigmoid turns into one half.
    gain : float > 0, default=10.0
        Steepness: the slope at `cutoff` is ``gain / 4``.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        ``1 / (1 + exp(gain * (cutoff - values)))`` of the same kind and dtype; black and white are not quite reached.
        Alpha stays, colour under alpha 0 is 0. A mask returns as it is.

    See Also
    --------
    featkit.ToneAdjuster : Transformer of batches.
    adjust_log : Expands shadows only.
    stretch_contrast : Linear, between percentiles.

    References
    ----------
    Braun, Fairchild 1999, "Image lightness rescaling using sigmoidal contrast enhancement functions",
    doi:10.1117/1.482706.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import adjust_sigmoid
    >>> adjust_sigmoid(np.array([[0.0, 0.5, 1.0]])).round(3)
    array([[0.007, 0.5  , 0.993]])
    """
    return _adjust_sigmoid(check_image(image), cutoff=cutoff, gain=gain)


def _adjust_sigmoid(image: Image, *, cutoff: float = 0.5, gain: float = 10.0) -> Image:
    cutoff, gain = check_number("cutoff", cutoff, FRACTION), check_number("gain", gain, POSITIVE)
    return map_values(image, lambda values: 1 / (1 + np.exp(gain * (cutoff - values))))


class ToneAdjuster(ImageTransformer):
    """Logarithmic or sigmoid intensity correction of every image.

    Parameters
    ----------
    curve : {"log", "sigmoid"}, default="sigmoid"
        See `adjust_log` and `adjust_sigmoid`; for a power see `GammaCorrector`.
    gain : float > 0 or None, default=None
        Factor of the logarithm or steepness of the sigmoid, see `adjust_log` and `adjust_sigmoid`; None takes that of
        the function, 1 and 10.
    cutoff : float in [0, 1], default=0.5
        Value that the sigmoid turns into one half.

    See Also
    --------
    adjust_log : The logarithm.
    adjust_sigmoid : The sigmoid.
    featkit.GammaCorrector : A power.

    Notes
    -----
    Stateless; mixed sizes; kind and dtype kept; alpha stays, colour under alpha 0 is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ToneAdjuster
    >>> ToneAdjuster(curve="log").fit_transform(np.array([[[0, 51, 102, 153, 255]]], dtype=np.uint8))
    array([[[  0,  67, 124, 173, 255]]], dtype=uint8)
    """

    parameter_constraints = {
        "curve": [StrOptions({"log", "sigmoid"})],
        "gain": [POSITIVE, None],
        "cutoff": [FRACTION],
    }

    def __init__(self, *, curve: str = "sigmoid", gain: float | None = None, cutoff: float = 0.5) -> None:
        self.curve = curve
        self.gain = gain
        self.cutoff = cutoff

    def image_transformer(self) -> Callable[[Image], Image]:
        adjust: Callable[..., Image] = (
            _adjust_log if self.curve == "log" else partial(_adjust_sigmoid, cutoff=self.cutoff)
        )
        return adjust if self.gain is None else partial(adjust, gain=self.gain)
