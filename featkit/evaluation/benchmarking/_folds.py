"""One fold of a benchmark: fit every candidate on the same images, test all on the same images, keep the records."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import BaseCrossValidator, StratifiedGroupKFold, StratifiedKFold, check_cv

from ...io.image_reader import ImageReader
from ...io.inputs.chunks import chunk_slices
from .._subsets import nested_subsets
from ..robustness import Change
from ._costs import PeakMemory, one_native_thread, staged_predict

_CHUNK_OF_IMAGES = 512  # corrupted images in memory at a time; of photos, as many as a chunk holds


class Fold(NamedTuple):
    """Indices to train and to test on, and which of the repeats and folds they are."""

    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray


class Plan(NamedTuple):
    """A candidate and what is to be measured of it beside its accuracy."""

    candidate: BaseEstimator
    train_sizes: tuple[int, ...]
    changes: tuple[Change, ...]


def make_folds(
    X: np.ndarray | list,
    y: np.ndarray,
    groups: np.ndarray | None,
    cv: int | BaseCrossValidator | Iterable[tuple[np.ndarray, np.ndarray]],
    n_repeats: int,
    random_state: int,
) -> list[Fold]:
    """Deal the images into folds.

    An int `cv` is the number of folds: stratified, shuffled, dealt `n_repeats` times, no group ever split. Anything
    else is asked for its splits once, all of repeat 0.
    """
    if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool):
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        splitters = [kind(cv, shuffle=True, random_state=random_state + repeat) for repeat in range(n_repeats)]
    else:
        splitters = [check_cv(cv, y, classifier=True)]
    folds = [
        Fold(repeat, fold, np.asarray(train), np.asarray(test))
        for repeat, splitter in enumerate(splitters)
        for fold, (train, test) in enumerate(splitter.split(X, y, groups))
    ]
    if not folds:
        raise ValueError(f"Expected at least one fold, got cv={cv!r} and n_repeats={n_repeats}.")
    return folds


def take(X: np.ndarray | list, indices: np.ndarray) -> np.ndarray | list:
    """Rows of an array or entries of a list."""
    return X[indices] if isinstance(X, np.ndarray) else [X[index] for index in indices]


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
    y: np.ndarray,
    fold: Fold,
    *,
    random_state: int,
    on_step: Callable[[str], None] = lambda what: None,
) -> dict[str, dict]:
    """Fit and test all candidates on one fold.

    Parameters
    ----------
    plans : dict of str to Plan
    X, y : batch and ndarray (n_images,)
    fold : Fold
    random_state : int
        Seed of what the candidates leave open and of the smaller training sets.
    on_step : callable, default=nothing
        Called with what was done, after each fit and after each chunk of changed images; see `n_steps`.

    Returns
    -------
    records : dict of str to dict
        By candidate: "figures" (of the clean test), "predicted", "learning" and "robustness" (accuracies in the order
        of the plan), all in types that JSON knows.
    """
    models: dict[str, BaseEstimator] = {}
    records: dict[str, dict] = {}
    seed = [random_state, fold.repeat, fold.fold]
    subsets = {sizes: nested_subsets(y[fold.train], sizes, seed) for sizes in {p.train_sizes for p in plans.values()}}
    with one_native_thread():
        for name, plan in plans.items():
            try:
                models[name] = seeded(plan.candidate, random_state)
                records[name] = _fit_and_test(models[name], X, y, fold)
                on_step(name)
                records[name]["learning"] = []
                for subset in subsets[plan.train_sizes]:
                    score = _score_of_subset(plan, records[name], X, y, fold, subset, random_state)
                    records[name]["learning"].append(score)
                    on_step(name)
            except Exception as error:
                error.add_note(f"candidate {name!r}, fold {fold.fold} of repeat {fold.repeat}")
                raise
        for name, accuracies in _test_on_changes(models, plans, X, y, fold, on_step).items():
            records[name]["robustness"] = accuracies
    return records


def n_steps(plans: Mapping[str, Plan], X: np.ndarray | list, fold: Fold) -> int:
    """How often `run_fold` calls `on_step`."""
    fits = sum(1 + len(plan.train_sizes) for plan in plans.values())
    changed = any(plan.changes for plan in plans.values())
    return fits + (len(_test_chunks(X, fold)) if changed else 0)


def _fit_and_test(model: BaseEstimator, X: np.ndarray | list, y: np.ndarray, fold: Fold) -> dict:
    X_train, X_test = take(X, fold.train), take(X, fold.test)
    with PeakMemory() as peak:
        start = time.perf_counter()
        model.fit(X_train, y[fold.train])
        fit_seconds = time.perf_counter() - start
        prediction = staged_predict(model, X_test)
    truth = y[fold.test]
    figures = {
        "accuracy": float(accuracy_score(truth, prediction.predicted)),
        "macro_f1": float(f1_score(truth, prediction.predicted, average="macro", zero_division=0)),
        "log_loss": _log_loss(truth, prediction.probabilities, model, np.unique(y)),
        "fit_seconds": fit_seconds,
        **prediction.milliseconds,
        "n_features": prediction.n_features,
        "peak_mb": peak.mb,
    }
    return {"figures": figures, "predicted": prediction.predicted.tolist()}


def _log_loss(truth: np.ndarray, probabilities: np.ndarray | None, model: BaseEstimator, classes: np.ndarray) -> float:
    if probabilities is None:
        return np.nan
    known = np.zeros((len(truth), len(classes)))  # a class that was not trained on has probability 0
    known[:, np.searchsorted(classes, model.classes_)] = probabilities
    return float(log_loss(truth, known / known.sum(axis=1, keepdims=True), labels=classes))


def _score_of_subset(
    plan: Plan,
    record: dict,
    X: np.ndarray | list,
    y: np.ndarray,
    fold: Fold,
    subset: np.ndarray,
    random_state: int,
) -> float:
    if len(subset) == len(fold.train):  # the whole training part: fitted already
        return record["figures"]["accuracy"]
    rows = fold.train[np.sort(subset)]
    model = seeded(plan.candidate, random_state).fit(take(X, rows), y[rows])
    return float(accuracy_score(y[fold.test], model.predict(take(X, fold.test))))


def _test_chunks(X: np.ndarray | list, fold: Fold) -> list[np.ndarray]:
    """Indices of the images to test on, as many at a time as are held in memory."""
    is_stack = isinstance(X, np.ndarray) and X.ndim > 1
    parts = chunk_slices(fold.test if is_stack else take(X, fold.test), _CHUNK_OF_IMAGES if is_stack else None)
    return [fold.test[part] for part in parts]


def _test_on_changes(
    models: Mapping[str, BaseEstimator],
    plans: Mapping[str, Plan],
    X: np.ndarray | list,
    y: np.ndarray,
    fold: Fold,
    on_step: Callable[[str], None],
) -> dict[str, list[float]]:
    """Accuracy of every model under every change; each corrupted image is made once and shown to all of them."""
    changes = max((plan.changes for plan in plans.values()), key=len, default=())
    concerned = [name for name, plan in plans.items() if plan.changes]
    right = {name: np.zeros(len(changes), dtype=int) for name in models}
    for rows in _test_chunks(X, fold) if changes else []:
        images = ImageReader().fit_transform(take(X, rows))
        for index, change in enumerate(changes):
            try:
                changed = change.transformer.fit_transform(images)
                for name in concerned:
                    right[name][index] += int(np.sum(models[name].predict(changed) == y[rows]))
            except Exception as error:
                error.add_note(f"under {change.corruption!r} of severity {change.severity}")
                raise
        on_step("corruptions")
    return {name: (right[name] / len(fold.test)).tolist() if name in concerned else [] for name in models}
