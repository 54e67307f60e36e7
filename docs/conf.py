"""How Sphinx makes the documentation: ``make docs``."""

import ast
import base64
import importlib
import inspect
import json
import shutil
import sys
import warnings
from pathlib import Path

from docutils import nodes
from sklearn.base import BaseEstimator

import featkit
from featkit.exceptions import ModelLicenseWarning

warnings.filterwarnings("ignore", category=ModelLicenseWarning)  # the pages of faces tell of it; here it shows a path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for gallery_scraper and search_sections
PACKAGE = Path(featkit.__file__).parent

# Sub-packages by what one does with them, in the order in which a newcomer meets them.
TASKS = {
    "Read images": ("io", "image"),
    "Prepare images": ("preprocessing",),
    "Describe images: features": ("features",),
    "Find and measure objects": ("objects", "scale", "measurement"),
    "Faces": ("faces",),
    "Learn from few images": ("augmentation", "metric_learning"),
    "Compare, explain, show": ("evaluation", "inspection", "display", "report"),
    "Many images, saved models": ("extraction", "persistence"),
    "Images to try it on": ("datasets",),
    "Write your own": ("base", "testing", "parameters", "exceptions"),
}


def packages(families):
    """Dotted names of the sub-packages of these families that have public names."""
    names = [".".join(("featkit", *stub.parent.relative_to(PACKAGE).parts)) for stub in PACKAGE.rglob("__init__.pyi")]
    names = sorted({*names, "featkit.testing", "featkit.exceptions", "featkit.persistence", "featkit.parameters"})
    return [name for family in families for name in names if (*name.split("."), "")[1] == family]


def public_names(package):
    """Names of a sub-package by their kind, estimators first."""
    module = importlib.import_module(package)
    public = getattr(module, "__all__", None) or [
        name for name, item in vars(module).items() if getattr(item, "__module__", "") == package
    ]
    items = {name: getattr(module, name) for name in sorted(public) if name[0] != "_"}
    by_kind = {"Estimators": [], "Other classes": [], "Functions": []}
    for name, item in items.items():
        if isinstance(item, type):
            by_kind["Estimators" if issubclass(item, BaseEstimator) else "Other classes"].append(name)
        elif callable(item):
            by_kind["Functions"].append(name)
    return {kind: names for kind, names in by_kind.items() if names}


def api_page():
    """The reference: tables of the public names of every sub-package, by what one does with them."""
    lines = [
        "# API: public names",
        "",
        "Every name stands in the sub-package of its family; what stands in `featkit` itself, too, is named there:",
        "`from featkit import HOG`. Each class with a function beside it computes the same; the class lends it to a",
        "`Pipeline`. Both refuse what is no image, with the same message. Looking for a task rather than a name?",
        "[Which features?](choosing.md)",
    ]
    for task, families in TASKS.items():
        lines += ["", f"## {task}"]
        for package in packages(families):
            by_kind = public_names(package)
            if not by_kind:
                continue
            also = [f"`{name}`" for names in by_kind.values() for name in names if name in featkit.__all__]
            module = importlib.import_module(package)
            lines += ["", f"### {package}", "", inspect.getdoc(module).split("\n\n")[0].replace("\n", " ")]
            lines += ["", f"In `featkit` too: {', '.join(also)}"] if also else []
            for kind, names in by_kind.items():
                lines += ["", "```{eval-rst}", f".. currentmodule:: {package}", "", f".. rubric:: {kind}", ""]
                lines += [".. autosummary::", "   :toctree: generated", "   :nosignatures:", ""]
                lines += [*(f"   {name}" for name in names), "```"]
    return "\n".join(lines) + "\n"


def names_in_gallery():
    """Path from which an example of the gallery imports a public name, by name."""
    imported = {}
    for example in (HERE / "gallery").rglob("plot_*.py"):
        for node in ast.walk(ast.parse(example.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "featkit":
                imported |= {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return imported


def notebooks_page():
    """The notebooks with their questions and the first picture of each, which is written beside it."""
    lines = ["# Notebooks", "", "One question each; `make test` runs them from top to bottom.", ""]
    notebooks = sorted((HERE / "notebooks").glob("*.ipynb"))
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        question = "".join(cells[0]["source"]).splitlines()[0].lstrip("# ")
        data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
        pictures = [one["image/png"] for one in data if "image/png" in one]
        lines += ["```{eval-rst}"]
        if pictures:
            path.with_suffix(".png").write_bytes(base64.b64decode("".join(pictures[0])))
            lines += [f".. image:: notebooks/{path.stem}.png", "   :class: notebook", "   :width: 320px"]
            lines += [f"   :target: notebooks/{path.stem}.html", f"   :alt: {question}", ""]
        lines += [f":doc:`{question} <notebooks/{path.stem}>`", "```", ""]
    lines += ["```{toctree}", ":hidden:", ":maxdepth: 1", "", *(f"notebooks/{path.stem}" for path in notebooks), "```"]
    return "\n".join(lines) + "\n"


def title_of(example):
    """First line of the docstring of an example."""
    return ast.get_docstring(ast.parse(example.read_text())).splitlines()[0]


def tell_thumbnails(app, doctree):
    """Thumbnails of examples get words, for those who cannot see them."""
    titles = {f"sphx_glr_{path.stem}_thumb.png": title_of(path) for path in (HERE / "gallery").rglob("plot_*.py")}
    for image in doctree.findall(nodes.image):
        name = Path(image["uri"]).name
        if name in titles and not image.get("alt"):
            image["alt"] = f"Picture of the example: {titles[name]}"


def setup(app):
    """Sphinx calls it by this name."""
    app.connect("doctree-read", tell_thumbnails)


(HERE / "api.md").write_text(api_page())
shutil.copytree(HERE.parent / "notebooks", HERE / "notebooks", dirs_exist_ok=True)  # Sphinx reads below this folder
(HERE / "notebooks.md").write_text(notebooks_page())

project = "featkit"
author = "the featkit developers"
project_copyright = author
release = version = featkit.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "search_sections",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "**.ipynb_checkpoints", "gallery", "examples/**.ipynb"]
suppress_warnings = ["myst.header", "myst.xref_missing"]  # README.md and its like are pages of the repository too

default_role = "code"  # a single pair of backticks names a thing of featkit or of Python
autosummary_generate = True
autosummary_context = {"in_gallery": names_in_gallery()}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
autodoc_typehints = "none"  # the docstrings say it in words
nb_execution_mode = "off"  # the notebooks carry their outputs; the tests run them
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
copybutton_prompt_text = ">>> "

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "subsection_order": [f"gallery/{name}" for name in ("tasks", "shape", "texture", "color", "edges", "preparation")],
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("gallery_scraper",),
    "abort_on_example_error": True,
    "backreferences_dir": "examples/backreferences",
    "doc_module": ("featkit",),
    "download_all_examples": False,
    "min_reported_time": 1e9,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = f"featkit {release}"
html_show_sourcelink = False
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_sidebars = {"*": [], "generated/*": []}  # pages that have none below them, or hundreds
html_theme_options = {
    "show_prev_next": False,
    "search_bar_text": "Search, or ask a question",
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 4,
}
