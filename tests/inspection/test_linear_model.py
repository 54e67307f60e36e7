"""Weights are carried back through what is affine, and what is not is found out on any image."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import Normalizer, StandardScaler

from featkit import RawPixels, explain
from featkit.base import FeatureExtractor
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


class Holed(FeatureExtractor):
    """Means of the four quarters of an image; no value for the second where the first is dark."""

    def image_extractor(self):
        def extract(image):
            quarters = [part.mean() for half in np.split(np.asarray(image), 2) for part in np.split(half, 2, axis=1)]
            return np.array([quarters[0], np.nan if quarters[0] < 0.45 else quarters[1], *quarters[2:]])

        return extract

    def feature_names(self):
        return [f"quarter_{index}" for index in range(4)]


@pytest.fixture
def holed():
    images = np.random.default_rng(3).random((40, 6, 6))
    labels = (images[:, :3, 3:].mean(axis=(1, 2)) > 0.5).astype(int)
    is_dark = images[:, :3, :3].mean(axis=(1, 2)) < 0.45
    assert 3 < is_dark.sum() < 37
    return images, labels, is_dark


@pytest.mark.parametrize("imputer", [SimpleImputer(), SimpleImputer(strategy="constant", fill_value=-1.0)], ids=str)
@pytest.mark.parametrize("nested", [False, True])
def test_contributions_go_through_an_imputer(holed, imputer, nested):
    """By hand: weight of the scaled column over its scale, times the filled value less the mean of the filled rows."""
    images, labels, is_dark = holed
    features = make_pipeline(make_union(Holed()), imputer) if nested else make_pipeline(Holed(), imputer)
    model = make_pipeline(features, StandardScaler(), LogisticRegression()).fit(images, labels)
    filled = clone(imputer).fit_transform(Holed().transform(images))
    scaler, classifier = model[1], model[2]
    for index in (np.flatnonzero(is_dark)[0], np.flatnonzero(~is_dark)[0]):
        explanation = explain(model, images[index], target=1, reference=images)
        expected = classifier.coef_[0] / scaler.scale_ * (filled[index] - filled.mean(axis=0))
        np.testing.assert_allclose(explanation.parts[0].contributions, expected, rtol=1e-9, atol=1e-12)
        assert np.isnan(explanation.parts[0].values).sum() == is_dark[index]
        assert explanation.decision == pytest.approx(model.decision_function(images[index : index + 1])[0])
        at_mean = classifier.decision_function((filled.mean(axis=0, keepdims=True) - scaler.mean_) / scaler.scale_)
        assert explanation.base == pytest.approx(at_mean[0])


@pytest.mark.filterwarnings("ignore:Skipping features without any observed values")
def test_weights_of_branches_count_and_dropped_columns_do_not(holed):
    images, labels, is_dark = holed
    union = FeatureUnion([("holed", Holed()), ("pixels", RawPixels())], transformer_weights={"holed": 3.0})
    model = make_pipeline(union, SimpleImputer(), RidgeClassifier()).fit(images, labels)
    dark = images[is_dark][0]
    explanation = explain(model, dark, target=1)
    fills = model[1].statistics_[:4]
    row = 3 * Holed().transform([dark])[0]
    expected = np.atleast_2d(model[2].coef_)[0, :4] * np.where(np.isnan(row), fills, row)
    np.testing.assert_allclose(explanation.parts[0].contributions, expected, rtol=1e-9)
    only_dark = make_pipeline(Holed(), SimpleImputer(), RidgeClassifier()).fit(images[is_dark], labels[is_dark])
    dropped = explain(only_dark, dark, target=1).parts[0].contributions
    assert dropped[1] == 0
    assert np.isfinite(dropped).all()


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([HistGradientBoostingClassifier()], "linear classifier"),
        ([SimpleImputer(add_indicator=True), RidgeClassifier()], "without add_indicator"),
        ([KNNImputer(), RidgeClassifier()], "right behind the features"),
        ([StandardScaler(), SimpleImputer(), RidgeClassifier()], "right behind the features"),
    ],
)
def test_other_ways_to_fill_in_are_refused_where_a_value_is_missing(holed, steps, said):
    images, labels, is_dark = holed
    model = make_pipeline(Holed(), *steps).fit(images, labels)
    with pytest.raises(ValueError, match=said):
        explain(model, images[is_dark][0])
