"""dlib's detector, one for each thread, in parts of a picture."""

import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import dlib
import numpy as np
import pytest
from skimage import data

from featkit import detect_faces
from featkit.faces.detection import _dlib, _filters, _hog


@pytest.fixture(scope="module")
def portraits(portrait):
    return [np.ascontiguousarray(portrait[4 * k :, 3 * k :]) for k in range(6)]


def test_threads_find_what_one_thread_finds(portraits):
    expected = [detect_faces(image) for image in portraits]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(detect_faces, portraits * 4)) == expected * 4


def test_every_thread_has_a_detector_of_its_own_and_keeps_it():
    """What threads share of dlib's detector gives wrong boxes: featkit's guard is that they share none."""
    both_are_there = threading.Barrier(2)

    def detectors():
        both_are_there.wait()  # else one thread might do the work of both
        return _dlib._detector(), _dlib._detector()

    with ThreadPoolExecutor(2) as pool:
        (one, again), (other, _) = (future.result() for future in [pool.submit(detectors) for _ in range(2)])
    assert one is again
    assert len({id(one), id(other), id(_dlib._detector())}) == 3


def seen_by_dlib(picture, least_score):
    rectangles, scores, filters = dlib.get_frontal_face_detector().run(picture, 0, least_score)
    edges = [(r.left(), r.top(), r.right(), r.bottom()) for r in rectangles]
    return [(score, index, *each) for score, index, each in zip(scores, filters, edges, strict=True)]


def pictures():
    astronaut = data.astronaut()
    yield astronaut
    yield np.ascontiguousarray(astronaut[5:301, 60:331])
    yield np.ascontiguousarray(cv2.resize(astronaut[:300], None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
    yield np.hstack([cv2.resize(astronaut, (300, 300)), np.rot90(astronaut[:300, :300], 1)])


@pytest.mark.parametrize("least_score", [0.0, -0.5])
def test_parts_tell_what_the_whole_picture_tells_to_the_bit(least_score):
    counts = []
    for picture in pictures():
        everywhere = seen_by_dlib(picture, least_score)
        counts.append(len(everywhere))
        assert _dlib.windows_with_faces(picture, least_score) == everywhere
        near = _filters.Pyramid(picture).windows(_hog._banks()[0], 0, least_score - _hog._MARGIN)
        assert len(near) >= len(everywhere)
        assert _dlib.windows_with_faces(picture, least_score, near) == everywhere
    assert min(counts[:2]) > 0


def test_windows_elsewhere_are_not_told():
    picture = data.astronaut()
    (best, *_) = _dlib.windows_with_faces(picture, 0.5)
    middle = [(best.top + best.bottom) / 2, (best.left + best.right) / 2]
    for moved, expected in ((0.0, [best]), (200.0, [])):
        near = np.array([[1.0, middle[0] + moved, middle[1] + moved]])
        assert _dlib.windows_with_faces(picture, 0.5, near) == expected


def test_no_window_is_no_answer():
    assert _dlib.windows_with_faces(data.astronaut(), -1.0, np.empty((0, 3))) == []


def test_a_picture_is_asked_whole_where_its_parts_would_cost_more():
    assert _dlib._parts(np.arange(0, 300, 8.0), np.arange(0, 300, 8.0), (300, 300, 3)) == [(0, 0, 300, 300)]
    assert _dlib._parts(np.array([100.0]), np.array([400.0]), (512, 512, 3)) == [(16, 320, 184, 480)]
