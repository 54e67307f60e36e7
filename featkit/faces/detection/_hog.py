"""dlib's frontal face detector (HOG and linear filters): one look at an image, and how steadily it sees a face."""

import math
from functools import lru_cache

import cv2
import numpy as np

from ...image.affine import transform_points
from ...image.interpolation import interpolate
from ._dlib import detector_file, windows_with_faces
from ._fhog import CELL
from ._filters import Pyramid, bank, read_filters, turned
from .boxes import FaceBox, square_box, view_map

# Degrees by which the faces are turned that dlib's five filters answer for: those that look ahead, to the left and to
# the right, and heads that lean to either side (medians over turned faces of AFW: 28.7 and -28.9, quartiles 7 away).
_FILTER_ANGLES = (0.0, 0.0, 0.0, 30.0, -30.0)
# Views of a face in which a detector that is right goes on seeing it: turned by degrees, scaled; mirrored as well.
_VIEWS = ((-12, 1.1), (0, 0.91), (0, 1.1), (12, 0.91))
_VIEW_SIDE = 180
_N_SIZES_OF_VIEWS = 5  # up to 1.6 times the side of a face in the view with the largest
_FACE_SIDE = 100  # pixels of the box in a view
_NOTHING = -1.0  # score of a view without a face
# What is computed here differs from dlib's scores by a few hundredths, in quarter turns by more, as their cells begin
# at another pixel: dlib looks from so much below the least score on, and where a mean lies so near to what it must be.
_MARGIN = 0.1
_TOO_NEAR = 0.15
# From so much below it on it looks near a window of a tilted image, whose cells are not those that dlib has.
_WIDE_MARGIN = 0.4


def upright_faces(
    picture: np.ndarray, scale: float, least_score: float, near: np.ndarray | None = None
) -> list[FaceBox]:
    """Faces in an image that is the photo times `scale`, the best first; all, or near windows as of `Pyramid`."""
    boxes = []
    for window in windows_with_faces(picture, least_score, near):
        top, left, bottom, right = (
            edge / scale for edge in (window.top, window.left, window.bottom + 1, window.right + 1)
        )
        boxes.append(FaceBox(top, left, bottom, right, score=window.score, angle=_FILTER_ANGLES[window.filter]))
    return boxes


def turned_faces(
    picture: np.ndarray,
    scale: float,
    angle: float,
    least_score: float,
    near: np.ndarray | None = None,
    *,
    just_fits: bool = False,
) -> list[FaceBox]:
    """Faces that are upright once the image is turned back by an angle, all of it seen; see `upright_faces`.

    Its border goes on beyond it: on black, the corners of an empty image would be the outline of a large face.
    `just_fits` leaves out what lies beyond in quarter and half turns, for speed.
    """
    height, width = picture.shape[:2]
    rows = cols = math.ceil(math.hypot(height, width))
    if just_fits:
        rows, cols = (width, height) if angle % 180 else (height, width)
    to_picture = view_map([(height - 1) / 2, (width - 1) / 2], angle, 1.0, rows, cols)
    if near is not None:
        back = np.linalg.inv(to_picture[:, :2])
        near = np.column_stack([near[:, 0], (near[:, 1:] - to_picture[:, 2]) @ back.T])
    boxes = []
    for found in upright_faces(interpolate(picture, to_picture, rows, cols), 1.0, least_score, near):
        middle = (transform_points(found.middle, to_picture) + 0.5) / scale - 0.5
        turned = 180 - (180 - angle - found.angle) % 360  # above -180, at most 180
        boxes.append(square_box(middle, found.side / scale, score=found.score, angle=turned))
    return boxes


@lru_cache
def _banks():
    """The filters of dlib's detector for faces turned by quarters."""
    weights, thresholds = read_filters(detector_file())
    return {turn: bank(turned(weights, turn), thresholds) for turn in (0, 90, 180, -90)}


def _quarter_turn(angle):
    """The turn by quarters that is nearest to an angle, from above -180 to 180 degrees, and what is left."""
    quarters = math.floor((angle + 45) / 90)
    return 90 * ((quarters + 1) % 4 - 1), angle - 90 * quarters


class View:
    """An image, which is the photo times `scale`, in which faces are looked for at several tilts.

    What dlib would find is computed first whether there is anything: at tilts that are quarter turns apart from the
    same features. `n_sizes` is of how many sizes of faces, from the least on, any makes it look.
    """

    def __init__(self, picture: np.ndarray, scale: float, n_sizes: int | None = None):
        self.picture, self.scale = picture, scale
        self._n_sizes = n_sizes
        self._pyramids: dict[int, tuple[Pyramid, np.ndarray]] = {}
        self._reached: dict[tuple[int, float], bool] = {}

    def reaches(self, angle: int, least_score: float) -> bool:
        """Whether a window has about `least_score` or more once the image is turned back by an angle."""
        if (angle, least_score) not in self._reached:
            turn, base = _quarter_turn(angle)
            pyramid, _ = self._turned_back(base)
            self._reached[angle, least_score] = pyramid.reaches(_banks()[turn], turn, least_score)
        return self._reached[angle, least_score]

    def faces(self, angle: int, least_score: float, *, just_fits: bool = False) -> list[FaceBox]:
        """Faces that are upright once the image is turned back by an angle, the best first; see `turned_faces`."""
        turn, base = _quarter_turn(angle)
        pyramid, to_picture = self._turned_back(base)
        if not pyramid.reaches(_banks()[turn], turn, least_score - _MARGIN):
            return []
        near = pyramid.windows(_banks()[turn], turn, least_score - (_WIDE_MARGIN if angle else _MARGIN))
        if angle == 0:
            return upright_faces(self.picture, self.scale, least_score, near)
        if near is not None:
            near[:, 1:] = transform_points(near[:, 1:], to_picture)
        return turned_faces(self.picture, self.scale, angle, least_score, near, just_fits=just_fits)

    def _turned_back(self, angle):
        """A pyramid of the image turned back, and the map from there to the image."""
        if angle not in self._pyramids:
            picture, to_picture = self.picture, np.eye(2, 3)
            if angle:
                height, width = picture.shape[:2]
                cosine, sine = (abs(part(math.radians(angle))) for part in (math.cos, math.sin))
                sides = height * cosine + width * sine, height * sine + width * cosine
                rows, cols = (CELL * math.ceil(side / CELL) for side in sides)
                to_picture = view_map([(height - 1) / 2, (width - 1) / 2], angle, 1.0, rows, cols)
                flipped, flags = to_picture[::-1][:, [1, 0, 2]], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
                picture = cv2.warpAffine(picture, flipped, (cols, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            self._pyramids[angle] = Pyramid(picture, self._n_sizes), to_picture
        return self._pyramids[angle]


def is_steady(picture: np.ndarray, scale: float, box: FaceBox, least: float) -> bool:
    """Whether the mean score of a face reaches `least`, looked at turned back, at one size, and a little otherwise.

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
    views = []
    for angle, zoom in _VIEWS:
        to_picture = view_map(middle, box.angle + angle, side / _FACE_SIDE * zoom, _VIEW_SIDE, _VIEW_SIDE)
        view = interpolate(picture, to_picture, _VIEW_SIDE, _VIEW_SIDE)
        views += [(each, _FACE_SIDE / zoom) for each in (view, np.ascontiguousarray(view[:, ::-1]))]
    steadiness = float(np.mean([_nearly_the_score_in_the_middle(*each) for each in views]))
    if abs(steadiness - least) < _TOO_NEAR:
        steadiness = float(np.mean([_score_in_the_middle(*each) for each in views]))
    return steadiness >= least


def _nearly_the_score_in_the_middle(view, side):
    pyramid = Pyramid(view, _N_SIZES_OF_VIEWS)
    return max(pyramid.best_score(_banks()[0], _VIEW_SIDE / 2, 0.35 * side, (0.6 * side, 1.6 * side)), _NOTHING)


def _score_in_the_middle(view, side):
    middle = (_VIEW_SIDE - 1) / 2
    scores = (
        box.score
        for box in upright_faces(view, 1.0, _NOTHING)
        if np.abs(box.middle - middle).max() < 0.35 * side and 0.6 < box.side / side < 1.6
    )
    return max(scores, default=_NOTHING)
