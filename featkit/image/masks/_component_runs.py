"""Components of a mask by runs of pixels along its rows: found, joined, chosen, painted."""

import numpy as np

from ..._numba import kernel


@kernel
def find_runs(mask, wanted):
    """Runs of equal pixels along the rows: index of the first one of each row, first column and end of each.

    Eight columns without a change are passed at once. In others every column is written down as an edge, to be written
    over unless it is one: a branch would often be guessed wrong.
    """
    height, width = mask.shape
    first_of_row = np.empty(height + 1, np.int32)
    edges = np.empty(width + 9 + 32 * height, np.int32)  # grows: room for every pixel would be fetched page by page
    changes = np.zeros((width + 8) // 8 * 8, np.uint8)  # the end of the row may be an edge, too
    eights = changes.view(np.uint64)
    n_edges = np.uint64(0)
    for row in range(height):
        first_of_row[row] = n_edges // np.uint64(2)
        if n_edges + np.uint64(width + 9) > np.uint64(len(edges)):
            grown = np.empty(2 * len(edges), np.int32)
            for edge in range(len(edges)):
                grown[edge] = edges[edge]
            edges = grown
        before, after, inner = mask[row, :-1], mask[row, 1:], changes[1:width]
        for col in range(len(inner)):
            inner[col] = before[col] != after[col]
        changes[0], changes[width] = mask[row, 0] == wanted, mask[row, width - 1] == wanted
        for eight in range(len(eights)):
            if eights[eight]:
                for col in range(8 * eight, 8 * eight + 8):
                    edges[n_edges] = col
                    n_edges += np.uint64(changes[col])
    first_of_row[height] = n_edges // np.uint64(2)
    return first_of_row, edges[:n_edges:2].copy(), edges[1:n_edges:2].copy()


@kernel
def join_trees(parents, one, two):
    """Make the trees of two members one, its root being the smaller of both: parents come before their children."""
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    while parents[two] != two:
        parents[two] = parents[parents[two]]
        two = parents[two]
    parents[max(one, two)] = min(one, two)


@kernel
def join_runs(first_of_row, starts, ends, reach):
    """Components of runs: a run joins those of the row above that lie within `reach` columns of its ends.

    Returns the component of each run, numbered from 0 in reading order of their first pixels, and their areas.
    """
    parents = np.arange(len(starts), dtype=np.int32)
    for row in range(1, len(first_of_row) - 1):
        above = first_of_row[row - 1]
        for run in range(first_of_row[row], first_of_row[row + 1]):
            while above < first_of_row[row] and ends[above] + reach <= starts[run]:
                above += 1
            other = above
            while other < first_of_row[row] and starts[other] < ends[run] + reach:
                join_trees(parents, run, other)
                other += 1
    components = np.empty(len(starts), np.int32)
    areas = np.zeros(len(starts), np.int32)
    n_components = 0
    for run in range(len(starts)):
        if parents[run] == run:
            components[run] = n_components
            n_components += 1
        else:
            components[run] = components[parents[run]]
        areas[components[run]] += ends[run] - starts[run]
    return components, areas[:n_components].copy()


@kernel
def paint_component_runs(picture, first_of_row, starts, ends, values):
    """Write the value of each run to its pixels, but for 0."""
    for row in range(len(picture)):
        for run in range(first_of_row[row], first_of_row[row + 1]):
            if values[run]:
                picture[row, starts[run] : ends[run]] = values[run]


@kernel
def _values_of_runs(values, components):
    """The value of the component of each run."""
    of_runs = np.empty(len(components), np.bool_)
    for run in range(len(components)):
        of_runs[run] = values[components[run]]
    return of_runs


@kernel
def _is_inside(first_of_row, starts, ends, components, n_components, width):
    """Which components of runs keep away from the outermost ring of pixels."""
    is_inside = np.ones(n_components, np.bool_)
    for run in range(len(starts)):
        is_outermost_row = run < first_of_row[1] or run >= first_of_row[-2]
        if is_outermost_row or starts[run] == 0 or ends[run] == width:
            is_inside[components[run]] = False
    return is_inside


@kernel
def gaps_of_runs(first_of_row, starts, ends, is_kept, width):
    """The runs of pixels between those runs that are kept, in the form that `find_runs` gives."""
    height = len(first_of_row) - 1
    first_gap_of_row = np.empty(height + 1, np.int32)
    gap_starts, gap_ends = np.empty(len(starts) + height, np.int32), np.empty(len(starts) + height, np.int32)
    n_gaps = 0
    for row in range(height):
        first_gap_of_row[row] = n_gaps
        place = 0
        for run in range(first_of_row[row], first_of_row[row + 1]):
            if is_kept[run]:
                if starts[run] > place:
                    gap_starts[n_gaps], gap_ends[n_gaps] = place, starts[run]
                    n_gaps += 1
                place = ends[run]
        if place < width:
            gap_starts[n_gaps], gap_ends[n_gaps] = place, width
            n_gaps += 1
    first_gap_of_row[height] = n_gaps
    return first_gap_of_row, gap_starts[:n_gaps].copy(), gap_ends[:n_gaps].copy()


@kernel
def _are_large(areas, min_fraction, min_area):
    """Which components have so many pixels, in absolute numbers and as a fraction of the largest."""
    largest = 0
    for area in areas:
        largest = max(largest, area)
    least = min_fraction * (1 - 1e-12) * largest
    are_large = np.empty(len(areas), np.bool_)
    for component in range(len(areas)):
        are_large[component] = areas[component] >= least and areas[component] >= min_area
    return are_large


@kernel
def _paint_holes(picture, first_of_row, starts, ends, max_area):
    """Write 1 to the pixels of runs of background that are cut off from the border, up to so many together."""
    components, areas = join_runs(first_of_row, starts, ends, 0)
    is_inside = _is_inside(first_of_row, starts, ends, components, len(areas), picture.shape[1])
    for component in range(len(areas)):
        is_inside[component] = is_inside[component] and areas[component] <= max_area
    paint_component_runs(picture, first_of_row, starts, ends, _values_of_runs(is_inside, components))


# Each of the four below is one kernel from mask to mask: every further call of one waits for the lock of Python.
@kernel
def large_components(mask, min_fraction, min_area):
    """The components that are large."""
    first_of_row, starts, ends = find_runs(mask, True)
    components, areas = join_runs(first_of_row, starts, ends, 1)
    is_kept = _values_of_runs(_are_large(areas, min_fraction, min_area), components)
    kept = np.zeros(mask.shape, np.bool_)
    paint_component_runs(kept, first_of_row, starts, ends, is_kept)
    return kept


@kernel
def large_and_filled(mask, min_fraction):
    """The components that are large, with their holes: the mask is read once."""
    first_of_row, starts, ends = find_runs(mask, True)
    components, areas = join_runs(first_of_row, starts, ends, 1)
    is_kept = _values_of_runs(_are_large(areas, min_fraction, 0), components)
    kept = np.zeros(mask.shape, np.bool_)
    paint_component_runs(kept, first_of_row, starts, ends, is_kept)
    first_of_row, starts, ends = gaps_of_runs(first_of_row, starts, ends, is_kept, mask.shape[1])
    _paint_holes(kept, first_of_row, starts, ends, mask.size)
    return kept


@kernel
def inner_components(mask):
    """The components that do not touch the border."""
    first_of_row, starts, ends = find_runs(mask, True)
    components, areas = join_runs(first_of_row, starts, ends, 1)
    is_inside = _is_inside(first_of_row, starts, ends, components, len(areas), mask.shape[1])
    kept = np.zeros(mask.shape, np.bool_)
    paint_component_runs(kept, first_of_row, starts, ends, _values_of_runs(is_inside, components))
    return kept


@kernel
def filled(mask, max_area):
    """The mask with its holes of up to so many pixels."""
    first_of_row, starts, ends = find_runs(mask, False)
    filled = mask.copy()
    _paint_holes(filled, first_of_row, starts, ends, max_area)
    return filled
