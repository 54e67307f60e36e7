"""Which objects of a photo are writing: marks of a pen of one width that stand in a row."""

from typing import NamedTuple

import cv2
import numpy as np

from ..features.skeleton._thinning import skeleton_of
from ..image.checks import Image
from ..image.conversions import to_rgb, to_uint8
from ..objects.image_objects import Objects

LARGEST = 1 / 10  # of the longer side of the photo, of a mark
FEWEST = 30  # pixels of a mark
SLENDER = 4.0  # length of a stroke by its width
EVEN = 0.2  # of the width, by which nine tenths of a stroke differ at most from its median
BENT = 0.6  # of the convex hull, filled by a mark that is no straight bar
LIGHTEST = 95.0  # lightness of ink: what is as light as the paper around it is a margin or a gap of something printed
PALE = 22.0  # chroma of ink, unless it is blue, beside the paper around it
COLORFUL = 2.5  # red or green beside blue
ENOUGH = 4000  # pixels that tell the color of an object
ALIKE = 0.6  # of the heights, and of the widths, of marks of one row
SAME_INK = 30.0  # difference of color of marks of one row
APART = 1.2  # of the height, between marks of one row
BLUE = -12.0  # b of blue ink, at most: no plant has it
MOST_INK = 1.5  # of the area of what is no mark, covered by rows of marks beside it
MOST_BLUE = 6.0  # the same where all marks in rows are as blue as ink
FEW = 0.25  # of the area of what is no mark, covered by blue marks that stand alone
MOST = 0.75  # fraction of the marks of a photo that stand in rows, where these are writing and not its subject


class _Mark(NamedTuple):
    place: int
    box: tuple[int, int, int, int]
    hull: np.ndarray  # (n_points, 2), (row, col)
    width: float
    is_bent: bool
    color: np.ndarray  # CIE Lab, beside white paper

    @property
    def is_blue(self) -> bool:
        return bool(self.color[2] <= BLUE)


def is_writing(objects: Objects, image: Image) -> np.ndarray:
    """Find marks of a pen among objects.

    A mark is slender, of one width all along, darker than the paper, black, gray or blue. It is writing where another
    one of its height, width and color stands beside it, and one in the row is no straight bar; but where many marks
    stand alone, or other things cover much less, they are what the photo is about. Where other things cover four times
    as much, all that is blue as ink is writing.

    Parameters
    ----------
    objects : Objects
        Holes not filled.
    image : ndarray (height, width[, 3 or 4])
        In which they were found.

    Returns
    -------
    writing : bool ndarray (n_objects,)
    """
    boxes = objects.boxes
    heights, widths = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    is_small = (objects.areas >= FEWEST) & (np.maximum(heights, widths) <= LARGEST * max(objects.shape))
    is_small &= objects.areas <= 2 * (heights**2 + widths**2) / SLENDER
    pixels = to_rgb(to_uint8(image))
    marks: list[_Mark] = []
    for index in sorted(np.flatnonzero(is_small).tolist(), key=lambda index: -heights[index] * widths[index]):
        if not any(_is_within(boxes[index], mark) for mark in marks):
            mark = _mark_of(objects, index, pixels)
            marks += [] if mark is None else [mark]
    in_rows = [mark for row in _rows(marks) if len(row) > 1 and any(mark.is_bent for mark in row) for mark in row]
    others = int(objects.areas.sum()) - _area(objects, marks)
    most = MOST_BLUE if all(mark.is_blue for mark in in_rows) else MOST_INK
    is_beside = len(in_rows) >= MOST * len(marks) and _area(objects, in_rows) <= most * others
    blue = [mark for mark in marks if mark.is_blue]
    written = (in_rows if is_beside else []) + (blue if _area(objects, blue) <= FEW * others else [])
    return np.array([any(_is_within(box, mark) for mark in written) for box in boxes], bool)


def _area(objects: Objects, marks: list[_Mark]) -> int:
    return int(objects.areas[[mark.place for mark in marks]].sum())


def _is_within(box: np.ndarray, mark: _Mark) -> bool:
    """Whether a box is that of a mark, or of a speck that its strokes enclose or nearly so."""
    grown = np.array(mark.box) + 2 * mark.width * np.array([-1, -1, 1, 1])
    return bool((box[:2] >= grown[:2]).all() and (box[2:] <= grown[2:]).all())


def _rows(marks: list[_Mark]) -> list[list[_Mark]]:
    row_of = list(range(len(marks)))
    for k, one in enumerate(marks):
        for m in range(k):
            if row_of[m] != row_of[k] and _stand_side_by_side(one, marks[m]):
                row_of = [row_of[m] if row == row_of[k] else row for row in row_of]
    return [[mark for mark, place in zip(marks, row_of) if place == row] for row in set(row_of)]


def _mark_of(objects: Objects, index: int, pixels: np.ndarray) -> _Mark | None:
    mask, (top, left, bottom, right) = objects[index].mask, objects[index].box
    every = max(int(np.sqrt(objects.areas[index] / ENOUGH)), 1)
    if _is_colorful(pixels[top:bottom:every, left:right:every][mask[::every, ::every]]):
        return None
    skeleton, half_widths = (plane[1:-1, 1:-1] for plane in skeleton_of(np.pad(mask, 1)))
    inner = half_widths[skeleton > 0]
    width = 2 * float(np.median(inner))
    low, high = np.quantile(2 * inner, [0.1, 0.9])
    slack = EVEN * width + 2  # an even number of pixels has no middle
    if np.count_nonzero(mask) < SLENDER * width**2 or high - width > slack or width - low > slack:
        return None
    reach = round(width) + 2
    low_row, low_col = max(top - reach, 0), max(left - reach, 0)
    part = pixels[low_row : bottom + reach, low_col : right + reach]
    whole = np.zeros(part.shape[:2], np.uint8)
    whole[top - low_row :, left - low_col :][: bottom - top, : right - left] = mask
    paper = part[cv2.dilate(whole, np.ones((5, 5), np.uint8)) == 0]
    if len(paper) == 0:
        return None
    core = part[whole > 0][half_widths[mask] >= np.median(inner)]
    color = _lab(np.median(core, axis=0) / np.maximum(np.median(paper, axis=0), 1))
    if color[0] > LIGHTEST or (color[2] > -5 and np.hypot(*color[1:]) > PALE):
        return None
    outline = cv2.findNonZero(mask.view(np.uint8)).reshape(-1, 2)
    hull = cv2.convexHull(outline).reshape(-1, 2)
    hull_area = cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1  # to the edges of its pixels
    is_bent = np.count_nonzero(mask) < BENT * hull_area
    return _Mark(index, (top, left, bottom, right), hull[:, ::-1] + (top, left), width, bool(is_bent), color)


def _is_colorful(pixels: np.ndarray) -> bool:
    """Whether most of an object is far from gray and blue, in any light: a look that spares leaves the longer one."""
    red, green, blue = np.median(pixels, axis=0)
    return bool(max(red, green) > COLORFUL * max(blue, 1))


def _lab(fractions: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.clip(fractions, 0, 1).astype(np.float32)[np.newaxis, np.newaxis], cv2.COLOR_RGB2Lab)[0, 0]


def _stand_side_by_side(one: _Mark, two: _Mark) -> bool:
    if min(one.width, two.width) < ALIKE * max(one.width, two.width) - 1:
        return False
    if np.linalg.norm(one.color - two.color) > SAME_INK:
        return False
    first, second = ((mark.hull.min(axis=0) + mark.hull.max(axis=0)) / 2 for mark in (one, two))
    along = second - first
    distance = float(np.hypot(*along))
    if distance == 0:
        return False
    along = along / distance
    across = np.array([along[1], -along[0]])
    heights = [float(np.ptp(mark.hull @ across)) for mark in (one, two)]
    gap = (two.hull @ along).min() - (one.hull @ along).max()
    return bool(min(heights) >= ALIKE * max(heights) and gap <= APART * min(heights))
