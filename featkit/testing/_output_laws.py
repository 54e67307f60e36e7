"""Laws of fit and of the output: rows and images, their names and containers, threads and grid searches."""

import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from threading import Barrier

import numpy as np
from joblib import Parallel, delayed
from sklearn import config_context
from sklearn.base import BaseEstimator, clone, is_regressor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from ..exceptions import ImageFormatError
from ..image.checks import Image
from ._images import as_gray, of_unequal_sizes, with_alpha
from ._outcomes import (
    ROW_TOLERANCE,
    assert_output,
    assert_same,
    ending_in_rows,
    fitted_clone,
    is_composition,
    joined,
    output_of,
    predicts,
)

N_THREADS = 8


def check_fit(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Fit returns the estimator itself; fit_transform is fit and transform."""
    assert estimator.fit(images, y) is estimator, "fit must return self"
    if hasattr(estimator, "fit_transform") and not predicts(estimator):
        found = clone(estimator).fit_transform(images, y)
        assert_same(estimator, found, output_of(estimator, images), "fit_transform and fit, transform")


def check_fit_twice(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """A second fit forgets the first; two fits on the same images learn the same."""
    expected = output_of(fitted_clone(estimator, images, y), images)
    fitted_before = fitted_clone(estimator, images[::-1, ::-1].copy(), y[::-1].copy())
    fitted_before.fit(images, y)
    assert_same(estimator, output_of(fitted_before, images), expected, "after a second fit and after one")


def check_chunks(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Row i depends on image i alone: the rows of parts are the rows of the whole, bit for bit."""
    batches: dict[str, np.ndarray | list[Image]] = {
        "RGB": images,
        "RGBA": with_alpha(images),
        "unequal sizes": of_unequal_sizes(images),
    }
    for kind, batch in batches.items():
        try:
            fitted = fitted_clone(estimator, batch, y)
            whole = output_of(fitted, batch)
        except ImageFormatError:
            continue  # whether it may refuse these is the matter of check_sizes
        for size in (1, 3):
            parts = [output_of(fitted, batch[start : start + size]) for start in range(0, len(batch), size)]
            assert_same(estimator, joined(parts), whole, f"{kind} in parts of {size} and at once")
        backwards = output_of(fitted, batch[::-1])[::-1]
        assert_same(estimator, backwards, whole, f"{kind} in reverse order")


def check_threads(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """One fitted estimator used by eight threads at once gives the rows it gives alone."""
    fitted = fitted_clone(estimator, images, y)
    batches = [images[start : start + 2] for start in range(0, len(images), 2)]
    expected = [output_of(fitted, batch) for batch in batches]
    all_here = Barrier(N_THREADS)

    def output_of_one_among_many(batch):
        all_here.wait()
        return output_of(fitted, batch)

    with ThreadPoolExecutor(N_THREADS) as pool:
        found = list(pool.map(output_of_one_among_many, batches * N_THREADS))
    for index, (one, other) in enumerate(zip(found, expected * N_THREADS)):
        assert_same(estimator, one, other, f"batch {index} in one of {N_THREADS} threads and alone")


def check_n_jobs(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Two other processes, each with half of the images, give the rows that this one gives: n_jobs=2."""
    fitted = fitted_clone(estimator, images, y)
    halves = np.array_split(images, 2)
    parts = Parallel(n_jobs=2)(delayed(output_of)(fitted, half) for half in halves)
    for found, half in zip(parts, halves):
        assert_same(estimator, found, output_of(fitted, half), "in another process and in this one")


def check_grid_search(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """GridSearchCV tunes it, in a Pipeline with a classifier behind, on labels that are words; a regressor on `y`."""
    labels = y if is_regressor(estimator) else np.asarray([f"class {label}" for label in y])
    if predicts(estimator):
        steps = [estimator]
    else:
        steps = [*ending_in_rows(estimator, images, y), DecisionTreeClassifier(random_state=0)]
    pipeline = make_pipeline(*steps)
    first = pipeline.steps[0][0]
    params = {} if is_composition(estimator) else estimator.get_params(deep=False)
    grid = {f"{first}__{name}": [value] for name, value in params.items()}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(images, labels)
    predicted = search.predict(images)
    assert predicted.shape == labels.shape
    assert is_regressor(estimator) or set(predicted) <= set(labels)
    assert np.isfinite(search.best_score_)


def check_output(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """One float row (finite or NaN) or one valid image for each image; images that agree in shape are a stack."""
    for kind, batch in {"RGB": images, "RGBA": with_alpha(images), "float": images / 255}.items():
        fitted = fitted_clone(estimator, batch, y)
        assert_output(output_of(fitted, batch), len(batch), f"a {kind} batch")
        assert_output(output_of(fitted, batch[:1]), 1, f"a {kind} batch of one")


def check_feature_names(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Names: one for each column, str, unique; of an own class also lowercase words, numbers padded to sort.

    A step that returns images passes names through, so that a Pipeline has them. Gray and RGBA images may have other
    columns than RGB ones once the step is fitted on them, but never without a name.
    """
    steps = ending_in_rows(estimator, images, y)
    for kind, batch in {"gray": as_gray(images), "RGBA": with_alpha(images), "RGB": images}.items():
        pipeline = make_pipeline(*map(clone, steps)).fit(batch, y)
        names = pipeline.get_feature_names_out()
        n_columns = pipeline.transform(batch).shape[1]
        assert len(names) == n_columns, f"{len(names)} names for {n_columns} columns of {kind} images"
    assert all(isinstance(name, str) for name in names), "feature names must be str"
    assert len(set(names)) == len(names), "feature names must be unique"
    if is_composition(estimator):
        return
    odd = [name for name in names if not re.fullmatch("[a-z][a-z0-9_]*", name)]
    assert not odd, f"feature names must be lowercase letters, digits and underscores, got {odd[:3]}"
    numbered = defaultdict(list)
    for name in names:
        numbered[re.sub(r"\d+", "#", name)].append(name)
    for family in numbered.values():
        assert family == sorted(family), f"numbered names must be padded with zeros to sort in order: {family[:3]} ..."


def check_set_output(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """set_output("pandas") and ("polars") on a Pipeline, or for all of scikit-learn, give tables with the names."""
    steps = ending_in_rows(estimator, images, y)
    plain = make_pipeline(*steps).fit(images, y)
    expected, names = plain.transform(images), list(plain.get_feature_names_out())
    for container in filter(find_spec, ("pandas", "polars")):
        frame_type = import_module(container).DataFrame
        chosen = make_pipeline(*map(clone, steps)).set_output(transform=container)
        with config_context(transform_output=container):
            by_config = make_pipeline(*map(clone, steps)).fit(images, y).transform(images)
        for how, frame in (("set_output", chosen.fit(images, y).transform(images)), ("config", by_config)):
            what = f"{how} {container}"
            assert isinstance(frame, frame_type), f"{what}: got {type(frame).__name__}"
            assert list(frame.columns) == names, f"{what}: columns {list(frame.columns)[:3]} ..., names {names[:3]} ..."
            assert_same(estimator, frame.to_numpy(), expected, what, tolerance=ROW_TOLERANCE)


def check_classifier(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Predictions are labels that were given in fit, one for each image; classes_ are the sorted labels."""
    labels = np.asarray([f"class {label}" for label in y])
    fitted = fitted_clone(estimator, images, labels)
    assert np.array_equal(fitted.classes_, np.unique(labels)), "classes_ must be the sorted labels"
    predicted = fitted.predict(images)
    assert predicted.shape == (len(images),), f"expected {len(images)} labels, got shape {predicted.shape}"
    assert set(predicted) <= set(labels), f"predicted {set(predicted)}, the labels are {set(labels)}"
    assert 0 <= fitted.score(images, labels) <= 1
