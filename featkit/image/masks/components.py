"""The components of a mask and its holes: numbered, chosen, dropped, filled.

Foreground pixels hang together over 8 neighbours, background pixels over 4, so that a closed outline one pixel thin has
an inside. Nothing is written to its input; an empty mask is never an error.
"""

import numpy as np

from ..checks import check_fraction, check_mask
from ._component_runs import filled, find_runs, inner_components, join_runs, large_components, paint_component_runs


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
    paint_component_runs(labels, first_of_row, starts, ends, components + 1)
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
    return large_components(mask, min_fraction, min(min_area, mask.size + 1))


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
    return inner_components(check_mask(mask))


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
    return filled(mask, mask.size if max_area is None else min(max_area, mask.size))
