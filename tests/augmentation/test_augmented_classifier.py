"""AugmentedClassifier: more images in fit, the same images in predict."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  # makes HalvingGridSearchCV importable
from sklearn.linear_model import LogisticRegression, RidgeClassifierCV
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC

from featkit import AugmentedClassifier, Corrupter, RawPixels

SHIFTED = Corrupter(kind="shift", amount=0.12, spread=True)


class Recorder(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.X_, self.y_, self.classes_ = X, y, np.unique(y)
        return self

    def predict(self, X):
        self.predicted_ = X
        return np.full(len(X), self.classes_[0])


@pytest.fixture(scope="module")
def digits():
    bunch = load_digits()
    return bunch.images / 16, bunch.target


def test_fit_sees_the_originals_and_n_different_copies_with_their_labels(digits):
    images, labels = digits[0][:10], digits[1][:10]
    seen = AugmentedClassifier(Recorder(), SHIFTED, n_augmented=3).fit(images, labels).estimator_
    assert seen.X_.shape == (40, 8, 8)
    assert (seen.X_[:10] == images).all()
    assert (seen.y_.reshape(4, 10) == labels).all()
    copies = seen.X_.reshape(4, 10, 8, 8)
    assert all((copies[a] != copies[b]).any() for a in range(4) for b in range(a))


def test_predict_sees_the_images_as_they_are(digits):
    model = AugmentedClassifier(Recorder(), SHIFTED, n_augmented=1).fit(digits[0][:10], digits[1][:10])
    model.predict(digits[0][10:20])
    assert (model.estimator_.predicted_ == digits[0][10:20]).all()


def test_images_of_mixed_sizes_stay_a_list(digits):
    images = [np.pad(image, k) for k, image in enumerate(digits[0][:5])]
    seen = AugmentedClassifier(Recorder(), SHIFTED, n_augmented=1).fit(images, [0, 1, 0, 1, 0]).estimator_
    assert [image.shape for image in seen.X_] == 2 * [image.shape for image in images]


def test_copies_help_where_images_are_few_and_move(digits):
    images, labels = digits
    pixels = make_pipeline(RawPixels(), SVC())
    shifted = Corrupter(kind="shift", amount=0.12).transform(images[1000:])
    plain = clone(pixels).fit(images[:100], labels[:100]).score(shifted, labels[1000:])
    copied = (
        AugmentedClassifier(pixels, SHIFTED, n_augmented=5)
        .fit(images[:100], labels[:100])
        .score(shifted, labels[1000:])
    )
    assert copied > plain + 0.05


def test_two_fits_are_equal_and_seeds_differ(digits):
    first, second, third = (
        AugmentedClassifier(Recorder(), SHIFTED, random_state=seed).fit(digits[0][:9], digits[1][:9]).estimator_.X_
        for seed in (0, 0, 1)
    )
    assert (first == second).all()
    assert (first != third).any()


def test_steps_of_a_pipeline_of_corruptions_are_all_reseeded(digits):
    both = make_pipeline(SHIFTED, Corrupter(kind="noise", amount=0.1))
    seen = AugmentedClassifier(Recorder(), both, n_augmented=2).fit(digits[0][:9], digits[1][:9]).estimator_.X_
    assert (seen[9:18] != seen[18:]).any()


def test_it_is_a_classifier_for_scikit_learn(digits):
    model = AugmentedClassifier(make_pipeline(RawPixels(), SVC()), SHIFTED, n_augmented=1)
    assert cross_val_score(model, digits[0][:300], digits[1][:300], cv=3).mean() > 0.85
    search = GridSearchCV(model, {"n_augmented": [1, 2], "estimator__svc__C": [1, 10]}, cv=2)
    assert search.fit(digits[0][:200], digits[1][:200]).best_params_["n_augmented"] in (1, 2)
    assert not hasattr(model, "predict_proba")
    assert hasattr(model, "decision_function")


def test_unfitted_and_bad_counts_are_refused(digits):
    with pytest.raises(NotFittedError):
        AugmentedClassifier(Recorder(), SHIFTED).predict(digits[0][:2])
    with pytest.raises(ValueError, match=r"n_augmented.*Got 0 instead"):
        AugmentedClassifier(Recorder(), SHIFTED, n_augmented=0).fit(digits[0][:9], digits[1][:9])


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_scores_are_those_of_the_estimator_on_the_images_as_they_are(digits, method):
    images, labels = digits[0][:60], digits[1][:60] % 2
    classifier = make_pipeline(RawPixels(), LogisticRegression(max_iter=1000))
    copied = AugmentedClassifier(estimator=classifier, corruption=SHIFTED, random_state=0)
    with pytest.raises(NotFittedError):
        getattr(copied, method)(images)
    copied.fit(images, labels)
    assert np.array_equal(getattr(copied, method)(images), getattr(copied.estimator_, method)(images))


def test_what_the_estimator_has_not_the_copies_have_not(digits):
    assert not hasattr(AugmentedClassifier(estimator=Recorder(), corruption=SHIFTED), "predict_proba")


def test_masks_are_as_bright_as_their_copies():
    seen = []

    class Watcher(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            seen.append(RawPixels().fit_transform(X))
            return self

        def predict(self, X):
            return np.zeros(len(X))

    masks = np.random.default_rng(0).random((6, 9, 9)) < 0.5
    AugmentedClassifier(Watcher(), Corrupter(kind="shift", amount=0.0), n_augmented=1).fit(masks, np.arange(6) % 2)
    np.testing.assert_array_equal(seen[0], np.concatenate([masks, masks]).reshape(12, -1))


# A search inside: copies stay with their originals

NOISE = Corrupter(kind="noise", amount=0.01)
NEAREST = KNeighborsClassifier(n_neighbors=1)


def searches():
    """Searches on bare labels, which knows every image again whose copy it has learnt."""
    neighbors = {"n_neighbors": [1]}
    yield GridSearchCV(make_pipeline(RawPixels(), NEAREST), {"kneighborsclassifier__n_neighbors": [1]}, cv=4)
    yield make_pipeline(RawPixels(), GridSearchCV(NEAREST, neighbors))
    yield make_pipeline(
        RawPixels(), RandomizedSearchCV(NEAREST, neighbors, n_iter=1, cv=ShuffleSplit(3, random_state=0))
    )
    yield make_pipeline(RawPixels(), GridSearchCV(NEAREST, neighbors, cv=[(np.arange(80), np.arange(80, 120))]))


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(0)
    return rng.random((120, 6, 6)), rng.integers(0, 2, 120)


@pytest.mark.parametrize("estimator", list(searches()), ids=["whole", "last", "shuffled", "given"])
def test_an_inner_search_does_not_learn_random_labels_by_heart(noise, estimator):
    fitted = AugmentedClassifier(estimator, NOISE, n_augmented=3).fit(*noise).estimator_
    search = fitted if hasattr(fitted, "best_score_") else fitted[-1]
    assert 0.3 < search.best_score_ < 0.7


def test_the_splits_are_those_of_the_originals_with_their_copies(noise):
    images, labels = noise
    splitter = StratifiedKFold(3)
    search = make_pipeline(RawPixels(), GridSearchCV(NEAREST, {"n_neighbors": [1]}, cv=splitter))
    used = AugmentedClassifier(search, NOISE, n_augmented=2).fit(images, labels).estimator_[-1].cv
    for (train, test), (own_train, own_test) in zip(used, splitter.split(images, labels), strict=True):
        assert sorted(train) == sorted(np.concatenate([own_train + 120 * k for k in range(3)]))
        assert sorted(test) == sorted(np.concatenate([own_test + 120 * k for k in range(3)]))


def test_groups_of_the_images_are_kept_together(noise):
    images, labels = noise
    groups = np.arange(120) // 6
    search = make_pipeline(RawPixels(), GridSearchCV(NEAREST, {"n_neighbors": [1]}, cv=GroupKFold(4)))
    used = AugmentedClassifier(search, NOISE, n_augmented=2).fit(images, labels, groups=groups).estimator_[-1].cv
    for train, test in used:
        assert not set(groups[train % 120]) & set(groups[test % 120])
    with pytest.raises(ValueError, match=r"groups=\.\.\., got gridsearchcv__groups"):
        AugmentedClassifier(search, NOISE).fit(images, labels, groups=groups, gridsearchcv__groups=groups)


@pytest.mark.parametrize(
    "classifier",
    [
        RidgeClassifierCV(),
        CalibratedClassifierCV(NEAREST, ensemble=False),
        StackingClassifier([("knn", NEAREST)], LogisticRegression()),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_other_estimators_that_split_are_given_the_same_splits(digits, classifier):
    images, labels = digits[0][:80], digits[1][:80] % 2
    model = AugmentedClassifier(make_pipeline(RawPixels(), classifier), NOISE, n_augmented=1).fit(images, labels)
    assert len(model.estimator_[-1].cv) == 5
    assert model.score(digits[0][80:200], digits[1][80:200] % 2) > 0.8


class Sampler(BaseEstimator):
    """As those of imbalanced-learn: other rows come out than went in."""

    def fit_resample(self, X, y):
        return X[::2], y[::2]


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (RandomForestClassifier(oob_score=True), "got randomforestclassifier__oob_score"),
        (MLPClassifier(early_stopping=True), "got mlpclassifier__early_stopping"),
        (
            GridSearchCV(make_pipeline(GridSearchCV(NEAREST, {})), {}),
            "no search inside a search, got gridsearchcv__est",
        ),
        (GradientBoostingClassifier(n_iter_no_change=2), "got gradientboostingclassifier__n_iter_no_change"),
        (
            BaggingClassifier(GridSearchCV(NEAREST, {"n_neighbors": [1]})),
            "got baggingclassifier__estimator__cv inside or beside BaggingClassifier",
        ),
        (
            VotingClassifier([("a", OneVsOneClassifier(GridSearchCV(NEAREST, {})))]),
            "inside or beside OneVsOneClassifier",
        ),
        (make_pipeline(Sampler(), GridSearchCV(NEAREST, {})), "inside or beside Sampler"),
        (SelfTrainingClassifier(GridSearchCV(NEAREST, {})), "inside or beside SelfTrainingClassifier"),
    ],
    ids=[
        "out of bag",
        "early stopping",
        "nested",
        "boosting",
        "bagging",
        "one against one",
        "sampler",
        "self-training",
    ],
)
def test_what_would_leak_is_refused_before_anything_is_fitted(noise, estimator, message):
    with pytest.raises(ValueError, match=message):
        AugmentedClassifier(make_pipeline(RawPixels(), estimator), NOISE).fit(*noise)


def test_what_stops_early_by_itself_is_refused_from_the_number_of_rows_on(monkeypatch, noise):
    images, labels = noise
    boosting = make_pipeline(RawPixels(), HistGradientBoostingClassifier(max_iter=1))
    AugmentedClassifier(boosting, NOISE, n_augmented=1).fit(images, labels)
    monkeypatch.setattr("featkit.augmentation._inner_splits._MANY", 239)  # scikit-learn's is 10,000
    with pytest.raises(ValueError, match="histgradientboostingclassifier__early_stopping"):
        AugmentedClassifier(boosting, NOISE, n_augmented=1).fit(images, labels)
    boosting.set_params(histgradientboostingclassifier__early_stopping=False)
    AugmentedClassifier(boosting, NOISE, n_augmented=1).fit(images, labels)


@pytest.mark.parametrize("around", [OneVsRestClassifier, lambda search: VotingClassifier([("a", search)])])
def test_a_search_inside_what_passes_all_rows_on_does_not_leak(noise, around):
    model = make_pipeline(RawPixels(), around(GridSearchCV(NEAREST, {"n_neighbors": [1]}, cv=3)))
    fitted = AugmentedClassifier(model, NOISE, n_augmented=2).fit(*noise).estimator_[-1]
    assert 0.3 < fitted.estimators_[0].best_score_ < 0.7


def test_a_search_that_grows_its_data_does_not_leak(noise):
    search = HalvingGridSearchCV(NEAREST, {"n_neighbors": [1, 2]}, cv=3, min_resources=90)
    fitted = AugmentedClassifier(make_pipeline(RawPixels(), search), NOISE, n_augmented=2).fit(*noise).estimator_
    assert fitted[-1].best_score_ < 0.75


def test_a_search_around_is_left_alone(noise):
    model = AugmentedClassifier(make_pipeline(RawPixels(), NEAREST), NOISE, n_augmented=2)
    search = GridSearchCV(model, {"n_augmented": [1, 2]}, cv=3).fit(*noise)
    assert 0.3 < search.best_score_ < 0.7


# Everything that belongs to an image is repeated by rows


class Weighed(Recorder):
    def fit(self, X, y, sample_weight=None, scale=None):
        self.weight_, self.scale_ = sample_weight, scale
        return super().fit(X, y)


@pytest.mark.parametrize("kind", [list, np.asarray, pd.Series])
def test_fit_parameters_of_images_are_repeated_and_others_passed_on(digits, kind):
    weights = np.arange(10.0)
    model = AugmentedClassifier(Weighed(), NOISE, n_augmented=2)
    seen = model.fit(digits[0][:10], digits[1][:10], sample_weight=kind(weights), scale=(1, 2)).estimator_
    assert np.array_equal(seen.weight_, np.tile(weights, 3))
    assert seen.scale_ == (1, 2)


def test_weights_reach_the_last_step_of_a_pipeline(digits):
    images, labels = digits[0][:60], digits[1][:60] % 2
    only_zeros = AugmentedClassifier(make_pipeline(RawPixels(), LogisticRegression()), NOISE, n_augmented=2)
    only_zeros.fit(images, labels, logisticregression__sample_weight=np.where(labels == 0, 1.0, 1e-6))
    assert (only_zeros.predict(images) == 0).all()


@pytest.mark.parametrize("n_outputs", [1, 2, 3])
def test_targets_of_two_axes_are_repeated_by_rows(digits, n_outputs):
    targets = np.column_stack([digits[1][:10] + k for k in range(n_outputs)])
    seen = AugmentedClassifier(Recorder(), NOISE, n_augmented=2).fit(digits[0][:10], targets).estimator_
    assert np.array_equal(seen.y_, np.vstack([targets] * 3))


def test_lengths_are_compared(digits):
    model = AugmentedClassifier(Recorder(), NOISE, n_augmented=1)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(digits[0][:10], digits[1][:9])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(digits[0][:10], digits[1][:10], groups=np.arange(5))
