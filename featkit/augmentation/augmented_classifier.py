"""Data augmentation inside a classifier: train on corrupted copies of the images, which a Pipeline cannot do."""

from collections.abc import Callable
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ..base.checked_estimator import CheckedEstimator
from ..image.batches import check_images, stack_if_equal
from ..image.checks import Images
from ..parameters import HasMethods, Interval
from ._inner_splits import splits_of_originals


def _delegates(method: str) -> Callable:
    return available_if(lambda self: hasattr(getattr(self, "estimator_", self.estimator), method))


class AugmentedClassifier(MetaEstimatorMixin, CheckedEstimator):
    """Data augmentation: fit a classifier on images and corrupted copies of them; predict on images as they are.

    Parameters
    ----------
    estimator : classifier or Pipeline
        Fitted on ``(1 + n_augmented) * n_images`` images.
    corruption : transformer image -> image, or a Pipeline of such
        For every copy its ``random_state`` (and those of its steps) are set anew.
    n_augmented : int, default=4
        Corrupted copies of each image, at least 1.
    random_state : int, RandomState or None, default=0
        Seed of the copies.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone of `estimator`. The ``cv`` of a search inside it is the list of splits that were used.
    classes_ : ndarray
        Those of the fitted estimator, where it has them.

    See Also
    --------
    Corrupter : The corruptions.
    featkit.evaluation.corruption_suite : Corruptions to test on.

    Notes
    -----
    A search inside, such as GridSearchCV or any other estimator with a parameter ``cv``, splits the original images,
    and the copies of an image go to the same side as the image: between the folds of plain rows they would leak, and
    random labels would be learnt by heart at an inner score of 1. Its ``cv`` counts over the original images.
    What draws such rows by itself (``early_stopping``, from 10,000 rows on also ``"auto"``, ``oob_score``,
    ``n_iter_no_change`` of gradient boosting) is refused, and so is a search inside what picks rows of its own: another
    search, bagging, one class against one. To search around the augmentation instead,
    ``GridSearchCV(AugmentedClassifier(...), ...)``, is right as well.

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

    def fit(self, X: Images, y: ArrayLike, *, groups: ArrayLike | None = None, **fit_params: Any) -> Self:
        """Fit on the images and their copies.

        Parameters
        ----------
        X : batch of images
            The original images.
        y : array-like of shape (n_images,) or (n_images, n_outputs)
            Their classes.
        groups : array-like of shape (n_images,) or None, default=None
            Groups of the images, for the splits of a search inside the estimator.
        **fit_params : dict
            Passed to the estimator's fit; what has a value for each image, such as ``sample_weight``, is repeated for
            its copies.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            When X, y and groups differ in length, or the estimator draws rows for tests of its own in a way that would
            let copies leak.
        """
        self._validate_params()
        rng = check_random_state(self.random_state)
        images, labels = list(check_images(X)), np.asarray(y)
        check_consistent_length(images, labels, groups)
        n_images, n_times = len(images), 1 + int(self.n_augmented)
        model = clone(self.estimator)
        model.set_params(**splits_of_originals(model, labels, groups, n_times))
        for _ in range(n_times - 1):
            images += list(_reseeded(self.corruption, int(rng.randint(2**31 - 1))).fit_transform(X))
        together = stack_if_equal(images, len(images)) if isinstance(X, np.ndarray) else images
        repeated = {name: _repeated(name, value, n_images, n_times) for name, value in fit_params.items()}
        self.estimator_ = model.fit(together, np.concatenate([labels] * n_times), **repeated)
        if hasattr(self.estimator_, "classes_"):
            self.classes_ = self.estimator_.classes_
        return self

    @_delegates("predict")
    def predict(self, X: Images) -> np.ndarray:
        """Predict on images as they are.

        Parameters
        ----------
        X : batch of images
            Images as they are, without copies.

        Returns
        -------
        y : ndarray (n_images,)
            Predicted classes.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @_delegates("predict_proba")
    def predict_proba(self, X: Images) -> np.ndarray:
        """Probability of every class; there where the estimator has it.

        Parameters
        ----------
        X : batch of images
            Images as they are, without copies.

        Returns
        -------
        probabilities : ndarray (n_images, n_classes)
            In the order of ``classes_``.
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @_delegates("decision_function")
    def decision_function(self, X: Images) -> np.ndarray:
        """Signed distances from the class boundaries; there where the estimator has them.

        Parameters
        ----------
        X : batch of images
            Images as they are, without copies.

        Returns
        -------
        scores : ndarray (n_images,) or (n_images, n_classes)
            As the estimator gives them.
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @_delegates("score")
    def score(self, X: Images, y: ArrayLike) -> float:
        """Score of the estimator on images as they are.

        Parameters
        ----------
        X : batch of images
            Images as they are, without copies.
        y : array-like of shape (n_images,)
            Their classes.

        Returns
        -------
        score : float
            As the estimator measures it; accuracy for a classifier.
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


def _repeated(name: str, value: Any, n_images: int, n_times: int) -> Any:
    """A fit parameter, repeated where it has a value for each image."""
    if name.split("__")[-1] == "groups":
        raise ValueError(f"Expected the groups of the images as groups=..., got {name}=...")
    has_rows = hasattr(value, "__len__") and not isinstance(value, (str, bytes, dict)) and len(value) == n_images
    return np.concatenate([np.asarray(value)] * n_times) if has_rows else value
