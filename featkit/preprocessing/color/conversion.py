"""Images of one kind: `GrayscaleConverter`, `ColorConverter`.

There is no converter to other colour spaces: an image is gray, RGB or RGBA to every step of a pipeline, so channels of
hue would be misread as red. Extractors of colour take the space as a parameter.
"""

from collections.abc import Callable

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.alpha import Background, flatten_alpha, split_alpha, with_alpha
from ...image.checks import Image
from ...image.conversions import to_gray, to_rgb
from ...parameters import BACKGROUND

_BACKGROUND = {"background": [*BACKGROUND, None]}


class GrayscaleConverter(ImageTransformer):
    """Convert images to gray: luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).

    Parameters
    ----------
    background : float in [0, 1], "mean" or None, default=None
        None keeps alpha: an image that has it stays ``(height, width, 4)``, with three equal colour channels, and a
        mask stays a mask. Else the image is laid on this gray level, or on the mean colour of its foreground,
        and every result is ``(height, width)``.

    See Also
    --------
    ColorConverter : Gives three colour channels instead.
    featkit.image.to_gray : Luma of a single image.

    Notes
    -----
    Stateless; mixed sizes; dtype kept (a mask laid on a background becomes uint8).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import GrayscaleConverter
    >>> red = np.zeros((1, 5, 5, 3), dtype=np.uint8)
    >>> red[..., 0] = 255
    >>> GrayscaleConverter().fit_transform(red)[0, 0]
    array([76, 76, 76, 76, 76], dtype=uint8)
    """

    parameter_constraints = _BACKGROUND

    def __init__(self, *, background: Background | None = None) -> None:
        self.background = background

    def image_transformer(self) -> Callable[[Image], Image]:
        background = self.background
        if background is None:
            return _gray_beside_alpha
        return lambda image: to_gray(flatten_alpha(image, background))


def _gray_beside_alpha(image: Image) -> Image:
    color, alpha = split_alpha(image)
    if color.ndim == 2:
        return image
    gray = to_gray(color)
    return gray if alpha is None else with_alpha(gray, alpha)


class ColorConverter(ImageTransformer):
    """Convert images to RGB, for batches that mix gray and colour.

    Parameters
    ----------
    background : float in [0, 1], "mean" or None, default=None
        None keeps alpha: an image that has it is ``(height, width, 4)``, and so is a mask, white under its own
        alpha. Else the image is laid on this gray level, or on the mean colour of its foreground, and every
        result is ``(height, width, 3)``.

    See Also
    --------
    GrayscaleConverter : Gives gray instead.
    featkit.image.convert_color : Other colour spaces.

    Notes
    -----
    Stateless; mixed sizes; dtype kept (a mask becomes uint8); an image of colours is passed on as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ColorConverter
    >>> batch = [np.zeros((5, 5)), np.zeros((5, 5, 3)), np.ones((5, 5, 4))]
    >>> [image.shape for image in ColorConverter().fit_transform(batch)]
    [(5, 5, 3), (5, 5, 3), (5, 5, 4)]
    >>> ColorConverter(background=0.0).fit_transform(batch).shape
    (3, 5, 5, 3)
    """

    parameter_constraints = _BACKGROUND

    def __init__(self, *, background: Background | None = None) -> None:
        self.background = background

    def image_transformer(self) -> Callable[[Image], Image]:
        background = self.background
        if background is None:
            return _color_beside_alpha
        return lambda image: to_rgb(flatten_alpha(image, background))


def _color_beside_alpha(image: Image) -> Image:
    color, alpha = split_alpha(image)
    if color.ndim == 3:
        return image
    return to_rgb(color) if alpha is None else with_alpha(np.ones_like(color), alpha)
