"""Splits that estimators make by themselves, of images whose copies must stay with them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, is_classifier
from sklearn.model_selection import check_cv
from sklearn.pipeline import FeatureUnion, Pipeline

_OWN_DRAWS = ("early_stopping", "oob_score")  # parameters by which estimators test on rows that they draw themselves
_MANY = 10_000  # rows, from which on early_stopping="auto" draws some


def splits_of_originals(estimator: BaseEstimator, y: np.ndarray, groups: ArrayLike | None, n_times: int) -> dict:
    """By parameter, the splits of every search inside an estimator, in which copies stay with their originals.

    Raises
    ------
    ValueError
        When a part of the estimator draws rows of its own, so that copies of a test row would be trained on.
    """
    parameters = estimator.get_params()
    own_draws = [name for name in parameters if _draws_rows(name, parameters, len(y) * n_times)]
    if own_draws:
        raise ValueError(
            f"Expected an estimator that tests on no rows of its own choice, got {', '.join(own_draws)}: copies of an "
            "image would be trained on while the image is a test. Switch it off."
        )
    searches = [  # "" or "svc__"
        name.removesuffix("cv")
        for name, cv in parameters.items()
        if _last(name) == "cv" and not (isinstance(cv, str) and cv == "prefit")
    ]
    nested = [inner for inner in searches for outer in searches if inner != outer and inner.startswith(outer)]
    if nested:
        raise ValueError(
            f"Expected no search inside a search, got {nested[0]}cv: the copies of an image would leak between its "
            "folds. Search around the AugmentedClassifier instead, GridSearchCV(AugmentedClassifier(...), ...)."
        )
    for path in searches:
        _refuse_other_rows(path, estimator, parameters)
    return {f"{path}cv": _expanded(parameters[f"{path}cv"], estimator, y, groups, n_times) for path in searches}


def _last(name: str) -> str:
    return name.split("__")[-1]


def _draws_rows(name: str, parameters: dict, n_rows: int) -> bool:
    value = parameters[name]
    if _last(name) == "n_iter_no_change":  # others need early_stopping besides
        is_boosting = name.removesuffix("n_iter_no_change") + "early_stopping" not in parameters
        return value is not None and is_boosting
    if _last(name) not in _OWN_DRAWS:
        return False
    return n_rows > _MANY if isinstance(value, str) and value == "auto" else bool(value)


def _refuse_other_rows(path: str, estimator: BaseEstimator, parameters: dict) -> None:
    """Refuse a search inside what gives it other rows than its own, or the same in another order."""
    names = path.split("__")[:-1]
    around = [estimator, *(parameters["__".join(names[:depth])] for depth in range(1, len(names)))]
    samplers = [value for value in parameters.values() if hasattr(value, "fit_resample")]  # of imbalanced-learn
    part = next((part for part in around[: len(names)] if not _passes_on_all_rows(part)), next(iter(samplers), None))
    if part is not None:
        raise ValueError(
            f"Expected a search that is given all rows, got {path}cv inside or beside {type(part).__name__}, which "
            "picks rows by itself: the copies of an image would leak between its folds. Search around the "
            "AugmentedClassifier instead, GridSearchCV(AugmentedClassifier(...), ...)."
        )


def _passes_on_all_rows(part: Any) -> bool:
    """Whether what is inside is fitted on the rows that come, in their order."""
    if not isinstance(part, BaseEstimator) or isinstance(part, (Pipeline, FeatureUnion)):
        return True
    from sklearn.compose import ColumnTransformer  # these take long to import, and are rarely asked for
    from sklearn.ensemble import VotingClassifier
    from sklearn.feature_selection import RFE, SelectFromModel
    from sklearn.multiclass import OneVsRestClassifier, OutputCodeClassifier
    from sklearn.multioutput import MultiOutputClassifier

    selectors, committees = (RFE, SelectFromModel), (VotingClassifier, OneVsRestClassifier, OutputCodeClassifier)
    return isinstance(part, (ColumnTransformer, MultiOutputClassifier, *selectors, *committees))


def _expanded(
    cv: Any, estimator: BaseEstimator, y: np.ndarray, groups: ArrayLike | None, n_times: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Splits of the original images, each index followed by those of its copies."""
    first_rows = len(y) * np.arange(n_times)[:, np.newaxis]
    splits = check_cv(cv, y, classifier=is_classifier(estimator)).split(np.zeros(len(y)), y, groups)
    return [tuple((first_rows + np.asarray(side)).ravel() for side in split) for split in splits]
