"""GrabCut on the graph of superpixels: colour mixtures of object and background, and the exact minimum cut."""

import numpy as np

from ...._numba import kernel, kernel_free_division

N_COMPONENTS = 5
N_ROUNDS = 5
SMOOTHNESS = 16.0
CLIP = 2.0  # largest mean log-likelihood ratio that counts
SURELY_CLIPPED = CLIP + 2.0  # ratio of the likeliest components that stays clipped, as a mixture adds at most log 5
N_MOMENTS = 12  # per superpixel
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
def _cut(surplus, arcs, capacities):
    n_nodes = len(surplus)
    first, head, opposite, place = arcs
    residual = np.empty(len(head))
    for e in range(len(capacities)):
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
def min_cut(surplus, edges, capacities):
    """Exact minimum cut by Dinic's blocking flows; a node with surplus > 0 hangs on the source, < 0 on the sink."""
    return _cut(surplus, _arcs(len(surplus), edges), capacities)


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
def _principal_axis(sums, mean, axis):
    """Write the mean and the axis along which colours spread most; return their squared distances along it, summed."""
    covariance = np.empty((3, 3))
    _mean_and_covariance(sums, mean, covariance)
    values, vectors = np.linalg.eigh(covariance)
    for c in range(3):
        axis[c] = vectors[c, 2]
    return values[2] * sums[0]


@kernel
def _split_colors(moments, members, n_components):
    """Orchard-Bouman: again and again split the widest cluster at its mean, across its principal axis."""
    n = len(moments)
    component = np.zeros(n, np.int32)
    sums = np.zeros((n_components, N_MOMENTS))
    for i in range(n):
        if members[i]:
            for m in range(N_MOMENTS):
                sums[0, m] += moments[i, m]
    spreads = np.zeros(n_components)
    axes = np.zeros((n_components, 3))
    means = np.zeros((n_components, 3))
    spreads[0] = _principal_axis(sums[0], means[0], axes[0])
    for fresh in range(1, n_components):
        widest = np.argmax(spreads[:fresh])
        axis = axes[widest]
        at = axis @ means[widest]
        n_left = n_moved = 0
        for i in range(n):
            if members[i] and component[i] == widest:
                along = axis[0] * moments[i, 3] + axis[1] * moments[i, 4] + axis[2] * moments[i, 5]
                if along > at * moments[i, 0]:
                    component[i] = fresh
                    for m in range(N_MOMENTS):
                        sums[fresh, m] += moments[i, m]
                    n_moved += 1
                else:
                    n_left += 1
        if n_left == 0 or n_moved == 0:
            for i in range(n):
                if members[i] and component[i] == fresh:
                    component[i] = widest
            break
        for m in range(N_MOMENTS):
            sums[widest, m] -= sums[fresh, m]
        if fresh + 1 < n_components:
            for changed in (widest, fresh):
                spreads[changed] = _principal_axis(sums[changed], means[changed], axes[changed])
    return component


@kernel_free_division
def _component_costs(moments, planes, members, component, n_components):
    """Mean negative log-likelihood (n_components, n) of the pixels of every superpixel under each Gaussian."""
    n = len(moments)
    costs = np.full((n_components, n), np.inf)
    total = 0.0
    sums = np.zeros((n_components, N_MOMENTS))
    for i in range(n):
        if members[i]:
            for m in range(N_MOMENTS):
                sums[component[i], m] += moments[i, m]
            total += moments[i, 0]
    mean = np.empty(3)
    covariance = np.empty((3, 3))
    area, x, y, z = planes[0], planes[3], planes[4], planes[5]
    xx, xy, xz, yy, yz, zz = planes[6], planes[7], planes[8], planes[9], planes[10], planes[11]
    for k in range(n_components):
        if sums[k, 0] == 0:
            continue
        _mean_and_covariance(sums[k], mean, covariance)
        for c in range(3):
            covariance[c, c] += COLOR_NOISE
        inverse = np.linalg.inv(covariance)
        constant = 0.5 * np.log(np.linalg.det(covariance)) - np.log(sums[k, 0] / total)
        a, b, c = mean[0], mean[1], mean[2]
        i00, i11, i22 = inverse[0, 0], inverse[1, 1], inverse[2, 2]
        i01, i02, i12 = 2 * inverse[0, 1], 2 * inverse[0, 2], 2 * inverse[1, 2]
        own = costs[k]
        for i in range(n):
            cost = (xx[i] - a * x[i] - a * x[i] + a * a * area[i]) * i00
            cost += (xy[i] - a * y[i] - b * x[i] + a * b * area[i]) * i01
            cost += (xz[i] - a * z[i] - c * x[i] + a * c * area[i]) * i02
            cost += (yy[i] - b * y[i] - b * y[i] + b * b * area[i]) * i11
            cost += (yz[i] - b * z[i] - c * y[i] + b * c * area[i]) * i12
            cost += (zz[i] - c * z[i] - c * z[i] + c * c * area[i]) * i22
            own[i] = 0.5 * cost / area[i] + constant
    return costs


@kernel
def _mixture_cost(costs, best, i):
    """Mean negative log-likelihood of a superpixel under a mixture, by that under each of its Gaussians."""
    total = 0.0
    for k in range(len(costs)):
        total += 1.0 if costs[k, i] == best else np.exp(best - costs[k, i])
    return best - np.log(total)


@kernel
def _log_likelihood_ratios(moments, planes, inside):
    """How much better the colours of each superpixel suit those of the object than those of the background, clipped."""
    outside = ~inside
    component = _split_colors(moments, inside, N_COMPONENTS)
    object_costs = _component_costs(moments, planes, inside, component, N_COMPONENTS)
    component = _split_colors(moments, outside, N_COMPONENTS)
    ground_costs = _component_costs(moments, planes, outside, component, N_COMPONENTS)
    ratios = np.empty(len(moments))
    for i in range(len(moments)):
        object_best = ground_best = np.inf
        for k in range(N_COMPONENTS):
            object_best = min(object_best, object_costs[k, i])
            ground_best = min(ground_best, ground_costs[k, i])
        ratio = ground_best - object_best
        if abs(ratio) < SURELY_CLIPPED:
            ratio = _mixture_cost(ground_costs, ground_best, i) - _mixture_cost(object_costs, object_best, i)
        ratios[i] = min(max(ratio, -CLIP), CLIP)
    return ratios


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
            n_inside = inside.sum()
            if n_inside == 0 or n_inside == n:
                break
            place = _known(seen, n_seen, inside)
            if place == n_seen:
                seen[place] = inside
                ratios[place] = _log_likelihood_ratios(moments, planes, inside)
                n_seen += 1
            for i in range(n):
                surplus[i] = moments[i, 0] * (ratios[place, i] + priors[s, i])
            after = _cut(surplus, arcs, capacities)
            if (after == inside).all():
                break
            inside[:] = after
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
