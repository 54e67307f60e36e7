"""Progress of slow steps for the callbacks of scikit-learn (1.9 and newer), such as `sklearn.callback.ProgressBar`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]  # the stand-in for what is not there
        """Nothing to support."""

    def with_callbacks(method: Callable) -> Callable:
        """Nothing to set up."""
        return method


MOST_TASKS = 100  # that are reported: of many items some at a time


@contextmanager
def reported_tasks(estimator: Any, task: str, n_items: int) -> Iterator[Callable[..., None]]:
    """Report a slow method to the callbacks of an estimator, where there are any.

    Parameters
    ----------
    estimator : CallbackSupportMixin
    task : str
        Name of the method: "fit", "transform", ...
    n_items : int
        Items of work that there will be.

    Yields
    ------
    advance : callable
        To be called as ``advance(n=1)`` when so many items are done.
    """
    if not getattr(estimator, "_skl_callbacks", None):
        yield lambda n=1: None
        return
    n_tasks, done, reported = min(MOST_TASKS, n_items), 0, 0
    try:
        context = estimator._init_callback_context(task_name=task, max_subtasks=n_tasks)
        context.call_on_fit_task_begin(estimator=estimator)

        def advance(n: int = 1) -> None:
            nonlocal done, reported
            done += n
            while reported < min(n_tasks, done * n_tasks // n_items):
                reported += 1
                part = context.subcontext(task_name=f"{task} part")
                part.call_on_fit_task_begin(estimator=estimator)
                part.call_on_fit_task_end(estimator=estimator)

        yield advance
        context.call_on_fit_task_end(estimator=estimator)
    finally:
        with_callbacks(lambda estimator: None)(estimator)  # takes down what was set up
