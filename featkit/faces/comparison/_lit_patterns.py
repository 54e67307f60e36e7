"""LBP of the upright face in normalized light."""

import numpy as np

from ...features.binary_patterns.local_binary_pattern import local_binary_pattern
from ...image.affine import warp_affine
from ...image.checks import Image, check_image
from ...image.conversions import to_gray, to_uint8
from ...preprocessing.light.illumination import tan_triggs_normalization
from ..description.alignment import alignment_map

HEIGHT, WIDTH = 128, 112  # of the crop
_EYE_ROW, _EYE_DISTANCE = 0.35, 0.5  # of the height and of the width: 56 pixels from eye to eye
_RADIUS = 3
_GRID = (8, 8)
_N_PATTERNS = 59


def lit_patterns(image: Image, eyes: np.ndarray) -> np.ndarray:
    """Square roots of the fractions of LBP patterns in 8 x 8 cells, the mean of the face and its mirror image.

    Tan and Triggs 2010, doi:10.1109/TIP.2010.2042645: what falls slowly off over the crop is taken for the light.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    eyes : float ndarray (2, 2)
        Middles (row, col) of the eyes at the left and at the right of the image.

    Returns
    -------
    patterns : float32 ndarray (3776,)
        NaN where an eye is NaN, or both lie in one position.
    """
    crop_map = alignment_map(eyes, HEIGHT, WIDTH, _EYE_ROW, _EYE_DISTANCE)
    if not np.isfinite(crop_map).all() or not crop_map[:, :2].any():
        return np.full(_GRID[0] * _GRID[1] * _N_PATTERNS, np.nan, np.float32)
    lit = tan_triggs_normalization(to_gray(to_uint8(warp_affine(check_image(image), crop_map, HEIGHT, WIDTH))))
    return (_patterns(lit) + _patterns(np.ascontiguousarray(lit[:, ::-1]))) / 2


def _patterns(crop):
    return np.sqrt(local_binary_pattern(crop, radius=_RADIUS, method="nri_uniform", grid=_GRID))
