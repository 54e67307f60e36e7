"""Laws' texture energy measures: responses to small separable masks of levels, edges, spots and ripples."""

from collections.abc import Callable
from itertools import combinations_with_replacement

import cv2
import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image, check_image
from .._centered_light import centered_light

MASKS = {
    "level": np.array([1.0, 4, 6, 4, 1]),
    "edge": np.array([-1.0, -2, 0, 2, 1]),
    "spot": np.array([-1.0, 0, 2, 0, -1]),
    "ripple": np.array([1.0, -4, 6, -4, 1]),
}
PAIRS = [pair for pair in combinations_with_replacement(MASKS, 2) if pair != ("level", "level")]


def laws_energies(image: Image) -> np.ndarray:
    """Laws' texture energy measures: mean absolute response to nine pairs of separable 5 x 5 masks.

    The column and the row are each a level (1, 4, 6, 4, 1), an edge (-1, -2, 0, 2, 1), a spot (-1, 0, 2, 0, -1) or a
    ripple (1, -4, 6, -4, 1), divided by the sum of their absolute values. Level by level is left out, since it answers
    to light, not to texture, and so is Laws' fifth mask, the wave (-1, 2, 0, -2, 1).

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).

    Returns
    -------
    energies : float64 ndarray (9,)
        Mean of the absolute responses, weighted by alpha and in units of full light, for each pair of masks; the mean
        of a pair and its transpose. What is half transparent is seen half as strong. In the order of
        `laws_energies_names`. Adding light changes nothing, nor do quarter turns and mirrors. Beyond the border the
        image is mirrored; transparent pixels count as the mean of the foreground. NaN without foreground.

    See Also
    --------
    LawsEnergies : The same as a transformer.
    laws_energies_names : Names of the columns.
    featkit.features.frequency.gabor_energies : Filters of chosen frequencies and directions.

    References
    ----------
    Laws 1980, "Rapid texture identification", doi:10.1117/12.959169.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import laws_energies, laws_energies_names
    >>> board = np.indices((16, 16)).sum(axis=0) % 2 * 1.0
    >>> dict(zip(laws_energies_names(), laws_energies(board).round(2)))["laws_ripple_ripple"]
    np.float64(0.5)
    """
    return _energies(check_image(image))


def _energies(image: Image) -> np.ndarray:
    light, weights = centered_light(image)
    total = weights.sum(dtype=np.float64)
    if total == 0:
        return np.full(len(PAIRS), np.nan)

    def energy(column: str, row: str) -> float:
        col_kernel, row_kernel = (MASKS[name] / np.abs(MASKS[name]).sum() for name in (row, column))
        answer = cv2.sepFilter2D(light, cv2.CV_32F, col_kernel, row_kernel, borderType=cv2.BORDER_REFLECT)
        return float((np.abs(answer) * weights).sum(dtype=np.float64) / total)

    return np.array([(energy(first, second) + energy(second, first)) / 2 for first, second in PAIRS])


def laws_energies_names() -> list[str]:
    """Names of the columns of `laws_energies`: ``laws_level_edge`` to ``laws_ripple_ripple``.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    laws_energies : What the columns hold.
    LawsEnergies : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.texture import laws_energies_names
    >>> laws_energies_names()[:2]
    ['laws_level_edge', 'laws_level_spot']
    """
    return [f"laws_{first}_{second}" for first, second in PAIRS]


class LawsEnergies(FeatureExtractor):
    """Laws' texture energy measures, see `featkit.features.texture.laws_energies`.

    See Also
    --------
    laws_energies : The function behind it.
    featkit.features.frequency.gabor_energies : Filters of chosen frequencies and directions.

    Notes
    -----
    Stateless. Images may differ in size. Pixels are weighted by alpha.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import LawsEnergies
    >>> LawsEnergies().fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 9)
    """

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return _energies

    def feature_names(self) -> list[str]:
        return laws_energies_names()
