"""Face verification: whether two images show one person, with a threshold for a wanted false match rate."""

import warnings
from numbers import Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_curve
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from ...base.checked_estimator import CheckedEstimator
from ...exceptions import MeasurementWarning
from ...parameters import Interval

_ROUNDING = 10 * np.finfo(np.float64).eps  # of the largest score: the standard deviation of equal scores is below it


def equal_error_rate(y_true: ArrayLike, scores: ArrayLike) -> float:
    """Equal error rate (EER): the error where false match rate and false non-match rate are equal.

    Parameters
    ----------
    y_true : array-like of bool (n_pairs,)
        True: one person (genuine pair); False: two (impostor pair).
    scores : array-like (n_pairs,)
        Similarity scores: larger means more similar.

    Returns
    -------
    rate : float in [0, 1]
        Read off the ROC curve by linear interpolation.

    See Also
    --------
    true_match_rate : True match rate at a given false match rate.
    FaceVerifier : Gives such scores, with a threshold.

    Examples
    --------
    >>> from featkit.faces.comparison import equal_error_rate
    >>> equal_error_rate([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    false_matches, matches, _ = roc_curve(y_true, scores, drop_intermediate=False)
    excess = false_matches - (1 - matches)  # from -1 up to 1
    after = int(np.argmax(excess >= 0))
    before = max(after - 1, 0)
    rise = excess[after] - excess[before]
    fraction = -excess[before] / rise if rise > 0 else 0.0
    return float(false_matches[before] + fraction * (false_matches[after] - false_matches[before]))


def true_match_rate(y_true: ArrayLike, scores: ArrayLike, *, false_match_rate: float) -> float:
    """True match rate at a given false match rate (TMR@FMR, also TAR@FAR).

    Parameters
    ----------
    y_true : array-like of bool (n_pairs,)
        True: one person (genuine pair); False: two (impostor pair).
    scores : array-like (n_pairs,)
        Similarity scores: larger means more similar.
    false_match_rate : float in [0, 1]
        Largest fraction of the impostor pairs that may be accepted.

    Returns
    -------
    rate : float in [0, 1]
        Fraction of the genuine pairs accepted at the lowest threshold that keeps to that rate.

    See Also
    --------
    equal_error_rate : The error where both kinds of error are equally frequent.
    FaceVerifier : Gives such scores, with a threshold.

    Examples
    --------
    >>> from featkit.faces.comparison import true_match_rate
    >>> true_match_rate([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], false_match_rate=0.1)
    0.5
    """
    false_matches, matches, _ = roc_curve(y_true, scores, drop_intermediate=False)
    return float(matches[false_matches <= false_match_rate].max())


class FaceVerifier(ClassifierMixin, CheckedEstimator):
    """Face verification: calibrated probability that two images show one person, from one or more similarity scores.

    Parameters
    ----------
    false_match_rate : float in [0, 1] or None, default=None
        Largest fraction of the impostor pairs of fit that may be accepted (FMR), see `true_match_rate`: it sets
        `threshold_`. None: accept where a match is at least as probable as not.
    C : float, default=1.0
        Inverse strength of the regularisation, on columns of unit variance.

    Attributes
    ----------
    classes_ : ndarray (2,)
        The label of two persons and that of one person: False and True, 0 and 1, or any two, in this order.
    threshold_ : float
        Probability of a match from which on a pair counts as one person.
    coef_ : float64 ndarray (1, n_features)
        Weight of every standardised score in the logistic regression (score-level fusion).

    See Also
    --------
    featkit.PairFeatures : The scores of pairs of images.
    equal_error_rate : Equal error rate (EER) of scores.
    true_match_rate : True match rate at a given false match rate (TMR@FMR).
    compare_faces : Compares two images, with a verifier if one is given.

    Notes
    -----
    Rows are what `PairFeatures` gives, such as the cosines of several descriptors; fit takes the pairs of other people
    than those it will judge. A pair without a value (NaN: no face) is left out of fit and never is a match; its
    probability is NaN.

    This is no proof of identity. Kinship, age and illumination make faces similar; the false match rate holds for
    people and images like those of fit, and error rates differ between groups of people, by age, sex and the colour of
    the skin: measure them on your own groups, and do not decide anything that matters to a person by it alone.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import FaceVerifier
    >>> likeness = np.array([[0.1], [0.2], [0.3], [0.7], [0.8], [0.9]])
    >>> verifier = FaceVerifier().fit(likeness, [False, False, False, True, True, True])
    >>> verifier.predict([[0.15], [0.95]])
    array([False,  True])
    """

    _parameter_constraints = {
        "false_match_rate": [Interval(Real, 0, 1, closed="both"), None],
        "C": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, *, false_match_rate: float | None = None, C: float = 1.0) -> None:
        self.false_match_rate = false_match_rate
        self.C = C

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the logistic regression on standardised scores, and set the threshold.

        Parameters
        ----------
        X : array-like (n_pairs, n_features)
            Scores; NaN where there is none.
        y : array-like (n_pairs,)
            Two different labels; the larger one means one person. Of texts that is the last in the alphabet: better
            give True for one person.

        Returns
        -------
        self : object
            The fitted verifier.

        Warns
        -----
        MeasurementWarning
            When the labels are texts, whose order does not say which of them means one person.
        """
        self._validate_params()
        rows, labels = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(labels)
        kind = type_of_target(labels)
        if kind != "binary":
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"Expected pairs of one person and of strangers, got one class: {self.classes_.tolist()}.")
        if isinstance(self.classes_[1], str):
            no, yes = map(str, self.classes_)
            warnings.warn(
                f"{yes!r} counts as one person and {no!r} as two, since it is the last in the alphabet. Give bool "
                f"labels: y == {yes!r} if that is right, y == {no!r} if not.",
                MeasurementWarning,
                stacklevel=2,
            )
        known = np.isfinite(rows).all(axis=1)
        rows, is_match = rows[known], labels[known] == self.classes_[1]
        self._mean, self._scale = rows.mean(axis=0), rows.std(axis=0)
        self._scale[self._scale <= _ROUNDING * np.abs(rows).max(axis=0, initial=0.0)] = 1
        self._regression = LogisticRegression(C=self.C, max_iter=1000).fit(self._standardized(rows), is_match)
        self.coef_ = self._regression.coef_
        self.threshold_ = 0.5
        if self.false_match_rate is not None:
            strangers = np.sort(self._regression.predict_proba(self._standardized(rows[~is_match]))[:, 1])
            n_allowed = int(self.false_match_rate * len(strangers) + 1e-9)
            if n_allowed == len(strangers):
                self.threshold_ = 0.0
            else:
                self.threshold_ = float(np.nextafter(strangers[len(strangers) - 1 - n_allowed], 2))
        return self

    def _standardized(self, X):
        return (X - self._mean) / self._scale

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Probability of two persons and of one person (columns in the order of `classes_`).

        Parameters
        ----------
        X : array-like (n_pairs, n_features)
            Scores; NaN where there is none.

        Returns
        -------
        probabilities : float64 ndarray (n_pairs, 2)
            NaN where a score is NaN.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan")
        probabilities = np.full((len(rows), 2), np.nan)
        known = np.isfinite(rows).all(axis=1)
        if known.any():
            probabilities[known] = self._regression.predict_proba(self._standardized(rows[known]))
        return probabilities

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Probability of one person minus the threshold: a match from 0 on.

        Parameters
        ----------
        X : array-like (n_pairs, n_features)
            Scores; NaN where there is none.

        Returns
        -------
        decision : float64 ndarray (n_pairs,)
            Minus infinity where a score is NaN.
        """
        match = self.predict_proba(X)[:, 1]
        return np.where(np.isnan(match), -np.inf, match - self.threshold_)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the label of every pair.

        Parameters
        ----------
        X : array-like (n_pairs, n_features)
            Scores; NaN where there is none.

        Returns
        -------
        labels : ndarray (n_pairs,)
            Values of `classes_`.
        """
        is_match = self.decision_function(X) >= 0
        return self.classes_[is_match.astype(int)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags
