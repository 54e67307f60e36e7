"""Cells of a HOG: histograms of gradient directions before any block is formed."""

import numpy as np

from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...parameters import check_parameters
from ._blocks import grid_of_blocks
from ._nearest_votes import cells_of_stack
from .hog import HOG


def hog_cells(
    image: Image,
    *,
    orientations: int = 9,
    pixels_per_cell: tuple[int, int] = (8, 8),
    transform_sqrt: bool = False,
    signed: bool = False,
    background: Background = 0.0,
) -> np.ndarray:
    """Gradient-orientation histogram of every cell of a HOG, before blocks are formed.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray or RGB: in colour, the gradient of the channel where it is longest counts. Alpha is laid on `background`.
    orientations : int, default=9
        Direction bins.
    pixels_per_cell : (int, int), default=(8, 8)
        Height and width of a cell in pixels.
    transform_sqrt : bool, default=False
        Take the square root of the values first.
    signed : bool, default=False
        Tell dark-to-light from light-to-dark: directions over 360 degrees instead of 180.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

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

    See Also
    --------
    featkit.features.gradients.hog : The whole descriptor.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.gradients import hog_cells
    >>> ramp = np.tile(np.arange(16, dtype=np.uint8), (16, 1))
    >>> hog_cells(ramp, orientations=4)[0, 0]
    array([1.75, 0.  , 0.  , 0.  ], dtype=float32)
    """
    check_parameters(
        HOG,
        orientations=orientations,
        pixels_per_cell=pixels_per_cell,
        transform_sqrt=transform_sqrt,
        signed=signed,
        background=background,
    )
    image = check_image(image)
    grid_of_blocks(image.shape[:2], orientations, pixels_per_cell, (1, 1))
    return cells_of_stack(image[np.newaxis], int(orientations), pixels_per_cell, transform_sqrt, signed, background)[0]
