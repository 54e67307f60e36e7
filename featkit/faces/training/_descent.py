"""Supervised descent: points are moved, stage by stage, by what a ridge regression reads off the image around them.

Shapes are complex numbers in the unit of the box: its middle is 0, the side of the square of equal area 1. Every stage
sees the image in the frame of the current shape, turned and scaled so that the mean shape lies on it.
"""

from collections.abc import Callable, Sequence
from copy import copy

import cv2
import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import Ridge

from ...image.interpolation import interpolate
from ..landmarks.shapes import center, fit_similarity, size, to_points
from ._point_gradients import hog_at_points

RADII = (20, 36)  # pixels: root mean square radius of the mean shape in the frames of the first and the last stage
CELLS = {"cell_size": 8, "n_cells": 4, "n_directions": 8}
N_VALUES = CELLS["n_cells"] ** 2 * CELLS["n_directions"]  # of a point
REACH = 24  # pixels from a point to the last that votes for its cells
MOST_PIXELS = 512  # of a frame, whatever a shape has become
SIZE_RANGE = (0.25, 4.0)  # of a shape, over the mean shape
LEAST_JITTER = 0.03
CHECKED = 10  # one of so many images is set aside to see what a stage brings
LEAST_GAIN = 0.01  # of their error; a stage that takes less away brings nothing


class Picture:
    """Gray levels around a box, at no more than twice the size that the frames need.

    Parameters
    ----------
    gray : uint8 ndarray (height, width)
    box : float ndarray (4,)
        min_row, min_col, max_row, max_col.
    mean_shape : complex ndarray (n_points,)

    Attributes
    ----------
    gray : uint8 ndarray
        The part that matters.
    first, steps : float ndarray (2,)
        Upper left corner of the part, and how many pixels of the image go into one of it, down and to the right.
    factor, shift : float, complex
        From the unit of the box to that part.
    """

    def __init__(self, gray: np.ndarray, box: np.ndarray, mean_shape: np.ndarray) -> None:
        factor, shift = box_map(box)
        reach = SIZE_RANGE[1] / 2 * (0.5 + np.abs(mean_shape).max())
        ends = [shift - factor * reach * (1 + 1j), shift + factor * reach * (1 + 1j)]
        top, left = (max(0, int(value)) for value in (ends[0].real, ends[0].imag))
        part = gray[top : max(0, int(ends[1].real) + 1), left : max(0, int(ends[1].imag) + 1)]
        part = part if part.size else np.zeros((1, 1), np.uint8)
        step = max(1.0, float(factor) * shape_radius(mean_shape) / (2 * RADII[1]))
        rows, cols = (max(1, round(side / step)) for side in part.shape)
        self.first = np.array([top, left], dtype=np.float64)
        self.steps = np.array([part.shape[0] / rows, part.shape[1] / cols])
        if step > 1:
            part = cv2.resize(part, (cols, rows), interpolation=cv2.INTER_AREA)
        self.gray = part
        self._set_box(box)

    def _set_box(self, box):
        factor, shift = box_map(box)
        step = self.steps.mean()
        self.factor = factor / step
        self.shift = (shift - complex(*self.first) + (0.5 + 0.5j)) / step - (0.5 + 0.5j)

    def copy(self) -> "Picture":
        """The same part, which is not copied but small, by itself: the image that it is of is not kept alive."""
        other = copy(self)
        other.gray = np.ascontiguousarray(self.gray) if self.gray.base is None else self.gray.copy()
        return other

    def mirrored(self, width: int) -> "Picture":
        """What the mirror image of an image of this width shows there."""
        other = copy(self)
        other.gray = np.ascontiguousarray(self.gray[:, ::-1])
        other.first = np.array([self.first[0], width - self.first[1] - self.steps[1] * self.gray.shape[1]])
        other.shift = complex(self.shift.real, self.gray.shape[1] - 1 - self.shift.imag)
        return other

    def in_box(self, box: np.ndarray) -> "Picture":
        """The same part, seen from another box of the image."""
        other = copy(self)
        other._set_box(box)
        return other

    def points(self, points: np.ndarray) -> np.ndarray:
        """Points (n_points, 2) of the image in this part."""
        return (points - self.first + 0.5) / self.steps - 0.5

    def box(self, box: np.ndarray) -> np.ndarray:
        """A box of the image in this part."""
        return (box - np.tile(self.first, 2)) / np.tile(self.steps, 2)

    def described(self, shape: np.ndarray, step: complex) -> np.ndarray:
        """HOG at the points of a shape, in one vector, in a frame whose pixels are a step in the unit of the box."""
        points = to_points(shape / step)
        first = np.floor(points.min(axis=0)) - REACH
        sides = np.minimum(np.ceil(points.max(axis=0)) + REACH + 1 - first, MOST_PIXELS).astype(int)
        frame = self._frame(step * self.factor, step * complex(*first) * self.factor + self.shift, sides)
        return hog_at_points(frame, points - first, **CELLS).ravel()

    def _frame(self, step, first, sides):
        to_gray = np.array([[step.real, -step.imag, first.real], [step.imag, step.real, first.imag]])
        return interpolate(self.gray, to_gray, *sides)


def box_map(boxes: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Factor and shift (...) from the unit of boxes to the image."""
    edges = np.asarray(boxes, dtype=np.float64)
    low, high = edges[..., :2], edges[..., 2:]
    middle = (low + high - 1) / 2  # the centre of the first pixel is 0
    return np.sqrt(np.prod(high - low, axis=-1)), middle[..., 0] + 1j * middle[..., 1]


def shape_radius(mean_shape: np.ndarray) -> float:
    """Root mean square radius of a shape; half a box for a single point, which has none."""
    return size(mean_shape)[0] or 0.5


def fit_descent(
    pictures: Sequence[Picture],
    mean_shape: np.ndarray,
    wanted: np.ndarray,
    *,
    n_stages: int,
    n_starts: int,
    alpha: float,
    rng: np.random.RandomState,
    mirror: Sequence[int] | None = None,
    stops_early: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Learn a regression for every stage.

    Parameters
    ----------
    pictures : sequence of Picture (n_images,)
    mean_shape : complex ndarray (n_points,)
        In the unit of the boxes.
    wanted : complex ndarray (n_images, n_points)
        Shapes in the unit of the boxes; NaN where a point is missing.
    n_stages, n_starts : int
    alpha : float
        Ridge penalty for each point.
    rng : RandomState
    mirror : sequence of int (n_points,) or None, default=None
        Which point becomes which in mirror images, of which the regressions learn, too: all of a look at one is that
        of a look at the image in another order, so that each is described once.
    stops_early : bool, default=False
        Set images aside and stop at the stage that brings nothing for them.
    advance : callable, default=nothing
        Called after each stage.

    Returns
    -------
    radii : float64 ndarray (n_stages,)
        Of the mean shape in the frames of the stages.
    regressions : float32 ndarray (n_stages, n_values + 1, 2 * n_points)
        Weights of the values, last the constants; for the real parts of all points, then the imaginary parts. Rounded
        to float16, so that they can be stored so.
    """
    owners = np.repeat(np.arange(len(pictures)), n_starts)
    wanted, current = wanted[owners], _starts(mean_shape, wanted, mirror, n_starts, rng)
    regressions: list[np.ndarray] = []
    radii = stage_radii(n_stages)
    checked = np.isin(owners, _set_aside(len(pictures), stops_early))
    values = np.empty((len(owners), N_VALUES * len(mean_shape)), np.float32)
    for radius in radii:
        frames = fit_similarity(mean_shape, current)[0]
        steps = (frames[:, 0] * shape_radius(mean_shape) / radius).tolist()
        for row, (owner, shape, step) in enumerate(zip(owners.tolist(), current, steps, strict=True)):
            values[row] = pictures[owner].described(shape, step)
        rows, moves = values[~checked], ((wanted - current) / frames)[~checked]
        if mirror is not None:
            rows = np.concatenate([rows, mirrored_values(rows, mirror)])
            moves = np.concatenate([moves, moves[:, mirror].conj()])
        regression = _fit_ridge(rows, moves, alpha * wanted.shape[1])
        after = clipped(current + frames * _moves(values, regression), mean_shape)
        advance()
        if regressions and _brings_nothing(*(np.abs(wanted - shapes)[checked] for shapes in (current, after))):
            break
        regressions.append(regression)
        current = after
    return radii[: len(regressions)], np.stack(regressions)


def mirrored_values(values: np.ndarray, mirror: Sequence[int]) -> np.ndarray:
    """What `Picture.described` gives of the mirror images, in which the points have the numbers `mirror`."""
    n_cells, n_directions = CELLS["n_cells"], CELLS["n_directions"]
    cells = values.reshape(len(values), len(mirror), n_cells, n_cells, n_directions)
    directions = (n_directions // 2 - np.arange(n_directions)) % n_directions
    return cells[:, mirror, :, ::-1][..., directions].reshape(values.shape)


def stage_radii(n_stages: int) -> np.ndarray:
    """Radii of the mean shape in the frames of so many stages."""
    return np.linspace(*RADII, n_stages)


def _set_aside(n_images, stops_early):
    """Every tenth image, but for the last of fewer than ten: none where there are so few."""
    return np.arange(CHECKED - 1, n_images, CHECKED) if stops_early else np.empty(0, np.int64)


def _brings_nothing(before, after):
    """Whether the errors (n_rows, n_points) of what was set aside are hardly less after a stage than before."""
    known = ~np.isnan(before)
    return bool(known.any() and after[known].mean() > (1 - LEAST_GAIN) * before[known].mean())


def _starts(mean_shape, wanted, mirror, n_starts, rng):
    """Starts of every image: the mean shape, then others as far from it as the shapes lie from it in their boxes."""
    both = wanted if mirror is None else np.concatenate([wanted, wanted[:, mirror].conj()])
    factor, shift = fit_similarity(mean_shape, both)
    turn = np.log(factor)
    radius = shape_radius(mean_shape)
    spread = [np.std(turn.real), np.std(turn.imag), np.std(shift.real) / radius, np.std(shift.imag) / radius]
    noise = rng.normal(size=(4, len(wanted), n_starts, 1)) * np.maximum(spread, LEAST_JITTER).reshape(4, 1, 1, 1)
    noise[:, :, 0] = 0
    shape, middle = mean_shape - center(mean_shape), center(mean_shape)
    starts = np.exp(noise[0] + 1j * noise[1]) * shape + middle + radius * (noise[2] + 1j * noise[3])
    return starts.reshape(-1, len(mean_shape))


def _fit_ridge(values, moves, penalty):
    """Regressions of the points' moves; images in which a point is missing do not teach that point."""
    n_points = moves.shape[1]
    known = ~np.isnan(moves)
    weights = np.empty((values.shape[1] + 1, 2 * n_points), np.float32)
    patterns, pattern_of = np.unique(known, axis=1, return_inverse=True)
    for pattern in range(patterns.shape[1]):
        points = np.flatnonzero(pattern_of.ravel() == pattern)
        rows = patterns[:, pattern]
        targets = np.hstack([moves[rows][:, points].real, moves[rows][:, points].imag]).astype(np.float32)
        ridge = Ridge(alpha=penalty, solver="cholesky").fit(values[rows], targets)
        columns = np.concatenate([points, points + n_points])
        weights[:-1, columns], weights[-1, columns] = np.reshape(ridge.coef_, (len(columns), -1)).T, ridge.intercept_
    return weights.astype(np.float16).astype(np.float32)


def _moves(values, regression):
    moves = values @ regression[:-1] + regression[-1]
    n_points = moves.shape[-1] // 2
    return moves[..., :n_points] + 1j * moves[..., n_points:]


def clipped(shapes: np.ndarray, mean_shape: np.ndarray) -> np.ndarray:
    """Shapes whose size went out of all proportion brought back to the nearest size that is allowed."""
    radius = shape_radius(mean_shape)
    found = size(shapes)
    allowed = np.clip(found, SIZE_RANGE[0] * radius if len(mean_shape) > 1 else 0, SIZE_RANGE[1] * radius)
    middle = center(shapes)
    return np.where(found > 0, middle + (shapes - middle) * allowed / np.where(found > 0, found, 1), shapes)


def descend(
    gray: np.ndarray, box: np.ndarray, mean_shape: np.ndarray, radii: np.ndarray, regressions: np.ndarray
) -> np.ndarray:
    """Shape in one image, complex (n_points,): from the mean shape in the box through all stages."""
    picture = Picture(gray, box, mean_shape)
    shape = mean_shape
    for radius, regression in zip(radii.tolist(), regressions, strict=True):
        frame = fit_similarity(mean_shape, shape)[0][0]
        values = picture.described(shape, frame * shape_radius(mean_shape) / radius)
        shape = clipped(shape + frame * _moves(values, regression), mean_shape)
    factor, shift = box_map(box)
    return factor * shape + shift
