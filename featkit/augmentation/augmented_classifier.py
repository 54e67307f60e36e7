"""Train on corrupted copies of the images, which a plain Pipeline cannot do."""

from collections.abc import Callable
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ..image.batches import check_images, stack_if_equal
from ..image.checks import Images
from ..parameters import HasMethods, Interval


def _delegates(method: str) -> Callable:
    return available_if(lambda self: hasattr(getattr(self, "estimator_", self.estimator), method))


class AugmentedClassifier(MetaEstimatorMixin, BaseEstimator):
    """Fit an estimator on the images and on corrupted copies of them; predict on images as they are.

    Parameters
    ----------
    estimator : classifier or Pipeline
        Fitted on ``(1 + n_augmented) * n_images`` images.
    corruption : transformer image -> image, or a Pipeline of such
        For every copy its ``random_state`` (and those of its steps) are set anew.
    n_augmented : int, default=4
    random_state : int, RandomState or None, default=0
        Seed of the copies.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone of `estimator`.
    classes_ : ndarray
        Those of the fitted estimator, where it has them.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from featkit import Corrupter, RawPixels, AugmentedClassifier
    >>> digits = load_digits()
    >>> images, labels = digits.images / 16, digits.target
    >>> shifted = Corrupter(kind="shift", amount=0.12, spread=True)
    >>> model = AugmentedClassifier(make_pipeline(RawPixels(), SVC()), shifted, n_augmented=3)
    >>> model.fit(images[:100], labels[:100]).score(images[500:], labels[500:]) > 0.8
    True
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "corruption": [HasMethods(["fit", "transform"])],
        "n_augmented": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        corruption: BaseEstimator,
        n_augmented: int = 4,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.estimator = estimator
        self.corruption = corruption
        self.n_augmented = n_augmented
        self.random_state = random_state

    def fit(self, X: Images, y: ArrayLike, **fit_params: Any) -> Self:
        """Fit on the images and their copies.

        Parameters
        ----------
        X : batch of images
        y : array-like of shape (n_images,)
        **fit_params : dict
            Passed to the estimator's fit as they are.

        Returns
        -------
        self : object
        """
        self._validate_params()
        rng = check_random_state(self.random_state)
        images, labels = list(check_images(X)), np.asarray(y)
        copies = []
        for _ in range(self.n_augmented):
            copies += list(_reseeded(self.corruption, int(rng.randint(2**31 - 1))).fit_transform(X))
        pictures = images + copies
        together = stack_if_equal(pictures, len(pictures)) if isinstance(X, np.ndarray) else pictures
        self.estimator_ = clone(self.estimator).fit(together, np.tile(labels, 1 + int(self.n_augmented)), **fit_params)
        if hasattr(self.estimator_, "classes_"):
            self.classes_ = self.estimator_.classes_
        return self

    @_delegates("predict")
    def predict(self, X: Images) -> np.ndarray:
        """Predict on images as they are.

        Parameters
        ----------
        X : batch of images

        Returns
        -------
        y : ndarray (n_images,)
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @_delegates("predict_proba")
    def predict_proba(self, X: Images) -> np.ndarray:
        """Probability of every class; there where the estimator has it.

        Parameters
        ----------
        X : batch of images

        Returns
        -------
        probabilities : ndarray (n_images, n_classes)
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @_delegates("decision_function")
    def decision_function(self, X: Images) -> np.ndarray:
        """Signed distances from the class borders; there where the estimator has them.

        Parameters
        ----------
        X : batch of images

        Returns
        -------
        scores : ndarray (n_images,) or (n_images, n_classes)
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @_delegates("score")
    def score(self, X: Images, y: ArrayLike) -> float:
        """Score of the estimator on images as they are.

        Parameters
        ----------
        X : batch of images
        y : array-like of shape (n_images,)

        Returns
        -------
        score : float
        """
        check_is_fitted(self)
        return self.estimator_.score(X, y)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self) -> Any:
        tags = self.estimator.__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def _reseeded(corruption: BaseEstimator, seed: int) -> BaseEstimator:
    names = corruption.get_params()
    seeds = {name: seed + k for k, name in enumerate(names) if name.split("__")[-1] == "random_state"}
    return clone(corruption).set_params(**seeds)
