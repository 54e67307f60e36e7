"""dlib's frontal face detector (HOG and linear filters): one look at an image, and how steadily it sees a face."""

import math
import pickle
import threading
from functools import lru_cache

import cv2
import numpy as np

from ..._optional import require
from ...image.affine import transform_points
from ...image.interpolation import interpolate
from ._filters import Pyramid, bank, read_filters, turned
from .boxes import FaceBox, square_box, view_map

# Degrees by which the faces are turned that dlib's five filters answer for: those that look ahead, to the left and to
# the right, and heads that lean to either side (medians over turned faces of AFW: 28.7 and -28.9, quartiles 7 away).
_FILTER_ANGLES = (0.0, 0.0, 0.0, 30.0, -30.0)
# Views of a face in which a detector that is right goes on seeing it: turned by degrees, scaled; mirrored as well.
_VIEWS = ((-12, 1.1), (0, 0.91), (0, 1.1), (12, 0.91))
_VIEW_SIDE = 180
_FACE_SIDE = 100  # pixels of the box in a view
_NOTHING = -1.0  # score of a view without a face

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


def upright_faces(picture: np.ndarray, scale: float, least_score: float) -> list[FaceBox]:
    """Faces in an image that is the photo times `scale`, the best first."""
    rectangles, scores, filters = _detector().run(picture, 0, least_score)
    boxes = []
    for r, score, index in zip(rectangles, scores, filters, strict=True):
        top, left, bottom, right = (edge / scale for edge in (r.top(), r.left(), r.bottom() + 1, r.right() + 1))
        boxes.append(FaceBox(top, left, bottom, right, score=score, angle=_FILTER_ANGLES[index]))
    return boxes


@lru_cache
def _banks():
    """The filters of dlib's detector for faces turned by quarters."""
    (file,) = pickle.loads(_pickled_detector()).__getstate__()
    weights, thresholds = read_filters(file)
    return {turn: bank(turned(weights, turn), thresholds) for turn in (0, 90, 180, -90)}


class View:
    """An image, which is the photo times `scale`, in which faces are looked for at several tilts.

    Tilts that are quarter turns apart share what is computed: faces are looked for by filters turned so. The scores are
    those of dlib's detector within a few hundredths, and upright the boxes are its own.
    """

    def __init__(self, picture: np.ndarray, scale: float):
        self.picture, self.scale = picture, scale
        self._pyramids: dict[int, tuple[Pyramid, np.ndarray | None]] = {}

    def _turned_back(self, angle):
        """The image turned back by less than 90 degrees, all of it, and the map from there.

        Its border goes on beyond it: on black, the corners of an empty image would be the outline of a large face.
        """
        if angle not in self._pyramids:
            picture, to_picture = self.picture, None
            if angle:
                height, width = picture.shape[:2]
                cosine, sine = (abs(part(math.radians(angle))) for part in (math.cos, math.sin))
                rows, cols = math.ceil(height * cosine + width * sine), math.ceil(height * sine + width * cosine)
                to_picture = view_map([(height - 1) / 2, (width - 1) / 2], angle, 1.0, rows, cols)
                flipped = to_picture[::-1][:, [1, 0, 2]]
                flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
                picture = cv2.warpAffine(picture, flipped, (cols, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            self._pyramids[angle] = Pyramid(picture), to_picture
        return self._pyramids[angle]

    def faces(self, angle: int, least_score: float) -> list[FaceBox]:
        """Faces that are upright once the image is turned back by an angle, the best first."""
        quarters = math.floor((angle + 45) / 90)
        turn = 90 * ((quarters + 1) % 4 - 1)
        pyramid, to_picture = self._turned_back(angle - 90 * quarters)
        boxes = []
        for found in pyramid.windows(_banks()[turn], turn, least_score):
            edges = FaceBox(*found[:4])
            tilt = 180 - (180 - angle - _FILTER_ANGLES[found.filter]) % 360  # above -180, at most 180
            if angle == 0:
                boxes.append(FaceBox(*(edge / self.scale for edge in edges[:4]), score=found.score, angle=tilt))
                continue
            middle = edges.middle if to_picture is None else transform_points(edges.middle, to_picture)
            middle = (middle + 0.5) / self.scale - 0.5
            boxes.append(square_box(middle, edges.side / self.scale, score=found.score, angle=tilt))
        return boxes


def steadiness(picture: np.ndarray, scale: float, box: FaceBox) -> float:
    """Mean score of a face when it is looked at turned back, at one size, and a little otherwise again and again.

    A face goes on being seen; a pattern that resembles one by chance does not.
    """
    middle, side = (box.middle + 0.5) * scale - 0.5, box.side * scale
    shrinking = max(1, int(side / _FACE_SIDE))
    if shrinking > 1:
        reach = side * _VIEW_SIDE / _FACE_SIDE
        first = np.maximum(np.floor(middle - reach), 0).astype(int)
        part = picture[first[0] : math.ceil(middle[0] + reach), first[1] : math.ceil(middle[1] + reach)]
        rows, cols = (max(1, length // shrinking) for length in part.shape[:2])
        picture = cv2.resize(part[: rows * shrinking, : cols * shrinking], (cols, rows), interpolation=cv2.INTER_AREA)
        middle, side = (middle - first + 0.5) / shrinking - 0.5, side / shrinking
    scores = []
    for angle, zoom in _VIEWS:
        to_picture = view_map(middle, box.angle + angle, side / _FACE_SIDE * zoom, _VIEW_SIDE, _VIEW_SIDE)
        view = interpolate(picture, to_picture, _VIEW_SIDE, _VIEW_SIDE)
        for each in (view, np.ascontiguousarray(view[:, ::-1])):
            scores.append(_score_in_the_middle(each, _FACE_SIDE / zoom))
    return float(np.mean(scores))


def _score_in_the_middle(view, side):
    middle = (_VIEW_SIDE - 1) / 2
    scores = (
        box.score
        for box in upright_faces(view, 1.0, _NOTHING)
        if np.abs(box.middle - middle).max() < 0.35 * side and 0.6 < box.side / side < 1.6
    )
    return max(scores, default=_NOTHING)
