"""Energies of Haar's wavelets: how much an image changes down, across and diagonally, octave by octave."""

from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import alpha_weights
from ...image.checks import Image, check_image
from ...image.conversions import to_float, to_gray
from ...parameters import Interval, check_parameters

N_OCTAVES = Interval(Integral, 1, 12, closed="both")
DIRECTIONS = ("down", "across", "diagonal")


def wavelet_energies(image: Image, *, n_octaves: int = 4) -> np.ndarray:
    """Energies of the Haar wavelet transform: mean absolute detail coefficients of every octave.

    Each octave parts the image into squares of 2 x 2: their means make the image of the next octave, and half the
    differences of their upper and lower, left and right, and diagonal halves are the coefficients.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).
    n_octaves : int in [1, 12], default=4
        How often the image is halved. An odd last row or column is left out.

    Returns
    -------
    energies : float64 ndarray (n_octaves * 3,)
        For each octave, finest first, the mean absolute coefficients down, across and diagonally, in units of full
        light: orthonormal coefficients of octave k = 0, 1, ... are ``2 ** (k + 1)`` times as large. Each square is
        weighted by the least alpha in it. NaN in an octave without a square, as in images of less than
        ``2 ** n_octaves`` pixels a side. Adding light changes nothing; a mirror nothing where the image's sides are
        multiples of ``2 ** n_octaves``.

    See Also
    --------
    WaveletEnergies : The same as a transformer.
    wavelet_energies_names : Names of the columns.
    featkit.features.frequency.scattering : Wavelets of many directions, stable under small shifts.
    featkit.features.frequency.gabor_energies : Filters of chosen frequencies.

    References
    ----------
    Mallat 1989, "A theory for multiresolution signal decomposition: the wavelet representation", doi:10.1109/34.192463.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.frequency import wavelet_energies
    >>> stripes = np.tile([0.2, 0.6], (4, 2))
    >>> wavelet_energies(stripes, n_octaves=2).round(3)
    array([0. , 0.2, 0. , 0. , 0. , 0. ])
    """
    check_parameters(WaveletEnergies, n_octaves=n_octaves)
    return _energies(check_image(image), n_octaves)


def _energies(image: Image, n_octaves: int) -> np.ndarray:
    light, weights = to_gray(to_float(image)).astype(np.float64), alpha_weights(image)
    if weights is None:
        weights = np.ones(light.shape, np.float32)
    energies = []
    for _ in range(n_octaves):
        quarters, corners = _quarters(light), _quarters(weights)
        weights = np.minimum.reduce(corners)
        upper_left, upper_right, lower_left, lower_right = quarters
        total = weights.sum(dtype=np.float64)
        for coefficients in (
            upper_left + upper_right - lower_left - lower_right,
            upper_left - upper_right + lower_left - lower_right,
            upper_left - upper_right - lower_left + lower_right,
        ):
            energies.append((weights * np.abs(coefficients) / 4).sum() / total if total > 0 else np.nan)
        light = np.mean(quarters, axis=0)
    return np.array(energies)


def _quarters(plane: np.ndarray) -> list[np.ndarray]:
    """Upper left, upper right, lower left and lower right pixels of the squares of 2 x 2."""
    height, width = (side - side % 2 for side in plane.shape)
    return [plane[row:height:2, col:width:2] for row in (0, 1) for col in (0, 1)]


def wavelet_energies_names(*, n_octaves: int = 4) -> list[str]:
    """Names of the columns of `wavelet_energies`: ``wavelet_00_down`` onwards.

    Parameters
    ----------
    n_octaves : int in [1, 12], default=4
        As in `wavelet_energies`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    wavelet_energies : What the columns hold.
    WaveletEnergies : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.frequency import wavelet_energies_names
    >>> wavelet_energies_names()[:2]
    ['wavelet_00_down', 'wavelet_00_across']
    """
    check_parameters(WaveletEnergies, n_octaves=n_octaves)
    return [f"wavelet_{octave:02d}_{direction}" for octave in range(n_octaves) for direction in DIRECTIONS]


class WaveletEnergies(FeatureExtractor):
    """Energies of the Haar wavelet transform: mean absolute coefficients, see `wavelet_energies`.

    Parameters
    ----------
    n_octaves : int in [1, 12], default=4
        How often the image is halved. An odd last row or column is left out.

    See Also
    --------
    wavelet_energies : The function behind it.
    featkit.features.frequency.scattering : Wavelets of many directions, stable under small shifts.
    featkit.features.frequency.gabor_energies : Filters of chosen frequencies.

    Notes
    -----
    Stateless. Images may differ in size. Squares are weighted by the least alpha in them.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import WaveletEnergies
    >>> WaveletEnergies().fit_transform(np.ones((2, 16, 16), dtype=np.uint8)).shape
    (2, 12)
    """

    parameter_constraints = {"n_octaves": [N_OCTAVES]}

    def __init__(self, *, n_octaves: int = 4) -> None:
        self.n_octaves = n_octaves

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_energies, n_octaves=self.n_octaves)

    def feature_names(self) -> list[str]:
        return wavelet_energies_names(n_octaves=self.n_octaves)
