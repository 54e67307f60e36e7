"""Ablation: the same candidate with one branch of its FeatureUnion left out, to see what each family is worth."""

from typing import TYPE_CHECKING

from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import FeatureUnion

from .._optional import require
from ..exceptions import shown
from ._columns import score_of
from .statistics import corrected_resampled_test

if TYPE_CHECKING:
    from pandas import DataFrame


def leave_one_family_out(candidate: BaseEstimator) -> dict[str, BaseEstimator]:
    """Ablation of feature families: copies of a candidate, each with one branch of its FeatureUnion dropped.

    Parameters
    ----------
    candidate : Pipeline or other estimator
        With a FeatureUnion of two branches or more inside.

    Returns
    -------
    variants : dict of str to estimator
        Unfitted copies by the name of the branch that each lacks. A union within a branch stays whole.

    Raises
    ------
    ValueError
        When there is no such FeatureUnion.

    See Also
    --------
    featkit.benchmark : Measures the copies, by its parameter `ablate`.
    featkit.inspection.family_importance : Shuffles a family in a fitted model instead.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline, make_union
    >>> from sklearn.svm import SVC
    >>> from featkit import HOG, ColorHistogram
    >>> from featkit.evaluation import leave_one_family_out
    >>> list(leave_one_family_out(make_pipeline(make_union(HOG(), ColorHistogram()), SVC())))
    ['hog', 'colorhistogram']
    """
    variants: dict[str, BaseEstimator] = {}
    for path, union in _outermost_unions(candidate).items():
        branches = [name for name, branch in union.transformer_list if branch != "drop"]
        for name in branches if len(branches) > 1 else []:
            key = f"{path}__{name}" if path else name
            variants[name if name not in variants else key] = clone(candidate).set_params(**{key: "drop"})
    if not variants:
        raise ValueError(
            f"Expected a candidate with a FeatureUnion of at least two branches, got {shown(candidate)}. "
            "Leave it out of ablate, or put its features together with make_union."
        )
    return variants


def _outermost_unions(candidate: BaseEstimator) -> dict[str, FeatureUnion]:
    found: dict[str, FeatureUnion] = {}
    named = {"": candidate, **candidate.get_params()}
    for path, part in sorted(named.items(), key=lambda item: (item[0].count("__"), item[0])):
        inside = any(outer == "" or path.startswith(f"{outer}__") for outer in found)
        if isinstance(part, FeatureUnion) and not inside:
            found[path] = part
    return found


def ablation_table(folds: "DataFrame", variants: dict[tuple[str, str], str]) -> "DataFrame":
    """Score of every variant and what it lost against the whole candidate.

    Parameters
    ----------
    folds : pandas.DataFrame
        As ``benchmark(...).folds``, the variants among the candidates.
    variants : dict of (str, str) to str
        Name in `folds` of each variant by (candidate, family left out).

    Returns
    -------
    ablation : pandas.DataFrame
        Columns candidate, family, accuracy (or r2), difference, low, high, p. The difference is that of the variant to
        the whole: -0.02 of accuracy says that the family is worth two points. Interval and p are
        those of `corrected_resampled_test`.
    """
    pandas = require("pandas", extra="report")
    score = score_of(folds).column
    by_name = {name: part.reset_index() for name, part in folds.groupby("candidate", sort=False)}
    rows = []
    for (candidate, family), variant in variants.items():
        whole, part = by_name[candidate], by_name[variant]
        test = corrected_resampled_test(part[score] - whole[score], n_train=whole["n_train"], n_test=whole["n_test"])
        rows.append((candidate, family, part[score].mean(), *test))
    columns = ["candidate", "family", score, "difference", "low", "high", "p"]
    return pandas.DataFrame(rows, columns=columns)
