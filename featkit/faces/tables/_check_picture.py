"""A photo with the faces that were found, numbered, for a person to look at."""

import cv2
import numpy as np

from ...image.alpha import flatten_alpha
from ...image.checks import Image
from ...image.conversions import to_rgb, to_uint8
from ..landmarks.find_faces import FoundFace

LONG_SIDE = 1600
_CERTAIN, _DOUBTFUL, _POINTS = (0, 160, 255), (255, 120, 0), (60, 220, 90)


def check_picture(image: Image, faces: list[FoundFace], labels: list[str]) -> np.ndarray:
    """uint8 RGB; boxes blue, of doubtful faces orange, landmarks green, labels above the boxes."""
    photo = to_uint8(to_rgb(flatten_alpha(image)))
    scale = min(1.0, LONG_SIDE / max(photo.shape[:2]))
    if scale < 1:
        shape = [max(1, round(scale * side)) for side in photo.shape[1::-1]]
        photo = cv2.resize(photo, shape, interpolation=cv2.INTER_AREA)
    picture = np.ascontiguousarray(photo.copy())
    for face, label in zip(faces, labels, strict=True):
        color = _CERTAIN if face.box.certain else _DOUBTFUL
        side = scale * face.box.side
        width = max(1, round(side / 100))
        top, left, bottom, right = (round(scale * edge) for edge in face.box[:4])
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), color, width)
        for row, col in (face.points + 0.5) * scale - 0.5:
            if np.isfinite([row, col]).all():
                cv2.circle(picture, (round(col), round(row)), max(1, round(side / 110)), _POINTS, -1, cv2.LINE_AA)
        size = max(0.4, side / 250)
        (text_width, height), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, size, width)
        place = min(max(left, 0), max(picture.shape[1] - text_width, 0)), max(top - height // 2, height + 1)
        for thickness, ink in ((width + 2, (0, 0, 0)), (width, (255, 255, 255))):
            cv2.putText(picture, label, place, cv2.FONT_HERSHEY_SIMPLEX, size, ink, thickness, cv2.LINE_AA)
    return picture
