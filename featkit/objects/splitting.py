"""Objects that touch or overlap are parted at their necks."""

from numbers import Real

import cv2
import numpy as np

from ..features.shape._runs import boxes_of_runs, runs_of_labels
from ..features.shape.measures import check_labels
from ..image.checks import check_mask
from ..image.components import label_components
from ..parameters import FROM_0, Interval, check_number
from ._watershed import flood_from_peaks

NECK = Interval(Real, 0, 1, closed="right")
DENT = 1.25  # pixels; no outline of a convex shape, drawn on pixels, is dented so deeply
MAX_DENTS = 12  # the deepest ones are tried as ends of a cut


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
    cut any more. No convex object is parted, whatever `neck` is, since its outline has no dents.

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
    for number, (top, left, bottom, right) in zip(numbers, boxes_of_runs(runs, bounds)):
        box = labels[top:bottom, left:right]
        parts = split_mask(box == number, neck, min_size)
        for part in parts[1:]:
            highest += 1
            box[part] = highest
    return labels


def split_mask(mask: np.ndarray, neck: float, min_size: float) -> list[np.ndarray]:
    """Part one object; see `split_touching`.

    Parameters
    ----------
    mask : bool ndarray (height, width)
    neck, min_size : float

    Returns
    -------
    parts : list of bool ndarray (height, width)
        In the order of their first pixels, row by row.
    """
    contour, dents = _dents(mask)
    if len(dents) == 0:
        return [mask]
    basins = _basins(mask, neck, min_size)
    todo = [basins == number for number in range(basins.max(), 0, -1)] if basins.max() > 1 else [mask]
    parts = []
    while todo:
        part = todo.pop()
        pieces = _cut(part, neck, min_size)
        if pieces is None:
            parts.append(part)
        else:
            todo += pieces
    return sorted(parts, key=lambda part: int(part.argmax()))


def _basins(mask: np.ndarray, neck: float, min_size: float) -> np.ndarray:
    padded = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)
    depth = np.sqrt(np.rint(depth * depth))  # OpenCV's last digit differs from call to call
    places = np.flatnonzero(padded)
    order = places[np.argsort(-depth.ravel()[places], kind="stable")]
    basins = flood_from_peaks(depth, order, neck)[1:-1, 1:-1]
    areas = np.bincount(basins.ravel())
    while len(areas) > 2 and areas[1:].min() < min_size:  # to the neighbour with which it shares most of its border
        small = int(areas[1:].argmin()) + 1
        around = cv2.dilate((basins == small).view(np.uint8), np.ones((3, 3), np.uint8)).view(bool) & (basins != small)
        neighbors = np.bincount(basins[around], minlength=len(areas))
        neighbors[0] = 0
        basins[basins == small] = neighbors.argmax()
        basins[basins > small] -= 1
        areas = np.bincount(basins.ravel())
    return basins


def _dents(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Outline (x, y) of the largest component, and where on it the deepest dents are, deepest first."""
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=len).reshape(-1, 2)
    if len(contour) < 4:
        return contour, np.zeros(0, np.int64)
    hull = np.sort(cv2.convexHull(contour, returnPoints=False).ravel())  # parts one pixel wide disturb the order
    if len(hull) < 3:
        return contour, np.zeros(0, np.int64)
    defects = cv2.convexityDefects(contour, hull)
    if defects is None:
        return contour, np.zeros(0, np.int64)
    _, _, places, depths = defects.reshape(-1, 4).T  # OpenCV 4 and 5 differ in the shape
    depths = depths / 256
    order = np.argsort(-depths, kind="stable")[:MAX_DENTS]
    return contour, places[order[depths[order] >= DENT]]


def _cut(mask: np.ndarray, neck: float, min_size: float) -> list[np.ndarray] | None:
    """The two parts of a mask on either side of its narrowest neck between two dents, or None where there is none."""
    contour, dents = _dents(mask)
    best, parts = neck, None
    for index, one in enumerate(dents):
        for two in dents[:index]:
            start, end = sorted((int(one), int(two)))
            arcs = contour[start : end + 1], np.concatenate([contour[end:], contour[: start + 1]])
            across = (contour[end] - contour[start]).astype(float)
            length = np.hypot(*across)
            if length == 0:
                continue
            along = [np.ptp(arc @ (across / length)) + 1 for arc in arcs]
            ratio = (length + 1) / min(along)
            if ratio <= best and _is_inside(mask, contour[start], contour[end]):
                found = _parts_of(mask, arcs[0])
                if found is not None and min(part.sum() for part in found) >= min_size:
                    best, parts = ratio, found
    return parts


def _is_inside(mask: np.ndarray, start: np.ndarray, end: np.ndarray) -> bool:
    steps = np.linspace(0, 1, 2 * int(np.abs(end - start).max()) + 1)[:, np.newaxis]
    cols, rows = np.rint(start + steps * (end - start)).astype(int).T
    return bool(mask[rows, cols].all())


def _parts_of(mask: np.ndarray, arc: np.ndarray) -> list[np.ndarray] | None:
    """What the cut that closes an arc of the outline leaves on either side; None unless each hangs together."""
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(filled, [np.ascontiguousarray(arc)], 1)
    parts = [mask & (filled == 1), mask & (filled == 0)]
    return parts if all(len(label_components(part)[1]) == 1 for part in parts) else None
