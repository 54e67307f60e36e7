"""GrabCut on the graph of superpixels: colour mixtures of object and background, and the exact minimum cut."""

import numpy as np

from ...._numba import kernel

N_COMPONENTS = 5
N_ROUNDS = 5
SMOOTHNESS = 16.0
CLIP = 2.0  # largest mean log-likelihood ratio that counts
COLOR_NOISE = 1.0  # variance added to every mixture component, in squared Lab units


@kernel
def _arcs(n_nodes, edges):
    """Two opposite arcs per edge, grouped by their tail: first arc of a node, heads, position of the opposite arc."""
    n_edges = len(edges)
    first = np.zeros(n_nodes + 1, np.int32)
    for e in range(n_edges):
        first[edges[e, 0] + 1] += 1
        first[edges[e, 1] + 1] += 1
    for v in range(n_nodes):
        first[v + 1] += first[v]
    filled = first[:-1].copy()
    head = np.empty(2 * n_edges, np.int32)
    opposite = np.empty(2 * n_edges, np.int32)
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
def min_cut(surplus, edges, capacities):
    """Exact minimum cut by Dinic's blocking flows; a node with surplus > 0 hangs on the source, < 0 on the sink."""
    n_nodes = len(surplus)
    first, head, opposite, place = _arcs(n_nodes, edges)
    residual = np.empty(len(head))
    for e in range(len(edges)):
        residual[place[e, 0]] = capacities[e]
        residual[place[e, 1]] = capacities[e]
    surplus = surplus.astype(np.float64)
    level = np.empty(n_nodes, np.int32)
    queue = np.empty(n_nodes, np.int32)
    current = np.empty(n_nodes, np.int32)
    path = np.empty(n_nodes, np.int32)
    while True:
        level[:] = -1
        n_queued = 0
        for v in range(n_nodes):
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
            return level >= 0
        current[:] = first[:-1]
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
def _mean_and_covariance(sums, mean, covariance):
    for c in range(3):
        mean[c] = sums[3 + c] / sums[0]
    k = 6
    for c in range(3):
        for d in range(c, 3):
            covariance[c, d] = sums[k] / sums[0] - mean[c] * mean[d]
            covariance[d, c] = covariance[c, d]
            k += 1


@kernel
def _split_colors(moments, members, n_components):
    """Orchard-Bouman: again and again split the widest cluster at its mean, across its principal axis."""
    n = len(moments)
    component = np.zeros(n, np.int32)
    sums = np.zeros((n_components, moments.shape[1]))
    for i in range(n):
        if members[i]:
            sums[0] += moments[i]
    mean = np.empty(3)
    covariance = np.empty((3, 3))
    spreads = np.zeros(n_components)
    axes = np.zeros((n_components, 3))
    means = np.zeros((n_components, 3))
    n_found = 1
    fresh = np.zeros(2, np.int32)
    while True:
        for f in fresh:
            _mean_and_covariance(sums[f], mean, covariance)
            values, vectors = np.linalg.eigh(covariance)
            spreads[f] = values[2] * sums[f, 0]
            axes[f] = vectors[:, 2]
            means[f] = mean
        if n_found == n_components:
            break
        widest = np.argmax(spreads[:n_found])
        at = axes[widest] @ means[widest]
        moved = np.zeros(moments.shape[1])
        n_left = 0
        for i in range(n):
            if members[i] and component[i] == widest:
                along = (
                    axes[widest, 0] * moments[i, 3] + axes[widest, 1] * moments[i, 4] + axes[widest, 2] * moments[i, 5]
                )
                if along > at * moments[i, 0]:
                    component[i] = n_found
                    moved += moments[i]
                else:
                    n_left += 1
        if n_left == 0 or moved[0] == 0:
            for i in range(n):
                if members[i] and component[i] == n_found:
                    component[i] = widest
            break
        sums[n_found] = moved
        sums[widest] -= moved
        fresh[0], fresh[1] = widest, n_found
        n_found += 1
    return component


@kernel
def _component_costs(moments, members, component, n_components):
    """Mean negative log-likelihood (n, n_components) of the pixels of every superpixel under each Gaussian."""
    n = len(moments)
    costs = np.full((n, n_components), np.inf)
    total = 0.0
    sums = np.zeros((n_components, moments.shape[1]))
    for i in range(n):
        if members[i]:
            sums[component[i]] += moments[i]
            total += moments[i, 0]
    mean = np.empty(3)
    covariance = np.empty((3, 3))
    for k in range(n_components):
        if sums[k, 0] == 0:
            continue
        _mean_and_covariance(sums[k], mean, covariance)
        for c in range(3):
            covariance[c, c] += COLOR_NOISE
        inverse = np.linalg.inv(covariance)
        constant = 0.5 * np.log(np.linalg.det(covariance)) - np.log(sums[k, 0] / total)
        for i in range(n):
            cost = 0.0
            m = 6
            for c in range(3):
                for d in range(c, 3):
                    product = (
                        moments[i, m]
                        - mean[c] * moments[i, 3 + d]
                        - mean[d] * moments[i, 3 + c]
                        + mean[c] * mean[d] * moments[i, 0]
                    )
                    cost += product * inverse[c, d] * (1 if c == d else 2)
                    m += 1
            costs[i, k] = 0.5 * cost / moments[i, 0] + constant
    return costs


@kernel
def _mixture_cost(moments, members):
    """Mean negative log-likelihood of every superpixel under the mixture of the members' colours."""
    component = _split_colors(moments, members, N_COMPONENTS)
    costs = _component_costs(moments, members, component, N_COMPONENTS)
    result = np.empty(len(moments))
    for i in range(len(moments)):
        best = costs[i].min()
        total = 0.0
        for k in range(N_COMPONENTS):
            total += np.exp(best - costs[i, k])
        result[i] = best - np.log(total)
    return result


@kernel
def _grab_cut(moments, edges, capacities, prior, start, n_rounds):
    inside = start.copy()
    surplus = np.empty(len(moments))
    for _ in range(n_rounds):
        n_inside = inside.sum()
        if n_inside == 0 or n_inside == len(moments):
            break
        object_cost = _mixture_cost(moments, inside)
        ground_cost = _mixture_cost(moments, ~inside)
        for i in range(len(moments)):
            ratio = min(max(ground_cost[i] - object_cost[i], -CLIP), CLIP)
            surplus[i] = moments[i, 0] * (ratio + prior[i])
        after = min_cut(surplus, edges, capacities)
        if (after == inside).all():
            break
        inside = after
    return inside


def border_capacities(lengths: np.ndarray, contrasts: np.ndarray) -> np.ndarray:
    """Cost of cutting along each border: its length, less where colours change more than on average."""
    mean_contrast = (contrasts @ lengths) / max(lengths.sum(), 1)
    return SMOOTHNESS * lengths * np.exp(-contrasts / (2 * mean_contrast + 1e-9)).astype(np.float64)


def grab_cut(
    moments: np.ndarray, edges: np.ndarray, capacities: np.ndarray, prior: np.ndarray, start: np.ndarray
) -> np.ndarray:
    """GrabCut with superpixels for pixels: the same energy, restricted to whole superpixels.

    Object and background each have a mixture of five Gaussians, fitted to the moments of the pixels of their
    superpixels; a superpixel's preference is its area times its mean log-likelihood ratio (clipped) plus the prior;
    the labelling of least energy is the exact minimum cut. Mixtures and cut alternate.

    Parameters
    ----------
    moments : float64 ndarray (n, 12)
        Of `featkit.preprocessing.foreground.saliency._superpixels.color_moments`.
    edges : int32 ndarray (n_edges, 2)
        Neighbours.
    capacities : float64 ndarray (n_edges,)
        Of `border_capacities`.
    prior : float64 ndarray (n,)
        Log-odds of the foreground.
    start : bool ndarray (n,)
        The object to begin with.

    Returns
    -------
    inside : bool ndarray (n,)
        The object; nothing where the cut found none.

    References
    ----------
    C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using iterated graph cuts",
    ACM TOG 23(3), 2004, doi:10.1145/1015706.1015720; M. Orchard, C. Bouman, "Color quantization of images",
    IEEE TSP 39(12), 1991, doi:10.1109/78.107417; Y. Dinitz, Soviet Math. Doklady 11, 1970 (blocking flows).
    """
    return _grab_cut(moments, edges, capacities, prior, start, N_ROUNDS)
