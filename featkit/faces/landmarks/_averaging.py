"""Test-time augmentation of landmark prediction: upright crop, contrast stretch, jittered boxes, mirror image, mean."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from ...image.affine import transform_points
from ...image.interpolation import interpolate
from ..detection.boxes import FaceBox, square_box, view_map
from ._point_models import PointModel

FACE_SIDE = 200  # pixels of the box in a view
VIEW_SIDE = 320
SHIFT = 0.05  # of the side of the box
SHIFTS = ((0, 0), (-SHIFT, 0), (SHIFT, 0), (0, -SHIFT), (0, SHIFT))
_UNSURE = 0.3  # score of a detector
TILTED = 10  # degrees, from which on a face is turned upright
FLAT = 110  # levels between the percentiles 1 and 99 of a face box below which its contrast is stretched
_MIDDLE = (VIEW_SIDE - 1) / 2
_VIEW_BOX = _MIDDLE + 0.5 + FACE_SIDE / 2 * np.array([-1, -1, 1, 1])
_SCALES = (0.85, 1.0, 1.18)  # of a box of unknown habits, and its shifts down
_DROPS = (-0.1, 0.0, 0.1)


def face_view(photo: np.ndarray, box: FaceBox) -> tuple[np.ndarray, np.ndarray]:
    """The face upright, in an image of fixed size, its box in the middle; and the map from there to the photo."""
    to_photo = view_map(box.middle, box.angle, box.side / FACE_SIDE, VIEW_SIDE, VIEW_SIDE)
    return _stretched(interpolate(photo, to_photo, VIEW_SIDE, VIEW_SIDE, level=0)), to_photo


def _stretched(view):
    """Contrast stretched to what the face box spans, where that is little: a dark or a pale face."""
    low, high = (round(edge) for edge in _VIEW_BOX[[0, 2]])
    gray = cv2.cvtColor(view[low:high, low:high], cv2.COLOR_RGB2GRAY)
    dark, bright = _percentiles(gray, (1, 99))
    if not 0 < bright - dark < FLAT:
        return view
    return cv2.LUT(view, np.rint(255 * np.clip((np.arange(256) - dark) / (bright - dark), 0, 1)).astype(np.uint8))


def _percentiles(gray, percents):
    """What `numpy.percentile` gives, of gray levels 0 to 255."""
    up_to = np.cumsum(np.bincount(gray.ravel(), minlength=256))
    places = np.array(percents) / 100 * (gray.size - 1)
    low, high = (np.searchsorted(up_to, ends(places), side="right") for ends in (np.floor, np.ceil))
    share = places - np.floor(places)  # from the nearer of the two levels on, as NumPy rounds
    return np.where(share < 0.5, low + (high - low) * share, high - (high - low) * (1 - share))


def eye_tilt(points: np.ndarray, eyes: Sequence[Sequence[int]]) -> float:
    """Degrees by which the line from the left to the right eye is turned counterclockwise."""
    left, right = (points[list(eye)].mean(axis=0) for eye in eyes)
    return math.degrees(math.atan2(left[0] - right[0], right[1] - left[1]))


def box_around(points: np.ndarray, box_rule: tuple[float, float], angle: float) -> FaceBox:
    """The box that a model of this rule was trained to be given for these points, in an image turned by `angle`."""
    middle = points.mean(axis=0)
    size = math.sqrt(((points - middle) ** 2).sum(axis=1).mean())
    side, drop = box_rule
    turn = math.radians(angle)
    return square_box(middle + drop * size * np.array([math.cos(turn), math.sin(turn)]), side * size, angle=angle)


def points_in_box(photo: np.ndarray, box: FaceBox, model: PointModel) -> np.ndarray:
    """One look at the photo as it is, turned back where the box is tilted."""
    if box.angle == 0:
        return model.place(photo, np.array([box[:4]]))[0]
    view, to_photo = face_view(photo, box)
    return transform_points(model.place(view, _VIEW_BOX[np.newaxis])[0], to_photo)


def adapted_box(photo: np.ndarray, box: FaceBox, model: PointModel) -> FaceBox:
    """The model's own box for a face that another kind of detector has framed: about the median of several looks.

    The box itself where the model's is not known.
    """
    if model.box_rule is None:
        return box
    view, to_photo = face_view(photo, box)
    boxes = [_moved(drop * FACE_SIDE, 0, scale) for scale in _SCALES for drop in _DROPS]
    points = np.median(model.place(view, np.array(boxes)), axis=0)
    return box_around(transform_points(points, to_photo), model.box_rule, box.angle)


def _moved(down, right, scale=1.0):
    """The box of a view, shifted by pixels and scaled about its middle."""
    half = scale * FACE_SIDE / 2
    row, col = _MIDDLE + 0.5 + down, _MIDDLE + 0.5 + right
    return row - half, col - half, row + half, col + half


def settled_box(photo: np.ndarray, box: FaceBox, model: PointModel) -> FaceBox:
    """The model's own box, turned to where the eyes are level: looked at again when that was a large turn.

    Where the detector is unsure or had to turn the image, the tilt may be 30 degrees off, and points that are looked
    for so far from upright agree badly: then the box counts, of three that are turned on, whose looks agree best.

    The box itself where the model's is not known, or which points are eyes.
    """
    if model.box_rule is None or model.eyes is None:
        return box
    if box.angle == 0 and not box.score < _UNSURE:
        return _settled(photo, box, model)
    starts = [box._replace(angle=box.angle + turn) for turn in (0, -25, 25)]
    settled = [_settled(photo, start, model) for start in starts]
    return min(settled, key=lambda box: averaged_points(photo, box, model)[1])


def _settled(photo, box, model):
    for _ in range(2):
        view, to_photo = face_view(photo, box)
        points = transform_points(model.place(view, _VIEW_BOX[np.newaxis])[0], to_photo)
        tilt = eye_tilt(points, model.eyes)
        angle = tilt if abs(tilt) > TILTED else 0.0
        turn = abs((angle - box.angle + 180) % 360 - 180)
        box = box_around(points, model.box_rule, angle)
        if turn <= TILTED:
            break
    return box


def averaged_points(photo: np.ndarray, box: FaceBox, model: PointModel) -> tuple[np.ndarray, float]:
    """Mean over shifted boxes, and over the mirror image where the model's points have one.

    Returns
    -------
    points : float64 ndarray (n_points, 2)
    spread : float
        Root mean square distance of the single looks from their mean, in sides of the box.
    """
    view, to_photo = face_view(photo, box)
    boxes = np.array([_moved(FACE_SIDE * down, FACE_SIDE * right) for down, right in SHIFTS])
    if model.mirror is None:
        looks = model.place(view, boxes)
    else:
        both = np.empty((2, *view.shape), view.dtype)
        both[0] = view
        cv2.flip(view, 1, dst=both[1])
        looks = model.place(both, np.concatenate([boxes, boxes]))
        mirrored = looks[len(boxes) :, list(model.mirror)]
        mirrored[..., 1] = VIEW_SIDE - 1 - mirrored[..., 1]
        looks = np.concatenate([looks[: len(boxes)], mirrored])
    points = looks.mean(axis=0)
    spread = math.sqrt(((looks - points) ** 2).sum(axis=-1).mean()) / FACE_SIDE
    return transform_points(points, to_photo), spread
