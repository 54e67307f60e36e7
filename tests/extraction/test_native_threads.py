"""Thread pools of native libraries are capped while anyone is inside."""

import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import joblib
import numpy as np
import pytest
from joblib import delayed
from sklearn import config_context, get_config
from sklearn.pipeline import make_union
from threadpoolctl import threadpool_info

import featkit
from featkit.extraction._native_threads import Workers, single_native_threads
from featkit.testing import check_pictures


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


def squared(number):
    return number * number


@pytest.mark.parametrize("backend", ["sequential", "threading", "loky", "multiprocessing"])
@pytest.mark.parametrize("ordered", [True, False])
def test_results_come_on_every_backend(backend, ordered):
    """That of multiprocessing gives all results together, which joblib refuses to stream."""
    with joblib.parallel_config(backend):
        workers = Workers(2, ordered=ordered)
        found = list(workers.results_of(delayed(squared)(number) for number in range(70)))
    assert (found if ordered else sorted(found)) == [number * number for number in range(70)]


def test_tasks_are_taken_a_few_at_a_time_where_results_come_together():
    taken = []

    def tasks():
        for number in range(200):
            taken.append(number)
            yield delayed(squared)(number)

    with joblib.parallel_config("multiprocessing"):
        results = Workers(2).results_of(tasks())
        assert next(results) == 0
        assert len(taken) == 32
        assert len(list(results)) == 199


def test_what_joblib_refuses_is_refused():
    with pytest.raises(ValueError, match="n_jobs"):
        list(Workers(0).results_of([delayed(squared)(1)]))


def test_extraction_runs_where_results_come_together(tmp_path):
    images = check_pictures(9)
    expected = featkit.ColorMoments().fit_transform(images)
    with joblib.parallel_config("multiprocessing", n_jobs=2):
        found = featkit.ChunkedTransformer(featkit.ColorMoments(), chunk_size=2).fit_transform(images)
        done = featkit.extract_to_parquet(featkit.ColorMoments(), list(images), tmp_path / "out", part_size=2)
    np.testing.assert_array_equal(found, expected)
    assert (done.n_images, done.n_parts) == (9, 5)


@pytest.mark.parametrize("n_jobs", [1, 4])
def test_unions_in_threads_leave_the_filters_of_warnings_as_they_are(n_jobs):
    """Every branch of a union sets them aside and back, in all threads at once."""
    union = make_union(featkit.ColorMoments(), featkit.IntensityStatistics())
    images = list(check_pictures(6)) * 50
    transformer = featkit.ChunkedTransformer(union, chunk_size=1, n_jobs=n_jobs)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings("ignore", "a warning of this test")
            before = list(warnings.filters)
            rows = transformer.fit_transform(images)
            assert list(warnings.filters) == before
    finally:
        sys.setswitchinterval(interval)
    assert not caught
    np.testing.assert_array_equal(rows, union.fit_transform(images))


@pytest.mark.parametrize("backend", ["sequential", "threading", "loky"])
def test_tasks_run_under_the_configuration_of_their_caller(backend):
    with joblib.parallel_config(backend), config_context(assume_finite=True):
        configurations = list(Workers(2).results_of(delayed(get_config)() for _ in range(8)))
    assert all(one["assume_finite"] for one in configurations)


def warned(number):
    warnings.warn(f"warning {number}", stacklevel=1)


def test_warnings_of_tasks_come_through():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        list(Workers(2).results_of(delayed(warned)(number) for number in range(5)))
    assert sorted(str(one.message) for one in caught) == [f"warning {number}" for number in range(5)]
