"""Centroid distance signature of a contour, as Fourier spectrum or profile."""

from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.gray_masks import check_silhouette
from ...parameters import Interval, StrOptions, check_parameters
from ..shape.measures import PIXEL_SIZE, PixelSize, check_pixel_size
from ._outline import outline, pixel_ratio, smooth_outline

N_POINTS = 1024  # that stand for the outline
N_FEATURES = Interval(Integral, 1, 512, closed="both")
FORMS = ("spectrum", "profile")


def contour_signature(
    image: Image, *, n_features: int = 32, form: str = "spectrum", pixel_size: PixelSize = 1.0
) -> np.ndarray:
    """Centroid distance signature of the contour: its Fourier magnitudes or its profile.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The object is the component of its foreground whose outer contour encloses most; holes do not count.
    n_features : int from 1 to 512, default=32
        Length of the result.
    form : {"spectrum", "profile"}, default="spectrum"
        "profile": the distance at equal steps of the outline, anticlockwise from its furthest point; of points
        equally far, as a symmetric object has them, from the one whose following quarter of the outline lies further,
        and where these are alike, too, from the first.
        "spectrum": magnitudes of the Fourier coefficients 1 ... n_features of the distance along the outline, which
        start anywhere and do not change in a mirror: k lobes show in coefficient k.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    signature : float64 ndarray (n_features,)
        In units of the mean distance; for "spectrum", a distance ``1 + e cos kt`` gives e in coefficient k. NaN when
        the mask is empty or encloses nothing.

    See Also
    --------
    ContourSignature : The same as a transformer.
    contour_signature_names : Names of the columns.
    featkit.features.contour.elliptic_fourier : Fourier descriptors of both coordinates.
    featkit.features.contour.chord_quantiles : Distances between contour points.

    Notes
    -----
    The contour runs through the centres of the outermost pixels, is smoothed by a Gaussian of 1 pixel along its length,
    which removes the stairs of the pixels and rounds corners, and is then moved outwards by half a pixel to their
    edges.

    References
    ----------
    D. Zhang and G. Lu, "Review of shape representation and description techniques", Pattern Recognition 37(1), 2004,
    doi:10.1016/j.patcog.2003.07.008.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour import contour_signature
    >>> row, col = np.mgrid[-50:51, -50:51]
    >>> angle, radius = np.arctan2(row, col), np.hypot(row, col)
    >>> contour_signature(radius <= 35 + 7 * np.cos(3 * angle), n_features=4).round(1)
    array([0. , 0. , 0.2, 0. ])
    """
    check_parameters(ContourSignature, n_features=n_features, form=form)
    return _signature(check_silhouette(image), n_features, form, pixel_size)


def _signature(image: Image, n_features: int, form: str, pixel_size: PixelSize) -> np.ndarray:
    n_features = int(n_features)
    ratio = pixel_ratio(pixel_size)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(n_features, np.nan)
    points = smooth_outline(points, N_POINTS, ratio)
    distance = np.hypot(*(points - _centroid_of_polygon(points)).T)
    distance /= distance.mean()
    if form == "spectrum":
        return 2 / N_POINTS * np.abs(np.fft.rfft(distance))[1 : n_features + 1]
    wanted = furthest_point(distance) + np.arange(n_features) * (N_POINTS / n_features)
    return np.interp(wanted, np.arange(2 * N_POINTS), np.tile(distance, 2))


def furthest_point(distance: np.ndarray) -> int:
    """Where a profile begins, see `contour_signature`: never at the one of two twins that rounding makes larger."""
    furthest = np.flatnonzero(distance >= distance.max() * (1 - 1e-9))  # the twins of a symmetric outline
    ahead = np.cumsum(np.tile(distance, 2))
    return furthest[np.argmax((ahead[furthest + len(distance) // 4] - ahead[furthest]).round(9))]


def _centroid_of_polygon(points: np.ndarray) -> np.ndarray:
    following = np.roll(points, -1, axis=0)
    cross = points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]
    return cross @ (points + following) / (3 * cross.sum())


def contour_signature_names(*, n_features: int = 32, form: str = "spectrum", pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `contour_signature`: ``radius_spectrum_001`` or ``radius_000`` onwards.

    Parameters
    ----------
    n_features : int from 1 to 512, default=32
        As in `contour_signature`.
    form : {"spectrum", "profile"}, default="spectrum"
        As in `contour_signature`.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    contour_signature : What the columns hold.
    ContourSignature : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.contour import contour_signature_names
    >>> contour_signature_names()[:2]
    ['radius_spectrum_001', 'radius_spectrum_002']
    """
    check_parameters(ContourSignature, n_features=n_features, form=form)
    check_pixel_size(pixel_size)
    n_features = int(n_features)
    if form == "spectrum":
        return [f"radius_spectrum_{index:03d}" for index in range(1, n_features + 1)]
    return [f"radius_{index:03d}" for index in range(n_features)]


class ContourSignature(FeatureExtractor):
    """Centroid distance signature: Fourier magnitudes or profile; see `contour_signature`.

    Parameters
    ----------
    n_features : int from 1 to 512, default=32
        Length of the result.
    form : {"spectrum", "profile"}, default="spectrum"
        "profile": the distance at equal steps of the outline, anticlockwise from its furthest point; of points
        equally far, as a symmetric object has them, from the one whose following quarter of the outline lies further,
        and where these are alike, too, from the first.
        "spectrum": magnitudes of the Fourier coefficients 1 ... n_features of the distance along the outline, which
        start anywhere and do not change in a mirror: k lobes show in coefficient k.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    contour_signature : The function behind it.
    featkit.features.contour.elliptic_fourier : Fourier descriptors of both coordinates.
    featkit.features.contour.chord_quantiles : Distances between contour points.

    Notes
    -----
    Stateless. Mixed sizes are welcome. Unchanged by moving, turning and scaling; the spectrum also by a mirror. The
    object is the component of alpha >= one half whose outer outline encloses most; holes do not count. NaN when the
    mask is empty or encloses nothing (single pixels, pixels in line).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ContourSignature
    >>> ContourSignature(n_features=8).fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 8)
    """

    measures_foreground = True
    parameter_constraints = {
        "n_features": [N_FEATURES],
        "form": [StrOptions(set(FORMS))],
        "pixel_size": PIXEL_SIZE,
    }

    def __init__(self, *, n_features: int = 32, form: str = "spectrum", pixel_size: PixelSize = 1.0) -> None:
        self.n_features = n_features
        self.form = form
        self.pixel_size = pixel_size

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_signature, n_features=self.n_features, form=self.form, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return contour_signature_names(n_features=self.n_features, form=self.form, pixel_size=self.pixel_size)
