"""Wavelet scattering: how strongly a picture waves, at which scale and angle, and how that strength waves in turn."""

import math
from collections.abc import Callable
from functools import lru_cache, partial
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...exceptions import ImageFormatError
from ...image.alpha import Background, flatten_alpha
from ...image.checks import Image
from ...image.conversions import to_float, to_gray
from ...parameters import BACKGROUND, Interval, check_number
from .._names import padded_numbers
from ._morlet import SIGMA, morlet_wavelets

N_OCTAVES = Interval(Integral, 1, 8, closed="both")
ORIENTATIONS = Interval(Integral, 1, 36, closed="both")
ORDER = Interval(Integral, 1, 2, closed="both")

FEW_PIXELS = 2**18  # of the answers of wavelets that are worked on together
MOST_KEPT = 2**23  # values of wavelets, 32 MB, that are kept for the next picture of the size


@kernel
def _thinned_products(spectra, wavelets, step):
    """Products of all pairs; of the fields that they stand for, every step-th row and column: frequencies coincide."""
    height, width = spectra.shape[1] // step, spectra.shape[2] // step
    products = np.zeros((len(spectra) * len(wavelets), height, width), np.complex64)
    share = np.float32(1 / step**2)
    for pair in range(len(products)):
        spectrum, wavelet = spectra[pair // len(wavelets)], wavelets[pair % len(wavelets)]
        for row in range(height * step):
            line = products[pair, row % height]
            for first in range(0, width * step, width):
                for col in range(width):
                    line[col] += share * wavelet[row, first + col] * spectrum[row, first + col]
    return products


@kernel
def _moduli(field):
    moduli = np.empty(field.shape, np.float32)
    for k in range(len(field)):
        for row in range(field.shape[1]):
            for col in range(field.shape[2]):
                value = field[k, row, col]
                moduli[k, row, col] = np.sqrt(value.real * value.real + value.imag * value.imag)
    return moduli


@kernel
def _window_means(fields, first_rows, row_weights, first_cols, col_weights):
    means = np.empty((len(fields), len(first_rows), len(first_cols)), np.float32)
    line = np.empty(fields.shape[2], np.float32)
    for k in range(len(fields)):
        for cell_row in range(len(first_rows)):
            line[:] = 0
            for tap in range(row_weights.shape[1]):
                field_row = fields[k, first_rows[cell_row] + tap]
                for col in range(len(line)):
                    line[col] += row_weights[cell_row, tap] * field_row[col]
            for cell_col in range(len(first_cols)):
                mean = np.float32(0)
                for tap in range(col_weights.shape[1]):
                    mean += col_weights[cell_col, tap] * line[first_cols[cell_col] + tap]
                means[k, cell_row, cell_col] = mean
    return means


class Bank(NamedTuple):
    """What depends on the size of a picture alone. A grid of some octave keeps every ``2 ** octave``-th pixel."""

    padding: tuple[tuple[int, int], ...]  # pixels before and after, in rows and columns
    grid: tuple[int, int]  # cells down and across
    wavelets: list[list[np.ndarray]]  # [octave of the grid][octaves above it]
    windows: list[list[np.ndarray]]  # [octave of the grid]: first pixels and weights, of the rows' and columns' cells


def _bank_for(shape: tuple[int, int], n_octaves: int, orientations: int) -> Bank:
    is_small = math.prod((*shape, n_octaves, orientations)) <= MOST_KEPT
    return (_kept_bank if is_small else _new_bank)(shape, n_octaves, orientations)


@lru_cache(maxsize=4)
def _kept_bank(shape: tuple[int, int], n_octaves: int, orientations: int) -> Bank:
    return _new_bank(shape, n_octaves, orientations)


def _new_bank(shape: tuple[int, int], n_octaves: int, orientations: int) -> Bank:
    cell = 2**n_octaves
    grid = _grid_shape(shape, n_octaves)
    margin = max(1, math.ceil(orientations / 5))  # cells: twice the standard deviation of the longest wavelet
    padded = [math.ceil(side / cell + 2 * margin) * cell for side in shape]
    padding = [((whole - side) // 2, (whole - side + 1) // 2) for whole, side in zip(padded, shape)]
    wavelets: list[list[np.ndarray]] = []
    windows: list[list[np.ndarray]] = []
    for octave in range(n_octaves):
        thinned = tuple(side >> octave for side in padded)
        wavelets.append([morlet_wavelets(thinned, above, orientations) for above in range(n_octaves - octave)])
        windows.append([])
        for pixels, (before, _), side, cells in zip(thinned, padding, shape, grid):
            centers = before + (side - 1) / 2 + cell * (np.arange(cells) - (cells - 1) / 2)
            windows[-1] += _gaussian_windows(centers / 2**octave, SIGMA * cell / 2 ** (octave + 1), pixels)
    return Bank(tuple(padding), grid, wavelets, windows)


def _gaussian_windows(centers: np.ndarray, sigma: float, n_pixels: int) -> list[np.ndarray]:
    """First pixel and weights of a window about each centre, which reaches to 5 standard deviations or the border."""
    n_taps = min(math.ceil(10 * sigma) + 1, n_pixels)
    first = np.clip(np.rint(centers - (n_taps - 1) / 2), 0, n_pixels - n_taps).astype(np.int64)
    weights = np.exp(-0.5 * ((first[:, np.newaxis] + np.arange(n_taps) - centers[:, np.newaxis]) / sigma) ** 2)
    return [first, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)]


def _grid_shape(shape: tuple[int, ...], n_octaves: int) -> tuple[int, int]:
    height, width = shape[:2]
    cell = 2 ** int(n_octaves)
    if min(height, width) < cell:
        raise ImageFormatError(
            f"Expected images of at least {cell} x {cell} pixels for {n_octaves} octaves, got {height} x {width}. "
            "Put a Resizer before it, or take fewer octaves."
        )
    return height // cell, width // cell


def _strengths(spectra: np.ndarray, wavelets: np.ndarray, octaves: int) -> np.ndarray:
    """Lengths of what every wavelet answers to every field, of which every ``2 ** octaves``-th row and column stays."""
    answers = _thinned_products(np.ascontiguousarray(spectra), wavelets, 2**octaves)
    return _moduli(fft.ifft2(answers, overwrite_x=True))


def scattering(
    image: Image, *, n_octaves: int = 2, orientations: int = 8, order: int = 2, background: Background = 0.0
) -> np.ndarray:
    """Wavelet scattering: local means of the light, of how strongly it waves, and of how that strength waves in turn.

    The picture x is convolved with Morlet's wavelets of every octave and direction; the length of the complex answer
    tells how strongly it waves, wherever the crests lie. Its means in a Gaussian window are stable where an object
    moves a little or bends, but lose what lies finer; convolving the lengths again with the coarser wavelets, whose
    answers are averaged too, wins it back::

        order 0   x * window
        order 1   |x * wavelet(octave, angle)| * window
        order 2   ||x * wavelet(octave, angle)| * wavelet(coarser octave, any angle)| * window

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray values in [0, 1] count; at least ``2 ** n_octaves`` pixels a side.
    n_octaves : int in [1, 8], default=2
        Scales of the wavelets, and the side of the cells for each of which there is a mean: ``2 ** n_octaves`` pixels.
    orientations : int in [1, 36], default=8
        Directions; direction k is ``180 k / orientations`` degrees, from the column axis towards growing rows.
    order : {1, 2}, default=2
        How often to convolve at most.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

    Returns
    -------
    means : float32 ndarray (n_paths * (height // cell) * (width // cell),)
        In the order of `scattering_names`; the grid of cells lies in the middle of the picture. With J octaves and L
        directions ``n_paths = 1 + J L + L ** 2 J (J - 1) / 2``, without the last term for order 1. In units of full
        light; a grating of amplitude A that a wavelet is made for gives 0.49 A, and up to 0.51 A where it is the
        finest. Factors of the light are factors of the means; an offset changes order 0 alone.

    Raises
    ------
    ImageFormatError
        When the image is smaller than one cell.

    Notes
    -----
    Wavelets (from 4 directions on) and window are those of kymatio: the finest wavelet has 3/8 cycles per pixel and a
    standard deviation of 0.8 pixels, ``max(orientations / 4, 1)`` times as much along its stripes; the window 0.4
    cells. Beyond its border the image is mirrored. Windows stand at the middles of the cells (kymatio: at their upper
    left pixels), so that the means of a mirrored picture are the mirrored means, up to what thinning out the pixels
    between the steps loses: about 1 % in norm, in single means up to 6 % of the largest.

    References
    ----------
    Bruna and Mallat 2013, "Invariant scattering convolution networks", doi:10.1109/TPAMI.2012.230.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.frequency import scattering, scattering_names
    >>> upright = np.tile(0.5 + 0.2 * np.cos(2 * np.pi * 3 / 8 * np.arange(64)), (64, 1))
    >>> strongest = scattering(upright, n_octaves=3, order=1).reshape(25, 8, 8)[1:, 4, 4].argmax()
    >>> scattering_names((64, 64), n_octaves=3, order=1)[(1 + strongest) * 64]
    'scattering_1_o0_a000_row0_col0'
    """
    n_octaves, orientations, order = _checked(n_octaves, orientations, order)
    return _scattered(image, _bank_for(image.shape[:2], n_octaves, orientations), order, background)


def _scattered(image: Image, bank: Bank, order: int, background: Background) -> np.ndarray:
    light = np.pad(to_float(to_gray(flatten_alpha(image, background))), bank.padding, mode="symmetric")[np.newaxis]
    spectrum = fft.fft2(light)
    first, second = [], []
    n_octaves, orientations = len(bank.wavelets), len(bank.wavelets[0][0])
    at_once = max(1, FEW_PIXELS // light.size)
    for octave in range(n_octaves):
        for start in range(0, orientations, at_once):
            strengths = _strengths(spectrum, bank.wavelets[0][octave][start : start + at_once], octave)
            first.append(_window_means(strengths, *bank.windows[octave]))
            if order == 1 or octave == n_octaves - 1:
                continue
            spectra = fft.fft2(strengths)
            coarser = []
            for above in range(1, n_octaves - octave):
                again = _strengths(spectra, bank.wavelets[octave][above], above)
                means = _window_means(again, *bank.windows[octave + above])
                coarser.append(means.reshape(len(spectra), orientations, *bank.grid))
            second.append(np.concatenate(coarser, axis=1).reshape(-1, *bank.grid))
    return np.concatenate([_window_means(light, *bank.windows[0]), *first, *second]).ravel()


def _checked(n_octaves: int, orientations: int, order: int) -> tuple[int, int, int]:
    return (
        check_number("n_octaves", n_octaves, N_OCTAVES),
        check_number("orientations", orientations, ORIENTATIONS),
        check_number("order", order, ORDER),
    )


def scattering_names(
    image_shape: tuple[int, ...], *, n_octaves: int = 2, orientations: int = 8, order: int = 2
) -> list[str]:
    """Names of the columns of `scattering` for images of a size (height, width).

    ``scattering_0_row0_col0`` onwards for order 0, ``scattering_1_o0_a022_row0_col0`` (octave, angle in degrees) for
    order 1 and ``scattering_2_o0_a022_o1_a090_row0_col0`` (of the first and of the second wavelet) for order 2.
    """
    n_octaves, orientations, order = _checked(n_octaves, orientations, order)
    angles = [f"a{180 * k / orientations:03.0f}" for k in range(orientations)]
    waves = [[f"o{octave}_{angle}" for angle in angles] for octave in range(n_octaves)]
    paths = ["0", *(f"1_{wave}" for of_octave in waves for wave in of_octave)]
    if order == 2:
        paths += [
            f"2_{wave}_{coarser}"
            for octave, of_octave in enumerate(waves)
            for wave in of_octave
            for above in waves[octave + 1 :]
            for coarser in above
        ]
    rows, cols = (padded_numbers(count) for count in _grid_shape(image_shape, n_octaves))
    return [f"scattering_{path}_row{row}_col{col}" for path in paths for row in rows for col in cols]


class Scattering(FeatureExtractor):
    """Wavelet scattering: local means of how strongly a picture waves, at which scales and angles; see `scattering`.

    Parameters
    ----------
    n_octaves : int in [1, 8], default=2
        Scales of the wavelets; cells have ``2 ** n_octaves`` pixels a side.
    orientations : int in [1, 36], default=8
        Directions, evenly over a half turn.
    order : {1, 2}, default=2
        How often to convolve at most.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    Notes
    -----
    Stateless apart from the image size. All images must have one size. Alpha is laid on `background`. The wavelets are
    made once for a call of `transform`; they take ``4 * orientations * (n_octaves + 1/2)`` bytes a pixel, about as much
    as the answers: a photo of 12 megapixels wants a `Resizer` first.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Scattering
    >>> Scattering().fit_transform(np.ones((2, 32, 32), dtype=np.uint8)).shape
    (2, 5184)
    """

    parameter_constraints = {
        "n_octaves": [N_OCTAVES],
        "orientations": [ORIENTATIONS],
        "order": [ORDER],
        "background": BACKGROUND,
    }
    needs_equal_sizes = True

    def __init__(
        self, *, n_octaves: int = 2, orientations: int = 8, order: int = 2, background: Background = 0.0
    ) -> None:
        self.n_octaves = n_octaves
        self.orientations = orientations
        self.order = order
        self.background = background

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        _grid_shape(self.image_shape_, self.n_octaves)  # a size without one cell is an error here already

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        n_octaves, orientations, order = _checked(self.n_octaves, self.orientations, self.order)
        bank_of = lru_cache(maxsize=1)(partial(_bank_for, n_octaves=n_octaves, orientations=orientations))
        background = self.background
        return lambda image: _scattered(image, bank_of(image.shape[:2]), order, background)

    def feature_names(self) -> list[str]:
        return scattering_names(
            self.image_shape_, n_octaves=self.n_octaves, orientations=self.orientations, order=self.order
        )
