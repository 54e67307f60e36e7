"""Local ternary patterns (LTP): local binary patterns with a threshold."""

import math
from collections.abc import Callable
from numbers import Integral

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...image.gray_levels import gray_level_stack, levels_per_step, spread_found
from ...parameters import BACKGROUND, Interval, StrOptions, check_pair, check_parameters
from .._names import cell_names
from ._codes import METHODS, N_POINTS, RADIUS, circle_name, circle_positions, label_names, pattern_histograms

THRESHOLD = Interval(Integral, 1, 255, closed="both")


def local_ternary_pattern(
    image: Image,
    *,
    n_points: int = 8,
    radius: float = 1,
    threshold: int = 5,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of local ternary pattern (LTP) codes: LBP that takes no notice of differences below a threshold.

    A neighbour at least `threshold` levels above the pixel sets its bit in the upper code, one at least `threshold`
    below it in the lower code. Both codes are counted like local binary patterns.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colour is converted to gray (ITU-R BT.601 luma); levels have the depth of the data, up to 16 bits.
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    threshold : int in [1, 255], default=5
        In levels of 255. Unlike a binary pattern, this one changes with the contrast: even out the light first.
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
    histogram : float32 ndarray (rows * columns * 2 * labels,)
        For each cell the fractions of the upper labels, which sum to 1, then those of the lower ones. NaN in a cell
        without codes.

    See Also
    --------
    LocalTernaryPattern : The same as a transformer.
    local_ternary_pattern_names : Names of the columns.
    featkit.features.binary_patterns.local_binary_pattern : Patterns without a threshold.
    featkit.preprocessing.light : Evens out the light first.

    References
    ----------
    Tan, Triggs 2010, "Enhanced local texture feature sets for face recognition under difficult lighting conditions",
    doi:10.1109/TIP.2010.2042645.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import local_ternary_pattern
    >>> upper, lower = local_ternary_pattern(np.full((9, 9), 7, dtype=np.uint8)).reshape(2, 10)
    >>> upper  # flat: nothing is brighter, nothing darker
    array([1., 0., 0., 0., 0., 0., 0., 0., 0., 0.], dtype=float32)
    >>> bool((lower == upper).all())
    True
    """
    check_parameters(
        LocalTernaryPattern,
        n_points=n_points,
        radius=radius,
        threshold=threshold,
        method=method,
        grid=grid,
        background=background,
    )
    stack = check_image(image)[np.newaxis]
    return _patterns_of_stack(stack, n_points, radius, threshold, method, grid, background)[0]


def _patterns_of_stack(
    stack: np.ndarray,
    n_points: int,
    radius: float,
    threshold: int,
    method: str,
    grid: tuple[int, int],
    background: Background,
) -> np.ndarray:
    if stack.dtype.itemsize > 1:
        stack = np.stack([spread_found(image) for image in stack])
    gray = gray_level_stack(stack, background)
    step = levels_per_step(gray)
    light = gray.astype(np.int16 if step == 1 else np.int32)
    margin = math.ceil(radius)
    positions = circle_positions(n_points, radius)
    bar = np.array(step * int(threshold), light.dtype)
    cells = (len(stack), math.prod(check_pair("grid", grid)), -1)
    upper, lower = (
        pattern_histograms(image, image + bar, positions, margin, method, grid).reshape(cells)
        for image in (light, 255 * step - light)
    )
    return np.concatenate([upper, lower], axis=2).reshape(len(stack), -1)


def local_ternary_pattern_names(
    *,
    n_points: int = 8,
    radius: float = 1,
    threshold: int = 5,
    method: str = "uniform",
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `local_ternary_pattern`: ``ltp_uniform_p8_r1_t5_upper_0`` onwards.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        As in `local_ternary_pattern`.
    radius : float >= 1, default=1
        As in `local_ternary_pattern`.
    threshold : int in [1, 255], default=5
        As in `local_ternary_pattern`.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        As in `local_ternary_pattern`.
    grid : (int, int), default=(1, 1)
        As in `local_ternary_pattern`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    local_ternary_pattern : What the columns hold.
    LocalTernaryPattern : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.binary_patterns import local_ternary_pattern_names
    >>> local_ternary_pattern_names()[:2]
    ['ltp_uniform_p8_r1_t5_upper_0', 'ltp_uniform_p8_r1_t5_upper_1']
    """
    check_parameters(
        LocalTernaryPattern,
        n_points=n_points,
        radius=radius,
        threshold=threshold,
        method=method,
        grid=grid,
        background=background,
    )
    family = f"ltp_{method}_{circle_name(n_points, radius)}_t{threshold}"
    labels = label_names(n_points, method)
    return cell_names(family, grid, [f"{side}_{label}" for side in ("upper", "lower") for label in labels])


class LocalTernaryPattern(FeatureExtractor):
    """Local ternary patterns (LTP): histograms of upper and lower codes, see `local_ternary_pattern`.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    threshold : int in [1, 255], default=5
        In levels of 255. Unlike a binary pattern, this one changes with the contrast: even out the light first.
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
    local_ternary_pattern : The function behind it.
    featkit.features.binary_patterns.local_binary_pattern : Patterns without a threshold.
    featkit.preprocessing.light : Evens out the light first.

    Notes
    -----
    Stateless. Images may differ in size. Alpha is laid on `background`. Rows hold NaN for images too small for codes.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import LocalTernaryPattern
    >>> LocalTernaryPattern().fit_transform(np.ones((3, 16, 16), dtype=np.uint8)).shape
    (3, 20)
    """

    parameter_constraints = {
        "n_points": [N_POINTS],
        "radius": [RADIUS],
        "threshold": [THRESHOLD],
        "method": [StrOptions(set(METHODS))],
        "grid": [tuple, list],
        "background": BACKGROUND,
    }

    def __init__(
        self,
        *,
        n_points: int = 8,
        radius: float = 1,
        threshold: int = 5,
        method: str = "uniform",
        grid: tuple[int, int] = (1, 1),
        background: Background = 0.0,
    ) -> None:
        self.n_points = n_points
        self.radius = radius
        self.threshold = threshold
        self.method = method
        self.grid = grid
        self.background = background

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray]:
        parameters = (self.n_points, self.radius, self.threshold, self.method, self.grid, self.background)
        return lambda stack: _patterns_of_stack(stack, *parameters)

    def feature_names(self) -> list[str]:
        return local_ternary_pattern_names(**self.get_params(deep=False))
