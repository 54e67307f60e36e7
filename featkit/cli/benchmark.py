"""``featkit benchmark FOLDER``: compare features with raw pixels on a folder of images."""

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .._optional import require
from ..exceptions import counted
from ._benchmark.candidates import CANDIDATES, SLOW, chosen_candidates, gradients, small_baselines
from ._benchmark.groups import add_fold_options, chosen_cv, chosen_repeats, groups_of
from ._benchmark.labels import add_label_options, as_text, as_y, described, listing_code, read_labelled, target_of

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

    from ..evaluation.benchmarking._targets import Target
    from ..evaluation.benchmarking.results import Benchmark

QUICK_IMAGES = 60  # of each class
SHOWN_CLASSES = 4  # looked into in the report
QUICK_CHANGES = ["brightness", "light_gradient", "shift", "rotation", "blur", "noise", "occlusion"]
QUICK_SEVERITIES = (2, 4)


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "benchmark",
        help="compare features with raw pixels on a folder of images",
        epilog="examples:\n"
        "  featkit benchmark photos --quick --report report.html\n"
        "  featkit benchmark photos --group-by plant --repeats 3 --csv table.csv\n"
        "  featkit benchmark photos --candidates texture,HOG --save-model model.skops\n"
        "  featkit benchmark photos --network-file network.onnx --network-size 224\n"
        "  featkit benchmark photos --label-from '(\\w+)_\\d+'\n"
        "  featkit benchmark photos/ages.csv --path-column id --label-column age --task regression\n\n"
        "photos/rose/1.jpg is an image of the class rose.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", help="a folder with one subfolder of images per class, or a CSV file")
    add_label_options(parser)
    parser.add_argument(
        "--task",
        choices=("auto", "classification", "multilabel", "regression"),
        default="auto",
        help="what the labels are (default: auto: labels with decimals are numbers, sets several labels, all others "
        "are classes; say regression for counts)",
    )
    add_fold_options(parser)
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"at most {QUICK_IMAGES} images a class, fewer changes, no {SLOW!r}, one width of the MLP, --jobs 2",
    )
    parser.add_argument(
        "--candidates", metavar="NAMES", help=f"some of: {', '.join(CANDIDATES)} (default: all of them)"
    )
    parser.add_argument(
        "--network-file", metavar="FILE", help="a pretrained network of yours, in ONNX, as a candidate; run by OpenCV"
    )
    parser.add_argument("--network-size", type=int, default=224, help="side of its input in pixels (default: 224)")
    parser.add_argument("--network-mean", type=float, help="taken from values in [0, 1] (default: those of ImageNet)")
    parser.add_argument("--network-std", type=float, help="that they are divided by (default: those of ImageNet)")
    parser.add_argument("--network", action="store_true", help="with LeNet-5 as a candidate, where torch is installed")
    parser.add_argument("--report", metavar="FILE", help="write an HTML report to look at")
    parser.add_argument("--csv", metavar="FILE", help="write the table")
    parser.add_argument(
        "--save", metavar="FILE", help="write all figures as JSON, for featkit.evaluation.Benchmark.load"
    )
    parser.add_argument(
        "--save-model", metavar="FILE", help="fit the best pipeline on all images of FOLDER and write it, for predict"
    )
    parser.add_argument(
        "--store",
        metavar="FOLDER",
        help="keep finished folds here: a run that was stopped goes on, run again (default: FILE.folds of --report)",
    )
    parser.add_argument("--jobs", type=int, help="folds at a time (default: 1, with --quick 2)")
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger images (default: 100e6)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read the folder, compare, print the table, write what is asked for."""
    import textwrap
    import time

    from ..augmentation.corruptions import Corrupter
    from ..evaluation.benchmarking._targets import named_learners
    from ..evaluation.benchmarking.benchmark import benchmark
    from ..evaluation.benchmarking.terminal import print_comparison
    from ..report._verdict import spoken_verdict
    from ..report.section import ReportSection
    from ..report.write import write_report

    _check_places(options)
    store = options.store or (options.report and f"{options.report}.folds")
    paths, labels, skipped = read_labelled(options.folder, options)
    target = target_of(labels, options.task)
    candidates = chosen_candidates(options, target.task)
    folder = options.folder if os.path.isdir(options.folder) else os.path.dirname(options.folder) or "."
    groups = groups_of(paths, folder, options.group_by)
    print(f"{counted(len(paths), 'image')} {described(target)}; {counted(len(skipped), 'other file')} left out")
    all_paths, all_values = paths, target.values
    if options.quick:
        chosen = _some_of_each_class(target)
        paths, target = paths[chosen], target._replace(values=target.values[chosen])
        groups = None if groups is None else groups[chosen]
    n_jobs = min(2, os.cpu_count() or 1) if options.quick and options.jobs is None else options.jobs
    cv = chosen_cv(paths, folder, target.strata, groups, options)
    start = time.perf_counter()
    reader = _small_rgb(options.max_pixels)
    images = _read_for_benchmark(reader, folder, paths)
    read_ms = 1000 * (time.perf_counter() - start) / len(paths)
    baselines = small_baselines(images, target.task, options.quick)
    changes = {
        kind: [Corrupter(kind=kind, severity=severity, random_state=0) for severity in QUICK_SEVERITIES]
        for kind in QUICK_CHANGES
    }
    try:
        found = benchmark(
            candidates,
            images,
            as_y(target),
            task=target.task,
            baselines=baselines,
            groups=groups,
            cv=cv,
            n_repeats=chosen_repeats(len(paths), options),
            train_sizes="auto",
            corruptions=changes if options.quick else "all",
            ablate=_ablated(candidates, options.quick),
            n_jobs=n_jobs,
            store=store,
        )
    except KeyboardInterrupt:
        kept = f"the same command goes on from the folds in {store}" if store else "nothing is kept without --store"
        print(f"\nStopped; {kept}.", file=sys.stderr)
        return 130
    found.table["read_ms"] = read_ms  # all candidates read the same files
    found.table["ms_per_image"] += read_ms
    print_comparison(found.table)
    print("\n".join(textwrap.fill(sentence, 100) for sentence in spoken_verdict(found)))
    _print_duplicates(found.duplicates, paths)
    if options.csv:
        found.table.to_csv(options.csv)
    if options.save:
        found.save(options.save)
    if options.report:
        title = f"Images of {Path(options.folder).resolve().name}"
        looked_into = _looked_into(reader, paths, images, target) if target.task == "classification" else {}
        section = ReportSection(found, title=title, images=images, **looked_into)
        print(f"The report is in {write_report(options.report, section, command=found.about['command'])}")
    _hand_over(found, reader, named_learners(baselines, candidates, None, target.task), all_paths, all_values, options)
    return 0


def _ablated(candidates: "dict[str, BaseEstimator]", quick: bool) -> list[str]:
    """The union that is tried without each of its parts: the largest there is time for."""
    unions = ["HOG + colour"] if quick else [SLOW, "HOG + colour"]
    return [name for name in unions if name in candidates][:1]


def _hand_over(
    found: "Benchmark",
    reader: "Pipeline",
    complete: "dict[str, BaseEstimator]",
    paths: "np.ndarray",
    values: "np.ndarray",
    options: argparse.Namespace,
) -> None:
    """Print the best pipeline as code, and fit and save it where that is asked for."""
    from sklearn.pipeline import Pipeline, make_pipeline

    from ..evaluation.benchmarking._folds import seeded
    from ..evaluation.benchmarking.pipeline_code import pipeline_code
    from ..evaluation.statistics import without_rounding_noise
    from ..persistence import names_to_run, save_model

    scores = without_rounding_noise(found.table[found.score.column])
    best = found.table[scores == scores.max()]["ms_per_image"].idxmin()  # the quickest of equals
    rest = complete[best]
    steps = [step for _, step in rest.steps] if isinstance(rest, Pipeline) else [rest]
    model = seeded(make_pipeline(*(step for _, step in reader.steps), *steps), found.about["random_state"])
    reached = found.score.text(scores.max(), digits=1)
    print(f"\nThe best: {best}, {reached} over {found.about['n_folds']} folds. As code:\n")
    before, listing, y = listing_code(options, found.about["task"])
    print(before)
    print(pipeline_code(model))
    print(f"{listing}\nmodel.fit(paths, {y})")
    if options.save_model:
        fitted = _without_searches(model.fit(paths, values))
        save_model(fitted, options.save_model)
        print(f"\nFitted on all {len(paths)} images, it is in {options.save_model}:")
        private = [type(step) for _, step in fitted.steps if type(step).__name__.startswith("_")]
        trusted = [*(f"{kind.__module__}.{kind.__name__}" for kind in private), *names_to_run(fitted)]
        trust = "".join(f" --trust {shlex.quote(name)}" for name in trusted)
        print(f"featkit predict {options.save_model} NEW_IMAGES{trust}")


def _without_searches(model: "Pipeline") -> "Pipeline":
    """The fitted steps, of a search the best that it found: its scorers and splitters would have to be trusted."""
    from sklearn.pipeline import Pipeline

    steps: list = []
    for name, step in model.steps:
        found = getattr(step, "best_estimator_", step)
        steps += _without_searches(found).steps if isinstance(found, Pipeline) else [(name, found)]
    return Pipeline(steps)


def _check_places(options: argparse.Namespace) -> None:
    """Say before the work, not after it, that a file cannot be written."""
    for name in ("report", "csv", "save", "save_model"):
        path = getattr(options, name)
        if path and (not Path(path).absolute().parent.is_dir() or Path(path).is_dir()):
            raise ValueError(
                f"Expected --{name.replace('_', '-')} to name a file in a folder that is there, got {path}."
            )
    if options.save_model:
        require("skops.io", extra="models")


def _some_of_each_class(target: "Target") -> "np.ndarray":
    """Indices of at most `QUICK_IMAGES` images of each class, spread evenly over its files.

    Of numbers and several labels, five times as many of all; of numbers, spread evenly over the numbers.
    """
    import numpy as np

    chosen, most = [], QUICK_IMAGES if target.task == "classification" else 5 * QUICK_IMAGES
    for name in np.unique(target.strata):
        of_class = np.flatnonzero(target.strata == name)
        if target.task == "regression":
            of_class = np.argsort(target.values, kind="stable")
        steps = np.linspace(0, len(of_class) - 1, min(most, len(of_class)))
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


def _looked_into(reader: "Pipeline", paths: "np.ndarray", images: "np.ndarray", target: "Target") -> dict:
    """What a linear classifier on gradients, trained on a few images of each class, sees of one of each, and why."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from ..display.images.explanation import ExplanationDisplay
    from ..evaluation.benchmarking._costs import one_native_thread

    chosen, labels = _some_of_each_class(target), target.values
    model = make_pipeline(*reader, gradients(), StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    with one_native_thread():  # of two, each waits for the other in every step of so small a fit
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
        first, second = as_text(paths[row.image_a]), as_text(paths[row.image_b])
        print(f"duplicates on both sides of a split: {first} and {second}")
