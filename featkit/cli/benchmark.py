"""``featkit benchmark FOLDER``: compare features with raw pixels on a folder of images."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

    from ..features.gradients.hog import HOG

FOLDS, FEWEST_FOLDS = 5, 3  # unless --folds says otherwise
QUICK_IMAGES = 60  # of each class
SHOWN_CLASSES = 4  # looked into in the report
QUICK_CHANGES = ["brightness", "light_gradient", "shift", "rotation", "blur", "noise", "occlusion"]


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "benchmark",
        help="compare features with raw pixels on a folder of images",
        epilog="examples:\n"
        "  featkit benchmark photos --quick --report report.html\n"
        "  featkit benchmark photos --group-by plant --repeats 3 --csv table.csv\n\n"
        "photos/rose/1.jpg is an image of the class rose.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", help="a folder with one subfolder of images per class")
    parser.add_argument(
        "--folds",
        type=int,
        help=f"cross-validation folds (default: {FOLDS}, down to {FEWEST_FOLDS} where a class has too few images)",
    )
    parser.add_argument(
        "--repeats", type=int, default=1, help="assign the images to folds anew so many times (default: 1)"
    )
    parser.add_argument(
        "--group-by",
        metavar="NAME",
        help="keep images of a group on one side of each split: 'folder' (the folder each file is in), a column of "
        "labels.csv in FOLDER "
        "(with a column 'image'), or a regular expression whose group is found in the path, such as '(s[0-9]+)'",
    )
    parser.add_argument("--quick", action="store_true", help=f"at most {QUICK_IMAGES} images a class, fewer changes")
    parser.add_argument("--network", action="store_true", help="with LeNet-5 as a candidate, where torch is installed")
    parser.add_argument("--report", metavar="FILE", help="write an HTML report to look at")
    parser.add_argument("--csv", metavar="FILE", help="write the table")
    parser.add_argument(
        "--save", metavar="FILE", help="write all figures as JSON, for featkit.evaluation.Benchmark.load"
    )
    parser.add_argument(
        "--store",
        metavar="FOLDER",
        help="keep finished folds here: a run that was stopped goes on, run again (default: FILE.folds of --report)",
    )
    parser.add_argument("--jobs", type=int, help="folds at a time (default: 1)")
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger images (default: 100e6)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read the folder, compare, print the table, write what is asked for."""
    import time

    import numpy as np

    from ..evaluation.baselines import raw_pixel_baselines
    from ..evaluation.benchmarking.benchmark import benchmark
    from ..evaluation.benchmarking.terminal import print_comparison
    from ..io.listing import list_images
    from ..report.section import ReportSection
    from ..report.write import write_report

    _check_places(options)
    store = options.store or (options.report and f"{options.report}.folds")
    paths, labels, skipped = list_images(options.folder)
    labels = np.array([_as_text(label) for label in labels])
    groups = _groups(paths, options.folder, options.group_by)
    print(f"{len(paths)} images in {len(np.unique(labels))} classes; {len(skipped)} other files left out")
    if options.quick:
        chosen = _some_of_each_class(labels)
        paths, labels = paths[chosen], labels[chosen]
        groups = None if groups is None else groups[chosen]
    n_folds = _checked_folds(labels, groups, options)
    start = time.perf_counter()
    reader = _small_rgb(options.max_pixels)
    images = _read_for_benchmark(reader, options.folder, paths)
    read_ms = 1000 * (time.perf_counter() - start) / len(paths)
    try:
        found = benchmark(
            _benchmark_candidates(options.network),
            images,
            labels,
            baselines={name: _small(baseline) for name, baseline in raw_pixel_baselines(images).items()},
            groups=groups,
            cv=n_folds,
            n_repeats=options.repeats,
            train_sizes="auto",
            corruptions=QUICK_CHANGES if options.quick else "all",
            ablate=["HOG + colour"],
            n_jobs=options.jobs,
            store=store,
        )
    except KeyboardInterrupt:
        kept = f"the same command goes on from the folds in {store}" if store else "nothing is kept without --store"
        print(f"\nStopped; {kept}.", file=sys.stderr)
        return 130
    found.table["read_ms"] = read_ms  # all candidates read the same files
    found.table["ms_per_image"] += read_ms
    print_comparison(found.table)
    _print_duplicates(found.duplicates, paths)
    if options.csv:
        found.table.to_csv(options.csv)
    if options.save:
        found.save(options.save)
    if options.report:
        title = f"Images of {Path(options.folder).resolve().name}"
        section = ReportSection(found, title=title, images=images, **_looked_into(reader, paths, images, labels))
        print(f"The report is in {write_report(options.report, section, command=found.about['command'])}")
    return 0


def _check_places(options: argparse.Namespace) -> None:
    """Say before the work, not after it, that a file cannot be written."""
    for name in ("report", "csv", "save"):
        path = getattr(options, name)
        if path and (not Path(path).absolute().parent.is_dir() or Path(path).is_dir()):
            raise ValueError(f"Expected --{name} to name a file in a folder that is there, got {path}.")


def _as_text(name: str) -> str:
    """A name of the file system as text, whatever its bytes."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _groups(paths: "np.ndarray", folder: str, group_by: str | None) -> "np.ndarray | None":
    """Group of every path, or None."""
    import re

    import numpy as np

    if group_by is None:
        return None
    if group_by == "folder":
        return np.array([str(Path(path).parent) for path in paths])
    names = [Path(path).relative_to(folder).as_posix() for path in paths]
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


def _checked_folds(labels: "np.ndarray", groups: "np.ndarray | None", options: argparse.Namespace) -> int:
    """Number of folds that the smallest class can fill."""
    import numpy as np

    what = "images" if groups is None else f"groups ({options.group_by})"
    units = labels if groups is None else [label for label, _ in {*zip(labels.tolist(), groups.tolist())}]
    classes, counts = np.unique(units, return_counts=True)
    n_folds = max(FEWEST_FOLDS, min(FOLDS, int(counts.min()))) if options.folds is None else options.folds
    if counts.min() < n_folds:
        raise ValueError(
            f"Expected at least {n_folds} {what} in every class of {options.folder}, one for each fold, "
            f"got {counts.min()} in {str(classes[counts.argmin()])!r}: add images or lower --folds."
        )
    return n_folds


def _some_of_each_class(labels: "np.ndarray") -> "np.ndarray":
    """Indices of at most `QUICK_IMAGES` images of each class, spread evenly over its files."""
    import numpy as np

    chosen = []
    for name in np.unique(labels):
        of_class = np.flatnonzero(labels == name)
        steps = np.linspace(0, len(of_class) - 1, min(QUICK_IMAGES, len(of_class)))
        chosen.append(of_class[np.rint(steps).astype(int)])
    return np.sort(np.concatenate(chosen))


def _small_rgb(max_pixels: int) -> "Pipeline":
    """Paths to 128 x 128 RGB: each image depends on its own file alone, so nothing leaks."""
    from sklearn.pipeline import make_pipeline

    from ..io.image_reader import ImageReader
    from ..preprocessing.color.conversion import ColorConverter
    from ..preprocessing.geometry.resize import Resizer

    reader = ImageReader(min_size=128, max_pixels=max_pixels)
    return make_pipeline(
        reader, ColorConverter(background=0.0), Resizer(height=128, width=128, mode="pad", background=0.0)
    )


def _read_for_benchmark(reader: "Pipeline", folder: str, paths: "np.ndarray") -> "np.ndarray":
    """Read every file once."""
    import numpy as np

    from ..exceptions import ImageReadError
    from ..image.conversions import to_uint8

    images, errors = [], []
    for path in paths:  # one at a time: large photos do not fit into memory together
        try:
            images.append(to_uint8(reader.transform([path])[0]))
        except ImageReadError as error:
            errors.append(str(error))
    if errors:
        raise ImageReadError(
            f"{folder}: expected images that can be read, {len(errors)} of {len(paths)} cannot; mend them or "
            "move them out of the folder:\n" + "\n".join(errors)
        )
    return np.stack(images)


def _small(baseline: "BaseEstimator") -> "BaseEstimator":
    """Raw pixels at 32 x 32: where they do best, and fit in time."""
    from sklearn.pipeline import make_pipeline

    from ..preprocessing.geometry.resize import Resizer

    return make_pipeline(Resizer(height=32, width=32), baseline)


def _gradients() -> "HOG":
    from ..features.gradients.hog import HOG

    return HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2), voting="trilinear")


def _benchmark_candidates(network: bool) -> "dict[str, BaseEstimator]":
    from importlib.util import find_spec

    from sklearn.pipeline import make_union

    from ..evaluation.lenet import lenet5
    from ..features.binary_patterns.local_binary_pattern import LocalBinaryPattern
    from ..features.color.color_histogram import ColorHistogram
    from ..features.color.color_moments import ColorMoments

    candidates = {
        "colour histogram": ColorHistogram(space="hsv"),
        "colour moments": ColorMoments(),
        "local binary patterns": LocalBinaryPattern(method="nri_uniform", grid=(4, 4)),
        "HOG": _gradients(),
        "HOG + colour": make_union(_gradients(), ColorHistogram(space="hsv")),
    }
    if network and find_spec("torch"):
        candidates["LeNet-5"] = lenet5()
    return candidates


def _looked_into(reader: "Pipeline", paths: "np.ndarray", images: "np.ndarray", labels: "np.ndarray") -> dict:
    """What a linear classifier on gradients, trained on a few images of each class, sees of one of each, and why."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from ..display.images.explanation import ExplanationDisplay

    chosen = _some_of_each_class(labels)
    model = make_pipeline(*reader, _gradients(), StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    model.fit(images[chosen], labels[chosen])
    shown = np.unique(labels, return_index=True)[1][:SHOWN_CLASSES]
    figures = []
    for index in shown:
        display = ExplanationDisplay.from_model(model, images[index], target=labels[index], reference=images[chosen])
        caption = f"Why {labels[index]}, to a linear classifier on HOG: red edges speak for it, blue ones against"
        figures.append((caption, display.figure_))
    return {"pipelines": {"HOG + logistic regression": model}, "samples": paths[shown], "figures": figures}


def _print_duplicates(duplicates: "DataFrame", paths: "np.ndarray") -> None:
    parted = duplicates[duplicates["n_parted"] > 0]
    for row in parted.head(5).itertuples():
        first, second = _as_text(paths[row.image_a]), _as_text(paths[row.image_b])
        print(f"duplicates on both sides of a split: {first} and {second}")
