"""Histogram of oriented gradients (HOG): scikit-image's by default, the original of Dalal and Triggs on request."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import ImageFormatError
from ...image.alpha import Background
from ...image.checks import Image
from ...parameters import BACKGROUND, COUNT, POSITIVE, StrOptions, check_number, check_option, check_pair
from .._names import padded_numbers
from ._block_norms import BLOCK_NORMS
from ._gradients import color_planes, gradient_unit, levels_per_value
from ._nearest_votes import blocks_of_cells, cell_histograms
from ._trilinear_votes import trilinear_blocks, window_weights

VOTINGS = ("nearest", "trilinear")


def _cells_of_stack(
    stack: np.ndarray,
    orientations: int,
    pixels_per_cell: tuple[int, int],
    transform_sqrt: bool,
    signed: bool,
    background: Background,
) -> np.ndarray:
    cell_height, cell_width = check_pair("pixels_per_cell", pixels_per_cell)
    height, width = stack.shape[1:3]
    turn = 360.0 if signed else 180.0
    edges = turn / orientations * np.arange(orientations + 1)
    cells = np.empty((len(stack), height // cell_height, width // cell_width, orientations), np.float32)
    planes = color_planes(stack, background, transform_sqrt)
    # scikit-image compares the lengths of 8-bit colour gradients in double precision, rounding errors included.
    unit = gradient_unit(np.float64 if planes.shape[1] == 3 and planes.dtype == np.uint8 else planes.dtype)
    tie_bins = np.empty(0, np.int64)
    ties = cell_histograms(planes, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells)
    if ties:
        d_row, d_col = np.array(ties).T
        tie_bins = np.searchsorted(edges[1:], np.rad2deg(np.arctan2(d_row, d_col)) % turn, side="right")
        cell_histograms(planes, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells)
    return cells


def hog_cells(
    image: Image,
    *,
    orientations: int = 9,
    pixels_per_cell: tuple[int, int] = (8, 8),
    transform_sqrt: bool = False,
    signed: bool = False,
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of gradient directions of every cell, before any block is formed.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    orientations, pixels_per_cell, transform_sqrt, signed, background
        As in `featkit.features.gradients.hog`.

    Returns
    -------
    cells : float32 ndarray (cell rows, cell columns, orientations)
        Sum of the gradient lengths voting for a bin, divided by the pixels of a cell. Bin ``k`` holds directions
        from ``k`` to ``k + 1`` times ``180 / orientations`` degrees (360 when signed), from the column axis towards
        growing rows. Pixels right of and below the last whole cell do not vote.

    Raises
    ------
    ImageFormatError
        When the image does not hold one cell.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.gradients import hog_cells
    >>> ramp = np.tile(np.arange(16, dtype=np.uint8), (16, 1))
    >>> hog_cells(ramp, orientations=4)[0, 0]
    array([1.75, 0.  , 0.  , 0.  ], dtype=float32)
    """
    _grid_shape(image.shape[:2], orientations, pixels_per_cell, (1, 1))
    return _cells_of_stack(image[np.newaxis], orientations, pixels_per_cell, transform_sqrt, signed, background)[0]


def hog(
    image: Image,
    *,
    orientations: int = 9,
    pixels_per_cell: tuple[int, int] = (8, 8),
    cells_per_block: tuple[int, int] = (3, 3),
    block_norm: str = "L2-Hys",
    transform_sqrt: bool = False,
    voting: str = "nearest",
    signed: bool = False,
    window_sigma: float | None = None,
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of oriented gradients: where in the image edges run in which direction, lighting divided out.

    Gradients are centred differences, zero on the border; in colour those of the strongest channel. Their lengths
    vote for direction bins in a grid of cells, and every block of neighbouring cells is scaled to unit norm.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    orientations : int, default=9
        Direction bins.
    pixels_per_cell, cells_per_block : (int, int), default=(8, 8) and (3, 3)
        Height and width of a cell and of a block; blocks lie one cell apart.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        L2-Hys: L2, clipped at 0.2, L2 again. L1-sqrt: the root of L1.
    transform_sqrt : bool, default=False
        Take the square root of the values first.
    voting : {"nearest", "trilinear"}, default="nearest"
        "nearest" gives each gradient to one bin of one cell: the descriptor of scikit-image. "trilinear" shares it
        linearly between two bins and up to four cells of each block, under a Gaussian window over the block: the
        descriptor of Dalal and Triggs as OpenCV 4 computes it. It hardly changes when the picture moves by a pixel
        or turns by a few degrees.
    signed : bool, default=False
        Tell dark-to-light from light-to-dark: directions over 360 degrees instead of 180.
    window_sigma : float or None, default=None
        Standard deviation of the window in pixels, with trilinear votes; None is OpenCV's, an eighth of the block's
        height plus width (Dalal and Triggs: twice that).
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    features : float32 ndarray (block rows * block columns * cells of a block * orientations,)
        Values in [0, 1], in the order of scikit-image: block row, block column, cell row, cell column, orientation.

    Raises
    ------
    ImageFormatError
        When the image does not hold one block.

    Notes
    -----
    Equal to ``skimage.feature.hog`` (nearest) up to 1e-6. Both compute on the raw values and add 1e-5 to the norms:
    a uint8 image and the same image in [0, 1] give the same features up to the weight of that constant, which is felt
    where a block is nearly flat. Inverted light gives the same features unless `signed`; a constant added to all
    pixels changes nothing, a factor only what the constant of the norms makes of it.

    Equal to ``cv2.HOGDescriptor(window, block, stride, cell, nbins)`` (trilinear), where sizes are (width, height),
    window: the whole image, stride: one cell, ``_winSigma=window_sigma``, ``_histogramNormType=0``,
    ``_L2HysThreshold=0.2``, ``_gammaCorrection=transform_sqrt``, ``_signedGradient=signed``; colour goes in as RGB.
    OpenCV knows only uint8 and L2-Hys; other dtypes are brought to its range of 0..255 and all norms add, as it does,
    a tenth per value of the block. Its vector runs down the columns::

        shape = (block_rows, block_cols, *cells_per_block, orientations)
        features.reshape(shape).transpose(1, 0, 3, 2, 4).ravel()

    References
    ----------
    Dalal and Triggs, Histograms of oriented gradients for human detection, CVPR 2005, doi:10.1109/CVPR.2005.177

    Examples
    --------
    >>> from skimage.data import camera
    >>> from featkit.features.gradients import hog
    >>> hog(camera()[:64, :32]).shape
    (972,)
    """
    return hog_of_stack(
        image[np.newaxis],
        orientations,
        pixels_per_cell,
        cells_per_block,
        block_norm,
        transform_sqrt,
        voting,
        signed,
        window_sigma,
        background,
    )[0]


def hog_of_stack(
    stack: np.ndarray,
    orientations: int,
    pixels_per_cell: tuple[int, int],
    cells_per_block: tuple[int, int],
    block_norm: str,
    transform_sqrt: bool,
    voting: str,
    signed: bool,
    window_sigma: float | None,
    background: Background,
) -> np.ndarray:
    grid = _grid_shape(stack.shape[1:3], orientations, pixels_per_cell, cells_per_block)
    out = np.empty((len(stack), math.prod(grid)), np.float32)
    check_option("block_norm", block_norm, BLOCK_NORMS)
    check_option("voting", voting, VOTINGS)
    if window_sigma is not None:
        window_sigma = check_number("window_sigma", window_sigma, POSITIVE)
    norm = BLOCK_NORMS.index(block_norm)
    if voting == "nearest":
        cells = _cells_of_stack(stack, orientations, pixels_per_cell, transform_sqrt, signed, background)
        blocks_of_cells(cells, *grid[2:4], norm, out)
        return out
    cell_shape = check_pair("pixels_per_cell", pixels_per_cell)
    sigma = window_sigma or (cell_shape[0] * grid[2] + cell_shape[1] * grid[3]) / 8
    row_weights, col_weights = (window_weights(cell_shape[axis], grid[2 + axis], sigma) for axis in (0, 1))
    planes = color_planes(stack, background, transform_sqrt)
    levels = levels_per_value(stack.dtype)
    unit = gradient_unit(planes.dtype, math.sqrt(levels) if transform_sqrt else levels)
    width = stack.shape[2]
    trilinear_blocks(planes, width, unit, orientations, signed, cell_shape, row_weights, col_weights, norm, out)
    return out


def _grid_shape(
    image_shape: tuple[int, ...], orientations: int, pixels_per_cell: tuple[int, int], cells_per_block: tuple[int, int]
) -> tuple[int, int, int, int, int]:
    """Axes of the descriptor: block rows, block columns, cell rows, cell columns, orientations."""
    orientations = check_number("orientations", orientations, COUNT)
    cell = check_pair("pixels_per_cell", pixels_per_cell)
    block = check_pair("cells_per_block", cells_per_block)
    block_rows, block_cols = (image_shape[axis] // cell[axis] - block[axis] + 1 for axis in (0, 1))
    if min(block_rows, block_cols) < 1:
        smallest = (cell[0] * block[0], cell[1] * block[1])
        raise ImageFormatError(
            f"Expected images of at least {smallest[0]} x {smallest[1]} pixels for one block of {block[0]} x "
            f"{block[1]} cells of {cell[0]} x {cell[1]} pixels, got {image_shape[0]} x {image_shape[1]}. "
            "Put a Resizer before it, or take smaller cells or blocks."
        )
    return block_rows, block_cols, *block, orientations


def hog_names(
    image_shape: tuple[int, ...],
    *,
    orientations: int = 9,
    pixels_per_cell: tuple[int, int] = (8, 8),
    cells_per_block: tuple[int, int] = (3, 3),
) -> list[str]:
    """Names of the columns of `hog` for images of a size (height, width): ``hog_00000`` onwards."""
    count = math.prod(_grid_shape(image_shape, orientations, pixels_per_cell, cells_per_block))
    return [f"hog_{number}" for number in padded_numbers(count, 5)]


class HOG(FeatureExtractor):
    """Histogram of oriented gradients of every image, see `featkit.features.gradients.hog`.

    Parameters
    ----------
    orientations : int, default=9
        Direction bins.
    pixels_per_cell, cells_per_block : (int, int), default=(8, 8) and (3, 3)
        Height and width of a cell and of a block.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        How a block is scaled.
    transform_sqrt : bool, default=False
        Take the square root of the values first.
    voting : {"nearest", "trilinear"}, default="nearest"
        scikit-image's descriptor, or that of Dalal and Triggs.
    signed : bool, default=False
        Directions over 360 degrees instead of 180.
    window_sigma : float or None, default=None
        Standard deviation in pixels of the window over a block, with trilinear votes.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    Notes
    -----
    Stateless apart from the image size. All images must have one size. Alpha is laid on `background`.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import HOG
    >>> HOG(cells_per_block=(2, 2)).fit_transform(np.ones((2, 32, 16), dtype=np.uint8)).shape
    (2, 108)
    """

    parameter_constraints = {
        "orientations": [COUNT],
        "pixels_per_cell": [tuple, list],
        "cells_per_block": [tuple, list],
        "block_norm": [StrOptions(set(BLOCK_NORMS))],
        "transform_sqrt": ["boolean"],
        "voting": [StrOptions(set(VOTINGS))],
        "signed": ["boolean"],
        "window_sigma": [POSITIVE, None],
        "background": BACKGROUND,
    }
    needs_equal_sizes = True

    def __init__(
        self,
        *,
        orientations: int = 9,
        pixels_per_cell: tuple[int, int] = (8, 8),
        cells_per_block: tuple[int, int] = (3, 3),
        block_norm: str = "L2-Hys",
        transform_sqrt: bool = False,
        voting: str = "nearest",
        signed: bool = False,
        window_sigma: float | None = None,
        background: Background = 0.0,
    ) -> None:
        self.orientations = orientations
        self.pixels_per_cell = pixels_per_cell
        self.cells_per_block = cells_per_block
        self.block_norm = block_norm
        self.transform_sqrt = transform_sqrt
        self.voting = voting
        self.signed = signed
        self.window_sigma = window_sigma
        self.background = background

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        self.feature_names()  # a size without one block is an error here already

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray]:
        parameters = self.get_params()
        return lambda stack: hog_of_stack(stack, **parameters)

    def feature_names(self) -> list[str]:
        return hog_names(
            self.image_shape_,
            orientations=self.orientations,
            pixels_per_cell=self.pixels_per_cell,
            cells_per_block=self.cells_per_block,
        )
