"""Local binary patterns in integer arithmetic: which neighbours of a pixel are at least as bright as it is."""

import math
from functools import lru_cache

import numpy as np
from numba import njit

from ..base import FeatureExtractor, Integral, Interval, InvalidParameterError, Real, StrOptions
from ..images import flatten_alpha, to_gray, to_uint8

METHODS = ("default", "uniform", "ror", "nri_uniform")
STEP_BITS = 11  # 255 * 2**(2 * 11), a weighed gray level, still fits into 32 bits
STEPS = 1 << STEP_BITS  # positions of neighbours per pixel


@njit(nogil=True, cache=True)
def _compare_pixel(neighbor, bar, bit, codes):
    for col in range(len(codes)):
        codes[col] |= bit if neighbor[col] >= bar[col] else 0


@njit(nogil=True, cache=True)
def _compare_between(above, below, row_step, col_step, bar, bit, codes):
    above_left = np.int32((STEPS - row_step) * (STEPS - col_step))
    above_right = np.int32((STEPS - row_step) * col_step)
    below_left = np.int32(row_step * (STEPS - col_step))
    below_right = np.int32(row_step * col_step)
    right = 1 if col_step else 0
    for col in range(len(codes)):
        excess = np.int32(
            above_left * above[col]
            + above_right * above[col + right]
            + below_left * below[col]
            + below_right * below[col + right]
            - (np.int32(bar[col]) << (2 * STEP_BITS))
        )
        codes[col] |= bit if excess >= 0 else 0


@njit(nogil=True, cache=True)
def fill_codes(image, bars, positions, margin, codes):
    """Set bit k of every code where neighbour k reaches the bar of the pixel; positions in 1 / STEPS of a pixel."""
    n_rows, n_cols = codes.shape
    codes[:] = 0
    for row in range(n_rows):
        bar = bars[row + margin, margin : margin + n_cols]
        for k in range(len(positions)):
            bit = codes.dtype.type(1 << k)
            top = row + margin + (positions[k, 0] >> STEP_BITS)
            left = margin + (positions[k, 1] >> STEP_BITS)
            row_step = positions[k, 0] & (STEPS - 1)
            col_step = positions[k, 1] & (STEPS - 1)
            above = image[top, left : left + n_cols + (1 if col_step else 0)]
            if row_step == 0 and col_step == 0:
                _compare_pixel(above, bar, bit, codes[row])
            else:
                below = image[top + (1 if row_step else 0), left : left + n_cols + (1 if col_step else 0)]
                _compare_between(above, below, row_step, col_step, bar, bit, codes[row])


@njit(nogil=True, cache=True)
def count_labels(codes, labels, histograms):
    """Share of every label in every cell of a grid (cell rows, cell columns, labels); NaN in a cell without codes."""
    cell_rows, cell_cols, n_labels = histograms.shape
    counts = np.empty((4, n_labels), np.int32)  # four in turn: the same place twice in a row would wait for itself
    for cell_row in range(cell_rows):
        first_row = cell_row * codes.shape[0] // cell_rows
        last_row = (cell_row + 1) * codes.shape[0] // cell_rows
        for cell_col in range(cell_cols):
            first_col = cell_col * codes.shape[1] // cell_cols
            last_col = (cell_col + 1) * codes.shape[1] // cell_cols
            width = last_col - first_col
            counts[:] = 0
            for row in range(first_row, last_row):
                line = codes[row, first_col:last_col]
                for col in range(0, width - 3, 4):
                    counts[0, labels[line[col]]] += 1
                    counts[1, labels[line[col + 1]]] += 1
                    counts[2, labels[line[col + 2]]] += 1
                    counts[3, labels[line[col + 3]]] += 1
                for col in range(width - width % 4, width):
                    counts[0, labels[line[col]]] += 1
            total = (last_row - first_row) * width
            for label in range(n_labels):
                count = counts[0, label] + counts[1, label] + counts[2, label] + counts[3, label]
                histograms[cell_row, cell_col, label] = count / total if total else np.nan


@njit(nogil=True, cache=True)
def _fill_histograms(images, bars, positions, margin, codes, labels, histograms):
    for index in range(len(images)):
        fill_codes(images[index], bars[index], positions, margin, codes)
        count_labels(codes, labels, histograms[index])


def gray_levels(image, background):
    """Gray levels 0..255 of an image laid on a flat colour."""
    return to_gray(flatten_alpha(image if image.dtype.kind == "b" else to_uint8(image), background))


def gray_level_stack(stack, background):
    """Gray levels 0..255 of a stack of images, contiguous."""
    if stack.ndim == 4 or stack.dtype != np.uint8:
        stack = np.stack([gray_levels(image, background) for image in stack])
    return np.ascontiguousarray(stack)


def check_grid(grid):
    """Give back a grid as two integers."""
    try:
        rows, cols = grid
        if rows == int(rows) > 0 and cols == int(cols) > 0:
            return int(rows), int(cols)
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(f"The 'grid' parameter must be a pair (rows, columns) of integers >= 1, got {grid!r}.")


def cell_names(family, grid, columns):
    """Names of the columns of every cell of a grid; a grid of one cell is not mentioned."""
    rows, cols = check_grid(grid)
    if rows * cols == 1:
        return [f"{family}_{column}" for column in columns]
    cells = [
        f"row{row:0{len(str(rows - 1))}d}_col{col:0{len(str(cols - 1))}d}" for row in range(rows) for col in range(cols)
    ]
    return [f"{family}_{cell}_{column}" for cell in cells for column in columns]


def label_names(n_points, method):
    """Numbers of the labels as text, padded."""
    n_labels = label_table(n_points, method)[1]
    digits = len(str(n_labels - 1))
    return [f"{label:0{digits}d}" for label in range(n_labels)]


def number_name(value):
    """Text of a number that fits into a column name: 1.5 is 1_5."""
    return f"{value:g}".replace(".", "_")


def code_dtype(n_points):
    """Smallest dtype with one bit for each neighbour."""
    return np.uint8 if n_points <= 8 else np.uint16 if n_points <= 16 else np.uint32


@lru_cache(maxsize=8)
def label_table(n_points, method):
    """Label of every code, and the number of labels."""
    codes = np.arange(1 << n_points, dtype=code_dtype(n_points))
    full = (1 << n_points) - 1
    if method == "default":
        labels, n_labels = codes, full + 1
    elif method == "ror":
        smallest = codes.copy()
        for turn in range(1, n_points):
            np.minimum(smallest, (codes >> turn) | ((codes << (n_points - turn)) & full), out=smallest)
        smallest, labels = np.unique(smallest, return_inverse=True)
        labels, n_labels = labels.astype(codes.dtype), len(smallest)
    else:
        rotates = method == "uniform"
        n_labels = n_points + 2 if rotates else n_points * (n_points - 1) + 3
        labels = np.full(full + 1, n_labels - 1, np.uint8 if n_labels <= 256 else np.uint16)
        labels[0], labels[full] = 0, n_labels - 2
        for n_ones in range(1, n_points):
            for turn in range(n_points):
                start = -turn % n_points
                code = sum(1 << (start + k) % n_points for k in range(n_ones))
                labels[code] = n_ones if rotates else 1 + (n_ones - 1) * n_points + turn
    labels.setflags(write=False)
    return labels, n_labels


def circle_positions(n_points, radius):
    """Places (row, col) of the neighbours in 1 / STEPS of a pixel, from the right counterclockwise."""
    angle = 2 * np.pi * np.arange(n_points) / n_points
    return np.rint(STEPS * radius * np.stack([-np.sin(angle), np.cos(angle)], axis=1)).astype(np.int64)


def pattern_histograms(images, bars, positions, margin, method, grid):
    """Histograms (n_images, cells * labels) of the codes of a stack."""
    labels, n_labels = label_table(len(positions), method)
    height, width = (max(0, size - 2 * margin) for size in images.shape[1:])
    codes = np.empty((height, width), code_dtype(len(positions)))
    histograms = np.empty((len(images), *check_grid(grid), n_labels), np.float32)
    _fill_histograms(images, bars, positions, margin, codes, labels, histograms)
    return histograms.reshape(len(images), -1)


def local_binary_pattern_codes(image, *, n_points=8, radius=1, method="default", background=0.0):
    """Label every pixel by which of its neighbours on a circle are at least as bright as it is.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    n_points, radius, method, background
        As in `featkit.local_binary_pattern`.

    Returns
    -------
    labels : unsigned ndarray (height - 2 m, width - 2 m)
        ``m`` is `radius` rounded up: only pixels with all their neighbours have a label. Empty for smaller images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import local_binary_pattern_codes
    >>> local_binary_pattern_codes(np.array([[9, 9, 9], [0, 5, 9], [0, 0, 9]], dtype=np.uint8))  # right, up, upper left
    array([[143]], dtype=uint8)
    """
    gray = np.ascontiguousarray(gray_levels(image, background))
    margin = math.ceil(radius)
    codes = np.empty([max(0, size - 2 * margin) for size in gray.shape], code_dtype(n_points))
    fill_codes(gray, gray, circle_positions(n_points, radius), margin, codes)
    return codes if method == "default" else label_table(n_points, method)[0][codes]


def local_binary_pattern(image, *, n_points=8, radius=1, method="uniform", grid=(1, 1), background=0.0):
    """Local binary patterns: how often which small pattern of light occurs; blind to any brightening curve.

    Bit k of a pixel's code is 1 where the gray level at ``radius (cos, sin)(2 pi k / n_points)``, counted
    counterclockwise from the right, is at least that of the pixel. Equal is at least: a flat area is all ones.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Read as gray levels 0..255.
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code, in the words of scikit-image. ``"default"``: itself (2 ** n_points labels).
        ``"uniform"``: its number of ones where the circle has at most one run of ones, else one label for all the rest
        (n_points + 2 labels, blind to rotation). ``"ror"``: the rank of its smallest rotation (36 labels for 8
        points). ``"nri_uniform"``: length and place of the one run (59 labels for 8 points; the choice for faces).
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.flatten_alpha`.

    Returns
    -------
    histogram : float32 ndarray (rows * columns * labels,)
        Share of each label among the codes of its cell; the shares of a cell sum to 1. NaN in a cell without codes:
        in images of less than ``2 ceil(radius) + 1`` pixels a side, or with more cells than codes.

    Notes
    -----
    All arithmetic is in integers, so that every machine gives the same bits. Places between pixels are rounded to
    1/2048 of a pixel and read by bilinear interpolation without any further rounding. scikit-image rounds places to
    1e-5 and works in float64, where a neighbour that is exactly as bright as the pixel may come out below it: its
    codes differ there, and where the rounded place decides, within 0.13 levels of a tie. Its border pixels see
    zeros outside of the image; here they have no code.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää 2002, "Multiresolution gray-scale and rotation invariant texture classification with
    local binary patterns", doi:10.1109/TPAMI.2002.1017623. The grid: Ahonen, Hadid, Pietikäinen 2006, "Face
    description with local binary patterns", doi:10.1109/TPAMI.2006.244.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import local_binary_pattern
    >>> local_binary_pattern(np.full((9, 9), 7, dtype=np.uint8))  # flat: all eight ones
    array([0., 0., 0., 0., 0., 0., 0., 0., 1., 0.], dtype=float32)
    """
    return _patterns_of_stack(image[np.newaxis], n_points, radius, method, grid, background)[0]


def _patterns_of_stack(stack, n_points, radius, method, grid, background):
    gray = gray_level_stack(stack, background)
    positions = circle_positions(n_points, radius)
    return pattern_histograms(gray, gray, positions, math.ceil(radius), method, grid)


def local_binary_pattern_names(*, n_points=8, radius=1, method="uniform", grid=(1, 1)):
    """Names of the columns of `local_binary_pattern`: ``lbp_uniform_p8_r1_0`` onwards."""
    family = f"lbp_{method}_p{n_points}_r{number_name(radius)}"
    return cell_names(family, grid, label_names(n_points, method))


class LocalBinaryPattern(FeatureExtractor):
    """Histograms of local binary patterns, see `featkit.local_binary_pattern`.

    Parameters
    ----------
    n_points : int in [2, 24], default=8
        Neighbours on the circle.
    radius : float >= 1, default=1
        In pixels.
    method : {"default", "uniform", "ror", "nri_uniform"}, default="uniform"
        What becomes of a code: itself, its run of ones without its place, its smallest rotation, its run with place.
    grid : (int, int), default=(1, 1)
        Rows and columns of cells, each with a histogram of its own, such as (8, 8) for faces.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

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

    _parameter_constraints = {
        "n_points": [Interval(Integral, 2, 24, closed="both")],
        "radius": [Interval(Real, 1, None, closed="left")],
        "method": [StrOptions(set(METHODS))],
        "grid": [tuple, list],
        "background": [Interval(Real, 0, 1, closed="both"), StrOptions({"mean"})],
    }

    def __init__(self, *, n_points=8, radius=1, method="uniform", grid=(1, 1), background=0.0):
        self.n_points = n_points
        self.radius = radius
        self.method = method
        self.grid = grid
        self.background = background

    def _stack_extractor(self):
        parameters = (self.n_points, self.radius, self.method, self.grid, self.background)
        return lambda stack: _patterns_of_stack(stack, *parameters)

    def _feature_names(self):
        return local_binary_pattern_names(
            n_points=self.n_points, radius=self.radius, method=self.method, grid=self.grid
        )
