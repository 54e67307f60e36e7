"""Colour histograms, of each channel or joint, over the image or a grid of cells."""

import math
from collections.abc import Callable, Sequence
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image, check_image
from ...image.colorspaces import COLOR_SPACES, PLANES, color_levels
from ...parameters import Interval, StrOptions, check_parameters
from .._names import cell_names, padded_numbers
from ._bins import HUE, bin_tables, bins_per_plane, cells_of_grid, joint_bin_names, vote_weights


@kernel
def _count_joint(levels, tables, weights, first_row, first_col, last_row, last_col, counts):
    """Votes for combinations of bins; counts (2, n): neighbours vote in turns, since they often meet in one bin."""
    weighted = weights.size > 0
    first, second, third = tables[0], tables[1], tables[2]
    for row in range(first_row, last_row):
        line = levels[row, first_col:last_col]
        for col in range(len(line)):
            weight = np.uint64(weights[row, first_col + col]) if weighted else np.uint64(255)
            place = first[line[col, 0]] + second[line[col, 1]] + third[line[col, 2]]
            counts[np.uint64(col) & np.uint64(1), place] += weight


@kernel
def _count_planes(levels, tables, weights, first_row, first_col, last_row, last_col, votes_of_first, counts):
    """Votes for the bins of each channel; a pixel's vote for the first is looked up by the level of the second."""
    weighted = weights.size > 0
    first, second, third = tables[0], tables[1], tables[2]
    for row in range(first_row, last_row):
        line = levels[row, first_col:last_col]
        for col in range(len(line)):
            weight = np.uint64(weights[row, first_col + col]) if weighted else np.uint64(255)
            counts[first[line[col, 0]]] += weight * votes_of_first[line[col, 1]]
            counts[second[line[col, 1]]] += weight
            counts[third[line[col, 2]]] += weight


def _histogram_extractor(
    space: str, joint: bool, n_bins: int | Sequence[int], grid: tuple[int, int]
) -> Callable[[Image], np.ndarray]:
    """Function image -> histogram; the tables are made once."""
    bins = bins_per_plane(n_bins)
    tables, n_features = bin_tables(space, bins, joint), math.prod(bins) if joint else sum(bins)
    votes_of_hue = np.arange(256, dtype=np.uint64) if space == "hsv" else np.full(256, 255, np.uint64)
    n_hues = 0 if joint else bins[HUE]

    def extract(image: Image) -> np.ndarray:
        weights = vote_weights(image)
        levels = color_levels(image, space)
        cells = cells_of_grid(image.shape, grid)
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


def color_histogram(
    image: Image,
    *,
    space: str = "hsv",
    joint: bool = False,
    n_bins: int | Sequence[int] = 16,
    grid: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Normalised colour histogram: fraction of the pixels in each colour bin.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal channels. A pixel weighs as much as its alpha. Colours and alpha are rounded to
        uint8.
    space : {"rgb", "hsv", "lab", "opponent"}, default="hsv"
        Colour space, see `featkit.image.convert_color`; the bins part the levels of `featkit.image.color_levels`.
    joint : bool, default=False
        Whether a bin is a combination of all three channels; else each channel has a histogram of its own.
    n_bins : int in [1, 256] or three of them, default=16
        Bins of each channel. Hue is a circle and red the middle of its first bin; the channels that are zero for gray
        (a and b of Lab, the first two opponents) have gray in the middle of bin ``n_bins // 2``.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own histogram.

    Returns
    -------
    fractions : float64 ndarray (rows * cols * bins,)
        Cell by cell, row by row; bins of channel 0, 1, 2 one after the other, or when joint of channel 2 fastest.
        Fractions of each channel (joint: of all bins) sum to 1 in a cell, but for a hue histogram of its own: there a
        pixel votes by its saturation, so that gray, whose hue is noise, has no vote, and the sum is the mean
        saturation. A cell without foreground is 0; an image without foreground is NaN.

    See Also
    --------
    ColorHistogram : The same as a transformer.
    color_histogram_names : Names of the columns.
    featkit.features.color.color_moments : Mean, standard deviation and skewness of each channel.
    featkit.features.color.color_coherence_vector : Tells large regions of a colour from scattered pixels.
    featkit.image.convert_color : The colour spaces.

    References
    ----------
    Swain, Ballard 1991, "Color indexing", doi:10.1007/BF00130487. van de Weijer, Schmid 2006, "Coloring local feature
    extraction", doi:10.1007/11744047_26 (hue weighted by saturation).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import color_histogram
    >>> red_and_gray = np.array([[[255, 0, 0], [90, 90, 90]]], dtype=np.uint8)
    >>> color_histogram(red_and_gray, n_bins=(3, 2, 2))  # hue, saturation, value
    array([0.5, 0. , 0. , 0.5, 0.5, 0.5, 0.5])
    """
    check_parameters(ColorHistogram, space=space, joint=joint, n_bins=n_bins, grid=grid)
    return _histogram_extractor(space, joint, n_bins, grid)(check_image(image))


def color_histogram_names(
    *, space: str = "hsv", joint: bool = False, n_bins: int | Sequence[int] = 16, grid: tuple[int, int] = (1, 1)
) -> list[str]:
    """Names of the columns of `color_histogram`: ``color_hue_00``, joint ``color_hsv_00_00_00`` onwards.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="hsv"
        As in `color_histogram`.
    joint : bool, default=False
        As in `color_histogram`.
    n_bins : int in [1, 256] or three of them, default=16
        As in `color_histogram`.
    grid : (int, int), default=(1, 1)
        As in `color_histogram`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    color_histogram : What the columns hold.
    ColorHistogram : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.color import color_histogram_names
    >>> color_histogram_names()[:2]
    ['color_hue_00', 'color_hue_01']
    """
    check_parameters(ColorHistogram, space=space, joint=joint, n_bins=n_bins, grid=grid)
    bins = bins_per_plane(n_bins)
    if joint:
        endings = joint_bin_names(space, bins)
    else:
        endings = [
            f"{plane}_{number}" for plane, n in zip(PLANES[space], bins, strict=True) for number in padded_numbers(n)
        ]
    return cell_names("color", grid, endings)


class ColorHistogram(FeatureExtractor):
    """Normalised colour histogram, see `featkit.features.color.color_histogram`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="hsv"
        Colour space, see `featkit.image.convert_color`; the bins part the levels of `featkit.image.color_levels`.
    joint : bool, default=False
        Whether a bin is a combination of all three channels; else each channel has a histogram of its own.
    n_bins : int in [1, 256] or three of them, default=16
        Bins of each channel. Hue is a circle and red the middle of its first bin; the channels that are zero for gray
        (a and b of Lab, the first two opponents) have gray in the middle of bin ``n_bins // 2``.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with its own histogram.

    See Also
    --------
    color_histogram : The function behind it.
    featkit.features.color.color_moments : Mean, standard deviation and skewness of each channel.
    featkit.features.color.color_coherence_vector : Tells large regions of a colour from scattered pixels.
    featkit.image.convert_color : The colour spaces.

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

    parameter_constraints = {
        "space": [StrOptions(set(COLOR_SPACES))],
        "joint": ["boolean"],
        "n_bins": [Interval(Integral, 1, 256, closed="both"), tuple, list, np.ndarray],
        "grid": [tuple, list, np.ndarray],
    }

    def __init__(
        self,
        *,
        space: str = "hsv",
        joint: bool = False,
        n_bins: int | Sequence[int] = 16,
        grid: tuple[int, int] = (1, 1),
    ) -> None:
        self.space = space
        self.joint = joint
        self.n_bins = n_bins
        self.grid = grid

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return _histogram_extractor(self.space, self.joint, self.n_bins, self.grid)

    def feature_names(self) -> list[str]:
        return color_histogram_names(**self.get_params(deep=False))
