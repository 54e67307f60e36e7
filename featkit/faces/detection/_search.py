"""Where to look for a face again when dlib's detector sees none at first, and which of what it sees is certain."""

import math

import cv2
import numpy as np

from ._hog import View, is_steady, upright_faces
from .boxes import FaceBox

LONG_SIDE = 800  # pixels; larger photos are looked at in this size first
TILTS = (30, -30, 60, -60, 90, -90, 180)
_TILT_STEP = 30
TILTS_BETWEEN = (15, -15, 45, -45, 75, -75)  # a face 15 degrees off may lose all of its score
TURNS = (90, -90, 180)  # of photos that lie or stand on their heads; small faces are looked for in these too
# Scores from which on a face is certain without being looked at again. The pattern that scores most among photos of
# upside-down faces has 0.6, a dog's head 0.51.
_SURE = 0.7
# Mean score of the looks at what is less sure: in the first looks, and in the further ones, which have more to be wrong
# about. Other animals and patterns have up to 0.18 in those and 0.25, a dog's head, in these.
_STEADY = 0.2
_STEADY_LATER = 0.35
_CLEAR = 0.1  # score of a face that ends the search, once it is certain
# The least scores that count. Where there are many images to be wrong about, it takes more:
# the man of skimage's `camera` has a coat with a score of 0.14 when enlarged threefold.
_LEAST = 0.0
_LEAST_TILTED = 0.1
_LEAST_TINY = 0.2
_LEAST_UNCERTAIN = -0.2  # that coat in the photo as it is: -0.22
# Tilts at which nothing without a face has above -0.27; skimage's cat and clock have up to 0.05 at 60 degrees.
_ALMOST_COUNTS = (30, -30, 90, -90)
# A look that differs little, in evened light at the same tilt or turned by 15 degrees, finds nothing where this score
# is not reached: faces with a hidden mouth have -0.55 and more there, whole ones in bad light too; most looks at photos
# without a face have less.
_LEAST_BESIDE = -0.6
_LOOKS_JUDGED = 3  # of those at several tilts
_NEW_SIZES = 4  # of faces, the smallest ones of an enlarged photo, that the smaller photo does not show
_DARK = 128  # a photo with less than one in a thousand pixels brighter than this


def _resized(photo, scale):
    if scale == 1:
        return photo
    size = [max(1, round(scale * side)) for side in photo.shape[1::-1]]
    return cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _gain(picture):
    """By how much a dark photo is brightened, so that its brightest parts are white."""
    gray = cv2.cvtColor(picture[::4, ::4], cv2.COLOR_RGB2GRAY)
    if np.count_nonzero(gray >= _DARK) > 0.001 * gray.size + 1:  # the percentile, which costs more, is not below
        return 1.0
    top = np.percentile(gray, 99.9)
    return 255 / top if 0 < top < _DARK else 1.0


def _brightened(picture, gain):
    return picture if gain == 1 else cv2.convertScaleAbs(picture, alpha=gain)


def _in_even_light(picture):
    """Contrast evened in the luma, within tiles of a quarter of the image's sides."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    planes[..., 0] = cv2.createCLAHE(4, (4, 4)).apply(np.ascontiguousarray(planes[..., 0]))
    return cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB)


def _almost(angle):
    """The least score at a tilt: almost a face counts where little else is one."""
    return _LEAST_UNCERTAIN if angle in _ALMOST_COUNTS else _LEAST_TILTED


def _best_score(boxes):
    return max((box.score for box in boxes), default=-math.inf)


def _judged(view, boxes, least_score, least_steadiness=_STEADY):
    """The boxes told whether they are certain: by their score, or by looking at them again."""

    def is_certain(box):
        if box.score >= _SURE:
            return True
        return box.score >= least_score and is_steady(view.picture, view.scale, box, least_steadiness)

    return [box._replace(certain=is_certain(box)) for box in boxes]


def _even_looks(plain, twice, even):
    """Judged faces in evened light, at those of both sizes at which there is almost one in the light as it is."""
    if plain.reaches(0, _LEAST_BESIDE):
        yield _judged(even, even.faces(0, _LEAST), _LEAST)
    if twice.reaches(0, _LEAST_BESIDE):
        view = View(_resized(even.picture, 2), 2 * even.scale, _NEW_SIZES)
        yield _judged(view, view.faces(0, _LEAST), _LEAST)


def _may_lie_between(plain, angle):
    """Whether a face may be seen at a tilt between those of the first looks, judged by the looks next to it."""
    tilts = (_TILT_STEP * bound(angle / _TILT_STEP) for bound in (math.floor, math.ceil))
    return any(plain.reaches(tilt, _LEAST_BESIDE) for tilt in tilts)


def _turned_looks(plain, twice, even, rivals_only):
    """Judged faces in turned images, best first in each kind of look; those alone that may rival an upright one."""
    looks: list[tuple[View, tuple[int, ...]]] = [(plain, TILTS)]
    if not rivals_only:
        looks += [(even, TILTS), (plain, TILTS_BETWEEN), (even, TILTS_BETWEEN)]
    for view, angles in [*looks, (twice, TURNS)]:
        found = []
        for angle in angles:
            if angle in TILTS_BETWEEN and not _may_lie_between(plain, angle):
                continue
            if view is even and not plain.reaches(angle, _LEAST_BESIDE):
                continue
            least = _almost(angle) if view is plain else _LEAST_TILTED
            found.append(view.faces(angle, least, just_fits=view is twice))
        best = sorted((boxes for boxes in found if boxes), key=_best_score, reverse=True)
        for boxes in best[:_LOOKS_JUDGED]:
            yield _judged(view, boxes, _LEAST_TILTED, _STEADY_LATER)


def _unlike(boxes, others):
    """Those boxes whose middle lies in none of the others."""
    return [
        box for box in boxes if not any((np.abs(box.middle - other.middle) < other.side / 2).all() for other in others)
    ]


def _counting(boxes, least_score=_LEAST):
    return [box for box in boxes if box.score >= least_score]


def _is_clear(boxes):
    return _best_score(boxes) >= _CLEAR


def _certain(boxes):
    return [box for box in boxes if box.certain]


def hog_faces(photo: np.ndarray, *, find_all: bool, search: bool) -> list[FaceBox]:
    """Faces in a photo by dlib's detector; see `featkit.detect_faces`."""
    scale = min(1.0, LONG_SIDE / max(photo.shape[:2]))
    picture = _resized(photo, scale)
    if not search:
        return _judged(View(picture, scale), upright_faces(picture, scale, _LEAST), _LEAST)
    gain = _gain(picture)
    plain = View(_brightened(picture, gain), scale)
    seen = _judged(plain, upright_faces(plain.picture, scale, _LEAST_UNCERTAIN), _LEAST)
    most = _counting(seen)
    if _is_clear(most) and _certain(most) and not find_all:
        return most
    photo = _brightened(photo, gain)
    twice = View(_resized(photo, 2 * scale), 2 * scale)
    if find_all or not _is_clear(most):
        closer = _judged(twice, twice.faces(0, _LEAST_UNCERTAIN), _LEAST)
        counting = _counting(closer)
        most = counting + _unlike(most, counting) if find_all else max(most, counting, key=_best_score)
        seen += closer
        if _is_clear(most) and _certain(most):
            return most
    return _searched(photo, plain, twice, most, seen)


def _searched(photo, plain, twice, most, seen):
    """The faces of the first further look that is certain of any; else the best of all looks.

    Where an upright face is clear but not certain, a turned one may still be, as in a photo that is upside down.
    """
    even = View(_in_even_light(plain.picture), plain.scale)
    looks = () if _is_clear(most) else _even_looks(plain, twice, even)
    for found in looks:
        most = max(most, found, key=_best_score)
        if _is_clear(most):
            break
    if _is_clear(most) and _certain(most):
        return most
    rivals_only = _is_clear(most)
    for found in _turned_looks(plain, twice, even, rivals_only):
        if _certain(found):
            return _certain(found)
        seen = seen + found
        if not rivals_only:
            most = max(most, _counting(found, _LEAST_TILTED), key=_best_score)
    if not _is_clear(most):
        thrice = View(_resized(photo, 3 * plain.scale), 3 * plain.scale, _NEW_SIZES)
        tiny = thrice.faces(0, _LEAST_TINY)
        most = max(most, _judged(thrice, tiny, _LEAST_TINY, _STEADY_LATER), key=_best_score)
    return most or sorted(seen, key=lambda box: -box.score)[:1]
