"""Rows of long descriptors made short and comparable: whitened PCA, and spread within classes evened out."""

from numbers import Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.covariance import ledoit_wolf_shrinkage
from sklearn.utils.validation import check_is_fitted, validate_data

from ..base.checked_estimator import CheckedEstimator
from ..parameters import Interval, StrOptions


class WithinClassNormalizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, CheckedEstimator):
    """Within-class covariance normalization (WCCN): whiten rows by the covariance within classes.

    What differs between images of one person then counts less than what differs between people.

    Parameters
    ----------
    shrinkage : "auto" or float in [0, 1], default="auto"
        How far the covariance within classes is drawn towards a multiple of the identity, which keeps it from having
        directions without any spread; "auto" after Ledoit and Wolf. 0 is refused where such directions exist.

    Attributes
    ----------
    mean_ : float64 ndarray (n_features,)
        Mean of the rows of fit.
    matrix_ : float64 ndarray (n_features, n_features)
        Inverse square root of the covariance: ``(X - mean_) @ matrix_``.
    shrinkage_ : float
        The one that was used, in [0, 1].

    See Also
    --------
    WhitenedPCA : Whitens by the covariance of all rows.
    featkit.FaceVerifier : Learns from pairs whether two faces are one person's.

    Notes
    -----
    Classes of a single row tell nothing about the spread. Meant for
    rows made short before, as by `WhitenedPCA`, and compared by their cosine after.

    References
    ----------
    Hatch, Kajarekar and Stolcke 2006, "Within-class covariance normalization for SVM-based speaker recognition",
    doi:10.21437/Interspeech.2006-183. Shrinkage: Ledoit and Wolf 2004, "A well-conditioned estimator for
    large-dimensional covariance matrices", doi:10.1016/S0047-259X(03)00096-4.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import WithinClassNormalizer
    >>> y = np.repeat(np.arange(50), 4)
    >>> X = np.random.default_rng(0).normal(size=(200, 2)) * (10, 1) + y[:, np.newaxis]
    >>> WithinClassNormalizer(shrinkage=0.0).fit(X, y).matrix_.diagonal().round(1)
    array([0.1, 1. ])
    """

    _parameter_constraints = {"shrinkage": [StrOptions({"auto"}), Interval(Real, 0, 1, closed="both")]}

    def __init__(self, *, shrinkage: float | str = "auto") -> None:
        self.shrinkage = shrinkage

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn how rows of one class differ.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
            At least two rows of some class.
        y : array-like (n_samples,)
            Classes, such as names of people.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            When no class has two rows that differ, or `shrinkage` is 0 and a direction has no spread.
        """
        self._validate_params()
        rows, classes = validate_data(self, X, y, dtype=np.float64)
        _, owners, counts = np.unique(classes, return_inverse=True, return_counts=True)
        sums = np.zeros((len(counts), rows.shape[1]))
        np.add.at(sums, owners, rows)
        several = counts[owners] > 1
        within = (rows - sums[owners] / counts[owners, np.newaxis])[several]
        if not within.size or np.abs(within).max() <= 1e-12 * np.abs(rows).max():
            raise ValueError("Expected at least one class with two rows that differ, got none.")
        freedom = len(within) - (counts > 1).sum()
        covariance = within.T @ within / freedom
        if self.shrinkage == "auto":
            self.shrinkage_ = float(ledoit_wolf_shrinkage(within, assume_centered=True))
        else:
            self.shrinkage_ = float(self.shrinkage)
        even = np.trace(covariance) / rows.shape[1]
        covariance = (1 - self.shrinkage_) * covariance + self.shrinkage_ * even * np.eye(rows.shape[1])
        variances, axes = eigh(covariance)
        if variances[0] <= 1e-10 * variances[-1]:
            raise ValueError(
                "Expected spread within classes in every direction, got one without: raise shrinkage, take more "
                "images of each person or put a WhitenedPCA with fewer components before."
            )
        self.mean_ = rows.mean(axis=0)
        self.matrix_ = (axes / np.sqrt(variances)) @ axes.T
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Normalize rows.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
            Rows with the columns of fit.

        Returns
        -------
        normalized : float64 ndarray (n_samples, n_features)
            Rows whose covariance within classes is near the identity.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return (rows - self.mean_) @ self.matrix_

    @property
    def _n_features_out(self):
        return self.n_features_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
