"""Pair features: what two rows have in common, as one row for a classifier that verifies."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..base.checked_estimator import CheckedEstimator
from ..exceptions import shown
from ..parameters import COUNT, InvalidParameterError, check_number

KINDS = ("difference", "product", "chi2", "cosine")


def _cosine(a, b):
    lengths = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return ((a * b).sum(axis=1) / np.where(lengths > 0, lengths, np.nan))[:, np.newaxis]


def _chi2(a, b):
    total = np.abs(a) + np.abs(b)
    return (a - b) ** 2 / np.where(total == 0, 1, total)


MEASURES = {
    "difference": lambda a, b: np.abs(a - b),
    "product": lambda a, b: a * b,
    "chi2": _chi2,
    "cosine": _cosine,
}


def pair_features(a: ArrayLike, b: ArrayLike, *, kinds: Sequence[str] = ("difference",)) -> np.ndarray:
    """Pair features for verification: symmetric comparisons of the rows of two tables, column by column.

    Parameters
    ----------
    a, b : array-like (n_pairs, n_columns)
        First and second of every pair; exchanging them changes nothing.
    kinds : sequence of {"difference", "product", "chi2", "cosine"}, default=("difference",)
        ``|a - b|``, ``a b``, ``(a - b)^2 / (|a| + |b|)`` of every column; the cosine of the angle between the two, one
        column.

    Returns
    -------
    features : float64 ndarray (n_pairs, n_features)
        The kinds side by side. NaN where a value is; the cosine is NaN where a row is all zeros.

    See Also
    --------
    PairFeatures : The same as a transformer of rows that hold both halves.
    featkit.FaceVerifier : Decides from such features.

    Examples
    --------
    >>> from featkit.metric_learning import pair_features
    >>> pair_features([[1, 2]], [[3, 2]], kinds=("difference", "chi2"))
    array([[2., 0., 1., 0.]])
    """
    _check_kinds(kinds)
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if left.shape != right.shape or left.ndim != 2:
        raise ValueError(f"Expected two tables of one shape (n_pairs, n_columns), got {left.shape} and {right.shape}.")
    return np.hstack([MEASURES[kind](left, right) for kind in kinds])


def pair_features_names(n_columns: int, *, kinds: Sequence[str] = ("difference",)) -> list[str]:
    """Names of the columns of `pair_features`: ``pair_difference_00`` onwards, ``pair_cosine``.

    Parameters
    ----------
    n_columns : int
        Columns of each of the two tables.
    kinds : sequence of {"difference", "product", "chi2", "cosine"}, default=("difference",)
        As in `pair_features`.

    Returns
    -------
    names : list of str
        One for each column.

    See Also
    --------
    pair_features : What the columns hold.

    Examples
    --------
    >>> from featkit.metric_learning import pair_features_names
    >>> pair_features_names(2, kinds=("difference", "cosine"))
    ['pair_difference_00', 'pair_difference_01', 'pair_cosine']
    """
    _check_kinds(kinds)
    n_columns = check_number("n_columns", n_columns, COUNT)
    digits = max(2, len(str(n_columns - 1)))
    columns = [f"{column:0{digits}d}" for column in range(n_columns)]
    return [
        name
        for kind in kinds
        for name in (["pair_cosine"] if kind == "cosine" else [f"pair_{kind}_{column}" for column in columns])
    ]


def _check_kinds(kinds):
    if isinstance(kinds, str) or len(kinds) == 0 or len(set(kinds)) < len(kinds) or not set(kinds) <= set(KINDS):
        raise InvalidParameterError(
            f"The 'kinds' parameter must be a sequence of different words among {KINDS}, got {shown(kinds)}."
        )


class PairFeatures(TransformerMixin, CheckedEstimator):
    """Pair features for verification: symmetric comparisons of the two halves of every row.

    Parameters
    ----------
    kinds : sequence of {"difference", "product", "chi2", "cosine"}, default=("difference",)
        ``|a - b|``, ``a b``, ``(a - b)^2 / (|a| + |b|)`` of every column; the cosine of the angle between the two, one
        column.

    See Also
    --------
    pair_features : The same of two tables.

    Notes
    -----
    A row holds the columns of one face and then those of the other, ``np.hstack([a, b])``, so that pairs go through
    pipelines and cross-validation like any other rows. NaN stays NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import PairFeatures
    >>> a, b = np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])
    >>> PairFeatures(kinds=("cosine",)).fit_transform(np.hstack([a, b]))
    array([[0.70710678]])
    """

    _parameter_constraints = {"kinds": [tuple, list]}

    def __init__(self, *, kinds: Sequence[str] = ("difference",)) -> None:
        self.kinds = kinds

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Check the parameters and the number of columns.

        Parameters
        ----------
        X : array-like (n_pairs, 2 * n_columns)
            The columns of one side, then those of the other.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        self._validate_params()
        _check_kinds(self.kinds)
        self._halves(X, reset=True)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Compare the halves of every row.

        Parameters
        ----------
        X : array-like (n_pairs, 2 * n_columns)
            The columns of one side, then those of the other.

        Returns
        -------
        features : float64 ndarray (n_pairs, n_features)
            The kinds side by side.
        """
        check_is_fitted(self)
        return pair_features(*self._halves(X, reset=False), kinds=self.kinds)

    def _halves(self, X, *, reset):
        X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        if X.shape[1] % 2:
            raise ValueError(
                f"Expected rows of two halves, an even number of columns, got {X.shape[1]}: np.hstack([a, b])."
            )
        return np.hsplit(X, 2)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns.

        Parameters
        ----------
        input_features : object, default=None
            Ignored.

        Returns
        -------
        names : ndarray of str objects (n_features,)
            See `pair_features_names`.
        """
        check_is_fitted(self)
        return np.asarray(pair_features_names(self.n_features_in_ // 2, kinds=self.kinds), dtype=object)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
