"""Cap the thread pools of native libraries while several workers share the cores."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
from threadpoolctl import threadpool_limits

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
