"""Measure figures of README and docs again and print those that differ beyond their noise: ``make figures``.

python -m tools.figures [first-lines] [iris] [digits] [learning] [light] [families] [cells] [copies] [memory]
    [flowers=FOLDER] [colors=FOLDER] [small-images=FOLDER] [network=FOLDER] [network-on-forms=FOLDER]
    [leaves=FOLDER] [how-many=FOLDER] [streets=FOLDER]
    [garments=SOURCE] [all-garments=SOURCE] [landmarks=FOLDER] [predictor=FOLDER]
    [face-light=FOLDER] [tan-triggs=FOLDER] [identification=FOLDER] [verification=FOLDER] [scores=FOLDER]

Without arguments, everything that needs no data of others is measured, which takes an hour or two. FOLDER holds what
the script takes that the page names: for colors and small-images the flowers, for network these and for
network-on-forms the leaves, with lite0.onnx beside them, for landmarks and predictor annotated faces, for the last five
one subfolder for each person. Times are measured by the commands that stand beside them; which tables are not measured
here, and why, WITHOUT says. Exits 1 where a figure differs.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import digits, faces, photos
from .tables import SCRIPTS, Figure, differing, table_printed, table_stated

LIGHT, FAMILIES = f"{SCRIPTS}measure_light.py", f"{SCRIPTS}measure_digit_features.py"
TEXTURE = partial(table_stated, "docs/texture.md")
FIGURES: dict[str, tuple[Callable[[], list[Figure]], Callable[[], list[float]]]] = {
    "first-lines": (digits.first_lines_stated, digits.first_lines_found),
    "iris": (digits.iris_stated, digits.iris_found),
    "digits": (digits.digits_stated, digits.digits_found),
    "learning": (digits.learning_stated, digits.learning_found),
    "light": (partial(TEXTURE, "Digits under changed light"), partial(table_printed, LIGHT)),
    "families": (partial(TEXTURE, "Digits: which feature helps"), partial(table_printed, FAMILIES)),
    "cells": (partial(TEXTURE, "Digits: one cell size or several"), partial(table_printed, FAMILIES, "--cells")),
    "copies": (partial(TEXTURE, "Augmentation of a small training set"), partial(table_printed, FAMILIES, "--copies")),
    "memory": (
        partial(table_stated, "docs/cluster.md", "Large photos", 1.0, fraction=0.1),
        partial(table_printed, f"{SCRIPTS}measure_memory.py", "0"),
    ),
}
OF_DATA: dict[str, tuple[Callable[[], list[Figure]], Callable[[str], list[float]]]] = {
    "flowers": (photos.flowers_stated, photos.flowers_found),
    "colors": (photos.colors_stated, photos.colors_found),
    "small-images": (photos.small_images_stated, photos.small_images_found),
    "network": (photos.network_stated, photos.network_found),
    "network-on-forms": (photos.network_on_forms_stated, photos.network_on_forms_found),
    "leaves": (photos.leaves_stated, photos.leaves_found),
    "how-many": (
        partial(table_stated, "docs/choosing.md", "By the number of images", 1.0),
        lambda folder: table_printed(f"{SCRIPTS}measure_how_many.py", folder),
    ),
    "streets": (photos.streets_stated, photos.streets_found),
    "garments": (photos.garments_stated, photos.garments_found),
    "all-garments": (photos.all_garments_stated, partial(photos.garments_found, n_train=60_000, n_test=10_000)),
    "landmarks": (faces.landmarks_stated, faces.landmarks_found),
    "predictor": (faces.predictor_stated, faces.predictor_found),
    "face-light": (
        partial(TEXTURE, "Faces under changed light"),
        lambda folder: table_printed(LIGHT, "--faces", folder),
    ),
    "tan-triggs": (
        partial(TEXTURE, "Where Tan-Triggs belongs: on the crop"),
        lambda folder: table_printed(LIGHT, "--landmarks", folder),
    ),
    "identification": (faces.identification_stated, faces.identification_found),
    "verification": (faces.verification_stated, faces.verification_found),
    "scores": (faces.scores_stated, faces.scores_found),
}
WITHOUT = {  # tables with numbers that are not measured here: page and beginning of the table
    ("README.md", "| task | compared with"): "times: `make bench`",
    ("docs/cluster.md", "| quantity"): "rates and memory of whole runs: the command above it",
    ("docs/cluster.md", "| images | core hours"): "arithmetic on the table above it",
    ("docs/faces-table.md", "| | |"): "a card of the model; its figures are those of docs/faces.md",
    ("docs/other-detectors.md", "| detector"): "numbers of points, not measurements",
    ("docs/formats.md", "| format"): "written by `python -m tools.formats`",
    ("docs/speed.md", "| | cold"): "times: `make bench` writes the page",
    ("docs/tested.md", "| what | how"): "runs that are described, each with its command",
    ("docs/tested.md", "| input"): "behaviour that a test of the row checks",
    ("docs/texture.md", "| | featkit | other"): "times: the commands above it",
    ("docs/versions.md", "|"): "`make test-matrix` writes the page",
}


def main(words: list[str]) -> int:
    """Measure what is named, or all that needs no data, and print what differs."""
    lines = []
    for word in words or FIGURES:
        name, _, folder = word.partition("=")
        if name in OF_DATA:
            if not folder or not Path(folder).exists():
                raise SystemExit(f"Expected a folder or file of data, {name}=FOLDER, got {word}.")
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
