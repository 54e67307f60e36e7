"""What places landmarks on a face: dlib's two models, or a fitted predictor."""

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from ...exceptions import ModelFileError, ModelLicenseWarning
from .._trees.model_file import read_trees
from .._trees.prediction import place_points
from .models import find_model
from .schemes.known_schemes import SCHEME_OF_COUNT, scheme_of_count


class PointModel(NamedTuple):
    """A function (photo, boxes) -> points (n_boxes, n_points, 2), and what is known of its points.

    In place of the photo it takes several of one size (n_photos, height, width, 3), with equally many boxes each.

    `mirror` says which point becomes which in the mirrored image, `eyes` which points belong to the eye at the left
    and to that at the right of the image; `box_rule` how the box that the model was trained with lies about its
    points: its side, and how far below their mean its middle lies, in units of their root mean square distance from it.
    None where it is not known. `gains_by_averaging` is False where single predictions are as good as averaged ones.
    """

    place: Callable[[np.ndarray, np.ndarray], np.ndarray]
    n_points: int
    mirror: Sequence[int] | None = None
    eyes: Sequence[Sequence[int]] | None = None
    box_rule: tuple[float, float] | None = None
    gains_by_averaging: bool = True


_BOX_RULES = {5: (4.4, 0.59), 68: (2.79, -0.13)}  # medians over the faces of AFW that are about upright


def dlib_model(n_points: int, path: str | PathLike | None = None, trust: bool = False) -> PointModel:
    """Dlib's model of 5 or 68 points."""
    model = find_model(f"landmarks_{n_points}", path=path, trust=trust)
    trees = _load(model)
    if len(trees.mean_shape) != n_points:
        raise ModelFileError(
            f"{model.path}: expected a model of {n_points} points, got one of {len(trees.mean_shape)}.",
            str(model.path),
        )

    def place(photo, boxes):
        return place_points(trees, photo, boxes)

    scheme = scheme_of_count(n_points)
    return PointModel(place, n_points, scheme.mirror, scheme.eyes, _BOX_RULES[n_points])


@lru_cache(maxsize=4)
def _load(model):
    """The trees of a file, once in a process."""
    try:
        trees = read_trees(model.path.read_bytes())
    except ValueError as error:
        raise ModelFileError(
            f"{model.path}: expected a landmark model of dlib, got a file that is none: {error}. Replace the file.",
            str(model.path),
        ) from error
    if model.commercial_use is False:
        warnings.warn(
            f"{model.path.name} may not be used in commercial products: {model.license}.",
            ModelLicenseWarning,
            stacklevel=3,
        )
    return trees


def fitted_model(predictor: Any) -> PointModel:
    """A fitted predictor: ``predict(images, boxes=boxes)`` gives rows (n_images, 2 * n_points)."""

    def place(photo, boxes):
        photos = photo if photo.ndim == 4 else photo[np.newaxis]
        images = [each for each in photos for _ in range(len(boxes) // len(photos))]
        rows = np.asarray(predictor.predict(images, boxes=np.asarray(boxes)), dtype=np.float64)
        return rows.reshape(len(boxes), -1, 2)

    from sklearn.utils.validation import check_is_fitted  # dlib's model does without scikit-learn

    check_is_fitted(predictor, "n_points_")
    n_points, mirror = predictor.n_points_, getattr(predictor, "mirror", None)
    eyes = None
    if mirror is not None and n_points in SCHEME_OF_COUNT:
        known = scheme_of_count(n_points)
        eyes = known.eyes if list(mirror) == list(known.mirror or ()) else None
    descends = getattr(predictor, "method", None) == "sdm"
    rule = getattr(predictor, "box_rule_", None)
    return PointModel(place, n_points, mirror, eyes, rule, gains_by_averaging=not descends)
