"""Elliptic Fourier descriptors (EFD): a contour as a sum of ellipses."""

import math
from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import ImageFormatError
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.gray_masks import check_silhouette
from ...parameters import Interval, check_number, check_parameters
from ..shape.measures import PIXEL_SIZE, PixelSize, check_pixel_size
from ._outline import outline, pixel_ratio, smooth_outline

N_POINTS = 1024  # that stand for the outline
N_HARMONICS = Interval(Integral, 2, 99, closed="both")
N_POINTS_DRAWN = Interval(Integral, 3, None, closed="left")


def elliptic_fourier(image: Image, *, n_harmonics: int = 10, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Elliptic Fourier descriptors (EFD) of the contour, normalised for position, size, rotation and starting point.

    Each harmonic k is an ellipse ``x_k(t) = a cos kt + b sin kt, y_k(t) = c cos kt + d sin kt``; together they draw the
    outline, t going evenly with its length. Normalised so that the first ellipse starts at the end of its long axis,
    which is the x axis, and is of length 1: a_1 = 1, b_1 = c_1 = 0. The two ends of the long axis differ by half a
    turn, which changes the sign of all even harmonics: the end is taken for which the first of their coefficients (in
    the order of the columns) that has at least 90 % of the magnitude of the largest is positive.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The object is the component of its foreground whose outer contour encloses most; holes do not count.
    n_harmonics : int from 2 to 99, default=10
        Ellipses to keep.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    coefficients : float64 ndarray (4 * n_harmonics - 3,)
        d_1 (with the sign of the sense of rotation: the short half axis of the first ellipse), then a, b, c, d of
        harmonics 2, 3, ...; dimensionless, x to the right and y upwards. A mirror changes them. NaN when
        the mask is empty or encloses nothing. Where the first ellipse is a circle (disk, square) its long axis, and
        with it the direction of all others, is left to chance.

    See Also
    --------
    EllipticFourier : The same as a transformer.
    elliptic_fourier_names : Names of the columns.
    featkit.features.contour.contour_signature : Distance from the centroid, as Fourier magnitudes or profile.
    featkit.features.moments.zernike_moments : Describes the region instead of its contour.

    Notes
    -----
    The contour runs through the centres of the outermost pixels, is smoothed by a Gaussian of 1 pixel along its length,
    which removes the stairs of the pixels and rounds corners, and is then moved outwards by half a pixel to their
    edges.

    References
    ----------
    F. P. Kuhl and C. R. Giardina, "Elliptic Fourier features of a closed contour", Computer Graphics and Image
    Processing 18(3), 1982, doi:10.1016/0146-664X(82)90034-X.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour import elliptic_fourier
    >>> row, col = np.mgrid[-50:51, -50:51]
    >>> ellipse = (col / 40) ** 2 + (row / 20) ** 2 <= 1
    >>> elliptic_fourier(ellipse, n_harmonics=2).round(2) + 0.0
    array([0.59, 0.  , 0.  , 0.  , 0.  ])
    """
    check_parameters(EllipticFourier, n_harmonics=n_harmonics)
    return _descriptors(check_silhouette(image), n_harmonics, pixel_size)


def _descriptors(image: Image, n_harmonics: int, pixel_size: PixelSize) -> np.ndarray:
    n_harmonics = int(n_harmonics)
    ratio = pixel_ratio(pixel_size)
    points = outline(foreground_mask(image))
    if points is None:
        return np.full(4 * n_harmonics - 3, np.nan)
    harmonics = _normalized(_harmonics(smooth_outline(points, N_POINTS, ratio), n_harmonics))
    return np.concatenate([harmonics[0, 1, 1:], harmonics[1:].ravel()])


def inverse_elliptic_fourier(coefficients: ArrayLike, *, n_points: int = 256) -> np.ndarray:
    """Outline that elliptic Fourier descriptors draw.

    Parameters
    ----------
    coefficients : array-like (4 * n_harmonics - 3,)
        As of `elliptic_fourier`.
    n_points : int >= 3, default=256
        Points to draw.

    Returns
    -------
    outline : float64 ndarray (n_points, 2)
        (row, col) around the centre of the first ellipse, whose long half axis has length 1 and lies along the columns'
        axis; rows point downwards. NaN where a coefficient is NaN.

    Raises
    ------
    ImageFormatError
        When the number of coefficients is not that of whole harmonics.

    See Also
    --------
    elliptic_fourier : The way there.
    featkit.display.ShapeComponentsDisplay : What principal components of the coefficients mean.

    Examples
    --------
    >>> from featkit.features.contour import inverse_elliptic_fourier
    >>> inverse_elliptic_fourier([0.5, 0, 0, 0, 0], n_points=4).round(2) + 0.0
    array([[ 0. ,  1. ],
           [-0.5,  0. ],
           [ 0. , -1. ],
           [ 0.5,  0. ]])
    """
    n_points = check_number("n_points", n_points, N_POINTS_DRAWN)
    values = np.asarray(coefficients, dtype=np.float64)
    if values.ndim != 1 or values.size < 5 or values.size % 4 != 1:
        raise ImageFormatError(
            "Expected 4 * n_harmonics - 3 coefficients (5, 9, 13, ...) as elliptic_fourier gives them, "
            f"got an array of shape {values.shape}."
        )
    harmonics = np.concatenate([[1.0, 0.0, 0.0], values]).reshape(-1, 2, 2)
    angles = np.arange(1, len(harmonics) + 1)[:, np.newaxis] * np.arange(n_points) * (2 * math.pi / n_points)
    x, y = np.einsum("kij,kjn->in", harmonics, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    return np.column_stack([-y, x])


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
    magnitudes = np.abs(even).ravel()
    deciding = np.argmax(magnitudes >= 0.9 * magnitudes.max())  # of equal ones, as in symmetric shapes, the first
    if even.flat[deciding] < 0:  # the other end: both start and axis turn by half, even orders change sign
        even *= -1
    return harmonics


def elliptic_fourier_names(*, n_harmonics: int = 10, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `elliptic_fourier`: ``efd_01_d``, ``efd_02_a``, ``efd_02_b`` onwards.

    Parameters
    ----------
    n_harmonics : int from 2 to 99, default=10
        As in `elliptic_fourier`.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    elliptic_fourier : What the columns hold.
    EllipticFourier : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.contour import elliptic_fourier_names
    >>> elliptic_fourier_names()[:2]
    ['efd_01_d', 'efd_02_a']
    """
    check_parameters(EllipticFourier, n_harmonics=n_harmonics)
    check_pixel_size(pixel_size)
    return ["efd_01_d", *(f"efd_{order:02d}_{letter}" for order in range(2, int(n_harmonics) + 1) for letter in "abcd")]


class EllipticFourier(FeatureExtractor):
    """Elliptic Fourier descriptors (EFD) of the contour; see `elliptic_fourier`.

    Parameters
    ----------
    n_harmonics : int from 2 to 99, default=10
        Ellipses to keep.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    elliptic_fourier : The function behind it.
    featkit.features.contour.contour_signature : Distance from the centroid, as Fourier magnitudes or profile.
    featkit.features.moments.zernike_moments : Describes the region instead of its contour.

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

    measures_foreground = True
    parameter_constraints = {"n_harmonics": [N_HARMONICS], "pixel_size": PIXEL_SIZE}

    def __init__(self, *, n_harmonics: int = 10, pixel_size: PixelSize = 1.0) -> None:
        self.n_harmonics = n_harmonics
        self.pixel_size = pixel_size

    def inverse_transform(self, X: ArrayLike, *, n_points: int = 256) -> np.ndarray:
        """Draw the outlines of rows of coefficients.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            Rows as `transform` gives them, or means and principal components of such rows.
        n_points : int >= 3, default=256
            Points to an outline.

        Returns
        -------
        outlines : float64 ndarray (n_rows, n_points, 2)
            (row, col), see `featkit.features.contour.inverse_elliptic_fourier`.
        """
        rows = np.asarray(X, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != 4 * self.n_harmonics - 3:
            raise ImageFormatError(
                f"Expected rows of {4 * self.n_harmonics - 3} coefficients of {self.n_harmonics} harmonics, "
                f"got an array of shape {rows.shape}."
            )
        return np.array([inverse_elliptic_fourier(row, n_points=n_points) for row in rows]).reshape(-1, n_points, 2)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_descriptors, n_harmonics=self.n_harmonics, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return elliptic_fourier_names(n_harmonics=self.n_harmonics, pixel_size=self.pixel_size)
