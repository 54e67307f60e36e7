"""The outline of an object as a closed curve, and two classical descriptions of it."""

import math
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from ..base import FeatureExtractor, Integral, Interval, StrOptions
from ..images import Image, foreground_mask
from ..parameters import check_option

FORMS = ("spectrum", "profile")
N_POINTS = 1024  # that stand for the outline


def outline(mask: np.ndarray) -> np.ndarray | None:
    """Outer outline of the object that encloses most; of equal ones the first, row by row.

    Parameters
    ----------
    mask : bool ndarray (height, width)

    Returns
    -------
    points : float64 ndarray (n_points, 2) or None
        (row, col) of the pixel centres along the outline, each once, neighbours at most one pixel apart in row and
        column, anticlockwise as seen. None for an empty mask and where nothing is enclosed: single pixels, pixels
        in line.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contours import outline
    >>> mask = np.zeros((4, 4), dtype=bool)
    >>> mask[1:3, 1:3] = True
    >>> outline(mask)
    array([[1., 1.], [2., 1.], [2., 2.], [1., 2.]])
    >>> outline(np.eye(4, dtype=bool)) is None
    True
    """
    contours, _ = cv2.findContours(np.ascontiguousarray(mask).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(contour) for contour in contours]
    if max(areas, default=0) == 0:
        return None
    largest = [contour[:, 0, ::-1] for contour, area in zip(contours, areas, strict=True) if area == max(areas)]
    return min(largest, key=lambda points: points[0].tolist()).astype(np.float64)


def evenly_spaced(points: np.ndarray, n_points: int) -> np.ndarray:
    """Points at equal steps along a closed curve, the first one kept.

    Parameters
    ----------
    points : float64 ndarray (n, 2)
    n_points : int

    Returns
    -------
    points : float64 ndarray (n_points, 2)
    """
    closed = np.concatenate([points, points[:1]])
    position = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    wanted = np.arange(n_points) * (position[-1] / n_points)
    return np.stack([np.interp(wanted, position, closed[:, axis]) for axis in (0, 1)], axis=1)


def smooth_closed(values: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian mean along a closed curve.

    Parameters
    ----------
    values : float64 ndarray (n, ...)
    sigma : float
        In samples.

    Returns
    -------
    smooth : float64 ndarray (n, ...)
    """
    frequency = np.fft.rfftfreq(len(values)).reshape(-1, *[1] * (values.ndim - 1))
    return np.fft.irfft(
        np.fft.rfft(values, axis=0) * np.exp(-2 * (np.pi * sigma * frequency) ** 2), len(values), axis=0
    )


def smooth_outline(points: np.ndarray, n_points: int) -> np.ndarray:
    """Outline at equal steps, without the stairs of the pixels and moved from their centres out to their edges.

    Parameters
    ----------
    points : float64 ndarray (n, 2)
        See `outline`.
    n_points : int

    Returns
    -------
    points : float64 ndarray (n_points, 2)
        (row, col), smoothed by a Gaussian of 1 pixel, then moved outwards by half a pixel.
    """
    points = evenly_spaced(smooth_closed(points, 1.0), n_points)
    along = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    length = np.maximum(np.hypot(*along.T), 1e-9)
    return points + 0.5 * np.stack([along[:, 1], -along[:, 0]], axis=1) / length[:, np.newaxis]


def elliptic_fourier(image: Image, *, n_harmonics: int = 10) -> np.ndarray:
    """Elliptic Fourier descriptors of an outline, normalised for position, size, rotation and starting point.

    Each harmonic k is an ellipse ``x_k(t) = a cos kt + b sin kt, y_k(t) = c cos kt + d sin kt``; together they draw the
    outline, t going evenly with its length. Normalised so that the first ellipse starts at the end of its long axis,
    which is the x axis, and is of length 1: a_1 = 1, b_1 = c_1 = 0. Of the two ends the one is taken for which the
    largest coefficient of an even harmonic is positive.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its foreground holds the object, see `featkit.features.contours.outline`.
    n_harmonics : int >= 2, default=10
        Ellipses to keep.

    Returns
    -------
    coefficients : float64 ndarray (4 * n_harmonics - 3,)
        d_1 (with the sign of the sense of rotation: the short half axis of the first ellipse), then a, b, c, d of
        harmonics 2, 3, ...; dimensionless, x to the right and y upwards. A mirror changes them. NaN when
        the mask is empty or encloses nothing. Where the first ellipse is a circle (disk, square) its long axis, and
        with it the direction of all others, is left to chance.

    References
    ----------
    F. P. Kuhl and C. R. Giardina, "Elliptic Fourier features of a closed contour", Computer Graphics and Image
    Processing 18(3), 1982, doi:10.1016/0146-664X(82)90034-X.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import elliptic_fourier
    >>> row, col = np.mgrid[-50:51, -50:51]
    >>> ellipse = (col / 40) ** 2 + (row / 20) ** 2 <= 1
    >>> elliptic_fourier(ellipse, n_harmonics=2).round(2) + 0.0
    array([0.59, 0.  , 0.  , 0.  , 0.  ])
    """
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(4 * n_harmonics - 3, np.nan)
    harmonics = _normalized(_harmonics(smooth_outline(points, N_POINTS), n_harmonics))
    return np.concatenate([harmonics[0, 1, 1:], harmonics[1:].ravel()])


def _harmonics(points: np.ndarray, n_harmonics: int) -> np.ndarray:
    """Coefficients [[a, b], [c, d]] of each harmonic of the polygon through the points, shape (n_harmonics, 2, 2)."""
    xy = np.concatenate([points, points[:1]])[:, ::-1] * [1, -1]
    steps = np.diff(xy, axis=0)
    lengths = np.hypot(*steps.T)
    angles = 2 * math.pi * np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
    orders = np.arange(1, n_harmonics + 1)[:, np.newaxis]
    scale = lengths.sum() / (2 * math.pi**2 * orders**2)
    slopes = steps / lengths[:, np.newaxis]
    cosines = scale * np.diff(np.cos(orders * angles), axis=1) @ slopes
    sines = scale * np.diff(np.sin(orders * angles), axis=1) @ slopes
    return np.stack([cosines, sines], axis=2)


def _normalized(harmonics: np.ndarray) -> np.ndarray:
    (a, b), (c, d) = harmonics[0]
    start = math.atan2(2 * (a * b + c * d), a * a + c * c - b * b - d * d) / 2
    orders = np.arange(1, len(harmonics) + 1)
    cos, sin = np.cos(orders * start), np.sin(orders * start)
    harmonics = harmonics @ np.stack([cos, -sin, sin, cos], axis=1).reshape(-1, 2, 2)
    axis_x, axis_y = harmonics[0, :, 0]
    length = math.hypot(axis_x, axis_y)
    harmonics = np.array([[axis_x, axis_y], [-axis_y, axis_x]]) / length**2 @ harmonics
    even = harmonics[1::2]
    if even.flat[np.abs(even).argmax()] < 0:  # the other end: both start and axis turn by half, even orders change sign
        even *= -1
    return harmonics


def elliptic_fourier_names(n_harmonics: int = 10) -> list[str]:
    """Names of the columns of `elliptic_fourier`: ``efd_01_d``, ``efd_02_a``, ``efd_02_b``, ..."""
    return ["efd_01_d", *(f"efd_{order:02d}_{letter}" for order in range(2, n_harmonics + 1) for letter in "abcd")]


class EllipticFourier(FeatureExtractor):
    """Elliptic Fourier descriptors of the outline; see `elliptic_fourier`.

    Parameters
    ----------
    n_harmonics : int from 2 to 99, default=10
        Ellipses to keep; columns are ``4 * n_harmonics - 3``.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the component of alpha >= one half whose outer outline encloses
    most; holes do not count. NaN when the mask is empty or encloses nothing (single pixels, pixels in line).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import EllipticFourier
    >>> EllipticFourier(n_harmonics=3).fit_transform(np.ones((2, 8, 16), dtype=bool)).shape
    (2, 9)
    """

    _parameter_constraints = {"n_harmonics": [Interval(Integral, 2, 99, closed="both")]}

    def __init__(self, *, n_harmonics: int = 10) -> None:
        self.n_harmonics = n_harmonics

    def _image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(elliptic_fourier, n_harmonics=self.n_harmonics)

    def _feature_names(self) -> list[str]:
        return elliptic_fourier_names(self.n_harmonics)


def contour_signature(image: Image, *, n_features: int = 32, form: str = "spectrum") -> np.ndarray:
    """Distance from the centroid to the outline, all the way around.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its foreground holds the object, see `featkit.features.contours.outline`.
    n_features : int from 1 to 512, default=32
        Length of the result.
    form : {"spectrum", "profile"}, default="spectrum"
        "profile": the distance at equal steps of the outline, anticlockwise from its furthest point.
        "spectrum": magnitudes of the Fourier coefficients 1 ... n_features of the distance along the outline, which
        start anywhere and do not change in a mirror: k lobes show in coefficient k.

    Returns
    -------
    signature : float64 ndarray (n_features,)
        In units of the mean distance; for "spectrum", a distance ``1 + e cos kt`` gives e in coefficient k. NaN when
        the mask is empty or encloses nothing.

    References
    ----------
    D. Zhang and G. Lu, "Review of shape representation and description techniques", Pattern Recognition 37(1), 2004,
    doi:10.1016/j.patcog.2003.07.008.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import contour_signature
    >>> row, col = np.mgrid[-50:51, -50:51]
    >>> angle, radius = np.arctan2(row, col), np.hypot(row, col)
    >>> contour_signature(radius <= 35 + 7 * np.cos(3 * angle), n_features=4).round(1)
    array([0. , 0. , 0.2, 0. ])
    """
    check_option("form", form, FORMS)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(n_features, np.nan)
    points = smooth_outline(points, N_POINTS)
    distance = np.hypot(*(points - _centroid_of_polygon(points)).T)
    distance /= distance.mean()
    if form == "spectrum":
        return 2 / N_POINTS * np.abs(np.fft.rfft(distance))[1 : n_features + 1]
    wanted = distance.argmax() + np.arange(n_features) * (N_POINTS / n_features)
    return np.interp(wanted, np.arange(2 * N_POINTS), np.tile(distance, 2))


def _centroid_of_polygon(points: np.ndarray) -> np.ndarray:
    following = np.roll(points, -1, axis=0)
    cross = points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]
    return cross @ (points + following) / (3 * cross.sum())


def contour_signature_names(n_features: int = 32, form: str = "spectrum") -> list[str]:
    """Names of the columns of `contour_signature`: ``radius_spectrum_001`` or ``radius_000`` onwards."""
    check_option("form", form, FORMS)
    if form == "spectrum":
        return [f"radius_spectrum_{index:03d}" for index in range(1, n_features + 1)]
    return [f"radius_{index:03d}" for index in range(n_features)]


class ContourSignature(FeatureExtractor):
    """Distance from the centroid to the outline, as spectrum or profile; see `contour_signature`.

    Parameters
    ----------
    n_features : int from 1 to 512, default=32
        Number of columns.
    form : {"spectrum", "profile"}, default="spectrum"
        Magnitudes of the Fourier coefficients of the distance, or the distance itself from the furthest point on.

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

    _parameter_constraints = {
        "n_features": [Interval(Integral, 1, 512, closed="both")],
        "form": [StrOptions(set(FORMS))],
    }

    def __init__(self, *, n_features: int = 32, form: str = "spectrum") -> None:
        self.n_features = n_features
        self.form = form

    def _image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(contour_signature, n_features=self.n_features, form=self.form)

    def _feature_names(self) -> list[str]:
        return contour_signature_names(self.n_features, self.form)
