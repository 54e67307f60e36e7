"""Which images `featkit benchmark` keeps on one side of each split, into how many folds, and how often."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ...exceptions import shown

if TYPE_CHECKING:
    import numpy as np

FOLDS, FEWEST_FOLDS = 5, 3  # unless --folds says otherwise
QUICK_REPEATS = 3  # with --quick, unless --repeats says otherwise,
QUICK_PREDICTIONS = 400  # and as far as images times repeats are no more


def add_fold_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--folds",
        type=int,
        help=f"cross-validation folds (default: {FOLDS}, down to {FEWEST_FOLDS} where a class has too few images)",
    )
    parser.add_argument(
        "--repeats", type=int, help="assign the images to folds anew so many times (default: 1, with --quick up to 3)"
    )
    parser.add_argument(
        "--group-by",
        metavar="NAME",
        help="keep images of a group on one side of each split: 'folder' (the folder each file is in), a column of "
        "labels.csv in FOLDER "
        "(with a column 'image'), or a regular expression whose group is found in the path, such as '(s[0-9]+)'",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help="test on the images in FOLDER/test (or val, or each of fold1, fold2, ...) and learn from the others, "
        "instead of folds",
    )


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
                f"Expected --group-by to be a regular expression with a group, such as '(s[0-9]+)', "
                f"got {shown(group_by)}: "
                f"{error}."
            ) from error
    else:
        by_image = _column_of_labels(Path(folder) / "labels.csv", group_by)
        groups = [by_image.get(name) for name in names]
    missing = [name for name, group in zip(names, groups) if group is None]
    if missing:
        raise ValueError(
            f"--group-by {shown(group_by)} gives no group for {len(missing)} images, such as {shown(missing[0])}."
        )
    return np.array(groups)


def _column_of_labels(table: Path, column: str) -> dict[str, str]:
    """Values of a column by image."""
    import csv

    if not table.is_file():
        raise ValueError(
            f"Expected --group-by to be 'folder', a regular expression in parentheses, or a column of {table}, "
            f"got {shown(column)}, and there is no such file."
        )
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"image", column} <= set(rows[0]):
        raise ValueError(
            f"Expected the columns 'image' and {shown(column)} in {table}, got {list(rows[0]) if rows else 'no rows'}."
        )
    if short := [number for number, row in enumerate(rows, 2) if row["image"] is None or row[column] is None]:
        raise ValueError(f"Expected {len(rows[0])} values in every line of {table}, got fewer in line {short[0]}.")
    return {Path(row["image"]).as_posix(): row[column] for row in rows}


def chosen_cv(
    paths: "np.ndarray", folder: str, strata: "np.ndarray", groups: "np.ndarray | None", options: argparse.Namespace
) -> "int | list[tuple[np.ndarray, np.ndarray]]":
    """Number of folds, or the splits of the folder where it is asked to part the images."""
    from ...io.inputs.splits import list_splits

    if not options.split:
        return checked_folds(strata, groups, options)
    for name in ("folds", "repeats", "group_by"):
        if getattr(options, name) is not None:
            raise ValueError(f"Expected --split or --{name.replace('_', '-')}, got both: the folders part the images.")
    return list_splits(folder, paths.tolist())


def checked_folds(strata: "np.ndarray", groups: "np.ndarray | None", options: argparse.Namespace) -> int:
    """Number of folds that the smallest class can fill; of numbers and several labels, all images are one class."""
    import numpy as np

    what = "images" if groups is None else f"groups ({options.group_by})"
    units = strata if groups is None else [label for label, _ in {*zip(strata.tolist(), groups.tolist())}]
    classes, counts = np.unique(units, return_counts=True)
    n_folds = max(FEWEST_FOLDS, min(FOLDS, int(counts.min()))) if options.folds is None else options.folds
    if counts.min() < n_folds:
        where = f" in {shown(str(classes[counts.argmin()]))}" if len(classes) > 1 else ""
        hint = "" if len(classes) < 10 else " Where the labels are numbers, say --task regression."
        raise ValueError(
            f"Expected at least {n_folds} {what} in every class of {options.folder}, one for each fold, "
            f"got {counts.min()}{where}: add images or lower --folds.{hint}"
        )
    return n_folds


def chosen_repeats(n_images: int, options: argparse.Namespace) -> int:
    """How often the images are assigned to folds: in quick mode the oftener, the fewer there are."""
    if options.repeats is not None:
        return options.repeats
    if options.split or not options.quick:
        return 1
    return max(1, min(QUICK_REPEATS, QUICK_PREDICTIONS // n_images))
