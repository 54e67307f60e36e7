"""Mean, spread and skewness of colour channels, over the image or a grid of cells."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import split_alpha
from ...image.checks import Image, check_image
from ...image.colorspaces import COLOR_SPACES, PLANES, convert_color
from ...image.conversions import to_rgb, to_uint8
from ...parameters import StrOptions, check_parameters
from .._names import cell_names
from ._bins import HUE, cells_of_grid

# Standard deviations below 1/10000 of a channel's range may be rounding and have no skewness.
FLOORS = {
    "rgb": np.array([1e-4, 1e-4, 1e-4]),
    "hsv": np.array([0.036, 1e-4, 1e-4]),
    "lab": np.array([0.01, 0.02, 0.02]),
    "opponent": np.array([2e-4, 2e-4, 1e-4]),
}


@kernel
def _mean_std_skewness(planes, weights, first_row, first_col, last_row, last_col, floors, moments):
    """Weighted moments (3 channels, 3) of a cell; skewness is 0 where the standard deviation is below its floor."""
    total = 0.0
    mean, second, third = np.zeros(3), np.zeros(3), np.zeros(3)
    for row in range(first_row, last_row):
        for col in range(first_col, last_col):
            weight = np.float64(weights[row, col])
            total += weight
            for plane in range(3):
                mean[plane] += weight * planes[row, col, plane]
    if total == 0:
        moments[:] = np.nan
        return
    mean /= total
    for row in range(first_row, last_row):
        for col in range(first_col, last_col):
            weight = np.float64(weights[row, col])
            for plane in range(3):
                distance = planes[row, col, plane] - mean[plane]
                second[plane] += weight * distance * distance
                third[plane] += weight * distance * distance * distance
    for plane in range(3):
        std = np.sqrt(second[plane] / total)
        moments[plane, 0], moments[plane, 1] = mean[plane], std
        moments[plane, 2] = third[plane] / total / std**3 if std > floors[plane] else 0.0


@kernel
def _hue_direction(planes, weights, first_row, first_col, last_row, last_col, moments):
    """Mean cosine and sine of hue weighted by saturation, and the length of their mean among coloured pixels."""
    total, coloured, cosine, sine = 0.0, 0.0, 0.0, 0.0
    for row in range(first_row, last_row):
        for col in range(first_col, last_col):
            weight = np.float64(weights[row, col])
            vote = weight * planes[row, col, 1]
            angle = np.deg2rad(np.float64(planes[row, col, 0]))
            total += weight
            coloured += vote
            cosine += vote * np.cos(angle)
            sine += vote * np.sin(angle)
    if total > 0:
        moments[0], moments[1] = cosine / total, sine / total
        moments[2] = min(np.hypot(cosine, sine) / coloured, 1.0) if coloured > 0 else 0.0


def color_moments(image: Image, *, space: str = "lab", grid: tuple[int, int] = (1, 1)) -> np.ndarray:
    """Colour moments: mean, standard deviation and skewness of every colour channel.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal channels. A pixel weighs as much as its alpha. Colours and alpha are rounded to
        uint8.
    space : {"rgb", "hsv", "lab", "opponent"}, default="lab"
        Colour space; its units are those of `featkit.image.convert_color`.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own moments.

    Returns
    -------
    moments : float64 ndarray (rows * cols * 9,)
        Cell by cell; for each channel mean, standard deviation (of the population) and skewness (third moment over
        cubed standard deviation; 0 where the standard deviation is below about 1/10000 of the channel's range). Hue is
        an angle and has three others: the mean over the pixels of ``saturation * cos(hue)`` and of ``saturation *
        sin(hue)``, whose ``arctan2`` is the circular mean, and the concentration, the length of the mean direction of
        the coloured pixels: 1 for a single hue, 0 for hues all around or gray. NaN for a cell without foreground.

    See Also
    --------
    ColorMoments : The same as a transformer.
    color_moments_names : Names of the columns.
    featkit.features.color.color_histogram : The whole distribution of each channel.
    featkit.image.convert_color : The colour spaces.

    References
    ----------
    Stricker, Orengo 1995, "Similarity of color images", doi:10.1117/12.205308. Fisher 1993, "Statistical Analysis of
    Circular Data", doi:10.1017/CBO9780511564345.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import color_moments
    >>> color_moments(np.array([[0, 0, 0, 255]], dtype=np.uint8), space="rgb")[:3].round(3)
    array([0.25 , 0.433, 1.155])
    """
    check_parameters(ColorMoments, space=space, grid=grid)
    return _moments(check_image(image), space, grid)


def _moments(image: Image, space: str, grid: tuple[int, int]) -> np.ndarray:
    alpha = split_alpha(image)[1]
    weights = np.ones(image.shape[:2], np.uint8) if alpha is None else np.ascontiguousarray(to_uint8(alpha))
    planes = convert_color(to_uint8(to_rgb(image)), space)
    cells = cells_of_grid(image.shape, grid)
    moments = np.empty((len(cells), 3, 3))
    for cell, box in enumerate(cells):
        _mean_std_skewness(planes, weights, *box, FLOORS[space], moments[cell])
        if space == "hsv":
            _hue_direction(planes, weights, *box, moments[cell, HUE])
    return moments.ravel()


def color_moments_names(*, space: str = "lab", grid: tuple[int, int] = (1, 1)) -> list[str]:
    """Names of the columns of `color_moments`: ``color_lightness_mean``, ``color_row0_col0_...`` in a grid.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="lab"
        As in `color_moments`.
    grid : (int, int), default=(1, 1)
        As in `color_moments`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    color_moments : What the columns hold.
    ColorMoments : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.color import color_moments_names
    >>> color_moments_names()[:2]
    ['color_lightness_mean', 'color_lightness_std']
    """
    check_parameters(ColorMoments, space=space, grid=grid)
    endings = [
        f"{plane}_{moment}"
        for plane in PLANES[space]
        for moment in (("cos", "sin", "concentration") if plane == "hue" else ("mean", "std", "skewness"))
    ]
    return cell_names("color", grid, endings)


class ColorMoments(FeatureExtractor):
    """Colour moments: mean, standard deviation and skewness of every channel, see `color_moments`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="lab"
        Colour space; its units are those of `featkit.image.convert_color`.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own moments.

    See Also
    --------
    color_moments : The function behind it.
    featkit.features.color.color_histogram : The whole distribution of each channel.
    featkit.image.convert_color : The colour spaces.

    Notes
    -----
    Stateless. Images may differ in size. Alpha respected: a pixel weighs as much as its alpha; NaN without foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorMoments
    >>> ColorMoments(grid=(1, 2)).fit_transform(np.ones((5, 16, 16, 3))).shape
    (5, 18)
    """

    parameter_constraints = {"space": [StrOptions(set(COLOR_SPACES))], "grid": [tuple, list, np.ndarray]}

    def __init__(self, *, space: str = "lab", grid: tuple[int, int] = (1, 1)) -> None:
        self.space = space
        self.grid = grid

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_moments, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return color_moments_names(**self.get_params(deep=False))
