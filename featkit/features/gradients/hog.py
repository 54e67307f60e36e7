"""Histogram of oriented gradients (HOG): scikit-image's by default, the original of Dalal and Triggs on request."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...parameters import BACKGROUND, COUNT, POSITIVE, StrOptions, check_parameters
from .._names import padded_numbers
from ._blocks import BLOCK_NORMS, grid_of_blocks
from ._hog_of_stack import hog_of_stack

VOTINGS = ("nearest", "trilinear")


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
    """Histogram of oriented gradients (HOG): histograms per cell, contrast-normalised over blocks of cells.

    Gradients are centred differences, zero on the border; in colour those of the strongest channel. Their lengths
    vote for direction bins in a grid of cells, and every block of neighbouring cells is scaled to unit norm.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray or RGB: in colour, the gradient of the channel where it is longest counts. Alpha is laid on `background`.
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
        descriptor of Dalal and Triggs as OpenCV 4 computes it. It hardly changes when the image moves by a pixel
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

    See Also
    --------
    HOG : The same as a transformer.
    hog_names : Names of the columns.
    featkit.features.gradients.hog_cells : Histograms of the cells, before blocks are formed.
    featkit.features.gradients.multi_scale_hog : Several cell sizes in one row.
    featkit.features.gradients.felzenszwalb_hog : The variant of 31 values per cell.
    featkit.display.HOGDisplay : Draws what a HOG sees.

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
    parameters: dict[str, Any] = {
        "orientations": orientations,
        "pixels_per_cell": pixels_per_cell,
        "cells_per_block": cells_per_block,
        "block_norm": block_norm,
        "transform_sqrt": transform_sqrt,
        "voting": voting,
        "signed": signed,
        "window_sigma": window_sigma,
        "background": background,
    }
    check_parameters(HOG, **parameters)
    return hog_of_stack(check_image(image)[np.newaxis], **parameters)[0]


def hog_names(
    image_shape: tuple[int, ...],
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
) -> list[str]:
    """Names of the columns of `hog` for images of a size (height, width): ``hog_00000`` onwards.

    Parameters
    ----------
    image_shape : tuple of int
        Height and width of the images.
    orientations : int, default=9
        As in `hog`.
    pixels_per_cell : (int, int), default=(8, 8)
        As in `hog`.
    cells_per_block : (int, int), default=(3, 3)
        As in `hog`.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        Without effect on the names.
    transform_sqrt : bool, default=False
        Without effect on the names.
    voting : {"nearest", "trilinear"}, default="nearest"
        Without effect on the names.
    signed : bool, default=False
        Without effect on the names.
    window_sigma : float or None, default=None
        Without effect on the names.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    hog : What the columns hold.
    HOG : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.gradients import hog_names
    >>> hog_names((64, 64))[:2]
    ['hog_00000', 'hog_00001']
    """
    check_parameters(
        HOG,
        orientations=orientations,
        pixels_per_cell=pixels_per_cell,
        cells_per_block=cells_per_block,
        block_norm=block_norm,
        transform_sqrt=transform_sqrt,
        voting=voting,
        signed=signed,
        window_sigma=window_sigma,
        background=background,
    )
    count = math.prod(grid_of_blocks(image_shape, orientations, pixels_per_cell, cells_per_block))
    return [f"hog_{number}" for number in padded_numbers(count, 5)]


class HOG(FeatureExtractor):
    """Histogram of oriented gradients (HOG) of every image, see `featkit.features.gradients.hog`.

    Parameters
    ----------
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
        descriptor of Dalal and Triggs as OpenCV 4 computes it. It hardly changes when the image moves by a pixel
        or turns by a few degrees.
    signed : bool, default=False
        Tell dark-to-light from light-to-dark: directions over 360 degrees instead of 180.
    window_sigma : float or None, default=None
        Standard deviation of the window in pixels, with trilinear votes; None is OpenCV's, an eighth of the block's
        height plus width (Dalal and Triggs: twice that).
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    See Also
    --------
    hog : The function behind it.
    featkit.features.gradients.hog_cells : Histograms of the cells, before blocks are formed.
    featkit.features.gradients.multi_scale_hog : Several cell sizes in one row.
    featkit.features.gradients.felzenszwalb_hog : The variant of 31 values per cell.
    featkit.display.HOGDisplay : Draws what a HOG sees.

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
        # a size without one block is an error here already
        grid_of_blocks(self.image_shape_, self.orientations, self.pixels_per_cell, self.cells_per_block)

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray]:
        parameters = self.get_params()
        return lambda stack: hog_of_stack(stack, **parameters)

    def feature_names(self) -> list[str]:
        return hog_names(self.image_shape_, **self.get_params(deep=False))
