"""Objects of a photo without what lies beside them for the measuring: scale object, color card, dust."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from ..image.alpha import foreground_mask, split_alpha
from ..image.checks import Image
from ..image.conversions import to_gray, to_uint8
from ..image.masks.components import fill_holes
from ..objects._rows import mean_colors
from ..objects.finding import find_objects
from ..objects.image_objects import Objects
from ..preprocessing.color.color_card import ColorCard
from ..preprocessing.color.correct_colors import correct_colors
from ..preprocessing.foreground.segmentation import segment_foreground
from ..scale.result import Scale
from ._writing import is_writing

DUST = 2e-5  # fraction of the photo below which nothing is an object, where no least size is given
REMNANT = 0.15  # thickness beside the size of what is left out, up to which what adheres to it is left out as well
THICK = 1 / 3  # fraction of an object that is as thick as wanted: where strokes of a pen meet, they are thicker
PRINTED = ("tag", "checkerboard")  # scale objects on a white margin of their own
MARGIN = 1.5  # of their size, with this margin
FEW = 16  # pixels of a thickness that is measured in thirds of them
COVERED = 0.5  # fraction of a labelled object that lies on the scale object or the card, from which on it is that


def left_out_mask(scale: Scale | None, card_outline: np.ndarray | None, shape: Sequence[int]) -> np.ndarray | None:
    """Where scale object and card lie, bool (height, width); None where there are none."""
    masks = [] if scale is None or not scale.is_known else [scale.mask]
    if card_outline is not None:
        corners = np.rint(card_outline[:, ::-1]).astype(np.int32)
        masks.append(cv2.fillConvexPoly(np.zeros(tuple(shape), np.uint8), corners, 1).view(bool))
    masks = [mask for mask in masks if mask.any()]
    return masks[0] if len(masks) == 1 else np.logical_or.reduce(masks) if masks else None


def without_white_margin(objects: Objects, image: Image, scale: Scale | None) -> Objects:
    """Leave out what lies around a printed scale object and is lighter than the paper: the edges of its print."""
    if scale is None or scale.kind not in PRINTED or len(objects) == 0:
        return objects
    margins = [_grown(outline) for outline in scale.outlines]
    papers = [_level_along(image, margin) for margin in margins]
    kept = []
    for position, center in enumerate(objects.centers):
        middle = center[::-1].tolist()
        within = [paper for margin, paper in zip(margins, papers) if cv2.pointPolygonTest(margin, middle, False) >= 0]
        if within:
            found = objects[position]
            top, left, bottom, right = found.box
            low, near = max(top - 3, 0), max(left - 3, 0)
            around = _gray_of(image[low : bottom + 3, near : right + 3])
            inside = np.median(around[top - low :, left - near :][: bottom - top, : right - left][found.mask])
            if inside > min(*within, np.median(np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]]))):
                continue
        kept.append(position)
    chosen = objects.chosen(np.array(kept, np.int64))
    chosen.numbers = np.arange(1, len(chosen) + 1)
    return chosen


def _grown(outline: np.ndarray) -> np.ndarray:
    """An outline with the margin around it, (x, y) as OpenCV takes it."""
    middle = outline.mean(axis=0)
    return np.ascontiguousarray((middle + MARGIN * (outline - middle))[:, ::-1], np.float32)


def _level_along(image: Image, outline: np.ndarray) -> float:
    """Median gray level along the sides of a polygon, of what lies within the image; 255 where nothing does."""
    along = np.linspace(0, 1, 50, endpoint=False)[:, np.newaxis, np.newaxis]
    points = np.rint(outline + along * (np.roll(outline, -1, axis=0) - outline)).astype(int).reshape(-1, 2)
    points = points[((points >= 0) & (points < (image.shape[1], image.shape[0]))).all(axis=1)]
    return float(np.median(_gray_of(image[points[:, 1], points[:, 0]][np.newaxis]))) if len(points) else 255.0


def _gray_of(part: np.ndarray) -> np.ndarray:
    """Gray levels of a part of a photo, of which little is needed."""
    return to_gray(to_uint8(np.ascontiguousarray(part)))


def photo_objects(
    image: Image,
    labels: np.ndarray | None,
    background: str,
    left_out: np.ndarray | None,
    limits: dict[str, Any],
    pixel_size: tuple[float, float],
) -> tuple[Objects, np.ndarray]:
    """Find the objects of a photo.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    labels : ndarray (height, width) or None
        Label image, or a mask.
    background : str
        Method of `segment_foreground`.
    left_out : bool ndarray (height, width) or None
        Where nothing is an object.
    limits : dict
        min_size, max_size, clear_border and split of `find_objects`, where no min_size leaves out dust;
        min_thickness, and whether to keep_holes and keep_writing (by default not looked for).
    pixel_size : (float, float)
        NaN, and limits of sizes are not applied.

    Returns
    -------
    objects : Objects
    writing : int ndarray (n_marks, 4)
        Half-open boxes of marks of a pen that are left out.
    """
    limits = {"min_thickness": 0.0, "keep_holes": False, "keep_writing": True} | limits
    if not np.isfinite(pixel_size).all():
        pixel_size = (1.0, 1.0)
        limits |= {"min_size": None, "max_size": None, "min_thickness": 0.0}
    least = limits.pop("min_thickness") / np.sqrt(np.prod(pixel_size))
    keeps_holes = limits.pop("keep_holes")
    keeps_writing = limits.pop("keep_writing")
    writing = np.empty((0, 4), np.int64)
    is_labelled = labels is not None and labels.dtype != bool
    if is_labelled:
        limits["min_size"] = limits["min_size"] or 0
        objects = find_objects(image, labels=labels, **limits, pixel_size=pixel_size)
        if least > 0:
            objects = objects.chosen(np.flatnonzero(_is_thick(objects, least)))
    else:
        mask, is_found = _foreground(image, labels, background)
        if limits["min_size"] is None:
            limits["min_size"] = DUST * mask.size * np.prod(pixel_size) if is_found else 0
        if is_found and not keeps_writing:
            writing = _leave_out_writing(mask, image, left_out)
        if least > 0:
            every = find_objects(mask=mask)
            mask = every.chosen(np.flatnonzero(_is_thick(every, least))).labels > 0
        if is_found and not keeps_holes:
            mask = fill_holes(mask)
        if left_out is not None:
            mask = np.greater(mask, left_out, out=mask if is_found else None)  # fresh pages take their time
        objects = find_objects(image, mask=mask, **limits, pixel_size=pixel_size)
    if left_out is None or len(objects) == 0:
        return objects, writing
    is_kept = np.array([_is_kept(one, left_out, is_labelled) for one in objects])
    if is_kept.all():
        return objects, writing
    objects = objects.chosen(np.flatnonzero(is_kept))
    if not is_labelled:
        objects.numbers = np.arange(1, len(objects) + 1)
    return objects, writing


def _leave_out_writing(mask: np.ndarray, image: Image, left_out: np.ndarray | None) -> np.ndarray:
    """Take the marks of a pen out of a foreground, in place; gives the boxes of these, specks among them are none."""
    every = find_objects(mask=mask if left_out is None else mask > left_out)
    written = np.flatnonzero(is_writing(every, image))
    for index in written:
        top, left, bottom, right = every.boxes[index]
        mask[top:bottom, left:right] &= ~every[index].mask
    return every.boxes[written[every.areas[written] >= DUST * mask.size]]


def _foreground(image: Image, mask: np.ndarray | None, background: str) -> tuple[np.ndarray, bool]:
    """Foreground of a photo, and whether it was looked for, not told."""
    if mask is not None or is_cut_out(image):
        return (foreground_mask(image) if mask is None else mask), False
    color = split_alpha(image)[0]
    return segment_foreground(color, background, min_fraction=0, fill_holes=False), True


def _is_thick(objects: Objects, least: float) -> np.ndarray:
    """Whether circles of diameter `least`, in pixels, cover enough of each object; holes count."""
    return np.array([_thick_fraction(objects[index].mask, least) >= THICK for index in range(len(objects))], bool)


def _thick_fraction(mask: np.ndarray, diameter: float) -> float:
    """Fraction of a mask that circles of a diameter inside of it can cover (opening)."""
    n_pixels = np.count_nonzero(mask)
    if n_pixels < diameter**2 / 2:
        return 0.0
    if diameter < FEW:  # the middle of an even number of pixels is none of them
        mask = np.repeat(np.repeat(mask, 3, axis=0), 3, axis=1)
        diameter, n_pixels = 3 * diameter, 9 * n_pixels
    padded = np.pad(mask.view(np.uint8), 1)
    is_middle = 2 * cv2.distanceTransform(padded, cv2.DIST_L2, 5) - 1 >= diameter
    if not is_middle.any():
        return 0.0
    from_middle = cv2.distanceTransform((~is_middle).view(np.uint8), cv2.DIST_L2, 5)
    return np.count_nonzero((from_middle <= diameter / 2) & (padded > 0)) / n_pixels


def is_cut_out(image: Image) -> bool:
    """Whether an image tells its foreground: it is a mask, or some pixel of it is transparent."""
    alpha = split_alpha(image)[1]
    return image.dtype == bool or (alpha is not None and not foreground_mask(image).all())


def _is_kept(found: Any, left_out: np.ndarray, is_labelled: bool) -> bool:
    """Whether an object is neither what is left out nor a remnant at its edge."""
    top, left, bottom, right = found.box
    if is_labelled:
        return bool(np.count_nonzero(left_out[top:bottom, left:right] & found.mask) < COVERED * found.area)
    around = left_out[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1].view(np.uint8)
    if not around.any():
        return True
    near = cv2.dilate(around, np.ones((3, 3), np.uint8))
    inner = near[top - max(top - 1, 0) :, left - max(left - 1, 0) :][: bottom - top, : right - left]
    if not (inner.view(bool) & found.mask).any():
        return True
    depth = cv2.distanceTransform(np.pad(found.mask.view(np.uint8), 1), cv2.DIST_L2, 5).max()
    return bool(2 * depth > REMNANT * np.sqrt(np.count_nonzero(left_out)))


def object_colors(image: Image, objects: Objects, card: ColorCard | None, *, is_wanted: bool) -> np.ndarray:
    """Mean red, green and blue of each object, corrected by a card; NaN where colors are not to be had."""
    if not is_wanted:
        return np.full((len(objects), 3), np.nan)
    if card is None or len(objects) == 0:
        return mean_colors(image, objects, "rgb")
    color = split_alpha(image)[0]
    means = []
    for found in objects:
        top, left, bottom, right = found.box
        pixels = color[top:bottom, left:right][found.mask][np.newaxis]
        means.append(mean_colors(correct_colors(pixels, card), _one_row(pixels.shape[1]), "rgb")[0])
    return np.array(means)


def _one_row(n_pixels: int) -> Objects:
    return Objects((1, n_pixels), np.array([1]), np.array([[0, 0, n_pixels]]), np.array([0, 1]))
