"""Colour spaces: RGB as HSV, CIE Lab or opponent colours, in their own units or in 256 levels a channel."""

import cv2
import numpy as np

from .._numba import kernel_free_division
from ..exceptions import shown
from .checks import Image, full_light
from .conversions import to_float, to_rgb, to_uint8

COLOR_SPACES = ("rgb", "hsv", "lab", "opponent")
PLANES = {
    "rgb": ("red", "green", "blue"),
    "hsv": ("hue", "saturation", "value"),
    "lab": ("lightness", "lab_a", "lab_b"),
    "opponent": ("red_green", "yellow_blue", "intensity"),
}
_OPPONENT = np.array([[1, -1, 0], [0.5, 0.5, -1], [1 / 3, 1 / 3, 1 / 3]], dtype=np.float32)


def srgb_to_linear(rgb: np.ndarray) -> np.ndarray:
    """Linear light of sRGB values (IEC 61966-2-1), exactly: OpenCV's own way to Lab interpolates and tints gray by 0.1.

    Parameters
    ----------
    rgb : ndarray
        Of an image's dtype and range.

    Returns
    -------
    linear : float32 ndarray of the same shape
        In [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.colorspaces import srgb_to_linear
    >>> srgb_to_linear(np.array([0, 188, 255], dtype=np.uint8)).round(3)
    array([0.   , 0.503, 1.   ], dtype=float32)
    """
    if rgb.dtype == np.uint8:
        return np.take(srgb_to_linear(np.arange(256, dtype=np.float32) / 255), rgb)
    value = np.ascontiguousarray(to_float(rgb))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(linear: np.ndarray) -> np.ndarray:
    """The inverse of `srgb_to_linear`: sRGB values in [0, 1] of linear light in [0, 1], in the dtype given."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)


@kernel_free_division
def _fill_hsv(rgb, scale, rounding, hsv):
    """Hue in degrees, saturation and value by their formulas: OpenCV's are off in dark and in nearly gray colours."""
    for k in range(len(rgb) // 3):
        red, green, blue = rgb[3 * k], rgb[3 * k + 1], rgb[3 * k + 2]
        value = max(red, green, blue)
        chroma = value - min(red, green, blue)
        sixth = 60 / chroma
        hue = 240 + (red - green) * sixth
        hue = 120 + (blue - red) * sixth if value == green else hue
        hue = (green - blue) * sixth if value == red else hue
        hue = np.float32(hue + 360 if hue < 0 else hue)
        is_colored = chroma > rounding
        hsv[3 * k] = hue if is_colored and hue < 360 else 0  # rounding may give a full turn
        hsv[3 * k + 1] = chroma / value if is_colored else 0
        hsv[3 * k + 2] = value * scale


def _hsv(rgb: np.ndarray) -> np.ndarray:
    exact = np.float64 if rgb.dtype == np.float64 else np.float32  # in which differences of the values have no error
    rounding = {"f4": 3e-7, "f8": 1e-9}.get(rgb.dtype.str[1:], 0)
    values = np.ascontiguousarray(rgb, dtype=exact)
    hsv = np.empty(rgb.shape, np.float32)
    _fill_hsv(values.reshape(-1), exact(1 / full_light(rgb.dtype)), exact(rounding), hsv.reshape(-1))
    return hsv


def convert_color(image: Image, space: str) -> np.ndarray:
    """Convert an image to HSV, CIE Lab or opponent colours, in the units of that space.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal channels, a mask as black and white; an alpha channel is dropped.
    space : {"rgb", "hsv", "lab", "opponent"}
        ============  ==============================  ===========================================
        space         channels                        ranges
        ============  ==============================  ===========================================
        ``rgb``       red, green, blue                [0, 1]
        ``hsv``       hue, saturation, value          [0, 360) degrees, [0, 1], [0, 1]
        ``lab``       lightness, a, b (CIE 1976,      [0, 100], about [-86, 99] and [-108, 95]
                      D65, from sRGB)
        ``opponent``  R - G, (R + G) / 2 - B,         [-1, 1], [-1, 1], [0, 1]
                      (R + G + B) / 3
        ============  ==============================  ===========================================

    Returns
    -------
    planes : float32 ndarray (height, width, 3)
        Gray has hue 0, saturation 0, a = b = 0 and opponents 0. Lab is rounded to 0.001.

    Raises
    ------
    ValueError
        When the space is none of these.

    See Also
    --------
    color_levels : The same in 256 levels.
    to_gray : Luma.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import convert_color
    >>> red = np.array([[[255, 0, 0]]], dtype=np.uint8)
    >>> convert_color(red, "hsv")[0, 0].round(2), convert_color(red, "opponent")[0, 0].round(2)
    (array([0., 1., 1.], dtype=float32), array([1.  , 0.5 , 0.33], dtype=float32))
    """
    _check_space(space)
    if space == "lab":
        lab = cv2.cvtColor(srgb_to_linear(to_rgb(image)), cv2.COLOR_LRGB2Lab)
        return np.round(lab, 3, out=lab)  # the rounding errors of OpenCV would tint gray by 0.00003
    if space == "hsv":
        return _hsv(to_rgb(image))
    rgb = np.ascontiguousarray(to_float(to_rgb(image)))
    if space == "opponent":
        return cv2.transform(rgb, _OPPONENT)
    return rgb


def color_levels(image: Image, space: str) -> np.ndarray:
    """Convert an image to HSV, CIE Lab or opponent colours in 256 levels a channel, in integer arithmetic.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Rounded to uint8 first, so that a float image gives what its uint8 original gives; an alpha channel is dropped.
    space : {"rgb", "hsv", "lab", "opponent"}
        The channels of `convert_color`.

    Returns
    -------
    levels : uint8 ndarray (height, width, 3), contiguous
        Unsigned channels fill 0..255; hue has 256 levels to the turn, red at 0; signed channels have their zero at
        level 128 (Lab a and b in steps of 1, within 2.2 of the formulas; opponents in steps of 1/128).

    See Also
    --------
    convert_color : The same in units.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image import color_levels
    >>> color_levels(np.array([[128]], dtype=np.uint8), "opponent")[0, 0]
    array([128, 128, 128], dtype=uint8)
    """
    _check_space(space)
    if space in ("hsv", "lab"):
        code = cv2.COLOR_RGB2HSV_FULL if space == "hsv" else cv2.COLOR_RGB2Lab
        return cv2.cvtColor(to_uint8(image if image.ndim == 3 else to_rgb(image)), code)  # leaves an alpha channel out
    rgb = np.ascontiguousarray(to_uint8(to_rgb(image)))
    if space == "opponent":
        red, green, blue = np.moveaxis(rgb.astype(np.int16), -1, 0)
        return np.stack(
            [(red - green + 256) >> 1, (red + green - 2 * blue + 512) >> 2, (red + green + blue) // 3],
            axis=-1,
            dtype=np.uint8,
            casting="unsafe",
        )
    return rgb


def _check_space(space: str) -> None:
    if space not in COLOR_SPACES:
        raise ValueError(f"Expected a colour space among {', '.join(COLOR_SPACES)}, got {shown(space)}.")
