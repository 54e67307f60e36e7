"""Histogram of oriented gradients (HOG): scikit-image's by default, the original of Dalal and Triggs on request."""

import math

import numpy as np

from ..base import FeatureExtractor, Integral, Interval, InvalidParameterError, Real, StrOptions
from ..exceptions import ImageFormatError
from ..images import flatten_alpha, full_light
from .oriented_gradients import NEAR_EDGE, ROUNDING_TIE, band_gradients, kernel, kernel_with_free_sums, to_polar

BLOCK_NORMS = ("L1", "L1-sqrt", "L2", "L2-Hys")
_PIXELS_PER_BAND = 2048  # the buffers of a band stay in the first-level cache


@kernel
def _settle_edges(d_row, d_col, edges, turn, length, position, ties, tie_bins):
    """Set positions near the edge of a bin to the bin that the arithmetic of scikit-image finds.

    A gradient within a few ulps of an edge falls where NumPy's arctangent of this machine puts it: it is appended
    to `ties`, for NumPy to tell its bin, and read from `tie_bins` when that is known.
    """
    one_half = np.float32(0.5)
    for i in range(len(position)):
        edge = np.float32(np.int32(position[i] + one_half))
        if abs(position[i] - edge) < NEAR_EDGE and d_row[i] != 0:
            angle = math.atan2(np.float64(d_row[i]), np.float64(d_col[i])) * (180.0 / math.pi) % turn
            bin = 0
            while bin < len(edges) - 1 and angle >= edges[bin + 1]:
                bin += 1
            exact = d_col[i] == 0 or abs(d_row[i]) == abs(d_col[i])
            if not exact and abs(angle - edges[np.int64(edge)]) < 1e-10:
                if len(ties) < len(tie_bins):
                    bin = tie_bins[len(ties)]
                ties.append((np.float64(d_row[i]), np.float64(d_col[i])))
            if bin == len(edges) - 1:  # -1e-20 modulo 180 rounds to 180, beyond the last bin: no vote
                length[i] = 0
                bin = 0
            position[i] = bin


@kernel
def _vote(length, position, width, cell_height, cell_width, corners, orientations, cells):
    """Add gradients to the bins of their cells; pixels of one place in the cell after the other.

    Neighbours of one cell mostly share a bin: taking one pixel of every cell in turn keeps an addition from
    waiting for the one before.
    """
    for row in range(cell_height):
        for col in range(cell_width):
            offset = np.uint64(row * width + col)
            first_bin = np.uint64(0)
            for cell in range(len(corners)):
                pixel = offset + corners[cell]
                cells[first_bin + np.uint64(np.uint32(position[pixel]))] += length[pixel]
                first_bin += np.uint64(orientations)


@kernel
def _cell_histograms(images, channels, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells):
    """Fill cells (n, rows, cols, orientations) with mean gradient lengths; return the undecided gradients."""
    _, rows, cols, orientations = cells.shape
    signed = turn > 180
    half_turn = orientations / 2 if signed else orientations
    band_rows = min(rows, max(1, _PIXELS_PER_BAND // (cell_height * width)))
    corners = np.empty(band_rows * cols, np.uint64)
    for cell in range(len(corners)):
        corners[cell] = cell // cols * cell_height * width + cell % cols * cell_width
    size = band_rows * cell_height * width
    d_row, d_col = np.empty(size, unit.dtype), np.empty(size, unit.dtype)
    length, position = np.empty(size, np.float32), np.empty(size, np.float32)
    ties = [(0.0, 0.0) for _ in range(0)]
    cells[:] = 0
    for index in range(len(images)):
        histograms = cells[index].reshape(-1)
        for first in range(0, rows, band_rows):
            last = min(rows, first + band_rows)
            end = (last - first) * cell_height * width
            y, x, r, p = d_row[:end], d_col[:end], length[:end], position[:end]
            band_gradients(images[index], channels, width, first * cell_height, last * cell_height, unit[0], 0.0, y, x)
            if to_polar(y, x, half_turn, signed, r, p) > 0:
                _settle_edges(y, x, edges, turn, r, p, ties, tie_bins)
            _vote(
                r,
                p,
                width,
                cell_height,
                cell_width,
                corners[: (last - first) * cols],
                orientations,
                histograms[first * cols * orientations :],
            )
        histograms /= np.float32(cell_height * cell_width)
    return ties


@kernel_with_free_sums
def _normalize_block(block, norm, inner, outer, last_inner, last_outer):
    """Divide by ``norm + outer``; `inner` goes under the root. The `last` pair is that of L2-Hys after clipping."""
    total = np.float32(0)
    if norm < 2:
        for i in range(len(block)):
            total += block[i]
        scale = np.float32(1) / (total + inner + outer)
        for i in range(len(block)):
            block[i] *= scale
        if norm == 1:
            for i in range(len(block)):
                block[i] = math.sqrt(block[i])
        return
    for i in range(len(block)):
        total += block[i] * block[i]
    scale = np.float32(1) / (math.sqrt(total + inner * inner) + outer)
    if norm == 2:
        for i in range(len(block)):
            block[i] *= scale
        return
    total = np.float32(0)
    for i in range(len(block)):
        clipped = min(block[i] * scale, np.float32(0.2))
        block[i] = clipped
        total += clipped * clipped
    scale = np.float32(1) / (math.sqrt(total + last_inner * last_inner) + last_outer)
    for i in range(len(block)):
        block[i] *= scale


@kernel
def _copy(target, source):  # several times faster than a slice assignment for short runs
    for i in range(len(target)):
        target[i] = source[i]


@kernel
def _blocks_of_cells(cells, block_rows, block_cols, norm, rows_out):
    _, rows, cols, orientations = cells.shape
    run = block_cols * orientations
    size = block_rows * run
    eps, zero = np.float32(1e-5), np.float32(0)
    for index in range(len(cells)):
        histograms, out = cells[index].reshape(-1), rows_out[index]
        start = 0
        for row in range(rows - block_rows + 1):
            for col in range(cols - block_cols + 1):
                for block_row in range(block_rows):
                    place = start + block_row * run
                    first_cell = (row + block_row) * cols + col
                    _copy(out[place : place + run], histograms[first_cell * orientations :])
                _normalize_block(out[start : start + size], norm, eps, zero, eps, zero)
                start += size


@kernel
def _spread_over_bins(length, position, first, cell_width, bins, spread):
    """Votes of one image row, each shared by two bins: spread (cell_width, cols * bins)."""
    one_half, all_bins = np.float32(0.5), np.float32(bins)
    spread[:] = 0
    for offset in range(cell_width):
        target = spread[offset]
        pixel, start = np.uint64(first + offset), np.uint64(0)
        for _ in range(len(target) // bins):
            place = position[pixel] - one_half
            place = place + all_bins if place < 0 else place
            low = np.uint32(place)
            share = length[pixel] * (place - np.float32(low))
            high = low + np.uint32(1)
            high = np.uint32(0) if high >= bins else high
            target[start + np.uint64(low)] += length[pixel] - share
            target[start + np.uint64(high)] += share
            pixel += np.uint64(cell_width)
            start += np.uint64(bins)


@kernel
def _add_weighted(target, weight, source):
    for i in range(len(target)):
        target[i] += weight * source[i]


@kernel
def _spread_over_cells(spread, weights, bins, line):
    """Share an image row among the cells across of all blocks it crosses: line (block columns, blocks * bins)."""
    cell_width = len(spread)
    line[:] = 0
    for own in range(len(weights)):
        for offset in range(cell_width):
            source = spread[offset, own * bins :]
            for cell in range(max(0, own - 1), min(own + 2, len(weights))):
                weight = weights[cell, own * cell_width + offset]
                if weight > 0:
                    _add_weighted(line[cell], weight, source)


@kernel
def _trilinear_blocks(images, channels, width, unit, bins, signed, cell_shape, weights, col_weights, norm, rows_out):
    """Dalal and Triggs: votes spread over cells and bins within each block, under a Gaussian window.

    Window and spread are products of a factor along the rows and one along the columns, so an image row is spread
    over the columns once and then added, weighted, to the cell rows of the blocks.
    """
    cell_height, cell_width = cell_shape
    block_rows, block_cols = len(weights), len(col_weights)
    rows, cols = images.shape[1] // (width * channels) // cell_height, width // cell_width
    row_count, col_count = rows - block_rows + 1, cols - block_cols + 1
    half_turn = bins / 2 if signed else bins
    size = cell_height * width
    d_row, d_col = np.empty(size, unit.dtype), np.empty(size, unit.dtype)
    length, position = np.empty(size, np.float32), np.empty(size, np.float32)
    spread = np.empty((cell_width, cols * bins), np.float32)
    line = np.empty((block_cols, col_count * bins), np.float32)
    votes = np.empty((row_count, block_rows, line.size), np.float32)
    for index in range(len(images)):
        votes[:] = 0
        for row in range(rows):
            top, bottom = row * cell_height, (row + 1) * cell_height
            band_gradients(images[index], channels, width, top, bottom, unit[0], ROUNDING_TIE, d_row, d_col)
            to_polar(d_row, d_col, half_turn, signed, length, position)
            for offset in range(cell_height):
                _spread_over_bins(length, position, offset * width, cell_width, bins, spread)
                _spread_over_cells(spread, col_weights, bins, line)
                for block in range(max(0, row - block_rows + 1), min(row + 1, row_count)):
                    for block_row in range(block_rows):
                        weight = weights[block_row, (row - block) * cell_height + offset]
                        if weight > 0:
                            _add_weighted(votes[block, block_row], weight, line.reshape(-1))
        _blocks_of_votes(votes, block_cols, bins, norm, rows_out[index])


@kernel
def _blocks_of_votes(votes, block_cols, bins, norm, out):
    row_count, block_rows, line_size = votes.shape
    stride = line_size // block_cols
    size = block_rows * block_cols * bins
    zero, outer, last_outer = np.float32(0), np.float32(0.1 * size), np.float32(1e-3)
    start = 0
    for row in range(row_count):
        for col in range(stride // bins):
            place = start
            for block_row in range(block_rows):
                for cell in range(block_cols):
                    _copy(out[place : place + bins], votes[row, block_row, cell * stride + col * bins :])
                    place += bins
            _normalize_block(out[start:place], norm, zero, outer, zero, last_outer)
            start = place


def _window_weights(cell, cells, sigma):
    """Weight (cells, cell * cells) of every pixel along one side of a block for every cell: window times spread."""
    pixels = np.arange(cell * cells)
    window = np.exp(-0.5 * ((pixels - cell * cells / 2) / sigma) ** 2)  # OpenCV's centre: half a pixel off
    spread = 1 - np.abs((pixels + 0.5) / cell - 0.5 - np.arange(cells)[:, np.newaxis])
    return (window * np.maximum(spread, 0)).astype(np.float32)


def _checked_pair(name, pair):
    try:
        first, second = pair
        if first == int(first) > 0 and second == int(second) > 0:
            return int(first), int(second)
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        f"The {name!r} parameter must be a pair (rows, columns) of integers >= 1, got {pair!r}."
    )


def _flat_stack(stack, background, transform_sqrt):
    """Images as rows of raw values (n, height * width * channels), and their number of channels."""
    if stack.dtype.kind == "b" or (stack.ndim == 4 and stack.shape[3] == 4):
        stack = np.stack([flatten_alpha(image, background) for image in stack])
    if transform_sqrt:
        stack = np.sqrt(stack, dtype=np.float32 if stack.dtype == np.float32 else np.float64)
    elif stack.dtype not in (np.uint8, np.float32, np.float64):
        stack = stack.astype(np.float64)
    return np.ascontiguousarray(stack).reshape(len(stack), -1), 1 if stack.ndim == 3 else 3


def _unit(dtype, value=1.0):
    """The factor of gradients, in the precision their differences need."""
    return np.array([value], dtype=np.float64 if dtype == np.float64 else np.float32)


def _cells_of_stack(stack, orientations, pixels_per_cell, transform_sqrt, signed, background):
    cell_height, cell_width = _checked_pair("pixels_per_cell", pixels_per_cell)
    height, width = stack.shape[1:3]
    turn = 360.0 if signed else 180.0
    edges = (np.float32(turn / orientations) * np.arange(orientations + 1, dtype=np.float32)).astype(np.float64)
    cells = np.empty((len(stack), height // cell_height, width // cell_width, orientations), np.float32)
    values, channels = _flat_stack(stack, background, transform_sqrt)
    # scikit-image compares the lengths of 8-bit colour gradients in double precision, rounding errors included.
    unit = _unit(np.float64 if channels == 3 and values.dtype == np.uint8 else values.dtype)
    tie_bins = np.empty(0, np.int64)
    ties = _cell_histograms(values, channels, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells)
    if ties:
        d_row, d_col = np.array(ties).T
        tie_bins = np.searchsorted(edges[1:], np.rad2deg(np.arctan2(d_row, d_col)) % turn, side="right")
        _cell_histograms(values, channels, width, unit, edges, turn, cell_height, cell_width, tie_bins, cells)
    return cells


def hog_cells(image, *, orientations=9, pixels_per_cell=(8, 8), transform_sqrt=False, signed=False, background=0.0):
    """Histogram of gradient directions of every cell, before any block is formed.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    orientations, pixels_per_cell, transform_sqrt, signed, background
        As in `featkit.hog`.

    Returns
    -------
    cells : float32 ndarray (cell rows, cell columns, orientations)
        Sum of the gradient lengths voting for a bin, divided by the pixels of a cell. Bin ``k`` holds directions
        from ``k`` to ``k + 1`` times ``180 / orientations`` degrees (360 when signed), from the column axis towards
        growing rows. Pixels right of and below the last whole cell do not vote.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import hog_cells
    >>> ramp = np.tile(np.arange(16, dtype=np.uint8), (16, 1))
    >>> hog_cells(ramp, orientations=4)[0, 0]
    array([1.75, 0.  , 0.  , 0.  ], dtype=float32)
    """
    return _cells_of_stack(image[np.newaxis], orientations, pixels_per_cell, transform_sqrt, signed, background)[0]


def hog(
    image,
    *,
    orientations=9,
    pixels_per_cell=(8, 8),
    cells_per_block=(3, 3),
    block_norm="L2-Hys",
    transform_sqrt=False,
    voting="nearest",
    signed=False,
    window_sigma=None,
    background=0.0,
):
    """Histogram of oriented gradients: where in the image edges run in which direction, lighting divided out.

    Gradients are centred differences, zero on the border; in colour those of the strongest channel. Their lengths
    vote for direction bins in a grid of cells, and every block of neighbouring cells is scaled to unit norm.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    orientations : int, default=9
        Direction bins.
    pixels_per_cell, cells_per_block : (int, int), default=(8, 8) and (3, 3)
        Height and width of a cell and of a block; blocks lie one cell apart.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        L2-Hys: L2, clipped at 0.2, L2 again. L1-sqrt: the root of L1.
    transform_sqrt : bool, default=False
        Take the square root of the values first.
    voting : {"nearest", "trilinear"}, default="nearest"
        "nearest" gives each gradient to one bin of one cell: the descriptor of scikit-image. "trilinear" shares it
        linearly between two bins and up to four cells of each block, under a Gaussian window over the block: the
        descriptor of Dalal and Triggs as OpenCV 4 computes it. It hardly changes when the picture moves by a pixel
        or turns by a few degrees.
    signed : bool, default=False
        Tell dark-to-light from light-to-dark: directions over 360 degrees instead of 180.
    window_sigma : float or None, default=None
        Standard deviation of the window in pixels, with trilinear votes; None is OpenCV's, an eighth of the block's
        height plus width (Dalal and Triggs: twice that).
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent, see `featkit.flatten_alpha`.

    Returns
    -------
    features : float32 ndarray (block rows * block columns * cells of a block * orientations,)
        Values in [0, 1], in the order of scikit-image: block row, block column, cell row, cell column, orientation.

    Raises
    ------
    ImageFormatError
        When the image does not hold one block.

    Notes
    -----
    Equal to ``skimage.feature.hog`` (nearest) up to 1e-6. Both compute on the raw values and add 1e-5 to the norms:
    a uint8 image and the same image in [0, 1] give the same features up to the weight of that constant, which is felt
    where a block is nearly flat. Inverted light gives the same features unless `signed`; a constant added to all
    pixels changes nothing, a factor only what the constant of the norms makes of it.

    Equal to ``cv2.HOGDescriptor(window, block, stride, cell, nbins)`` (trilinear), where sizes are (width, height),
    window: the whole image, stride: one cell, ``_winSigma=window_sigma``, ``_histogramNormType=0``,
    ``_L2HysThreshold=0.2``, ``_gammaCorrection=transform_sqrt``, ``_signedGradient=signed``; colour goes in as RGB.
    OpenCV knows only uint8 and L2-Hys; other dtypes are brought to its range of 0..255 and all norms add, as it does,
    a tenth per value of the block. Its vector runs down the columns::

        shape = (block_rows, block_cols, *cells_per_block, orientations)
        features.reshape(shape).transpose(1, 0, 3, 2, 4).ravel()

    References
    ----------
    Dalal and Triggs, Histograms of oriented gradients for human detection, CVPR 2005, doi:10.1109/CVPR.2005.177

    Examples
    --------
    >>> from skimage.data import camera
    >>> from featkit import hog
    >>> hog(camera()[:64, :32]).shape
    (972,)
    """
    return _hog_of_stack(
        image[np.newaxis],
        orientations,
        pixels_per_cell,
        cells_per_block,
        block_norm,
        transform_sqrt,
        voting,
        signed,
        window_sigma,
        background,
    )[0]


def _hog_of_stack(
    stack,
    orientations,
    pixels_per_cell,
    cells_per_block,
    block_norm,
    transform_sqrt,
    voting,
    signed,
    window_sigma,
    background,
):
    grid = _grid_shape(stack.shape[1:3], orientations, pixels_per_cell, cells_per_block)
    out = np.empty((len(stack), math.prod(grid)), np.float32)
    norm = BLOCK_NORMS.index(block_norm)
    if voting == "nearest":
        cells = _cells_of_stack(stack, orientations, pixels_per_cell, transform_sqrt, signed, background)
        _blocks_of_cells(cells, *grid[2:4], norm, out)
        return out
    cell_shape = _checked_pair("pixels_per_cell", pixels_per_cell)
    sigma = window_sigma or (cell_shape[0] * grid[2] + cell_shape[1] * grid[3]) / 8
    row_weights, col_weights = (_window_weights(cell_shape[axis], grid[2 + axis], sigma) for axis in (0, 1))
    levels = 255 / full_light(stack.dtype) if stack.dtype.kind != "b" else 1.0
    values, channels = _flat_stack(stack, background, transform_sqrt)
    unit = _unit(values.dtype, math.sqrt(levels) if transform_sqrt else levels)
    width = stack.shape[2]
    _trilinear_blocks(
        values, channels, width, unit, orientations, signed, cell_shape, row_weights, col_weights, norm, out
    )
    return out


def _grid_shape(image_shape, orientations, pixels_per_cell, cells_per_block):
    """Axes of the descriptor: block rows, block columns, cell rows, cell columns, orientations."""
    cell = _checked_pair("pixels_per_cell", pixels_per_cell)
    block = _checked_pair("cells_per_block", cells_per_block)
    blocks = tuple(image_shape[axis] // cell[axis] - block[axis] + 1 for axis in (0, 1))
    if min(blocks) < 1:
        smallest = (cell[0] * block[0], cell[1] * block[1])
        raise ImageFormatError(
            f"Expected images of at least {smallest[0]} x {smallest[1]} pixels for one block of {block[0]} x "
            f"{block[1]} cells of {cell[0]} x {cell[1]} pixels, got {image_shape[0]} x {image_shape[1]}. "
            "Put a Resizer before it, or take smaller cells or blocks."
        )
    return (*blocks, *block, orientations)


def hog_names(image_shape, *, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(3, 3)):
    """Names of the columns of `hog` for images of a size (height, width): ``hog_00000`` onwards."""
    count = math.prod(_grid_shape(image_shape, orientations, pixels_per_cell, cells_per_block))
    digits = max(5, len(str(count - 1)))
    return [f"hog_{index:0{digits}d}" for index in range(count)]


class HOG(FeatureExtractor):
    """Histogram of oriented gradients of every image, see `featkit.hog`.

    Parameters
    ----------
    orientations : int, default=9
        Direction bins.
    pixels_per_cell, cells_per_block : (int, int), default=(8, 8) and (3, 3)
        Height and width of a cell and of a block.
    block_norm : {"L1", "L1-sqrt", "L2", "L2-Hys"}, default="L2-Hys"
        How a block is scaled.
    transform_sqrt : bool, default=False
        Take the square root of the values first.
    voting : {"nearest", "trilinear"}, default="nearest"
        scikit-image's descriptor, or that of Dalal and Triggs.
    signed : bool, default=False
        Directions over 360 degrees instead of 180.
    window_sigma : float or None, default=None
        Standard deviation in pixels of the window over a block, with trilinear votes.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.

    Notes
    -----
    Stateless apart from the image size. All images must have one size. Alpha is laid on `background`.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import HOG
    >>> HOG(cells_per_block=(2, 2)).fit_transform(np.ones((2, 32, 16), dtype=np.uint8)).shape
    (2, 108)
    """

    _parameter_constraints = {
        "orientations": [Interval(Integral, 1, None, closed="left")],
        "pixels_per_cell": [tuple, list],
        "cells_per_block": [tuple, list],
        "block_norm": [StrOptions(set(BLOCK_NORMS))],
        "transform_sqrt": ["boolean"],
        "voting": [StrOptions({"nearest", "trilinear"})],
        "signed": ["boolean"],
        "window_sigma": [Interval(Real, 0, None, closed="neither"), None],
        "background": [Interval(Real, 0, 1, closed="both"), StrOptions({"mean"})],
    }
    _needs_equal_sizes = True

    def __init__(
        self,
        *,
        orientations=9,
        pixels_per_cell=(8, 8),
        cells_per_block=(3, 3),
        block_norm="L2-Hys",
        transform_sqrt=False,
        voting="nearest",
        signed=False,
        window_sigma=None,
        background=0.0,
    ):
        self.orientations = orientations
        self.pixels_per_cell = pixels_per_cell
        self.cells_per_block = cells_per_block
        self.block_norm = block_norm
        self.transform_sqrt = transform_sqrt
        self.voting = voting
        self.signed = signed
        self.window_sigma = window_sigma
        self.background = background

    def _learn(self, images, y):
        self._feature_names()  # a size without one block is an error here already

    def _stack_extractor(self):
        parameters = self.get_params()
        return lambda stack: _hog_of_stack(stack, **parameters)

    def _feature_names(self):
        return hog_names(
            self.image_shape_,
            orientations=self.orientations,
            pixels_per_cell=self.pixels_per_cell,
            cells_per_block=self.cells_per_block,
        )
