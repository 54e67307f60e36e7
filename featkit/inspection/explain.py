"""Why a linear classifier decides as it does on one image: its weights drawn back to where they look."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from .._optional import require
from ..image.checks import Images
from ._linear_model import LinearPart, as_rows, linear_decision, linear_parts, split_classifier, unwrapped
from .family_importance import family_of

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass
class Explanation:
    """What speaks for and against a class on one image, as `explain` finds it.

    Attributes
    ----------
    target : object
        The class.
    decision : float
        The classifier's decision function for it.
    base : float
        The decision for the reference. ``decision`` is ``base`` plus all contributions.
    parts : list of LinearPart
        For each extractor: ``extractor``, ``picture`` (what it looked at), ``names``, ``values``, ``weights`` and
        ``contributions``, one for each of its columns.
    """

    target: Any
    decision: float
    base: float
    parts: list[LinearPart]

    @property
    def table(self) -> "DataFrame":
        """All columns as a pandas.DataFrame: family, value, weight, contribution; the index is the feature's name."""
        pandas = require("pandas", extra="report")
        names = np.concatenate([part.names for part in self.parts])
        return pandas.DataFrame(
            {
                "family": [family_of(name) for name in names],
                "value": np.concatenate([part.values for part in self.parts]),
                "weight": np.concatenate([part.weights for part in self.parts]),
                "contribution": np.concatenate([part.contributions for part in self.parts]),
            },
            index=pandas.Index(names, name="feature"),
        )


def explain(model: BaseEstimator, image: Any, *, target: Any = None, reference: Images | None = None) -> Explanation:
    """Say what in an image speaks for a class, and what against it.

    The weights of the linear classifier at the end of a pipeline are carried back through the steps between (scaling,
    selection, PCA: whatever is affine) to the columns of each extractor. Times the column's value, less its mean over
    the reference, they are what each feature contributes to the decision, exactly.

    Parameters
    ----------
    model : Pipeline
        Fitted, from images to a linear classifier such as LinearSVC, LogisticRegression or linear discriminant
        analysis. Unions of features may be nested; a search or `AugmentedClassifier` around it is looked into.
    image : ndarray or whatever the first step reads
    target : class label or None, default=None
        Class to explain; None is the predicted one. With two classes what speaks for one speaks against the other.
    reference : batch of images or None, default=None
        The typical images, the mean of whose rows is no evidence for either side, such as the training images. None
        takes a row of zeros: then what is absent says nothing, which suits counts and gradients but not measurements.

    Returns
    -------
    explanation : Explanation
        `ExplanationDisplay` draws it.

    Raises
    ------
    ValueError
        When the classifier is not linear, or a step between features and classifier is not affine.

    Notes
    -----
    For a linear model these contributions are Shapley values of independent features. What is correlated shares its
    weight arbitrarily: look at cells and families rather than at single columns.

    References
    ----------
    Lundberg and Lee 2017, "A unified approach to interpreting model predictions", arXiv:1705.07874, section 4.1.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import LinearSVC
    >>> from featkit import HOG, explain
    >>> digits = load_digits()
    >>> images, labels = digits.images / 16, digits.target
    >>> model = make_pipeline(HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1)), LinearSVC()).fit(images, labels)
    >>> explanation = explain(model, images[0])
    >>> explanation.target, len(explanation.table)
    (np.int64(0), 36)
    """
    features, classifier = split_classifier(unwrapped(model))
    rows = features.transform([image])
    if target is None:
        target = classifier.predict(rows)[0]
    weights, intercept = linear_decision(classifier, target)
    parts = linear_parts(features, [image], reference, weights)
    decision = intercept + float(as_rows(rows)[0] @ weights)
    contributed = sum(float(part.contributions.sum()) for part in parts)
    return Explanation(target, decision, decision - contributed, parts)
