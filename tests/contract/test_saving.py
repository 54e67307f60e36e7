"""Every public estimator is saved and loaded inside Pipeline, FeatureUnion and ColumnTransformer, with any output."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

import featkit
from featkit.base import ImageTransformer
from featkit.persistence import load_model, save_model
from featkit.testing import check_pictures
from tests.contract.test_contract import ESTIMATORS, LEARNING_FROM_MASKS, MASKS, POINTS, TABLE_ESTIMATORS

IMAGES = check_pictures()
CLASSES = np.arange(len(IMAGES)) % 2
OUTPUTS = ["default", "pandas", "polars"]
N_COLUMNS = {"PairFeatures": 6, "WithinClassWhitening": 3, "PCAWhitening": 3}
# All but the matcher of faces, which is no step of a Pipeline: tests/faces/tables/test_load_matcher.py saves it.
IN_PIPELINES = [one for one in ESTIMATORS if hasattr(type(one), "transform") or hasattr(type(one), "predict")]
by_name = pytest.mark.parametrize("estimator", IN_PIPELINES, ids=lambda estimator: type(estimator).__name__)


def composed(estimator):
    """Pipeline, FeatureUnion and ColumnTransformer around a clone of an estimator, and a table that fits it."""
    is_of_tables, estimator = estimator in TABLE_ESTIMATORS, clone(estimator)  # set_output would reach other tests
    if is_of_tables:
        n_columns = N_COLUMNS.get(type(estimator).__name__, 2 * 68)
        rows = np.random.default_rng(0).uniform(0, 50, (len(IMAGES), n_columns))
        table = pd.DataFrame(rows, columns=[f"x{k}" for k in range(n_columns)], index=range(len(IMAGES), 0, -1))
        inside = make_union(make_pipeline(estimator), StandardScaler())
        return make_pipeline(ColumnTransformer([("values", inside, list(table.columns))])), table
    table = pd.DataFrame({"image": list(IMAGES), "age": range(len(IMAGES))}, index=range(len(IMAGES), 0, -1))
    steps = [estimator, featkit.ColorMoments()] if isinstance(estimator, ImageTransformer) else [estimator]
    if isinstance(estimator, featkit.ObjectTable):  # a row is an object: it stands beside nothing with a row an image
        return make_pipeline(ColumnTransformer([("image", make_union(estimator), "image")])), table
    union = make_union(make_pipeline(*steps), featkit.IntensityStatistics())
    return make_pipeline(ColumnTransformer([("image", union, "image")], remainder="passthrough")), table


def networks_of(estimator):
    """Files of networks, which are named before they are read."""
    return [estimator.path] if hasattr(estimator, "path") else []


@by_name
def test_it_comes_back(estimator, tmp_path):
    if is_classifier(estimator) or is_regressor(estimator):
        y = POINTS if is_regressor(estimator) else CLASSES
        X = IMAGES.mean(axis=(2, 3))[:, :6] if estimator in TABLE_ESTIMATORS else IMAGES
        model = make_pipeline(clone(estimator)).fit(X, y)
        save_model(model, tmp_path / "model.skops")
        again = load_model(tmp_path / "model.skops", trusted=networks_of(estimator))
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        return
    y = MASKS if estimator in LEARNING_FROM_MASKS else CLASSES
    for output in OUTPUTS:
        model, table = composed(estimator)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no cards in the images; polars has no index
            expected = model.set_output(transform=output).fit(table, y).transform(table)
            save_model(model, tmp_path / "model.skops")
            again = load_model(tmp_path / "model.skops", trusted=networks_of(estimator)).transform(table)
        assert type(again) is type(expected)
        np.testing.assert_array_equal(np.asarray(again), np.asarray(expected))
        assert list(getattr(again, "columns", [])) == list(getattr(expected, "columns", []))
