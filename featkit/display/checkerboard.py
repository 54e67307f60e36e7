"""Pictures with alpha on a checkerboard, so that one sees what is transparent."""

import numpy as np

from ..image.checks import Image
from ..image.conversions import to_float

CHECKERS = (0.85, 0.65)  # gray levels of the board that shows through where a picture is transparent


def draw_on_checkerboard(image: Image, square: int = 8) -> np.ndarray:
    """Lay a picture with alpha on a checkerboard, so that one sees what is transparent.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    square : int, default=8
        Side of a field in pixels.

    Returns
    -------
    picture : float32 ndarray (height, width) or (height, width, 3)
        In [0, 1]; pictures without alpha are only converted.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.display import draw_on_checkerboard
    >>> draw_on_checkerboard(np.zeros((2, 2, 4), dtype=np.uint8), square=1)[..., 0]
    array([[0.85, 0.65],
           [0.65, 0.85]], dtype=float32)
    """
    picture = to_float(image)
    if picture.ndim == 2 or picture.shape[2] == 3:
        return picture
    rows, cols = np.indices(picture.shape[:2]) // square
    board = np.where((rows + cols) % 2 == 0, *CHECKERS).astype(np.float32)[..., np.newaxis]
    alpha = picture[..., 3:]
    return alpha * picture[..., :3] + (1 - alpha) * board
