"""Gray-level co-occurrence matrix (GLCM)."""

import numpy as np

from ...image.checks import Image
from ...parameters import check_number
from ._levels import N_LEVELS, ValueRange, check_image_with_levels, foreground_levels
from ._pair_counts import count_pairs, steps_of


def cooccurrence_matrix(
    image: Image, *, n_levels: int = 32, distance: int = 1, angle: int = 0, value_range: ValueRange = "dtype"
) -> np.ndarray:
    """Gray-level co-occurrence matrix (GLCM): fraction of every pair of levels at one distance and direction.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only pairs of two foreground pixels (alpha at least one half) count.
    n_levels : int in [2, 256], default=32
        Equal intervals, but for rounding, that the gray values of `value_range` are merged into.
    distance : int >= 1, default=1
        Chebyshev (chessboard) distance in pixels; a diagonal neighbour is at distance 1.
    angle : int in [0, 179], default=0
        Direction in degrees from the column axis towards growing rows.
    value_range : {"dtype", "foreground"} or (float, float), default="dtype"
        Gray values that the first level begins and the last one ends with. "dtype": black and full light of the dtype,
        so that levels mean the same in every image; of data of 8, 10 or 12 bits in uint16 or float, as
        `featkit.image.spread_bit_depth` finds them. "foreground": the least and the largest gray value of the
        foreground (fixed bin number, as IBSI calls it). A pair is in the units of the image: ``(0, 4095)`` for 12 bits;
        what lies beyond is cut off.

    Returns
    -------
    matrix : float64 ndarray (n_levels, n_levels)
        Symmetric, of sum 1; all NaN without a pair.

    See Also
    --------
    featkit.features.texture.haralick : Statistics of these matrices.
    skimage.feature.graycomatrix : Counts over a whole image, without a mask.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.texture import cooccurrence_matrix
    >>> cooccurrence_matrix(np.array([[0, 0, 255]], dtype=np.uint8), n_levels=2)
    array([[0.5 , 0.25],
           [0.25, 0.  ]])
    """
    n_levels = check_number("n_levels", n_levels, N_LEVELS)
    levels = foreground_levels(check_image_with_levels(image, value_range), n_levels, value_range)
    counts = np.empty((n_levels + 1, n_levels + 1), np.int32)
    row_step, col_step = steps_of([distance], [angle])[0, 0]
    count_pairs(levels, row_step, col_step, counts)
    pairs = (counts + counts.T)[:-1, :-1]
    total = pairs.sum()
    return pairs / total if total else np.full(pairs.shape, np.nan)
