"""Which labels and groups images have, by the options of a command, and into how many folds they can be dealt."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from ..evaluation.benchmarking._targets import Target
    from ..io.listing import ImageList

FOLDS, FEWEST_FOLDS = 5, 3  # unless --folds says otherwise
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
    import numpy as np

    from ..io.labelled import list_labelled_images

    columns = options.label_column.split(",")
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

    from ..evaluation.benchmarking._targets import read_target

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
    from .._optional import require

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


def groups_of(paths: "np.ndarray", folder: str, group_by: str | None) -> "np.ndarray | None":
    """Group of every path, or None."""
    import re

    import numpy as np

    if group_by is None:
        return None
    if group_by == "folder":
        return np.array([str(Path(path).parent) for path in paths])
    names = [Path(os.path.relpath(path, folder)).as_posix() for path in paths]
    if "(" in group_by:
        try:
            found = [re.search(group_by, name) for name in names]
            groups = [match and match.group(1) for match in found]
        except (re.error, IndexError) as error:
            raise ValueError(
                f"Expected --group-by to be a regular expression with a group, such as '(s[0-9]+)', got {group_by!r}: "
                f"{error}."
            ) from error
    else:
        by_image = _column_of_labels(Path(folder) / "labels.csv", group_by)
        groups = [by_image.get(name) for name in names]
    missing = [name for name, group in zip(names, groups) if group is None]
    if missing:
        raise ValueError(f"--group-by {group_by!r} gives no group for {len(missing)} images, such as {missing[0]!r}.")
    return np.array(groups)


def _column_of_labels(table: Path, column: str) -> dict[str, str]:
    """Values of a column by image."""
    import csv

    if not table.is_file():
        raise ValueError(
            f"Expected --group-by to be 'folder', a regular expression in parentheses, or a column of {table}, "
            f"got {column!r}, and there is no such file."
        )
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"image", column} <= set(rows[0]):
        raise ValueError(
            f"Expected the columns 'image' and {column!r} in {table}, got {list(rows[0]) if rows else 'no rows'}."
        )
    if short := [number for number, row in enumerate(rows, 2) if row["image"] is None or row[column] is None]:
        raise ValueError(f"Expected {len(rows[0])} values in every line of {table}, got fewer in line {short[0]}.")
    return {Path(row["image"]).as_posix(): row[column] for row in rows}


def checked_folds(strata: "np.ndarray", groups: "np.ndarray | None", options: argparse.Namespace) -> int:
    """Number of folds that the smallest class can fill; of numbers and several labels, all images are one class."""
    import numpy as np

    what = "images" if groups is None else f"groups ({options.group_by})"
    units = strata if groups is None else [label for label, _ in {*zip(strata.tolist(), groups.tolist())}]
    classes, counts = np.unique(units, return_counts=True)
    n_folds = max(FEWEST_FOLDS, min(FOLDS, int(counts.min()))) if options.folds is None else options.folds
    if counts.min() < n_folds:
        where = f" in {str(classes[counts.argmin()])!r}" if len(classes) > 1 else ""
        hint = "" if len(classes) < 10 else " Where the labels are numbers, say --task regression."
        raise ValueError(
            f"Expected at least {n_folds} {what} in every class of {options.folder}, one for each fold, "
            f"got {counts.min()}{where}: add images or lower --folds.{hint}"
        )
    return n_folds
