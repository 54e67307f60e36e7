"""Shuffling a family costs what only that family knows."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from featkit import HOG, ColorHistogram, ColorMoments, RawPixels, WhitenedPCA
from featkit.inspection import family_importance
from featkit.parameters import InvalidParameterError


@pytest.fixture(scope="module")
def tinted():
    """Noise that is reddish in one class and bluish in the other: colour tells all, gradients nothing."""
    rng = np.random.default_rng(0)
    images = rng.integers(60, 160, (80, 16, 16, 1)).repeat(3, axis=3)
    labels = np.arange(80) % 2
    images[labels == 0, ..., 0] += 60
    images[labels == 1, ..., 2] += 60
    return images.astype(np.uint8), labels


@pytest.mark.parametrize("classifier", [RandomForestClassifier(random_state=0), KNeighborsClassifier()])
def test_the_family_that_holds_the_cue_comes_first(tinted, classifier):
    images, labels = tinted
    model = make_pipeline(make_union(HOG(cells_per_block=(1, 1)), ColorMoments()), StandardScaler(), classifier)
    model.fit(images[:40], labels[:40])
    importance = family_importance(model, images[40:], labels[40:], n_repeats=20)
    assert list(importance.index) == ["color", "hog"]
    assert importance["n_features"].to_dict() == {"color": 9, "hog": 36}
    assert importance.loc["color", "importance"] > 0.3  # all that shuffling can cost is one half
    assert abs(importance.loc["hog", "importance"]) < 0.15


def test_one_family_alone_loses_what_guessing_loses(tinted):
    images, labels = tinted
    for container in ("default", "pandas", "polars"):
        colors = ColorMoments().set_output(transform=container)
        model = make_pipeline(colors, KNeighborsClassifier()).fit(images, labels)
        importance = family_importance(model, images, labels, n_repeats=50)
        assert importance.loc["color", "importance"] == pytest.approx(0.5, abs=0.03)
    again = family_importance(model, images, labels, n_repeats=50)
    assert importance.equals(again)


def test_a_model_without_a_table_is_refused(tinted):
    images, labels = tinted
    model = make_pipeline(KNeighborsClassifier()).fit(images.reshape(80, -1), labels)
    with pytest.raises(ValueError, match="Expected a Pipeline with a step from images to a table"):
        family_importance(model, images, labels)


@pytest.mark.parametrize("tail", [(), (StandardScaler(),), (SelectKBest(k=3),)], ids=len)
def test_components_belong_to_the_family_that_they_are_made_of(tinted, tail):
    images, labels = tinted
    gradients = make_pipeline(HOG(cells_per_block=(1, 1)), PCA(5), *tail)
    colors = make_pipeline(make_pipeline(ColorMoments(), StandardScaler()), PCA(4))
    model = make_pipeline(make_union(gradients, colors, ColorHistogram()), KNeighborsClassifier()).fit(images, labels)
    importance = family_importance(model, images, labels)
    n_gradients = 3 if tail and isinstance(tail[0], SelectKBest) else 5
    assert importance["n_features"].to_dict() == {
        "color": 4 + len(ColorHistogram().get_feature_names_out()),
        "hog": n_gradients,
    }


def test_components_of_several_families_are_one_family_of_their_own(tinted):
    images, labels = tinted
    both = make_pipeline(make_union(HOG(cells_per_block=(1, 1)), ColorMoments()), WhitenedPCA(n_components=6))
    model = make_pipeline(make_union(both, RawPixels()), KNeighborsClassifier()).fit(images, labels)
    assert family_importance(model, images, labels)["n_features"].to_dict() == {"color + hog": 6, "pixel": 768}


def test_an_extractor_that_numbers_its_columns_is_one_family(tinted):
    images, labels = tinted

    class Means(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
        def fit(self, X, y=None):
            self._n_features_out = 3
            return self

        def transform(self, X):
            return np.asarray(X).mean(axis=(1, 2))

    model = make_pipeline(make_union(Means(), HOG(cells_per_block=(1, 1))), KNeighborsClassifier()).fit(images, labels)
    assert family_importance(model, images, labels)["n_features"].to_dict() == {"means": 3, "hog": 36}


@pytest.mark.parametrize("options", [{"n_repeats": 0}, {"n_repeats": 2.5}])
def test_a_number_of_repeats_is_at_least_one(tinted, options):
    images, labels = tinted
    model = make_pipeline(ColorMoments(), KNeighborsClassifier()).fit(images, labels)
    with pytest.raises(InvalidParameterError, match="'n_repeats' parameter must be"):
        family_importance(model, images, labels, **options)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        family_importance(model, images, labels[:-1])
