"""Progress of a long run: a bar with rate and time left on a terminal, a line a minute where there is none."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from ._optional import require

SECONDS_BETWEEN_LINES = 60.0
STEPS_TO_TELL = 20  # so many, or so large a part of fewer: before, one long step makes days of minutes


@contextmanager
def progress_of(n_images: int | None, shown: bool | None = None) -> Iterator[Callable[..., None]]:
    """Show a bar while images are worked on.

    Parameters
    ----------
    n_images : int or None
        None where it is not known.
    shown : bool or None, default=None
        None shows it where standard error is a terminal and rich is installed, and prints a line a minute elsewhere.

    Yields
    ------
    advance : callable
        To be called with the number of images that are done, and True where they were done before.
    """
    if shown is None and not (sys.stderr.isatty() and find_spec("rich")):
        lines = progress_lines(n_images, "images")
        yield lambda n_done, before=False: lines(n_done)
        return
    if shown is False:
        yield lambda n_done, before=False: None
        return
    progress, console = require("rich.progress", extra="parquet"), require("rich.console", extra="parquet")
    columns = (
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console.Console(stderr=True)) as bar:
        task = bar.add_task("images", total=n_images, rate="")
        fresh = 0

        def advance(n_done, before=False):
            nonlocal fresh
            fresh += 0 if before else n_done
            elapsed = bar.tasks[0].elapsed or 0
            rate = f"{fresh / elapsed:.0f} images/s" if fresh and elapsed else ""
            bar.update(task, advance=n_done, rate=rate)

        yield advance


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
        left = ""
        if total is not None and min(STEPS_TO_TELL, total / STEPS_TO_TELL) <= done < total:
            left = f", about {_minutes((now - start) * (total / done - 1))} left"
        print(f"featkit: {done}{of_all} {what} after {_minutes(now - start)}{left}", file=sys.stderr, flush=True)

    return advance


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
