"""Local amplitudes of a Gabor filter bank."""

import math
from numbers import Integral, Real

import cv2
import numpy as np

from ..._numba import kernel
from ...image.checks import Image, check_image
from ...parameters import POSITIVE, Interval, check_number
from .._centered_light import centered_light

FREQUENCY = Interval(Real, 0, 0.5, closed="right")
ORIENTATIONS = Interval(Integral, 1, 90, closed="both")


@kernel
def _fill_amplitudes(cos_cos, sin_sin, cos_sin, sin_cos, smooth, even_light, side, amplitudes):
    """Twice the length of the complex answer; not by `cv2.magnitude`, whose last bit depends on memory alignment."""
    for row in range(smooth.shape[0]):
        for col in range(smooth.shape[1]):
            even = cos_cos[row, col] - side * sin_sin[row, col] - even_light * smooth[row, col]
            odd = sin_cos[row, col] + side * cos_sin[row, col]
            amplitudes[row, col] = 2 * np.sqrt(even * even + odd * odd)


def amplitudes_of(light: np.ndarray, frequency: float, orientations: int, bandwidth: float) -> np.ndarray:
    """Response of every orientation, each a sum of products of row and column filters."""
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


def gabor_amplitudes(
    image: Image, *, frequency: float = 0.25, orientations: int = 6, bandwidth: float = 1.0
) -> np.ndarray:
    """Local amplitude (complex modulus) of a Gabor filter bank's responses.

    The image is convolved with ``exp(-|x|**2 / (2 sigma**2)) (exp(2 pi i frequency <x, u>) - c)`` for each unit
    direction ``u``; ``c`` makes the sum 0, so that even light gives no answer. The length of the complex answer does
    not depend on where exactly the stripes lie.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).
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

    See Also
    --------
    featkit.features.frequency.gabor_energies : Their mean and standard deviation.
    skimage.filters.gabor : Real and imaginary response of one filter.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.frequency import gabor_amplitudes
    >>> upright = np.tile(0.5 + 0.2 * np.cos(2 * np.pi * 0.25 * np.arange(64)), (64, 1))
    >>> np.abs(gabor_amplitudes(upright, orientations=2)[:, 32, 32].round(3))
    array([0.2, 0. ], dtype=float32)
    """
    frequency = check_number("frequency", frequency, FREQUENCY)
    orientations = check_number("orientations", orientations, ORIENTATIONS)
    bandwidth = check_number("bandwidth", bandwidth, POSITIVE)
    return amplitudes_of(centered_light(check_image(image))[0], frequency, orientations, bandwidth)
