"""Objects that touch or overlap are parted at their necks."""

import heapq
from numbers import Real

import cv2
import numpy as np

from ..features.shape._runs import boxes_of_runs, runs_of_labels
from ..features.shape.measures import check_labels
from ..image.checks import check_mask
from ..image.masks.components import label_components
from ..parameters import FROM_0, Interval, check_number
from ._cuts import Part, cut_at_narrowest_neck, find_dents
from ._watershed import flood_from_peaks

NECK = Interval(Real, 0, 1, closed="right")
PATIENCE = 50  # times the pixels of an object are gone through to cut it; only ragged ones need more


def split_touching(labels: np.ndarray, *, neck: float = 0.85, min_size: float = 0) -> np.ndarray:
    """Part objects that touch or overlap, where there is a neck between them.

    Parameters
    ----------
    labels : ndarray (height, width) of whole numbers, or bool
        Label image, 0 is background; or a mask, whose components (8 neighbours) are the objects.
    neck : float in (0, 1], default=0.85
        Two parts become objects of their own where what joins them is at most so wide, as a fraction of the width of
        the narrower part. Smaller is more careful.
    min_size : float >= 0, default=0
        Nothing smaller (pixels) is cut off.

    Returns
    -------
    labels : int32 ndarray (height, width)
        One part of each object, that whose first pixel comes first, keeps the number; the others get new ones above
        the highest.

    See Also
    --------
    find_objects : Finds objects, parts them on demand.

    Notes
    -----
    First a watershed of the distance transform: two of its basins stay apart where they meet at a depth of at most
    `neck` times the shallower peak. It parts chains and clusters, but does not see two long objects that touch along
    their sides. So each part is looked at again: a straight cut between two dents of its outline is made where it is
    at most `neck` times as long as either part extends in its direction. Parts are looked at until nothing is
    cut any more, or the pixels of the object have been gone through 50 times, which happens to noise alone. No convex
    object is parted, whatever `neck` is, since its outline has no dents.

    References
    ----------
    S. Beucher and C. Lantuejoul, "Use of watersheds in contour detection", International Workshop on Image
    Processing, Rennes, 1979. S. Kumar et al., "A rule-based approach for robust clump splitting", Pattern Recognition
    39(6), 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import split_touching
    >>> row, col = np.mgrid[:50, :80]
    >>> mask = np.minimum(np.hypot(row - 25, col - 25), np.hypot(row - 25, col - 55)) <= 20
    >>> int(split_touching(mask).max())
    2
    """
    neck = check_number("neck", neck, NECK)
    min_size = check_number("min_size", min_size, FROM_0)
    is_mask = isinstance(labels, np.ndarray) and labels.dtype.kind == "b"
    labels = label_components(check_mask(labels))[0] if is_mask else check_labels(labels).copy()
    numbers, runs, bounds = runs_of_labels(labels)
    highest = int(numbers[-1]) if len(numbers) else 0
    for number, (top, left, bottom, right) in zip(numbers, boxes_of_runs(runs, bounds).tolist(), strict=True):
        box = labels[top:bottom, left:right]
        parts = split_mask(box == number, neck, min_size)
        if parts is not None:
            box[parts > 1] = parts[parts > 1] + (highest - 1)
            highest += int(parts.max()) - 1
    return labels


def split_mask(mask: np.ndarray, neck: float, min_size: float) -> np.ndarray | None:
    """Part one object; see `split_touching`.

    Parameters
    ----------
    mask : bool ndarray (height, width)
    neck, min_size : float

    Returns
    -------
    parts : int32 ndarray (height, width) or None
        Label image, 1 being the part whose first pixel comes first, row by row; None where nothing is parted.
    """
    if len(find_dents(mask)[1]) == 0:
        return None
    basins = _basins(mask, neck, min_size)
    numbers, runs, bounds = runs_of_labels(basins)
    boxes = boxes_of_runs(runs, bounds)
    todo: list[Part] = [
        (top, left, basins[top:bottom, left:right] == number)
        for number, (top, left, bottom, right) in zip(numbers, boxes.tolist(), strict=True)
    ]
    done: list[Part] = []
    patience = PATIENCE * mask.size
    while todo:
        top, left, part = todo.pop()
        pieces = cut_at_narrowest_neck(part, neck, min_size) if patience > 0 else None
        patience -= part.size
        if pieces is None:
            done.append((top, left, part))
        else:
            todo += [(top + row, left + col, piece) for row, col, piece in pieces]
    if len(done) == 1:
        return None
    parts = np.zeros(mask.shape, np.int32)
    done.sort(key=lambda part: (part[0], part[1] + int(part[2][0].argmax())))
    for number, (top, left, part) in enumerate(done, 1):
        parts[top : top + part.shape[0], left : left + part.shape[1]][part] = number
    return parts


def _basins(mask: np.ndarray, neck: float, min_size: float) -> np.ndarray:
    padded = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)
    depth = np.sqrt(np.rint(depth * depth))  # OpenCV's last digit differs from call to call
    places = np.flatnonzero(padded)
    order = places[np.argsort(-depth.ravel()[places], kind="stable")]
    basins = np.ascontiguousarray(flood_from_peaks(depth, order, neck)[1:-1, 1:-1])
    areas = np.bincount(basins.ravel())
    return basins if areas[1:].min() >= min_size else _without_small(basins, areas, min_size)


def _without_small(basins: np.ndarray, areas: np.ndarray, min_size: float) -> np.ndarray:
    """Basins of which small ones, the smallest first, are joined to the neighbour they share most border with."""
    n = len(areas)
    shared: dict[int, dict[int, int]] = {}
    for one, two in (
        (basins[:, 1:], basins[:, :-1]),
        (basins[1:], basins[:-1]),
        (basins[1:, 1:], basins[:-1, :-1]),
        (basins[1:, :-1], basins[:-1, 1:]),
    ):
        meet = (one != two) & (one > 0) & (two > 0)
        pairs, counts = np.unique(one[meet].astype(np.int64) * n + two[meet], return_counts=True)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            for here, there in (divmod(pair, n), divmod(pair, n)[::-1]):
                neighbors = shared.setdefault(here, {})
                neighbors[there] = neighbors.get(there, 0) + count
    owners = np.arange(n)
    queue = [(int(area), number) for number, area in enumerate(areas) if number and area < min_size]
    heapq.heapify(queue)
    while queue:
        area, number = heapq.heappop(queue)
        neighbors = shared.get(number, {})
        if owners[number] != number or area != areas[number] or not neighbors:
            continue
        into = max(neighbors, key=lambda other: (neighbors[other], -other))
        owners[number] = into
        areas[into] += area
        for other, count in shared.pop(number).items():
            del shared[other][number]
            if other != into:
                shared[into][other] = shared[into].get(other, 0) + count
                shared[other][into] = shared[other].get(into, 0) + count
        if areas[into] < min_size:
            heapq.heappush(queue, (int(areas[into]), into))
    while (owners != owners[owners]).any():
        owners = owners[owners]
    return owners.astype(np.int32)[basins]
