"""Rows of long descriptors made short and comparable: whitened PCA, and spread within classes evened out."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ..base.checked_estimator import CheckedEstimator
from ..parameters import Interval, StrOptions
from ._randomized import leading_eigenpairs

_COLUMNS_AT_ONCE = 4096
_LARGE = 1000  # rows and columns from which on "auto" looks at n_components
_MOST_RANDOMIZED = 0.2  # of them, as components


class WhitenedPCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, CheckedEstimator):
    """Whitened principal component analysis (PCA); directions in which the rows hardly differ are left out.

    Parameters
    ----------
    n_components : int or None, default=None
        At most so many; None: all that count.
    tol : float in [0, 1), default=1e-6
        A component counts when its variance is more than this fraction of the largest. It guards the rank:
        near-duplicate rows, or the rounding of float32, make components that are nothing but noise, and whitening would
        blow that up to the size of everything else.
    svd_solver : {"full", "randomized", "auto"}, default="full"
        "full": exact. "randomized": the leading `n_components` by randomized subspace iteration, several times as fast
        where these are few of many rows and columns; the last ones are not quite those of the exact solution. "auto":
        randomized where both sides of the table are longer than 1,000 and `n_components` is at most a fifth of the
        shorter, else full.
    random_state : int, RandomState or None, default=0
        Seed of the randomized solver; the full one draws nothing.

    Attributes
    ----------
    mean_ : float64 ndarray (n_features,)
        Mean of the rows of fit.
    components_ : ndarray (n_kept, n_features)
        Scaled: the dot product with a centered row has unit variance over the rows of fit.
    explained_variance_ : float64 ndarray (n_kept,)
        Variance of each component before it was scaled.
    n_components_ : int
        Number of components that count.
    svd_solver_ : str
        "full" or "randomized", which it was.

    See Also
    --------
    WithinClassNormalizer : Whitens by the covariance within classes.
    sklearn.decomposition.PCA : With ``whiten=True`` the same, noise directions included.

    Notes
    -----
    Sums are taken in float64 whatever the dtype of X is. With fewer rows than columns the eigenvectors are those of
    the rows' dot products, so that 100,000 columns are no trouble; the randomized solver keeps the dtype of X in its
    products and adds their parts in float64. Row i of the output depends on row i alone.

    References
    ----------
    Halko, Martinsson and Tropp 2011, "Finding structure with randomness: probabilistic algorithms for constructing
    approximate matrix decompositions", doi:10.1137/090771806: subspace iteration (4.4), Nystrom's method (5.5).

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import WhitenedPCA
    >>> rows = np.random.default_rng(0).normal(size=(20, 3)) @ np.diag([9, 3, 1])
    >>> twice = np.vstack([rows, rows + 1e-9])  # near-duplicates
    >>> wide = twice @ np.ones((3, 50)) + np.hstack([twice, np.zeros((40, 47))])
    >>> WhitenedPCA().fit_transform(wide).shape
    (40, 3)
    """

    _parameter_constraints = {
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "tol": [Interval(Real, 0, 1, closed="left")],
        "svd_solver": [StrOptions({"full", "randomized", "auto"})],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_components: int | None = None,
        tol: float = 1e-6,
        svd_solver: str = "full",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.n_components = n_components
        self.tol = tol
        self.svd_solver = svd_solver
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the components.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
            At least two rows.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            When all rows are equal, or the solver is "randomized" and `n_components` is None.
        """
        self._validate_params()
        rows = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=2)
        n_samples, n_features = rows.shape
        self.mean_ = rows.mean(axis=0, dtype=np.float64)
        by_rows = n_samples < n_features
        self.svd_solver_ = self._solver(min(rows.shape))
        squares, vectors = getattr(self, f"_{self.svd_solver_}")(rows, by_rows)
        counts = squares > max(self.tol, np.finfo(np.float64).eps * max(rows.shape)) * squares[0]
        scale = np.square(np.abs(self.mean_).max()) * np.finfo(rows.dtype).eps ** 2
        if not squares[0] > n_samples * scale:
            raise ValueError("Expected rows that differ, got equal ones: they have no component.")
        squares, vectors = squares[counts], vectors[:, counts]
        vectors *= np.where(vectors[np.abs(vectors).argmax(axis=0), range(len(squares))] < 0, -1, 1)
        if by_rows:
            directions = np.empty((len(squares), n_features), rows.dtype)
            scaled = (vectors / squares).T
            for part, centered in self._centered_parts(rows, by_rows, exact=self.svd_solver_ == "full"):
                directions[:, part] = scaled.astype(centered.dtype) @ centered
        else:
            directions = (vectors / np.sqrt(squares)).T.astype(rows.dtype)
        self.components_ = directions * rows.dtype.type(np.sqrt(n_samples - 1))
        self.explained_variance_ = squares / (n_samples - 1)
        self.n_components_ = len(squares)
        return self

    def _solver(self, n_short):
        if self.svd_solver != "auto":
            return self.svd_solver
        is_large = n_short > _LARGE and self.n_components is not None
        return "randomized" if is_large and self.n_components <= _MOST_RANDOMIZED * n_short else "full"

    def _centered_parts(self, rows, by_rows, *, exact):
        """Parts of the centered table, (n_short, n_part), and where they are; in float64 or in the table's dtype."""
        mean = self.mean_ if exact else self.mean_.astype(rows.dtype)
        for start in range(0, max(rows.shape), _COLUMNS_AT_ONCE):
            part = slice(start, start + _COLUMNS_AT_ONCE)
            yield part, (rows[:, part] - mean[part] if by_rows else (rows[part] - mean).T)

    def _full(self, rows, by_rows):
        """Eigenvalues, largest first, and eigenvectors of the dot products along the shorter side."""
        products = np.zeros((min(rows.shape), min(rows.shape)))
        for _, centered in self._centered_parts(rows, by_rows, exact=True):
            products += centered @ centered.T
        most = min(self.n_components or len(products), len(products))
        squares, vectors = eigh(products, subset_by_index=(len(products) - most, len(products) - 1))
        return squares[::-1], vectors[:, ::-1]

    def _randomized(self, rows, by_rows):
        """The same for the leading components, without the dot products themselves."""
        if self.n_components is None:
            raise ValueError('Expected n_components where svd_solver is "randomized", got None.')

        def products_with(basis):
            basis, total = basis.astype(rows.dtype), np.zeros(basis.shape)
            for _, centered in self._centered_parts(rows, by_rows, exact=False):
                total += centered @ (centered.T @ basis)
            return total

        rng = check_random_state(self.random_state)
        return leading_eigenpairs(products_with, min(rows.shape), self.n_components, rng)

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Project rows on the components.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
            Rows with the columns of fit.

        Returns
        -------
        projected : float64 ndarray (n_samples, n_kept)
            Components of every row, of unit variance over the rows of fit.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        return (rows @ self.components_.T).astype(np.float64) - self.mean_ @ self.components_.T

    @property
    def _n_features_out(self):
        return self.n_components_
