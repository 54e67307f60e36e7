"""The rim of a disk told from the shadow around it."""

import functools

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import ndtr

from ..._numba import kernel
from ...image.interpolation import interpolate_at
from .edges import STEP
from .ellipses import N_DIRECTIONS, ON_RIM, Ellipse, Rim, fit_ellipse, fitted_offsets

REACH = 5.0  # pixels on both sides of the rim that are looked at
WINDOW = 3.25  # pixels on both sides of an edge that the model of it must fit
BLURS = (0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)  # pixels, of the camera
FARTHEST = 1.75  # pixels that a shadow moves a rim
TAPS = np.arange(-REACH, REACH + STEP / 2, STEP)
SHIFTS = np.arange(-FARTHEST, FARTHEST + STEP / 4, STEP / 2)
CONTRASTLESS = 5.0  # gray levels: expected error in pixels by the slope at the rim


def without_shadow(color: np.ndarray, rim: Rim) -> Rim:
    """The rim of a disk that casts a shadow, whose steepest edge lies too far out.

    Along every direction the levels are those of a step between an even disk and a background that brightens evenly
    away from it, seen through one blur for the whole rim: the place of the step is the rim.

    Parameters
    ----------
    color : float32 ndarray (height, width, 3)
    rim : Rim
        From `fit_rim`.

    Returns
    -------
    rim : Rim
        The given one where the model fits it no better than that.
    """
    ellipse = rim.ellipse
    for _ in range(2):
        places, is_found = _steps(color, ellipse)
        if is_found.mean() < 0.5:
            return rim
        at = np.where(is_found, places, np.nan)
        offsets, weights, deviation = fitted_offsets(at, is_found.astype(float), ellipse.radii[0])
        starts, normals = ellipse.points(N_DIRECTIONS), ellipse.normals(N_DIRECTIONS)
        found = fit_ellipse(starts + offsets[:, np.newaxis] * normals)
        if found is None:
            return rim
        ellipse = found
    kept = weights > 0.1
    residual = float(np.sqrt(np.average((places - offsets)[kept] ** 2, weights=weights[kept])))
    inwards = float(np.sqrt(np.prod(rim.ellipse.radii)) - np.sqrt(np.prod(ellipse.radii)))
    if abs(inwards) > FARTHEST or residual > 2 * rim.residual + 0.1:
        return rim
    points = starts[kept] + places[kept, np.newaxis] * normals[kept]
    deviation = float(np.sqrt(deviation**2 + inwards**2 + (CONTRASTLESS / rim.contrast) ** 2))
    on_rim = is_found & (np.abs(places - offsets) < max(4 * residual, ON_RIM))
    support = max(rim.support, float(on_rim.mean()))
    return Rim(ellipse, points, residual, support, rim.contrast, deviation)


def _steps(color: np.ndarray, ellipse: Ellipse) -> tuple[np.ndarray, np.ndarray]:
    """Place of the step along each normal, and whether there is one."""
    starts, normals = ellipse.points(N_DIRECTIONS), ellipse.normals(N_DIRECTIONS)
    rows, cols = (starts[:, axis, np.newaxis] + normals[:, axis, np.newaxis] * TAPS for axis in (0, 1))
    places = rows.astype(np.float32), cols.astype(np.float32)
    profiles = interpolate_at(color, *places).astype(np.float64)
    difference = np.median(profiles[:, -6:], axis=(0, 1)) - np.median(profiles[:, :6], axis=(0, 1))
    profiles = profiles @ (difference / max(float(np.linalg.norm(difference)), 1e-9))
    profiles = gaussian_filter1d(profiles, 1.0, axis=0, mode="wrap")
    costs = _misfits(profiles)
    costs = costs[int(np.median(costs.min(axis=1), axis=1).argmin())]  # one blur for the whole rim
    best, each = costs.argmin(axis=0), np.arange(N_DIRECTIONS)
    at = np.clip(best, 1, len(SHIFTS) - 2)
    before, middle, after = costs[at - 1, each], costs[at, each], costs[at + 1, each]
    between = 0.5 * (before - after) / np.maximum(before - 2 * middle + after, 1e-12)
    inside = (rows > 0) & (rows < color.shape[0] - 1) & (cols > 0) & (cols < color.shape[1] - 1)
    return SHIFTS[at] + STEP / 2 * np.clip(between, -1, 1), (at == best) & inside.all(axis=1)


def _misfits(profiles: np.ndarray) -> np.ndarray:
    """Mean square of what a blurred step before a slope leaves of each profile, (blurs, shifts, profiles)."""
    return _residual_squares(np.ascontiguousarray(profiles), *_models())


@kernel
def _residual_squares(profiles, near, axes):
    """A loop of its own: threads of a matrix product of this size would wait longer for each other than they work."""
    n_profiles, n_taps = profiles.shape
    n_blurs, n_shifts = len(axes), len(near)
    costs = np.empty((n_blurs, n_shifts, n_profiles))
    levels, seen = np.empty(n_taps), np.empty(axes.shape[2])
    squares, n_near = np.empty(n_shifts), np.zeros(n_shifts)
    for shift in range(n_shifts):
        for tap in range(n_taps):
            n_near[shift] += near[shift, tap]
    for k in range(n_profiles):
        mean = 0.0
        for tap in range(n_taps):
            mean += profiles[k, tap] / n_taps
        for tap in range(n_taps):
            levels[tap] = profiles[k, tap] - mean  # an even level is part of the model
        for shift in range(n_shifts):
            squares[shift] = 0.0
            for tap in range(n_taps):
                squares[shift] += near[shift, tap] * levels[tap] ** 2
        for blur in range(n_blurs):
            seen[:] = 0.0
            for tap in range(n_taps):
                for place in range(len(seen)):
                    seen[place] += levels[tap] * axes[blur, tap, place]
            for shift in range(n_shifts):
                rest = squares[shift]
                for place in range(shift, len(seen), n_shifts):
                    rest -= seen[place] ** 2
                costs[blur, shift, k] = max(rest, 0.0) / n_near[shift]
    return costs


@functools.cache
def _models() -> tuple[np.ndarray, np.ndarray]:
    """Taps near a step at each shift, and an orthonormal basis of what it and the slope beyond can show there.

    Returns
    -------
    near : float64 ndarray (shifts, taps)
        1 at these taps, else 0.
    axes : float64 ndarray (blurs, taps, 3 * shifts)
        0 at other taps.
    """
    near = np.abs(TAPS - SHIFTS[:, np.newaxis]) <= WINDOW
    axes = np.zeros((len(BLURS), len(TAPS), 3, len(SHIFTS)))
    for place, shift in enumerate(SHIFTS):
        x = TAPS[near[place]] - shift
        for index, blur in enumerate(BLURS):
            step = ndtr(x / blur)
            slope = x * step + blur * np.exp(-((x / blur) ** 2) / 2) / np.sqrt(2 * np.pi)
            axes[index, near[place], :, place] = np.linalg.qr(np.column_stack([np.ones_like(x), step, slope]))[0]
    return near.astype(float), axes.reshape(len(BLURS), len(TAPS), -1)
