"""AugmentedClassifier: more pictures in fit, the same pictures in predict."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
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


def test_copies_help_where_pictures_are_few_and_move(digits):
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
def test_scores_are_those_of_the_estimator_on_the_pictures_as_they_are(digits, method):
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
