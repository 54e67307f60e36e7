"""Progress of a long run where standard error is a file: a line a minute instead of a bar."""

import sys
import time
from collections.abc import Callable

SECONDS_BETWEEN_LINES = 60.0


def progress_lines(total: int | None, what: str) -> Callable[[int], None]:
    """Make a function that counts what is done and prints a line a minute to standard error, none in the first.

    Parameters
    ----------
    total : int or None
        Steps of the whole run; None where it is not known.
    what : str
        What is counted, in the plural: "images".

    Returns
    -------
    advance : callable
        To be called with the number of steps that are done.
    """
    start = last = time.monotonic()
    done = 0

    def advance(n_done: int) -> None:
        nonlocal done, last
        done += n_done
        now = time.monotonic()
        if now - last < SECONDS_BETWEEN_LINES:
            return
        last = now
        of_all = "" if total is None else f" of {total}"
        left = "" if not (total and done) else f", about {_minutes((now - start) * (total / done - 1))} left"
        print(f"featkit: {done}{of_all} {what} after {_minutes(now - start)}{left}", file=sys.stderr, flush=True)

    return advance


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
