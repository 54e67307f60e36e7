"""Cut the foreground out onto a canvas of fixed size, with the map back to the image.

A map is a float64 array (2, 3) in (row, col) order: ``image = map[:, :2] @ crop + map[:, 2]``, the centre of the
first pixel being (0, 0) on both sides.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.affine import warp_affine
from ...image.alpha import least_foreground, split_alpha
from ...image.checks import Image, check_image
from ...image.conversions import to_float
from ...parameters import COUNT, MARGIN, StrOptions, check_parameters
from ._directions import extent_along, moments_of, principal_axes

CENTERS = ("box", "mass")


def foreground_crop_map(
    image: Image,
    *,
    height: int,
    width: int,
    margin: float = 0.05,
    keep_aspect: bool = True,
    center: str = "box",
    rotate: bool = False,
) -> np.ndarray:
    """Affine map from the crop of `crop_foreground` to the image it is taken from.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Foreground is what has an alpha of at least one half; without an alpha channel the whole image is.
    height, width : int
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=0.05
        Fraction of the canvas that stays free on each side.
    keep_aspect : bool, default=True
        False stretches the foreground to fill the canvas in both directions.
    center : {"box", "mass"}, default="box"
        What lies in the middle of the canvas, see `crop_foreground`.
    rotate : bool, default=False
        Turn the longest axis along the longer side of the canvas, see `crop_foreground`.

    Returns
    -------
    crop_map : float64 ndarray (2, 3)
        ``image = crop_map[:, :2] @ crop + crop_map[:, 2]`` for points (row, col), the centre of the first pixel being
        (0, 0) in both; NaN where the foreground is empty.

    See Also
    --------
    crop_foreground : Applies the map.
    featkit.image.transform_points : Maps points of the crop to the image.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry import foreground_crop_map
    >>> image = np.zeros((9, 9, 4), dtype=np.uint8)
    >>> image[2:6, 3:7, 3] = 255
    >>> foreground_crop_map(image, height=8, width=8, margin=0)
    array([[0.5 , 0.  , 1.75],
           [0.  , 0.5 , 2.75]])
    """
    check_parameters(
        ForegroundCropper,
        height=height,
        width=width,
        margin=margin,
        keep_aspect=keep_aspect,
        center=center,
        rotate=rotate,
    )
    return _foreground_crop_map(
        check_image(image),
        height=height,
        width=width,
        margin=margin,
        keep_aspect=keep_aspect,
        center=center,
        rotate=rotate,
    )


def _foreground_crop_map(
    image: Image,
    *,
    height: int,
    width: int,
    margin: float = 0.05,
    keep_aspect: bool = True,
    center: str = "box",
    rotate: bool = False,
) -> np.ndarray:
    alpha = split_alpha(image)[1]
    if alpha is None:
        alpha = np.ones(image.shape[:2], dtype=bool)
    if rotate or center == "mass":
        plane = np.ascontiguousarray(alpha)  # read faster than as every fourth value of RGBA
        moments = moments_of(to_float(plane) * (plane >= least_foreground(plane.dtype)))
    axes = principal_axes(moments, upright=height >= width) if rotate else np.array([[1.0, 0.0], [0.0, 1.0]])
    low, high = extent_along(alpha, least_foreground(alpha.dtype), axes)
    if low[0] == np.inf:
        return np.full((2, 3), np.nan)
    half_pixel = 0.5 * (abs(axes[0]) + abs(axes[1]))
    low, high = low - half_pixel, high + half_pixel
    if center == "mass":
        middle = np.array([moments["m01"], moments["m10"]]) / moments["m00"] @ axes
        size = 2 * np.maximum(high - middle, middle - low)
    else:
        middle = (low + high) / 2
        size = high - low
    step = size / ((1 - 2 * margin) * np.array([height, width]))
    crop_map = np.empty((2, 3))
    crop_map[:, :2] = axes * (max(step) if keep_aspect else step)
    crop_map[:, 2] = axes @ middle - crop_map[:, :2] @ [(height - 1) / 2, (width - 1) / 2]
    return crop_map


def crop_foreground(
    image: Image,
    *,
    height: int,
    width: int,
    margin: float = 0.05,
    keep_aspect: bool = True,
    center: str = "box",
    rotate: bool = False,
) -> Image:
    """Crop to the foreground: all of it, as large as it fits, on a transparent canvas.

    Colours are averaged over the area of each new pixel, weighted by alpha: neither does fine texture turn into
    noise, nor does the colour under alpha 0 bleed in.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Foreground is what has an alpha of at least one half; without an alpha channel the whole image is.
    height, width : int
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=0.05
        Fraction of the canvas that stays free on each side.
    keep_aspect : bool, default=True
        False stretches the foreground to fill the canvas in both directions.
    center : {"box", "mass"}, default="box"
        What lies in the middle of the canvas: the middle of the box around the foreground, or its centre of mass
        (weighted by alpha). With "mass" the farther side decides the scale, so that nothing is cut off.
    rotate : bool, default=False
        Turn the longest axis (largest second moment) along the longer side of the canvas, upright on a square
        one. Of the two ways to turn it, that is taken which lets the longer tail (third moment) point down, or to
        the right; where both ends are alike, the smaller turn. What has no longest axis, as a disk or a square, is not
        turned. Nothing is ever mirrored.

    Returns
    -------
    crop : ndarray (height, width, 4)
        RGBA in the dtype of the image; colour is 0 where alpha is 0. A mask gives a bool mask (height, width).
        An empty foreground gives a fully transparent canvas.

    See Also
    --------
    featkit.ForegroundCropper : Transformer of batches.
    foreground_crop_map : Where the crop lies in the image.
    featkit.image.warp_affine : The resampling.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry import crop_foreground
    >>> image = np.zeros((9, 9, 4), dtype=np.uint8)
    >>> image[2:6, 3:7] = 255
    >>> crop_foreground(image, height=2, width=4, margin=0)[..., 3]
    array([[  0, 255, 255,   0],
           [  0, 255, 255,   0]], dtype=uint8)
    """
    check_parameters(
        ForegroundCropper,
        height=height,
        width=width,
        margin=margin,
        keep_aspect=keep_aspect,
        center=center,
        rotate=rotate,
    )
    return _crop_foreground(
        check_image(image),
        height=height,
        width=width,
        margin=margin,
        keep_aspect=keep_aspect,
        center=center,
        rotate=rotate,
    )


def _crop_foreground(
    image: Image,
    *,
    height: int,
    width: int,
    margin: float = 0.05,
    keep_aspect: bool = True,
    center: str = "box",
    rotate: bool = False,
) -> Image:
    crop_map = _foreground_crop_map(
        image, height=height, width=width, margin=margin, keep_aspect=keep_aspect, center=center, rotate=rotate
    )
    return warp_affine(image, crop_map, height, width)


class ForegroundCropper(ImageTransformer):
    """Crop to the foreground, pad and scale it to a canvas of fixed size; optionally turn it upright.

    Parameters
    ----------
    height, width : int
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=0.05
        Fraction of the canvas that stays free on each side.
    keep_aspect : bool, default=True
        False stretches the foreground to fill the canvas in both directions.
    center : {"box", "mass"}, default="box"
        What lies in the middle of the canvas: the box around the foreground or its centre of mass, see
        `crop_foreground`.
    rotate : bool, default=False
        Turn the longest axis along the longer side of the canvas, its longer tail pointing down or to the right, see
        `crop_foreground`.

    See Also
    --------
    crop_foreground : The function, with the rules in full.
    foreground_crop_map : Where the crop lies in the image.

    Notes
    -----
    Stateless; sizes may differ. Gives RGBA, transparent around the foreground (a mask gives a mask). An image without
    alpha is foreground all over; an empty foreground gives a fully transparent canvas.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ForegroundCropper
    >>> images = [np.zeros((40, 60, 4), dtype=np.uint8), np.ones((50, 50), dtype=np.uint8)]
    >>> ForegroundCropper(height=32, width=32).fit_transform(images).shape
    (2, 32, 32, 4)
    """

    parameter_constraints = {
        "height": [COUNT],
        "width": [COUNT],
        "margin": [MARGIN],
        "keep_aspect": ["boolean"],
        "center": [StrOptions(set(CENTERS))],
        "rotate": ["boolean"],
    }

    def __init__(
        self,
        *,
        height: int,
        width: int,
        margin: float = 0.05,
        keep_aspect: bool = True,
        center: str = "box",
        rotate: bool = False,
    ) -> None:
        self.height = height
        self.width = width
        self.margin = margin
        self.keep_aspect = keep_aspect
        self.center = center
        self.rotate = rotate

    def image_transformer(self) -> Callable[[Image], Image]:
        return partial(_crop_foreground, **self.get_params(deep=False))
