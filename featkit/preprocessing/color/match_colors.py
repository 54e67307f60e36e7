"""Colours and light of one image, or of a set of images, given to others."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ...base.image_transformer import ImageTransformer
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image
from ...image.conversions import to_gray, to_rgb
from ...image.gray_levels import is_8_bit
from ...parameters import StrOptions, check_option, check_parameters
from ..light._tones import N_LEVELS, apply_curve, beside_alpha, level_counts

_N_DEEP_LEVELS = 65536
_PLANES = 4  # red, green, blue and luma


def _histograms(image: Image) -> np.ndarray:
    """Fractions of the foreground pixels at each level of red, green, blue and luma; zeros where there are none.

    There are 256 levels where all values are levels of 8 bits, else 65536.
    """
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return np.zeros((_PLANES, N_LEVELS))
    voters = None if alpha is None else foreground_mask(image)
    n_levels = N_LEVELS if is_8_bit(image) else _N_DEEP_LEVELS
    planes = [*np.moveaxis(to_rgb(color), -1, 0), to_gray(color)]
    counts = np.stack([level_counts(plane, voters, n_levels) for plane in planes])
    return counts / max(counts[0].sum(), 1)


def _mean_histograms(all_histograms: list[np.ndarray]) -> np.ndarray:
    """Mean of histograms of 256 and 65536 levels, of which level k is level 257 k."""
    n_levels = max(histograms.shape[1] for histograms in all_histograms)
    total = np.zeros((_PLANES, n_levels))
    for histograms in all_histograms:
        total[:, :: (n_levels - 1) // (histograms.shape[1] - 1)] += histograms
    return total / len(all_histograms)


def _levels(n_levels: int) -> np.ndarray:
    return np.linspace(0, 1, n_levels)


def _rank_curve(own: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Curve from each level to the reference's level of the same rank, equal pixels sharing their middle rank."""
    own_ranks, ranks = (np.cumsum(fractions) - fractions / 2 for fractions in (own, reference))
    occurs = reference > 0
    return np.interp(own_ranks, ranks[occurs], _levels(len(reference))[occurs])


def _mean_and_deviation(fractions: np.ndarray) -> tuple[float, float]:
    levels = _levels(len(fractions))
    mean = fractions @ levels
    return float(mean), float(np.sqrt(fractions @ (levels - mean) ** 2))


def _moment_curve(own: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Straight line that brings mean and deviation to those of the reference; a flat channel takes the mean."""
    (own_mean, own_deviation), (mean, deviation) = _mean_and_deviation(own), _mean_and_deviation(reference)
    slope = deviation / own_deviation if own_deviation > 1e-9 else 0
    return np.clip(mean + slope * (_levels(len(own)) - own_mean), 0, 1)


_CURVES = {"histogram": _rank_curve, "mean-std": _moment_curve}


def _matched(image: Image, reference: np.ndarray, method: str) -> Image:
    """Match an image to the histograms of a reference."""
    color, alpha = split_alpha(image)
    own = _histograms(image)
    if not own.any() or not reference.any():
        return image if color.dtype.kind == "b" else beside_alpha(color, alpha)
    curves = [_CURVES[method](*histograms) for histograms in zip(own, reference)]
    if color.ndim == 2:
        return apply_curve(color, curves[-1])
    planes = [apply_curve(color[..., plane], curves[plane]) for plane in range(3)]
    return beside_alpha(np.stack(planes, axis=-1), alpha)


def match_colors(image: Image, reference: Image, method: str = "histogram") -> Image:
    """Histogram matching (or mean and deviation transfer): give an image the colours of another.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    reference : ndarray (height, width[, 3 or 4])
        Of any size, kind and dtype. A gray image is matched to the luma of its reference, a gray reference counts as
        RGB with equal channels.
    method : {"histogram", "mean-std"}, default="histogram"
        ``"histogram"``: every level goes to the level of the same rank, ``C_reference^-1(C(level))``, where C is the
        fraction of pixels below a level plus half of those at it: a background that fills nine tenths of one image
        and eight tenths of the other stays background. ``"mean-std"``: ``mean_reference + (value - mean) *
        deviation_reference / deviation``, cut off at black and full light.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the same kind and dtype. There are 256 levels where all values are levels of 8 bits, else 65536, so that
        data of 10 or 12 bits keep theirs; values between two levels go to between their values. Alpha stays, colour
        under alpha 0 is 0. A flat image takes the median or the mean of the reference. A mask, and every image if the
        reference is a mask or has no foreground, returns as it is.

    See Also
    --------
    featkit.ColorMatcher : Transformer that learns the reference in fit.
    white_balance : Removes a colour cast without a reference.

    Notes
    -----
    Pixels of the foreground vote (alpha 1/2 and more), in both images. scikit-image counts all pixels at a level as
    below it; where no level holds many pixels that is nearly the same. The paper of ``"mean-std"`` works in the colour
    space l-alpha-beta, here it is RGB as it is stored.

    References
    ----------
    ``"histogram"``: Gonzalez, Woods 2018, "Digital image processing", 4th edition, section 3.3,
    isbn:9780133356724. ``"mean-std"``: Reinhard, Ashikhmin, Gooch, Shirley 2001, "Color transfer between images",
    doi:10.1109/38.946629.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.color import match_colors
    >>> image = np.array([[10, 20, 30]], dtype=np.uint8)
    >>> match_colors(image, np.array([[0, 100, 200]], dtype=np.uint8))
    array([[  0, 100, 200]], dtype=uint8)
    """
    check_parameters(ColorMatcher, method=method)
    return _match_colors(check_image(image), check_image(reference), method)


def _match_colors(image: Image, reference: Image, method: str = "histogram") -> Image:
    check_option("method", method, _CURVES)
    return _matched(image, _histograms(reference), method)


class ColorMatcher(ImageTransformer):
    """Match each image's colour distribution to that of the training images.

    Parameters
    ----------
    method : {"histogram", "mean-std"}, default="histogram"
        What is matched, see `match_colors`.

    Attributes
    ----------
    histograms_ : float64 ndarray (4, 256) or (4, 65536)
        Fractions of the levels of red, green, blue and luma, each the mean over the images of fit: large and small
        images count alike; 65536 levels where an image of fit has values between those of 8 bits. Masks and images
        without foreground are left out; zeros if there were no others.

    See Also
    --------
    match_colors : The function, with the formulas.
    featkit.WhiteBalancer : Removes a colour cast without a reference.

    Notes
    -----
    Learns in fit; one image is enough as a reference. Mixed sizes and kinds; kind and dtype kept; alpha respected:
    transparent pixels do not vote.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorMatcher
    >>> bright = np.linspace(0.6, 0.8, 30).reshape(1, 5, 6)
    >>> matcher = ColorMatcher(method="mean-std").fit(bright)
    >>> bool(np.allclose(matcher.transform(bright / 2), bright, atol=0.01))
    True
    """

    parameter_constraints = {"method": [StrOptions(set(_CURVES))]}
    requires_fit = True

    def __init__(self, *, method: str = "histogram") -> None:
        self.method = method

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        histograms = [fractions for image in images if (fractions := _histograms(image)).any()]
        self.histograms_ = _mean_histograms(histograms) if histograms else np.zeros((_PLANES, N_LEVELS))

    def image_transformer(self) -> Callable[[Image], Image]:
        histograms, method = self.histograms_, self.method
        return lambda image: _matched(image, histograms, method)
