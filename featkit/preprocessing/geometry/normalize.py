"""From a drawing on any background to white ink on black: straight, of one size, in the middle of the canvas."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from ...base.image_transformer import ImageTransformer
from ...image.affine import HALF
from ...image.alpha import alpha_weights
from ...image.checks import Image, check_image
from ...image.conversions import to_float, to_gray
from ...parameters import COUNT, FRACTION, MARGIN, StrOptions, check_parameters
from ._ink import POLARITIES, ink_of_alpha, ink_of_tones
from ._placing import place_ink
from .crop import CENTERS

_WORKING_SIZE = 8  # larger images are shrunk to this many times the canvas: the rest is finer than the result


def normalize_foreground(
    image: Image,
    *,
    height: int = 24,
    width: int = 24,
    margin: float = 1 / 12,
    aspect: float = 0.5,
    polarity: str = "auto",
    min_fraction: float = 0.15,
    deskew: bool = True,
    center: str = "mass",
) -> Image:
    """Character normalization: draw a digit, letter or drawing white on black, upright, centred, in one size.

    Light, position, size, slant and background are gone afterwards; what remains is the shape.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        A drawing in one tone on paper or any other background, even a textured one, that shows along most of the
        border. Where an alpha channel has values below one half, or the image is a mask, the drawing is the foreground.
    height, width : int, default=24
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=1/12
        Fraction of the canvas that stays free on each side of the drawing's box, when that is in the middle.
    aspect : float in [0, 1], default=0.5
        Power to which the ratio of the box's sides is raised: 1 keeps the shape, 0 fills the box of the canvas in both
        directions. In between, the writer's width matters less but a 1 stays narrower than a 0.
    polarity : {"auto", "bright", "dark"}, default="auto"
        Whether the drawing is brighter or darker than its background; "auto" takes for background what is along the
        border.
    min_fraction : float in [0, 1], default=0.15
        Blobs of less than this fraction of the heaviest one are dropped.
    deskew : bool, default=True
        Shear along the rows until rows and columns are uncorrelated, by at most 45 degrees.
    center : {"mass", "box"}, default="mass"
        What lies in the middle of the canvas: the centre of mass, as near as it can be without
        moving a part of the drawing out, or the middle of its box.

    Returns
    -------
    drawing : uint8 ndarray (height, width)
        0 is background, 255 full ink. All 0 where there is nothing to be seen: a flat image, an empty alpha channel.

    See Also
    --------
    featkit.ForegroundNormalizer : Transformer of batches.
    deskew : The shear alone.
    crop_foreground : For objects in colour.

    Notes
    -----
    1. The threshold is that whose contours have most contrast on average (after Kohler 1981) and hardly cross the
       border of the image. On texture it finds the ink where Otsu's finds the light parts of the background.
    2. The background level is the mean, under a Gaussian a tenth of the drawing wide, of what is outside the drawing;
       the ink level is the upper quartile inside. Ink is none up to two mean deviations of the background above its
       level, full at nine tenths of the way to the ink level, and linear in between: the soft edges of strokes stay,
       texture goes. Ink above one half is the new mask, once more; blobs are then weighed by the cube of the ink.
    3. Where clear levels are left outside of the ink, the same is done to the logarithm of light, in which a shadow is
       one step; that ink is taken where it goes on from the ink found first and is clear of its background. Bright ink
       alone: a shadow on paper under dark ink is not told from ink.
    4. Flat rectangles wider than 1.4 strokes, of whose outline most is free, are patches, not strokes: they are left
       out, and the ink that touches them stays.
    5. The shear follows from the central moments of the ink, and the scale from the box of what is sheared, its
       aspect changed as in Liu et al. 2004.

    Images larger than eight times the canvas are shrunk first.

    References
    ----------
    Kohler, A segmentation system based on thresholding, CGIP 1981, doi:10.1016/S0146-664X(81)80015-9

    Liu, Nakashima, Sako and Fujisawa, Handwritten digit recognition: investigation of normalization and feature
    extraction techniques, Pattern Recognition 2004, doi:10.1016/S0031-3203(03)00224-3

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.geometry import normalize_foreground
    >>> paper = np.full((20, 24), 200, dtype=np.uint8)
    >>> paper[4:8, 5:9] = 90
    >>> normalize_foreground(paper, height=6, width=6, margin=1/6)
    array([[  0,   0,   0,   0,   0,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0, 255, 255, 255, 255,   0],
           [  0,   0,   0,   0,   0,   0]], dtype=uint8)
    """
    parameters: dict[str, Any] = {
        "height": height,
        "width": width,
        "margin": margin,
        "aspect": aspect,
        "polarity": polarity,
        "min_fraction": min_fraction,
        "deskew": deskew,
        "center": center,
    }
    check_parameters(ForegroundNormalizer, **parameters)
    return _normalizer(**parameters)(check_image(image))


def _normalizer(
    *,
    height: int,
    width: int,
    margin: float,
    aspect: float,
    polarity: str,
    min_fraction: float,
    deskew: bool,
    center: str,
) -> Callable[[Image], Image]:
    """Function image -> canvas; its parameters become plain numbers once, as NumPy's small integers overflow."""
    canvas = (int(height), int(width), float(margin), float(aspect), bool(deskew), center == "mass")
    limit, min_fraction = _WORKING_SIZE * max(canvas[:2]), float(min_fraction)

    def normalize(image: Image) -> Image:
        alpha = alpha_weights(image)
        if alpha is not None and (image.dtype.kind == "b" or (alpha < HALF).any()):
            ink = ink_of_alpha(_shrunk(alpha, limit), min_fraction)
        else:
            ink = ink_of_tones(_shrunk(to_gray(image), limit), polarity, min_fraction)
        return place_ink(ink, *canvas)

    return normalize


def _shrunk(plane: np.ndarray, limit: int) -> np.ndarray:
    longer = max(plane.shape)
    if longer <= limit:
        return plane
    height, width = (max(1, round(side * limit / longer)) for side in plane.shape)
    return cv2.resize(to_float(plane), (width, height), interpolation=cv2.INTER_AREA)


class ForegroundNormalizer(ImageTransformer):
    """Character normalization: digits, letters and drawings white on black, upright, centred, in one size.

    Polarity, mask, contrast, centring and deskewing in one step; made to be followed by a `HOG` with small cells.

    Parameters
    ----------
    height, width : int, default=24
        Size of the canvas in pixels.
    margin : float in [0, 0.5), default=1/12
        Fraction of the canvas that stays free on each side of the drawing's box, when that is in the middle.
    aspect : float in [0, 1], default=0.5
        Power to which the ratio of the box's sides is raised: 1 keeps the shape, 0 fills the box of the canvas in both
        directions. In between, the writer's width matters less but a 1 stays narrower than a 0.
    polarity : {"auto", "bright", "dark"}, default="auto"
        Whether the drawing is brighter or darker than its background; "auto" takes for background what is along the
        border.
    min_fraction : float in [0, 1], default=0.15
        Blobs of less than this fraction of the heaviest one are dropped.
    deskew : bool, default=True
        Shear along the rows until rows and columns are uncorrelated, by at most 45 degrees.
    center : {"mass", "box"}, default="mass"
        What lies in the middle of the canvas: the centre of mass, as near as it can be without moving a part of the
        drawing out, or the middle of its box.

    See Also
    --------
    normalize_foreground : The function, with the steps in full.

    Notes
    -----
    Stateless; sizes may differ. Gives gray uint8 images without alpha; a mask, or the alpha channel of an input
    where it is below one half somewhere, is taken for the drawing. Nothing to be seen gives a black canvas.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ForegroundNormalizer
    >>> ForegroundNormalizer().fit_transform(np.ones((2, 28, 28), dtype=np.uint8)).shape
    (2, 24, 24)
    """

    parameter_constraints = {
        "height": [COUNT],
        "width": [COUNT],
        "margin": [MARGIN],
        "aspect": [FRACTION],
        "polarity": [StrOptions(set(POLARITIES))],
        "min_fraction": [FRACTION],
        "deskew": ["boolean"],
        "center": [StrOptions(set(CENTERS))],
    }

    def __init__(
        self,
        *,
        height: int = 24,
        width: int = 24,
        margin: float = 1 / 12,
        aspect: float = 0.5,
        polarity: str = "auto",
        min_fraction: float = 0.15,
        deskew: bool = True,
        center: str = "mass",
    ) -> None:
        self.height = height
        self.width = width
        self.margin = margin
        self.aspect = aspect
        self.polarity = polarity
        self.min_fraction = min_fraction
        self.deskew = deskew
        self.center = center

    def image_transformer(self) -> Callable[[Image], Image]:
        return _normalizer(**self.get_params(deep=False))
