"""Measure figures of the README again and print those that differ beyond their noise: ``make figures``.

python -m tools.figures [first-lines] [iris] [digits]

Covered are the accuracy of the first lines, the agreement of the drawn iris flowers and the table of digits; times, and
what needs data that is not shipped, are measured by the commands that stand beside them. Exits 1 where one differs.
"""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from featkit import make_iris_flowers

README = Path(__file__).parents[1] / "README.md"
POINTS = 0.35  # what another machine's rounding and another library's version change, in percent
SIZES = (100, 300, 1000)


class Figure(NamedTuple):
    """A figure of the README: what it says, its value, and by how much it may differ; None is a lower bound."""

    what: str
    stated: float
    noise: float | None


def first_lines_stated(text: str) -> list[Figure]:
    """Accuracy that stands behind the first lines of code."""
    return [Figure("first lines: accuracy", float(_first_code(text).rsplit("#")[-1]), 0.0015)]


def iris_stated(text: str) -> list[Figure]:
    """R² that the measured iris flowers have at least."""
    return [Figure("iris: least R²", float(re.search(r"R² of at least (\d\.\d+)", text)[1]), None)]


def digits_stated(text: str) -> list[Figure]:
    """Table of digits, row by row: trained on 100, 300 and 1,000, and the mean under corruptions."""
    table = text[text.index("| trained on | 100 |") :].split("\n\n")[0]
    figures = []
    for line in table.splitlines()[2:]:
        name, *cells = (cell.strip(" *") for cell in line.strip("|").split("|"))
        columns = (*SIZES, "corrupted")
        figures += [
            Figure(f"{name}: {column}", float(cell), POINTS) for column, cell in zip(columns, cells, strict=True)
        ]
    return figures


def first_lines_found() -> list[float]:
    """Run the first lines."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(_first_code(README.read_text()), {})
    return [float(printed.getvalue())]


def iris_found() -> list[float]:
    """Measure the drawn flowers."""
    from pipelines.iris import measured_agreement

    return [float(measured_agreement(make_iris_flowers(random_state=0)).min())]


def digits_found() -> list[float]:
    """Run the comparison of digits as ``python -m pipelines.digits --quick`` does."""
    from pipelines.digits import compare

    found = compare(n_splits=2, train_size=1000, train_sizes=SIZES, with_changes=True)
    curves = 100 * found.learning_curves().pivot(index="candidate", columns="n_train", values="accuracy")
    corrupted = 100 * found.robustness.groupby("candidate")["accuracy"].mean()
    rows = [figure.what.split(": ")[0] for figure in digits_stated(README.read_text())[:: len(SIZES) + 1]]
    names = [row.replace(", ", " + ").replace("stretched raw", "stretched") for row in rows]
    return [value for name in names for value in (*(curves.loc[name, size] for size in SIZES), corrupted[name])]


FIGURES = {
    "first-lines": (first_lines_stated, first_lines_found),
    "iris": (iris_stated, iris_found),
    "digits": (digits_stated, digits_found),
}


def _first_code(text: str) -> str:
    return re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]


def differing(stated: list[Figure], found: list[float]) -> Iterator[str]:
    """Lines about those that differ beyond their noise."""
    for figure, value in zip(stated, found, strict=True):
        is_far = value < figure.stated if figure.noise is None else abs(value - figure.stated) > figure.noise
        if is_far:
            yield f"{figure.what}: {figure.stated:g} is stated, {value:.4g} was measured"


def main(names: list[str]) -> int:
    """Measure what is named, or all, and print what differs."""
    lines = []
    for name in names or FIGURES:
        stated, found = FIGURES[name]
        figures = stated(README.read_text())
        print(f"{name}: {len(figures)} figures", flush=True)
        lines += differing(figures, found())
    print("\n".join(lines) or "all agree within their noise")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
