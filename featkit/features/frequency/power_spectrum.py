"""Power spectrum: at which scales and in which directions an image changes, and how rough it is."""

from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np
from scipy import fft

from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image, check_image
from ...parameters import Interval, check_parameters
from .._centered_light import centered_light

N_OCTAVES = Interval(Integral, 2, 12, closed="both")
ORIENTATIONS = Interval(Integral, 1, 36, closed="both")
LEAST_POWER = 1e-12  # mean square contrast below which an image is flat, far below one level of 65535


def power_spectrum(image: Image, *, n_octaves: int = 5, orientations: int = 6) -> np.ndarray:
    """Fourier power spectrum: fractions of the power by octave and by direction, and the spectral slope.

    The light less its mean is faded out towards the border (Hann's window) and under transparency (alpha); the power at
    a frequency is the squared length of its Fourier coefficient. It is parted into octaves, the finest from 1/4 cycles
    per pixel up; the slope leaves out what is beyond 1/2, which only slanting waves reach.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).
    n_octaves : int in [2, 12], default=5
        Octaves; the coarsest also holds all slower changes.
    orientations : int in [1, 36], default=6
        Sectors of direction; sector k is centred on ``180 k / orientations`` degrees, counted like the angles of
        `featkit.features.frequency.gabor_amplitudes`: sector 0 holds upright stripes.

    Returns
    -------
    spectrum : float64 ndarray (n_octaves + orientations + 1,)
        In the order of `power_spectrum_names`: fractions of the octaves, finest first, which sum to 1; fractions of the
        sectors, which sum to 1; and the slope of the straight line through log mean power against log frequency of
        the octaves, of the coarsest without what is slower: 0 for white noise, about -2 for photos, lower for smoother
        images. Unchanged by factors and offsets of the light; octaves and slope by quarter turns and mirrors. The
        slope is 0 where less than two octaves hold power. All 0 where none does, as in a flat image; all NaN without
        foreground.

    See Also
    --------
    PowerSpectrum : The same as a transformer.
    power_spectrum_names : Names of the columns.
    featkit.features.frequency.gabor_energies : Local filters instead of the whole image.
    featkit.features.texture.fractal_dimensions : Roughness, seen in space.

    References
    ----------
    Field 1987, "Relations between the statistics of natural images and the response properties of cortical cells",
    doi:10.1364/JOSAA.4.002379.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.frequency import power_spectrum, power_spectrum_names
    >>> upright = np.tile(0.5 + 0.2 * np.cos(2 * np.pi * 0.3 * np.arange(64)), (64, 1))
    >>> shares = dict(zip(power_spectrum_names(), power_spectrum(upright).round(2)))
    >>> shares["spectrum_octave_00"], shares["spectrum_angle_000"]
    (np.float64(1.0), np.float64(1.0))
    """
    check_parameters(PowerSpectrum, n_octaves=n_octaves, orientations=orientations)
    return _spectrum(check_image(image), n_octaves, orientations)


def _spectrum(image: Image, n_octaves: int, orientations: int) -> np.ndarray:
    n_octaves, orientations = int(n_octaves), int(orientations)
    light, weights = centered_light(image)
    n_columns = n_octaves + orientations + 1
    if not weights.any():
        return np.full(n_columns, np.nan)
    hann = np.outer(*(np.hanning(side + 2)[1:-1] for side in light.shape))
    window = hann * weights
    faded = light * hann  # times alpha already
    faded -= window * (faded.sum() / window.sum())  # what the window lets through of the mean
    power = np.abs(fft.fft2(faded)) ** 2
    rows, cols = np.meshgrid(*(fft.fftfreq(side) for side in light.shape), indexing="ij")
    frequency = np.hypot(rows, cols)
    counts = frequency > 0
    power, frequency = power[counts], frequency[counts]
    if power.sum() <= LEAST_POWER * light.size * (window**2).sum():
        return np.zeros(n_columns)
    octave = np.maximum(np.floor(-np.log2(2 * frequency)), -1).astype(int)  # -1: between the axes, beyond 1/2
    degrees = np.degrees(np.arctan2(rows[counts], cols[counts])) % 180
    sector = np.floor(degrees * orientations / 180 + 0.5).astype(int) % orientations
    by_octave = np.bincount(np.clip(octave, 0, n_octaves - 1), power, n_octaves)
    by_sector = np.bincount(sector, power, orientations)
    return np.concatenate(
        [by_octave / power.sum(), by_sector / power.sum(), [_slope(power, frequency, octave, n_octaves)]]
    )


def _slope(power: np.ndarray, frequency: np.ndarray, octave: np.ndarray, n_octaves: int) -> float:
    """Slope of log mean power over mean log frequency of the octaves that hold any power."""
    within = (octave >= 0) & (octave < n_octaves)
    octave, count = octave[within], np.bincount(octave[within], minlength=n_octaves)
    total = np.bincount(octave, power[within], n_octaves)
    usable = (count > 0) & (total > 0)
    if np.count_nonzero(usable) < 2:
        return 0.0
    place = np.bincount(octave, np.log2(frequency[within]), n_octaves)[usable] / count[usable]
    return float(np.polyfit(place, np.log2(total[usable] / count[usable]), 1)[0])


def power_spectrum_names(*, n_octaves: int = 5, orientations: int = 6) -> list[str]:
    """Names of the columns of `power_spectrum`: ``spectrum_octave_00``, ``spectrum_angle_030``, ``spectrum_slope``.

    Parameters
    ----------
    n_octaves : int in [2, 12], default=5
        As in `power_spectrum`.
    orientations : int in [1, 36], default=6
        As in `power_spectrum`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    power_spectrum : What the columns hold.
    PowerSpectrum : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.frequency import power_spectrum_names
    >>> power_spectrum_names()[:2]
    ['spectrum_octave_00', 'spectrum_octave_01']
    """
    check_parameters(PowerSpectrum, n_octaves=n_octaves, orientations=orientations)
    n_octaves, orientations = int(n_octaves), int(orientations)
    octaves = [f"spectrum_octave_{k:02d}" for k in range(n_octaves)]
    return [
        *octaves,
        *(f"spectrum_angle_{180 * k / orientations:03.0f}" for k in range(orientations)),
        "spectrum_slope",
    ]


class PowerSpectrum(FeatureExtractor):
    """Fourier power spectrum by octave and by direction, and its slope, see `power_spectrum`.

    Parameters
    ----------
    n_octaves : int in [2, 12], default=5
        Octaves; the coarsest also holds all slower changes.
    orientations : int in [1, 36], default=6
        Sectors of direction; sector k is centred on ``180 k / orientations`` degrees, counted like the angles of
        `featkit.features.frequency.gabor_amplitudes`: sector 0 holds upright stripes.

    See Also
    --------
    power_spectrum : The function behind it.
    featkit.features.frequency.gabor_energies : Local filters instead of the whole image.
    featkit.features.texture.fractal_dimensions : Roughness, seen in space.

    Notes
    -----
    Stateless. Images may differ in size. Pixels are weighted by alpha.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import PowerSpectrum
    >>> PowerSpectrum().fit_transform(np.random.default_rng(0).random((2, 32, 48))).shape
    (2, 12)
    """

    parameter_constraints = {
        "n_octaves": [N_OCTAVES],
        "orientations": [ORIENTATIONS],
    }

    def __init__(self, *, n_octaves: int = 5, orientations: int = 6) -> None:
        self.n_octaves = n_octaves
        self.orientations = orientations

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_spectrum, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return power_spectrum_names(n_octaves=self.n_octaves, orientations=self.orientations)
