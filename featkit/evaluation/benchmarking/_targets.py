"""What is predicted of an image (a class, several labels, a number), how that is scored, and what learns it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import accuracy_score, f1_score, log_loss, mean_absolute_error, r2_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.utils.multiclass import type_of_target

from ...exceptions import shown
from ...io.sources import is_missing
from .._columns import ACCURACY, R2, Score
from ..baselines import TASKS


class Target(NamedTuple):
    """Task ("classification", "multilabel" or "regression"), what is to be predicted, and the names of labels."""

    task: str
    values: np.ndarray
    labels: tuple[str, ...] = ()

    @property
    def main_score(self) -> Score:
        """The score by which candidates are ranked."""
        return R2 if self.task == "regression" else ACCURACY

    @property
    def strata(self) -> np.ndarray:
        """What folds and smaller training sets hold the same fractions of: the classes, else nothing."""
        return self.values if self.task == "classification" else np.zeros(len(self.values), dtype=int)

    def score(self, truth: np.ndarray, predicted: np.ndarray) -> float:
        """Score of predictions: accuracy (of several labels: all of them right), or R²."""
        return float((r2_score if self.task == "regression" else accuracy_score)(truth, predicted))

    def figures(
        self, truth: np.ndarray, predicted: np.ndarray, probabilities: np.ndarray | None, model: BaseEstimator
    ) -> dict[str, float]:
        """All scores of predictions by the name of their column, the one that ranks first."""
        found = {self.main_score.column: self.score(truth, predicted)}
        if self.task == "regression":
            return found | {"mae": float(mean_absolute_error(truth, predicted))}
        if self.task == "multilabel":
            found["micro_f1"] = float(f1_score(truth, predicted, average="micro", zero_division=0))
        found["macro_f1"] = float(f1_score(truth, predicted, average="macro", zero_division=0))
        if self.task == "classification":
            found["log_loss"] = _log_loss(truth, probabilities, model, np.unique(self.values))
        return found

    def shown(self, values: Iterable) -> list:
        """Values as a table shows them: several labels as their names, "cat + dog"."""
        if self.task != "multilabel":
            return list(values)
        return [" + ".join(name for name, is_there in zip(self.labels, row) if is_there) for row in values]

    def counts(self) -> dict[str, int]:
        """Images of each class, or with each label; of a number none."""
        if self.task == "multilabel":
            return dict(zip(self.labels, self.values.sum(axis=0).tolist()))
        if self.task == "regression":
            return {}
        labels, counts = np.unique(self.values, return_counts=True)
        return {str(label): int(count) for label, count in zip(labels, counts)}


def read_target(y: ArrayLike, task: str = "auto") -> Target:
    """Find out what `y` holds, and refuse what nothing can be learnt from.

    Parameters
    ----------
    y : array-like of shape (n_images,) or (n_images, n_labels), or sequence of sets of str
        As `featkit.benchmark` takes it.
    task : "auto" or one of `TASKS`, default="auto"

    Returns
    -------
    target : Target
    """
    if task not in ("auto", *TASKS):
        raise ValueError(f"Expected task 'auto', {', '.join(map(repr, TASKS))}, got {shown(task)}.")
    y = _with_plain_cells(y)
    if _are_sets(y):
        binarizer = MultiLabelBinarizer()
        return _several_labels(binarizer.fit_transform(y), [str(name) for name in binarizer.classes_], task)
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] > 1:
        names = getattr(y, "columns", range(values.shape[1]))
        return _several_labels(values, [str(name) for name in names], task)
    values = values.reshape(-1) if values.ndim == 2 else values
    if values.ndim != 1:
        raise ValueError(f"Expected one class or number for each image, got y of shape {values.shape}.")
    if task == "multilabel":
        raise ValueError("Expected several labels of each image (columns of 0 and 1, or sets), got one column.")
    if task != "regression" and values.dtype.kind != "f" and (missing := _n_missing(y, values)):
        raise ValueError(f"Expected a class or number for each image, got {missing} without: leave these images out.")
    if task == "regression" or (task == "auto" and _is_continuous(values)):
        return Target("regression", _numbers(values))
    classes = np.unique(values)
    if len(classes) < 2:
        raise ValueError(
            f"Expected at least two classes in y, got only {classes.tolist()}: there is nothing to tell apart."
        )
    return Target("classification", values)


def read_groups(groups: ArrayLike) -> np.ndarray:
    """Groups as an array; refused where one is missing, since these images would be one group."""
    values = np.asarray(groups)
    if missing := _n_missing(groups, values):
        raise ValueError(f"Expected the group of each image, got {missing} without: give each of them its own.")
    return values


def _n_missing(given: ArrayLike, values: np.ndarray) -> int:
    """How many are missing as they were given: NumPy makes the text "nan" of a NaN among texts."""
    return 0 if values.dtype.kind in "biu" else sum(map(is_missing, np.ravel(np.array(given, dtype=object))))


def _with_plain_cells(y: Any) -> Any:
    """Cells with several labels as lists, where a table of Parquet, Arrow or polars has containers of its own there."""
    if "list" in str(getattr(y, "type", "")).partition("<")[0]:  # of Arrow: also large_list, fixed_size_list, list_view
        return y.to_pylist()
    dtype = str(getattr(y, "dtype", ""))
    if dtype.startswith(("List", "Array")):  # of polars
        return y.to_list()
    is_column = (dtype == "object" or dtype.startswith(("list", "large_list"))) and getattr(y, "ndim", 0) == 1
    return [cell.tolist() for cell in y] if is_column and all(isinstance(cell, np.ndarray) for cell in y) else y


def _are_sets(y: Any) -> bool:
    if isinstance(y, np.ndarray) and y.dtype != object:
        return False
    first = next(iter(y.iloc if hasattr(y, "iloc") else y), None) if hasattr(y, "__len__") else None
    if hasattr(y, "columns") or isinstance(first, np.ndarray):
        return False
    return isinstance(first, (set, frozenset)) or (
        isinstance(first, (list, tuple)) and any(isinstance(label, str) for labels in y for label in labels)
    )


def _is_continuous(values: np.ndarray) -> bool:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        _numbers(values)
    return values.dtype.kind in ("f", "O") and type_of_target(values) == "continuous"


def _numbers(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "mMc":  # NumPy would make nanoseconds of them, or leave the imaginary part out
        raise ValueError(
            f"Expected a number for each image, got {values.dtype}. Dates? Say in which unit: days since the first."
        )
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        bad = next((value for value in values.tolist() if not _is_number(value)), str(error))
        hint = " Write decimals with a point." if re.fullmatch(r"\s*[+-]?\d+,\d+\s*", str(bad)) else ""
        raise ValueError(f"Expected a number for each image, got {shown(bad)}.{hint}") from error
    if bad := int((~np.isfinite(numbers)).sum()):
        raise ValueError(f"Expected a finite number for each image, got {bad} that are not: leave these images out.")
    if len(np.unique(numbers)) < 2:
        raise ValueError(f"Expected numbers that differ, got only {numbers[:1].tolist()}: there is nothing to predict.")
    return numbers


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _several_labels(values: np.ndarray, names: list[str], task: str) -> Target:
    if task not in ("auto", "multilabel"):
        raise ValueError(f"Expected one class or number for each image, got {values.shape[1]} columns: pass one.")
    if not np.isin(values, (0, 1)).all():
        raise ValueError(
            f"Expected columns of 0 and 1, one for each label, got other values in {values.shape[1]} columns: compare "
            "one target at a time."
        )
    if len(names) == 1:
        raise ValueError(
            f"Expected at least two labels, got only {names}: images with it and without it are two classes, pass one "
            "class for each image."
        )
    values = values.astype(int)
    if same := [name for name, column in zip(names, values.T) if np.ptp(column) == 0]:
        raise ValueError(f"Expected every label on some images and not on all, got {same[:5]}: leave these labels out.")
    return Target("multilabel", values, tuple(names))


def _log_loss(truth: np.ndarray, probabilities: np.ndarray | None, model: BaseEstimator, classes: np.ndarray) -> float:
    if probabilities is None:
        return np.nan
    known = np.zeros((len(truth), len(classes)))  # a class that was not trained on has probability 0
    known[:, np.searchsorted(classes, model.classes_)] = probabilities
    return float(log_loss(truth, known / known.sum(axis=1, keepdims=True), labels=classes))


def named_learners(
    baselines: Mapping[str, BaseEstimator],
    candidates: Mapping[str, BaseEstimator],
    classifier: BaseEstimator | None,
    task: str,
) -> dict[str, BaseEstimator]:
    """Baselines and candidates by name, each complete with a classifier, or for numbers with a regressor."""
    if not candidates:
        raise ValueError("Expected at least one candidate, got none: pass {name: transformer}.")
    twice = set(baselines) & set(candidates)
    if twice:
        raise ValueError(f"Expected other names than those of the baselines, got {sorted(twice)}: rename candidates.")
    classifier = _default_learner(task) if classifier is None else classifier
    fits, other = (is_regressor, is_classifier) if task == "regression" else (is_classifier, is_regressor)
    named = {**baselines, **candidates}
    if wrong := [name for name, candidate in {**named, "classifier=": classifier}.items() if other(candidate)]:
        kinds = ("regressors", "numbers") if task == "regression" else ("classifiers", "classes")
        instead = "classification" if task == "regression" else "regression"
        raise ValueError(
            f"Expected {kinds[0]}, since y holds {kinds[1]}, got others: {wrong}. Replace them, or say "
            f"task={shown(instead)} where that is meant."
        )
    return {
        name: candidate if fits(candidate) else make_pipeline(candidate, classifier)
        for name, candidate in named.items()
    }


def _default_learner(task: str) -> BaseEstimator:
    if task == "regression":
        return make_pipeline(StandardScaler(), TransformedTargetRegressor(SVR(C=10), transformer=StandardScaler()))
    machine = SVC(C=10)
    return make_pipeline(StandardScaler(), OneVsRestClassifier(machine) if task == "multilabel" else machine)
