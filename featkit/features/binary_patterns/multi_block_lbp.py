"""Multi-block local binary patterns: the mean light of a block against that of the eight blocks around it."""

from collections.abc import Callable

import cv2
import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image
from ...image.gray_levels import gray_levels
from ...parameters import BACKGROUND, COUNT, StrOptions, check_number
from .._names import cell_names
from ._codes import METHODS, STEPS, label_names, pattern_histograms, pattern_labels

RING = np.array([(0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)])


def _block_sums(gray: np.ndarray, block_size: int) -> np.ndarray:
    """Sum of the block that begins at every pixel, int32, by an integral image; it wraps around in very large ones."""
    integral = cv2.integral(gray, sdepth=cv2.CV_32S)
    columns = integral[:, block_size:] - integral[:, :-block_size]
    return np.ascontiguousarray(columns[block_size:] - columns[:-block_size])


def multi_block_lbp_codes(
    image: Image, *, block_size: int = 3, method: str = "default", background: Background = 0.0
) -> np.ndarray:
    """Label every place by which blocks around a block are at least as bright as it is.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    block_size, method, background
        As in `featkit.features.binary_patterns.multi_block_lbp`.

    Returns
    -------
    labels : unsigned ndarray (height - 3 block_size + 1, width - 3 block_size + 1)
        Entry (row, col) describes the nine blocks whose upper left corner is there. Empty for smaller images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import multi_block_lbp_codes
    >>> corner = np.zeros((6, 6), dtype=np.uint8)
    >>> corner[2:4, 2:4], corner[:2, 4:] = 1, 2
    >>> multi_block_lbp_codes(corner, block_size=2)  # brighter at the upper right only
    array([[2]], dtype=uint8)
    """
    block_size = check_number("block_size", block_size, COUNT)
    sums = _block_sums(gray_levels(image, background), block_size)
    return pattern_labels(sums, STEPS * block_size * RING, block_size, method)


def multi_block_lbp(
    image: Image,
    *,
    block_size: int = 3,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> np.ndarray:
    """Multi-block local binary patterns: patterns of light at the scale of blocks rather than of pixels.

    Bit k of a code is 1 where the k-th of the eight blocks around a block, from the right counterclockwise, has at
    least its mean gray level. Blocks of one pixel give the original pattern of a 3 x 3 square.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Read as gray levels 0..255.
    block_size : int >= 1, default=3
        Side of a block in pixels.
    method, grid, background
        As in `featkit.features.binary_patterns.local_binary_pattern`.

    Returns
    -------
    histogram : float32 ndarray (rows * columns * labels,)
        Share of each label in each cell; the shares of a cell sum to 1. NaN in a cell without codes: in images of
        less than ``3 block_size`` pixels a side, or with more cells than codes.

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
    block_size = check_number("block_size", block_size, COUNT)
    sums = _block_sums(gray_levels(image, background), block_size)[np.newaxis]
    return pattern_histograms(sums, sums, STEPS * block_size * RING, block_size, method, grid)[0]


def multi_block_lbp_names(*, block_size: int = 3, method: str = "uniform", grid: tuple[int, int] = (1, 1)) -> list[str]:
    """Names of the columns of `multi_block_lbp`: ``mblbp_uniform_b3_0`` onwards."""
    block_size = check_number("block_size", block_size, COUNT)
    return cell_names(f"mblbp_{method}_b{block_size}", grid, label_names(8, method))


class MultiBlockLBP(FeatureExtractor):
    """Histograms of multi-block local binary patterns, see `featkit.features.binary_patterns.multi_block_lbp`.

    Parameters
    ----------
    block_size : int >= 1, default=3
        Side of a block in pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, see `featkit.features.binary_patterns.local_binary_pattern`.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

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
        parameters = self.get_params(deep=False)
        return lambda image: multi_block_lbp(image, **parameters)

    def feature_names(self) -> list[str]:
        return multi_block_lbp_names(block_size=self.block_size, method=self.method, grid=self.grid)
