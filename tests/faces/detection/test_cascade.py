"""OpenCV's cascade, which needs no dlib."""

import numpy as np

from featkit import detect_faces


def assert_frames(box, middle, side, slack=0.15):
    assert np.hypot(*(box.middle - middle)) < slack * side
    assert abs(box.side - side) < slack * side


def test_the_cascade_frames_faces_as_dlib_does(portrait):
    (box,) = detect_faces(portrait, detector="cascade")
    (expected,) = detect_faces(portrait)
    assert_frames(box, expected.middle, expected.side, slack=0.25)
    assert np.isnan(box.score)
