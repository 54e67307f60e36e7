"""Whether points that somebody marked are (row, column) in pixels of their images, or something else by mistake."""

from collections.abc import Sequence

import numpy as np

from ...exceptions import LandmarkFormatError, shown
from ...parameters import InvalidParameterError
from ..landmarks.scheme import refuse_fractions, refuse_misread_points, refuse_points_elsewhere

_MARGIN = 0.5  # of a box, on each side, in which points still lie well
_FEW = 0.05  # of the points lie elsewhere in a table that is right


def check_numbers(n_points: int, mirror: Sequence[int] | None, unit: Sequence[int] | None) -> None:
    """Refuse numbers in the parameters of those names that are not those of the points."""
    numbers = range(n_points)
    if mirror is not None and sorted(mirror) != list(numbers):
        raise InvalidParameterError(
            f"The 'mirror' parameter must name each of the {n_points} points once, got {shown(mirror)}."
        )
    if unit is not None and (len(set(unit)) != 2 or not set(unit) <= set(numbers)):
        raise InvalidParameterError(
            f"The 'unit' parameter must be two different points below {n_points}, got {shown(unit)}."
        )


def refuse_xy(points: np.ndarray, boxes: np.ndarray, mirror: Sequence[int] | None) -> None:
    """Refuse points (n_images, n_points, 2) that fit their boxes, their mirror image or a face only as (x, y)."""
    if points.shape[1] == 68:
        refuse_misread_points(points)
    outside, outside_swapped = _outside(points, boxes), _outside(points[..., ::-1], boxes)
    if outside > _FEW and outside_swapped < outside / 5:
        raise LandmarkFormatError(
            f"Expected landmarks as (row, column), got points of which {outside:.0%} lie far from their boxes, and "
            f"{outside_swapped:.0%} when they are read as (x, y): swap them, points[..., ::-1]."
        )
    if mirror is not None and _lie_below_each_other(points, boxes, mirror):
        raise LandmarkFormatError(
            "Expected landmarks as (row, column), got points of which those that change places in the mirrored image "
            "lie one below the other: points given as (x, y) are swapped by points[..., ::-1]."
        )


def refuse_other_units(points: np.ndarray, shapes: Sequence[tuple[int, int]]) -> None:
    """Refuse points (n_images, n_points, 2) that are fractions, or of which none lies in its image of this shape."""
    if max(map(max, shapes)) > 2:
        refuse_fractions(points.reshape(-1, 2))
    for index, shape in enumerate(shapes):
        try:
            refuse_points_elsewhere(points[index], shape)
        except LandmarkFormatError as error:
            error.add_note(f"This is image {index} of {len(shapes)} with landmarks.")
            raise


def _outside(points, boxes):
    """Fraction of the known points that lie outside of the enlarged boxes."""
    low, high = boxes[:, np.newaxis, :2], boxes[:, np.newaxis, 2:]
    reach = _MARGIN * (high - low)
    outside = ((points < low - reach) | (points > high + reach)).any(axis=2)
    known = ~np.isnan(points).any(axis=2)
    return outside[known].mean() if known.any() else 0.0


def _lie_below_each_other(points, boxes, mirror):
    """Whether the mean vector between two points that the mirror image swaps leads up or down, for all such pairs."""
    pairs = np.array([(point, other) for point, other in enumerate(mirror) if point < other]).reshape(-1, 2)
    if not len(pairs):
        return False
    sides = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))[:, np.newaxis, np.newaxis]
    apart = (points[:, pairs[:, 1]] - points[:, pairs[:, 0]]) / sides
    known = ~np.isnan(apart).any(axis=2, keepdims=True)
    down, right = np.abs(np.where(known, apart, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)).sum(axis=0)
    return down > 2 * right and down > 0.15 * len(pairs)
