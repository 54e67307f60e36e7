"""Completed local binary patterns (CLBP): sign and magnitude of differences, and the centre."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image, check_image
from ...image.gray_levels import gray_level_stack
from ...parameters import BACKGROUND, InvalidParameterError, StrOptions, check_pair, check_parameters
from .._names import cell_names
from ._codes import (
    METHODS,
    N_POINTS,
    RADIUS,
    circle_name,
    circle_positions,
    code_dtype,
    code_shape,
    count_labels,
    label_names,
    label_table,
    pattern_labels,
)
from ._magnitudes import fill_size_codes

MAX_COLUMNS = 1_000_000  # of one cell


def _labels(gray: np.ndarray, n_points: int, radius: float, method: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of sign, size and center (height - 2 m, width - 2 m) of every pixel that has codes."""
    positions, margin = circle_positions(n_points, radius), math.ceil(radius)
    signs = pattern_labels(gray, positions, margin, method)
    height, width = code_shape(gray.shape, margin)
    sizes = np.empty((height, width - 2 * margin), code_dtype(n_points))
    fill_size_codes(gray, positions, margin, sizes)
    pixels = gray[margin : margin + height, margin : gray.shape[1] - margin].astype(np.int64)
    centers = pixels[: sizes.shape[0], : sizes.shape[1]]
    return signs, label_table(n_points, method)[0][sizes], centers * centers.size >= centers.sum()


def completed_lbp(
    image: Image,
    *,
    n_points: int = 8,
    radius: float = 1,
    method: str = "uniform",
    joint: bool = True,
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> np.ndarray:
    """Histogram of completed local binary pattern (CLBP) codes: sign and magnitude of differences, and the centre.

    Of every difference between a neighbour and its pixel the sign makes one code (the local binary pattern), the size
    a second one: a bit is 1 where the size is at least the mean size in the image. A third label tells whether
    the pixel is at least as bright as the mean of all that have codes.

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
    joint : bool, default=True
        Count combinations of the three labels (200 columns for 8 points and ``"uniform"``; the square of the number
        of labels, twice, for every method, which may be a million), else each by itself (22 columns).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    Returns
    -------
    histogram : float32 ndarray (n_features,)
        Fractions in each cell, the last label fastest; joint they sum to 1, else those of signs, of sizes and of
        centers do. NaN in a cell without codes.

    See Also
    --------
    CompletedLBP : The same as a transformer.
    completed_lbp_names : Names of the columns.
    featkit.features.binary_patterns.local_binary_pattern : The signs alone.
    featkit.features.binary_patterns.rotation_invariant_variance : Local contrast beside the signs.

    Notes
    -----
    All arithmetic is in integers, means included, so that every machine gives the same bits; equal is at least. Adding
    light or doubling all differences changes nothing.

    References
    ----------
    Guo, Zhang, Zhang 2010, "A completed modeling of local binary pattern operator for texture classification",
    doi:10.1109/TIP.2010.2044957.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.binary_patterns import completed_lbp
    >>> spot = np.zeros((3, 3), dtype=np.uint8)
    >>> spot[1, 1] = 9
    >>> signs, sizes, centers = np.split(completed_lbp(spot, n_points=4, joint=False), [6, 12])
    >>> signs.argmax(), sizes.argmax(), centers  # no neighbour is as bright, all differ as much as the mean
    (np.int64(0), np.int64(4), array([0., 1.], dtype=float32))
    """
    parameters: dict[str, Any] = {
        "n_points": n_points,
        "radius": radius,
        "method": method,
        "joint": joint,
        "grid": grid,
    }
    check_parameters(CompletedLBP, background=background, **parameters)
    return _completed(check_image(image), background=background, **parameters)


def _completed(
    image: Image,
    n_points: int,
    radius: float,
    method: str,
    joint: bool,
    grid: tuple[int, int],
    background: Background,
) -> np.ndarray:
    n_labels = _number_of_labels(n_points, method, joint)
    gray = gray_level_stack(image[np.newaxis], background)[0]
    signs, sizes, centers = (labels.astype(np.int64) for labels in _labels(gray, n_points, radius, method))
    if joint:
        return _fractions((signs * n_labels + sizes) * 2 + centers, 2 * n_labels**2, grid).ravel()
    by_itself = [_fractions(signs, n_labels, grid), _fractions(sizes, n_labels, grid), _fractions(centers, 2, grid)]
    return np.concatenate(by_itself, axis=2).ravel()


def _number_of_labels(n_points: int, method: str, joint: bool) -> int:
    n_labels = label_table(n_points, method)[1]
    if joint and 2 * n_labels**2 > MAX_COLUMNS:
        raise InvalidParameterError(
            f"The 'n_points' and 'method' parameters must make at most {MAX_COLUMNS} combinations of labels, got "
            f'{n_points!r} and {method!r}: {2 * n_labels**2}. Take fewer points, method="uniform" or joint=False.'
        )
    return n_labels


def _fractions(labels: np.ndarray, n_labels: int, grid: tuple[int, int]) -> np.ndarray:
    histograms = np.empty((*check_pair("grid", grid), n_labels), np.float32)
    count_labels(labels, np.arange(n_labels), histograms)
    return histograms


def completed_lbp_names(
    *,
    n_points: int = 8,
    radius: float = 1,
    method: str = "uniform",
    joint: bool = True,
    grid: tuple[int, int] = (1, 1),
    background: Background = 0.0,
) -> list[str]:
    """Names of the columns of `completed_lbp`: ``clbp_uniform_p8_r1_0_0_0`` (sign, size, center) onwards.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        As in `completed_lbp`.
    radius : float >= 1, default=1
        As in `completed_lbp`.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        As in `completed_lbp`.
    joint : bool, default=True
        As in `completed_lbp`.
    grid : (int, int), default=(1, 1)
        As in `completed_lbp`.
    background : float in [0, 1] or "mean", default=0.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    completed_lbp : What the columns hold.
    CompletedLBP : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.binary_patterns import completed_lbp_names
    >>> completed_lbp_names()[:2]
    ['clbp_uniform_p8_r1_0_0_0', 'clbp_uniform_p8_r1_0_0_1']
    """
    check_parameters(
        CompletedLBP,
        n_points=n_points,
        radius=radius,
        method=method,
        joint=joint,
        grid=grid,
        background=background,
    )
    _number_of_labels(n_points, method, joint)
    labels = label_names(n_points, method)
    if joint:
        columns = [f"{sign}_{size}_{center}" for sign in labels for size in labels for center in (0, 1)]
    else:
        columns = [f"{kind}_{label}" for kind in ("sign", "size") for label in labels] + ["center_0", "center_1"]
    return cell_names(f"clbp_{method}_{circle_name(n_points, radius)}", grid, columns)


class CompletedLBP(FeatureExtractor):
    """Completed local binary patterns (CLBP): sign, magnitude and centre, see `completed_lbp`.

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
    joint : bool, default=True
        Count combinations of the three labels (200 columns for 8 points and ``"uniform"``; the square of the number
        of labels, twice, for every method, which may be a million), else each by itself (22 columns).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.image.flatten_alpha`.

    See Also
    --------
    completed_lbp : The function behind it.
    featkit.features.binary_patterns.local_binary_pattern : The signs alone.
    featkit.features.binary_patterns.rotation_invariant_variance : Local contrast beside the signs.

    Notes
    -----
    Stateless. Images may differ in size. Alpha is laid on `background`. Rows hold NaN for images too small for codes.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import CompletedLBP
    >>> CompletedLBP().fit_transform(np.ones((3, 16, 16), dtype=np.uint8)).shape
    (3, 200)
    """

    parameter_constraints = {
        "n_points": [N_POINTS],
        "radius": [RADIUS],
        "method": [StrOptions(set(METHODS))],
        "joint": ["boolean"],
        "grid": [tuple, list],
        "background": BACKGROUND,
    }

    def __init__(
        self,
        *,
        n_points: int = 8,
        radius: float = 1,
        method: str = "uniform",
        joint: bool = True,
        grid: tuple[int, int] = (1, 1),
        background: Background = 0.0,
    ) -> None:
        self.n_points = n_points
        self.radius = radius
        self.method = method
        self.joint = joint
        self.grid = grid
        self.background = background

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_completed, **self.get_params(deep=False))

    def feature_names(self) -> list[str]:
        return completed_lbp_names(**self.get_params(deep=False))
