"""One fold of a benchmark: fit every candidate on the same images, test all on the same images, keep the records."""

import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import (
    BaseCrossValidator,
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    check_cv,
)
from sklearn.pipeline import Pipeline

from ...exceptions import shown
from ...io.image_reader import ImageReader
from ...io.inputs.chunks import chunk_slices
from .._subsets import nested_subsets, take
from ..robustness import Change
from ._costs import PeakMemory, one_native_thread, staged_predict
from ._targets import Target
from .cached_features._rows import CachedRows
from .cached_features._split import Shared, SplitCandidate

_CHUNK_OF_IMAGES = 512  # corrupted images in memory at a time; of photos, as many as a chunk holds


class Fold(NamedTuple):
    """Indices to train and to test on, and which of the repeats and folds they are."""

    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray


class _Ready(NamedTuple):
    """A candidate that can be cloned and fitted, on what, and the kept rows where it is fitted on positions."""

    candidate: BaseEstimator
    X: np.ndarray | list
    split: SplitCandidate | None = None
    cached: CachedRows | None = None


class Plan(NamedTuple):
    """A candidate and what is to be measured of it beside its score."""

    candidate: BaseEstimator
    train_sizes: tuple[int, ...]
    changes: tuple[Change, ...]


def make_folds(
    X: np.ndarray | list,
    target: Target,
    groups: np.ndarray | None,
    cv: int | BaseCrossValidator | Iterable[tuple[np.ndarray, np.ndarray]],
    n_repeats: int,
    random_state: int,
) -> list[Fold]:
    """Deal the images into folds.

    An int `cv` is the number of folds: stratified by class, shuffled, dealt `n_repeats` times, no group ever split.
    Anything else is asked for its splits once, all of repeat 0.
    """
    n_folds = int(cv) if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool) else None
    if n_folds is not None:
        kinds = (StratifiedKFold, StratifiedGroupKFold) if target.task == "classification" else (KFold, GroupKFold)
        kind = kinds[groups is not None]
        if target.task == "classification" and n_folds > 1:
            _tell_of_small_classes(target.strata, n_folds)
        splitters = [kind(n_folds, shuffle=True, random_state=random_state + repeat) for repeat in range(n_repeats)]
    else:
        splitters = [check_cv(cv, target.strata, classifier=target.task == "classification")]
    with warnings.catch_warnings():
        if n_folds is not None:  # told above
            warnings.filterwarnings("ignore", "The least populated class|The number of unique classes")
        folds = [
            Fold(repeat, fold, np.asarray(train), np.asarray(test))
            for repeat, splitter in enumerate(splitters)
            for fold, (train, test) in enumerate(splitter.split(X, target.strata, groups))
        ]
    if not folds:
        raise ValueError(f"Expected at least one fold, got cv={shown(cv)} and n_repeats={n_repeats}.")
    if target.task == "regression" and (fewest := min(len(fold.test) for fold in folds)) < 2:
        raise ValueError(f"Expected at least two images to test on in every fold, for R², got {fewest}: lower cv.")
    return folds


def _tell_of_small_classes(strata: np.ndarray, n_folds: int) -> None:
    """Warn of classes that do not fill the folds, or refuse them where no class does."""
    classes, counts = np.unique(strata, return_counts=True)
    is_small = counts < n_folds
    if not is_small.any():
        return
    smallest = shown(str(classes[counts.argmin()]))
    came = f"{is_small.sum()} of {len(classes)} classes have fewer, such as {counts.min()} in {smallest}"
    hint = ' Are the labels numbers? Say task="regression".' if len(classes) > len(strata) / 2 else ""
    what = f"Expected at least {n_folds} images in every class, one for each fold, got others: {came}."
    if is_small.all():
        raise ValueError(f"{what} Add images, or lower cv.{hint}")
    warnings.warn(
        f"{what} They are missing in folds, where they count as wrong or not at all. Add images, lower cv, or leave "
        f"these classes out.{hint}",
        UserWarning,
        stacklevel=4,
    )


def seeded(candidate: BaseEstimator, random_state: int) -> BaseEstimator:
    """Unfitted copy in which every unset ``random_state`` is set."""
    copy = clone(candidate)
    unset = [
        name
        for name, value in copy.get_params().items()
        if value is None and (name == "random_state" or name.endswith("__random_state"))
    ]
    return copy.set_params(**dict.fromkeys(unset, random_state))


def run_fold(
    plans: Mapping[str, Plan],
    X: np.ndarray | list,
    target: Target,
    fold: Fold,
    *,
    random_state: int,
    cached: Mapping[str, CachedRows] = MappingProxyType({}),
    on_step: Callable[[str], None] = lambda what: None,
) -> dict[str, dict]:
    """Fit and test all candidates on one fold.

    Parameters
    ----------
    plans : dict of str to Plan
    X : batch
    target : Target
    fold : Fold
    random_state : int
        Seed of what the candidates leave open and of the smaller training sets.
    cached : dict of str to CachedRows, default=nothing
        Rows of candidates that are extracted already. What their steps learn, they learn here as all others.
    on_step : callable, default=nothing
        Called with what was done, after each fit and after each chunk of changed images; see `n_steps`.

    Returns
    -------
    records : dict of str to dict
        By candidate: "figures" (of the clean test), "predicted", "learning" and "robustness" (scores in the order of
        the plan), all in types that JSON knows.
    """
    models: dict[str, BaseEstimator] = {}
    ready: dict[str, _Ready] = {}
    records: dict[str, dict] = {}
    seed = [random_state, fold.repeat, fold.fold]
    strata = target.strata[fold.train]
    subsets = {sizes: nested_subsets(strata, sizes, seed) for sizes in {p.train_sizes for p in plans.values()}}
    with one_native_thread():
        for name, plan in plans.items():
            try:
                ready[name] = _made_ready(plan, X, fold, cached.get(name), random_state)
                models[name] = clone(ready[name].candidate)
                records[name] = _fit_and_test(models[name], ready[name], target, fold)
                on_step(name)
                records[name]["learning"] = []
                for subset in subsets[plan.train_sizes]:
                    score = _score_of_subset(ready[name], records[name], target, fold, subset)
                    records[name]["learning"].append(score)
                    on_step(name)
            except Exception as error:
                error.add_note(f"candidate {name!r}, fold {fold.fold} of repeat {fold.repeat}")
                raise
        for name, scores in _test_on_changes(models, ready, plans, X, target, fold, on_step).items():
            records[name]["robustness"] = scores
    return records


def n_steps(plans: Mapping[str, Plan], X: np.ndarray | list, fold: Fold) -> int:
    """How often `run_fold` calls `on_step`."""
    fits = sum(1 + len(plan.train_sizes) for plan in plans.values())
    changed = any(plan.changes for plan in plans.values())
    return fits + (len(_test_chunks(X, fold)) if changed else 0)


def _made_ready(plan: Plan, X: np.ndarray | list, fold: Fold, cached: CachedRows | None, random_state: int) -> _Ready:
    candidate = seeded(plan.candidate, random_state)
    if cached is None or not isinstance(candidate, Pipeline):
        return _Ready(candidate, X)
    split = SplitCandidate(candidate)
    if plan.changes and len(cached.tables) == 1:  # rows of changed images are extracted here
        split.fit(take(X, fold.train[:1]))
    split.shown.images, split.shown.tables = X, cached.tables[0]
    return _Ready(split.model, np.arange(len(X)), split, cached)


def _fit_and_test(model: BaseEstimator, ready: _Ready, target: Target, fold: Fold) -> dict:
    X_train, X_test = take(ready.X, fold.train), take(ready.X, fold.test)
    with PeakMemory() as peak:
        start = time.perf_counter()
        model.fit(X_train, target.values[fold.train])
        fit_seconds = time.perf_counter() - start
        prediction = staged_predict(model, X_test)
    milliseconds, peak_mb = prediction.milliseconds, peak.mb
    if ready.cached is not None:  # what extracting those rows has cost belongs to it
        extra = ready.cached.milliseconds
        milliseconds = {stage: spent + extra[stage] for stage, spent in milliseconds.items()}
        fit_seconds += len(fold.train) * sum(extra.values()) / 1000
        peak_mb = max(peak_mb, ready.cached.peak_mb)
    figures = {
        **target.figures(target.values[fold.test], prediction.predicted, prediction.probabilities, model),
        "fit_seconds": fit_seconds,
        **milliseconds,
        "n_features": prediction.n_features,
        "peak_mb": peak_mb,
    }
    return {"figures": figures, "predicted": prediction.predicted.tolist()}


def _score_of_subset(ready: _Ready, record: dict, target: Target, fold: Fold, subset: np.ndarray) -> float:
    if len(subset) == len(fold.train):  # the whole training part: fitted already
        return record["figures"][target.main_score.column]
    rows = fold.train[np.sort(subset)]
    model = clone(ready.candidate).fit(take(ready.X, rows), target.values[rows])
    return target.score(target.values[fold.test], model.predict(take(ready.X, fold.test)))


def _test_chunks(X: np.ndarray | list, fold: Fold) -> list[np.ndarray]:
    """Indices of the images to test on, as many at a time as are held in memory."""
    is_stack = isinstance(X, np.ndarray) and X.ndim > 1
    parts = chunk_slices(fold.test if is_stack else take(X, fold.test), _CHUNK_OF_IMAGES if is_stack else None)
    return [fold.test[part] for part in parts]


def _test_on_changes(
    models: Mapping[str, BaseEstimator],
    ready: Mapping[str, _Ready],
    plans: Mapping[str, Plan],
    X: np.ndarray | list,
    target: Target,
    fold: Fold,
    on_step: Callable[[str], None],
) -> dict[str, list[float]]:
    """Score of every model under every change; each corrupted image is made once and shown to all of them."""
    changes = max((plan.changes for plan in plans.values()), key=len, default=())
    concerned = [name for name, plan in plans.items() if plan.changes]
    predicted: dict[str, list[list]] = {name: [[] for _ in changes] for name in concerned}
    are_needed = any(_needs_changed_images(ready[name]) for name in concerned)
    for rows in _test_chunks(X, fold) if changes else []:
        images = ImageReader().fit_transform(take(X, rows)) if are_needed else []
        for index, change in enumerate(changes):
            try:
                changed = change.transformer.fit_transform(images) if are_needed else []
                shared: dict[str, Shared] = {}
                for name in concerned:
                    given = _changed_for(ready[name], changed, index, rows, shared)
                    predicted[name][index] += models[name].predict(given).tolist()
            except Exception as error:
                error.add_note(f"under {shown(change.corruption)} of severity {change.severity}")
                raise
        on_step("corruptions")
    truth = target.values[fold.test]
    return {name: [target.score(truth, np.asarray(of)) for of in predicted.get(name, ())] for name in models}


def _needs_changed_images(ready: _Ready) -> bool:
    return ready.split is None or ready.split.takes_images or ready.cached is None or len(ready.cached.tables) == 1


def _changed_for(ready: _Ready, changed: Any, index: int, rows: np.ndarray, shared: dict[str, Shared]) -> Any:
    """The changed images; for a model that takes positions, these, once it is told what they stand for."""
    if ready.split is None or ready.cached is None:
        return changed
    tables = ready.cached.tables
    shown = ready.split.shown
    shown.images = changed
    if len(tables) > 1:
        shown.tables = [table[rows] for table in tables[1 + index]]
    else:
        shown.tables = ready.split.describe(changed, shared)[0]
    return np.arange(len(rows))
