"""Manifold ranking: superpixels ranked by a sparse linear system on their graph."""

import numpy as np

from ...._numba import kernel

RANKING_SCALE = 6.0  # Lab distance of an affinity of 1/e in the ranking graph
RANKING_DAMPING = 0.99


@kernel
def _ranking_affinities(distances, edges, on_border, scale):
    """Affinities between neighbours, neighbours of neighbours, and all superpixels on the border."""
    n = len(distances)
    adjacent = np.zeros((n, n), np.bool_)
    for e in range(len(edges)):
        adjacent[edges[e, 0], edges[e, 1]] = adjacent[edges[e, 1], edges[e, 0]] = True
    linked = adjacent.copy()
    for i in range(n):
        for via in range(n):
            if adjacent[i, via]:
                for j in range(n):
                    linked[i, j] |= adjacent[via, j]
        if on_border[i]:
            for j in range(n):
                linked[i, j] |= on_border[j]
        linked[i, i] = False
    affinities = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if linked[i, j]:
                affinities[i, j] = np.exp(-distances[i, j] / scale)
    return affinities


@kernel
def _ranking_system(affinities, order, diagonal):
    """The system of equations in another order of the superpixels."""
    n = len(order)
    system = np.empty((n, n))
    for i in range(n):
        row = affinities[order[i]]
        for j in range(n):
            system[i, j] = -RANKING_DAMPING * row[order[j]]
        system[i, i] = diagonal[order[i]]
    return system


@kernel
def _factorize(matrix, n_sparse):
    """Upper triangle of the elimination of a symmetric positive definite matrix, in place; zeros cost little.

    The first `n_sparse` columns hold a band, all others may be dense.
    """
    n = len(matrix)
    for k in range(n):
        end = n_sparse  # of the band in this row
        while end > 0 and matrix[k, end - 1] == 0:
            end -= 1
        for i in range(k + 1, n):
            if matrix[k, i] != 0:
                factor = matrix[k, i] / matrix[k, k]
                above, row = matrix[k, i:end], matrix[i, i:end]  # views that begin at 0 let the compiler use vectors
                for j in range(len(row)):
                    row[j] -= factor * above[j]
                dense = max(i, n_sparse)
                above, row = matrix[k, dense:], matrix[i, dense:]
                for j in range(len(row)):
                    row[j] -= factor * above[j]


@kernel
def _solve(factors, right_sides):
    n, m = right_sides.shape
    x = right_sides.copy()
    for k in range(n):
        for i in range(k + 1, n):
            if factors[k, i] != 0:
                factor = factors[k, i] / factors[k, k]
                for c in range(m):
                    x[i, c] -= factor * x[k, c]
    for k in range(n - 1, -1, -1):
        for i in range(k + 1, n):
            if factors[k, i] != 0:
                for c in range(m):
                    x[k, c] -= factors[k, i] * x[i, c]
        for c in range(m):
            x[k, c] /= factors[k, k]
    return x


def manifold_ranking(distances: np.ndarray, edges: np.ndarray, contacts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two-stage manifold ranking: unlike every side of the border, then like what was unlike the sides.

    Parameters
    ----------
    distances : float64 ndarray (n, n)
        Colour distances between the superpixels.
    edges : int32 ndarray (n_edges, 2)
        Neighbours.
    contacts : int ndarray (4, n)
        Pixels of each superpixel on the top, bottom, left and right side.

    Returns
    -------
    from_sides, from_salient : float64 ndarray (n,)
        In [0, 1], high for what stands out.

    References
    ----------
    C. Yang, L. Zhang, H. Lu, X. Ruan, M.-H. Yang, "Saliency detection via graph-based manifold ranking",
    CVPR 2013, doi:10.1109/CVPR.2013.407.
    """
    on_border = contacts.any(axis=0)
    affinities = _ranking_affinities(distances, edges, on_border, RANKING_SCALE)
    order = np.argsort(on_border, kind="stable")  # the dense rows of the border last: elimination stays sparse
    system = _ranking_system(affinities, order, affinities.sum(axis=1) + 1e-6)
    _factorize(system, np.count_nonzero(~on_border))
    ranks = _solve(system, (contacts > 0).T[order].astype(np.float64))
    from_sides = stretched(np.prod(1 - ranks / ranks.max(axis=0), axis=1))
    queries = (from_sides > from_sides.mean()).astype(np.float64)[:, np.newaxis]
    from_salient = stretched(_solve(system, queries)[:, 0])
    back = np.argsort(order, kind="stable")
    return from_sides[back], from_salient[back]


def stretched(values: np.ndarray) -> np.ndarray:
    """Values from 0 for the least to 1 for the greatest."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low + 1e-6)
