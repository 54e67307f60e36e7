"""Straight cuts between two dents of an outline."""

from itertools import combinations

import cv2
import numpy as np

from ..image.masks.components import label_components
from ..image.masks.extents import bounding_box

DENT = 1.25  # pixels; no outline of a convex shape, drawn on pixels, is dented so deeply
MAX_DENTS = 12  # the deepest ones are tried as ends of a cut
N_POINTS = 1024  # of an outline are enough to tell how far it extends
Part = tuple[int, int, np.ndarray]  # first row, first column and mask of a box


def find_dents(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Outline of the largest component, and where on it the deepest dents are.

    Parameters
    ----------
    mask : bool ndarray (height, width)

    Returns
    -------
    contour : int ndarray (n_points, 2)
        (x, y) of the pixel centres along it.
    dents : int ndarray (n_dents,)
        Positions on it, the deepest dent first.
    """
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
    return contour, places[order[depths[order] >= DENT]].astype(np.int64)


def cut_at_narrowest_neck(mask: np.ndarray, neck: float, min_size: float) -> list[Part] | None:
    """Cut a mask where a line between two dents is shortest beside what lies on either side of it.

    Parameters
    ----------
    mask : bool ndarray (height, width)
    neck : float
        The line is at most so long, as a fraction of how far the smaller part extends in its direction.
    min_size : float
        Pixels of a part, at least.

    Returns
    -------
    parts : list of two Part or None
        None where there is no such line.
    """
    contour, dents = find_dents(mask)
    step = max(1, len(contour) // N_POINTS)
    cuts = []
    for one, two in combinations(sorted(dents.tolist()), 2):
        across = (contour[two] - contour[one]).astype(float)
        length = np.hypot(*across)
        if length == 0:
            continue
        position = contour[::step] @ (across / length)
        first, last = -(-one // step), -(-two // step)
        ends = contour[[one, two]] @ (across / length)
        inner, outer = position[first:last], np.concatenate([position[last:], position[:first]])
        extent = min(np.ptp(np.concatenate([part, ends])) for part in (inner, outer)) + 1
        if length + 1 <= neck * extent:
            cuts.append(((length + 1) / extent, one, two))
    for _, one, two in sorted(cuts):
        if _is_inside(mask, contour[one], contour[two]):
            parts = _parts_of(mask, contour[one : two + 1])
            if parts is not None and min(np.count_nonzero(part) for _, _, part in parts) >= min_size:
                return parts
    return None


def _is_inside(mask: np.ndarray, start: np.ndarray, end: np.ndarray) -> bool:
    steps = np.linspace(0, 1, 2 * int(np.abs(end - start).max()) + 1)[:, np.newaxis]
    cols, rows = np.rint(start + steps * (end - start)).astype(int).T
    return bool(mask[rows, cols].all())


def _parts_of(mask: np.ndarray, arc: np.ndarray) -> list[Part] | None:
    """What the line that closes an arc of the outline leaves on either side; None unless each hangs together."""
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(filled, [np.ascontiguousarray(arc)], 1)
    parts = []
    for part in (mask & (filled == 1), mask & (filled == 0)):
        box = bounding_box(part)
        if box is None or len(label_components(part)[1]) != 1:
            return None
        parts.append((box[0], box[1], np.ascontiguousarray(part[box[0] : box[2], box[1] : box[3]])))
    return parts
