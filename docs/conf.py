"""How Sphinx makes the documentation: ``make docs``."""

import shutil
from pathlib import Path

import featkit

HERE = Path(__file__).parent
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
