"""The frontal face detector that ships with scikit-image: a cascade of multi-block local binary patterns."""

import threading

import cv2
import numpy as np
from skimage.data import lbp_frontal_face_cascade_filename
from skimage.feature import Cascade

from .boxes import FaceBox, square_box

LONG_SIDE = 400  # pixels; its cost grows with the area, and faces of LEAST_SIDE are seen in it
_LEAST_SIDE = 32
# Its windows lie higher than the boxes of dlib's detector and are as large (medians over 56 faces that both find).
_DROP = 0.07  # of the side
_of_this_thread = threading.local()


def _cascade():
    if not hasattr(_of_this_thread, "cascade"):
        _of_this_thread.cascade = Cascade(lbp_frontal_face_cascade_filename())
    return _of_this_thread.cascade


def cascade_faces(photo: np.ndarray) -> list[FaceBox]:
    """Faces in a photo by scikit-image's cascade; see `featkit.detect_faces`."""
    scale = min(1.0, LONG_SIDE / max(photo.shape[:2]))
    size = [max(1, round(scale * side)) for side in photo.shape[1::-1]]
    picture = cv2.resize(photo, size, interpolation=cv2.INTER_AREA) if scale < 1 else photo
    largest = min(picture.shape[:2])
    if largest < _LEAST_SIDE:
        return []
    windows = _cascade().detect_multi_scale(
        picture, scale_factor=1.1, step_ratio=1.2, min_size=(_LEAST_SIDE,) * 2, max_size=(largest,) * 2
    )
    boxes = []
    for window in windows:
        top, left, side = window["r"] / scale, window["c"] / scale, window["width"] / scale
        boxes.append(square_box([top + (0.5 + _DROP) * side - 0.5, left + side / 2 - 0.5], side))
    return boxes
