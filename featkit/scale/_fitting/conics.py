"""Kernels of ellipses and of rims: equations by least squares, distances, and on which of many most edges lie."""

import numpy as np

from ..._numba import kernel
from .edges import STEP, tukey_weights

LEAST_RANK = 1e-9  # of the longest column: what a column has of its own, else the points give no ellipse
N_REWEIGHTINGS = 8  # of the edges around a rim
CORRELATED = 8  # neighboring directions err together
LEAST_SPREAD = 0.1  # pixels, of an edge from the ellipse
BESIDE = round(0.75 / STEP)  # taps from the top of an edge to where its width is seen
SMOOTHED = 5  # directions: standard deviation by which widths are smoothed along a rim


@kernel
def fitted_numbers(points):
    """Center and half axes, as columns (row, row, col, col), the longer first, of the ellipse; NaN where there is none.

    Its equation is solved by Householder's reflections, about the mean of the points and in units of their spread.
    """
    n = len(points)
    found = np.full(6, np.nan)
    middle_row = middle_col = 0.0
    for k in range(n):
        middle_row += points[k, 0] / n
        middle_col += points[k, 1] / n
    scale = 0.0
    for k in range(n):
        scale = max(scale, abs(points[k, 0] - middle_row), abs(points[k, 1] - middle_col))
    if scale == 0.0:
        return found
    table = np.empty((6, n))  # the columns of the equation one after the other, then its right side
    for k in range(n):
        y, x = (points[k, 0] - middle_row) / scale, (points[k, 1] - middle_col) / scale
        table[0, k], table[1, k], table[2, k], table[3, k], table[4, k], table[5, k] = y * y, y * x, x * x, y, x, 1.0
    solved = _solved(table)
    if np.isnan(solved[0]):
        return found
    a, b, c, d, e = solved[0], solved[1] / 2, solved[2], solved[3], solved[4]
    determinant = a * c - b * b
    if not determinant > 1e-9:
        return found
    row, col = -(c * d - b * e) / (2 * determinant), -(a * e - b * d) / (2 * determinant)
    level = 1 + a * row * row + 2 * b * row * col + c * col * col
    mean, half = (a + c) / (2 * level), np.hypot((a - c) / 2, b) / abs(level)
    if not mean - half > 0:
        return found
    angle = 0.5 * np.arctan2(2 * b / level, (a - c) / level)  # of the shorter axis
    long, short = scale / np.sqrt(mean - half), scale / np.sqrt(mean + half)
    found[0], found[1] = middle_row + scale * row, middle_col + scale * col
    found[2], found[3] = -long * np.sin(angle), short * np.cos(angle)
    found[4], found[5] = long * np.cos(angle), short * np.sin(angle)
    return found


@kernel
def _solved(table):
    """Least squares of the last row of a table by the rows before it; NaN where these depend on each other."""
    n_numbers, n = len(table) - 1, table.shape[1]
    solved, lengths = np.full(n_numbers, np.nan), np.empty(n_numbers)
    longest = 0.0
    for column in range(n_numbers):
        squares = 0.0
        for k in range(n):
            squares += table[column, k] ** 2
        longest = max(longest, np.sqrt(squares))
    for column in range(n_numbers):
        squares = 0.0
        for k in range(column, n):
            squares += table[column, k] ** 2
        length = np.sqrt(squares)
        if length <= LEAST_RANK * longest:
            return solved
        lengths[column] = -length if table[column, column] > 0 else length
        table[column, column] -= lengths[column]  # the vector of the reflection stays where the column was
        squares += lengths[column] ** 2 - 2 * lengths[column] * (table[column, column] + lengths[column])
        for other in range(column + 1, n_numbers + 1):
            product = 0.0
            for k in range(column, n):
                product += table[column, k] * table[other, k]
            for k in range(column, n):
                table[other, k] -= 2 * product / squares * table[column, k]
    for column in range(n_numbers - 1, -1, -1):
        rest = table[n_numbers, column]
        for other in range(column + 1, n_numbers):
            rest -= table[other, column] * solved[other]
        solved[column] = rest / lengths[column]
    return solved


@kernel
def distances_from(center, to_circle, points):
    """Signed distances of points from an ellipse that `to_circle`, (2, 2), makes a unit circle, to first order."""
    distances = np.empty(len(points))
    for k in range(len(points)):
        row, col = points[k, 0] - center[0], points[k, 1] - center[1]
        y, x = to_circle[0, 0] * row + to_circle[0, 1] * col, to_circle[1, 0] * row + to_circle[1, 1] * col
        radius = max(np.hypot(y, x), 1e-9)
        slope_row = (y * to_circle[0, 0] + x * to_circle[1, 0]) / radius
        slope_col = (y * to_circle[0, 1] + x * to_circle[1, 1]) / radius
        distances[k] = (radius - 1) / np.hypot(slope_row, slope_col)
    return distances


@kernel
def fitted_waves(waves, at, trust, prior):
    """Sum of waves (n, n_waves) that fits offsets, the weights of these, and the expected error of the first wave.

    `trust` (n,) is 0 where there is no offset; `prior` (n_waves,) holds each wave near 0.
    """
    n, n_waves = waves.shape
    trusted = np.flatnonzero(trust > 0)
    weights, spread = trust.copy(), LEAST_SPREAD
    offsets, information = np.empty(n), np.empty((n_waves, n_waves))
    for _ in range(N_REWEIGHTINGS):
        right = np.zeros(n_waves)
        information[:] = np.diag(prior)
        for k in trusted:
            weight = weights[k] / (spread**2 * CORRELATED)
            for i in range(n_waves):
                right[i] += weight * waves[k, i] * at[k]
                for j in range(i + 1):
                    information[i, j] += weight * waves[k, i] * waves[k, j]
        _take_root(information)
        numbers = _solution(information, right)
        for place in range(n):
            offsets[place] = 0.0
            for i in range(n_waves):
                offsets[place] += waves[place, i] * numbers[i]
        weights[trusted] = tukey_weights(at[trusted] - offsets[trusted]) * trust[trusted]
        total = squares = 0.0
        for k in trusted:
            total += weights[k]
            squares += weights[k] * (at[k] - offsets[k]) ** 2
        spread = max(np.sqrt(squares / max(total, 1e-9)), LEAST_SPREAD)
    first = np.zeros(n_waves)
    first[0] = 1
    return offsets, weights, np.sqrt(_solution(information, first)[0])


@kernel
def _take_root(matrix):
    """Cholesky's root of a positive definite matrix, over its lower half."""
    for j in range(len(matrix)):
        for k in range(j):
            matrix[j, j] -= matrix[j, k] ** 2
        matrix[j, j] = np.sqrt(matrix[j, j])
        for i in range(j + 1, len(matrix)):
            for k in range(j):
                matrix[i, j] -= matrix[i, k] * matrix[j, k]
            matrix[i, j] /= matrix[j, j]


@kernel
def _solution(root, right):
    """Solve the equations of the matrix that has a root."""
    solution = right.copy()
    for i in range(len(root)):
        for k in range(i):
            solution[i] -= root[i, k] * solution[k]
        solution[i] /= root[i, i]
    for i in range(len(root) - 1, -1, -1):
        for k in range(i + 1, len(root)):
            solution[i] -= root[k, i] * solution[k]
        solution[i] /= root[i, i]
    return solution


@kernel
def proposed_offsets(chosen, shares, drawn, near, waves, reach):
    """Offsets (trials, directions) of ellipses through edges that were drawn, and how much of each lies on edges.

    `chosen` (trials, n) are the directions of the edges drawn, `drawn` up to which share each lies; `shares` and
    `near` (directions, taps). Support is -1 of what leaves the reach.
    """
    n_directions, n_taps = near.shape
    n_waves = waves.shape[1]
    offsets, support = np.empty((len(chosen), n_directions)), np.empty(len(chosen))
    for trial in range(len(chosen)):
        normal, right = 1e-6 * np.eye(n_waves), np.zeros(n_waves)
        for place in range(chosen.shape[1]):
            direction, tap = chosen[trial, place], 0
            while tap < n_taps - 1 and shares[direction, tap] <= drawn[trial, place]:
                tap += 1
            for i in range(n_waves):
                right[i] += waves[direction, i] * (tap * STEP - reach)
                for j in range(i + 1):
                    normal[i, j] += waves[direction, i] * waves[direction, j]
        _take_root(normal)
        numbers = _solution(normal, right)
        hits, is_within = 0.0, True
        for k in range(n_directions):
            offset = 0.0
            for i in range(n_waves):
                offset += waves[k, i] * numbers[i]
            offsets[trial, k] = offset
            is_within &= abs(offset) <= reach
            if is_within:
                hits += near[k, min(max(int(np.rint((offset + reach) / STEP)), 0), n_taps - 1)]
        support[trial] = hits / n_directions if is_within else -1.0
    return offsets, support


@kernel
def chosen_rim(offsets, support, near, reach):
    """Which of the ellipses proposed is the rim: the outermost of those with nearly the most edges.

    Or one within it that shares a third of its rim with it and has edges of its own beside the rest.
    """
    n_directions, n_taps = near.shape
    least, outer, farthest = 0.92 * support.max(), 0, -np.inf
    for trial in range(len(support)):
        mean = offsets[trial].mean()
        if support[trial] >= least and mean > farthest:
            outer, farthest = trial, mean
    best, most = outer, 0.0
    for trial in range(len(support)):
        if support[trial] <= most:
            continue
        n_shared = n_apart = 0
        hits_shared = hits_apart = 0.0
        is_inside = True
        for k in range(n_directions):
            inside = offsets[outer, k] - offsets[trial, k]
            hit = near[k, min(max(int(np.rint((offsets[trial, k] + reach) / STEP)), 0), n_taps - 1)]
            is_inside &= inside > -0.8
            if abs(inside) < 0.5:
                n_shared += 1
                hits_shared += hit
            if inside > 0.8:
                n_apart += 1
                hits_apart += hit
        is_rim = is_inside and n_shared > 0.33 * n_directions and n_apart > 0.1 * n_directions
        if is_rim and hits_apart > 0.6 * n_apart and hits_shared > 0.8 * n_shared:
            best, most = trial, support[trial]
    return best


@kernel
def nearest_peaks(slopes, votes, offsets, width):
    """Offset, height and width of the nearest edge within `width` of an offset in each direction.

    The offset is NaN without one.
    """
    n_directions, n_taps = slopes.shape
    reach = (n_taps - 1) * STEP / 2
    at, heights, widths = np.full(n_directions, np.nan), np.zeros(n_directions), np.zeros(n_directions)
    for k in range(n_directions):
        top, least = -1, np.inf
        for tap in range(BESIDE, n_taps - BESIDE):
            distance = abs(tap * STEP - reach - offsets[k])
            if votes[k, tap] > 0 and distance <= width and distance < least:
                top, least = tap, distance
        if top < 0:
            continue
        before, heights[k], after = slopes[k, top - 1], slopes[k, top], slopes[k, top + 1]
        sides = np.sqrt(max(slopes[k, top - BESIDE] * slopes[k, top + BESIDE], 1e-12))
        widths[k] = BESIDE * STEP / np.sqrt(2 * np.log(max(heights[k] / sides, 1.001)))
        curve = before - 2 * heights[k] + after
        if curve < 0:
            at[k] = top * STEP - reach + 0.5 * STEP * (before - after) / curve
    return at, heights, widths


@kernel
def sharpness(widths, seen):
    """Trust in the edge in each direction, in [0, 1]: that of a shadow is wider than the rim is elsewhere."""
    n, reach = len(widths), 4 * SMOOTHED
    smooth = np.empty(n)
    for k in range(n):
        total = weights = 0.0
        for step in range(-reach, reach + 1):
            other = (k + step) % n
            if seen[other]:
                weight = np.exp(-0.5 * (step / SMOOTHED) ** 2)
                total += weight * widths[other]
                weights += weight
        smooth[k] = total / weights if weights > 0 else np.inf
    usual = np.percentile(smooth[seen], 20)
    trust = np.zeros(n)
    for k in range(n):
        if seen[k]:
            trust[k] = min(max((1.2 - smooth[k] / usual) / 0.12, 0.0), 1.0)
    return trust
