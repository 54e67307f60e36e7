"""Contrast limited adaptive histogram equalisation: every part of an image by its own surroundings."""

import cv2
import numpy as np

from ..._numba import kernel
from ...image.alpha import foreground_mask, split_alpha
from ...image.checks import Image, check_image, full_light
from ...image.conversions import to_gray, to_uint8
from ...image.gray_levels import spread_found
from ...parameters import POSITIVE, check_number, check_pair
from ._tones import N_LEVELS, as_dtype, beside_alpha, with_luma

_EVERY_PIXEL = np.empty((0, 0), dtype=bool)


@kernel
def _clip_counts(counts, limit):
    """Cut every count off at the limit and spread what was cut off evenly over all levels, in whole pixels."""
    excess = 0
    for level in range(len(counts)):
        if counts[level] > limit:
            excess += counts[level] - limit
            counts[level] = limit
    share, rest = excess // len(counts), excess % len(counts)
    for level in range(len(counts)):
        counts[level] += share
    if rest > 0:
        step = max(len(counts) // rest, 1)
        for level in range(0, step * rest, step):
            counts[level] += 1


@kernel
def _count_levels(levels, voters, counts):
    """Add the pixels of a tile that vote to the counts of their levels; no voters at all: every pixel votes.

    Counts are kept four apart, to be added up: a level that follows itself need not wait. All are in the first then.
    """
    height, width = levels.shape
    n_whole = width // 4 * 4
    counts[:] = 0
    for row in range(height):
        line = levels[row]
        if voters.size > 0:
            for col in range(width):
                counts[0, line[col]] += voters[row, col]
            continue
        for col in range(0, n_whole, 4):
            counts[0, line[col]] += 1
            counts[1, line[col + 1]] += 1
            counts[2, line[col + 2]] += 1
            counts[3, line[col + 3]] += 1
        for col in range(n_whole, width):
            counts[0, line[col]] += 1
    for level in range(counts.shape[1]):
        counts[0, level] += counts[1, level] + counts[2, level] + counts[3, level]


@kernel
def _fill_tables(levels, voters, clip_limit, tables, votes):
    """The table of new levels of every tile, and how many pixels voted for it."""
    tile_rows, tile_cols, n_levels = tables.shape
    height, width = levels.shape[0] // tile_rows, levels.shape[1] // tile_cols
    four_counts = np.empty((4, n_levels), np.int32)
    counts = four_counts[0]
    for tile_row in range(tile_rows):
        rows = slice(tile_row * height, (tile_row + 1) * height)
        for tile_col in range(tile_cols):
            cols = slice(tile_col * width, (tile_col + 1) * width)
            _count_levels(levels[rows, cols], voters[rows, cols], four_counts)
            total = counts.sum()
            votes[tile_row, tile_col] = total
            _clip_counts(counts, max(int(clip_limit * total / n_levels), 1))
            scale = np.float32(n_levels - 1) / np.float32(max(total, 1))
            below = 0
            for level in range(n_levels):
                below += counts[level]
                tables[tile_row, tile_col, level] = np.uint8(np.rint(np.float32(below) * scale))


@kernel
def _between_tiles(length, n_tiles, tile_length):
    """Per pixel: the tile whose centre lies before it, the one after (none beyond the last), the part of that one."""
    before, after = np.empty(length, np.int32), np.empty(length, np.int32)
    share = np.empty(length, np.float32)
    for pixel in range(length):
        place = np.float32(pixel) * (np.float32(1) / np.float32(tile_length)) - np.float32(0.5)
        tile = int(np.floor(place))
        share[pixel] = place - np.float32(tile)
        before[pixel] = max(tile, 0)
        after[pixel] = min(tile + 1, n_tiles - 1)
    return before, after, share


@kernel
def _blend_row(levels, table, share_after, share_below, new_levels):
    """Look a run of pixels up in four tables at once, packed into the four bytes of one."""
    share_above = np.float32(1) - share_below
    for col in range(len(levels)):
        four = table[levels[col]]
        after = share_after[col]
        before = np.float32(1) - after
        # Numba counts in 64 bits unless told: half as many pixels at once
        upper_left, upper_right = np.int32(four & 255), np.int32(np.int32(four >> 8) & 255)
        lower_left, lower_right = np.int32(np.int32(four >> 16) & 255), np.int32(np.int32(four >> 24) & 255)
        above = np.float32(upper_left) * before + np.float32(upper_right) * after
        below = np.float32(lower_left) * before + np.float32(lower_right) * after
        new_levels[col] = np.uint8(np.int32(np.rint(above * share_above + below * share_below)))


@kernel
def _blend_tables(levels, tables, tile_height, tile_width, new_levels):
    """Interpolate the tables of the four tiles around each pixel."""
    height, width = levels.shape
    tile_rows, tile_cols, n_levels = tables.shape
    above, below, share_below = _between_tiles(height, tile_rows, tile_height)
    before, after, share_after = _between_tiles(width, tile_cols, tile_width)
    packed = np.empty((tile_cols + 1, n_levels), np.int32)
    starts = np.empty(tile_cols + 2, np.int32)
    n_runs = 0
    for col in range(width):
        if col == 0 or before[col] != before[col - 1] or after[col] != after[col - 1]:
            starts[n_runs] = col
            n_runs += 1
    starts[n_runs] = width
    for row in range(height):
        if row == 0 or above[row] != above[row - 1] or below[row] != below[row - 1]:
            for run in range(n_runs):
                left, right = before[starts[run]], after[starts[run]]
                for level in range(n_levels):
                    packed[run, level] = (
                        np.int32(tables[above[row], left, level])
                        | np.int32(tables[above[row], right, level]) << 8
                        | np.int32(tables[below[row], left, level]) << 16
                        | np.int32(tables[below[row], right, level]) << 24
                    )
        for run in range(n_runs):
            first, last = starts[run], starts[run + 1]
            _blend_row(
                levels[row, first:last],
                packed[run],
                share_after[first:last],
                share_below[row],
                new_levels[row, first:last],
            )


@kernel
def _blend_weighted(places, tables, votes, tile_height, tile_width, blended):
    """As `_blend_tables` for values between levels, each tile counting by the pixels that voted for its table."""
    height, width = places.shape
    tile_rows, tile_cols, n_levels = tables.shape
    above, below, share_below = _between_tiles(height, tile_rows, tile_height)
    before, after, share_after = _between_tiles(width, tile_cols, tile_width)
    for row in range(height):
        for col in range(width):
            level = min(int(places[row, col]), n_levels - 2)
            between = places[row, col] - level
            total, value = 0.0, 0.0
            for is_below in range(2):
                for is_after in range(2):
                    tile_row = below[row] if is_below else above[row]
                    tile_col = after[col] if is_after else before[col]
                    weight = share_below[row] if is_below else 1 - share_below[row]
                    weight *= share_after[col] if is_after else 1 - share_after[col]
                    weight *= votes[tile_row, tile_col]
                    table = tables[tile_row, tile_col]
                    total += weight
                    value += weight * ((1 - between) * table[level] + between * table[level + 1])
            blended[row, col] = value / total if total > 0 else places[row, col]


def _whole_tiles(plane: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """Mirror the last pixels outwards, as OpenCV does, so that all tiles are of one size."""
    height, width = plane.shape
    if height % rows == 0 and width % cols == 0:
        return plane
    return cv2.copyMakeBorder(plane, 0, rows - height % rows, 0, cols - width % cols, cv2.BORDER_REFLECT_101)


def clahe(image: Image, *, grid: tuple[int, int] = (8, 8), clip_limit: float = 2.0) -> Image:
    """Contrast limited adaptive histogram equalization (CLAHE): equalize each part by its surroundings.

    Each tile of a grid has a table from gray level to gray level, ``255 * (fraction of its pixels up to this level)``,
    in which no level counts for more than `clip_limit` times the mean over the 256 levels; what is cut off is spread
    over all levels. A pixel takes the bilinear mean of the tables of the four tiles around it. Nothing but these four
    tiles matters: neither the extremes of the image nor what happens elsewhere.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB or RGBA image, or a mask (bool).
    grid : (int, int), default=(8, 8)
        Rows and columns of tiles. Where they do not divide the image, it is mirrored beyond its last row and column.
    clip_limit : float > 0, default=2.0
        Largest slope of a table, about: 1 leaves a tile nearly as it is, 256 limits nothing. In tiles of few pixels
        the limit is one pixel a level, which is more.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the same kind and dtype. Colours change by their luma (ITU-R BT.601): what is added to it is added to red,
        green and blue, as when Y of YCrCb is equalised. Alpha stays, colour under alpha 0 is 0. A mask returns as it
        is. A flat tile stays about as bright as it was, unless it has fewer than ``256 / clip_limit`` pixels: then
        it becomes brighter, white in the extreme (1 x 1), as with OpenCV.

    See Also
    --------
    featkit.HistogramEqualizer : Transformer of batches.
    equalize_histogram : One curve for the whole image.

    Notes
    -----
    Pixels of the foreground vote (alpha 1/2 and more); tiles count by their votes, those without any not at all;
    where none of the four has any, colours stay.
    Opaque uint8 images give the bits of ``cv2.createCLAHE(clip_limit, grid[::-1]).apply``. In uint16 and
    float images the levels are the nearest of 256, and values between two levels go to between their values.

    References
    ----------
    Zuiderveld 1994, "Contrast limited adaptive histogram equalization", Graphics Gems IV,
    doi:10.1016/B978-0-12-336156-1.50061-6; Pizer et al. 1987, "Adaptive histogram equalization and its
    variations", doi:10.1016/S0734-189X(87)80186-X.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.light import clahe
    >>> dark = np.arange(64, dtype=np.uint8).reshape(8, 8) // 4
    >>> int(dark.max()), int(clahe(dark, grid=(1, 1), clip_limit=8).max())
    (15, 135)
    """
    return equalized_by_tiles(check_image(image), grid=grid, clip_limit=clip_limit)


def equalized_by_tiles(image: Image, *, grid: tuple[int, int] = (8, 8), clip_limit: float = 2.0) -> Image:
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return image
    color = spread_found(color, 14)
    rows, cols = check_pair("grid", grid)
    clip_limit = check_number("clip_limit", clip_limit, POSITIVE)
    luma = to_gray(color)
    levels = _whole_tiles(to_uint8(luma), rows, cols)
    voters = _EVERY_PIXEL
    if alpha is not None and not (foreground := foreground_mask(image)).all():
        voters = _whole_tiles(foreground.view(np.uint8), rows, cols).view(bool)
    tables = np.empty((rows, cols, N_LEVELS), dtype=np.uint8)
    votes = np.empty((rows, cols), dtype=np.int32)
    _fill_tables(levels, voters, float(min(clip_limit, N_LEVELS)), tables, votes)
    tile_size = levels.shape[0] // rows, levels.shape[1] // cols
    if luma.dtype == np.uint8 and voters is _EVERY_PIXEL:
        new_luma = np.empty_like(luma)
        _blend_tables(luma, tables, *tile_size, new_luma)
    else:
        places = luma * np.float32((N_LEVELS - 1) / full_light(luma.dtype))
        new_luma = np.empty(luma.shape)
        _blend_weighted(places, tables, votes, *tile_size, new_luma)
        new_luma = as_dtype(new_luma / (N_LEVELS - 1), luma.dtype)
    return beside_alpha(with_luma(color, luma, new_luma), alpha)
