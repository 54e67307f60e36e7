"""GrabCut on the graph of superpixels: the exact minimum cut, in turns with mixtures of colours."""

import numpy as np

from ...._numba import kernel
from ._mixtures import log_likelihood_ratios

N_ROUNDS = 5
SMOOTHNESS = 16.0


@kernel
def _arcs(n_nodes, edges):
    """Two opposite arcs per edge, grouped by their tail: first arc of a node, heads, position of the opposite arc."""
    n_edges = len(edges)
    first = np.zeros(n_nodes + 1, np.uint32)
    for e in range(n_edges):
        first[edges[e, 0] + 1] += 1
        first[edges[e, 1] + 1] += 1
    for v in range(n_nodes):
        first[v + 1] += first[v]
    filled = np.empty(n_nodes, np.uint32)
    for v in range(n_nodes):
        filled[v] = first[v]
    head = np.empty(2 * n_edges, np.uint32)
    opposite = np.empty(2 * n_edges, np.uint32)
    place = np.empty((n_edges, 2), np.int32)
    for e in range(n_edges):
        a, b = edges[e]
        forth, back = filled[a], filled[b]
        filled[a] += 1
        filled[b] += 1
        head[forth], head[back] = b, a
        opposite[forth], opposite[back] = back, forth
        place[e, 0], place[e, 1] = forth, back
    return first, head, opposite, place


@kernel
def _settle(surplus, residual, first, head, opposite):
    """Take nodes out of the graph whose surplus is more than all their arcs can carry: their side is certain.

    What they give their neighbours, or take from them, is added to the neighbours' surplus. Returns which nodes are
    the source's.
    """
    n_nodes = len(surplus)
    is_source = np.zeros(n_nodes, np.bool_)
    is_settled = np.zeros(n_nodes, np.bool_)
    loads = np.zeros(n_nodes)
    waiting = np.empty(n_nodes, np.uint32)
    n_waiting = 0
    for v in range(n_nodes):
        for arc in range(first[v], first[v + 1]):
            loads[v] += residual[arc]
        if abs(surplus[v]) > loads[v]:
            is_settled[v], is_source[v] = True, surplus[v] > 0
            waiting[n_waiting] = v
            n_waiting += 1
    while n_waiting > 0:
        n_waiting -= 1
        v = waiting[n_waiting]
        for arc in range(first[v], first[v + 1]):
            other, carried = head[arc], residual[arc]
            residual[arc] = residual[opposite[arc]] = 0
            surplus[other] += carried if is_source[v] else -carried
            loads[other] -= carried
            if not is_settled[other] and abs(surplus[other]) > loads[other]:
                is_settled[other], is_source[other] = True, surplus[other] > 0
                waiting[n_waiting] = other
                n_waiting += 1
        surplus[v] = 0
    return is_source


@kernel
def _cut(given_surplus, arcs, capacities):
    n_nodes = len(given_surplus)
    first, head, opposite, place = arcs
    residual = np.empty(len(head))
    for e in range(len(capacities)):
        residual[place[e, 0]] = capacities[e]
        residual[place[e, 1]] = capacities[e]
    surplus = np.empty(n_nodes)
    for v in range(n_nodes):
        surplus[v] = given_surplus[v]
    is_source = _settle(surplus, residual, first, head, opposite)
    level = np.empty(n_nodes, np.int32)
    queue = np.empty(n_nodes, np.uint32)
    current = np.empty(n_nodes, np.uint32)
    path = np.empty(n_nodes, np.uint32)
    while True:
        n_queued = 0
        for v in range(n_nodes):
            level[v] = -1
            current[v] = first[v]
            if surplus[v] > 0:
                level[v] = 0
                queue[n_queued] = v
                n_queued += 1
        n_sources = n_queued
        sink_level = -1
        done = 0
        while done < n_queued:
            v = queue[done]
            done += 1
            if surplus[v] < 0 and sink_level < 0:
                sink_level = level[v]
            for arc in range(first[v], first[v + 1]):
                if residual[arc] > 0 and level[head[arc]] < 0:
                    level[head[arc]] = level[v] + 1
                    queue[n_queued] = head[arc]
                    n_queued += 1
        if sink_level < 0:
            for v in range(n_nodes):
                is_source[v] = is_source[v] or level[v] >= 0
            return is_source
        for s in range(n_sources):
            source = queue[s]
            while surplus[source] > 0:
                v = source
                length = 0
                while surplus[v] >= 0:
                    while current[v] < first[v + 1]:
                        arc = current[v]
                        if residual[arc] > 0 and level[head[arc]] == level[v] + 1:
                            break
                        current[v] += 1
                    if current[v] < first[v + 1]:
                        path[length] = current[v]
                        length += 1
                        v = head[current[v]]
                    elif length == 0:
                        break
                    else:
                        length -= 1
                        v = head[opposite[path[length]]]
                        current[v] += 1
                if surplus[v] >= 0:
                    break
                flow = min(surplus[source], -surplus[v])
                for p in range(length):
                    flow = min(flow, residual[path[p]])
                for p in range(length):
                    residual[path[p]] -= flow
                    residual[opposite[path[p]]] += flow
                surplus[source] -= flow
                surplus[v] += flow


@kernel
def min_cut(surplus, edges, capacities):
    """Exact minimum cut by Dinic's blocking flows; a node with surplus > 0 hangs on the source, < 0 on the sink."""
    return _cut(surplus, _arcs(len(surplus), edges), capacities)


@kernel
def _known(seen, n_seen, inside):
    """Place of an object among those seen; `n_seen` for a new one."""
    for place in range(n_seen):
        i = 0
        while i < len(inside) and seen[place, i] == inside[i]:
            i += 1
        if i == len(inside):
            return place
    return n_seen


@kernel
def _grab_cuts(moments, edges, capacities, priors, starts, n_rounds):
    n_starts, n = starts.shape
    arcs = _arcs(n, edges)
    planes = moments.T.copy()
    seen = np.empty((n_starts * n_rounds, n), np.bool_)
    ratios = np.empty((n_starts * n_rounds, n))
    n_seen = 0
    surplus = np.empty(n)
    found = starts.copy()
    for s in range(n_starts):
        inside = found[s]
        for _ in range(n_rounds):
            n_inside = 0
            for i in range(n):
                n_inside += inside[i]
            if n_inside == 0 or n_inside == n:
                break
            place = _known(seen, n_seen, inside)
            if place == n_seen:
                likelihoods = log_likelihood_ratios(moments, planes, inside)
                for i in range(n):
                    seen[place, i], ratios[place, i] = inside[i], likelihoods[i]
                n_seen += 1
            for i in range(n):
                surplus[i] = moments[i, 0] * (ratios[place, i] + priors[s, i])
            after = _cut(surplus, arcs, capacities)
            n_changed = 0
            for i in range(n):
                n_changed += after[i] != inside[i]
                inside[i] = after[i]
            if n_changed == 0:
                break
    return found


def border_capacities(lengths: np.ndarray, contrasts: np.ndarray) -> np.ndarray:
    """Cost of cutting along each border: its length, less where colours change more than on average."""
    mean_contrast = (contrasts @ lengths) / max(lengths.sum(), 1)
    return SMOOTHNESS * lengths * np.exp(-contrasts / (2 * mean_contrast + 1e-9)).astype(np.float64)


def grab_cuts(
    moments: np.ndarray, edges: np.ndarray, capacities: np.ndarray, priors: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """GrabCut with superpixels for pixels, begun in several ways: the same energy, restricted to whole superpixels.

    Object and background each have a mixture of five Gaussians, fitted to the moments of the pixels of their
    superpixels; a superpixel's preference is its area times its mean log-likelihood ratio (clipped) plus the prior;
    the labelling of least energy is the exact minimum cut. Mixtures and cut alternate. An object that was met before
    has its mixtures already.

    Parameters
    ----------
    moments : float64 ndarray (n, 12)
        Of `featkit.preprocessing.foreground.saliency._superpixels.color_moments`.
    edges : int32 ndarray (n_edges, 2)
        Neighbours.
    capacities : float64 ndarray (n_edges,)
        Of `border_capacities`.
    priors : float64 ndarray (n_starts, n)
        Log-odds of the foreground.
    starts : bool ndarray (n_starts, n)
        The objects to begin with.

    Returns
    -------
    inside : bool ndarray (n_starts, n)
        The objects; nothing where the cut found none.

    References
    ----------
    C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using iterated graph cuts",
    ACM TOG 23(3), 2004, doi:10.1145/1015706.1015720; M. Orchard, C. Bouman, "Color quantization of images",
    IEEE TSP 39(12), 1991, doi:10.1109/78.107417; Y. Dinitz, Soviet Math. Doklady 11, 1970 (blocking flows).
    """
    return _grab_cuts(moments, edges, capacities, priors, starts, N_ROUNDS)
