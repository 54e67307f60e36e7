"""Options that say where the labels of images are, for the commands that read labels."""

import argparse
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...evaluation.benchmarking._targets import Target
    from ...io.listing import ImageList

OPTIONS = {"label_from": None, "path_column": "path", "label_column": "label", "label_separator": None}


def add_label_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--label-from",
        metavar="REGEX",
        help=r"labels are the group of this expression in the names of the images: '(\w+)_\d+' for cat_07.png",
    )
    parser.add_argument("--path-column", default="path", metavar="NAME", help="column of a CSV file (default: path)")
    parser.add_argument(
        "--label-column",
        default="label",
        metavar="NAMES",
        help="column of a CSV file (default: label); several columns of 0 and 1, parted by commas, are several labels",
    )
    parser.add_argument("--label-separator", metavar="TEXT", help="what parts several labels in a cell of that column")


def read_labelled(place: str, options: argparse.Namespace) -> "ImageList":
    """List the images and labels that the options ask for."""
    import warnings

    import numpy as np

    from ...exceptions import LeftOutWarning
    from ...io.labelled import list_labelled_images

    columns = options.label_column.split(",")
    with warnings.catch_warnings():
        if getattr(options, "split", False):
            warnings.filterwarnings("ignore", ".* of a data set are put together", LeftOutWarning)
        found = list_labelled_images(
            place,
            label_from=options.label_from,
            path_column=options.path_column,
            label_column=options.label_column if len(columns) == 1 else columns,
            label_separator=options.label_separator,
        )
    if found.labels.dtype == object:
        return found
    return found._replace(labels=np.array([as_text(label) for label in found.labels]))


def asks_for_labels(options: argparse.Namespace) -> bool:
    """Whether any option says where labels are."""
    return any(getattr(options, name) != default for name, default in OPTIONS.items())


def target_of(labels: Any, task: str) -> "Target":
    """The target that labels are; where nothing else is said, text that is numbers with decimals is numbers."""
    import numpy as np

    from ...evaluation.benchmarking._targets import read_target

    if task == "auto" and labels.dtype != object:
        try:
            numbers = labels.astype(np.float64)
        except ValueError:
            return read_target(labels, "classification")
        decimals = np.isfinite(numbers).all() and (numbers != np.round(numbers)).any()
        return read_target(labels, "regression" if decimals else "classification")
    return read_target(labels, task)


def as_y(target: "Target") -> Any:
    """The target as `featkit.benchmark` takes it, several labels with their names."""
    if target.task != "multilabel":
        return target.values
    from ..._optional import require

    return require("pandas", extra="report").DataFrame(target.values, columns=list(target.labels))


def described(target: "Target") -> str:
    """What there is to predict, behind a number of images."""
    if target.task == "regression":
        return f"with numbers from {target.values.min():g} to {target.values.max():g}"
    if target.task == "multilabel":
        return f"with {len(target.labels)} labels"
    return f"in {len(target.counts())} classes"


def listing_code(options: argparse.Namespace, task: str) -> tuple[str, str, str]:
    """Python code that lists the same images: its import, its call, and the target from the labels."""
    given = {name: getattr(options, name) for name, default in OPTIONS.items() if getattr(options, name) != default}
    if "," in given.get("label_column", ""):
        given["label_column"] = given["label_column"].split(",")
    plain = not given and os.path.isdir(options.folder)
    name = "list_images" if plain else "list_labelled_images"
    arguments = ", ".join([repr(options.folder), *(f"{option}={value!r}" for option, value in given.items())])
    before, y = f"from featkit import {name}", "labels"
    if task == "regression":
        y = "labels.astype(float)"
    elif task == "multilabel":
        before += "\nfrom sklearn.preprocessing import MultiLabelBinarizer"
        y = "MultiLabelBinarizer().fit_transform(labels)"
    return before, f"paths, labels, _ = {name}({arguments})", y


def as_text(name: str) -> str:
    """A name of the file system as text, whatever its bytes."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")
