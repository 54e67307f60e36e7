"""Completed local binary patterns: the sign and the size of differences between neighbours, and the pixel itself."""

import math
from collections.abc import Callable

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import Background
from ...image.checks import Image
from ...image.gray_levels import gray_level_stack
from ...parameters import BACKGROUND, InvalidParameterError, StrOptions, check_pair
from .._names import cell_names
from ._codes import (
    METHODS,
    N_POINTS,
    RADIUS,
    STEP_BITS,
    STEPS,
    circle_name,
    circle_positions,
    code_dtype,
    code_shape,
    count_labels,
    label_names,
    label_table,
    pattern_labels,
)

MAX_COLUMNS = 1_000_000  # of one cell


@kernel
def _difference(image, row, col, position):
    """Size of the difference between a pixel and its neighbour, in 1 / STEPS ** 2 of a gray level."""
    top, left = row + (position[0] >> STEP_BITS), col + (position[1] >> STEP_BITS)
    row_step, col_step = position[0] & (STEPS - 1), position[1] & (STEPS - 1)
    below, right = top + (1 if row_step else 0), left + (1 if col_step else 0)
    upper = (STEPS - col_step) * np.int64(image[top, left]) + col_step * np.int64(image[top, right])
    lower = (STEPS - col_step) * np.int64(image[below, left]) + col_step * np.int64(image[below, right])
    return abs((STEPS - row_step) * upper + row_step * lower - STEPS * STEPS * np.int64(image[row, col]))


@kernel
def _fill_size_codes(image, positions, margin, codes):
    """Set bit k of every code where the difference to neighbour k is at least the mean one of the image."""
    total = np.int64(0)
    for row in range(codes.shape[0]):
        for col in range(codes.shape[1]):
            for k in range(len(positions)):
                total += _difference(image, row + margin, col + margin, positions[k])
    n_differences = max(codes.size * len(positions), 1)
    at_least = (total + n_differences - 1) // n_differences  # an integer reaches the mean when it reaches its ceiling
    for row in range(codes.shape[0]):
        for col in range(codes.shape[1]):
            code = 0
            for k in range(len(positions)):
                if _difference(image, row + margin, col + margin, positions[k]) >= at_least:
                    code |= 1 << k
            codes[row, col] = code


def _labels(gray: np.ndarray, n_points: int, radius: float, method: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of sign, size and center (height - 2 m, width - 2 m) of every pixel that has codes."""
    positions, margin = circle_positions(n_points, radius), math.ceil(radius)
    signs = pattern_labels(gray, positions, margin, method)
    height, width = code_shape(gray.shape, margin)
    sizes = np.empty((height, width - 2 * margin), code_dtype(n_points))
    _fill_size_codes(gray, positions, margin, sizes)
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
    """Completed local binary patterns: what `featkit.features.binary_patterns.local_binary_pattern` throws away is
    counted too.

    Of every difference between a neighbour and its pixel the sign makes one code (the local binary pattern), the size
    a second one: a bit is 1 where the size is at least the mean size in the image. A third label tells whether
    the pixel is at least as bright as the mean of all that have codes.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Read as gray levels 0..255.
    n_points, radius, method, grid, background
        As in `featkit.features.binary_patterns.local_binary_pattern`; `method` holds for signs and sizes.
    joint : bool, default=True
        Count combinations of the three labels (200 columns for 8 points and ``"uniform"``; the square of the number
        of labels, twice, for every method, which may be a million), else each by itself (22 columns).

    Returns
    -------
    histogram : float32 ndarray (n_features,)
        Shares in each cell, the last label fastest; joint they sum to 1, else those of signs, of sizes and of centers
        do. NaN in a cell without codes.

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
    n_labels = _number_of_labels(n_points, method, joint)
    gray = gray_level_stack(image[np.newaxis], background)[0]
    signs, sizes, centers = (labels.astype(np.int64) for labels in _labels(gray, n_points, radius, method))
    if joint:
        return _shares((signs * n_labels + sizes) * 2 + centers, 2 * n_labels**2, grid).ravel()
    by_itself = [_shares(signs, n_labels, grid), _shares(sizes, n_labels, grid), _shares(centers, 2, grid)]
    return np.concatenate(by_itself, axis=2).ravel()


def _number_of_labels(n_points: int, method: str, joint: bool) -> int:
    n_labels = label_table(n_points, method)[1]
    if joint and 2 * n_labels**2 > MAX_COLUMNS:
        raise InvalidParameterError(
            f"The 'n_points' and 'method' parameters must make at most {MAX_COLUMNS} combinations of labels, got "
            f'{n_points!r} and {method!r}: {2 * n_labels**2}. Take fewer points, method="uniform" or joint=False.'
        )
    return n_labels


def _shares(labels: np.ndarray, n_labels: int, grid: tuple[int, int]) -> np.ndarray:
    histograms = np.empty((*check_pair("grid", grid), n_labels), np.float32)
    count_labels(labels, np.arange(n_labels), histograms)
    return histograms


def completed_lbp_names(
    *, n_points: int = 8, radius: float = 1, method: str = "uniform", joint: bool = True, grid: tuple[int, int] = (1, 1)
) -> list[str]:
    """Names of the columns of `completed_lbp`: ``clbp_uniform_p8_r1_0_0_0`` (sign, size, center) onwards."""
    _number_of_labels(n_points, method, joint)
    labels = label_names(n_points, method)
    if joint:
        columns = [f"{sign}_{size}_{center}" for sign in labels for size in labels for center in (0, 1)]
    else:
        columns = [f"{kind}_{label}" for kind in ("sign", "size") for label in labels] + ["center_0", "center_1"]
    return cell_names(f"clbp_{method}_{circle_name(n_points, radius)}", grid, columns)


class CompletedLBP(FeatureExtractor):
    """Histograms of completed local binary patterns, see `featkit.features.binary_patterns.completed_lbp`.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, see `featkit.features.binary_patterns.local_binary_pattern`.
    joint : bool, default=True
        Count combinations of sign, size and center; else each by itself.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

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
        parameters = self.get_params()
        return lambda image: completed_lbp(image, **parameters)

    def feature_names(self) -> list[str]:
        return completed_lbp_names(
            n_points=self.n_points, radius=self.radius, method=self.method, joint=self.joint, grid=self.grid
        )
