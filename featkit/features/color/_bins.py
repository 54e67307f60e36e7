"""Bins of colour channels: which bin each of 256 levels falls into, and the joint bins that count as colours."""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np

from ..._numba import kernel
from ...exceptions import shown
from ...image.alpha import split_alpha
from ...image.checks import Box, Image
from ...image.conversions import to_uint8
from ...parameters import InvalidParameterError, check_pair
from .._names import padded_numbers

HUE = 0  # the channel of hue in hsv
SIGNED = {"rgb": (), "hsv": (), "lab": (1, 2), "opponent": (0, 1)}  # channels whose zero is gray, at level 128
MAX_COLORS = 4096  # joint bins of what counts colours pixel by pixel


@kernel
def fill_color_codes(levels, tables, mask, codes):
    """Joint bin of every foreground pixel, written inside a border."""
    first, second, third = tables[0], tables[1], tables[2]
    frame = (codes.shape[0] - levels.shape[0]) // 2
    for row in range(levels.shape[0]):
        for col in range(levels.shape[1]):
            if mask[row, col]:
                level = levels[row, col]
                codes[frame + row, frame + col] = first[level[0]] + second[level[1]] + third[level[2]]


def bin_of_level(space: str, plane: int, n_bins: int) -> np.ndarray:
    """Bin of each of 256 levels: red and gray stand in the middle of a bin, so that noise does not split them."""
    level = np.arange(256)
    if space == "hsv" and plane == HUE:
        return (level * n_bins + 128 >> 8) % n_bins
    if plane in SIGNED[space]:
        return np.clip(((level - 128) * n_bins + 128 >> 8) + n_bins // 2, 0, n_bins - 1)
    return level * n_bins >> 8


def bins_per_plane(n_bins: int | Sequence[int]) -> tuple[int, ...]:
    try:
        bins = tuple(n_bins) if isinstance(n_bins, (Sequence, np.ndarray)) else (n_bins,) * 3
        if len(bins) == 3 and all(int(n) == n and 1 <= n <= 256 for n in bins):
            return tuple(int(n) for n in bins)
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        f"The 'n_bins' parameter must be an int from 1 to 256 or one for each of three channels, got {shown(n_bins)}."
    )


def cells_of_grid(shape: tuple[int, ...], grid: tuple[int, int]) -> list[Box]:
    """Half-open boxes that part an image, row by row."""
    rows, cols = check_pair("grid", grid)
    row_edges = [shape[0] * k // rows for k in range(rows + 1)]
    col_edges = [shape[1] * k // cols for k in range(cols + 1)]
    return [
        (row_edges[row], col_edges[col], row_edges[row + 1], col_edges[col + 1])
        for row, col in product(range(rows), range(cols))
    ]


@lru_cache(maxsize=16)  # a function asks for the same tables with every image
def bin_tables(space: str, bins: tuple[int, ...], joint: bool) -> np.ndarray:
    """Tables (3, 256) of the bins of three levels: they add up to the joint bin, or count one channel after another."""
    steps = [math.prod(bins[plane + 1 :]) if joint else 1 for plane in range(3)]
    firsts = [0 if joint else sum(bins[:plane]) for plane in range(3)]
    tables = [firsts[plane] + steps[plane] * bin_of_level(space, plane, bins[plane]) for plane in range(3)]
    return np.array(tables, dtype=np.uint32)


def color_tables(space: str, n_bins: int | Sequence[int]) -> tuple[np.ndarray, int]:
    """Tables that add up to the joint bin for what counts colours pixel by pixel: `MAX_COLORS` at most."""
    bins = bins_per_plane(n_bins)
    n_colors = math.prod(bins)
    if n_colors > MAX_COLORS:
        raise InvalidParameterError(
            f"The 'n_bins' parameter must make at most {MAX_COLORS} colours, got {shown(n_bins)}: {n_colors} colours."
        )
    return bin_tables(space, bins, True), n_colors


def joint_bin_names(space: str, bins: Sequence[int]) -> list[str]:
    """Names of joint bins: ``hsv_03_00_15``, one number for each channel."""
    return [f"{space}_{'_'.join(numbers)}" for numbers in product(*map(padded_numbers, bins))]


def vote_weights(image: Image) -> np.ndarray:
    """Alpha as uint8, by which pixels vote; empty for an image without alpha, where all votes are equal."""
    alpha = split_alpha(image)[1]
    return np.empty((0, 0), np.uint8) if alpha is None else np.ascontiguousarray(to_uint8(alpha))
