"""Least squares of several first guesses side by side: where one start may end in a wrong valley."""

from collections.abc import Callable

import numpy as np

STEP = float(np.sqrt(np.finfo(float).eps))  # of a number, for its derivative
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-3, 1e-12, 1e12
DONE = 1e-10  # of the cost: a step that wins less is the last one


def least_squares(
    residuals: Callable[[np.ndarray], np.ndarray], starts: np.ndarray, *, most_steps: int = 60
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The numbers of least squared residuals, by Levenberg and Marquardt's method.

    Parameters
    ----------
    residuals : callable
        Of numbers (n_sets, n_numbers), each set for itself: (n_sets, n_residuals).
    starts : float ndarray (n_starts, n_numbers)
        First guesses; each goes its own way.
    most_steps : int, default=60

    Returns
    -------
    numbers : float64 ndarray (n_numbers,)
        Of the start that ended lowest, the first of equals.
    values : float64 ndarray (n_residuals,)
        The residuals there.
    jacobian : float64 ndarray (n_residuals, n_numbers)
        Their derivatives.

    References
    ----------
    D. Marquardt, An Algorithm for Least-Squares Estimation of Nonlinear Parameters, SIAM J. Appl. Math. 1963,
    doi:10.1137/0111030
    """
    numbers = np.array(starts, float)
    values = residuals(numbers)
    costs = np.nan_to_num(np.einsum("sr,sr->s", values, values), nan=np.inf)
    jacobians = _jacobians(residuals, numbers, values)
    damping = np.full(len(numbers), FIRST_DAMPING)
    is_done = np.zeros(len(numbers), bool)
    diagonal = np.arange(numbers.shape[1])
    for _ in range(most_steps):
        normal = np.swapaxes(jacobians, 1, 2) @ jacobians
        slope = np.swapaxes(jacobians, 1, 2) @ values[..., np.newaxis]
        scale = np.maximum(normal[:, diagonal, diagonal], 1e-300)
        normal[:, diagonal, diagonal] += damping[:, np.newaxis] * scale
        tried = numbers - np.linalg.solve(normal, slope)[..., 0]
        there = residuals(tried)
        tried_costs = np.einsum("sr,sr->s", there, there)
        is_better = (tried_costs < costs) & ~is_done
        is_done |= np.where(is_better, costs - tried_costs <= DONE * costs, damping >= MOST_DAMPING)
        numbers[is_better], values[is_better] = tried[is_better], there[is_better]
        costs[is_better] = tried_costs[is_better]
        damping = np.clip(np.where(is_better, damping / 10, damping * 10), LEAST_DAMPING, MOST_DAMPING)
        if is_better.any():
            jacobians[is_better] = _jacobians(residuals, numbers[is_better], values[is_better])
        if is_done.all():
            break
    best = int(costs.argmin())
    return numbers[best], values[best], jacobians[best]


def _jacobians(residuals: Callable[[np.ndarray], np.ndarray], numbers: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Derivatives (n_sets, n_residuals, n_numbers) by differences."""
    n_sets, n_numbers = numbers.shape
    steps = STEP * np.maximum(np.abs(numbers), 1)
    moved = np.repeat(numbers[:, np.newaxis], n_numbers, axis=1)
    each = np.arange(n_numbers)
    moved[:, each, each] += steps
    there = residuals(moved.reshape(-1, n_numbers)).reshape(n_sets, n_numbers, -1)
    return np.swapaxes((there - values[:, np.newaxis]) / steps[..., np.newaxis], 1, 2).copy()
