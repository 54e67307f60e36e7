"""Leave out of a drawing what is no stroke: flat rectangular patches, such as stickers, labels and redactions."""

import math

import cv2
import numpy as np

from ..._numba import kernel

_LEAST_SIDE = 4  # pixels; a smaller square may be the end or the crossing of strokes
_WIDER = 1.4  # times the width of the strokes, and a pixel more, is a patch's least side
_FLAT = 0.9  # of full ink, everywhere in a patch
_FILLED = 0.9  # of its bounding box
_LONGEST = 2  # times as long as wide
_FREE = 0.6  # of its outline is no ink: a patch lies beside or across strokes, a crossing has them on all sides
_REST = 0.2  # of the drawing is left without it, else it is the drawing


@kernel
def _largest_square(ink, least):
    """Side of the largest upright square of pixels that have at least so much ink."""
    height, width = ink.shape
    sides = np.zeros(width + 1, np.int64)
    largest = 0
    for row in range(height):
        corner = 0
        for col in range(width):
            above = sides[col + 1]
            sides[col + 1] = min(corner, above, sides[col]) + 1 if ink[row, col] >= least else 0
            largest = max(largest, sides[col + 1])
            corner = above
    return largest


def _stroke_width(mask: np.ndarray) -> float:
    """Median width along the middle of the strokes, in pixels."""
    distance = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5)
    is_middle = (distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))
    return 2 * float(np.median(distance[is_middle])) - 1


def _opened(mask: np.ndarray, side: int) -> np.ndarray:
    """Morphological opening by a square; what is beyond the border is not in the mask."""
    square, first, last = np.ones((side, side), np.uint8), (0, 0), (side - 1, side - 1)
    padded = cv2.copyMakeBorder(mask, side, side, side, side, cv2.BORDER_CONSTANT)
    opened = cv2.dilate(cv2.erode(padded, square, anchor=first), square, anchor=last)
    return opened[side:-side, side:-side]


def find_patches(ink: np.ndarray) -> np.ndarray | None:
    """Find flat patches that are wider than the strokes of a drawing.

    Parameters
    ----------
    ink : float32 ndarray (height, width)
        0 for background, 1 for full ink.

    Returns
    -------
    patches : bool ndarray (height, width) or None
        True in patches; None where there are none, or where what is left without them is too little for a drawing.
    """
    if _largest_square(ink, _FLAT) < _LEAST_SIDE:
        return None
    mask = (ink > 0.5).astype(np.uint8)
    side = max(_LEAST_SIDE, math.floor(_WIDER * _stroke_width(mask) + 1))
    if side > min(mask.shape):
        return None
    opened = _opened((ink >= _FLAT).astype(np.uint8), side)
    n_blobs, labels, boxes, _ = cv2.connectedComponentsWithStats(opened)
    found = np.zeros(mask.shape, bool)
    for blob in range(1, n_blobs):
        width, height, area = boxes[blob, 2:5]
        inside = labels == blob
        outline = cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~inside
        is_compact = area >= _FILLED * width * height and max(width, height) <= _LONGEST * min(width, height)
        if is_compact and outline.any() and mask[outline].mean() <= 1 - _FREE:
            found |= inside
    rest = mask.astype(bool) & ~found
    return found if found.any() and rest.sum() >= _REST * mask.sum() else None
