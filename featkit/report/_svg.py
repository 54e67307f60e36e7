"""matplotlib's figures as SVG that lives inside a page: its fonts, its colours, no styles in attributes.

matplotlib draws them, because the same displays stand in notebooks, and because the scripts of an interactive plotting
library alone (4.5 MB for plotly) weigh as much as a whole report may; a page's own few lines do the rest.
"""

import io
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from .._optional import require
from ..display._curves import BASELINE_COLORS, FEATURE_COLORS

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
COLOR_CLASSES = {
    **{color: f"feature{k}" for k, color in enumerate(FEATURE_COLORS)},
    **{color: f"baseline{k}" for k, color in enumerate(BASELINE_COLORS)},
}
CANDIDATE = re.compile(r"candidate-(\d+)(-band)?")
DROPPED = {"font-family", "font"}  # a page has its own


def inline_svg(
    figure: "Figure", label: str, readings: Mapping[int, list[str]] | None = None, place: str = ""
) -> "Markup":
    """Draw a figure as an ``<svg>`` element.

    Parameters
    ----------
    figure : matplotlib Figure
        Artists whose gid is ``candidate-3`` become ``<g data-candidate="3">``; those of ``candidate-3-band`` also have
        ``data-band``.
    label : str
        What it shows, for those who do not see it.
    readings : dict of int to list of str, or None, default=None
        By number of the candidate, what each of its points says.
    place : str, default=""
        Where on the page: figures with equal labels at different positions share no identifier.

    Returns
    -------
    svg : markupsafe.Markup
    """
    root = ElementTree.fromstring(_drawn(figure, salt=f"{place} {label}"))
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    referenced = _referenced_ids(root)
    for element in root.iter():
        _style_to_attributes(element)
        found = CANDIDATE.fullmatch(element.get("id", ""))
        if found:
            element.set("data-candidate", found[1])
            if found[2]:
                element.set("data-band", "")
            else:
                _add_readings(element, (readings or {}).get(int(found[1]), ()))
        if element.get("id") not in referenced:
            element.attrib.pop("id", None)
    root.attrib.pop("width")
    root.attrib.pop("height")
    root.set("role", "img")
    root.set("aria-label", label)
    text = ElementTree.tostring(_without_namespaces(root), encoding="unicode")
    return require("markupsafe", extra="report").Markup(re.sub(r"\s*\n\s*", " ", text))


def _drawn(figure: "Figure", salt: str) -> str:
    buffer = io.StringIO()
    matplotlib = require("matplotlib", extra="report")
    # the salt makes the identifiers of two figures of one page differ, and those of two runs agree
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return buffer.getvalue()


def _referenced_ids(root: ElementTree.Element) -> set[str]:
    values = " ".join(value for element in root.iter() for value in element.attrib.values())
    return set(re.findall(r"#([\w-]+)", values))


def _style_to_attributes(element: ElementTree.Element) -> None:
    """Turn ``style`` into attributes, which a strict content security policy lets pass and a style sheet overrules."""
    classes = []
    style = element.attrib.pop("style", "")
    for part in filter(str.strip, style.split(";")):
        key, value = (piece.strip() for piece in part.split(":", 1))
        if key == "font":  # matplotlib before 3.10 writes size and family together
            element.set("font-size", re.findall(r"[\d.]+px", value)[0])
        if value.lower() in COLOR_CLASSES:
            classes.append(f"{key}-{COLOR_CLASSES[value.lower()]}")
        elif key not in DROPPED:
            element.set(key, value)
    if element.tag == f"{{{SVG}}}text":
        element.set("fill", "currentColor")
    if classes:
        element.set("class", " ".join(classes))


def _add_readings(group: ElementTree.Element, readings: Iterable[str]) -> None:
    marks = list(group.iter(f"{{{SVG}}}use"))
    for mark, reading in zip(marks, readings):
        ElementTree.SubElement(mark, f"{{{SVG}}}title").text = reading


def _without_namespaces(root: ElementTree.Element) -> ElementTree.Element:
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        if f"{{{XLINK}}}href" in element.attrib:
            element.set("href", element.attrib.pop(f"{{{XLINK}}}href"))
    return root
