"""Permutation importance of whole families of features, for a fitted classifier of any kind."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score
from sklearn.pipeline import Pipeline
from sklearn.utils import check_consistent_length, check_random_state

from .._optional import require
from ..exceptions import shown
from ..image.checks import Images
from ..parameters import COUNT, check_number
from ._families import column_families
from ._linear_model import as_rows, is_table, table_like, unwrapped

if TYPE_CHECKING:
    from pandas import DataFrame


def family_importance(
    model: BaseEstimator,
    X: Images,
    y: ArrayLike,
    *,
    n_repeats: int = 5,
    random_state: int | np.random.RandomState | None = 0,
) -> "DataFrame":
    """Permutation importance of feature families: accuracy lost when the columns of a family are shuffled together.

    Parameters
    ----------
    model : Pipeline
        Fitted, from images to any classifier. A search or `AugmentedClassifier` around it is looked into.
    X : batch of images
        Not those it was fitted on, or what was learnt by heart counts as important.
    y : array-like of shape (n_images,)
        Class of each image.
    n_repeats : int, default=5
        How often each family is shuffled, at least once.
    random_state : int, RandomState or None, default=0
        Seed of the shuffling.

    Returns
    -------
    importance : pandas.DataFrame
        One row per family, the most important first: ``importance`` (mean loss of accuracy), ``importance_std`` (over
        the repeats), ``n_features``. A family is the first word of a feature's name: hog, color, region. Components,
        such as those of PCA behind an extractor, belong to the family that they are made of.

    Raises
    ------
    ValueError
        When no step of the model makes a table of features, or X and y differ in length.
    InvalidParameterError
        When `n_repeats` is below 1.

    See Also
    --------
    explain : Contributions of single columns, for a linear classifier.
    featkit.evaluation.leave_one_family_out : Candidates that are fitted anew without a family.

    Notes
    -----
    All columns of a family move together, so that its columns do not stand in for each other; another family that
    knows the same may. Leaving a family out and fitting anew answers a different question: what one can do without.

    References
    ----------
    Breiman 2001, "Random forests", Machine Learning 45, doi:10.1023/A:1010933404324.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline, make_union
    >>> from featkit import HOG, RawPixels
    >>> from featkit.inspection import family_importance
    >>> digits = load_digits()
    >>> images, labels = digits.images[:400] / 16, digits.target[:400]
    >>> features = make_union(HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1)), RawPixels())
    >>> model = make_pipeline(features, KNeighborsClassifier()).fit(images[:300], labels[:300])
    >>> family_importance(model, images[300:], labels[300:])["n_features"].to_dict()
    {'pixel': 64, 'hog': 36}
    """
    pandas = require("pandas", extra="report")
    pipeline = unwrapped(model)
    table, family_of_column, decide = _table_families_and_decision(pipeline, X)
    rows = as_rows(table)
    check_consistent_length(rows, y)
    n_repeats = check_number("n_repeats", n_repeats, COUNT)
    rng = check_random_state(random_state)
    families: dict[str, list[int]] = {}
    for column, family in enumerate(family_of_column):
        families.setdefault(family, []).append(column)

    def accuracy(values: np.ndarray) -> float:
        return accuracy_score(y, decide(table_like(table, values)))

    whole, results = accuracy(rows), {}
    for family, columns in families.items():
        losses = []
        for _ in range(n_repeats):
            shuffled = rows.copy()
            shuffled[:, columns] = rows[rng.permutation(len(rows))][:, columns]
            losses.append(whole - accuracy(shuffled))
        results[family] = {
            "importance": np.mean(losses),
            "importance_std": np.std(losses),
            "n_features": len(columns),
        }
    importance = pandas.DataFrame.from_dict(results, orient="index")
    importance["n_features"] = importance["n_features"].astype(int)
    importance.index.name = "family"
    return importance.sort_values("importance", ascending=False, kind="stable")


def _table_families_and_decision(pipeline: Pipeline, X: Images) -> tuple[Any, list[str], Callable]:
    """Table that the first extractor (or union of them) gives, families of its columns, and what predicts from it."""
    outcome: Any = X
    for k, (_, step) in enumerate(pipeline.steps[:-1]):
        outcome = outcome if step in (None, "passthrough") else step.transform(outcome)
        if is_table(outcome):
            return outcome, column_families(step, step.get_feature_names_out()), pipeline[k + 1 :].predict
    raise ValueError(f"Expected a Pipeline with a step from images to a table of features, got {shown(pipeline)}.")
