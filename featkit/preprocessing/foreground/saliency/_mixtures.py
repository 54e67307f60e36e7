"""Mixtures of colours of superpixels: clusters, their Gaussians, and how well superpixels suit them."""

import numpy as np

from ...._numba import kernel, kernel_free_division

N_COMPONENTS = 5
CLIP = 2.0  # largest mean log-likelihood ratio that counts
SURELY_CLIPPED = CLIP + 2.0  # ratio of the likeliest components that stays clipped, as a mixture adds at most log 5
N_MOMENTS = 12  # per superpixel
COLOR_NOISE = 1.0  # variance added to every mixture component, in squared Lab units


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
def log_likelihood_ratios(moments, planes, inside):
    """How much better the colours of each superpixel suit those of the object than those of the background, clipped."""
    outside = np.empty(len(inside), np.bool_)
    for i in range(len(inside)):
        outside[i] = not inside[i]
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
