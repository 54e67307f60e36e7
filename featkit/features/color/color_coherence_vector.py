"""Colour coherence vector: how much of each colour lies in large patches, and how much is sprinkled."""

from collections.abc import Callable, Sequence
from numbers import Integral

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.colorspaces import COLOR_SPACES, color_levels
from ...parameters import FRACTION, Interval, InvalidParameterError, StrOptions, check_number
from ..texture.glrlm import zones_of_levels
from .color_correlogram import MAX_COLORS, fill_color_codes
from .color_histogram import bins_per_plane, joint_bin_names, joint_tables


def _coherence_extractor(space: str, n_bins: int | Sequence[int], min_share: float) -> Callable[[Image], np.ndarray]:
    """Function image -> coherence vector; the tables are made once."""
    min_share = check_number("min_share", min_share, FRACTION)
    tables, n_colors = joint_tables(space, n_bins)
    if n_colors > MAX_COLORS:
        raise InvalidParameterError(
            f"The 'n_bins' parameter must make at most {MAX_COLORS} colours, got {n_bins!r}: {n_colors} colours."
        )

    def extract(image: Image) -> np.ndarray:
        mask = foreground_mask(image)
        n_pixels = np.count_nonzero(mask)
        if n_pixels == 0:
            return np.full(2 * n_colors, np.nan)
        codes = np.full(mask.shape, n_colors, np.uint16)
        fill_color_codes(color_levels(image, space), tables, mask, codes)
        colors, areas = zones_of_levels(codes, n_colors)
        is_coherent = areas / n_pixels >= min_share
        shares = [np.bincount(colors[part], areas[part], n_colors) for part in (is_coherent, ~is_coherent)]
        return np.stack(shares, axis=1).ravel() / n_pixels

    return extract


def color_coherence_vector(
    image: Image, *, space: str = "rgb", n_bins: int | Sequence[int] = 4, min_share: float = 0.01
) -> np.ndarray:
    """Colour coherence vector: a histogram that tells large patches of a colour from sprinkled pixels.

    A pixel is coherent where the patch of its colour that it belongs to, over 8 neighbours, is large.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal planes. Only pixels of alpha at least one half count. Rounded to uint8.
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        Colour space, see `featkit.image.convert_color`.
    n_bins : int in [1, 256] or three of them, default=4
        Bins of each plane, as in `featkit.features.color.color_histogram`; a combination of three bins is a colour,
        of which there
        may be 4096.
    min_share : float in [0, 1], default=0.01
        Share of the foreground from which on a patch is large.

    Returns
    -------
    shares : float64 ndarray (n_colors * 2,)
        For each colour the share of the foreground that is coherent and the share that is not; all sum to 1. In the
        order of `color_coherence_vector_names`. Unchanged by quarter turns and mirrors. NaN without foreground.

    References
    ----------
    Pass, Zabih, Miller 1996, "Comparing images using color coherence vectors", doi:10.1145/244130.244148. There
    pictures are blurred first, as a `Resizer` does that makes them smaller.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import color_coherence_vector
    >>> image = np.zeros((20, 20, 3), dtype=np.uint8)
    >>> image[:, :10] = image[::4, 12::4] = 255  # a white half, and ten white pixels
    >>> color_coherence_vector(image, n_bins=2).reshape(8, 2)[-1]
    array([0.5  , 0.025])
    """
    return _coherence_extractor(space, n_bins, min_share)(image)


def color_coherence_vector_names(*, space: str = "rgb", n_bins: int | Sequence[int] = 4) -> list[str]:
    """Names of the columns of `color_coherence_vector`: ``coherence_rgb_0_0_0_coherent``, ``..._incoherent``
    onwards.
    """
    colors = joint_bin_names(space, bins_per_plane(n_bins))
    return [f"coherence_{color}_{part}" for color in colors for part in ("coherent", "incoherent")]


class ColorCoherenceVector(FeatureExtractor):
    """Colour coherence vector, see `featkit.features.color.color_coherence_vector`.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab", "opponent"}, default="rgb"
        Colour space.
    n_bins : int in [1, 256] or three of them, default=4
        Bins of each plane; at most 4096 colours.
    min_share : float in [0, 1], default=0.01
        Share of the foreground from which on a patch of one colour is large.

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
        "min_share": [FRACTION],
    }

    def __init__(self, *, space: str = "rgb", n_bins: int | Sequence[int] = 4, min_share: float = 0.01) -> None:
        self.space = space
        self.n_bins = n_bins
        self.min_share = min_share

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return _coherence_extractor(self.space, self.n_bins, self.min_share)

    def feature_names(self) -> list[str]:
        return color_coherence_vector_names(space=self.space, n_bins=self.n_bins)
