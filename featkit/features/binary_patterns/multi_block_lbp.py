"""Multi-block local binary patterns (MB-LBP): means of blocks against those of the eight blocks around."""

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...image.gray_levels import fine_gray_levels
from ...parameters import BACKGROUND, COUNT, StrOptions, check_parameters
from .._names import cell_names
from ._codes import METHODS, STEPS, label_names, pattern_histograms, pattern_labels

RING = np.array([(0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)])


def _block_sums(gray: np.ndarray, block_size: int) -> np.ndarray:
    """Sum of the block that begins at every pixel, by an integral image; int32 wraps around in very large ones."""
    is_short = gray.dtype == np.uint8
    integral = cv2.integral(gray, sdepth=cv2.CV_32S if is_short else cv2.CV_64F)
    columns = integral[:, block_size:] - integral[:, :-block_size]
    return np.ascontiguousarray(columns[block_size:] - columns[:-block_size], np.int32 if is_short else np.int64)


def multi_block_lbp_codes(
    image: Image, *, block_size: int = 3, method: str = "default", background: Background = 0.0
) -> np.ndarray:
    """Multi-block local binary pattern (MB-LBP) code at every position.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).
    block_size : int >= 1, default=3
        Side of a block in pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="default"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and position of the one run (59 labels for 8 points; the choice for faces).
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    labels : unsigned ndarray (height - 3 block_size + 1, width - 3 block_size + 1)
        Entry (row, col) describes the nine blocks whose upper left corner is there. Empty for smaller images.

    See Also
    --------
    multi_block_lbp : Histogram of the codes.
    skimage.feature.multiblock_lbp : One code, read in another order.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import multi_block_lbp_codes
    >>> corner = np.zeros((6, 6), dtype=np.uint8)
    >>> corner[2:4, 2:4], corner[:2, 4:] = 1, 2
    >>> multi_block_lbp_codes(corner, block_size=2)  # brighter at the upper right only
    array([[2]], dtype=uint8)
    """
    check_parameters(MultiBlockLBP, block_size=block_size, method=method, background=background)
    sums = _block_sums(fine_gray_levels(check_image(image), background), int(block_size))
    return pattern_labels(sums, STEPS * block_size * RING, block_size, method)


def multi_block_lbp(
    image: Image,
    *,
    block_size: int = 3,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of multi-block local binary pattern (MB-LBP) codes: LBP of block means instead of pixels.

    Bit k of a code is 1 where the k-th of the eight blocks around a block, from the right counterclockwise, has at
    least its mean gray level. Blocks of one pixel give the original pattern of a 3 x 3 square.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma); levels have the depth of the data, up to 16 bits.
    block_size : int >= 1, default=3
        Side of a block in pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and position of the one run (59 labels for 8 points; the choice for faces).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    histogram : float32 ndarray (rows * columns * labels,)
        Fraction of each label in each cell; the fractions of a cell sum to 1. NaN in a cell without codes: in images of
        less than ``3 block_size`` pixels a side, or with more cells than codes.

    See Also
    --------
    MultiBlockLBP : The same as a transformer.
    multi_block_lbp_names : Names of the columns.
    multi_block_lbp_codes : The code at every position.
    featkit.features.binary_patterns.local_binary_pattern : Patterns of pixels.

    Notes
    -----
    Sums of integers, equal counts as at least: every machine gives the same bits. `skimage.feature.multiblock_lbp`
    reads the blocks clockwise from the upper left, highest bit first.

    References
    ----------
    Zhang, Chu, Xiang, Liao, Li 2007, "Face detection based on multi-block LBP representation",
    doi:10.1007/978-3-540-74549-5_2.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import multi_block_lbp
    >>> multi_block_lbp(np.full((9, 9), 7, dtype=np.uint8))
    array([0., 0., 0., 0., 0., 0., 0., 0., 1., 0.], dtype=float32)
    """
    parameters: dict[str, Any] = {"block_size": block_size, "method": method, "grid": grid, "background": background}
    check_parameters(MultiBlockLBP, **parameters)
    return _block_patterns(check_image(image), **parameters)


def _block_patterns(
    image: Image, block_size: int, method: str, grid: tuple[int, int], background: Background
) -> np.ndarray:
    block_size = int(block_size)
    sums = _block_sums(fine_gray_levels(image, background), block_size)[np.newaxis]
    return pattern_histograms(sums, sums, STEPS * block_size * RING, block_size, method, grid)[0]


def multi_block_lbp_names(
    *,
    block_size: int = 3,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `multi_block_lbp`: ``mblbp_uniform_b3_0`` onwards.

    Parameters
    ----------
    block_size : int >= 1, default=3
        As in `multi_block_lbp`.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        As in `multi_block_lbp`.
    grid : (int, int), default=(1, 1)
        As in `multi_block_lbp`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    multi_block_lbp : What the columns hold.
    MultiBlockLBP : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.binary_patterns import multi_block_lbp_names
    >>> multi_block_lbp_names()[:2]
    ['mblbp_uniform_b3_0', 'mblbp_uniform_b3_1']
    """
    check_parameters(MultiBlockLBP, block_size=block_size, method=method, grid=grid, background=background)
    return cell_names(f"mblbp_{method}_b{block_size}", grid, label_names(8, method))


class MultiBlockLBP(FeatureExtractor):
    """Multi-block local binary patterns (MB-LBP): histogram of the codes, see `multi_block_lbp`.

    Parameters
    ----------
    block_size : int >= 1, default=3
        Side of a block in pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and position of the one run (59 labels for 8 points; the choice for faces).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    See Also
    --------
    multi_block_lbp : The function behind it.
    multi_block_lbp_codes : The code at every position.
    featkit.features.binary_patterns.local_binary_pattern : Patterns of pixels.

    Notes
    -----
    Stateless. Images may differ in size. Alpha is laid on `background`. Rows hold NaN for images too small for codes.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import MultiBlockLBP
    >>> MultiBlockLBP(block_size=2).fit_transform(np.ones((3, 16, 16), dtype=np.uint8)).shape
    (3, 10)
    """

    parameter_constraints = {
        "block_size": [COUNT],
        "method": [StrOptions(set(METHODS))],
        "grid": [tuple, list],
        "background": BACKGROUND,
    }

    def __init__(
        self,
        *,
        block_size: int = 3,
        method: str = "uniform",
        grid: tuple[int, int] = (1, 1),
        background: Background = 0.0,
    ) -> None:
        self.block_size = block_size
        self.method = method
        self.grid = grid
        self.background = background

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_block_patterns, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return multi_block_lbp_names(**self.get_params(deep=False))
