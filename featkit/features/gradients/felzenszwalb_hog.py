"""The HOG variant of Felzenszwalb, Girshick, McAllester and Ramanan: 31 values per cell."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ..._numba import kernel_free_division
from ...base.feature_extractor import FeatureExtractor
from ...exceptions import ImageFormatError
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...parameters import BACKGROUND, COUNT, check_parameters
from .._names import padded_numbers
from ._gradients import ROUNDING_TIE, band_gradients, color_planes, gradient_unit, levels_per_value, to_polar

SIGNED, UNSIGNED, VALUES = 18, 9, 31


@kernel_free_division
def _spread_votes(images, index, width, unit, cell, buffers, line, histograms):
    """Add every gradient to the nearest of 18 directions and, linearly, to the four cells around it."""
    rows, cols = histograms.shape[:2]
    d_row, d_col, length, position = buffers
    one_half = np.float32(0.5)
    histograms[:] = 0
    for row in range(rows * cell):
        band_gradients(images[index], width, row, row + 1, unit, ROUNDING_TIE, d_row, d_col)
        to_polar(d_row, d_col, UNSIGNED, True, length, position)
        line[:] = 0
        for col in range(cols * cell):
            # Halfway between two directions, as at 90 degrees, the lower one takes it.
            bin = int(math.ceil(position[col] - one_half)) % SIGNED
            place = (col + one_half) / cell - one_half
            low = math.floor(place)
            share = np.float32(place - low)
            if low >= 0:
                line[low, bin] += (1 - share) * length[col]
            if low + 1 < cols:
                line[low + 1, bin] += share * length[col]
        place = (row + one_half) / cell - one_half
        low = math.floor(place)
        share = np.float32(place - low)
        if low >= 0:
            _add(histograms[low], line, 1 - share)
        if low + 1 < rows:
            _add(histograms[low + 1], line, share)


@kernel_free_division
def _add(target, line, weight):
    for col in range(len(line)):
        for bin in range(SIGNED):
            target[col, bin] += np.float32(weight) * line[col, bin]


@kernel_free_division
def _normalize_cells(histograms, energy, features):
    """31 values of every cell: 18 signed and 9 unsigned directions, 4 energies of the blocks around it."""
    rows, cols = energy.shape
    for row in range(rows):
        for col in range(cols):
            total = np.float32(0)
            for bin in range(UNSIGNED):
                unsigned = histograms[row, col, bin] + histograms[row, col, bin + UNSIGNED]
                total += unsigned * unsigned
            energy[row, col] = total
    limit, half = np.float32(0.2), np.float32(0.5)
    texture_scale = np.float32(1 / math.sqrt(SIGNED))
    for row in range(rows):
        for col in range(cols):
            cell = histograms[row, col]
            out = features[row, col]
            out[:] = 0
            for corner in range(4):
                # Outside the grid stands the nearest cell again.
                other_row = min(max(row + (corner // 2) * 2 - 1, 0), rows - 1)
                other_col = min(max(col + (corner % 2) * 2 - 1, 0), cols - 1)
                around = energy[row, col] + energy[other_row, col] + energy[row, other_col]
                around += energy[other_row, other_col]
                scale = np.float32(1 / math.sqrt(around + np.float32(1e-4)))
                texture = np.float32(0)
                for bin in range(SIGNED):
                    value = min(cell[bin] * scale, limit)
                    texture += value
                    out[bin] += half * value
                for bin in range(UNSIGNED):
                    out[SIGNED + bin] += half * min((cell[bin] + cell[bin + UNSIGNED]) * scale, limit)
                out[SIGNED + UNSIGNED + corner] = texture_scale * texture


@kernel_free_division
def _felzenszwalb_rows(images, width, unit, cell, features):
    _, rows, cols, _ = features.shape
    buffers = (
        np.empty(width, np.float32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
    )
    histograms = np.empty((rows, cols, SIGNED), np.float32)
    line = np.empty((cols, SIGNED), np.float32)
    energy = np.empty((rows, cols), np.float32)
    for index in range(len(images)):
        _spread_votes(images, index, width, unit, cell, buffers, line, histograms)
        _normalize_cells(histograms, energy, features[index])


def felzenszwalb_hog(image: Image, *, pixels_per_cell: int = 8, background: Background = 0.0) -> np.ndarray:
    """HOG of Felzenszwalb et al.: 31 values per cell, signed and unsigned directions and texture energies.

    Every gradient votes with its length for the nearest of 18 directions, spread linearly over four cells. A cell is
    scaled by each of the four 2 x 2 blocks it belongs to and clipped at 0.2; the four versions are added, for the 18
    signed directions and the 9 unsigned ones, and summed over directions to one texture energy per block.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray or RGB: in colour, the gradient of the channel where it is longest counts. Alpha is laid on `background`.
    pixels_per_cell : int, default=8
        Side of a cell in pixels.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    features : float32 ndarray (height // pixels_per_cell * (width // pixels_per_cell) * 31,)
        Cell by cell, row by row: 18 signed directions (0, 20, ..., 340 degrees, from the column axis towards growing
        rows), 9 unsigned ones (0, ..., 160) in [0, 0.4], 4 energies of the blocks up left, up right, down left and
        down right in [0, 0.85].

    Raises
    ------
    ImageFormatError
        When the image is smaller than one cell.

    See Also
    --------
    FelzenszwalbHOG : The same as a transformer.
    felzenszwalb_hog_names : Names of the columns.
    featkit.features.gradients.hog : HOG of Dalal and Triggs, and that of scikit-image.

    Notes
    -----
    Border: gradients are zero on the border of the image, votes for cells outside the grid are dropped, and a missing
    neighbour is replaced by the nearest cell, so that all cells are kept. (The authors' program drops the border cells
    instead.) Pixels right of and below the last whole cell do not vote. All dtypes are brought to 0..255; the
    constant 1e-4 added to the squared norms is felt in nearly flat blocks only. A constant added to all pixels
    changes nothing; inverted light shifts the signed directions by 9.

    References
    ----------
    Felzenszwalb, Girshick, McAllester and Ramanan, Object detection with discriminatively trained part-based models,
    PAMI 32(9), 2010, doi:10.1109/TPAMI.2009.167

    Examples
    --------
    >>> from skimage.data import camera
    >>> from featkit.features.gradients import felzenszwalb_hog
    >>> felzenszwalb_hog(camera()[:64, :32]).reshape(8, 4, 31).shape
    (8, 4, 31)
    """
    check_parameters(FelzenszwalbHOG, pixels_per_cell=pixels_per_cell, background=background)
    return _felzenszwalb_of_stack(check_image(image)[np.newaxis], pixels_per_cell, background)[0]


def _felzenszwalb_of_stack(stack: np.ndarray, pixels_per_cell: int, background: Background) -> np.ndarray:
    pixels_per_cell = int(pixels_per_cell)
    height, width = stack.shape[1:3]
    rows, cols = _grid_shape((height, width), pixels_per_cell)
    planes = color_planes(stack, background)
    unit = gradient_unit(planes.dtype, levels_per_value(stack.dtype))
    features = np.empty((len(stack), rows, cols, VALUES), np.float32)
    _felzenszwalb_rows(planes, width, unit, pixels_per_cell, features)
    return features.reshape(len(stack), -1)


def _grid_shape(image_shape: tuple[int, ...], pixels_per_cell: int) -> tuple[int, int]:
    rows, cols = (size // int(pixels_per_cell) for size in image_shape)
    if min(rows, cols) < 1:
        raise ImageFormatError(
            f"Expected images of at least {pixels_per_cell} x {pixels_per_cell} pixels, one cell, "
            f"got {image_shape[0]} x {image_shape[1]}. Put a Resizer before it, or take smaller cells."
        )
    return rows, cols


def felzenszwalb_hog_names(
    image_shape: tuple[int, ...], *, pixels_per_cell: int = 8, background: Background = 0.0
) -> list[str]:
    """Names of the columns of `felzenszwalb_hog` for images of one size: ``felzenszwalb_00000`` onwards.

    Parameters
    ----------
    image_shape : tuple of int
        Height and width of the images.
    pixels_per_cell : int, default=8
        As in `felzenszwalb_hog`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    felzenszwalb_hog : What the columns hold.
    FelzenszwalbHOG : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.gradients import felzenszwalb_hog_names
    >>> felzenszwalb_hog_names((64, 64))[:2]
    ['felzenszwalb_00000', 'felzenszwalb_00001']
    """
    check_parameters(FelzenszwalbHOG, pixels_per_cell=pixels_per_cell, background=background)
    count = math.prod(_grid_shape(image_shape, pixels_per_cell)) * VALUES
    return [f"felzenszwalb_{number}" for number in padded_numbers(count, 5)]


class FelzenszwalbHOG(FeatureExtractor):
    """HOG of Felzenszwalb et al., 31 values per cell, see `featkit.features.gradients.felzenszwalb_hog`.

    Parameters
    ----------
    pixels_per_cell : int, default=8
        Side of a cell in pixels.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    See Also
    --------
    felzenszwalb_hog : The function behind it.
    featkit.features.gradients.hog : HOG of Dalal and Triggs, and that of scikit-image.

    Notes
    -----
    Stateless apart from the image size. All images must have one size. Alpha is laid on `background`.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import FelzenszwalbHOG
    >>> FelzenszwalbHOG().fit_transform(np.ones((2, 32, 16), dtype=np.uint8)).shape
    (2, 248)
    """

    parameter_constraints = {
        "pixels_per_cell": [COUNT],
        "background": BACKGROUND,
    }
    needs_equal_sizes = True

    def __init__(self, *, pixels_per_cell: int = 8, background: Background = 0.0) -> None:
        self.pixels_per_cell = pixels_per_cell
        self.background = background

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        _grid_shape(self.image_shape_, self.pixels_per_cell)  # too small is an error here already

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray]:
        pixels_per_cell, background = self.pixels_per_cell, self.background
        return lambda stack: _felzenszwalb_of_stack(stack, pixels_per_cell, background)

    def feature_names(self) -> list[str]:
        return felzenszwalb_hog_names(self.image_shape_, **self.get_params(deep=False))
