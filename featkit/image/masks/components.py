"""The components of a mask and its holes: numbered, chosen, dropped, filled.

Foreground pixels hang together over 8 neighbours, background pixels over 4, so that a closed outline one pixel thin has
an inside. Nothing is written to its input; an empty mask is never an error.
"""

import numpy as np

from ..._numba import kernel
from ..checks import check_fraction, check_mask


@kernel
def find_runs(mask, wanted):
    """Runs of equal pixels along the rows: index of the first one of each row, first column and end of each.

    Eight columns without a change are passed at once. In others every column is written down as an edge, to be written
    over unless it is one: a branch would often be guessed wrong.
    """
    height, width = mask.shape
    first_of_row = np.empty(height + 1, np.int32)
    edges = np.empty(height * (width + 1) + 8, np.int32)
    changes = np.zeros((width + 8) // 8 * 8, np.uint8)  # the end of the row may be an edge, too
    eights = changes.view(np.uint64)
    n_edges = np.uint64(0)
    for row in range(height):
        first_of_row[row] = n_edges // np.uint64(2)
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
def _paint_runs(picture, first_of_row, starts, ends, values):
    """Write the value of each run to its pixels, but for 0."""
    for row in range(len(picture)):
        for run in range(first_of_row[row], first_of_row[row + 1]):
            if values[run]:
                picture[row, starts[run] : ends[run]] = values[run]


def label_components(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the components of a mask.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    Returns
    -------
    labels : int32 ndarray (height, width)
        0 is background, 1 ... n the components (8 neighbours) in the order in which they are met, row by row.
    areas : int32 ndarray (n,)
        Pixels of component 1 ... n.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.components import label_components
    >>> label_components(np.array([[True, False, True], [True, False, False]]))[1]
    array([2, 1], dtype=int32)
    """
    mask = check_mask(mask)
    first_of_row, starts, ends = find_runs(mask, True)
    components, areas = join_runs(first_of_row, starts, ends, 1)
    labels = np.zeros(mask.shape, np.int32)
    _paint_runs(labels, first_of_row, starts, ends, components + 1)
    return labels, areas


def largest_component(mask: np.ndarray) -> np.ndarray:
    """Keep the largest component.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    Returns
    -------
    mask : bool ndarray (height, width)
        The component with most pixels; of equal ones the one met first, row by row. Empty stays empty.

    See Also
    --------
    central_component : The most central one.
    remove_small_components : All that are not small.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.components import largest_component
    >>> largest_component(np.array([[True, False, True], [True, False, False]])).sum()
    np.int64(2)
    """
    mask = check_mask(mask)
    labels, areas = label_components(mask)
    if len(areas) < 2:
        return mask.copy()
    return labels == np.argmax(areas) + 1


def central_component(mask: np.ndarray, min_fraction: float = 0.1) -> np.ndarray:
    """Keep the component whose centroid is nearest to the centre of the image.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.
    min_fraction : float in [0, 1], default=0.1
        Components smaller than this fraction of the largest are not considered: dust in the middle is no object.

    Returns
    -------
    mask : bool ndarray (height, width)
        Of equally near ones the one met first, row by row. Empty stays empty.

    See Also
    --------
    largest_component : The one with most pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.components import central_component
    >>> central_component(np.array([[True, False, False, True, False, False]])).nonzero()[1]
    array([3])
    """
    min_fraction = check_fraction("min_fraction", min_fraction)
    mask = check_mask(mask)
    labels, areas = label_components(mask)
    if len(areas) < 2:
        return mask.copy()
    places = np.flatnonzero(labels)
    owners = labels.flat[places] - 1
    rows, cols = np.divmod(places, mask.shape[1])
    row_offsets = np.bincount(owners, rows) / areas - (mask.shape[0] - 1) / 2
    col_offsets = np.bincount(owners, cols) / areas - (mask.shape[1] - 1) / 2
    distances = np.hypot(row_offsets, col_offsets)
    distances[areas < min_fraction * (1 - 1e-12) * areas.max()] = np.inf
    return labels == np.argmax(distances <= distances.min() + 1e-9) + 1


def remove_small_components(mask: np.ndarray, min_fraction: float = 0.15, min_area: int = 0) -> np.ndarray:
    """Drop the components that are small beside the largest.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.
    min_fraction : float in [0, 1], default=0.15
        Components below this fraction of the largest component's area are dropped.
    min_area : int, default=0
        Components of fewer pixels are dropped, too, even if nothing remains.

    Returns
    -------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    See Also
    --------
    largest_component : Only the largest.
    fill_holes : The same for holes.
    clear_border : Removes what the border cuts off.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.components import remove_small_components
    >>> remove_small_components(np.array([[True, True, True, False, True]]), min_fraction=0.5)
    array([[ True,  True,  True, False, False]])
    """
    min_fraction = check_fraction("min_fraction", min_fraction)
    mask = check_mask(mask)
    first_of_row, starts, ends = find_runs(mask, True)
    components, areas = join_runs(first_of_row, starts, ends, 1)
    is_kept = (areas >= min_fraction * (1 - 1e-12) * areas.max(initial=0)) & (areas >= min_area)
    kept = np.zeros(mask.shape, dtype=bool)
    _paint_runs(kept, first_of_row, starts, ends, is_kept[components])
    return kept


def _touching_border(first_of_row: np.ndarray, starts: np.ndarray, ends: np.ndarray, width: int) -> np.ndarray:
    """Which runs reach the outermost ring of pixels."""
    touching = (starts == 0) | (ends == width)
    touching[: first_of_row[1]] = touching[first_of_row[-2] :] = True
    return touching


def clear_border(mask: np.ndarray) -> np.ndarray:
    """Drop the components that touch the border of the image: objects that are cut off by it.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    Returns
    -------
    mask : bool ndarray (height, width)
        Empty where all components touch the border.

    See Also
    --------
    remove_small_components : Removes dust.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.components import clear_border
    >>> mask = np.zeros((5, 7), dtype=bool)
    >>> mask[1:3, 1:3] = mask[2:5, 5] = True
    >>> clear_border(mask).sum()
    np.int64(4)
    """
    mask = check_mask(mask)
    first_of_row, starts, ends = find_runs(mask, True)
    components, areas = join_runs(first_of_row, starts, ends, 1)
    is_inside = np.ones(len(areas), dtype=bool)
    is_inside[components[_touching_border(first_of_row, starts, ends, mask.shape[1])]] = False
    kept = np.zeros(mask.shape, dtype=bool)
    _paint_runs(kept, first_of_row, starts, ends, is_inside[components])
    return kept


def fill_holes(mask: np.ndarray, max_area: int | None = None) -> np.ndarray:
    """Fill the holes: background that is cut off from the border of the image.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.
    max_area : int or None, default=None
        Larger holes (pixels) stay open; None fills all.

    Returns
    -------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.

    See Also
    --------
    remove_small_components : The same for components.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.image.masks.components import fill_holes
    >>> ring = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=bool)
    >>> fill_holes(ring).sum()
    np.int64(5)
    """
    mask = check_mask(mask)
    first_of_row, starts, ends = find_runs(mask, False)
    components, areas = join_runs(first_of_row, starts, ends, 0)
    is_hole = np.ones(len(areas), dtype=bool)
    is_hole[components[_touching_border(first_of_row, starts, ends, mask.shape[1])]] = False
    if max_area is not None:
        is_hole &= areas <= max_area
    filled = mask.copy()
    _paint_runs(filled, first_of_row, starts, ends, is_hole[components])
    return filled
