"""Thread pools of native libraries are capped while anyone is inside."""

import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import pytest
from threadpoolctl import threadpool_info

from featkit.extraction._native_threads import single_native_threads


@pytest.fixture
def three_threads():
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    yield
    cv2.setNumThreads(before)


def pools():
    return [cv2.getNumThreads(), *(pool["num_threads"] for pool in threadpool_info())]


def test_one_thread_inside_and_as_before_outside(three_threads):
    before = pools()
    with single_native_threads():
        assert set(pools()) == {1}
    assert pools() == before


def test_an_error_restores_them(three_threads):
    with pytest.raises(RuntimeError), single_native_threads():
        raise RuntimeError
    assert cv2.getNumThreads() == 3


def test_the_last_one_to_leave_restores_them(three_threads):
    first_is_inside, second_is_inside, first_left = (threading.Event() for _ in range(3))

    def first():
        with single_native_threads():
            first_is_inside.set()
            second_is_inside.wait(10)
        first_left.set()

    def second():
        first_is_inside.wait(10)
        with single_native_threads():
            second_is_inside.set()
            first_left.wait(10)
            return cv2.getNumThreads()

    with ThreadPoolExecutor(2) as workers:
        workers.submit(first)
        assert workers.submit(second).result() == 1
    assert cv2.getNumThreads() == 3
