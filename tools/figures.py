"""Measure figures of README and docs again and print those that differ beyond their noise: ``make figures``.

python -m tools.figures [first-lines] [iris] [digits] [learning] [light] [families] [cells] [copies]
    [flowers=FOLDER] [leaves=FOLDER] [face-light=FOLDER]

Without arguments, everything that needs no data of others is measured, which takes an hour or two. Times, and what is
told of faces and garments, are measured by the commands that stand beside them. Exits 1 where a figure differs.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from featkit import make_iris_flowers

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
POINTS = 0.35  # what another machine's rounding and another library's version change, in percent
SIZES, ALL_SIZES = (100, 300, 1000), (100, 300, 1000, 4000)
UNDER = ["dimmed by 2 stops", "moved by 4 pixels", "noise 0.2", "shadow of 2 stops", "white patch"]
SCRIPTS = "tests/performance/"
NEEDS_TORCH = "LeNet-5 (torch)"


class Figure(NamedTuple):
    """A figure of a page: what it says, its value, and by how much it may differ; None is a lower bound."""

    what: str
    stated: float
    noise: float | None


def rows_of(table: str) -> Iterator[tuple[str, list[float]]]:
    """Name and numbers of every row of a table in Markdown that has numbers; of a cell, the one it begins with."""
    for line in table.splitlines()[2:]:  # below the heading
        name, *cells = (cell.strip(" *") for cell in line.strip().strip("|").split("|"))
        found = [re.match(r"[-+]?[\d,]+(\.\d+)?", cell) for cell in cells]
        values = [float(number[0].replace(",", "")) for number in found if number]
        if values:
            yield name, values


def tables_of(text: str) -> list[str]:
    """Tables of a text in Markdown."""
    return ["\n".join(lines.splitlines()) for lines in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)]


def table_stated(page: str, heading: str, noise: float = POINTS) -> list[Figure]:
    """Figures of the first table below a heading of a page."""
    below = (ROOT / page).read_text().partition(f"## {heading}\n")[2]
    return [
        Figure(f"{heading}, {name}, number {place}", value, noise)
        for name, values in rows_of(tables_of(below)[0])
        if name != NEEDS_TORCH
        for place, value in enumerate(values, 1)
    ]


def printed_by(*words: str) -> str:
    """What a script of this clone prints."""
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=here, check=True, text=True, stdout=subprocess.PIPE).stdout


def table_printed(*words: str) -> list[float]:
    """Figures of the first table that a script prints."""
    return [value for _, values in rows_of(tables_of(printed_by(*words))[0]) for value in values]


def first_lines_stated() -> list[Figure]:
    """Accuracy that stands behind the first lines of code."""
    return [Figure("first lines: accuracy", float(_first_code(README.read_text()).rsplit("#")[-1]), 0.0015)]


def first_lines_found() -> list[float]:
    """Run the first lines."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(_first_code(README.read_text()), {})
    return [float(printed.getvalue())]


def iris_stated() -> list[Figure]:
    """R² that the measured iris flowers have at least."""
    return [Figure("iris: least R²", float(re.search(r"R² of at least (\d\.\d+)", README.read_text())[1]), None)]


def iris_found() -> list[float]:
    """Measure the drawn flowers."""
    from pipelines.iris import measured_agreement

    return [float(measured_agreement(make_iris_flowers(random_state=0)).min())]


def digits_stated() -> list[Figure]:
    """Tables of digits in the README (by numbers of images, and corrupted) and in docs/digits.md (corrupted)."""
    text = README.read_text()
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


def flowers_stated() -> list[Figure]:
    """What removing the background gains, in the README."""
    line = re.search(r"17 kinds of flowers.*?\*\*\d+\.\d %\*\*", README.read_text(), re.DOTALL)[0]
    names = ("raw pixels", "the whole photo", "the flower alone")
    values = map(float, re.findall(r"(\d+\.\d)[\s*]*%", line))
    return [Figure(f"flowers, {name}", value, 1.0) for name, value in zip(names, values, strict=True)]


def flowers_found(folder: str) -> list[float]:
    """Run the script that measures it."""
    printed = printed_by(f"{SCRIPTS}measure_flowers.py", folder)
    return [float(value) for value in re.findall(r": (\d+\.\d) \+-", printed)]


def leaves_stated() -> list[Figure]:
    """Accuracy on leaves, in the README."""
    return [Figure("leaves", float(re.search(r"outlines alone: \*\*(\d+\.\d) %", README.read_text())[1]), POINTS)]


def leaves_found(folder: str) -> list[float]:
    """Run the pipeline of leaves."""
    from pipelines.leaves import evaluate

    return [100 * evaluate(folder)["all"]["accuracy"]]


LIGHT, FAMILIES = f"{SCRIPTS}measure_light.py", f"{SCRIPTS}measure_digit_features.py"
TEXTURE = partial(table_stated, "docs/texture.md")
FIGURES: dict[str, tuple[Callable[[], list[Figure]], Callable[[], list[float]]]] = {
    "first-lines": (first_lines_stated, first_lines_found),
    "iris": (iris_stated, iris_found),
    "digits": (digits_stated, digits_found),
    "learning": (learning_stated, learning_found),
    "light": (partial(TEXTURE, "Digits under changed light"), partial(table_printed, LIGHT)),
    "families": (partial(TEXTURE, "Digits: which feature helps"), partial(table_printed, FAMILIES)),
    "cells": (partial(TEXTURE, "Digits: one cell size or several"), partial(table_printed, FAMILIES, "--cells")),
    "copies": (partial(TEXTURE, "Augmentation of a small training set"), partial(table_printed, FAMILIES, "--copies")),
}
OF_DATA: dict[str, tuple[Callable[[], list[Figure]], Callable[[str], list[float]]]] = {
    "flowers": (flowers_stated, flowers_found),
    "leaves": (leaves_stated, leaves_found),
    "face-light": (
        partial(TEXTURE, "Faces under changed light"),
        lambda folder: table_printed(LIGHT, "--faces", folder),
    ),
}


def _first_code(text: str) -> str:
    return re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]


def _candidate(row: str) -> str:
    """Name in the comparison of digits of what a row is called."""
    return row.replace(", ", " + ").replace("stretched raw", "stretched")


def _curves(found):
    """Accuracy in percent by candidate and number of training images."""
    return 100 * found.learning_curves().pivot(index="candidate", columns="n_train", values="accuracy")


def differing(stated: list[Figure], found: list[float]) -> Iterator[str]:
    """Lines about those that differ beyond their noise."""
    if len(stated) != len(found):
        yield f"{stated[0].what} and so on: {len(stated)} figures are stated, {len(found)} were measured"
        return
    for figure, value in zip(stated, found, strict=True):
        is_far = value < figure.stated if figure.noise is None else abs(value - figure.stated) > figure.noise
        if is_far:
            yield f"{figure.what}: {figure.stated:g} is stated, {value:.4g} was measured"


def main(words: list[str]) -> int:
    """Measure what is named, or all that needs no data, and print what differs."""
    lines = []
    for word in words or FIGURES:
        name, _, folder = word.partition("=")
        if name in OF_DATA:
            if not Path(folder).is_dir() or not folder:
                raise SystemExit(f"Expected a folder of images, {name}=FOLDER, got {word}.")
            stated, found = OF_DATA[name][0], partial(OF_DATA[name][1], folder)
        elif name in FIGURES:
            stated, found = FIGURES[name]
        else:
            raise SystemExit(f"Expected names among {', '.join([*FIGURES, *OF_DATA])}, got {word}.")
        figures = stated()
        print(f"{name}: {len(figures)} figures", flush=True)
        lines += differing(figures, found())
    print("\n".join(lines) or "all agree within their noise")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
