"""The HTML report: one file that needs nothing else."""

import base64
import hashlib
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .._optional import require
from ..display._curves import BASELINE_COLORS, FEATURE_COLORS
from ..evaluation.benchmarking.results import Benchmark
from ..io.writing import write_atomically
from .section import ReportSection, rendered

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
COLORS_ON_DARK = {
    "feature": ("#5cb3f0", "#ff8a4c", "#35c79c", "#e79ac4", "#f2b84b", "#8fd3f7", "#b18bd1", "#c9a05c"),
    "baseline": ("#e0e0e0", "#b0b0b0", "#8c8c8c", "#6e6e6e"),
}


def write_report(
    path: str | os.PathLike,
    sections: Benchmark | ReportSection | Sequence[Benchmark | ReportSection],
    *,
    title: str = "Do hand-made features beat raw pixels?",
    command: str | None = None,
) -> Path:
    """Write an HTML report of benchmarks: one file that needs no network and no other file.

    Parameters
    ----------
    path : str or PathLike
        The file to write.
    sections : Benchmark, ReportSection, or list of them
        What to report, in this order.
    title : str, default="Do hand-made features beat raw pixels?"
        Heading of the page.
    command : str or None, default=None
        What to type to get the same report again.

    Returns
    -------
    path : Path
        Of the file written.

    Raises
    ------
    FileWriteError
        When the file cannot be written; a report that was there stays.
    MissingDependencyError
        When jinja2, pandas or matplotlib is not installed.

    See Also
    --------
    featkit.report.ReportSection : A benchmark with images and figures.
    featkit.benchmark : Makes the benchmarks.

    Notes
    -----
    Names of classes, candidates and files are shown as text, whatever they contain. A content security policy forbids
    the page every request and every script but its own. Without scripts, all but sorting and choosing still works.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from featkit import HOG, RawPixels, benchmark, write_report
    >>> digits = load_digits()
    >>> result = benchmark(
    ...     {"HOG": HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1))},
    ...     digits.images[:200] / 16, digits.target[:200],
    ...     baselines={"raw pixels": RawPixels()}, cv=3, verbose=False)
    >>> path = write_report(tempfile.mkdtemp() + "/report.html", result)
    >>> "raw pixels" in path.read_text(encoding="utf-8")
    True
    """
    jinja2 = require("jinja2", extra="report")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    style = environment.get_template("report.css.jinja").render(
        on_light={"feature": FEATURE_COLORS, "baseline": BASELINE_COLORS}, on_dark=COLORS_ON_DARK
    )
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    page = environment.get_template("report.html.jinja").render(
        title=title,
        command=command,
        sections=[rendered(_as_section(section), number) for number, section in enumerate(_as_list(sections), start=1)],
        today=date.today().isoformat(),
        style=_trusted(style),
        script=_trusted(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    path = Path(path)
    write_atomically(path, lambda stream: stream.write(page.encode("utf-8")))
    return path


def _as_list(sections: Benchmark | ReportSection | Sequence[Benchmark | ReportSection]) -> list:
    return [sections] if isinstance(sections, (Benchmark, ReportSection)) else list(sections)


def _as_section(section: Benchmark | ReportSection) -> ReportSection:
    return section if isinstance(section, ReportSection) else ReportSection(section)


def _trusted(text: str) -> "Markup":
    return require("markupsafe", extra="report").Markup(text)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
