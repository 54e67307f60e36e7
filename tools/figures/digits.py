"""Figures that need no data of others: first lines, drawn iris flowers, and handwritten digits."""

import contextlib
import io
import re

from featkit import make_iris_flowers

from .tables import POINTS, Figure, rows_of, table_stated, text_of

SIZES, ALL_SIZES = (100, 300, 1000), (100, 300, 1000, 4000)
UNDER = ["dimmed by 2 stops", "moved by 4 pixels", "noise 0.2", "shadow of 2 stops", "white patch"]


def first_lines_stated() -> list[Figure]:
    """Accuracy that stands behind the first lines of code."""
    return [Figure("first lines: accuracy", float(_first_code(text_of("README.md")).rsplit("#")[-1]), 0.0015)]


def first_lines_found() -> list[float]:
    """Run the first lines."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(_first_code(text_of("README.md")), {})
    return [float(printed.getvalue())]


def iris_stated() -> list[Figure]:
    """R² that the measured iris flowers have at least."""
    return [Figure("iris: least R²", float(re.search(r"R² of at least (\d\.\d+)", text_of("README.md"))[1]), None)]


def iris_found() -> list[float]:
    """Measure the drawn flowers."""
    from pipelines.iris import measured_agreement

    return [float(measured_agreement(make_iris_flowers(random_state=0)).min())]


def digits_stated() -> list[Figure]:
    """Tables of digits in the README (by numbers of images, and corrupted) and in docs/digits.md (corrupted)."""
    text = text_of("README.md")
    table = text[text.index("| trained on | 100 |") :].split("\n\n")[0]
    columns = (*SIZES, "corrupted")
    figures = [
        Figure(f"{name}: {column}", value, POINTS)
        for name, values in rows_of(table)
        for column, value in zip(columns, values, strict=True)
    ]
    return figures + table_stated("docs/digits.md", "Robustness to corruption")


def digits_found() -> list[float]:
    """Run the comparison of digits as ``python -m pipelines.digits --quick`` does."""
    from pipelines.digits import compare

    found = compare(n_splits=2, train_size=1000, train_sizes=SIZES, with_changes=True)
    curves = _curves(found)
    corrupted = 100 * found.robustness.groupby("candidate")["accuracy"].mean()
    under = 100 * found.robustness.pivot_table(index="candidate", columns="corruption", values="accuracy")
    rows = dict.fromkeys(figure.what.split(": ")[0] for figure in digits_stated() if ": " in figure.what)
    values = [
        value
        for name in map(_candidate, rows)
        for value in (*(curves.loc[name, size] for size in SIZES), corrupted[name])
    ]
    shown = dict.fromkeys(figure.what.split(", ", 1)[1].rsplit(", ", 1)[0] for figure in digits_stated()[len(values) :])
    return values + [
        value
        for name in map(_candidate, shown)
        for value in (corrupted[name], *(under.loc[name, kind] for kind in UNDER))
    ]


def learning_stated() -> list[Figure]:
    """Learning curves in docs/digits.md."""
    return table_stated("docs/digits.md", "How many training images")


def learning_found() -> list[float]:
    """Run the comparison of digits as ``python -m pipelines.digits --learning`` does."""
    from pipelines.digits import compare

    curves = _curves(compare(train_sizes=ALL_SIZES))
    rows = dict.fromkeys(figure.what.split(", ", 1)[1].rsplit(", ", 1)[0] for figure in learning_stated())
    return [curves.loc[name, size] for name in map(_candidate, rows) for size in ALL_SIZES]


def _first_code(text: str) -> str:
    return re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]


def _candidate(row: str) -> str:
    """Name in the comparison of digits of what a row is called."""
    return row.replace(", ", " + ").replace("stretched raw", "stretched")


def _curves(found):
    """Accuracy in percent by candidate and number of training images."""
    return 100 * found.learning_curves().pivot(index="candidate", columns="n_train", values="accuracy")
