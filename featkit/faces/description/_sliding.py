"""Semilandmarks that slide along curves to where a thin-plate spline from a mean shape bends least."""

from collections.abc import Sequence

import numpy as np

from ...exceptions import LandmarkFormatError
from ...parameters import InvalidParameterError

Sliders = Sequence[Sequence[int]]


def check_sliders(sliders: Sliders, n_points: int) -> np.ndarray:
    """Sliders as an integer ndarray (n_sliders, 3)."""
    triples = np.array(sliders, dtype=object)
    is_triples = triples.ndim == 2 and triples.shape[1:] == (3,) and len(triples) > 0
    numbers = range(n_points)
    if not is_triples or any(point not in numbers for point in triples.ravel()):
        raise InvalidParameterError(
            f"The 'sliders' parameter must be (before, point, after) of points 0 to {n_points - 1}, got {sliders!r}."
        )
    triples = triples.astype(int)
    if len(set(triples[:, 1])) < len(triples) or (triples[:, 0] == triples[:, 2]).any() or len(triples) > n_points - 2:
        raise InvalidParameterError(
            "The 'sliders' parameter must name each point that slides once, between two different points, and leave at "
            f"least two points of {n_points} in place, got {sliders!r}."
        )
    return triples


def bending_matrix(shape: np.ndarray) -> np.ndarray:
    """Bending energy matrix (n_points, n_points) of a shape (n_points, 2), for ``U(r) = r^2 log(r^2)``."""
    n_points = len(shape)
    squares = ((shape[:, np.newaxis] - shape) ** 2).sum(axis=2)
    kernel = squares * np.log(np.where(squares > 0, squares, 1))
    system = np.zeros((n_points + 3, n_points + 3))
    system[:n_points, :n_points] = kernel
    system[:n_points, n_points] = system[n_points, :n_points] = 1
    system[:n_points, n_points + 1 :] = shape
    system[n_points + 1 :, :n_points] = shape.T
    try:
        return np.linalg.inv(system)[:n_points, :n_points]
    except np.linalg.LinAlgError as error:
        raise LandmarkFormatError(
            "Expected a mean shape whose points do not lie on each other or on one line, so that points can slide."
        ) from error


def slid(shapes: np.ndarray, mean: np.ndarray, sliders: np.ndarray) -> np.ndarray:
    """Shapes, complex (n_shapes, n_points), with their sliders where the bending energy from the mean is least.

    Each moves along the line through the points before and after it; shapes are turned and scaled as the mean is.
    """
    bending = bending_matrix(np.stack([mean.real, mean.imag], axis=1))
    before, points, after = sliders.T
    result = shapes.copy()
    for index in np.flatnonzero(~np.isnan(shapes).any(axis=1)):
        shape = shapes[index]
        along = shape[after] - shape[before]
        along = along / np.where(np.abs(along) > 0, np.abs(along), 1)
        # the energy of shape + along * t, both coordinates added, is quadratic in t
        square = np.outer(along.real, along.real) + np.outer(along.imag, along.imag)
        slope = (along.conj() * (bending[points] @ shape)).real
        result[index, points] += (
            along * np.linalg.lstsq(bending[np.ix_(points, points)] * square, -slope, rcond=None)[0]
        )
    return result
