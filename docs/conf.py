"""How Sphinx makes the documentation: ``make docs``."""

import ast
import base64
import importlib
import inspect
import json
import shutil
import sys
from pathlib import Path

import featkit

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for gallery_scraper
PACKAGE = Path(featkit.__file__).parent

# Sub-packages in the order in which a newcomer meets them; those not named here follow.
ORDER = ("io", "image", "preprocessing", "features", "objects", "scale", "faces", "metric_learning", "extraction")


def packages():
    """Dotted names of the sub-packages that have public names."""
    names = [".".join(("featkit", *stub.parent.relative_to(PACKAGE).parts)) for stub in PACKAGE.rglob("__init__.pyi")]
    names = [*names, "featkit.testing", "featkit.exceptions", "featkit.persistence", "featkit.parameters"]
    place = {f"featkit.{name}": position for position, name in enumerate(ORDER)}
    return sorted(
        set(names) - {"featkit"}, key=lambda name: (place.get(".".join(name.split(".")[:2]), len(ORDER)), name)
    )


def api_page():
    """The reference: a table of the public names of every sub-package."""
    lines = [
        "# API: public names",
        "",
        "Every name stands in the sub-package of its family; what stands in `featkit` itself, too, is named there:",
        "`from featkit import HOG`. Each class with a function beside it computes the same; the class lends it to a",
        "`Pipeline`. Both refuse what is no image, with the same message.",
    ]
    for package in packages():
        module = importlib.import_module(package)
        public = getattr(module, "__all__", None) or [
            name for name, item in vars(module).items() if getattr(item, "__module__", "") == package
        ]
        items = [name for name in sorted(public) if callable(getattr(module, name)) and name[0] != "_"]
        if not items:
            continue
        also = [f"`{name}`" for name in items if name in featkit.__all__]
        lines += ["", f"## {package}", "", inspect.getdoc(module).split("\n\n")[0].replace("\n", " ")]
        lines += ["", f"In `featkit` too: {', '.join(also)}"] if also else []
        lines += ["", "```{eval-rst}", f".. currentmodule:: {package}", "", ".. autosummary::"]
        lines += ["   :toctree: generated", "   :nosignatures:", "", *(f"   {name}" for name in items), "```"]
    return "\n".join(lines) + "\n"


def names_in_gallery():
    """Public names that an example of the gallery imports from featkit itself."""
    names = set()
    for example in (HERE / "gallery").rglob("plot_*.py"):
        for node in ast.walk(ast.parse(example.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "featkit":
                names |= {alias.name for alias in node.names}
    return names


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
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 4,
}
