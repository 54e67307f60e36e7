"""dlib's detector, one for each thread."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from featkit import detect_faces
from featkit.faces.detection import _hog


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
        return _hog._detector(), _hog._detector()

    with ThreadPoolExecutor(2) as pool:
        (one, again), (other, _) = (future.result() for future in [pool.submit(detectors) for _ in range(2)])
    assert one is again
    assert len({id(one), id(other), id(_hog._detector())}) == 3
