"""Raw-pixel baselines with their own best settings: what every feature has to beat."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.utils.validation import validate_data

from ..exceptions import shown
from ..features.pixels import RawPixels
from ..io.image_reader import ImageReader
from ..io.sources import Sources
from ..preprocessing.color.conversion import ColorConverter
from ..preprocessing.geometry.resize import Resizer
from ..preprocessing.light.contrast import ContrastStretcher

TASKS = ("classification", "multilabel", "regression")


def raw_pixel_features(X: Sources) -> RawPixels | Pipeline:
    """Make a transformer from a batch to raw pixels, resized where the images differ in size.

    Parameters
    ----------
    X : batch of images or of sources that `ImageReader` reads
        Only its kind is looked at.

    Returns
    -------
    transformer : RawPixels or Pipeline
        The pixels as they are for a stack of equal images; else RGB, stretched to 32 x 32.

    See Also
    --------
    raw_pixel_baselines : Complete classifiers on raw pixels.
    featkit.RawPixels : The pixels of equal images as columns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.evaluation import raw_pixel_features
    >>> raw_pixel_features(np.zeros((10, 8, 8)))
    RawPixels()
    """
    if isinstance(X, np.ndarray) and X.ndim > 1:
        return RawPixels()
    return make_pipeline(ImageReader(), ColorConverter(), Resizer(height=32, width=32), RawPixels())


def tuned_pixel_svm(task: str = "classification") -> GridSearchCV:
    """Grid search of an RBF support vector machine for pixels in [0, 1]: C and gamma by three inner folds.

    Parameters
    ----------
    task : "classification", "multilabel" or "regression", default="classification"
        What is predicted: a class, several labels (one machine for each of them), or a number (standardised while it
        is fitted).

    Returns
    -------
    classifier : GridSearchCV
        Over C in {1, 10} and gamma in {"scale", 0.01, 0.03}. Standardised columns are not tried: they blow up the
        pixels that are hardly ever on and cost 4 points on digits.

    See Also
    --------
    raw_pixel_baselines : All classifiers on raw pixels.

    Examples
    --------
    >>> from featkit.evaluation import tuned_pixel_svm
    >>> tuned_pixel_svm().param_grid
    {'C': [1, 10], 'gamma': ['scale', 0.01, 0.03]}
    """
    grid: dict[str, list] = {"C": [1, 10], "gamma": ["scale", 0.01, 0.03]}
    return _searched(SVR() if _checked(task) == "regression" else SVC(), grid, task)


def _checked(task: str) -> str:
    if task not in TASKS:
        raise ValueError(f"Expected task {', '.join(map(repr, TASKS))}, got {shown(task)}.")
    return task


def _searched(learner: BaseEstimator, grid: dict[str, list], task: str) -> GridSearchCV:
    """Search by three inner folds: for several labels one learner for each, for numbers on standardised ones."""
    if task == "classification":
        return GridSearchCV(learner, grid, cv=3)
    if task == "multilabel":
        return GridSearchCV(OneVsRestClassifier(learner), {f"estimator__{name}": grid[name] for name in grid}, cv=3)
    standardised = TransformedTargetRegressor(learner, transformer=StandardScaler())
    grid = {f"regressor__{name}": values for name, values in grid.items()}
    return GridSearchCV(standardised, grid, scoring="neg_mean_squared_error", cv=KFold(3, shuffle=True, random_state=0))


class _MeanRemover(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Takes its own mean from every row of pixels."""

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        validate_data(self, X)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        rows = validate_data(self, X, reset=False)
        return rows - rows.mean(axis=1, keepdims=True)


def raw_pixel_baselines(X: Sources, *, random_state: int = 0, task: str = "classification") -> dict[str, Pipeline]:
    """Raw-pixel baselines: linear model, multilayer perceptron and RBF SVM, this also on stretched pixels.

    Each has its settings chosen by three inner folds of whatever it is fitted on: the strength of regularisation of
    the logistic regression (C in {0.01, 0.1, 1}), the hidden units of the perceptron (128 or 512), the SVM as by
    `tuned_pixel_svm`. The inner folds know nothing of groups. A strong decay of the perceptron's weights is not tried:
    on 1,000 digits it brings no more than the width does, and costs 18 points when they are dimmed by two stops.

    The logistic regression is fitted in the basis of all principal components, none left out. That only turns the
    columns, which its penalty does not see: it is the same classifier, found several times as fast.

    The perceptron sees each image less its own mean: on bright images all its units can die at once, and it would
    be no rival; less the mean of all images, dimming would undo what it has learnt. The contrast stretch takes away
    most of what dim or pale light does to raw pixels, at next to no cost.

    Parameters
    ----------
    X : batch of images or of sources that `ImageReader` reads
        Only its kind is looked at.
    random_state : int, default=0
        Seed of the perceptron.
    task : "classification", "multilabel" or "regression", default="classification"
        What is predicted: a class, several labels (one logistic regression and one SVM for each of them), or a number
        (ridge regression, its strength of regularisation chosen among seven powers of ten, in place of the logistic
        one; the number is standardised for the perceptron and the SVM, and the perceptron sees standardised pixels,
        since a number may well be the brightness).

    Returns
    -------
    baselines : dict of str to Pipeline
        Unfitted classifiers, or regressors, by name.

    See Also
    --------
    raw_pixel_features : The pixels alone.
    tuned_pixel_svm : The SVM alone.
    featkit.benchmark : Compares features with them.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import raw_pixel_baselines
    >>> list(raw_pixel_baselines(np.zeros((10, 8, 8))))
    ['raw pixels + logistic regression', 'raw pixels + MLP', 'raw pixels + tuned SVM', 'stretched pixels + tuned SVM']
    """
    pixels = raw_pixel_features(X)
    reader = [ImageReader()] if isinstance(pixels, Pipeline) else []
    machine = tuned_pixel_svm(task)
    centred = StandardScaler() if task == "regression" else _MeanRemover()
    if task == "regression":
        linear = {"raw pixels + ridge regression": RidgeCV(np.logspace(-3, 3, 7))}
    else:
        strengths = {"C": [0.01, 0.1, 1]}
        linear = {"raw pixels + logistic regression": _searched(LogisticRegression(max_iter=1000), strengths, task)}
    return {
        **{name: make_pipeline(pixels, PCA(), model) for name, model in linear.items()},
        "raw pixels + MLP": make_pipeline(pixels, centred, _perceptron(task, random_state)),
        "raw pixels + tuned SVM": make_pipeline(pixels, machine),
        "stretched pixels + tuned SVM": make_pipeline(*reader, ContrastStretcher(), pixels, clone(machine)),
    }


def _perceptron(task: str, random_state: int) -> GridSearchCV:
    kind = MLPRegressor if task == "regression" else MLPClassifier
    perceptron = kind(alpha=1e-3, tol=1e-3, max_iter=1000, random_state=random_state)
    widths = {"hidden_layer_sizes": [(128,), (512,)]}
    # for several labels it needs no help: it has one output for each
    return _searched(perceptron, widths, task) if task == "regression" else GridSearchCV(perceptron, widths, cv=3)
