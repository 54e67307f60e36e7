"""Ellipses fitted to points, and the ellipse that the rim of a disk is seen as."""

import functools
import math
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ..._numba import kernel
from ...image.interpolation import interpolate_at
from .conics import (
    BESIDE,
    chosen_rim,
    distances_from,
    fitted_numbers,
    fitted_waves,
    nearest_peaks,
    proposed_offsets,
    sharpness,
)
from .edges import STEP

N_DIRECTIONS = 180  # in which a rim is looked at
N_SAMPLED = 6  # directions that propose an ellipse
N_TRIALS = 400
LIKELY_STRETCH = 0.008  # of the radius: a tilt of ten degrees
NEIGHBOR = 4  # directions apart: nearer ones are smoothed together
SHARP = 0.04  # pixels: residual of a sharp rim
ON_RIM = 0.4  # pixels from it, up to which an edge lies on the rim
RIM_WIDTH = 7  # taps: slopes as near as that are the rim's
SHADOWED = 10  # how far, by how much its residual is above that, a shadow draws a rim outwards


class Ellipse(NamedTuple):
    """An ellipse: its points are ``center + basis @ (cos t, sin t)``.

    Attributes
    ----------
    center : float64 ndarray (2,)
        (row, col).
    basis : float64 ndarray (2, 2)
        Half axes as columns, the longer first.
    """

    center: np.ndarray
    basis: np.ndarray

    @property
    def radii(self) -> tuple[float, float]:
        """Longer and shorter half axis."""
        (row, other_row), (col, other_col) = self.basis.tolist()
        return math.hypot(row, col), math.hypot(other_row, other_col)

    def points(self, n_points: int = 360) -> np.ndarray:
        """Points (n_points, 2) around the ellipse."""
        angles = 2 * np.pi * np.arange(n_points) / n_points
        return self.center + np.column_stack([np.cos(angles), np.sin(angles)]) @ self.basis.T

    def normals(self, n_points: int = 360) -> np.ndarray:
        """Outward unit normals at `points`."""
        angles = 2 * np.pi * np.arange(n_points) / n_points
        normals = np.column_stack([np.cos(angles), np.sin(angles)]) @ np.linalg.inv(self.basis)
        return normals / np.hypot(*normals.T)[:, np.newaxis]

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Signed distances of points near the rim, to first order."""
        return distances_from(self.center, np.linalg.inv(self.basis), np.ascontiguousarray(points, dtype=np.float64))


def fit_ellipse(points: np.ndarray) -> Ellipse | None:
    """Ellipse by linear least squares of its equation; None where the points give none."""
    if len(points) < 6:
        return None
    numbers = fitted_numbers(np.ascontiguousarray(points, dtype=np.float64))
    return Ellipse(numbers[:2], numbers[2:].reshape(2, 2)) if np.isfinite(numbers).all() else None


class Rim(NamedTuple):
    """An ellipse fitted to the edges of an image.

    Attributes
    ----------
    ellipse : Ellipse
    points : float64 ndarray (n, 2)
        Edge points that lie on it.
    residual : float
        Their root mean square distance in pixels.
    support : float
        Fraction of the directions in which an edge lies on the ellipse.
    contrast : float
        Median slope of the edge in gray levels per pixel.
    deviation : float
        Expected error of the mean radius in pixels.
    """

    ellipse: Ellipse
    points: np.ndarray
    residual: float
    support: float
    contrast: float
    deviation: float


def fit_rim(color: np.ndarray, guess: Ellipse, reach: float) -> Rim | None:
    """Fit an ellipse to the sharp edges within `reach` pixels of a first guess.

    The edges along every direction vote: of all ellipses near the guess, that on which the steepest edges lie wins.
    A shadow beside the rim has a softer edge, so that the rim itself is found on the shadow's side, too.

    Parameters
    ----------
    color : float32 ndarray (height, width, 3)
    guess : Ellipse
    reach : float
        Pixels.

    Returns
    -------
    rim : Rim or None
        None where there is no edge all around.
    """
    rim = None
    for narrower in (1.0, 0.7):
        circle = Ellipse(guess.center, np.eye(2) * np.sqrt(np.prod(guess.radii)))  # tilts stretch it little
        rim = _fit_near(color, circle, max(reach * narrower, 3.0))
        if rim is None:
            return None
        guess = rim.ellipse
    return rim


def outstanding(color: np.ndarray, rim: Ellipse, reach: float) -> float:
    """How much steeper a rim is than what lies within `reach` pixels beyond it: about 1 where both are noise."""
    slopes = maximum_filter1d(_radial_slopes(color, rim, reach), RIM_WIDTH, axis=1)
    middle = slopes.shape[1] // 2
    return float(np.median(slopes[:, middle]) / max(float(np.median(slopes[:, middle + RIM_WIDTH :])), 1e-6))


def _fit_near(color: np.ndarray, circle: Ellipse, reach: float) -> Rim | None:
    slopes = _radial_slopes(color, circle, reach)
    votes = _votes(slopes)
    offsets = _consensus(votes, reach)
    if offsets is None:
        return None
    for width in (1.25, 1.0, 1.0):
        at, steepness, edge_widths = nearest_peaks(slopes, votes, offsets, width)
        seen = np.isfinite(at)
        if seen.mean() < 0.4:
            return None
        offsets, weights, deviation = fitted_offsets(at, sharpness(edge_widths, seen), circle.radii[0])
    blurred = float(np.median(edge_widths[weights > 0.1])) if (weights > 0.1).any() else 0.0
    inwards = blurred**2 / (2 * circle.radii[0])  # the steepest point of a blurred disk lies within its rim
    starts, normals = circle.points(N_DIRECTIONS), circle.normals(N_DIRECTIONS)
    at, offsets = at + inwards, offsets + inwards
    found = fit_ellipse(starts + offsets[:, np.newaxis] * normals)
    if found is None:
        return None
    kept = weights > 0.1
    residual = float(np.sqrt(np.average((at - offsets)[kept] ** 2, weights=weights[kept])))
    points = starts[kept] + at[kept, np.newaxis] * normals[kept]
    contrast = float(np.median(steepness[kept]))
    deviation = float(np.hypot(deviation, SHADOWED * max(residual - max(_noise(at[kept]), SHARP), 0)))
    on_rim = np.abs(np.where(seen, at - offsets, np.inf)) < max(4 * residual, ON_RIM)
    return Rim(found, points, residual, float(on_rim.mean()), contrast, deviation)


def _noise(at: np.ndarray) -> float:
    """Standard deviation of edges from their neighbors': noise and JPEG, without what a shadow draws smoothly."""
    changes = at[NEIGHBOR:] - at[:-NEIGHBOR]
    return float(1.4826 * np.median(np.abs(changes)) / np.sqrt(2)) if len(changes) else 0.0


def fitted_offsets(at: np.ndarray, trust: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Offsets of the ellipse that fits the trusted edges, their weights, and the error of its mean radius.

    The stretch is held near none, as it is for tilts up to some ten degrees, where much of the rim is not seen.
    """
    prior = np.full(5, 1e-9)
    prior[3:] += 1 / (LIKELY_STRETCH * radius) ** 2
    return fitted_waves(_waves(), np.nan_to_num(at), np.ascontiguousarray(trust, dtype=np.float64), prior)


@functools.cache
def _waves() -> np.ndarray:
    """A mean, a shift and a stretch along the directions: what one ellipse is beside another, to first order."""
    angles = 2 * np.pi * np.arange(N_DIRECTIONS) / N_DIRECTIONS
    return np.column_stack(
        [np.ones(N_DIRECTIONS), np.cos(angles), np.sin(angles), np.cos(2 * angles), np.sin(2 * angles)]
    )


def _radial_slopes(color: np.ndarray, guess: Ellipse, reach: float) -> np.ndarray:
    """Strength of the change of color along each normal, (directions, taps)."""
    taps = np.arange(-reach, reach + STEP / 2, STEP)
    starts, normals = guess.points(N_DIRECTIONS), guess.normals(N_DIRECTIONS)
    rows, cols = (starts[:, axis, np.newaxis] + normals[:, axis, np.newaxis] * taps for axis in (0, 1))
    places = rows.astype(np.float32), cols.astype(np.float32)
    profiles = interpolate_at(color, *places).astype(np.float64)
    inside = (rows >= 0) & (rows <= color.shape[0] - 1) & (cols >= 0) & (cols <= color.shape[1] - 1)
    return np.where(inside, _strengths(profiles, _weights(1.0, 0), _weights(0.8 / STEP, 1)), 0)


@functools.cache
def _weights(deviation: float, order: int) -> np.ndarray:
    """Weights, (n,), of a pixel and those before it in `gaussian_filter1d`, the pixel first."""
    reach = int(4 * deviation + 0.5)
    impulse = np.zeros(2 * reach + 1)
    impulse[reach] = 1
    return gaussian_filter1d(impulse, deviation, order=order, mode="constant")[reach:].copy()


@kernel
def _strengths(profiles, around, along):
    """Changes along smoothed profiles (directions, taps, channels), all channels together, for a step of one pixel.

    `around` smooths over neighboring directions, `along` gives the derivative along the taps; to the bit as SciPy does.
    """
    n_directions, n_taps, n_channels = profiles.shape
    reach, n = len(along) - 1, n_taps * n_channels
    strengths = np.empty((n_directions, n_taps))
    padded, changes = np.empty(n + 2 * reach * n_channels), np.empty(n)
    smooth = padded[reach * n_channels : reach * n_channels + n]
    for k in range(n_directions):
        here = profiles[k].reshape(-1)
        for place in range(n):
            smooth[place] = here[place] * around[0]
        for step in range(len(around) - 1, 0, -1):
            before = profiles[(k - step) % n_directions].reshape(-1)
            after = profiles[(k + step) % n_directions].reshape(-1)
            for place in range(n):
                smooth[place] += (before[place] + after[place]) * around[step]
        for place in range(reach * n_channels):
            padded[place] = smooth[place % n_channels]
            padded[reach * n_channels + n + place] = smooth[n - n_channels + place % n_channels]
        for place in range(n):
            changes[place] = smooth[place] * along[0]
        for step in range(reach, 0, -1):
            before = padded[(reach - step) * n_channels :]
            after = padded[(reach + step) * n_channels :]
            for place in range(n):
                changes[place] += (before[place] - after[place]) * along[step]
        for tap in range(n_taps):
            squares = 0.0
            for channel in range(n_channels):
                change = changes[tap * n_channels + channel] / STEP
                squares += change * change
            strengths[k, tap] = np.sqrt(squares)
    return strengths


def _votes(slopes: np.ndarray) -> np.ndarray:
    """Peaks of the slopes along each normal, in [0, 1]: 1 from a third of the usual strongest on, 0 where none is."""
    strongest = float(np.median(slopes.max(axis=1)))
    votes = np.zeros_like(slopes)
    if strongest <= 0:
        return votes
    d = BESIDE
    inner = slopes[:, d:-d]
    is_top = (inner >= slopes[:, d - 1 : -d - 1]) & (inner > slopes[:, d + 1 : slopes.shape[1] - d + 1])
    votes[:, d:-d] = np.where(is_top & (inner > 0.15 * strongest), np.minimum(inner / (0.3 * strongest), 1), 0)
    return votes


def _consensus(votes: np.ndarray, reach: float) -> np.ndarray | None:
    """Offset along each normal of the ellipse on which most edges lie.

    Of several with nearly as many edges it is the outermost: within a coin there are rings. But where an ellipse
    within it shares a third of its rim with it and has edges of its own beside the rest, then the outer one is the
    coin together with its shadow.
    """
    waves = _waves()
    has_peak = (votes > 0).any(axis=1)
    if has_peak.mean() < 0.5:
        return None
    chosen, shares, drawn = _draw(votes, np.flatnonzero(has_peak))
    near = maximum_filter1d(votes, 5, axis=1)  # half a pixel
    offsets, support = proposed_offsets(chosen, shares, drawn, near, waves, reach)
    if support.max() < 0:
        return None
    return offsets[chosen_rim(offsets, support, near, reach)]


def _draw(votes: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Directions (trials, sixths) drawn at random, one in each sixth of the rim, and the share of edges drawn there.

    The shares that edges have in each direction up to each tap stand between them.
    """
    places, fractions = _drawn_places(len(directions))
    chosen = directions[places]
    shares = np.cumsum(votes, axis=1)
    return chosen, shares, fractions * shares[chosen, -1]


@functools.lru_cache(maxsize=16)
def _drawn_places(n_directions: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (trials, sixths) among so many directions, and numbers in [0, 1) beside them: the same at every call."""
    rng = np.random.RandomState(0)
    sixths = np.array_split(np.arange(n_directions), N_SAMPLED)
    places = np.stack([sixth[rng.randint(len(sixth), size=N_TRIALS)] for sixth in sixths], axis=1)
    return places, rng.rand(*places.shape)
