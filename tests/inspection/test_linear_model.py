"""Weights are carried back through what is affine, and what is not is found out on any image."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from featkit import RawPixels, explain
from featkit.inspection._linear_model import weights_before


class Kinked(TransformerMixin, BaseEstimator):
    """Affine but at one place, where an all-zero row does not come by."""

    def __init__(self, bend=np.abs):
        self.bend = bend

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return np.column_stack([X[:, :1], self.bend(X[:, 1:])])

    def get_feature_names_out(self, names=None):
        return np.asarray(names)


@pytest.mark.parametrize(
    "step",
    [Kinked(), Kinked(np.square), Kinked(lambda rows: np.minimum(rows, 0.75)), Normalizer()],
    ids=["kinked", "squared", "capped", "normalized"],
)
@pytest.mark.parametrize("dark", [True, False])
def test_a_step_that_bends_is_found_out_on_a_black_image_too(step, dark):
    rng = np.random.default_rng(0)
    images, labels = rng.random((40, 5, 5)), np.arange(40) % 2
    model = make_pipeline(RawPixels(), step, RidgeClassifier()).fit(images, labels)
    with pytest.raises(ValueError, match="Expected only affine steps"):
        explain(model, np.zeros((5, 5)) if dark else images[0])


@pytest.mark.parametrize("step", [StandardScaler(), PCA(3), SelectKBest(k=4)], ids=str)
def test_affine_steps_pass_on_a_black_image(step):
    rng = np.random.default_rng(0)
    images, labels = rng.random((40, 5, 5)), np.arange(40) % 2
    model = make_pipeline(RawPixels(), step, RidgeClassifier()).fit(images, labels)
    explanation = explain(model, np.zeros((5, 5)), target=1)
    assert explanation.decision == pytest.approx(model.decision_function(np.zeros((1, 5, 5)))[0])


@pytest.mark.parametrize("row", [np.zeros((1, 6)), np.ones((1, 6))], ids=["zeros", "ones"])
def test_weights_before_a_scaler_are_divided_by_its_scale(row):
    rows = np.random.default_rng(0).normal(size=(30, 6)) * np.arange(1, 7)
    scaler = StandardScaler().fit(rows)
    weights = np.arange(6.0)
    np.testing.assert_allclose(weights_before(scaler, row, weights), weights / scaler.scale_, atol=1e-12)
