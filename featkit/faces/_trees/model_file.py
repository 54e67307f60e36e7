"""The file that dlib writes of an ensemble of regression trees, as arrays.

All in it is whole numbers of one to eight bytes behind a byte that tells how many and which sign; a fraction is two of
them, the mantissa and the exponent of two.
"""

from typing import NamedTuple

import numpy as np

from ..._numba import kernel

_MOST_VALUES = 2**31  # of a model; a file that claims more is none
_LEAST_BYTES = 2  # of a whole number


class TreeModel(NamedTuple):
    """An ensemble of trees, all of one depth, in stages of equally many.

    Shapes are (x, y) in the unit of the box: 0 is its first pixel, 1 its last one. Every stage reads pixels that lie at
    `offsets` from the points `anchors`.
    """

    mean_shape: np.ndarray  # float32 (n_points, 2)
    splits: np.ndarray  # int32 (n_stages, n_trees, n_splits, 2), the two pixels that are compared
    thresholds: np.ndarray  # float32 (n_stages, n_trees, n_splits)
    leaves: np.ndarray  # float32 (n_stages, n_trees, n_splits + 1, 2 * n_points)
    anchors: np.ndarray  # int32 (n_stages, n_pixels)
    offsets: np.ndarray  # float32 (n_stages, n_pixels, 2)


@kernel
def read_whole(data, place):
    """A whole number, and where the next one begins; -1 where there is none."""
    if place < 0 or place >= len(data):
        return 0, -1
    n_bytes = data[place] & 0x0F
    if n_bytes < 1 or n_bytes > 8 or data[place] & 0x70 or place + n_bytes >= len(data):
        return 0, -1
    value = 0
    for index in range(n_bytes, 0, -1):
        value = (value << 8) | data[place + index]
    if data[place] & 0x80:
        value = -value
    return value, place + 1 + n_bytes


@kernel
def _read_fraction(data, place):
    mantissa, place = read_whole(data, place)
    exponent, place = read_whole(data, place)
    if exponent < -200 or exponent > 200:  # neither infinity nor NaN, which dlib writes as exponents of 32,000
        return np.float32(0), -1
    return np.float32(mantissa * 2.0**exponent), place


@kernel
def _read_wholes(data, place, values):
    """Fill an array with a list of its length; where the next thing begins."""
    n_values, place = read_whole(data, place)
    if n_values != len(values):
        return -1
    for index in range(len(values)):
        values[index], place = read_whole(data, place)
        if place < 0:
            return -1
    return place


@kernel
def read_column(data, place, values):
    """Fill an array with a matrix of one column, its sides written as negative numbers."""
    n_rows, place = read_whole(data, place)
    n_cols, place = read_whole(data, place)
    if place < 0 or n_rows != -len(values) or n_cols != -1:
        return -1
    for index in range(len(values)):
        values[index], place = _read_fraction(data, place)
        if place < 0:
            return -1
    return place


@kernel
def _read_trees(data, place, splits, thresholds, leaves):
    """Fill the arrays of all stages, from behind the number of stages on."""
    for stage in range(len(splits)):
        n_trees, place = read_whole(data, place)
        if n_trees != splits.shape[1]:
            return -1
        for tree in range(splits.shape[1]):
            n_splits, place = read_whole(data, place)
            if n_splits != splits.shape[2]:
                return -1
            for split in range(splits.shape[2]):
                for side in range(2):
                    splits[stage, tree, split, side], place = read_whole(data, place)
                thresholds[stage, tree, split], place = _read_fraction(data, place)
                if place < 0:
                    return -1
            n_leaves, place = read_whole(data, place)
            if n_leaves != leaves.shape[2]:
                return -1
            for leaf in range(leaves.shape[2]):
                place = read_column(data, place, leaves[stage, tree, leaf])
                if place < 0:
                    return -1
    return place


@kernel
def _read_pixels(data, place, anchors, offsets):
    """Fill the points and offsets of the pixels of all stages."""
    n_stages, place = read_whole(data, place)
    if n_stages != len(anchors):
        return -1
    for stage in range(len(anchors)):
        place = _read_wholes(data, place, anchors[stage])
        if place < 0:
            return -1
    n_stages, place = read_whole(data, place)
    if n_stages != len(anchors):
        return -1
    for stage in range(len(anchors)):
        n_pixels, place = read_whole(data, place)
        if n_pixels != anchors.shape[1]:
            return -1
        for pixel in range(anchors.shape[1]):
            for axis in range(2):
                offsets[stage, pixel, axis], place = _read_fraction(data, place)
        if place < 0:
            return -1
    return place


def read_trees(file: bytes) -> TreeModel:
    """An ensemble from the bytes of dlib's file.

    Raises
    ------
    ValueError
        When it is none, broken off, or its trees differ in size.
    """
    data = np.frombuffer(file, np.uint8)
    version, place = read_whole(data, 0)
    n_values, after = read_whole(data, place)
    n_values = -n_values
    if after < 0 or version != 1 or not 0 < n_values <= len(data) or n_values % 2:
        raise ValueError("it does not begin as one")
    mean_shape = np.empty(n_values, np.float32)
    place = read_column(data, place, mean_shape)
    counts = []
    for _ in range(3):  # stages, trees of the first, splits of its first tree
        count, place = read_whole(data, place)
        counts.append(count)
        if len(counts) == 1:
            trees_begin = place
    n_stages, n_trees, n_splits = counts
    n_leaves = n_splits + 1
    if place < 0 or min(counts) < 1 or n_leaves & n_splits:
        raise ValueError("it breaks off before its trees, or these are not full")
    n_trees_values = n_stages * n_trees * n_leaves * n_values
    if n_trees_values > min(len(data) // _LEAST_BYTES, _MOST_VALUES):
        raise ValueError("it is shorter than its trees")
    splits = np.empty((n_stages, n_trees, n_splits, 2), np.int32)
    thresholds = np.empty((n_stages, n_trees, n_splits), np.float32)
    leaves = np.empty((n_stages, n_trees, n_leaves, n_values), np.float32)
    place = _read_trees(data, trees_begin, splits, thresholds, leaves)
    _, first = read_whole(data, place)
    n_pixels, _ = read_whole(data, first)
    if place < 0 or not 0 < n_pixels <= len(data):
        raise ValueError("it breaks off within its trees, or these differ in size")
    anchors = np.empty((n_stages, n_pixels), np.int32)
    offsets = np.empty((n_stages, n_pixels, 2), np.float32)
    if _read_pixels(data, place, anchors, offsets) < 0:
        raise ValueError("it breaks off behind its trees, or their pixels differ in number")
    for numbers, most in ((splits, n_pixels), (anchors, n_values // 2)):
        if not ((numbers >= 0) & (numbers < most)).all():
            raise ValueError("its trees ask for pixels or points that it has not got")
    return TreeModel(mean_shape.reshape(-1, 2), splits, thresholds, leaves, anchors, offsets)
