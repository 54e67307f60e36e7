"""Pictures of the gallery: every figure or display that a block of an example has made."""

from pathlib import Path

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from featkit.display.base import Display

WORDS = {"alt": "What the example draws"}


def _get_sg_image_scraper():
    """Sphinx-gallery asks for the scraper by this name."""
    return save_figures


def save_figures(block, block_vars, gallery_conf):
    """Save the figures in the variables of an example, each once; text that shows them."""
    saved = []
    known = block_vars["example_globals"].setdefault("__saved_figures__", set())
    for value in list(block_vars["example_globals"].values()):
        figure = value.figure_ if isinstance(value, Display) else value
        if isinstance(figure, Figure) and id(figure) not in known:
            known.add(id(figure))
            path = next(block_vars["image_path_iterator"])
            figure.savefig(path, dpi=80, facecolor="white")
            saved.append(str(Path(path)))
    return figure_rst(saved, gallery_conf["src_dir"])
