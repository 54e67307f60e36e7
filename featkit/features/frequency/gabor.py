"""Gabor filter banks: magnitude responses, their mean and standard deviation."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...exceptions import shown
from ...image.checks import Image, check_image
from ...parameters import POSITIVE, InvalidParameterError, check_pair, check_parameters
from .._centered_light import centered_light
from .._names import cell_names, number_name
from .gabor_amplitudes import FREQUENCY, ORIENTATIONS, amplitudes_of


@kernel
def _fill_energies(amplitudes, weights, energies):
    """Weighted mean and standard deviation in every cell; energies (cell rows, cell columns, orientations, 2)."""
    cell_rows, cell_cols, orientations, _ = energies.shape
    height, width = weights.shape
    for cell_row in range(cell_rows):
        rows = range(cell_row * height // cell_rows, (cell_row + 1) * height // cell_rows)
        for cell_col in range(cell_cols):
            first, last = cell_col * width // cell_cols, (cell_col + 1) * width // cell_cols
            total = 0.0
            for row in rows:
                for weight in weights[row, first:last]:
                    total += weight
            for k in range(orientations):
                if total == 0:
                    energies[cell_row, cell_col, k] = np.nan
                    continue
                mean, variance = 0.0, 0.0
                for row in rows:
                    for col in range(first, last):
                        mean += weights[row, col] * amplitudes[k, row, col]
                mean /= total
                for row in rows:
                    for col in range(first, last):
                        variance += weights[row, col] * (amplitudes[k, row, col] - mean) ** 2
                energies[cell_row, cell_col, k, 0] = mean
                energies[cell_row, cell_col, k, 1] = np.sqrt(variance / total)


def _checked_frequencies(frequencies: Sequence[float]) -> list[float]:
    try:
        numbers = [float(frequency) for frequency in frequencies]
        distinct = {number_name(number) for number in numbers}
        if len(distinct) == len(numbers) > 0 and all(FREQUENCY.is_satisfied_by(number) for number in numbers):
            return numbers
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        "The 'frequencies' parameter must be distinct numbers (to six digits) above 0 and up to 0.5 cycles per "
        f"pixel, got {shown(frequencies)}."
    )


def gabor_energies(
    image: Image,
    *,
    frequencies: Sequence[float] = (0.0625, 0.125, 0.25),
    orientations: int = 6,
    bandwidth: float = 1.0,
    grid: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Mean and standard deviation of the magnitude responses of a Gabor filter bank.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).
    frequencies : sequence of float in (0, 0.5], default=(0.0625, 0.125, 0.25)
        Cycles per pixel. A filter reaches ``1.7 / frequency`` pixels far at a bandwidth of one octave.
    orientations : int in [1, 90], default=6
        Filter k answers to light that changes in direction ``180 k / orientations`` degrees, from the column axis
        towards growing rows: filter 0 to upright stripes.
    bandwidth : float > 0, default=1.0
        Octaves between the frequencies that are answered half; sets ``sigma``.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with means and deviations of its own.

    Returns
    -------
    energies : float32 ndarray (rows * columns * len(frequencies) * orientations * 2,)
        For each cell, frequency and orientation the mean and the standard deviation of the amplitudes, in units of
        full light, weighted by alpha. NaN in a cell without foreground.

    See Also
    --------
    GaborBank : The same as a transformer.
    gabor_energies_names : Names of the columns.
    featkit.features.frequency.gabor_amplitudes : The magnitude responses themselves.
    featkit.features.frequency.power_spectrum : Energy by frequency and direction of the whole image.
    featkit.features.frequency.scattering : Wavelets whose local averages are kept.

    References
    ----------
    Manjunath, Ma 1996, "Texture features for browsing and retrieval of image data", doi:10.1109/34.531803. The
    relation of bandwidth and sigma: Petkov, Kruizinga 1997, doi:10.1007/s004220050323.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.frequency import gabor_energies, gabor_energies_names
    >>> upright = np.tile(0.5 + 0.2 * np.cos(2 * np.pi * 0.25 * np.arange(64)), (64, 1))
    >>> energies = dict(zip(gabor_energies_names(), gabor_energies(upright)))
    >>> max(energies, key=energies.get)
    'gabor_f0_25_a000_mean'
    """
    check_parameters(GaborBank, frequencies=frequencies, orientations=orientations, bandwidth=bandwidth, grid=grid)
    return _energies(check_image(image), frequencies, orientations, bandwidth, grid)


def _energies(
    image: Image, frequencies: Sequence[float], orientations: int, bandwidth: float, grid: tuple[int, int]
) -> np.ndarray:
    light, weights = centered_light(image)
    rows, cols = check_pair("grid", grid)
    frequencies = _checked_frequencies(frequencies)
    orientations, bandwidth = int(orientations), float(bandwidth)
    energies = np.empty((rows, cols, len(frequencies), orientations, 2), np.float32)
    for index, frequency in enumerate(frequencies):
        _fill_energies(amplitudes_of(light, frequency, orientations, bandwidth), weights, energies[:, :, index])
    return energies.ravel()


def gabor_energies_names(
    *,
    frequencies: Sequence[float] = (0.0625, 0.125, 0.25),
    orientations: int = 6,
    bandwidth: float = 1.0,
    grid: tuple[int, int] = (1, 1),
) -> list[str]:
    """Names of the columns of `gabor_energies`: ``gabor_f0_0625_a000_mean`` onwards, a for the angle in degrees.

    Parameters
    ----------
    frequencies : sequence of float in (0, 0.5], default=(0.0625, 0.125, 0.25)
        As in `gabor_energies`.
    orientations : int in [1, 90], default=6
        As in `gabor_energies`.
    bandwidth : float > 0, default=1.0
        Without effect on the names.
    grid : (int, int), default=(1, 1)
        As in `gabor_energies`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    gabor_energies : What the columns hold.
    GaborBank : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.frequency import gabor_energies_names
    >>> gabor_energies_names()[:2]
    ['gabor_f0_0625_a000_mean', 'gabor_f0_0625_a000_std']
    """
    check_parameters(GaborBank, frequencies=frequencies, orientations=orientations, bandwidth=bandwidth, grid=grid)
    columns = [
        f"f{number_name(frequency)}_a{180 * k / int(orientations):03.0f}_{summary}"
        for frequency in _checked_frequencies(frequencies)
        for k in range(orientations)
        for summary in ("mean", "std")
    ]
    return cell_names("gabor", grid, columns)


class GaborBank(FeatureExtractor):
    """Gabor filter bank: mean and standard deviation of the magnitude responses, see `gabor_energies`.

    Parameters
    ----------
    frequencies : sequence of float in (0, 0.5], default=(0.0625, 0.125, 0.25)
        Cycles per pixel. A filter reaches ``1.7 / frequency`` pixels far at a bandwidth of one octave.
    orientations : int in [1, 90], default=6
        Filter k answers to light that changes in direction ``180 k / orientations`` degrees, from the column axis
        towards growing rows: filter 0 to upright stripes.
    bandwidth : float > 0, default=1.0
        Octaves between the frequencies that are answered half; sets ``sigma``.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with means and deviations of its own.

    See Also
    --------
    gabor_energies : The function behind it.
    featkit.features.frequency.gabor_amplitudes : The magnitude responses themselves.
    featkit.features.frequency.power_spectrum : Energy by frequency and direction of the whole image.
    featkit.features.frequency.scattering : Wavelets whose local averages are kept.

    Notes
    -----
    Stateless. Images may differ in size. Alpha respected: transparent pixels count as the mean of the foreground, so
    that only its outline shows, and answers are weighted by alpha. Rows hold NaN without foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import GaborBank
    >>> GaborBank(grid=(2, 2)).fit_transform(np.ones((2, 32, 32), dtype=np.uint8)).shape
    (2, 144)
    """

    parameter_constraints = {
        "frequencies": [tuple, list, np.ndarray],
        "orientations": [ORIENTATIONS],
        "bandwidth": [POSITIVE],
        "grid": [tuple, list],
    }

    def __init__(
        self,
        *,
        frequencies: Sequence[float] = (0.0625, 0.125, 0.25),
        orientations: int = 6,
        bandwidth: float = 1.0,
        grid: tuple[int, int] = (1, 1),
    ) -> None:
        self.frequencies = frequencies
        self.orientations = orientations
        self.bandwidth = bandwidth
        self.grid = grid

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_energies, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return gabor_energies_names(**self.get_params(deep=False))
