"""HOG in cells of several sizes side by side: fine strokes and coarse outline in one row."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...parameters import BACKGROUND, COUNT, StrOptions, check_distinct, check_parameters
from ._blocks import BLOCK_NORMS, grid_of_blocks
from ._hog_of_stack import hog_of_stack
from .hog import VOTINGS, hog_names


def multi_scale_hog(
    image: Image,
    *,
    cell_sizes: Sequence[int] = (4, 8),
    orientations: int = 9,
    cells_per_block: tuple[int, int] = (2, 2),
    block_norm: str = "L2-Hys",
    voting: str = "trilinear",
    signed: bool = False,
    background: Background = 0.0,
) -> np.ndarray:
    """Multi-scale HOG: histograms of oriented gradients in square cells of several sizes, one after the other.

    Small cells keep where a stroke lies, large cells pool gradients over an area and so bear that it moves.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray or RGB: in colour, the gradient of the channel where it is longest counts. Alpha is laid on `background`.
    cell_sizes : tuple of int, default=(4, 8)
        Sides of the cells in pixels, all different.
    orientations : int, default=9
        Direction bins.
    cells_per_block : (int, int), default=(2, 2)
        Height and width of a block in cells; blocks lie one cell apart.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        L2-Hys: L2, clipped at 0.2, L2 again. L1-sqrt: the root of L1.
    voting : {"nearest", "trilinear"}, default="trilinear"
        "nearest" gives each gradient to one bin of one cell: the descriptor of scikit-image. "trilinear" shares it
        linearly between two bins and up to four cells of each block, under a Gaussian window over the block: the
        descriptor of Dalal and Triggs as OpenCV 4 computes it. It hardly changes when the image moves by a pixel
        or turns by a few degrees.
    signed : bool, default=False
        Tell dark-to-light from light-to-dark: directions over 360 degrees instead of 180.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    features : float32 ndarray (n_features,)
        ``hog(image, pixels_per_cell=(size, size), ...)`` of every size in turn.

    Raises
    ------
    ImageFormatError
        When the image does not hold one block of the largest cells.

    See Also
    --------
    MultiScaleHOG : The same as a transformer.
    multi_scale_hog_names : Names of the columns.
    featkit.features.gradients.hog : Cells of one size.

    Notes
    -----
    Every block has the same norm, so a size weighs by its number of blocks: small cells more than large ones.

    References
    ----------
    Khan 2017, "MCS HOG features and SVM based handwritten digit recognition system", doi:10.4236/jilsa.2017.92003;
    over levels of a pyramid: Bosch, Zisserman, Munoz 2007, "Representing shape with a spatial pyramid kernel",
    doi:10.1145/1282280.1282340.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from featkit.features.gradients import multi_scale_hog
    >>> multi_scale_hog(camera()[:32, :32], cell_sizes=(4, 8, 16)).shape
    (2124,)
    """
    parameters: dict[str, Any] = {
        "cell_sizes": cell_sizes,
        "orientations": orientations,
        "cells_per_block": cells_per_block,
        "block_norm": block_norm,
        "voting": voting,
        "signed": signed,
        "background": background,
    }
    check_parameters(MultiScaleHOG, **parameters)
    return _rows_of_stack(check_image(image)[np.newaxis], **parameters)[0]


def _rows_of_stack(
    stack: np.ndarray,
    cell_sizes: Sequence[int],
    orientations: int,
    cells_per_block: tuple[int, int],
    block_norm: str,
    voting: str,
    signed: bool,
    background: Background,
) -> np.ndarray:
    return np.hstack(
        [
            hog_of_stack(
                stack,
                orientations=orientations,
                pixels_per_cell=(size, size),
                cells_per_block=cells_per_block,
                block_norm=block_norm,
                transform_sqrt=False,
                voting=voting,
                signed=signed,
                window_sigma=None,
                background=background,
            )
            for size in check_distinct("cell_sizes", cell_sizes, 1)
        ]
    )


def multi_scale_hog_names(
    image_shape: tuple[int, ...],
    *,
    cell_sizes: Sequence[int] = (4, 8),
    orientations: int = 9,
    cells_per_block: tuple[int, int] = (2, 2),
    block_norm: str = "L2-Hys",
    voting: str = "trilinear",
    signed: bool = False,
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `multi_scale_hog` for images of a size (height, width): ``mshog_c4_00000`` onwards.

    Parameters
    ----------
    image_shape : tuple of int
        Height and width of the images.
    cell_sizes : tuple of int, default=(4, 8)
        As in `multi_scale_hog`.
    orientations : int, default=9
        As in `multi_scale_hog`.
    cells_per_block : (int, int), default=(2, 2)
        As in `multi_scale_hog`.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        Without effect on the names.
    voting : {"nearest", "trilinear"}, default="trilinear"
        Without effect on the names.
    signed : bool, default=False
        Without effect on the names.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    multi_scale_hog : What the columns hold.
    MultiScaleHOG : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.gradients import multi_scale_hog_names
    >>> multi_scale_hog_names((64, 64))[:2]
    ['mshog_c4_00000', 'mshog_c4_00001']
    """
    check_parameters(
        MultiScaleHOG,
        cell_sizes=cell_sizes,
        orientations=orientations,
        cells_per_block=cells_per_block,
        block_norm=block_norm,
        voting=voting,
        signed=signed,
        background=background,
    )
    sizes = check_distinct("cell_sizes", cell_sizes, 1)
    digits = len(str(max(sizes)))
    return [
        name.replace("hog", f"mshog_c{size:0{digits}d}")
        for size in sizes
        for name in hog_names(
            image_shape,
            orientations=orientations,
            pixels_per_cell=(size, size),
            cells_per_block=cells_per_block,
        )
    ]


class MultiScaleHOG(FeatureExtractor):
    """Multi-scale HOG: cells of several sizes in one row, see `featkit.features.gradients.multi_scale_hog`.

    Parameters
    ----------
    cell_sizes : tuple of int, default=(4, 8)
        Sides of the cells in pixels, all different.
    orientations : int, default=9
        Direction bins.
    cells_per_block : (int, int), default=(2, 2)
        Height and width of a block in cells; blocks lie one cell apart.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        L2-Hys: L2, clipped at 0.2, L2 again. L1-sqrt: the root of L1.
    voting : {"nearest", "trilinear"}, default="trilinear"
        "nearest" gives each gradient to one bin of one cell: the descriptor of scikit-image. "trilinear" shares it
        linearly between two bins and up to four cells of each block, under a Gaussian window over the block: the
        descriptor of Dalal and Triggs as OpenCV 4 computes it. It hardly changes when the image moves by a pixel
        or turns by a few degrees.
    signed : bool, default=False
        Tell dark-to-light from light-to-dark: directions over 360 degrees instead of 180.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    See Also
    --------
    multi_scale_hog : The function behind it.
    featkit.features.gradients.hog : Cells of one size.

    Notes
    -----
    Stateless apart from the image size. All images must have one size. Alpha is laid on `background`.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import MultiScaleHOG
    >>> MultiScaleHOG(cell_sizes=(4, 7, 14)).fit_transform(np.ones((2, 28, 28), dtype=np.uint8)).shape
    (2, 1656)
    """

    parameter_constraints = {
        "cell_sizes": [tuple, list],
        "orientations": [COUNT],
        "cells_per_block": [tuple, list],
        "block_norm": [StrOptions(set(BLOCK_NORMS))],
        "voting": [StrOptions(set(VOTINGS))],
        "signed": ["boolean"],
        "background": BACKGROUND,
    }
    needs_equal_sizes = True

    def __init__(
        self,
        *,
        cell_sizes: Sequence[int] = (4, 8),
        orientations: int = 9,
        cells_per_block: tuple[int, int] = (2, 2),
        block_norm: str = "L2-Hys",
        voting: str = "trilinear",
        signed: bool = False,
        background: Background = 0.0,
    ) -> None:
        self.cell_sizes = cell_sizes
        self.orientations = orientations
        self.cells_per_block = cells_per_block
        self.block_norm = block_norm
        self.voting = voting
        self.signed = signed
        self.background = background

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        for size in check_distinct(
            "cell_sizes", self.cell_sizes, 1
        ):  # a size without one block is an error here already
            grid_of_blocks(self.image_shape_, self.orientations, (size, size), self.cells_per_block)

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray]:
        parameters = self.get_params()
        return lambda stack: _rows_of_stack(stack, **parameters)

    def feature_names(self) -> list[str]:
        return multi_scale_hog_names(self.image_shape_, **self.get_params(deep=False))
