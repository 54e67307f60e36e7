"""Gabor filters: how strongly stripes of which width run in which direction."""

import math
from collections.abc import Callable, Sequence
from numbers import Integral, Real

import cv2
import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import alpha_weights
from ...image.checks import Image
from ...image.conversions import to_float, to_gray
from ...parameters import POSITIVE, Interval, InvalidParameterError, check_number, check_pair
from .._names import cell_names, number_name

FREQUENCY = Interval(Real, 0, 0.5, closed="right")
ORIENTATIONS = Interval(Integral, 1, 90, closed="both")


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


@kernel
def _fill_amplitudes(cos_cos, sin_sin, cos_sin, sin_cos, smooth, even_light, side, amplitudes):
    """Twice the length of the complex answer; not by `cv2.magnitude`, whose last bit depends on memory alignment."""
    for row in range(smooth.shape[0]):
        for col in range(smooth.shape[1]):
            even = cos_cos[row, col] - side * sin_sin[row, col] - even_light * smooth[row, col]
            odd = sin_cos[row, col] + side * cos_sin[row, col]
            amplitudes[row, col] = 2 * np.sqrt(even * even + odd * odd)


def centered_light(image: Image) -> tuple[np.ndarray, np.ndarray]:
    """Gray values in [0, 1] minus their mean over the foreground, times alpha; and alpha."""
    light, weights = to_gray(to_float(image)), alpha_weights(image)
    if weights is None:
        weights = np.ones(light.shape, np.float32)
    total = weights.sum(dtype=np.float64)
    mean = (weights * light).sum(dtype=np.float64) / total if total > 0 else 0.0
    return (weights * (light - mean)).astype(np.float32), weights


def _amplitudes(light: np.ndarray, frequency: float, orientations: int, bandwidth: float) -> np.ndarray:
    """Response of every orientation, each a sum of products of row and column filters."""
    frequency = check_number("frequency", frequency, FREQUENCY)
    orientations = check_number("orientations", orientations, ORIENTATIONS)
    bandwidth = check_number("bandwidth", bandwidth, POSITIVE)
    ratio = 2.0**bandwidth
    sigma = math.sqrt(math.log(2) / 2) / math.pi * (ratio + 1) / (ratio - 1) / frequency
    place = np.arange(-math.ceil(3 * sigma), math.ceil(3 * sigma) + 1)
    window = np.exp(-0.5 * (place / sigma) ** 2)
    window /= window.sum()

    def along_cols(kernel: np.ndarray) -> np.ndarray:
        return cv2.sepFilter2D(light, cv2.CV_32F, kernel, np.ones(1), borderType=cv2.BORDER_REFLECT)

    def along_rows(filtered: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        return cv2.sepFilter2D(filtered, cv2.CV_32F, np.ones(1), kernel, borderType=cv2.BORDER_REFLECT)

    smooth = along_rows(along_cols(window), window)
    amplitudes = np.empty((orientations, *light.shape), np.float32)
    for k in range(orientations // 2 + 1):
        phase = 2 * np.pi * frequency * place
        angle = math.pi * k / orientations
        col_cos, col_sin = (window * wave(phase * math.cos(angle)) for wave in (np.cos, np.sin))
        row_cos, row_sin = (window * wave(phase * math.sin(angle)) for wave in (np.cos, np.sin))
        by_cos, by_sin = along_cols(col_cos), along_cols(col_sin)
        cos_cos, sin_sin = along_rows(by_cos, row_cos), along_rows(by_sin, row_sin)
        products = (cos_cos, sin_sin, along_rows(by_cos, row_sin), along_rows(by_sin, row_cos), smooth)
        even_light = np.float32(col_cos.sum() * row_cos.sum())
        _fill_amplitudes(*products, even_light, np.float32(1), amplitudes[k])
        if k > 0:  # the mirrored direction is made of the same products
            _fill_amplitudes(*products, even_light, np.float32(-1), amplitudes[orientations - k])
    return amplitudes


def _checked_frequencies(frequencies: Sequence[float]) -> list[float]:
    try:
        numbers = [float(frequency) for frequency in frequencies]
        distinct = {number_name(number) for number in numbers}
        if len(distinct) == len(numbers) > 0 and all(number in FREQUENCY for number in numbers):
            return numbers
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        "The 'frequencies' parameter must be distinct numbers (to six digits) above 0 and up to 0.5 cycles per "
        f"pixel, got {frequencies!r}."
    )


def gabor_amplitudes(
    image: Image, *, frequency: float = 0.25, orientations: int = 6, bandwidth: float = 1.0
) -> np.ndarray:
    """Strength of the stripes around every pixel.

    The image is convolved with ``exp(-|x|**2 / (2 sigma**2)) (exp(2 pi i frequency <x, u>) - c)`` for each unit
    direction ``u``; ``c`` makes the sum 0, so that even light gives no answer. The length of the complex answer does
    not depend on where exactly the stripes lie.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    frequency : float in (0, 0.5], default=0.25
        Cycles per pixel.
    orientations : int in [1, 90], default=6
        Filter k answers to light that changes in direction ``180 k / orientations`` degrees, from the column axis
        towards growing rows: filter 0 to upright stripes.
    bandwidth : float > 0, default=1.0
        Octaves between the frequencies that are answered half; sets ``sigma``.

    Returns
    -------
    amplitudes : float32 ndarray (orientations, height, width)
        A grating of amplitude A (in units of full light) that a filter is made for gives A. Beyond the border
        the image is mirrored. Transparent pixels count as the mean of the foreground.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.frequency import gabor_amplitudes
    >>> upright = np.tile(0.5 + 0.2 * np.cos(2 * np.pi * 0.25 * np.arange(64)), (64, 1))
    >>> np.abs(gabor_amplitudes(upright, orientations=2)[:, 32, 32].round(3))
    array([0.2, 0. ], dtype=float32)
    """
    return _amplitudes(centered_light(image)[0], frequency, orientations, bandwidth)


def gabor_energies(
    image: Image,
    *,
    frequencies: Sequence[float] = (0.0625, 0.125, 0.25),
    orientations: int = 6,
    bandwidth: float = 1.0,
    grid: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Mean and standard deviation of the answers of a bank of Gabor filters: scale and direction of a texture.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    frequencies : sequence of float in (0, 0.5], default=(0.0625, 0.125, 0.25)
        Cycles per pixel. A filter reaches ``1.7 / frequency`` pixels far at a bandwidth of one octave.
    orientations, bandwidth
        As in `featkit.features.frequency.gabor_amplitudes`.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with means and deviations of its own.

    Returns
    -------
    energies : float32 ndarray (rows * columns * len(frequencies) * orientations * 2,)
        For each cell, frequency and orientation the mean and the standard deviation of the amplitudes, in units of
        full light, weighted by alpha. NaN in a cell without foreground.

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
    light, weights = centered_light(image)
    rows, cols = check_pair("grid", grid)
    frequencies = _checked_frequencies(frequencies)
    orientations = check_number("orientations", orientations, ORIENTATIONS)
    energies = np.empty((rows, cols, len(frequencies), orientations, 2), np.float32)
    for index, frequency in enumerate(frequencies):
        _fill_energies(_amplitudes(light, frequency, orientations, bandwidth), weights, energies[:, :, index])
    return energies.ravel()


def gabor_energies_names(
    *, frequencies: Sequence[float] = (0.0625, 0.125, 0.25), orientations: int = 6, grid: tuple[int, int] = (1, 1)
) -> list[str]:
    """Names of the columns of `gabor_energies`: ``gabor_f0_0625_a000_mean`` onwards, a for the angle in degrees."""
    orientations = check_number("orientations", orientations, ORIENTATIONS)
    columns = [
        f"f{number_name(frequency)}_a{180 * k / orientations:03.0f}_{summary}"
        for frequency in _checked_frequencies(frequencies)
        for k in range(orientations)
        for summary in ("mean", "std")
    ]
    return cell_names("gabor", grid, columns)


class GaborBank(FeatureExtractor):
    """Mean and standard deviation of the answers of Gabor filters, see `featkit.features.frequency.gabor_energies`.

    Parameters
    ----------
    frequencies : sequence of float in (0, 0.5], default=(0.0625, 0.125, 0.25)
        Cycles per pixel.
    orientations : int in [1, 90], default=6
        Directions, evenly over a half turn.
    bandwidth : float > 0, default=1.0
        Width of a filter in octaves.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with means and deviations of its own.

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
        parameters = self.get_params(deep=False)
        return lambda image: gabor_energies(image, **parameters)

    def feature_names(self) -> list[str]:
        return gabor_energies_names(frequencies=self.frequencies, orientations=self.orientations, grid=self.grid)
