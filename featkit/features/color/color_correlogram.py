"""Colour auto-correlogram: spatial correlation of equal colours."""

from collections.abc import Callable, Sequence
from itertools import product
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image
from ...image.colorspaces import COLOR_SPACES, color_levels
from ...parameters import Interval, StrOptions, check_distinct, check_parameters
from ._bins import bins_per_plane, color_tables, fill_color_codes, joint_bin_names


@kernel
def _compare_rows(here, there, outside, same, pairs):
    for col in range(len(here)):
        same[col] += np.uint16(here[col] == there[col])
        pairs[col] += np.uint16(there[col] != outside)


@kernel
def _correlate(codes, frame, distance, outside, shares):
    """Shares by colour. A row is compared with whole shifted rows, which the processor does many columns at a time."""
    height, width = codes.shape[0] - 2 * frame, codes.shape[1] - 2 * frame
    same_of_color = np.zeros(outside + 1, np.int64)
    pairs_of_color = np.zeros(outside + 1, np.int64)
    same, pairs = np.empty(width, np.uint16), np.empty(width, np.uint16)
    for row in range(frame, frame + height):
        same[:] = 0
        pairs[:] = 0
        here = codes[row, frame : frame + width]
        for step in range(-distance, distance + 1):
            for side in (-distance, distance):
                there = codes[row + side, frame + step : frame + step + width]
                _compare_rows(here, there, outside, same, pairs)
                if abs(step) < distance:
                    there = codes[row + step, frame + side : frame + side + width]
                    _compare_rows(here, there, outside, same, pairs)
        for col in range(width):
            same_of_color[here[col]] += same[col]
            pairs_of_color[here[col]] += pairs[col]
    for color in range(outside):
        if pairs_of_color[color] > 0:
            shares[color] = same_of_color[color] / pairs_of_color[color]


def _correlogram_extractor(
    space: str, n_bins: int | Sequence[int], distances: Sequence[int]
) -> Callable[[Image], np.ndarray]:
    """Function image -> correlogram; the tables are made once."""
    distances = check_distinct("distances", distances, 1, 999)
    tables, n_colors = color_tables(space, n_bins)
    frame = max(distances)

    def extract(image: Image) -> np.ndarray:
        mask = foreground_mask(image)
        if not mask.any():
            return np.full(len(distances) * n_colors, np.nan)
        codes = np.full((image.shape[0] + 2 * frame, image.shape[1] + 2 * frame), n_colors, np.uint16)
        fill_color_codes(color_levels(image, space), tables, mask, codes)
        shares = np.zeros((len(distances), n_colors))
        for k, distance in enumerate(distances):
            _correlate(codes, frame, distance, n_colors, shares[k])
        return shares.ravel()

    return extract


def color_correlogram(
    image: Image, *, space: str = "rgb", n_bins: int | Sequence[int] = 4, distances: Sequence[int] = (1, 3, 5, 7)
) -> np.ndarray:
    """Colour auto-correlogram: probability that a pixel at distance d from a pixel of colour c has colour c as well.

    A histogram tells how much of a colour there is, the correlogram whether it lies in large patches (fractions near 1
    at every distance) or is sprinkled (near the fraction of that colour in the image). For colour c and distance d ::

        share(c, d) = P(color(q) = c | color(p) = c, max(|row(p) - row(q)|, |col(p) - col(q)|) = d)

    over all pairs of foreground pixels p and q.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal channels. Only pixels of alpha at least one half count. Rounded to uint8.
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        Colour space, see `featkit.image.convert_color`.
    n_bins : int in [1, 256] or three of them, default=4
        Bins of each channel, as in `featkit.features.color.color_histogram`; a combination of three bins is a colour,
        of which there
        may be 4096.
    distances : sequence of int in [1, 999], default=(1, 3, 5, 7)
        Distances in pixels.

    Returns
    -------
    fractions : float64 ndarray (len(distances) * n_colors,)
        All colours at the first distance, then at the next. 0 for a colour that does not occur or has no neighbour at
        the distance; NaN for an image without foreground.

    See Also
    --------
    ColorCorrelogram : The same as a transformer.
    color_correlogram_names : Names of the columns.
    featkit.features.color.color_coherence_vector : Large regions and scattered pixels of each colour.
    featkit.features.color.color_histogram : How much of each colour there is.

    Notes
    -----
    The paper divides by ``8 d`` neighbours a pixel also at the border of the image; here only those in the image
    count, so that an image of one colour has fraction 1.

    References
    ----------
    Huang, Kumar, Mitra, Zhu, Zabih 1997, "Image indexing using color correlograms", doi:10.1109/CVPR.1997.609412.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import color_correlogram
    >>> halves = np.zeros((32, 32, 3), dtype=np.uint8)
    >>> halves[:, 16:] = 255
    >>> color_correlogram(halves, n_bins=(2, 1, 1), distances=(1, 8)).round(2)  # dark, light; dark, light
    array([0.98, 0.98, 0.76, 0.76])
    """
    check_parameters(ColorCorrelogram, space=space, n_bins=n_bins, distances=distances)
    return _correlogram_extractor(space, n_bins, distances)(check_image(image))


def color_correlogram_names(
    *, space: str = "rgb", n_bins: int | Sequence[int] = 4, distances: Sequence[int] = (1, 3, 5, 7)
) -> list[str]:
    """Names of the columns of `color_correlogram`: ``color_correlogram_d1_rgb_0_0_0`` onwards.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        As in `color_correlogram`.
    n_bins : int in [1, 256] or three of them, default=4
        As in `color_correlogram`.
    distances : sequence of int in [1, 999], default=(1, 3, 5, 7)
        As in `color_correlogram`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    color_correlogram : What the columns hold.
    ColorCorrelogram : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.color import color_correlogram_names
    >>> color_correlogram_names()[:2]
    ['color_correlogram_d1_rgb_0_0_0', 'color_correlogram_d1_rgb_0_0_1']
    """
    check_parameters(ColorCorrelogram, space=space, n_bins=n_bins, distances=distances)
    distances = check_distinct("distances", distances, 1, 999)
    digits = len(str(max(distances)))
    colors = joint_bin_names(space, bins_per_plane(n_bins))
    return [f"color_correlogram_d{distance:0{digits}d}_{color}" for distance, color in product(distances, colors)]


class ColorCorrelogram(FeatureExtractor):
    """Colour auto-correlogram: spatial correlation of equal colours, see `color_correlogram`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        Colour space, see `featkit.image.convert_color`.
    n_bins : int in [1, 256] or three of them, default=4
        Bins of each channel, as in `featkit.features.color.color_histogram`; a combination of three bins is a colour,
        of which there
        may be 4096.
    distances : sequence of int in [1, 999], default=(1, 3, 5, 7)
        Distances in pixels.

    See Also
    --------
    color_correlogram : The function behind it.
    featkit.features.color.color_coherence_vector : Large regions and scattered pixels of each colour.
    featkit.features.color.color_histogram : How much of each colour there is.

    Notes
    -----
    Stateless. Images may differ in size. Alpha respected: only pixels of alpha at least one half count; NaN without
    foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorCorrelogram
    >>> ColorCorrelogram(distances=(1, 3)).fit_transform(np.ones((2, 16, 16, 3))).shape
    (2, 128)
    """

    parameter_constraints = {
        "space": [StrOptions(set(COLOR_SPACES))],
        "n_bins": [Interval(Integral, 1, 256, closed="both"), tuple, list, np.ndarray],
        "distances": [tuple, list, np.ndarray],
    }

    def __init__(
        self, *, space: str = "rgb", n_bins: int | Sequence[int] = 4, distances: Sequence[int] = (1, 3, 5, 7)
    ) -> None:
        self.space = space
        self.n_bins = n_bins
        self.distances = distances

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return _correlogram_extractor(self.space, self.n_bins, self.distances)

    def feature_names(self) -> list[str]:
        return color_correlogram_names(**self.get_params(deep=False))
