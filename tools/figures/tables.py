"""Figures that a page states, those that a script prints, and which of them differ."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SCRIPTS = "tests/performance/"
POINTS = 0.35  # what another machine's rounding and another library's version change, in percent
NEEDS_TORCH = "LeNet-5 (torch)"
NUMBER = r"[-+]?(?=\.?\d)[\d,]*(?:\.\d+)?"


class Figure(NamedTuple):
    """A figure of a page: what it says, its value, and by how much it may differ; None is a lower bound."""

    what: str
    stated: float
    noise: float | None


def number(text: str) -> float:
    """Value of a number as it is written on a page."""
    return float(text.replace(",", ""))


def rows_of(table: str) -> Iterator[tuple[str, list[float]]]:
    """Name and numbers of every row of a table in Markdown that has numbers; of a cell, the one it begins with."""
    for line in table.splitlines()[2:]:  # below the heading
        name, *cells = (cell.strip(" *") for cell in line.strip().strip("|").split("|"))
        values = [number(found[0]) for cell in cells if (found := re.match(NUMBER, cell))]
        if values:
            yield name, values


def tables_of(text: str) -> list[str]:
    """Tables of a text in Markdown."""
    return ["\n".join(lines.splitlines()) for lines in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)]


def text_of(page: str, heading: str = "") -> str:
    """Text of a page, or of it what stands below a heading and above the next one."""
    text = (ROOT / page).read_text()
    if not heading:
        return text
    above, found, below = text.partition(f"## {heading}\n")
    if not found:
        raise ValueError(f"Expected a heading {heading!r} in {page}, found none.")
    return below.partition("\n## ")[0]


def table_stated(
    page: str, heading: str, noise: float = POINTS, *, fraction: float = 0.0, columns: slice = slice(None)
) -> list[Figure]:
    """Figures of the first table below a heading of a page, or of some of its columns; noise also as a fraction."""
    return [
        Figure(f"{heading}, {name}, number {place}", value, max(noise, fraction * abs(value)))
        for name, values in rows_of(tables_of(text_of(page, heading))[0])
        if name != NEEDS_TORCH
        for place, value in enumerate(values[columns], 1)
    ]


def prose_stated(page: str, heading: str, pattern: str, names: list[str], noise: float) -> list[Figure]:
    """Figures of a sentence: the groups of a pattern, in which a space stands for any white space."""
    found = re.search(pattern.replace(" ", r"\s+"), text_of(page, heading))
    if found is None:
        raise ValueError(f"Expected the sentence {pattern!r} below {heading!r} in {page}, found none.")
    values = map(number, found.groups())
    return [Figure(f"{heading}, {name}", value, noise) for name, value in zip(names, values, strict=True)]


def printed_by(*words: str) -> str:
    """What a script of this clone prints."""
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=here, check=True, text=True, stdout=subprocess.PIPE).stdout


def table_printed(*words: str) -> list[float]:
    """Figures of the first table that a script prints."""
    return [value for _, values in rows_of(tables_of(printed_by(*words))[0]) for value in values]


def values_of(pattern: str, text: str) -> list[float]:
    """All groups of all matches of a pattern, in order."""
    return [number(value) for found in re.finditer(pattern, text, re.MULTILINE) for value in found.groups()]


def differing(stated: list[Figure], found: list[float]) -> Iterator[str]:
    """Lines about those that differ beyond their noise."""
    if len(stated) != len(found):
        yield f"{stated[0].what} and so on: {len(stated)} figures are stated, {len(found)} were measured"
        return
    for figure, value in zip(stated, found, strict=True):
        is_far = value < figure.stated if figure.noise is None else abs(value - figure.stated) > figure.noise
        if is_far:
            yield f"{figure.what}: {figure.stated:g} is stated, {value:.4g} was measured"
