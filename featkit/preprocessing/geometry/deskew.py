"""Straighten slanted writing: a shear that makes the second moments upright."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.affine import HALF, from_float, premultiplied, unpremultiplied
from ...image.alpha import alpha_weights
from ...image.checks import Image, check_image
from ...image.conversions import to_float, to_gray
from ...image.interpolation import interpolate
from ...parameters import FRACTION, FROM_0, check_number, check_parameters
from ._directions import moments_of


def slant(weights: np.ndarray) -> tuple[float, float, float]:
    """Columns by which a drawing moves right per row further down, and its centre of mass.

    Parameters
    ----------
    weights : float32 ndarray (height, width)
        Amount of ink or foreground in every pixel, at least 0.

    Returns
    -------
    slant : float
        Covariance of row and column over the variance of the row; 0 where all ink is in one row or there is none.
    row, col : float
        Centre of mass, the centre of the first pixel being (0, 0); NaN where there is no ink.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry.deskew import slant
    >>> slant(np.eye(5, dtype=np.float32))
    (1.0, 2.0, 2.0)
    """
    moments = moments_of(weights)
    total = moments["m00"]
    if total == 0:
        return 0.0, float("nan"), float("nan")
    row, col = moments["m01"] / total, moments["m10"] / total
    is_flat = moments["mu02"] <= 1e-6 * total
    return (0.0 if is_flat else moments["mu11"] / moments["mu02"]), row, col


def deskew(image: Image, *, background: float = 0.0, max_slant: float = 1.0) -> Image:
    """Deskewing: shear an image along its rows until row and column of the drawing are uncorrelated.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The drawing is weighted by alpha; without an alpha channel by the distance of its gray value from `background`.
    background : float in [0, 1], default=0.0
        Gray level of the background of an image without alpha, 1 for white paper; it also fills what comes in.
    max_slant : float >= 0, default=1.0
        Limit of the shear in columns per row: a dash is not a fallen stroke. 1 is 45 degrees.

    Returns
    -------
    image : ndarray of the shape and dtype of the image
        The centre of mass stays where it is; what leaves the border at the sides is cut off. With alpha, colours are
        resampled weighted by it and 0 where it is 0.

    See Also
    --------
    featkit.Deskewer : Transformer of batches.
    normalize_foreground : Centres and scales the drawing as well.

    Notes
    -----
    With central moments ``mu`` and ``s = mu_row_col / mu_row_row``, the pixel (row, col) shows what was at
    ``col + s * (row - centre row)``, bilinearly interpolated.

    References
    ----------
    LeCun et al., Gradient-based learning applied to document recognition, Proc. IEEE 1998, doi:10.1109/5.726791

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry import deskew
    >>> deskew(255 * np.eye(3, dtype=np.uint8))
    array([[  0, 255,   0],
           [  0, 255,   0],
           [  0, 255,   0]], dtype=uint8)
    """
    check_parameters(Deskewer, background=background, max_slant=max_slant)
    background = check_number("background", background, FRACTION)
    return _deskew(check_image(image), background, check_number("max_slant", max_slant, FROM_0))


def _deskew(image: Image, background: float, max_slant: float) -> Image:
    alpha = alpha_weights(image)
    weights = np.abs(to_float(to_gray(image)) - np.float32(background)) if alpha is None else alpha
    shear, center_row, _ = slant(weights)
    shear = min(max(shear, -max_slant), max_slant)
    if shear == 0:
        return image.copy()
    size = image.shape[:2]
    shear_map = np.array([[1, 0, 0], [shear, 1, -shear * center_row]])
    if alpha is None:
        return from_float(interpolate(to_float(image), shear_map, *size, level=background), image.dtype)
    if image.ndim == 2:
        return interpolate(alpha, shear_map, *size, level=0) >= HALF
    return unpremultiplied(interpolate(premultiplied(image), shear_map, *size, level=0), image.dtype)


class Deskewer(ImageTransformer):
    """Deskewing: straighten slanted digits, letters or other drawings by a shear along the rows.

    Parameters
    ----------
    background : float in [0, 1], default=0.0
        Gray level of the background of an image without alpha, 1 for white paper; it also fills what comes in.
    max_slant : float >= 0, default=1.0
        Limit of the shear in columns per row: a dash is not a fallen stroke. 1 is 45 degrees.

    See Also
    --------
    deskew : The function, with the formula.
    ForegroundNormalizer : Finds the background by itself and centres and scales the drawing, too.

    Notes
    -----
    Stateless; sizes may differ. Keeps shape and dtype. With alpha, the foreground is straightened.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Deskewer
    >>> Deskewer().fit_transform(np.ones((2, 28, 28), dtype=np.uint8)).shape
    (2, 28, 28)
    """

    parameter_constraints = {
        "background": [FRACTION],
        "max_slant": [FROM_0],
    }

    def __init__(self, *, background: float = 0.0, max_slant: float = 1.0) -> None:
        self.background = background
        self.max_slant = max_slant

    def image_transformer(self) -> Callable[[Image], Image]:
        return partial(_deskew, background=float(self.background), max_slant=float(self.max_slant))
