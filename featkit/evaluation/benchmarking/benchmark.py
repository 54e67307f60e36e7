"""The benchmark: accuracies, paired tests, learning curves, robustness, ablation and costs in one run."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import joblib
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_consistent_length

from ..._optional import require
from ...augmentation._kinds import KINDS
from ...exceptions import shown
from ...image.batches import check_same_index
from ...io.sources import Sources
from .._subsets import automatic_sizes
from ..ablation import ablation_table, leave_one_family_out
from ..baselines import raw_pixel_baselines
from ..duplicates import find_duplicates, parted_by
from ..robustness import corruption_suite, robustness_summary
from . import _tables as frames
from ._costs import one_native_thread
from ._fold_store import FoldStore
from ._folds import Fold, Plan, make_folds, n_steps, run_fold, seeded
from ._targets import Target, named_learners, read_groups, read_target
from .cached_features._rows import CachedRows, Planned, extract_rows, n_chunks, plan_rows
from .results import Benchmark, about_run
from .terminal import progress_bar

if TYPE_CHECKING:
    from pandas import DataFrame


def benchmark(
    candidates: Mapping[str, BaseEstimator],
    X: Sources,
    y: ArrayLike,
    *,
    baselines: Mapping[str, BaseEstimator] | None = None,
    classifier: BaseEstimator | None = None,
    task: str = "auto",
    groups: ArrayLike | None = None,
    cv: int | BaseCrossValidator | Iterable[tuple[np.ndarray, np.ndarray]] = 5,
    n_repeats: int = 1,
    train_sizes: str | Sequence[int] = (),
    corruptions: str | Sequence[str] | Mapping[str, BaseEstimator | Sequence[BaseEstimator]] | None = None,
    ablate: Sequence[str] = (),
    check_duplicates: bool = True,
    random_state: int = 0,
    n_jobs: int | None = None,
    store: str | os.PathLike | None = None,
    verbose: bool = True,
) -> Benchmark:
    """Benchmark features against raw pixels: cross-validation, paired tests, learning curves, robustness, ablation.

    Everything that a candidate learns, it learns on the training part of each fold; all see the same folds, the same
    smaller training sets and the same corrupted images.

    Parameters
    ----------
    candidates : dict of str to transformer or classifier
        By name. A transformer (image batch -> table) gets `classifier` behind it; a candidate that ends in a
        classifier, or for numbers in a regressor, is used as it is.
    X : batch of images, or of sources that `ImageReader` reads
        Array, or anything that `list` turns into one entry per image.
    y : array-like of shape (n_images,) or (n_images, n_labels), or sequence of sets of str
        Class of each image; or its number (counts, ages, ripeness); or its labels, as columns of 0 and 1 or as sets.
    baselines : dict of str to transformer or classifier, or None, default=None
        What every candidate has to beat; None is `raw_pixel_baselines`, an empty dict is nothing.
    classifier : classifier or None, default=None
        Classifier appended to every transformer; None is ``make_pipeline(StandardScaler(), SVC(C=10))``, for several
        labels one SVC for each of them, for numbers an SVR on standardised numbers; a regressor is appended there.
    task : "auto", "classification", "multilabel" or "regression", default="auto"
        What `y` holds. "auto" takes floats that are not all whole for numbers, columns of 0 and 1 or sets for labels,
        everything else for classes: say "regression" for whole numbers such as counts.
    groups : array-like of shape (n_images,) or None, default=None
        All images of a group (one person, one plant) stay on the same side of each split. A search inside a
        candidate, such as that of `tuned_pixel_svm`, does not know of them.
    cv : int, splitter or iterable of (train, test) indices, default=5
        An int is the number of shuffled, stratified folds; with `groups` no group is split.
    n_repeats : int, default=1
        How often the images are dealt into folds anew; for an int `cv`.
    train_sizes : sequence of int or "auto", default=()
        Numbers of training images of the learning curves. The sets are stratified and each holds the smaller ones; at
        the full size of the training part the fit of the fold counts. "auto" takes an eighth, a quarter, half and all
        of the smallest training part, as far as they leave every class four images.
    corruptions : "all", list of str, dict or None, default=None
        How the test images are corrupted, see `corruption_suite`. "all" leaves out color_cast for a gray stack.
    ablate : sequence of str, default=()
        Candidates with a FeatureUnion inside, to be tried without each of its branches.
    check_duplicates : bool, default=True
        Look for duplicate images before anything is fitted, see `find_duplicates`.
    random_state : int, default=0
        Seed of folds, draws, changes, and of every ``random_state`` that a candidate leaves None.
    n_jobs : int or None, default=None
        Folds at a time, by joblib; each uses one core. Results do not depend on it.
    store : str, PathLike or None, default=None
        Folder that keeps finished folds: a run that was stopped goes on from there, and a changed one computes what
        has changed only. Parameters of candidates and images are looked at, not the code of your own classes: take
        another folder where that changed.
    verbose : bool, default=True
        Show duplicates, progress and the time left in the terminal; needs the package rich.

    Returns
    -------
    benchmark : Benchmark
        Tables of accuracies, tests, curves and costs.

    Raises
    ------
    FileWriteError
        When the store cannot be written; the folds before are kept.
    ValueError
        When there is no candidate or no fold, a name is there twice, X and y differ in length or in their index, a
        class or group is missing, y holds a single class or number, or a candidate ends in a classifier where numbers
        are predicted, or the other way round.
    MissingDependencyError
        When pandas, psutil or (for `verbose`) rich is not installed.

    See Also
    --------
    compare_features : The short form, which returns one table.
    featkit.write_report : Writes an HTML report of the result.
    featkit.evaluation.raw_pixel_baselines : What candidates are compared with.

    Notes
    -----
    Candidates are ranked by accuracy; for several labels that counts images with all labels right (subset accuracy,
    with micro and macro F1 beside it); numbers by R², with the mean absolute error (MAE) beside it. Folds of classes
    are stratified, those of labels and numbers only shuffled. Pairs are tested over the folds by
    `corrected_resampled_test`, over the images by `mcnemar_test`, for numbers by a paired t-test of squared errors.

    What the first steps of a candidate give, as far as they learn nothing and are of featkit's bases, is the same in
    every fold: it is extracted once, and kept in memory up to 512 MB for all candidates. With repeats that holds for
    the corrupted images of `Corrupter`, too. Results are those without it, bit for bit; times and memory include it.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from featkit import HOG, benchmark
    >>> digits = load_digits()
    >>> found = benchmark(
    ...     {"HOG": HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1))}, digits.images[:300] / 16, digits.target[:300],
    ...     baselines={}, cv=3, train_sizes=[50, 200], corruptions=["shift"], verbose=False)
    >>> found
    Benchmark(1 candidates, 3 folds, 300 images)
    >>> found.learning_curves()["n_train"].tolist(), found.robustness_summary["family"].tolist()
    ([50, 200], ['position', 'all'])
    """
    start = time.perf_counter()
    images, target = X if isinstance(X, np.ndarray) else list(X), read_target(y, task)
    check_same_index(X, y, "y")
    check_same_index(X, groups, "groups")
    groups = None if groups is None else read_groups(groups)
    check_consistent_length(images, target.values, groups)
    if baselines is None:
        baselines = raw_pixel_baselines(X, random_state=random_state, task=target.task)
    together = named_learners(baselines, candidates, classifier, target.task)
    if corruptions == "all" and isinstance(images, np.ndarray) and images.ndim == 3:
        corruptions = [kind for kind in KINDS if kind != "color_cast"]
    changes = tuple(corruption_suite(corruptions, random_state=random_state))
    folds = make_folds(images, target, groups, cv, n_repeats, random_state)
    sizes = _sizes(train_sizes, [target.strata[fold.train] for fold in folds])
    plans = {name: Plan(candidate, sizes, changes) for name, candidate in together.items()}
    variants = _planned_variants(plans, ablate)
    duplicates = _duplicates(images, folds, check_duplicates, verbose)
    about = about_run(target, groups, folds, random_state, list(baselines), together)
    kept = None if store is None else FoldStore(store, images, target, random_state, about["versions"])
    everything = plans | dict(variants.values())
    records = _run(everything, images, target, folds, random_state, n_jobs, kept, verbose)
    of_plans = [{name: by_name[name] for name in plans} for by_name in records]
    score = target.main_score.column
    fold_frame = frames.fold_frame(folds, of_plans)
    predictions = frames.prediction_frame(folds, of_plans, target)
    robustness = frames.robustness_frame(folds, of_plans, changes, score)
    about["seconds"] = time.perf_counter() - start
    return Benchmark(
        table=frames.candidate_table(fold_frame, predictions),
        folds=fold_frame,
        predictions=predictions,
        pairs=frames.pair_frame(fold_frame, predictions),
        learning=frames.learning_frame(folds, of_plans, sizes, score),
        robustness=robustness,
        robustness_summary=robustness_summary(robustness),
        ablation=ablation_table(frames.fold_frame(folds, records), {key: name for key, (name, _) in variants.items()}),
        duplicates=duplicates,
        about=about,
    )


def _sizes(train_sizes: str | Sequence[int], trained_on: list[np.ndarray]) -> tuple[int, ...]:
    if not isinstance(train_sizes, str):
        return tuple(sorted(train_sizes))
    if train_sizes != "auto":
        raise ValueError(f'Expected train_sizes "auto" or a sequence of numbers of images, got {shown(train_sizes)}.')
    return tuple(automatic_sizes(trained_on))


def _planned_variants(plans: Mapping[str, Plan], ablate: Sequence[str]) -> dict[tuple[str, str], tuple[str, Plan]]:
    """(candidate, family) -> (name, plan) of every candidate that lacks one family."""
    unknown = sorted(set(ablate) - set(plans))
    if unknown:
        raise ValueError(f"Expected ablate to name candidates among {list(plans)}, got {unknown}.")
    variants = {
        (name, family): (f"{name} without {family}", Plan(variant, (), ()))
        for name in ablate
        for family, variant in leave_one_family_out(plans[name].candidate).items()
    }
    names = [*plans, *(name for name, _ in variants.values())]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"Expected no candidate to have the name of an ablated one, got {twice}. Rename it.")
    return variants


def _duplicates(X: np.ndarray | list, folds: Sequence[Fold], wanted: bool, verbose: bool) -> "DataFrame":
    if not wanted:
        columns = ["image_a", "image_b", "distance", "exact", "n_parted"]
        return require("pandas", extra="report").DataFrame(columns=columns)
    found = find_duplicates(X)
    found["n_parted"] = parted_by(found, [(fold.train, fold.test) for fold in folds], len(X))
    if verbose and len(found):
        print(
            f"{len(found)} pairs of images are duplicates ({found['exact'].sum()} identical pixel by pixel); "
            f"{(found['n_parted'] > 0).sum()} of them are split between training and test in some fold."
        )
    return found


def _run(
    plans: Mapping[str, Plan],
    X: np.ndarray | list,
    target: Target,
    folds: Sequence[Fold],
    random_state: int,
    n_jobs: int | None,
    kept: FoldStore | None,
    verbose: bool,
) -> list[dict[str, dict]]:
    """Records of all folds, those that are kept and those that are still to be computed."""
    records: list[dict[str, dict]] = [{} for _ in folds]
    missing: list[tuple[int, dict[str, Plan]]] = []
    for index, fold in enumerate(folds):
        if kept is not None:
            of_store = {name: kept.get(plan, fold) for name, plan in plans.items()}
            records[index] = {name: record for name, record in of_store.items() if record is not None}
        left = {name: plan for name, plan in plans.items() if name not in records[index]}
        if left:
            missing.append((index, left))
    if not missing:
        return records
    total = sum(n_steps(left, X, folds[index]) for index, left in missing)
    lacking = {name: plan for _, left in missing for name, plan in left.items()}
    of_missing = [folds[index] for index, _ in missing]
    used = np.unique(np.concatenate([part for fold in of_missing for part in (fold.train, fold.test)]))
    rows = _planned_rows(lacking, X, of_missing, used, random_state)
    total += n_chunks(X, used) if rows else 0
    with progress_bar(total) if verbose else nullcontext(lambda what=None, n=1: None) as advance:
        cached = extract_rows(rows, X, used, n_jobs=n_jobs, advance=advance)
        for index, found in _computed(missing, X, target, folds, random_state, n_jobs, cached, advance):
            records[index] |= found
            if kept is not None:
                for name, record in found.items():
                    kept.put(plans[name], folds[index], record)
    return records


def _planned_rows(
    plans: Mapping[str, Plan], X: np.ndarray | list, folds: list[Fold], used: np.ndarray, random_state: int
) -> dict[str, Planned]:
    """The candidates whose features are extracted once for all folds; see `plan_rows`."""
    candidates = {name: seeded(plan.candidate, random_state) for name, plan in plans.items()}
    changes = max((plan.changes for plan in plans.values()), key=len, default=())
    tested = np.concatenate([fold.test for fold in folds])
    with one_native_thread():
        return plan_rows(candidates, changes, X, used, tested_again=len(np.unique(tested)) < len(tested))


def _computed(
    missing: list[tuple[int, dict[str, Plan]]],
    X: np.ndarray | list,
    target: Target,
    folds: Sequence[Fold],
    random_state: int,
    n_jobs: int | None,
    cached: Mapping[str, CachedRows],
    advance: Callable[..., None],
) -> Iterator[tuple[int, dict[str, dict]]]:
    if joblib.effective_n_jobs(n_jobs) == 1:
        for index, left in missing:
            fold = folds[index]
            yield index, run_fold(left, X, target, fold, random_state=random_state, cached=cached, on_step=advance)
        return
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    for index, found in parallel(
        joblib.delayed(_indexed_fold)(index, left, X, target, folds[index], random_state, cached)
        for index, left in missing
    ):
        advance(n=n_steps(dict(missing)[index], X, folds[index]))
        yield index, found


def _indexed_fold(
    index: int,
    plans: dict[str, Plan],
    X: np.ndarray | list,
    target: Target,
    fold: Fold,
    random_state: int,
    cached: Mapping[str, CachedRows],
) -> tuple[int, dict[str, dict]]:
    return index, run_fold(plans, X, target, fold, random_state=random_state, cached=cached)
