"""Colour coherence vector (CCV): pixels of each colour in large connected regions and scattered ones."""

from collections.abc import Callable, Sequence
from numbers import Integral

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image
from ...image.colorspaces import COLOR_SPACES, color_levels
from ...parameters import FRACTION, Interval, StrOptions, check_parameters
from .._zones import zones_of_levels
from ._bins import bins_per_plane, color_tables, fill_color_codes, joint_bin_names


def _coherence_extractor(space: str, n_bins: int | Sequence[int], min_fraction: float) -> Callable[[Image], np.ndarray]:
    """Function image -> coherence vector; the tables are made once."""
    tables, n_colors = color_tables(space, n_bins)

    def extract(image: Image) -> np.ndarray:
        mask = foreground_mask(image)
        n_pixels = np.count_nonzero(mask)
        if n_pixels == 0:
            return np.full(2 * n_colors, np.nan)
        codes = np.full(mask.shape, n_colors, np.uint16)
        fill_color_codes(color_levels(image, space), tables, mask, codes)
        colors, areas = zones_of_levels(codes, n_colors)
        is_coherent = areas / n_pixels >= min_fraction
        shares = [np.bincount(colors[part], areas[part], n_colors) for part in (is_coherent, ~is_coherent)]
        return np.stack(shares, axis=1).ravel() / n_pixels

    return extract


def color_coherence_vector(
    image: Image, *, space: str = "rgb", n_bins: int | Sequence[int] = 4, min_fraction: float = 0.01
) -> np.ndarray:
    """Colour coherence vector (CCV): a histogram that counts large connected regions and scattered pixels apart.

    A pixel is coherent where the patch of its colour that it belongs to, over 8 neighbours, is large.

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
    min_fraction : float in [0, 1], default=0.01
        Fraction of the foreground from which on a patch is large.

    Returns
    -------
    fractions : float64 ndarray (n_colors * 2,)
        For each colour the fraction of the foreground that is coherent and the fraction that is not; all sum to 1. In
        the order of `color_coherence_vector_names`. Unchanged by quarter turns and mirrors. NaN without foreground.

    See Also
    --------
    ColorCoherenceVector : The same as a transformer.
    color_coherence_vector_names : Names of the columns.
    featkit.features.color.color_histogram : Both kinds of pixels together.
    featkit.features.color.color_correlogram : How colours lie, distance by distance.

    References
    ----------
    Pass, Zabih, Miller 1996, "Comparing images using color coherence vectors", doi:10.1145/244130.244148. There
    images are blurred first, as a `Resizer` does that makes them smaller.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import color_coherence_vector
    >>> image = np.zeros((20, 20, 3), dtype=np.uint8)
    >>> image[:, :10] = image[::4, 12::4] = 255  # a white half, and ten white pixels
    >>> color_coherence_vector(image, n_bins=2).reshape(8, 2)[-1]
    array([0.5  , 0.025])
    """
    check_parameters(ColorCoherenceVector, space=space, n_bins=n_bins, min_fraction=min_fraction)
    return _coherence_extractor(space, n_bins, min_fraction)(check_image(image))


def color_coherence_vector_names(
    *, space: str = "rgb", n_bins: int | Sequence[int] = 4, min_fraction: float = 0.01
) -> list[str]:
    """Names of the columns of `color_coherence_vector`: ``color_coherence_vector_rgb_0_0_0_coherent`` onwards.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        As in `color_coherence_vector`.
    n_bins : int in [1, 256] or three of them, default=4
        As in `color_coherence_vector`.
    min_fraction : float in [0, 1], default=0.01
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    color_coherence_vector : What the columns hold.
    ColorCoherenceVector : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.color import color_coherence_vector_names
    >>> color_coherence_vector_names()[:2]
    ['color_coherence_vector_rgb_0_0_0_coherent', 'color_coherence_vector_rgb_0_0_0_incoherent']
    """
    check_parameters(ColorCoherenceVector, space=space, n_bins=n_bins, min_fraction=min_fraction)
    colors = joint_bin_names(space, bins_per_plane(n_bins))
    return [f"color_coherence_vector_{color}_{part}" for color in colors for part in ("coherent", "incoherent")]


class ColorCoherenceVector(FeatureExtractor):
    """Colour coherence vector (CCV): coherent and incoherent pixels of each colour, see `color_coherence_vector`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        Colour space, see `featkit.image.convert_color`.
    n_bins : int in [1, 256] or three of them, default=4
        Bins of each channel, as in `featkit.features.color.color_histogram`; a combination of three bins is a colour,
        of which there
        may be 4096.
    min_fraction : float in [0, 1], default=0.01
        Fraction of the foreground from which on a patch is large.

    See Also
    --------
    color_coherence_vector : The function behind it.
    featkit.features.color.color_histogram : Both kinds of pixels together.
    featkit.features.color.color_correlogram : How colours lie, distance by distance.

    Notes
    -----
    Stateless. Images may differ in size. Alpha respected: only pixels of alpha at least one half count; NaN without
    foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorCoherenceVector
    >>> ColorCoherenceVector().fit_transform(np.ones((2, 16, 16, 3))).shape
    (2, 128)
    """

    parameter_constraints = {
        "space": [StrOptions(set(COLOR_SPACES))],
        "n_bins": [Interval(Integral, 1, 256, closed="both"), tuple, list, np.ndarray],
        "min_fraction": [FRACTION],
    }

    def __init__(self, *, space: str = "rgb", n_bins: int | Sequence[int] = 4, min_fraction: float = 0.01) -> None:
        self.space = space
        self.n_bins = n_bins
        self.min_fraction = min_fraction

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return _coherence_extractor(self.space, self.n_bins, self.min_fraction)

    def feature_names(self) -> list[str]:
        return color_coherence_vector_names(**self.get_params(deep=False))
