"""White balance: the colour of the light estimated from the image, and taken away."""

from collections.abc import Callable
from functools import partial
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from ...base.image_transformer import ImageTransformer
from ...exceptions import ImageFormatError, shown
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image, full_light
from ...image.conversions import to_float
from ...parameters import Interval, InvalidParameterError, StrOptions, check_number, check_option, check_parameters
from ..light._tones import as_dtype, beside_alpha

ORDER = Interval(Real, 1, 60, closed="both")
METHODS = ("gray-world", "paper", "shades-of-gray", "white-patch")
BORDER = 0.03  # width of the strip in which paper is looked for, in shorter sides


def estimate_illuminant(image: Image, method: str = "shades-of-gray", *, order: float = 6.0) -> np.ndarray:
    """Estimate the colour of the light on an image.

    Parameters
    ----------
    image : ndarray (height, width, 3 or 4)
        RGB or RGBA.
    method : {"gray-world", "paper", "shades-of-gray", "white-patch"}, default="shades-of-gray"
        How the colour of the light is estimated, see `white_balance`.
    order : float in [1, 60], default=6.0
        Of the Minkowski mean of ``"shades-of-gray"``.

    Returns
    -------
    light : float64 ndarray (3,)
        Red, green and blue in [0, 1]; zeros for an empty foreground.

    See Also
    --------
    white_balance : Removes the colour that is estimated.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.color import estimate_illuminant
    >>> estimate_illuminant(np.array([[[0.2, 0.4, 0.5], [0.6, 0.4, 0.1]]]), "gray-world").round(3)
    array([0.4, 0.4, 0.3])
    """
    check_parameters(WhiteBalancer, method=method, order=order)
    return _estimate_illuminant(check_image(image), method, order=order)


def _estimate_illuminant(image: Image, method: str = "shades-of-gray", *, order: float = 6.0) -> np.ndarray:
    check_option("method", method, METHODS)
    order = check_number("order", order, ORDER)
    color, alpha = split_alpha(image)
    if color.ndim != 3:
        raise ImageFormatError(f"Expected an RGB or RGBA image, got shape {image.shape}: gray has no colour of light.")
    if method == "white-patch":
        votes = color.reshape(-1, 3) if alpha is None else color[foreground_mask(image)]
        return votes.max(axis=0, initial=0) / np.float64(full_light(color.dtype))
    if method == "paper":
        votes = color[_is_border(image) & foreground_mask(image)]
        return np.median(votes, axis=0) / full_light(color.dtype) if len(votes) else np.zeros(3)
    if method == "gray-world":
        order = 1.0
    weights = None if alpha is None else to_float(alpha).astype(np.float64)
    total = color[..., 0].size if weights is None else weights.sum()
    if total == 0:
        return np.zeros(3)
    powers = to_float(color).astype(np.float64) ** order
    if weights is not None:
        powers *= weights[..., np.newaxis]
    return (powers.sum(axis=(0, 1)) / total) ** (1 / order)


def _is_border(image):
    strip = max(1, round(BORDER * min(image.shape[:2])))
    is_border = np.ones(image.shape[:2], dtype=bool)
    is_border[strip:-strip, strip:-strip] = False
    return is_border


def white_balance(
    image: Image,
    method: str = "shades-of-gray",
    *,
    order: float = 6.0,
    light: ArrayLike | None = None,
) -> Image:
    """Take the colour of the light away: scale red, green and blue each by a factor (von Kries).

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    method : {"gray-world", "paper", "shades-of-gray", "white-patch"}, default="shades-of-gray"
        How the colour of the light is estimated, channel by channel. ``"gray-world"``: the mean, as if the world were
        gray on average. ``"paper"``: the median along the border of the image, as if objects lay on white or gray
        paper that most of the border shows (before the background is removed). ``"shades-of-gray"``: the Minkowski mean
        ``mean(values ** order) ** (1 / order)``, in which bright pixels count for more. ``"white-patch"``: the largest
        value, as if that were white; one hot pixel decides.
    order : float in [1, 60], default=6.0
        Of ``"shades-of-gray"``: 1 is gray world, a high order comes near to white patch.
    light : array-like (3,) or None, default=None
        Red, green and blue of the light, each > 0, if they are known, instead of `method`: of a gray patch
        ``estimate_illuminant(image[100:120, 40:60], "gray-world")``.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        ``values * mean(light) / light`` channel by channel, cut off at full light, of the same kind and dtype: the mean
        of the light's three values is kept. A channel without light stays and is left out of that mean. Alpha stays,
        colour under alpha 0 is 0. Gray images and masks have no colour and return as they are; a flat coloured
        image becomes gray.

    See Also
    --------
    featkit.WhiteBalancer : Transformer of batches.
    estimate_illuminant : The colour of the light that is removed.

    Notes
    -----
    Works on the values as they are stored: a factor on sRGB values is, but for the foot of the curve, a factor on the
    light. Pixels vote by their alpha, for ``"white-patch"`` from alpha 1/2.

    References
    ----------
    Buchsbaum 1980, "A spatial processor model for object colour perception", doi:10.1016/0016-0032(80)90058-7 (gray
    world); Finlayson, Trezzi 2004, "Shades of gray and colour constancy", Color and Imaging Conference 12, 37-41,
    doi:10.2352/CIC.2004.12.1.art00008; Land 1977, "The retinex theory of color vision",
    doi:10.1038/scientificamerican1277-108 (white patch).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.color import white_balance
    >>> reddish = np.array([[[0.4, 0.2, 0.2], [0.8, 0.4, 0.4]]])
    >>> white_balance(reddish, "gray-world").round(3)[0]
    array([[0.267, 0.267, 0.267],
           [0.533, 0.533, 0.533]])
    """
    check_parameters(WhiteBalancer, method=method, order=order, light=light)
    return _white_balance(check_image(image), method, order=order, light=light)


def _white_balance(
    image: Image,
    method: str = "shades-of-gray",
    *,
    order: float = 6.0,
    light: ArrayLike | None = None,
) -> Image:
    check_option("method", method, METHODS)
    order = check_number("order", order, ORDER)
    color, alpha = split_alpha(image)
    if color.ndim == 2:
        return image
    light = _estimate_illuminant(image, method, order=order) if light is None else _checked_light(light)
    lit = light > 0
    gains = np.ones(3)
    gains[lit] = light[lit].mean() / light[lit] if lit.any() else 1
    if color.dtype.kind == "u":
        white = full_light(color.dtype)
        tables = as_dtype(np.arange(white + 1)[:, np.newaxis] / white * gains, color.dtype)
        balanced = np.stack([np.take(tables[:, plane], color[..., plane]) for plane in range(3)], axis=-1)
    else:
        balanced = as_dtype(color * gains.astype(color.dtype), color.dtype)
    return beside_alpha(balanced, alpha)


def _checked_light(light):
    values = np.asarray(light, dtype=np.float64)
    if values.shape != (3,) or not (np.isfinite(values).all() and (values > 0).all()):
        raise InvalidParameterError(
            f"The 'light' parameter must be None or three finite numbers > 0, red, green and blue, got {shown(light)}."
        )
    return values


class WhiteBalancer(ImageTransformer):
    """Take the colour of the light out of each image.

    Parameters
    ----------
    method : {"gray-world", "paper", "shades-of-gray", "white-patch"}, default="shades-of-gray"
        How the colour of the light is estimated, see `white_balance`.
    order : float in [1, 60], default=6.0
        Of ``"shades-of-gray"``: 1 is gray world, a high order comes near to white patch.
    light : array-like (3,) or None, default=None
        Red, green and blue of the light, each > 0, one for all images, instead of `method`, see `white_balance`: such
        as `estimate_illuminant` gives of a gray patch in one image of the session.

    See Also
    --------
    white_balance : The function, with the methods.
    featkit.ColorMatcher : Gives images the colours of others.

    Notes
    -----
    Stateless; mixed sizes; kind and dtype kept; alpha respected: transparent pixels do not vote. Gray images and
    masks pass through. A red tulip filling the border is red light to every one of these methods.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import WhiteBalancer
    >>> photos = np.random.default_rng(0).random((2, 8, 8, 3)) / 2
    >>> under_a_lamp = photos * [1.5, 1.0, 0.5]
    >>> plain, lit = (WhiteBalancer().fit_transform(images) for images in (photos, under_a_lamp))
    >>> hues_agree = np.allclose(plain / plain.sum(axis=-1, keepdims=True), lit / lit.sum(axis=-1, keepdims=True))
    >>> bool(hues_agree)
    True
    """

    parameter_constraints = {
        "method": [StrOptions(set(METHODS))],
        "order": [ORDER],
        "light": ["array-like", None],
    }

    def __init__(self, *, method: str = "shades-of-gray", order: float = 6.0, light: ArrayLike | None = None) -> None:
        self.method = method
        self.order = order
        self.light = light

    def image_transformer(self) -> Callable[[Image], Image]:
        return partial(_white_balance, method=self.method, order=self.order, light=self.light)
