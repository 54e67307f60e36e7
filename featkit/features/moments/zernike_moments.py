"""Magnitudes of Zernike moments of a shape."""

import math
from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.gray_masks import check_silhouette
from ...parameters import Interval, check_parameters
from ..shape.measures import PIXEL_SIZE, PixelSize, check_pixel_size

DEGREE = Interval(Integral, 2, 20, closed="both")


@kernel
def _power_sums(rows, cols, center_row, center_col, radius, degree):
    """Sums over pixels of (x - iy)^m (x^2 + y^2)^j, x and y seen from the centre in units of the radius."""
    sums = np.zeros((degree + 1, degree // 2 + 1), dtype=np.complex128)
    for i in range(len(rows)):
        x, y = (cols[i] - center_col) / radius, (rows[i] - center_row) / radius
        squared = x * x + y * y
        power = complex(1.0, 0.0)
        for m in range(degree + 1):
            term = power
            for j in range((degree - m) // 2 + 1):
                sums[m, j] += term
                term *= squared
            power *= complex(x, -y)
    return sums


def _orders(degree: int) -> list[tuple[int, int]]:
    """(n, m) of the magnitudes that tell shapes apart: (0, 0) is constant and (1, 1) zero seen from the centroid."""
    return [(n, m) for n in range(2, int(degree) + 1) for m in range(n % 2, n + 1, 2)]


def zernike_moments(image: Image, *, degree: int = 8, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Magnitudes of the Zernike moments of a shape.

    ``|Z_nm| = (n + 1) / pi |sum of V_nm*(x, y)| / (number of pixels)`` with the Zernike polynomial ``V_nm`` of radial
    order n and angular order m. The unit disk lies around the centroid and reaches half a pixel beyond the furthest
    pixel centre (half the side of a square of its area); the sum runs over all foreground pixels.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Its whole foreground is the shape, see `featkit.foreground_mask`.
    degree : int from 2 to 20, default=8
        Largest radial order.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    magnitudes : float64 ndarray (n_orders,)
        For n = 2 ... degree and m = n, n - 2, ... >= 0, in the order of `zernike_moments_names`: 23 for degree 8.
        (0, 0) and (1, 1) are left out: they are 1 / pi and 0 whatever the shape. Unchanged by moving, turning,
        mirroring and scaling. NaN without foreground.

    See Also
    --------
    ZernikeMoments : The same as a transformer.
    zernike_moments_names : Names of the columns.
    featkit.features.moments.hu_moments : Seven invariants of low order.
    featkit.features.contour.elliptic_fourier : Describes the contour instead of the region.

    References
    ----------
    M. R. Teague, "Image analysis via the general theory of moments", J. Opt. Soc. Am. 70(8), 1980,
    doi:10.1364/JOSA.70.000920. A. Khotanzad and Y. H. Hong, "Invariant image recognition by Zernike moments", IEEE
    Trans. PAMI 12(5), 1990, doi:10.1109/34.55109.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.moments import zernike_moments
    >>> bar = np.ones((10, 40), dtype=bool)
    >>> zernike_moments(bar).shape
    (23,)
    >>> bool(np.allclose(zernike_moments(bar), zernike_moments(bar.T)))
    True
    """
    check_parameters(ZernikeMoments, degree=degree, pixel_size=pixel_size)
    return _magnitudes(check_silhouette(image), degree, check_pixel_size(pixel_size))


def _magnitudes(image: Image, degree: int, pixel_size: tuple[float, float]) -> np.ndarray:
    height, width = pixel_size
    orders = _orders(degree)
    rows: np.ndarray
    cols: np.ndarray
    rows, cols = np.nonzero(foreground_mask(image))
    if len(rows) == 0:
        return np.full(len(orders), np.nan)
    if height != width:
        side = math.sqrt(height * width)  # of a square pixel of this area
        rows, cols = rows * (height / side), cols * (width / side)
    center_row, center_col = rows.mean(), cols.mean()
    radius = math.sqrt(((rows - center_row) ** 2 + (cols - center_col) ** 2).max()) + 0.5
    sums = _power_sums(rows, cols, center_row, center_col, radius, int(degree)) / len(rows)
    return np.array(
        [
            (n + 1) / math.pi * abs(sum(factor * sums[m, j] for j, factor in enumerate(_radial_polynomial(n, m))))
            for n, m in orders
        ]
    )


def _radial_polynomial(n: int, m: int) -> list[int]:
    """Factors of rho^m, rho^(m+2), ..., rho^n."""
    factorial = math.factorial
    return [
        (-1) ** k * factorial(n - k) // (factorial(k) * factorial((n + m) // 2 - k) * factorial((n - m) // 2 - k))
        for k in range((n - m) // 2, -1, -1)
    ]


def zernike_moments_names(*, degree: int = 8, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `zernike_moments`: ``zernike_02_00``, ``zernike_02_02`` onwards (n, then m).

    Parameters
    ----------
    degree : int from 2 to 20, default=8
        As in `zernike_moments`.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    zernike_moments : What the columns hold.
    ZernikeMoments : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.moments import zernike_moments_names
    >>> zernike_moments_names()[:2]
    ['zernike_02_00', 'zernike_02_02']
    """
    check_parameters(ZernikeMoments, degree=degree)
    check_pixel_size(pixel_size)
    return [f"zernike_{n:02d}_{m:02d}" for n, m in _orders(degree)]


class ZernikeMoments(FeatureExtractor):
    """Magnitudes of the Zernike moments of the foreground; see `zernike_moments`.

    Parameters
    ----------
    degree : int from 2 to 20, default=8
        Largest radial order.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    zernike_moments : The function behind it.
    featkit.features.moments.hu_moments : Seven invariants of low order.
    featkit.features.contour.elliptic_fourier : Describes the contour instead of the region.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The shape is where alpha is at least one half, all components together, holes
    left open. An empty mask gives NaN; nothing else does.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ZernikeMoments
    >>> ZernikeMoments(degree=3).fit(np.ones((2, 8, 16), dtype=bool)).get_feature_names_out()
    array(['zernike_02_00', 'zernike_02_02', 'zernike_03_01', 'zernike_03_03'], dtype=object)
    """

    measures_foreground = True
    parameter_constraints = {"degree": [DEGREE], "pixel_size": PIXEL_SIZE}

    def __init__(self, *, degree: int = 8, pixel_size: PixelSize = 1.0) -> None:
        self.degree = degree
        self.pixel_size = pixel_size

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_magnitudes, degree=self.degree, pixel_size=check_pixel_size(self.pixel_size))

    def feature_names(self) -> list[str]:
        return zernike_moments_names(degree=self.degree)
