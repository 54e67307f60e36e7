"""Face detection: which boxes of an image hold a face."""

import math
from importlib.util import find_spec

import numpy as np

from ...image.checks import Image, check_image
from ...parameters import check_option
from ._cascade import cascade_faces
from ._search import hog_faces
from .boxes import FaceBox, photo_of

ONE_FACE = ("largest", "central")
DETECTORS = ("auto", "dlib", "cascade")
_FAR_FROM_SURE = 0.2  # of the best score: a badge may be larger than the face above it, and has a tenth of its score
_LEAST_SCORE = 0.01  # taken for a box with a score of 0 or less
_SAME_SIZE = 1.1  # half a step from one size that dlib's detector looks for to the next
_HALF_AS_SURE = 0.5


def detect_faces(image: Image, *, which: str = "largest", detector: str = "auto", search: bool = True) -> list[FaceBox]:
    """Face detection: boxes of the faces in an image, by dlib's HOG detector or scikit-image's LBP cascade.

    dlib's detector sees faces of 80 pixels and more that look at the camera, upright or leaning by up to 40 degrees.
    `search` repeats the detection, until a face is certain, at twice the size (faces of 40 pixels); after contrast
    equalization (CLAHE), at both sizes; rotated by 30, 60 and 90 degrees to both sides and upside down, of which the
    best counts; the same after equalization; both by 15, 45 and 75 degrees; lying or upside down at twice the size;
    and at three times the size. Where an upright pass gave a score of 0.1 that is not certain, the rotated passes
    alone may still overrule it. Where nothing is certain, the best of all passes is given, down to a score of -0.2 in
    the image upright, or rotated by 30 or 90 degrees. A dark image is brightened before all this.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Laid on black where it is transparent. Colour helps: gray images lose 2 to 5 of 100 faces.
    which : {"largest", "central", "all"}, default="largest"
        The largest face, the one whose middle is nearest to that of the image, or all. Sides are weighed by the root
        of the score, from a score of 1 on as they are, since a pattern that resembles a face may be larger than the
        face beside it; of several of one size the most central is the largest. What has less than a fifth of the best
        score is neither. "all" also searches at twice the size, since a group has faces of many sizes, and takes five
        times as long as a first pass that finds a face.
    detector : {"auto", "dlib", "cascade"}, default="auto"
        dlib's (histograms of oriented gradients); scikit-image's cascade, which needs nothing installed, finds fewer
        faces, tells no score and does not `search`; or the first where it is installed, else the second.
    search : bool, default=True
        False detects once, in the image as it is, and checks only what is found, to tell whether it is certain.

    Returns
    -------
    boxes : list of FaceBox
        One at most unless `which` is "all"; none where there is no face. The largest or the most central comes first.

    Raises
    ------
    ImageFormatError
        When it is not an image.
    MissingDependencyError
        When ``detector="dlib"`` and dlib is not installed; the message says how to install it.

    See Also
    --------
    featkit.faces.landmarks.face_landmarks : Finds the landmarks of one face, detected so.
    FaceBox : What is told of a face.

    Notes
    -----
    A box is certain from a score of 0.7 on. One with a lower score is scored again in eight views, turned back by
    its tilt and 12 degrees to both sides, a little larger and smaller, and mirrored: it is certain where their mean
    score is 0.2, in the further passes 0.35. Faces keep their score; patterns and the heads of animals do not.

    Images with a side of more than 800 pixels (the cascade: 400) are reduced to that, and the sizes above are meant
    there: in an image of 8000 x 6000 pixels the first pass finds faces of 800 pixels, the last one of 270.

    One detector of dlib that threads share gives wrong boxes or ends the interpreter (dlib 20.0), since it releases
    the interpreter's lock; here every thread has its own.

    References
    ----------
    King 2015, "Max-margin object detection", arXiv:1502.00046. Liao et al. 2007, "Learning multi-scale block local
    binary patterns for face recognition", doi:10.1007/978-3-540-74549-5_87.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit import detect_faces
    >>> (box,) = detect_faces(astronaut())
    >>> [round(edge) for edge in box[:4]]
    [83, 179, 171, 267]
    """
    check_option("which", which, (*ONE_FACE, "all"))
    check_option("detector", detector, DETECTORS)
    return faces_in_photo(photo_of(check_image(image)), which, detector, search)


def faces_in_photo(photo: np.ndarray, which: str, detector: str, search: bool) -> list[FaceBox]:
    """`detect_faces` in an image that is contiguous uint8 RGB."""
    if detector == "dlib" or (detector == "auto" and find_spec("dlib") is not None):
        boxes = hog_faces(photo, find_all=which == "all", search=search)
    else:
        boxes = cascade_faces(photo)
    if which != "all":
        boxes = _likely(boxes)
    middle = (np.array(photo.shape[:2]) - 1) / 2

    def off_centre(box):
        return float(np.hypot(*(box.middle - middle)))

    if which == "central":
        boxes.sort(key=off_centre)
    elif boxes:
        weights = {box: _weight(box) * _inside(box, photo.shape) for box in boxes}
        best = max(boxes, key=weights.__getitem__)
        boxes.sort(key=lambda box: (0.0, off_centre(box)) if _is_as_large(box, best) else (1.0, -weights[box]))
    return boxes if which == "all" else boxes[:1]


def _trust(box):
    """From 0 to 1, the score of a box; 1 where none is told."""
    return 1.0 if math.isnan(box.score) else min(max(box.score, _LEAST_SCORE), 1.0)


def _weight(box):
    """The side, weighed by the root of the score: a pattern like a face may be larger than one."""
    return box.side * math.sqrt(_trust(box))


def _inside(box, shape):
    """Fraction of a box that lies in the image: what its rest holds the detector has made up."""
    height = min(box[2], shape[0]) - max(box[0], 0)
    width = min(box[3], shape[1]) - max(box[1], 0)
    return max(height, 0) * max(width, 0) / max((box[2] - box[0]) * (box[3] - box[1]), 1)


def _is_as_large(box, best):
    same_side = best.side / _SAME_SIZE < box.side < best.side * _SAME_SIZE
    return same_side and _trust(box) > _HALF_AS_SURE * _trust(best)


def _likely(boxes):
    """The boxes without those whose score is next to nothing beside the best."""
    best = max(map(_trust, boxes), default=0.0)
    return [box for box in boxes if _trust(box) >= _FAR_FROM_SURE * best]
