"""Wavelet scattering: how strongly an image waves, at which scale and angle, and how that strength waves in turn."""

from collections.abc import Callable
from functools import lru_cache, partial
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...parameters import BACKGROUND, Interval, check_parameters
from .._names import padded_numbers
from ._scattering_paths import bank_for, grid_of_cells, scattered

N_OCTAVES = Interval(Integral, 1, 8, closed="both")
ORIENTATIONS = Interval(Integral, 1, 36, closed="both")
ORDER = Interval(Integral, 1, 2, closed="both")


def scattering(
    image: Image, *, n_octaves: int = 2, orientations: int = 8, order: int = 2, background: Background = 0.0
) -> np.ndarray:
    """Wavelet scattering transform: local averages of the image, of wavelet moduli and of wavelet moduli of those.

    The image x is convolved with Morlet's wavelets of every octave and direction; the length of the complex answer
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
        In the order of `scattering_names`; the grid of cells lies in the middle of the image. With J octaves and L
        directions ``n_paths = 1 + J L + L ** 2 J (J - 1) / 2``, without the last term for order 1. In units of full
        light; a grating of amplitude A that a wavelet is made for gives 0.49 A, and up to 0.51 A where it is the
        finest. Factors of the light are factors of the means; an offset changes order 0 alone.

    Raises
    ------
    ImageFormatError
        When the image is smaller than one cell.

    See Also
    --------
    Scattering : The same as a transformer.
    scattering_names : Names of the columns.
    featkit.features.frequency.gabor_energies : Magnitude responses over whole images or cells.
    featkit.features.gradients.hog : Gradient directions in cells.

    Notes
    -----
    Wavelets (from 4 directions on) and window are those of kymatio: the finest wavelet has 3/8 cycles per pixel and a
    standard deviation of 0.8 pixels, ``max(orientations / 4, 1)`` times as much along its stripes; the window 0.4
    cells. Beyond its border the image is mirrored. Windows stand at the middles of the cells (kymatio: at their upper
    left pixels), so that the means of a mirrored image are the mirrored means, up to what thinning out the pixels
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
    check_parameters(Scattering, n_octaves=n_octaves, orientations=orientations, order=order, background=background)
    image = check_image(image)
    return scattered(image, bank_for(image.shape[:2], int(n_octaves), int(orientations)), order, background)


def scattering_names(
    image_shape: tuple[int, ...],
    *,
    n_octaves: int = 2,
    orientations: int = 8,
    order: int = 2,
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `scattering` for images of one size: ``scattering_0_row0_col0`` onwards.

    Parameters
    ----------
    image_shape : tuple of int
        Height and width of the images.
    n_octaves : int in [1, 8], default=2
        As in `scattering`.
    orientations : int in [1, 36], default=8
        As in `scattering`.
    order : {1, 2}, default=2
        As in `scattering`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    scattering : What the columns hold.
    Scattering : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.frequency import scattering_names
    >>> scattering_names((64, 64))[:2]
    ['scattering_0_row00_col00', 'scattering_0_row00_col01']
    """
    check_parameters(Scattering, n_octaves=n_octaves, orientations=orientations, order=order, background=background)
    n_octaves, orientations = int(n_octaves), int(orientations)
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
    rows, cols = (padded_numbers(count) for count in grid_of_cells(image_shape, n_octaves))
    return [f"scattering_{path}_row{row}_col{col}" for path in paths for row in rows for col in cols]


class Scattering(FeatureExtractor):
    """Wavelet scattering transform of orders 0, 1 and 2; see `scattering`.

    Parameters
    ----------
    n_octaves : int in [1, 8], default=2
        Scales of the wavelets, and the side of the cells for each of which there is a mean: ``2 ** n_octaves`` pixels.
    orientations : int in [1, 36], default=8
        Directions; direction k is ``180 k / orientations`` degrees, from the column axis towards growing rows.
    order : {1, 2}, default=2
        How often to convolve at most.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    See Also
    --------
    scattering : The function behind it.
    featkit.features.frequency.gabor_energies : Magnitude responses over whole images or cells.
    featkit.features.gradients.hog : Gradient directions in cells.

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
        grid_of_cells(self.image_shape_, self.n_octaves)  # a size without one cell is an error here already

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        n_octaves, orientations, order = int(self.n_octaves), int(self.orientations), self.order
        bank_of = lru_cache(maxsize=1)(partial(bank_for, n_octaves=n_octaves, orientations=orientations))
        background = self.background
        return lambda image: scattered(image, bank_of(image.shape[:2]), order, background)

    def feature_names(self) -> list[str]:
        return scattering_names(self.image_shape_, **self.get_params(deep=False))
