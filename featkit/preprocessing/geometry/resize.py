"""Images of one size: `Resizer`."""

from collections.abc import Callable

import cv2
import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.affine import HALF
from ...image.alpha import split_alpha, with_alpha
from ...image.checks import Image, check_image, full_light
from ...image.conversions import to_float
from ...parameters import COUNT, FRACTION, StrOptions, check_number, check_option, check_parameters
from .center_crop import cropped_about_center

MODES = ("stretch", "pad", "fill")


def resize(image: Image, height: int, width: int, *, mode: str = "stretch", background: float | None = None) -> Image:
    """Resize an image: averaged over areas where it shrinks, interpolated linearly where it grows.

    Parameters
    ----------
    image : ndarray (h, w[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    height, width : int
        Size of the result in pixels.
    mode : {"stretch", "pad", "fill"}, default="stretch"
        ``"stretch"`` changes the proportions; ``"pad"`` keeps them, the whole image stands in the middle and the rest
        is padded; ``"fill"`` keeps them and cuts off at both ends what overhangs.
    background : float in [0, 1] or None, default=None
        What ``"pad"`` pads with. None: transparent, so the padding is no foreground and nobody measures it;
        images get an alpha channel, masks are padded with False. A number: this gray level, and an image
        without alpha stays without.

    Returns
    -------
    resized : ndarray (height, width[, 3 or 4])
        The dtype of the image; a mask stays a mask (at least half of a pixel's area). Colours are weighted by alpha,
        so that colours under alpha 0 do not bleed in; they come out as 0. An image that has the size is left as it is.

    See Also
    --------
    featkit.Resizer : Transformer of batches.
    crop_center : Cuts or pads without scaling.
    featkit.image.warp_affine : Any affine map.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry import resize
    >>> resize(np.array([[0, 100], [200, 100]], dtype=np.uint8), 1, 1)
    array([[100]], dtype=uint8)
    >>> resize(np.ones((4, 8)), 4, 4, mode="pad", background=0)[:, 0]
    array([0., 1., 1., 0.])
    """
    check_parameters(Resizer, height=height, width=width, mode=mode, background=background)
    return _resize(check_image(image), height, width, mode=mode, background=background)


def _resize(image: Image, height: int, width: int, *, mode: str = "stretch", background: float | None = None) -> Image:
    check_option("mode", mode, MODES)
    height, width = check_number("height", height, COUNT), check_number("width", width, COUNT)
    if background is not None:
        background = check_number("background", background, FRACTION)
    if mode == "fill":
        image = _cut_to_proportions(image, height, width)
    if mode != "pad":
        return _stretch(image, height, width)
    scale = min(height / image.shape[0], width / image.shape[1])
    inner_height, inner_width = (max(1, round(scale * side)) for side in image.shape[:2])
    return _pad(_stretch(image, inner_height, inner_width), height, width, background)


def _cut_to_proportions(image: Image, height: int, width: int) -> Image:
    """Cut out of the middle, before anything is computed, what a canvas of these proportions will show."""
    rows, cols = image.shape[:2]
    kept_rows = min(rows, max(1, round(cols * height / width)))
    kept_cols = min(cols, max(1, round(rows * width / height)))
    top, left = (rows - kept_rows) // 2, (cols - kept_cols) // 2
    return image[top : top + kept_rows, left : left + kept_cols]


def _stretch(image: Image, height: int, width: int) -> Image:
    if image.shape[:2] == (height, width):
        return image
    color, alpha = split_alpha(image)
    if image.dtype.kind == "b":
        return _resample(image.astype(np.float32), height, width) >= HALF
    if alpha is None or alpha.min() == full_light(alpha.dtype):
        return _resample(image, height, width)
    weight = to_float(alpha)[..., np.newaxis]
    light = _resample(to_float(color) * weight, height, width)
    weight = _resample(weight, height, width)[..., np.newaxis]
    color = np.divide(light, weight, out=np.zeros_like(light), where=weight > 0)
    values = np.minimum(np.concatenate([color, weight], axis=2), 1) * full_light(image.dtype)
    return (np.rint(values) if image.dtype.kind == "u" else values).astype(image.dtype)


def _resample(image: np.ndarray, height: int, width: int) -> np.ndarray:
    shrunk = min(width, image.shape[1]), min(height, image.shape[0])
    resized = cv2.resize(np.ascontiguousarray(image), shrunk, interpolation=cv2.INTER_AREA)
    if shrunk != (width, height):
        resized = cv2.resize(resized, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(resized, 0, 1) if resized.dtype.kind == "f" else resized  # rounding may lead past 1


def _pad(image: Image, height: int, width: int, background: float | None) -> Image:
    if background is None and split_alpha(image)[1] is None:
        image = with_alpha(image, np.ones(image.shape[:2], dtype=bool))
    return cropped_about_center(image, height=height, width=width, background=background or 0.0)


class Resizer(ImageTransformer):
    """Resize every image to one size.

    Parameters
    ----------
    height, width : int, default=64
        Size of the result in pixels.
    mode : {"stretch", "pad", "fill"}, default="stretch"
        Change the proportions, pad what is missing, or cut off what overhangs. See `resize`.
    background : float in [0, 1] or None, default=None
        What ``"pad"`` pads with. None: transparent, so the padding is no foreground and nobody measures it; images get
        an alpha channel, masks are padded with False. A number: this gray level, and an image without alpha stays
        without.

    See Also
    --------
    resize : The function, with the modes.
    featkit.ForegroundCropper : Scales the object instead of the image.

    Notes
    -----
    Stateless; mixed sizes; alpha respected and resized; dtype kept; masks stay masks.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Resizer
    >>> Resizer(height=16, width=16).fit_transform([np.zeros((4, 6)), np.zeros((40, 20))]).shape
    (2, 16, 16)
    """

    parameter_constraints = {
        "height": [COUNT],
        "width": [COUNT],
        "mode": [StrOptions(set(MODES))],
        "background": [FRACTION, None],
    }

    def __init__(
        self, *, height: int = 64, width: int = 64, mode: str = "stretch", background: float | None = None
    ) -> None:
        self.height = height
        self.width = width
        self.mode = mode
        self.background = background

    def image_transformer(self) -> Callable[[Image], Image]:
        height, width, mode, background = self.height, self.width, self.mode, self.background
        return lambda image: _resize(image, height, width, mode=mode, background=background)
