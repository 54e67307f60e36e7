"""How Sphinx makes the documentation: ``make docs``."""

import importlib
import inspect
import shutil
from pathlib import Path

import featkit

HERE = Path(__file__).parent
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


(HERE / "api.md").write_text(api_page())
shutil.copytree(HERE.parent / "notebooks", HERE / "notebooks", dirs_exist_ok=True)  # Sphinx reads below this folder

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
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
suppress_warnings = ["myst.header", "myst.xref_missing"]  # README.md and its like are pages of the repository too

default_role = "code"  # a single pair of backticks names a thing of featkit or of Python
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
autodoc_typehints = "none"  # the docstrings say it in words
nb_execution_mode = "off"  # the notebooks carry their outputs; the tests run them
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
copybutton_prompt_text = ">>> "

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
