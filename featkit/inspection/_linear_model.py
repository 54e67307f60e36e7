"""The weights of a linear decision carried back through scaling, selection and projection to the features."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import SVC, NuSVC

from ..exceptions import shown
from ..image.checks import Images

CHUNK = 256  # unit vectors that go through a step at once


@dataclass
class LinearPart:
    """What one extractor contributes to a linear decision on one image.

    Attributes
    ----------
    extractor : estimator
        The fitted extractor.
    picture : ndarray or other
        The image that it got.
    names : ndarray of str (n_features,)
    values, weights : float64 ndarray (n_features,)
        Its row, NaN where nothing was found, and what a unit of each column adds to the decision.
    contributions : float64 ndarray (n_features,)
        Weight times value, less that of the reference; of a missing value, that which the imputer fills in.
    """

    extractor: BaseEstimator
    picture: Any
    names: np.ndarray
    values: np.ndarray
    weights: np.ndarray
    contributions: np.ndarray


def unwrapped(model: BaseEstimator) -> Pipeline:
    """The fitted pipeline inside a search or an `AugmentedClassifier`."""
    while not isinstance(model, Pipeline):
        inner = getattr(model, "best_estimator_", getattr(model, "estimator_", None))
        if inner is None:
            raise ValueError(f"Expected a fitted Pipeline that ends in a linear classifier, got {shown(model)}.")
        model = inner
    return model


def split_classifier(pipeline: Pipeline) -> tuple[Pipeline, BaseEstimator]:
    """Split a pipeline, however nested its end, into the pipeline of all that comes before and the classifier."""
    steps = list(pipeline.steps)
    name, last = steps.pop()
    while hasattr(last, "best_estimator_") or isinstance(last, Pipeline):
        last = getattr(last, "best_estimator_", last)
        if isinstance(last, Pipeline):
            steps += [(f"{name}__{inner}", step) for inner, step in last.steps[:-1]]
            last = last.steps[-1][1]
    return Pipeline([step for step in steps if step[1] not in (None, "passthrough")]), last


def linear_decision(classifier: BaseEstimator, target: Any) -> tuple[np.ndarray, float]:
    """Weights and intercept of a linear classifier for one class against the others."""
    coefficients = getattr(classifier, "coef_", None)
    classes = list(classifier.classes_)
    if coefficients is None or (isinstance(classifier, (SVC, NuSVC)) and len(classes) > 2):
        raise ValueError(
            f"Expected a linear classifier with one row of coef_ per class, such as LinearSVC or LogisticRegression, "
            f"got {shown(classifier)}. For any other classifier use family_importance."
        )
    if target not in classes:
        raise ValueError(f"Expected a target among the classes {classes}, got {shown(target)}.")
    coefficients = np.atleast_2d(coefficients.toarray() if hasattr(coefficients, "toarray") else coefficients)
    intercepts = np.broadcast_to(classifier.intercept_, len(coefficients))
    if len(coefficients) == 1:  # two classes: one row, positive for the second
        sign = 1 if target == classes[1] else -1
        return sign * coefficients[0], sign * float(intercepts[0])
    row = classes.index(target)
    return coefficients[row], float(intercepts[row])


def linear_parts(
    node: BaseEstimator,
    images: Images,
    reference: Images | None,
    weights: np.ndarray,
    filled: np.ndarray | None = None,
) -> list[LinearPart]:
    """Carry weights back through a fitted node to every extractor in it.

    Parameters
    ----------
    node : Pipeline, FeatureUnion or extractor
        Fitted; images to columns.
    images, reference : batch
        The image that is explained, and those with whose mean row it is compared; None compares with zeros.
    weights : ndarray (n_columns,)
        Of the columns that the node gives.
    filled : ndarray (n_columns,) or None, default=None
        What an imputer behind the node fills in for missing values; None refuses them.

    Returns
    -------
    parts : list of LinearPart
    """
    if isinstance(node, FeatureUnion):
        return _parts_of_union(node, images, reference, weights, filled)
    if isinstance(node, Pipeline):
        return _parts_of_pipeline(node, images, reference, weights, filled)
    names = np.asarray(node.get_feature_names_out(), dtype=object)
    values = as_rows(node.transform(images))[0]
    missing = names[np.isnan(values)]
    if len(missing) and filled is None:
        raise ValueError(
            f"Expected an image in which everything is found, got no value for {', '.join(missing[:5])}. A model with "
            "a SimpleImputer right behind its features takes such images, too."
        )
    zero = np.zeros_like(values)
    if reference is not None:
        rows = as_rows(node.transform(reference))
        zero = np.nanmean(rows, axis=0) if filled is None else _filled(rows, filled).mean(axis=0)
    contributions = weights * ((values if filled is None else _filled(values, filled)) - zero)
    return [LinearPart(node, next(iter(images)), names, values, weights, contributions)]


def _filled(rows: np.ndarray, filled: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(rows), filled, rows)


def _parts_of_union(
    union: FeatureUnion,
    images: Images,
    reference: Images | None,
    weights: np.ndarray,
    filled: np.ndarray | None,
) -> list[LinearPart]:
    parts: list[LinearPart] = []
    start = 0
    for name, branch in union.transformer_list:
        if branch == "drop":
            continue
        stop = start + as_rows(branch.transform(images)).shape[1]
        factor = (union.transformer_weights or {}).get(name, 1)
        of_branch = None if filled is None else filled[start:stop] / (factor or 1)  # in the branch's own units
        parts += linear_parts(branch, images, reference, factor * weights[start:stop], of_branch)
        start = stop
    return parts


def _parts_of_pipeline(
    pipeline: Pipeline,
    images: Images,
    reference: Images | None,
    weights: np.ndarray,
    filled: np.ndarray | None,
) -> list[LinearPart]:
    steps = [step for _, step in pipeline.steps if step not in (None, "passthrough")]
    outcomes, references = [images], [reference]
    for step in steps:
        outcomes.append(step.transform(outcomes[-1]))
        is_last_image = is_table(outcomes[-1])
        references.append(None if reference is None or is_last_image else step.transform(references[-1]))
    extractor = next(k for k in range(len(steps)) if is_table(outcomes[k + 1]))
    for k in range(len(steps) - 1, extractor, -1):
        filled = _filled_by(steps[k]) if k == extractor + 1 else None
        table = outcomes[k]
        if filled is not None:
            table = table_like(table, _filled(as_rows(table)[:1], filled))
        weights = weights_before(steps[k], table, weights)
    return linear_parts(steps[extractor], outcomes[extractor], references[extractor], weights, filled)


def _filled_by(step: BaseEstimator) -> np.ndarray | None:
    """What an imputer fills in, column by column, whatever the others hold; None for any other step."""
    if not isinstance(step, SimpleImputer) or step.add_indicator or not np.isnan(step.missing_values):
        return None
    return np.nan_to_num(np.asarray(step.statistics_, dtype=np.float64))  # columns that it drops have no weight


def is_table(outcome: Any) -> bool:
    """Whether the outcome of a step is a table of features, not a batch of images."""
    return len(getattr(outcome, "shape", ())) == 2


def as_rows(table: Any) -> np.ndarray:
    """A table of whatever kind as a float64 array."""
    return np.asarray(table.toarray() if hasattr(table, "toarray") else table, dtype=np.float64)


def table_like(table: Any, rows: np.ndarray) -> Any:
    """Rows in the container of a table: a data frame with its columns, or the rows as they are."""
    return type(table)(dict(zip(table.columns, rows.T, strict=True))) if hasattr(table, "columns") else rows


def weights_before(step: BaseEstimator, table: Any, weights: np.ndarray) -> np.ndarray:
    """Weights of the columns that go into an affine step, from those of the columns that come out.

    The step is asked, not known: unit vectors are put through it. So any affine transformer will do, and one that is
    not affine is found out.
    """

    def through(rows: np.ndarray) -> np.ndarray:
        return as_rows(step.transform(table_like(table, rows))) @ weights

    row = as_rows(table)[:1]
    if np.isnan(row).any():
        raise ValueError(
            f"Expected missing values to be filled in by a SimpleImputer, without add_indicator, right behind the "
            f"features, got some that come to {shown(step)}."
        )
    n_columns = row.shape[1]
    start = through(np.zeros((1, n_columns)))[0]
    before = np.concatenate(
        [through(np.eye(min(CHUNK, n_columns - k), n_columns, k)) - start for k in range(0, n_columns, CHUNK)]
    )
    # a kink would show at one of them; the row alone would not do, since it may be all zeros
    drawn = np.random.default_rng(0).uniform(0.5, 2, row.shape)
    for probe in (row, -2 * row, drawn, -drawn, row + drawn):
        found, expected = through(probe)[0], start + float(probe[0] @ before)
        size = 1 + abs(start) + float(np.abs(probe[0]) @ np.abs(before))
        if not np.isclose(found, expected, rtol=1e-3, atol=1e-5 * size):
            raise ValueError(
                f"Expected only affine steps between features and classifier, got {shown(step)}, which is not: its "
                "weights have no place in the image. Use family_importance."
            )
    return before
