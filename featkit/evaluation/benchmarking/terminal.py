"""Terminal output of a comparison: progress with the time left, and the table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..._optional import require
from ..._progress import progress_lines
from .._columns import score_of
from ..statistics import without_rounding_noise

if TYPE_CHECKING:
    from pandas import DataFrame


@contextmanager
def progress_bar(n_steps: int) -> Iterator[Callable[..., None]]:
    """Bar with the time left, on no terminal a line a minute; gives a function ``advance(what="", n=1)``."""
    progress = require("rich.progress", extra="report")
    console = require("rich.console", extra="report").Console()
    if not (console.is_terminal or console.is_jupyter):
        lines = progress_lines(n_steps, "steps")
        yield lambda what="comparing", n=1: lines(n)
        return
    columns = (
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("comparing", total=n_steps)
        yield lambda what="comparing", n=1: bar.update(task, description=what, advance=n)


def _or_dash(text: str) -> str:
    return "–" if "nan" in text else text


# column of a table: heading and text of a row
_COLUMNS = {
    "accuracy": ("accuracy %", lambda row: f"{100 * row['accuracy']:.2f} ± {100 * row['accuracy_std']:.2f}"),
    "accuracy_low": (
        "95 % interval",
        lambda row: _or_dash(f"{100 * row['accuracy_low']:.1f}-{100 * row['accuracy_high']:.1f}"),
    ),
    "r2": ("R²", lambda row: f"{row['r2']:.3f} ± {row['r2_std']:.3f}"),
    "r2_low": ("95 % interval", lambda row: _or_dash(f"{row['r2_low']:.3f} to {row['r2_high']:.3f}")),
    "mae": ("MAE", lambda row: f"{row['mae']:.4g}"),
    "micro_f1": ("micro F1 %", lambda row: f"{100 * row['micro_f1']:.2f}"),
    "macro_f1": ("macro F1 %", lambda row: f"{100 * row['macro_f1']:.2f}"),
    "log_loss": ("log loss", lambda row: _or_dash(f"{row['log_loss']:.3f}")),
    "fit_seconds": ("fit s", lambda row: f"{row['fit_seconds']:.2f}"),
    "ms_per_image": ("ms / image", lambda row: f"{row['ms_per_image']:.3f}"),
    "n_features": ("columns", lambda row: f"{row['n_features']:.0f}"),
    "peak_mb": ("peak MB", lambda row: f"{row['peak_mb']:.0f}"),
}


def print_comparison(table: "DataFrame") -> None:
    """Print the table of `compare_features` or `benchmark` in the terminal, the best candidates bold.

    Parameters
    ----------
    table : pandas.DataFrame
        As `compare_features` returns it, or ``benchmark(...).table``.

    See Also
    --------
    compare_features : Makes such a table.
    featkit.write_report : Writes an HTML report instead.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit import print_comparison
    >>> print_comparison(pd.DataFrame({"accuracy": [0.9, 0.95], "accuracy_std": 0.01}, ["pixels", "HOG"]))
    ┏━━━━━━━━━━┳━━━━━━━━━━━━━━┓
    ┃ features ┃   accuracy % ┃
    ┡━━━━━━━━━━╇━━━━━━━━━━━━━━┩
    │ pixels   │ 90.00 ± 1.00 │
    │ HOG      │ 95.00 ± 1.00 │
    └──────────┴──────────────┘
    """
    Table = require("rich.table", extra="report").Table
    Console = require("rich.console", extra="report").Console
    Text = require("rich.text", extra="report").Text  # to the letter: brackets in a name are no markup
    n_folds = table.attrs.get("n_folds")
    rich_table = Table(title=f"mean and standard deviation over {n_folds} folds" if n_folds else None)
    rich_table.add_column("features")
    shown = [written for column, written in _COLUMNS.items() if column in table]
    for heading, _ in shown:
        rich_table.add_column(heading, justify="right")
    scores = without_rounding_noise(table[score_of(table).column])
    for (name, row), is_best in zip(table.iterrows(), scores == scores.max()):
        style = "bold" if is_best else None
        rich_table.add_row(Text(str(name)), *(text(row) for _, text in shown), style=style)
    Console(width=None if Console().is_terminal else 120).print(rich_table)
