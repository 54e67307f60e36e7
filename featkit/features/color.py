"""How often which colour occurs: histograms and moments of colour planes, over the image or a grid of cells."""

import math
from itertools import product

import numpy as np
from numba import njit

from ..base import FeatureExtractor, Integral, Interval, InvalidParameterError, StrOptions
from ..colorspaces import COLOR_SPACES, PLANES, color_levels, convert_color
from ..images import split_alpha, to_rgb, to_uint8

HUE = 0  # the plane of hue in hsv
SIGNED = {"rgb": (), "hsv": (), "lab": (1, 2), "opponent": (0, 1)}  # planes whose zero is gray, at level 128
EVERYWHERE = np.empty((0, 0), np.uint8)  # weights of an image without alpha
# Standard deviations below 1/10000 of a plane's range may be rounding and have no skewness.
FLOORS = {
    "rgb": np.array([1e-4, 1e-4, 1e-4]),
    "hsv": np.array([0.036, 1e-4, 1e-4]),
    "lab": np.array([0.01, 0.02, 0.02]),
    "opponent": np.array([2e-4, 2e-4, 1e-4]),
}


@njit(nogil=True, cache=True)
def _count_joint(levels, tables, weights, first_row, last_row, first_col, last_col, counts):
    """Votes for combinations of bins; counts (2, n): neighbours vote in turns, since they often meet in one bin."""
    weighted = weights.size > 0
    first, second, third = tables[0], tables[1], tables[2]
    for row in range(first_row, last_row):
        line = levels[row, first_col:last_col]
        for col in range(len(line)):
            weight = np.uint64(weights[row, first_col + col]) if weighted else np.uint64(255)
            place = first[line[col, 0]] + second[line[col, 1]] + third[line[col, 2]]
            counts[np.uint64(col) & np.uint64(1), place] += weight


@njit(nogil=True, cache=True)
def _count_planes(levels, tables, weights, first_row, last_row, first_col, last_col, votes_of_first, counts):
    """Votes for the bins of each plane; a pixel's vote for the first plane is looked up by the level of the second."""
    weighted = weights.size > 0
    first, second, third = tables[0], tables[1], tables[2]
    for row in range(first_row, last_row):
        line = levels[row, first_col:last_col]
        for col in range(len(line)):
            weight = np.uint64(weights[row, first_col + col]) if weighted else np.uint64(255)
            counts[first[line[col, 0]]] += weight * votes_of_first[line[col, 1]]
            counts[second[line[col, 1]]] += weight
            counts[third[line[col, 2]]] += weight


@njit(nogil=True, cache=True)
def _mean_std_skewness(planes, weights, first_row, last_row, first_col, last_col, floors, moments):
    """Weighted moments (3 planes, 3) of a cell; skewness is 0 where the standard deviation is below its floor."""
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


@njit(nogil=True, cache=True)
def _hue_direction(planes, weights, first_row, last_row, first_col, last_col, moments):
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


def _bin_of_level(space, plane, n_bins):
    """Bin of each of 256 levels: red and gray stand in the middle of a bin, so that noise does not split them."""
    level = np.arange(256)
    if space == "hsv" and plane == HUE:
        return (level * n_bins + 128 >> 8) % n_bins
    if plane in SIGNED[space]:
        return np.clip(((level - 128) * n_bins + 128 >> 8) + n_bins // 2, 0, n_bins - 1)
    return level * n_bins >> 8


def bins_per_plane(n_bins):
    try:
        bins = [n_bins] * 3 if np.ndim(n_bins) == 0 else list(n_bins)
        if len(bins) == 3 and all(int(n) == n and 1 <= n <= 256 for n in bins):
            return [int(n) for n in bins]
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        f"The 'n_bins' parameter must be an int from 1 to 256 or one for each of three planes, got {n_bins!r}."
    )


def _rows_and_cols(grid):
    try:
        rows, cols = grid
        if int(rows) == rows >= 1 and int(cols) == cols >= 1:
            return int(rows), int(cols)
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(f"The 'grid' parameter must be (rows, cols), both at least 1, got {grid!r}.")


def _cells(shape, grid):
    """Half-open boxes that part an image, row by row."""
    rows, cols = _rows_and_cols(grid)
    row_edges = [shape[0] * k // rows for k in range(rows + 1)]
    col_edges = [shape[1] * k // cols for k in range(cols + 1)]
    return [
        (row_edges[row], row_edges[row + 1], col_edges[col], col_edges[col + 1])
        for row, col in product(range(rows), range(cols))
    ]


def joint_tables(space, n_bins):
    """Tables (3, 256) that add up to the joint bin of three levels, and the number of joint bins."""
    bins = bins_per_plane(n_bins)
    tables = [_bin_of_level(space, plane, bins[plane]) * math.prod(bins[plane + 1 :]) for plane in range(3)]
    return np.array(tables, dtype=np.uint32), math.prod(bins)


def _separate_tables(space, n_bins):
    bins = bins_per_plane(n_bins)
    tables = [_bin_of_level(space, plane, bins[plane]) + sum(bins[:plane]) for plane in range(3)]
    return np.array(tables, dtype=np.uint32), sum(bins)


def _histogram_extractor(space, joint, n_bins, grid):
    """Function image -> histogram; the tables are made once."""
    tables, n_features = (joint_tables if joint else _separate_tables)(space, n_bins)
    votes_of_hue = np.arange(256, dtype=np.uint64) if space == "hsv" else np.full(256, 255, np.uint64)
    n_hues = 0 if joint else bins_per_plane(n_bins)[HUE]

    def extract(image):
        alpha = split_alpha(image)[1]
        weights = EVERYWHERE if alpha is None else np.ascontiguousarray(to_uint8(alpha))
        levels = color_levels(image, space)
        cells = _cells(image.shape, grid)
        shares = np.zeros((len(cells), n_features))
        for cell, box in enumerate(cells):
            counts = np.zeros((2, n_features), np.uint64)
            if joint:
                _count_joint(levels, tables, weights, *box, counts)
            else:
                _count_planes(levels, tables, weights, *box, votes_of_hue, counts[0])
                counts[0, n_hues:] *= 255
            total = counts[:, n_hues:].sum() / (1 if joint else 2)
            if total:
                shares[cell] = counts.sum(axis=0) / total
        return shares.ravel() if shares.any() else np.full(shares.size, np.nan)

    return extract


def color_histogram(image, *, space="hsv", joint=False, n_bins=16, grid=(1, 1)):
    """Shares of the pixels whose colour lies in each bin.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal planes. A pixel weighs as much as its alpha. Colours and alpha are rounded to
        uint8.
    space : {"rgb", "hsv", "lab", "opponent"}, default="hsv"
        Colour space, see `featkit.convert_color`; the bins part the levels of `featkit.color_levels`.
    joint : bool, default=False
        Whether a bin is a combination of all three planes; else each plane has a histogram of its own.
    n_bins : int in [1, 256] or three of them, default=16
        Bins of each plane. Hue is a circle and red the middle of its first bin; the planes that are zero for gray (a
        and b of Lab, the first two opponents) have gray in the middle of bin ``n_bins // 2``.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own histogram.

    Returns
    -------
    shares : float64 ndarray (rows * cols * bins,)
        Cell by cell, row by row; bins of plane 0, 1, 2 one after the other, or when joint of plane 2 fastest. Shares
        of each plane (joint: of all bins) sum to 1 in a cell, but for a hue histogram of its own: there a pixel votes
        by its saturation, so that gray, whose hue is noise, has no vote, and the sum is the mean saturation.
        A cell without foreground is 0; an image without foreground is NaN.

    References
    ----------
    Swain, Ballard 1991, "Color indexing", doi:10.1007/BF00130487. van de Weijer, Schmid 2006, "Coloring local feature
    extraction", doi:10.1007/11744047_26 (hue weighted by saturation).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import color_histogram
    >>> red_and_gray = np.array([[[255, 0, 0], [90, 90, 90]]], dtype=np.uint8)
    >>> color_histogram(red_and_gray, n_bins=(3, 2, 2))  # hue, saturation, value
    array([0.5, 0. , 0. , 0.5, 0.5, 0.5, 0.5])
    """
    return _histogram_extractor(space, joint, n_bins, grid)(image)


def _cell_prefixes(grid):
    rows, cols = _rows_and_cols(grid)
    if rows == cols == 1:
        return ["color"]
    row_digits, col_digits = len(str(rows - 1)), len(str(cols - 1))
    return [f"color_row{r:0{row_digits}d}_col{c:0{col_digits}d}" for r, c in product(range(rows), range(cols))]


def _numbers(n):
    return [f"{k:0{len(str(n - 1))}d}" for k in range(n)]


def joint_bin_names(space, bins):
    """Names of joint bins: ``hsv_03_00_15``, one number for each plane."""
    return [f"{space}_{'_'.join(numbers)}" for numbers in product(*map(_numbers, bins))]


def color_histogram_names(*, space="hsv", joint=False, n_bins=16, grid=(1, 1)):
    """Names of the columns of `color_histogram`.

    ``color_hue_03``; joint ``color_hsv_03_00_15`` (one number for each plane); in a grid ``color_row0_col1_hue_03``.
    """
    bins = bins_per_plane(n_bins)
    if joint:
        endings = joint_bin_names(space, bins)
    else:
        endings = [f"{plane}_{number}" for plane, n in zip(PLANES[space], bins, strict=True) for number in _numbers(n)]
    return [f"{prefix}_{ending}" for prefix in _cell_prefixes(grid) for ending in endings]


class ColorHistogram(FeatureExtractor):
    """Shares of the pixels whose colour lies in each bin, see `featkit.color_histogram`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="hsv"
        Colour space.
    joint : bool, default=False
        Whether a bin is a combination of all three planes; else each plane has a histogram of its own.
    n_bins : int in [1, 256] or three of them, default=16
        Bins of each plane.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own histogram.

    Notes
    -----
    Stateless. Images may differ in size. Alpha respected: a pixel weighs as much as its alpha; the row of an image
    without foreground is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorHistogram
    >>> histogram = ColorHistogram(space="lab", n_bins=8, grid=(2, 2))
    >>> histogram.fit_transform(np.ones((5, 16, 16, 3))).shape
    (5, 96)
    >>> histogram.get_feature_names_out()[-1]
    'color_row1_col1_lab_b_7'
    """

    _parameter_constraints = {
        "space": [StrOptions(set(COLOR_SPACES))],
        "joint": ["boolean"],
        "n_bins": [Interval(Integral, 1, 256, closed="both"), tuple, list, np.ndarray],
        "grid": [tuple, list, np.ndarray],
    }

    def __init__(self, *, space="hsv", joint=False, n_bins=16, grid=(1, 1)):
        self.space = space
        self.joint = joint
        self.n_bins = n_bins
        self.grid = grid

    def _image_extractor(self):
        return _histogram_extractor(self.space, self.joint, self.n_bins, self.grid)

    def _feature_names(self):
        return color_histogram_names(**self.get_params(deep=False))


def color_moments(image, *, space="lab", grid=(1, 1)):
    """Mean, standard deviation and skewness of every colour plane.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal planes. A pixel weighs as much as its alpha. Colours and alpha are rounded to
        uint8.
    space : {"rgb", "hsv", "lab", "opponent"}, default="lab"
        Colour space; its units are those of `featkit.convert_color`.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own moments.

    Returns
    -------
    moments : float64 ndarray (rows * cols * 9,)
        Cell by cell; for each plane mean, standard deviation (of the population) and skewness (third moment over
        cubed standard deviation; 0 where the standard deviation is below about 1/10000 of the plane's range). Hue is an
        angle and has three others: the mean over the pixels of ``saturation * cos(hue)`` and of
        ``saturation * sin(hue)``, whose ``arctan2`` is the circular mean, and the concentration, the length of the
        mean direction of the coloured pixels: 1 for a single hue, 0 for hues all around or gray.
        NaN for a cell without foreground.

    References
    ----------
    Stricker, Orengo 1995, "Similarity of color images", doi:10.1117/12.205308. Fisher 1993, "Statistical Analysis of
    Circular Data", doi:10.1017/CBO9780511564345.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import color_moments
    >>> color_moments(np.array([[0, 0, 0, 255]], dtype=np.uint8), space="rgb")[:3].round(3)
    array([0.25 , 0.433, 1.155])
    """
    alpha = split_alpha(image)[1]
    weights = np.ones(image.shape[:2], np.uint8) if alpha is None else np.ascontiguousarray(to_uint8(alpha))
    planes = convert_color(to_uint8(to_rgb(image)), space)
    cells = _cells(image.shape, grid)
    moments = np.empty((len(cells), 3, 3))
    for cell, box in enumerate(cells):
        _mean_std_skewness(planes, weights, *box, FLOORS[space], moments[cell])
        if space == "hsv":
            _hue_direction(planes, weights, *box, moments[cell, HUE])
    return moments.ravel()


def color_moments_names(*, space="lab", grid=(1, 1)):
    """Names of the columns of `color_moments`: ``color_red_mean``, ``color_hue_cos``, ``color_row0_col1_red_std``."""
    endings = [
        f"{plane}_{moment}"
        for plane in PLANES[space]
        for moment in (("cos", "sin", "concentration") if plane == "hue" else ("mean", "std", "skewness"))
    ]
    return [f"{prefix}_{ending}" for prefix in _cell_prefixes(grid) for ending in endings]


class ColorMoments(FeatureExtractor):
    """Mean, standard deviation and skewness of every colour plane, see `featkit.color_moments`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="lab"
        Colour space.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own moments.

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

    _parameter_constraints = {"space": [StrOptions(set(COLOR_SPACES))], "grid": [tuple, list, np.ndarray]}

    def __init__(self, *, space="lab", grid=(1, 1)):
        self.space = space
        self.grid = grid

    def _image_extractor(self):
        parameters = self.get_params(deep=False)
        return lambda image: color_moments(image, **parameters)

    def _feature_names(self):
        return color_moments_names(**self.get_params(deep=False))
