"""Which family of features a column belongs to."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline


def column_families(step: BaseEstimator, names: Sequence[str] | np.ndarray) -> list[str]:
    """Family of every column that a fitted step gives.

    Parameters
    ----------
    step : extractor, FeatureUnion or Pipeline
    names : sequence of str
        Names of its columns.

    Returns
    -------
    families : list of str
        The first word of a column's own name: hog, color, region. Components (``pca0``, ``pca1``, ...) belong to the
        family that they are made of, or to ``"color + hog"`` where they are made of several.
    """
    if isinstance(step, FeatureUnion):
        branches = [branch for _, branch in step.transformer_list if branch != "drop"]
        return [family for branch in branches for family in column_families(branch, branch.get_feature_names_out())]
    steps = _flat_steps(step)
    for k in reversed(range(len(steps))):
        if _are_components(steps[k], names):
            break
    else:
        return [name.split("__")[-1].split("_")[0] for name in names]
    if k == 0:
        return [type(steps[k]).__name__.lower()] * len(names)
    before = steps[0] if k == 1 else make_pipeline(*steps[:k])
    made_of = sorted(set(column_families(before, before.get_feature_names_out())))
    return [" + ".join(made_of)] * len(names)


def _flat_steps(step: BaseEstimator) -> list[BaseEstimator]:
    """The steps of a Pipeline and of those within it."""
    if not isinstance(step, Pipeline):
        return [step]
    return [part for _, inner in step.steps if inner not in (None, "passthrough") for part in _flat_steps(inner)]


def _are_components(step: BaseEstimator, names: Sequence[str] | np.ndarray) -> bool:
    """Whether the names are those of a step that numbers its columns, ``pca0`` onwards, or some of these."""
    prefix = type(step).__name__.lower()
    return all(name.startswith(prefix) and name[len(prefix) :].isdigit() for name in names)
