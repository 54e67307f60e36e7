"""Workers on any backend of joblib; the thread pools of native libraries are capped while they share the cores."""

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any

import cv2
import joblib
from sklearn import config_context, get_config
from sklearn.utils import parallel as sklearn_parallel
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


@contextmanager
def whole_warning_filters() -> Iterator[None]:
    """Keep the filters of warnings as they are while threads run steps of scikit-learn.

    Unions of scikit-learn set the filters aside and back around each branch, of the whole process; in several threads
    at once, filters get lost, and a union that starts while there are none warns of its own ``delayed``.
    """

    def show_others(message: Any, *args: Any, **kwargs: Any) -> None:
        if "`sklearn.utils.parallel.delayed` should be used" not in str(message):
            show(message, *args, **kwargs)

    with warnings.catch_warnings():
        show = warnings.showwarning
        warnings.showwarning = show_others
        yield


def _call_configured(config: dict[str, Any], function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with config_context(**config):
        return function(*args, **kwargs)


class Workers:
    """Run tasks in parallel and yield what comes of them as it comes; threads, unless joblib is told otherwise.

    Tasks run under the configuration of scikit-learn in which their results are asked for.

    Parameters
    ----------
    n_jobs : int or None
    backend : str or None, default=None
    ordered : bool, default=True
        Whether results come in the order of the tasks.
    batch_size : int or "auto", default="auto"
        Tasks that go to a worker together.

    Attributes
    ----------
    cap : bool
        Whether native thread pools shall use one thread, since several workers share the cores.
    """

    def __init__(
        self, n_jobs: int | None, backend: str | None = None, *, ordered: bool = True, batch_size: Any = "auto"
    ) -> None:
        options = {"n_jobs": n_jobs, "backend": backend, "prefer": "threads", "batch_size": batch_size}
        self._is_shared = getattr(joblib.Parallel(**options)._backend, "supports_sharedmem", False)
        # To processes scikit-learn takes the filters of warnings besides; threads share them.
        parallel = joblib.Parallel if self._is_shared else sklearn_parallel.Parallel
        self._n_at_once = None
        try:
            self._parallel = parallel(**options, return_as="generator" if ordered else "generator_unordered")
        except ValueError:  # multiprocessing, ray: backends that give all results together, or else an error again
            self._parallel = parallel(**options)
            self._n_at_once = TASKS_AT_ONCE * joblib.effective_n_jobs(n_jobs)
        self.cap = self._parallel.n_jobs not in (None, 1)

    def results_of(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """Yield the results of tasks that joblib's `delayed` made."""
        config = get_config()
        if self._is_shared:
            run: Callable[..., Any] = joblib.delayed(_call_configured)
            tasks = (run(config, function, *args, **kwargs) for function, args, kwargs in tasks)
        else:
            tasks = (sklearn_parallel.delayed(function)(*args, **kwargs) for function, args, kwargs in tasks)
        with whole_warning_filters() if self._is_shared and self.cap else nullcontext():
            if self._n_at_once is None:
                yield from self._parallel(tasks)
                return
            with self._parallel as parallel:
                while some := list(islice(tasks, self._n_at_once)):
                    yield from parallel(some)
