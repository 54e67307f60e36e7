"""Leading eigenvalues of a large symmetric matrix that is known by its products alone."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh, qr, svd

_OVERSAMPLED = 1.2  # vectors for each that is wanted
_LEAST_MORE = 20
_PASSES = 2  # products with the matrix, the last of them for Nystrom's method


def leading_eigenpairs(
    products_with: Callable[[np.ndarray], np.ndarray], n: int, n_wanted: int, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Leading eigenvalues and eigenvectors of a positive semidefinite matrix by randomized subspace iteration.

    Halko, Martinsson and Tropp 2011, doi:10.1137/090771806, sections 4.4 and 5.5.

    Parameters
    ----------
    products_with : callable
        The product of the matrix (n, n) with one of shape (n, n_vectors), as float64.
    n : int
        Size of the matrix.
    n_wanted : int
        How many eigenvalues.
    rng : RandomState
        Draws the vectors to begin with.

    Returns
    -------
    values : float64 ndarray (n_found,)
        Largest first; fewer than wanted where the matrix has no more.
    vectors : float64 ndarray (n, n_found)
        Of unit length.
    """
    n_vectors = min(n, max(int(_OVERSAMPLED * n_wanted), n_wanted + _LEAST_MORE))
    product = rng.standard_normal((n, n_vectors))
    for _ in range(_PASSES):
        basis = qr(product, mode="economic")[0]
        product = products_with(basis)
    within = basis.T @ product
    values, turn = eigh((within + within.T) / 2)
    counts = values > n * np.finfo(np.float64).eps * max(values[-1], 0)
    if not counts.any():
        return np.zeros(1), basis[:, :1]
    vectors, roots, _ = svd(product @ (turn[:, counts] / np.sqrt(values[counts])), full_matrices=False)
    return np.square(roots[:n_wanted]), vectors[:, :n_wanted]
