"""A 3 x 3 matrix and the light on every patch, fitted together; and the correction that follows from them."""

from itertools import combinations

import numpy as np

from ._card_references import N_COLS, N_PATCHES, N_ROWS, luminance

METHODS = ("linear", "root-polynomial")
CLIPPED = 0.985  # linear light from which a patch may be overexposed
BLACK = 0.0004  # below it, about the first of 255 levels, a channel may be cut off
MOST_CLIPPED = 6
N_ROUNDS = 15
GAINS = (0.05, 20.0)  # of the light on a patch, relative to the median
SAME_LIGHT = 0.06  # logarithm of light by which patches may leave the gradient
STEEPEST = 0.7  # largest change of the logarithm of light from one end of the card to the other
FEWEST_LIT = 12
LEAST_STEP = 0.15  # logarithm of light, at the edge of a shade
FEWEST_MORE = 1.05  # of the certainty of patches that agree: an edge must explain more than a gradient
FEWEST_BESIDE = 8  # patches on one side of an edge
MISFIT = 3.0  # tolerances by which a patch disagrees at most

_ROW, _COL = np.divmod(np.arange(N_PATCHES), N_COLS)
_PLACE = np.column_stack([np.ones(N_PATCHES), _ROW / (N_ROWS - 1) - 0.5, _COL / (N_COLS - 1) - 0.5])
_TRIPLES = np.array(list(combinations(range(N_PATCHES), 3)))
_TRIPLES = _TRIPLES[np.abs(np.linalg.det(_PLACE[_TRIPLES])) > 0.05]  # three patches in line tell no gradient


def _sides() -> np.ndarray:
    """Every parting of the card by a line, float64 (n, 24): 1 on one side, 0 on the other."""
    places = np.column_stack([_ROW, _COL])
    found = set()
    for angle in np.deg2rad(np.arange(1.7, 180, 3)):
        along = places @ [np.sin(angle), np.cos(angle)]
        found |= {tuple(along > along[patch]) for patch in range(N_PATCHES)}
    return np.array([side for side in sorted(found) if any(side)], float)


_SIDES = _sides()


def weights(references: np.ndarray) -> np.ndarray:
    """What makes a difference in linear light count about as much as the eye sees it: the slope of lightness."""
    return (luminance(references) + 0.05) ** (-2 / 3)


def fit_matrices(
    colors: np.ndarray, references: np.ndarray, present: np.ndarray, n_rounds: int = N_ROUNDS
) -> tuple[np.ndarray, np.ndarray]:
    """Fit ``gain * color @ matrix = reference`` by alternating least squares, a gain for each patch, a matrix for all.

    Shade and a gradient of light change no residual (the colour homography of Finlayson, Gong, Fisher 2019).

    Parameters
    ----------
    colors : float64 ndarray (n, 24, 3)
        Linear light.
    references : float64 ndarray (24, 3)
    present : bool ndarray (n, 24)
        Patches that count.
    n_rounds : int, default=15

    Returns
    -------
    residuals : float64 ndarray (n,)
        Root mean square in linear light over the patches that count and are not overexposed; inf where these are few.
    gains : float64 ndarray (n, 24)
        Their median is 1.
    """
    counted = present & (colors < CLIPPED).all(axis=2)
    usable = (present & ~counted).sum(axis=1) <= MOST_CLIPPED
    weight = np.where(counted, weights(references), 0.0)[..., np.newaxis]
    targets = weight * references
    gains = np.ones(counted.shape)
    ridge = 1e-9 * np.eye(3)
    for round_number in range(n_rounds + 1):
        lit = weight * gains[..., np.newaxis] * colors
        transposed = lit.transpose(0, 2, 1)
        matrices = np.linalg.solve(transposed @ lit + ridge, transposed @ targets)
        fitted = colors @ matrices
        if round_number < n_rounds:
            squares = (fitted**2).sum(axis=2)
            gains = (fitted * references).sum(axis=2) / np.maximum(squares, 1e-12)
            middle = np.median(gains, axis=1, keepdims=True)
            gains = np.clip(gains / np.where(middle > 0, middle, 1), *GAINS)
    errors = (gains[..., np.newaxis] * fitted - references) ** 2
    total = np.where(counted, errors.sum(axis=2), 0).sum(axis=1)
    residuals = np.sqrt(total / np.maximum(3 * counted.sum(axis=1), 1))
    return np.where(usable & (counted.sum(axis=1) >= 8), residuals, np.inf), gains


def light_on_patches(gains: np.ndarray, references: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which light most of the card is in.

    Parameters
    ----------
    gains : float64 ndarray (24,)
        Of `fit_matrices`.
    references : float64 ndarray (24, 3)

    Returns
    -------
    light : float64 ndarray (24,)
        Light on each patch, 1 on average over those that share the light of most.
    gradient : float64 ndarray (24,)
        The light that a gradient over the card, the same for most patches, would give.
    is_lit : bool ndarray (24,)
        Patches in that light: the others are shaded, or brighter.
    """
    log_light = -np.log(gains)
    tolerance = SAME_LIGHT + 0.01 / luminance(references)  # stray light and noise change dark patches most
    planes = np.linalg.solve(_PLACE[_TRIPLES], log_light[_TRIPLES][..., np.newaxis])[..., 0]
    planes = planes[np.abs(planes[:, 1:]).max(axis=1) <= STEEPEST]
    if len(planes) == 0:
        planes = np.array([[np.median(log_light), 0.0, 0.0]])
    agrees = np.abs(planes @ _PLACE.T - log_light) <= tolerance
    is_lit = agrees[np.argmax(agrees.sum(axis=1))]
    if is_lit.sum() < FEWEST_LIT:
        is_lit = np.ones(N_PATCHES, dtype=bool)
    else:
        is_lit = _beside_an_edge(log_light, tolerance, is_lit)
    certainty = np.where(is_lit, 1 / tolerance, 0)[:, np.newaxis]
    plane = np.linalg.lstsq(certainty * _PLACE, certainty[:, 0] * log_light, rcond=None)[0]
    middle = (_PLACE @ plane)[is_lit].mean()
    return np.exp(log_light - middle), np.exp(_PLACE @ plane - middle), is_lit


def _beside_an_edge(log_light: np.ndarray, tolerance: np.ndarray, is_lit: np.ndarray) -> np.ndarray:
    """Patches in the light of most, where the edge of a shade over the card says more of it than a gradient alone.

    A steep gradient agrees with many patches on both sides of such an edge; a step at a line between the patches,
    beside a gradient, with nearly all of them.
    """
    weight = 1 / tolerance**2
    designs = np.concatenate([np.broadcast_to(_PLACE, (len(_SIDES), *_PLACE.shape)), _SIDES[..., np.newaxis]], axis=2)
    weights_of = np.broadcast_to(weight, _SIDES.shape)
    for _ in range(4):  # what is half in the shade agrees with neither side
        weighted = (designs * weights_of[..., np.newaxis]).transpose(0, 2, 1)
        ridge = np.diag([0, *2 * [1 / STEEPEST**2], 0]) + 1e-9 * np.eye(4)
        numbers = np.linalg.solve(weighted @ designs + ridge, weighted @ log_light[:, np.newaxis])
        errors = np.abs((designs @ numbers)[..., 0] - log_light) / tolerance
        weights_of = weight / np.maximum(errors, 1)
    best = int(np.argmin(np.minimum(errors, MISFIT).sum(axis=1)))
    agrees = errors[best] <= 1
    step = float(numbers[best, 3, 0])
    if abs(step) < LEAST_STEP or np.sum(agrees * weight) < FEWEST_MORE * np.sum(is_lit * weight):
        return is_lit
    sides = [agrees & (_SIDES[best] == side) for side in (0, 1)]
    larger = max(sides, key=np.count_nonzero)
    return larger if np.count_nonzero(larger) >= FEWEST_BESIDE else is_lit


def terms(linear: np.ndarray, method: str) -> np.ndarray:
    """What the columns of a correction's matrix multiply: red, green, blue, and for root-polynomial their roots."""
    if method == "linear":
        return linear
    red, green, blue = np.moveaxis(np.maximum(linear, 0), -1, 0)
    return np.stack([red, green, blue, np.sqrt(red * green), np.sqrt(green * blue), np.sqrt(red * blue)], axis=-1)


def is_exposed(linear: np.ndarray) -> np.ndarray:
    """Whether no channel of a color (..., 3) is cut off at either end."""
    return np.all((linear > BLACK) & (linear < CLIPPED), axis=-1)


def fit_correction(colors: np.ndarray, references: np.ndarray, is_used: np.ndarray, method: str) -> np.ndarray:
    """Least squares of ``terms(colors) @ matrix = references``, rows weighted: float64 (3 or 6, 3)."""
    weight = (weights(references) * is_used)[:, np.newaxis]
    return np.linalg.lstsq(weight * terms(colors, method), weight * references, rcond=None)[0]
