"""Local binary patterns (LBP)."""

import math
from collections.abc import Callable

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...image.gray_levels import gray_level_stack
from ...parameters import BACKGROUND, StrOptions, check_parameters
from .._names import cell_names
from ._codes import (
    METHODS,
    N_POINTS,
    RADIUS,
    circle_name,
    circle_positions,
    label_names,
    pattern_histograms,
    pattern_labels,
)


def local_binary_pattern_codes(
    image: Image, *, n_points: int = 8, radius: float = 1, method: str = "default", background: Background = 0.0
) -> np.ndarray:
    """Local binary pattern (LBP) code of every pixel.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma).
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="default"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and position of the one run (59 labels for 8 points; the choice for faces).
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    labels : unsigned ndarray (height - 2 m, width - 2 m)
        ``m`` is `radius` rounded up: only pixels with all their neighbours have a label. Empty for smaller images.

    See Also
    --------
    local_binary_pattern : Histogram of the codes.
    skimage.feature.local_binary_pattern : Codes of all pixels, those of the border included.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import local_binary_pattern_codes
    >>> local_binary_pattern_codes(np.array([[9, 9, 9], [0, 5, 9], [0, 0, 9]], dtype=np.uint8))  # left, below: 0
    array([[143]], dtype=uint8)
    """
    check_parameters(LocalBinaryPattern, n_points=n_points, radius=radius, method=method, background=background)
    gray = gray_level_stack(check_image(image)[np.newaxis], background)[0]
    return pattern_labels(gray, circle_positions(n_points, radius), math.ceil(radius), method)


def local_binary_pattern(
    image: Image,
    *,
    n_points: int = 8,
    radius: float = 1,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of local binary pattern (LBP) codes: local texture, invariant to monotonic gray-level changes.

    Bit k of a pixel's code is 1 where the gray level at ``radius (cos, sin)(2 pi k / n_points)``, counted
    counterclockwise from the right, is at least that of the pixel. Equal is at least: a flat area is all ones.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma); levels have the depth of the data, up to 16 bits.
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and position of the one run (59 labels for 8 points; the choice for faces).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    histogram : float32 ndarray (rows * columns * labels,)
        Fraction of each label among the codes of its cell; the fractions of a cell sum to 1. NaN in a cell without
        codes: in images of less than ``2 ceil(radius) + 1`` pixels a side, or with more cells than codes.

    See Also
    --------
    LocalBinaryPattern : The same as a transformer.
    local_binary_pattern_names : Names of the columns.
    local_binary_pattern_codes : The code of every pixel.
    featkit.features.binary_patterns.completed_lbp : Counts the size of differences and the pixel itself, too.
    featkit.features.binary_patterns.local_ternary_pattern : Takes no notice of small differences.

    Notes
    -----
    All arithmetic is in integers, so that every machine gives the same bits. Positions between pixels are rounded to
    1/2048 of a pixel and read by bilinear interpolation without any further rounding. scikit-image rounds positions to
    1e-5 and works in float64, where a neighbour that is exactly as bright as the pixel may come out below it: its
    codes differ there, and where the rounded position decides, within 0.13 levels of a tie. Its border pixels see
    zeros outside of the image; here they have no code.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää 2002, "Multiresolution gray-scale and rotation invariant texture classification with
    local binary patterns", doi:10.1109/TPAMI.2002.1017623. The grid: Ahonen, Hadid, Pietikäinen 2006, "Face
    description with local binary patterns", doi:10.1109/TPAMI.2006.244.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import local_binary_pattern
    >>> local_binary_pattern(np.full((9, 9), 7, dtype=np.uint8))  # flat: all eight ones
    array([0., 0., 0., 0., 0., 0., 0., 0., 1., 0.], dtype=float32)
    """
    check_parameters(
        LocalBinaryPattern, n_points=n_points, radius=radius, method=method, grid=grid, background=background
    )
    return _patterns_of_stack(check_image(image)[np.newaxis], n_points, radius, method, grid, background)[0]


def _patterns_of_stack(
    stack: np.ndarray, n_points: int, radius: float, method: str, grid: tuple[int, int], background: Background
) -> np.ndarray:
    gray = gray_level_stack(stack, background)
    positions = circle_positions(n_points, radius)
    return pattern_histograms(gray, gray, positions, math.ceil(radius), method, grid)


def local_binary_pattern_names(
    *,
    n_points: int = 8,
    radius: float = 1,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `local_binary_pattern`: ``lbp_uniform_p8_r1_0`` onwards.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        As in `local_binary_pattern`.
    radius : float >= 1, default=1
        As in `local_binary_pattern`.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        As in `local_binary_pattern`.
    grid : (int, int), default=(1, 1)
        As in `local_binary_pattern`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    local_binary_pattern : What the columns hold.
    LocalBinaryPattern : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.binary_patterns import local_binary_pattern_names
    >>> local_binary_pattern_names()[:2]
    ['lbp_uniform_p8_r1_0', 'lbp_uniform_p8_r1_1']
    """
    check_parameters(
        LocalBinaryPattern, n_points=n_points, radius=radius, method=method, grid=grid, background=background
    )
    family = f"lbp_{method}_{circle_name(n_points, radius)}"
    return cell_names(family, grid, label_names(n_points, method))


class LocalBinaryPattern(FeatureExtractor):
    """Local binary patterns (LBP): histogram of the codes, see `local_binary_pattern`.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and position of the one run (59 labels for 8 points; the choice for faces).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    See Also
    --------
    local_binary_pattern : The function behind it.
    local_binary_pattern_codes : The code of every pixel.
    featkit.features.binary_patterns.completed_lbp : Counts the size of differences and the pixel itself, too.
    featkit.features.binary_patterns.local_ternary_pattern : Takes no notice of small differences.

    Notes
    -----
    Stateless. Images may differ in size. Alpha is laid on `background`. Rows hold NaN for images too small for codes.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import LocalBinaryPattern
    >>> LocalBinaryPattern(method="nri_uniform", grid=(2, 2)).fit_transform(np.ones((3, 16, 16), dtype=np.uint8)).shape
    (3, 236)
    """

    parameter_constraints = {
        "n_points": [N_POINTS],
        "radius": [RADIUS],
        "method": [StrOptions(set(METHODS))],
        "grid": [tuple, list],
        "background": BACKGROUND,
    }

    def __init__(
        self,
        *,
        n_points: int = 8,
        radius: float = 1,
        method: str = "uniform",
        grid: tuple[int, int] = (1, 1),
        background: Background = 0.0,
    ) -> None:
        self.n_points = n_points
        self.radius = radius
        self.method = method
        self.grid = grid
        self.background = background

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray]:
        parameters = (self.n_points, self.radius, self.method, self.grid, self.background)
        return lambda stack: _patterns_of_stack(stack, *parameters)

    def feature_names(self) -> list[str]:
        return local_binary_pattern_names(**self.get_params(deep=False))
