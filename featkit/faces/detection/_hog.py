"""dlib's frontal face detector (HOG and linear filters), and where to look again when it sees nothing at first."""

import math
import pickle
import threading
from functools import lru_cache

import cv2
import numpy as np

from ..._optional import require
from ...image.affine import transform_points
from ...image.interpolation import interpolate
from .boxes import FaceBox, square_box, view_map

LONG_SIDE = 800  # pixels; larger photos are looked at in this size first
TILTS = (30, -30, 60, -60, 90, -90)
TILTS_BETWEEN = (15, -15, 45, -45, 75, -75)  # a face 15 degrees off may lose all of its score
_CLEAR = 0.1  # score of a face that ends the search
# The least scores that count. Where there are many pictures to be wrong about, it takes more:
# the man of skimage's `camera` has a coat with a score of 0.14 when enlarged threefold.
_LEAST = 0.0
_LEAST_TILTED = 0.1
_LEAST_TINY = 0.2
_LEAST_UNCERTAIN = -0.2  # that coat in the photo as it is: -0.22
# Tilts at which nothing without a face has above -0.27; skimage's cat and clock have up to 0.05 at 60 degrees.
_ALMOST_COUNTS = (30, -30, 90, -90)
_DARK = 128  # a photo with less than one in a thousand pixels brighter than this

_of_this_thread = threading.local()


@lru_cache
def _pickled_detector():
    """A copy of this is there in a millisecond; to make the detector takes dlib most of a second."""
    return pickle.dumps(require("dlib", extra="faces").get_frontal_face_detector())


def _detector():
    """The detector of this thread: dlib's releases the GIL, but one that threads share finds wrong boxes."""
    if not hasattr(_of_this_thread, "detector"):
        _of_this_thread.detector = pickle.loads(_pickled_detector())
    return _of_this_thread.detector


def _look(picture, scale, least_score):
    """Faces in a picture that is the photo times `scale`, the best first."""
    rectangles, scores, _ = _detector().run(picture, 0, least_score)
    boxes = []
    for r, score in zip(rectangles, scores):
        edges = (edge / scale for edge in (r.top(), r.left(), r.bottom() + 1, r.right() + 1))
        boxes.append(FaceBox(*edges, score=score, certain=score >= _LEAST))
    return boxes


def _resized(photo, scale):
    if scale == 1:
        return photo
    size = [max(1, round(scale * side)) for side in photo.shape[1::-1]]
    return cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _gain(picture):
    """By how much a dark photo is brightened, so that its brightest parts are white."""
    top = np.percentile(cv2.cvtColor(picture[::4, ::4], cv2.COLOR_RGB2GRAY), 99.9)
    return 255 / top if 0 < top < _DARK else 1.0


def _brightened(picture, gain):
    return picture if gain == 1 else cv2.convertScaleAbs(picture, alpha=gain)


def _in_even_light(picture):
    """Contrast evened in the luma, within tiles of a quarter of the picture's sides."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    planes[..., 0] = cv2.createCLAHE(4, (4, 4)).apply(np.ascontiguousarray(planes[..., 0]))
    return cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB)


def _look_at_turned(picture, scale, angle, least_score):
    """Faces that are upright once the picture is turned back by an angle, all of it seen.

    Its border goes on beyond it: on black, the corners of an empty picture would be the outline of a large face.
    """
    height, width = picture.shape[:2]
    side = math.ceil(math.hypot(height, width))
    to_picture = view_map([(height - 1) / 2, (width - 1) / 2], angle, 1.0, side, side)
    boxes = []
    view = interpolate(picture, to_picture, side, side)
    for found in _look(view, 1.0, least_score):
        middle = (transform_points(found.middle, to_picture) + 0.5) / scale - 0.5
        certain = found.score >= _LEAST_TILTED
        boxes.append(square_box(middle, found.side / scale, score=found.score, angle=float(angle), certain=certain))
    return boxes


def _almost(angle):
    """The least score at a tilt: almost a face counts where little else is one."""
    return _LEAST_UNCERTAIN if angle in _ALMOST_COUNTS else _LEAST_TILTED


def _best_score(boxes):
    return max((box.score for box in boxes), default=-math.inf)


def _further_looks(photo, scale):
    """Faces that other looks at the photo see, one look after the other; pictures turned to all sides are one look."""
    picture = _resized(photo, scale)
    even = _in_even_light(picture)
    yield _look(even, scale, _LEAST)
    yield _look(_resized(even, 2), 2 * scale, _LEAST)
    for angles in (TILTS, TILTS_BETWEEN):
        yield max((_look_at_turned(picture, scale, angle, _almost(angle)) for angle in angles), key=_best_score)
        yield max((_look_at_turned(even, scale, angle, _LEAST_TILTED) for angle in angles), key=_best_score)
    yield _look(_resized(photo, 3 * scale), 3 * scale, _LEAST_TINY)


def _unlike(boxes, others):
    """Those boxes whose middle lies in none of the others."""
    return [
        box for box in boxes if not any((np.abs(box.middle - other.middle) < other.side / 2).all() for other in others)
    ]


def _certain(boxes):
    return [box for box in boxes if box.certain]


def hog_faces(photo: np.ndarray, *, find_all: bool, search: bool) -> list[FaceBox]:
    """Faces in a photo by dlib's detector; see `featkit.detect_faces`."""
    scale = min(1.0, LONG_SIDE / max(photo.shape[:2]))
    picture = _resized(photo, scale)
    if not search:
        return _certain(_look(picture, scale, _LEAST))
    gain = _gain(picture)
    seen = _look(_brightened(picture, gain), scale, _LEAST_UNCERTAIN)
    most = _certain(seen)
    if _best_score(most) >= _CLEAR and not find_all:
        return most
    photo = _brightened(photo, gain)
    closer = _look(_resized(photo, 2 * scale), 2 * scale, _LEAST_UNCERTAIN)
    certain = _certain(closer)
    most = certain + _unlike(most, certain) if find_all else max(most, certain, key=_best_score)
    seen += closer
    if _best_score(most) >= _CLEAR:
        return most
    for boxes in _further_looks(photo, scale):
        seen += boxes
        most = max(most, _certain(boxes), key=_best_score)
        if _best_score(most) >= _CLEAR:
            return most
    return most or sorted(seen, key=lambda box: -box.score)[:1]
