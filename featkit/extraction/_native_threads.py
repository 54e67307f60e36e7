"""Workers on any backend of joblib; the thread pools of native libraries are capped while they share the cores."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import cv2
from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel
from threadpoolctl import threadpool_limits

TASKS_AT_ONCE = 16  # for each worker, where results come all together

_lock = threading.Lock()
_holders: list[object] = []  # of the cap: the pools belong to the process, so its threads share one cap
_before: dict[str, Any] = {}  # what to restore when the last one lets go


@contextmanager
def single_native_threads() -> Iterator[None]:
    """Let OpenCV, OpenMP and BLAS use one thread in this process as long as anyone is inside; restore them after.

    joblib caps OpenMP and BLAS in its processes, but neither OpenCV's own pool nor anything in threads.
    """
    me = object()
    with _lock:
        if not _holders:
            _before["opencv"] = cv2.getNumThreads()
            _before["others"] = threadpool_limits(limits=1)
            cv2.setNumThreads(1)
        _holders.append(me)
    try:
        yield
    finally:
        with _lock:
            _holders.remove(me)
            if not _holders:
                cv2.setNumThreads(_before.pop("opencv"))
                _before.pop("others").restore_original_limits()


class Workers:
    """Run tasks in parallel and yield what comes of them as it comes; threads, unless joblib is told otherwise.

    Parameters
    ----------
    n_jobs : int or None
    backend : str or None, default=None
    ordered : bool, default=True
        Whether results come in the order of the tasks.

    Attributes
    ----------
    cap : bool
        Whether native thread pools shall use one thread, since several workers share the cores.
    """

    def __init__(self, n_jobs: int | None, backend: str | None = None, *, ordered: bool = True) -> None:
        options = {"n_jobs": n_jobs, "backend": backend, "prefer": "threads"}
        options |= {} if ordered else {"batch_size": 1}
        self._n_at_once = None
        try:
            self._parallel = Parallel(**options, return_as="generator" if ordered else "generator_unordered")
        except ValueError:  # multiprocessing, ray: backends that give all results together, or else an error again
            self._parallel = Parallel(**options)
            self._n_at_once = TASKS_AT_ONCE * effective_n_jobs(n_jobs)
        self.cap = self._parallel.n_jobs not in (None, 1)

    def results_of(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """Yield the results of tasks that joblib's `delayed` made."""
        if self._n_at_once is None:
            yield from self._parallel(tasks)
            return
        tasks = iter(tasks)
        with self._parallel as parallel:
            while some := list(islice(tasks, self._n_at_once)):
                yield from parallel(some)
