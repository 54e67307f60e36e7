"""The upright face, resampled onto the mean face."""

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from featkit.faces.description._upright import upright_frame
from featkit.faces.description.descriptors import LEFT_HALF, REACH
from featkit.faces.landmarks import face_landmarks


@pytest.fixture(scope="module")
def face():
    image = astronaut()[:256, 96:352]
    return image, face_landmarks(image, average=False)


def turned(image, points, angle, scale):
    """The image and its points turned about the middle by OpenCV."""
    to_turned = cv2.getRotationMatrix2D((128, 128), angle, scale)
    xy = points[:, ::-1] @ to_turned[:, :2].T + to_turned[:, 2]
    return cv2.warpAffine(image, to_turned, (256, 256), flags=cv2.INTER_CUBIC), xy[:, ::-1]


def test_eyes_lie_level_and_as_far_apart_as_wanted(face):
    image, points = turned(*face, 20, 0.9)
    eyes = tuple(range(36, 48))
    for distance in (16, 40, 90):
        _, found = upright_frame(image[..., 0], points, distance, eyes, reach=REACH)
        left, right = found[:6].mean(axis=0), found[6:].mean(axis=0)
        assert np.hypot(*(right - left)) == pytest.approx(distance, rel=0.15)
        assert abs(right[0] - left[0]) < 0.08 * distance


def test_points_of_the_frame_show_what_the_points_of_the_image_show(face):
    image, points = face
    gray = cv2.GaussianBlur(image[..., 1], (0, 0), 3)
    for distance in (30, 60):
        frame, found = upright_frame(gray, points, distance, LEFT_HALF, reach=REACH)
        for (row, col), (y, x) in zip(points[list(LEFT_HALF)].round().astype(int), found.round().astype(int)):
            assert abs(int(frame[y, x]) - int(gray[row, col])) < 30
