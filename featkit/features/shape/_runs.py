"""Regions as runs of pixels along the rows: found in one pass over a label image, grouped by region, filled.

A run is (row, start, end), end exclusive. The runs of a region stand in reading order; two of one row do not touch.
"""

import numpy as np

from ..._numba import kernel
from ...image.masks._component_runs import find_runs, join_runs, join_trees

_DENSE = 1 << 16  # labels up to here, or four times the runs, are counted by a table; others are sorted


@kernel
def find_label_runs(labels):
    """Runs of equal labels but 0: row, first column, end and label of each, in reading order.

    Eight columns without a change are passed at once. In others every column is written down as an edge, to be written
    over unless it is one: a branch would often be guessed wrong.
    """
    height, width = labels.shape
    rows = np.empty(height * width, np.int32)  # memory is taken where it is written
    starts = np.empty(height * width, np.int32)
    ends = np.empty(height * width, np.int32)
    owners = np.empty(height * width, np.int32)
    edges = np.empty(width + 8, np.int32)
    changes = np.zeros((width + 7) // 8 * 8, np.uint8)
    eights = changes.view(np.uint64)
    n_runs = 0
    for row in range(height):
        before, after, inner = labels[row, :-1], labels[row, 1:], changes[1:width]
        for col in range(len(inner)):
            inner[col] = before[col] != after[col]
        n_edges = np.uint64(0)
        for eight in range(len(eights)):
            if eights[eight]:
                for col in range(8 * eight, 8 * eight + 8):
                    edges[n_edges] = col
                    n_edges += np.uint64(changes[col])
        edges[n_edges] = width
        start = 0
        for edge in edges[: n_edges + np.uint64(1)]:
            owner = labels[row, start]
            if owner:
                rows[n_runs], starts[n_runs], ends[n_runs], owners[n_runs] = row, start, edge, owner
                n_runs += 1
            start = edge
    return rows[:n_runs].copy(), starts[:n_runs].copy(), ends[:n_runs].copy(), owners[:n_runs].copy()


@kernel
def _grouped(rows, starts, ends, owners, n_owners):
    """Runs sorted by owner (0 ... n_owners - 1), reading order kept within; where the runs of each owner begin."""
    bounds = np.zeros(n_owners + 1, np.int64)
    for owner in owners:
        bounds[owner + 1] += 1
    for owner in range(n_owners):
        bounds[owner + 1] += bounds[owner]
    nexts = bounds[:-1].copy()
    runs = np.empty((len(rows), 3), np.int64)
    for run in range(len(rows)):
        place = nexts[owners[run]]
        nexts[owners[run]] += 1
        runs[place, 0], runs[place, 1], runs[place, 2] = rows[run], starts[run], ends[run]
    return runs, bounds


@kernel
def _numbered(owners, highest):
    """Labels that occur, rising, and of each run the index of its label among them."""
    index = np.zeros(highest + 1, np.int32)
    for owner in owners:
        index[owner] = 1
    n_labels = 0
    for label in range(highest + 1):
        n_labels += index[label]
    numbers = np.empty(n_labels, np.int64)
    count = 0
    for label in range(highest + 1):
        if index[label]:
            numbers[count] = label
            index[label] = count
            count += 1
    indices = np.empty(len(owners), np.int32)
    for run in range(len(owners)):
        indices[run] = index[owners[run]]
    return numbers, indices


def runs_of_labels(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the regions of a label image in one pass.

    Parameters
    ----------
    labels : int32 ndarray (height, width)
        Not negative, 0 is background.

    Returns
    -------
    numbers : int64 ndarray (n_regions,)
        The labels that occur, rising.
    runs : int64 ndarray (n_runs, 3)
        Row, first column and end of each run, region by region.
    bounds : int64 ndarray (n_regions + 1,)
        Region k has the runs ``bounds[k] : bounds[k + 1]``.
    """
    rows, starts, ends, owners = find_label_runs(labels)
    highest = int(owners.max(initial=0))
    if highest <= max(4 * len(owners), _DENSE):
        numbers, owners = _numbered(owners, highest)
    else:
        numbers, owners = np.unique(owners, return_inverse=True)
    return numbers.astype(np.int64, copy=False), *_grouped(rows, starts, ends, owners, len(numbers))


def runs_of_mask(mask: np.ndarray, *, by_component: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Find the components (8 neighbours) of a mask, or all its foreground as one region.

    Parameters
    ----------
    mask : bool ndarray (height, width)
    by_component : bool, default=True

    Returns
    -------
    runs, bounds : ndarrays
        See `runs_of_labels`; components in the order in which they are met, row by row.
    """
    return _runs_of_mask(mask, by_component)


@kernel
def _runs_of_mask(mask, by_component):
    first_of_row, starts, ends = find_runs(mask, True)
    if by_component:
        owners, areas = join_runs(first_of_row, starts, ends, 1)
        n_owners = len(areas)
    else:
        owners, n_owners = np.zeros(len(starts), np.int32), min(1, len(starts))
    rows = np.empty(len(starts), np.int32)
    for row in range(len(mask)):
        rows[first_of_row[row] : first_of_row[row + 1]] = row
    return _grouped(rows, starts, ends, owners, n_owners)


@kernel
def boxes_of_runs(runs, bounds):
    """Half-open boxes (min_row, min_col, max_row, max_col) around the regions."""
    boxes = np.empty((len(bounds) - 1, 4), np.int64)
    for region in range(len(bounds) - 1):
        first, last = bounds[region], bounds[region + 1] - 1
        left, right = runs[first, 1], runs[first, 2]
        for run in range(first, last + 1):
            left, right = min(left, runs[run, 1]), max(right, runs[run, 2])
        boxes[region] = runs[first, 0], left, runs[last, 0] + 1, right
    return boxes


@kernel
def paint_runs(canvas, runs, top, left, value):
    """Write a value to the pixels of a region, into a canvas whose first pixel is (top, left)."""
    for run in range(len(runs)):
        canvas[runs[run, 0] - top, runs[run, 1] - left : runs[run, 2] - left] = value


@kernel
def mask_of_runs(runs):
    """Box around a region (min_row, min_col, max_row, max_col), half-open, and its mask in there."""
    top, left, bottom, right = boxes_of_runs(runs, np.array([0, len(runs)]))[0]
    mask = np.zeros((bottom - top, right - left), np.bool_)
    paint_runs(mask, runs, top, left, True)
    return (top, left, bottom, right), mask


@kernel
def fill_runs(runs, box):
    """Runs of a region with its holes filled: background that is cut off, over 4 neighbours, from its surroundings."""
    top, left, bottom, right = box
    height = bottom - top
    gaps = np.empty((len(runs) + height + 2, 2), np.int64)  # background between the runs, with a border around
    first_of_row = np.empty(height + 3, np.int64)
    n_gaps = run = 0
    for row in range(top - 1, bottom + 1):
        first_of_row[row - top + 1] = n_gaps
        start = left - 1
        while run < len(runs) and runs[run, 0] == row:
            gaps[n_gaps, 0], gaps[n_gaps, 1] = start, runs[run, 1]
            start = runs[run, 2]
            n_gaps += 1
            run += 1
        gaps[n_gaps, 0], gaps[n_gaps, 1] = start, right + 1
        n_gaps += 1
    first_of_row[height + 2] = n_gaps
    parents = np.arange(n_gaps)
    for row in range(1, height + 2):
        above = first_of_row[row - 1]
        for gap in range(first_of_row[row], first_of_row[row + 1]):
            while above < first_of_row[row] and gaps[above, 1] <= gaps[gap, 0]:
                above += 1
            other = above
            while other < first_of_row[row] and gaps[other, 0] < gaps[gap, 1]:
                join_trees(parents, gap, other)
                other += 1
    filled = np.empty((len(runs), 3), np.int64)
    n_filled = 0
    for row in range(height + 2):
        start = left - 1
        for gap in range(first_of_row[row], first_of_row[row + 1]):
            root = gap
            while parents[root] != root:
                root = parents[root]
            if root == 0:
                if gaps[gap, 0] > start:
                    filled[n_filled] = row + top - 1, start, gaps[gap, 0]
                    n_filled += 1
                start = gaps[gap, 1]
    return filled[:n_filled].copy()
