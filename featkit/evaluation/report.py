"""One self-contained HTML file about a comparison: words, tables and pictures; no network."""

import base64
import io
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path

from .._optional import require

TEMPLATE = Path(__file__).with_name("report.html.jinja")
PACKAGES = ("numpy", "scipy", "scikit-learn", "scikit-image", "numba")


def write_report(path, sections, *, title="featkit report"):
    """Write tables and figures as one HTML file that needs nothing else.

    Parameters
    ----------
    path : str or PathLike
        The file to write.
    sections : list of dict
        Each with ``title`` (str), and, as wanted, ``words`` (str), ``table`` (pandas.DataFrame as
        `compare_features` returns it), ``figures`` (list of (caption, matplotlib Figure)).
    title : str, default="featkit report"

    Returns
    -------
    path : Path
        Of the file written.

    Raises
    ------
    MissingDependencyError
        When jinja2 is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from featkit import write_report
    >>> path = write_report(tempfile.mkdtemp() + "/report.html", [{"title": "Cats & dogs", "words": "All well."}])
    >>> "Cats &amp; dogs" in path.read_text()
    True
    """
    jinja2 = require("jinja2", extra="report")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        title=title,
        sections=[_rendered(section) for section in sections],
        today=date.today().isoformat(),
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    )
    path = Path(path)
    path.write_text(page, encoding="utf-8")
    return path


def _rendered(section):
    table, figures = section.get("table"), section.get("figures", ())
    return {
        "title": section["title"],
        "words": section.get("words", ""),
        "rows": [] if table is None else _table_rows(table),
        "figures": [{"caption": caption, "data": _png(figure)} for caption, figure in figures],
    }


def _table_rows(table):
    best = table["accuracy"].max()
    return [
        {
            "name": name,
            "accuracy": 100 * row["accuracy"],
            "spread": 100 * row["accuracy_std"],
            "fit_seconds": row["fit_seconds"],
            "ms_per_image": row["ms_per_image"],
            "n_features": int(row["n_features"]),
            "is_best": row["accuracy"] == best,
        }
        for name, row in table.iterrows()
    ]


def _png(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return base64.b64encode(buffer.getvalue()).decode()
