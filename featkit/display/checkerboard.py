"""Images with alpha over a checkerboard, which shows through where they are transparent."""

import numpy as np

from ..image.checks import Image, check_image
from ..image.conversions import to_float
from ..parameters import COUNT, check_number

CHECKERS = (0.85, 0.65)  # gray levels of the board that shows through where an image is transparent


def draw_on_checkerboard(image: Image, square: int = 8) -> np.ndarray:
    """Composite an image with alpha over a checkerboard, which shows through where it is transparent.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The image to show.
    square : int, default=8
        Side of a field in pixels, at least 1.

    Returns
    -------
    flat : float32 ndarray (height, width) or (height, width, 3)
        In [0, 1]; images without alpha are only converted.

    Raises
    ------
    ImageFormatError
        When `image` is no image.
    InvalidParameterError
        When `square` is below 1.

    See Also
    --------
    StepsDisplay : Draws an image after every step of a pipeline.
    featkit.image.flatten_alpha : Composite over a flat colour.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.display import draw_on_checkerboard
    >>> draw_on_checkerboard(np.zeros((2, 2, 4), dtype=np.uint8), square=1)[..., 0]
    array([[0.85, 0.65],
           [0.65, 0.85]], dtype=float32)
    """
    pixels = to_float(check_image(image))
    side = check_number("square", square, COUNT)
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return pixels
    rows, cols = np.indices(pixels.shape[:2]) // side
    board = np.where((rows + cols) % 2 == 0, *CHECKERS).astype(np.float32)[..., np.newaxis]
    alpha = pixels[..., 3:]
    return alpha * pixels[..., :3] + (1 - alpha) * board
