"""Manifold ranking: superpixels ranked by a sparse linear system on their graph."""

import numpy as np

from ...._numba import kernel, kernel_free_division

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
def _end_of_band(row, first, n_sparse):
    """Where the part of a row before its dense one ends in zeros."""
    end = n_sparse
    while end > first and row[end - 1] == 0:
        end -= 1
    return end


@kernel
def _subtract_rows(row, matrix, above, factors, first, stop):
    """Take multiples of rows above from a part of a row: four at a time, one after the other in every element."""
    own = row[first:stop]
    fours = len(above) // 4 * 4
    for k in range(0, fours, 4):
        a, b, c, d = factors[k], factors[k + 1], factors[k + 2], factors[k + 3]
        one, two = matrix[above[k], first:stop], matrix[above[k + 1], first:stop]
        three, four = matrix[above[k + 2], first:stop], matrix[above[k + 3], first:stop]
        for j in range(len(own)):
            own[j] = own[j] - a * one[j] - b * two[j] - c * three[j] - d * four[j]
    for k in range(fours, len(above)):
        factor, one = factors[k], matrix[above[k], first:stop]
        for j in range(len(own)):
            own[j] -= factor * one[j]


@kernel_free_division
def _factorize(matrix, n_sparse):
    """Upper triangle of the elimination of a symmetric positive definite matrix, in place; zeros cost little.

    The first `n_sparse` columns hold a band, all others may be dense.
    """
    n = len(matrix)
    above, factors, ends = np.empty(n, np.int64), np.empty(n), np.empty(n, np.int64)
    for i in range(n):
        n_above, stop = 0, i
        for k in range(i):
            if matrix[k, i] != 0:
                above[n_above], factors[n_above] = k, matrix[k, i] / matrix[k, k]
                n_above += 1
                stop = max(stop, ends[k])
        _subtract_rows(matrix[i], matrix, above[:n_above], factors[:n_above], i, stop)
        _subtract_rows(matrix[i], matrix, above[:n_above], factors[:n_above], max(i, n_sparse), n)
        ends[i] = _end_of_band(matrix[i], i, n_sparse)


@kernel_free_division
def _solve(factors, n_sparse, right_sides):
    """Solutions (4, n) for four right sides, by the factors of `_factorize`."""
    _, n = right_sides.shape
    x = right_sides.copy()
    shares = np.empty(n)
    for k in range(n):
        row, share = factors[k, k + 1 :], shares[k + 1 :]
        pivot = factors[k, k]
        for i in range(len(row)):
            share[i] = row[i] / pivot
        for side in range(4):
            own, value = x[side, k + 1 :], x[side, k]
            for i in range(len(share)):
                own[i] -= share[i] * value
    for k in range(n - 1, -1, -1):
        row, pivot = factors[k], factors[k, k]
        a, b, c, d = x[0, k], x[1, k], x[2, k], x[3, k]
        end = _end_of_band(row, k + 1, n_sparse)
        for first, stop in ((k + 1, end), (max(k + 1, n_sparse), n)):
            for i in range(first, stop):
                factor = row[i]
                a, b = a - factor * x[0, i], b - factor * x[1, i]
                c, d = c - factor * x[2, i], d - factor * x[3, i]
        x[0, k], x[1, k], x[2, k], x[3, k] = a / pivot, b / pivot, c / pivot, d / pivot
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
    n_sparse = np.count_nonzero(~on_border)
    _factorize(system, n_sparse)
    ranks = _solve(system, n_sparse, (contacts > 0).take(order, axis=1).astype(np.float64))
    from_sides = stretched(np.prod(1 - ranks / ranks.max(axis=1, keepdims=True), axis=0))
    queries = np.zeros_like(ranks)
    queries[0] = from_sides > from_sides.mean()
    from_salient = stretched(_solve(system, n_sparse, queries)[0])
    back = np.argsort(order, kind="stable")
    return from_sides[back], from_salient[back]


def stretched(values: np.ndarray) -> np.ndarray:
    """Values from 0 for the least to 1 for the greatest."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low + 1e-6)
