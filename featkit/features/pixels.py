"""Raw pixel values as features."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from ..base.feature_extractor import FeatureExtractor
from ..image.alpha import Background, flatten_alpha
from ..image.checks import Image, check_image
from ..image.conversions import to_float
from ..parameters import BACKGROUND, check_parameters
from ._names import padded_numbers


def raw_pixels(image: Image, *, background: Background = 0.0) -> np.ndarray:
    """Pixel values in reading order: the baseline that every other feature has to beat.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray gives one value for each pixel, colour three. Alpha is laid on `background`.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    pixels : float32 ndarray (height * width [* 3],)
        Values in [0, 1], row by row; the three colours of a pixel stand together.

    See Also
    --------
    RawPixels : The same as a transformer.
    featkit.evaluation.raw_pixel_baselines : Classifiers on raw pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features import raw_pixels
    >>> raw_pixels(np.array([[0, 255], [51, 0]], dtype=np.uint8))
    array([0. , 1. , 0.2, 0. ], dtype=float32)
    """
    check_parameters(RawPixels, background=background)
    return _pixels(check_image(image), background)


def _pixels(image: Image, background: Background) -> np.ndarray:
    return to_float(flatten_alpha(image, background)).ravel()


class RawPixels(FeatureExtractor):
    """Raw pixel values as features: the baseline of every comparison, see `raw_pixels`.

    Parameters
    ----------
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Attributes
    ----------
    image_shape_ : tuple of int
        Shape of the images seen in fit.

    See Also
    --------
    raw_pixels : The function behind it.
    featkit.evaluation.raw_pixel_baselines : Classifiers on raw pixels.

    Notes
    -----
    Stateless apart from the image size. All images must have one shape. Alpha is laid on `background`.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import RawPixels
    >>> RawPixels().fit_transform(np.ones((2, 8, 8), dtype=np.uint8)).shape
    (2, 64)
    """

    parameter_constraints = {"background": BACKGROUND}
    needs_equal_sizes = True

    def __init__(self, *, background: Background = 0.0) -> None:
        self.background = background

    @staticmethod
    def _shape_that_counts(image: Image) -> tuple[int, ...]:
        return image.shape if image.ndim == 2 else (*image.shape[:2], 3)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_pixels, background=self.background)

    def feature_names(self) -> list[str]:
        return [f"pixel_{number}" for number in padded_numbers(math.prod(self.image_shape_))]
