"""Explanations of linear classifiers: what each feature of an image contributes to the decision."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from .._optional import require
from ..image.checks import Images
from ._families import column_families
from ._linear_model import LinearPart, as_rows, linear_decision, linear_parts, split_classifier, unwrapped

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass
class Explanation:
    """Contributions of the features of one image to a linear decision, as `explain` computes them.

    Parameters
    ----------
    target : object
        The class.
    decision : float
        The classifier's decision function for it.
    base : float
        The decision for the reference. ``decision`` is ``base`` plus all contributions.
    parts : list of LinearPart
        For each extractor: ``extractor``, ``picture`` (the image that it got), ``names``, ``values``, ``weights`` and
        ``contributions``, one for each of its columns.
    probability : float or None, default=None
        The classifier's probability of the class, where it gives one.

    See Also
    --------
    explain : The function that returns it.
    featkit.display.ExplanationDisplay : Draws it on the image.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from featkit import RawPixels, explain
    >>> digits = load_digits()
    >>> images, labels = digits.images[:200] / 16, digits.target[:200]
    >>> model = make_pipeline(RawPixels(), LogisticRegression(max_iter=1000)).fit(images, labels)
    >>> explanation = explain(model, images[0])
    >>> contributed = explanation.table["contribution"].sum()
    >>> bool(abs(explanation.base + contributed - explanation.decision) < 1e-6)
    True
    """

    target: Any
    decision: float
    base: float
    parts: list[LinearPart]
    probability: float | None = None

    @property
    def table(self) -> "DataFrame":
        """All columns as a pandas.DataFrame: family, value, weight, contribution; the index is the feature's name.

        The columns that contribute most stand first, whether for the class or against it.
        """
        pandas = require("pandas", extra="report")
        names = np.concatenate([part.names for part in self.parts])
        table = pandas.DataFrame(
            {
                "family": [family for part in self.parts for family in column_families(part.extractor, part.names)],
                "value": np.concatenate([part.values for part in self.parts]),
                "weight": np.concatenate([part.weights for part in self.parts]),
                "contribution": np.concatenate([part.contributions for part in self.parts]),
            },
            index=pandas.Index(names, name="feature"),
        )
        return table.sort_values("contribution", key=np.abs, ascending=False, kind="stable")


def explain(model: BaseEstimator, image: Any, *, target: Any = None, reference: Images | None = None) -> Explanation:
    """Explain a linear classifier's decision on an image: exact contributions of its features (linear SHAP values).

    The weights of the linear classifier at the end of a pipeline are carried back through the steps between (scaling,
    selection, PCA: whatever is affine) to the columns of each extractor. Times the column's value, less its mean over
    the reference, they are what each feature contributes to the decision, exactly.

    Parameters
    ----------
    model : Pipeline
        Fitted, from images to a linear classifier such as LinearSVC, LogisticRegression or linear discriminant
        analysis. Unions of features may be nested; a search or `AugmentedClassifier` around it is looked into.
    image : ndarray or whatever the first step reads
        The image to explain.
    target : class label or None, default=None
        Class to explain; None is the predicted one. With two classes what speaks for one speaks against the other.
    reference : batch of images or None, default=None
        The typical images, the mean of whose rows is no evidence for either side, such as the training images. None
        takes a row of zeros: then what is absent says nothing, which suits counts and gradients but not measurements.

    Returns
    -------
    explanation : Explanation
        Decision, base and contributions.

    Raises
    ------
    ValueError
        When the classifier is not linear, a step between features and classifier is not affine, or a value is missing
        that no `SimpleImputer` right behind the features fills in.

    See Also
    --------
    featkit.display.ExplanationDisplay : Draws it on the image.
    featkit.inspection.family_importance : For any classifier.

    Notes
    -----
    A missing value stands as NaN in the table; its contribution is that of the value that the imputer fills in.

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
    probability = None
    if hasattr(classifier, "predict_proba"):
        probability = float(classifier.predict_proba(rows)[0][list(classifier.classes_).index(target)])
    return Explanation(target, decision, decision - contributed, parts, probability)
