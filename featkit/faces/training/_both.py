"""Supervised descent and regression trees as one: both begin where a first descent has found the object."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..landmarks.shapes import center, size, to_complex, to_points
from ._descent import descend, fit_descent
from ._sets import TrainingSet
from ._trees import fit_trees, predict_with_trees

_SIDE = 2.6  # of the box around a shape, in root mean square distances of its points from their middle
_JITTER = 0.05  # standard deviation of these boxes in training, of their side: what a first descent leaves
_N_TREE_BOXES = 3  # boxes of each image from which the trees learn


class Both(NamedTuple):
    """What is learnt: a descent to the object, then a descent and trees in the box around what it finds."""

    first_shape: np.ndarray
    first_radii: np.ndarray
    first: np.ndarray
    second_shape: np.ndarray
    second_radii: np.ndarray
    second: np.ndarray
    trees: bytes


def boxes_around(shapes: np.ndarray) -> np.ndarray:
    """Square boxes (n_shapes, 4) around complete shapes, complex (n_shapes, n_points)."""
    middles, halves = center(shapes)[:, 0], _SIDE / 2 * np.maximum(size(shapes)[:, 0], 1.0)
    return np.stack(
        [middles.real - halves, middles.imag - halves, middles.real + halves, middles.imag + halves], axis=1
    )


def _jittered(boxes, rng):
    middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    middles = middles + sides * rng.normal(0, _JITTER, middles.shape)
    halves = sides / 2 * np.exp(rng.normal(0, _JITTER, (len(sides), 1)))
    return np.concatenate([middles - halves, middles + halves], axis=1)


def fit_both(
    learnt: TrainingSet,
    *,
    n_stages: tuple[int, int, int],
    n_starts: tuple[int, int],
    alpha: float,
    rng: np.random.RandomState,
    stops_early: bool,
    advance: Callable[[], None],
) -> Both:
    """Learn from a set; stages of both descents and of the trees, starts of the descents and of the trees."""
    how: dict[str, Any] = {"n_starts": n_starts[0], "alpha": alpha, "rng": rng, "advance": advance}
    how["stops_early"] = stops_early
    first = fit_descent(**learnt.for_descent(), n_stages=n_stages[0], **how)
    complete = learnt.completed()
    around = boxes_around(complete)
    nearer = learnt.seen_from(_jittered(around, rng))
    taught = nearer.for_descent()
    second = fit_descent(**taught, n_stages=n_stages[1], **how)
    sets = [learnt.seen_from(_jittered(around, rng)).for_trees(to_points(complete)) for _ in range(_N_TREE_BOXES)]
    grays, boxes, points = zip(*sets, strict=True)
    trees = fit_trees(
        [gray for each in grays for gray in each],
        np.concatenate(boxes),
        np.concatenate(points),
        n_stages=n_stages[2],
        n_starts=n_starts[1],
        seed=rng.randint(2**31 - 1),
    )
    return Both(learnt.mean_shape, *first, taught["mean_shape"], *second, trees)


def predict_with_both(model: Both, gray: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (n_points, 2) of one image, and how far descent and trees lie apart in each, in sides of their box."""
    found = descend(gray, box, model.first_shape, model.first_radii, model.first)
    around = boxes_around(found[np.newaxis])[0]
    second = descend(gray, around, model.second_shape, model.second_radii, model.second)
    trees = to_complex(predict_with_trees(model.trees, gray, around))
    return to_points((second + trees) / 2), np.abs(second - trees) / (around[2] - around[0])
