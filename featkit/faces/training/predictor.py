"""Landmark prediction learnt from annotated images: supervised descent or an ensemble of regression trees."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ...base._callbacks import CallbackSupportMixin, reported_tasks
from ...exceptions import ImageFormatError, LandmarkFormatError
from ...image.batches import apply_to_each, check_images
from ...image.checks import Images
from ...image.gray_levels import gray_levels
from ...parameters import Interval, InvalidParameterError, StrOptions
from ..detection.boxes import check_box
from ..landmarks.shapes import (
    center,
    check_landmarks,
    fit_similarity,
    mirror_landmarks,
    normalized_mean_error,
    to_complex,
    to_points,
)
from ._axes import refuse_other_units, refuse_xy
from ._descent import box_map, descend, fit_descent
from ._trees import fit_trees, predict_with_trees

N_STAGES = {"sdm": 6, "ert": 10}
N_STARTS = {"sdm": 5, "ert": 20}


class LandmarkPredictor(CallbackSupportMixin, RegressorMixin, BaseEstimator):
    """Landmark prediction for any object: supervised descent (SDM) or ensemble of regression trees (ERT).

    Parameters
    ----------
    method : {"sdm", "ert"}, default="sdm"
        "sdm": supervised descent method on HOG descriptors at the points; it needs nothing but featkit, and is stored
        as plain arrays. "ert": the regression trees of dlib (extra ``faces``), some ten times larger.
    n_stages : int or None, default=None
        Number of regression stages (cascade depth); None: 6 for "sdm", 10 for "ert".
    n_starts : int or None, default=None
        Number of initial shapes for each training image; None: 5 for "sdm", 20 for "ert".
    alpha : float, default=1.5
        Penalty of the ridge regressions for each point ("sdm" only). Larger for few images.
    mirror : sequence of int (n_points,) or None, default=None
        Which point of the object point k of its mirror image is; fit then learns from the mirrored images, too.
        `featkit.faces.landmarks.FACE_MIRROR` for the 68 points of a face. None: no mirroring.
    unit : (int, int) or None, default=None
        Two points whose distance is the unit of `score`; None: the side of the square that has the area of the box.
    random_state : int, RandomState or None, default=None
        Seed of the initial shapes.

    Attributes
    ----------
    n_points_ : int
        Number of points of an object.
    mean_shape_ : float64 ndarray (n_points, 2)
        Mean (row, col) in the unit of boxes: 0 is the middle, 1 the side of the square that has the area of the box.
    regressions_ : float32 ndarray (n_stages, n_values + 1, 2 * n_points)
        "sdm": weights and constants of every stage. Pickled and stored as float16 without loss.
    trees_ : bytes
        "ert": dlib's model file.

    See Also
    --------
    featkit.FaceLandmarks : Landmarks of faces by trained models, or by a predictor such as this one.
    featkit.faces.landmarks.normalized_mean_error : Error of predicted points.
    featkit.faces.landmarks.mirror_landmarks : Landmarks in the mirrored image.

    Notes
    -----
    Points are (row, column). Points given as (x, y) are refused where the boxes, the pairs of `mirror` or the form of
    68 points show it; in boxes that are nearly square nothing else can: give `mirror` where the object has pairs.

    `boxes` tell where in each image the object lies, as half-open (min_row, min_col, max_row, max_col); without, it
    is the whole image. They must come from the same source in fit and in predict, such as one detector. A row of
    NaN, no object, gives a row of NaN.

    Missing points are NaN in fit: with "sdm" such an image does not count for that point; "ert" is given the position
    that the mean shape has when it is laid on the known points, on a single one in the scale of the box. Images may
    differ in size. Transparent parts are black. It is not for faces only: see the example.

    References
    ----------
    "sdm": Xiong and De la Torre 2013, "Supervised descent method and its applications to face alignment",
    doi:10.1109/CVPR.2013.75. "ert": Kazemi and Sullivan 2014, "One millisecond face alignment with an ensemble of
    regression trees", doi:10.1109/CVPR.2014.241.

    Examples
    --------
    Leaves, drawn as two arcs, lean to all sides; the points are the tip and the stalk.

    >>> import cv2, numpy as np
    >>> from featkit import LandmarkPredictor
    >>> def leaf(rng):
    ...     angle, tall, broad = rng.uniform(-0.6, 0.6), rng.uniform(25, 35), rng.uniform(8, 14)
    ...     along = np.linspace(-1, 1, 60)
    ...     half = broad * (1 - along**2) * (1 - 0.4 * along)
    ...     outline = np.concatenate([along * tall - 1j * half, (along * tall + 1j * half)[::-1]])
    ...     outline = outline * np.exp(1j * angle) + 48 + 48j + rng.uniform(-5, 5) + 1j * rng.uniform(-5, 5)
    ...     picture = np.full((96, 96), 230, np.uint8)
    ...     cv2.fillPoly(picture, [np.stack([outline.imag, outline.real], axis=1).round().astype(np.int32)], 80)
    ...     return picture, [outline[59].real, outline[59].imag, outline[0].real, outline[0].imag]
    >>> rng = np.random.default_rng(0)
    >>> leaves, points = zip(*[leaf(rng) for _ in range(60)])
    >>> predictor = LandmarkPredictor(mirror=(0, 1), unit=(0, 1), random_state=0).fit(leaves[:40], points[:40])
    >>> error = -predictor.score(leaves[40:], points[40:])  # over the length of the leaf
    >>> bool(error < 0.03)
    True
    """

    _parameter_constraints = {
        "method": [StrOptions({"sdm", "ert"})],
        "n_stages": [Interval(Integral, 1, None, closed="left"), None],
        "n_starts": [Interval(Integral, 1, None, closed="left"), None],
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "mirror": ["array-like", None],
        "unit": [tuple, list, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        method: str = "sdm",
        n_stages: int | None = None,
        n_starts: int | None = None,
        alpha: float = 1.5,
        mirror: Sequence[int] | None = None,
        unit: tuple[int, int] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.method = method
        self.n_stages = n_stages
        self.n_starts = n_starts
        self.alpha = alpha
        self.mirror = mirror
        self.unit = unit
        self.random_state = random_state

    def fit(self, X: Images, y: ArrayLike, boxes: ArrayLike | None = None) -> Self:
        """Fit the regressions on images and their landmarks.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like (n_images, 2 * n_points)
            Row, column, row, column, ...; NaN where a point is missing.
        boxes : array-like (n_images, 4) or None, default=None
            Half-open (min_row, min_col, max_row, max_col) of the object in pixels; None: the whole image.

        Returns
        -------
        self : object
            The fitted predictor.

        Raises
        ------
        LandmarkFormatError
            When `y` is no such table, a point is missing in all images, the points lie where they should only when
            they are read as (x, y), are fractions, or none of an image lies in it.
        ImageFormatError
            When a box holds no pixel of its image.
        """
        self._validate_params()
        images = check_images(X)
        grays, places = self._grays_and_boxes(images, boxes)
        points = check_landmarks(y)
        if len(points) != len(images):
            raise LandmarkFormatError(f"Expected landmarks of each of {len(images)} images, got {len(points)} rows.")
        self.n_points_ = points.shape[1]
        self._check_point_numbers()
        usable = ~np.isnan(points).any(axis=2).all(axis=1) & np.isfinite(places).all(axis=1)
        missing = np.flatnonzero(np.isnan(points[usable]).any(axis=2).all(axis=0))
        if len(missing):
            raise LandmarkFormatError(f"Expected every point in at least one image, {missing.tolist()} never are.")
        grays, places, points = [grays[index] for index in np.flatnonzero(usable)], places[usable], points[usable]
        refuse_xy(points, places, self.mirror)
        refuse_other_units(points, [gray.shape for gray in grays])
        if self.mirror is not None:
            widths = np.array([gray.shape[1] for gray in grays])
            mirrored = mirror_landmarks(points.reshape(len(points), -1), widths, self.mirror)
            mirrored_places = np.stack(
                [places[:, 0], widths - places[:, 3], places[:, 2], widths - places[:, 1]], axis=1
            )
            grays = [*grays, *(np.ascontiguousarray(gray[:, ::-1]) for gray in grays)]
            places = np.concatenate([places, mirrored_places])
            points = np.concatenate([points, mirrored.reshape(points.shape)])
        self._fit_method(grays, places, to_complex(points))
        return self

    def _fit_method(self, grays, boxes, shapes):
        rng = check_random_state(self.random_state)
        n_stages, n_starts = self.n_stages or N_STAGES[self.method], self.n_starts or N_STARTS[self.method]
        counts = {"n_stages": n_stages, "n_starts": n_starts}
        if self.method == "sdm":
            how = {"alpha": self.alpha, "rng": rng, **counts}
            with reported_tasks(self, "fit", n_stages) as advance:
                mean, self.regressions_ = fit_descent(grays, boxes, shapes, advance=advance, **how)
        else:
            factor, shift = (part[:, np.newaxis] for part in box_map(boxes))
            in_boxes = (shapes - shift) / factor
            mean = center(in_boxes.T)[:, 0]
            turn, move = fit_similarity(mean, in_boxes)  # a single known point leaves the mean shape as large as it is
            complete = np.where(np.isnan(shapes), factor * (turn * mean + move) + shift, shapes)
            seed = rng.randint(2**31 - 1)
            self.trees_ = fit_trees(grays, boxes, to_points(complete), seed=seed, **counts)
        self.mean_shape_ = to_points(mean)

    def predict(self, X: Images, boxes: ArrayLike | None = None) -> np.ndarray:
        """Predict the landmarks of images.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        boxes : array-like (n_images, 4) or None, default=None
            Half-open (min_row, min_col, max_row, max_col) of the object in pixels; None: the whole image.

        Returns
        -------
        landmarks : float64 ndarray (n_images, 2 * n_points)
            Row, column, row, column, ...; they may lie outside of the image. NaN where the box is NaN.
        """
        check_is_fitted(self)
        self._validate_params()
        images = check_images(X)
        grays, places = self._grays_and_boxes(images, boxes)
        find = self._finder()
        nowhere = np.full(2 * self.n_points_, np.nan)
        rows = apply_to_each(
            lambda pair: find(*pair).ravel() if np.isfinite(pair[1]).all() else nowhere, zip(grays, places, strict=True)
        )
        return np.stack(rows)

    def _finder(self):
        if self.method == "sdm":
            mean_shape, regressions = to_complex(self.mean_shape_), self.regressions_
            return lambda gray, box: to_points(descend(gray, box, mean_shape, regressions))
        return lambda gray, box: predict_with_trees(self.trees_, gray, box)

    def score(self, X: Images, y: ArrayLike, boxes: ArrayLike | None = None) -> float:
        """Negative normalised mean error (NME), in units of the distance of the two points of `unit`.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like (n_images, 2 * n_points)
            True landmarks: row, column, row, column, ...; NaN where a point is missing.
        boxes : array-like (n_images, 4) or None, default=None
            Half-open (min_row, min_col, max_row, max_col) of the object in pixels; None: the whole image.

        Returns
        -------
        score : float
            At most 0, larger is better. Without `unit` the unit is the side of the square that has the area of the box.
        """
        found = self.predict(X, boxes)
        if self.unit is None:
            sides = box_map(self._grays_and_boxes(check_images(X), boxes)[1])[0]
            errors = normalized_mean_error(y, found, unit=sides)
        else:
            errors = normalized_mean_error(y, found, unit=tuple(self.unit))
        return -float(np.nanmean(errors))

    def _grays_and_boxes(self, images, boxes):
        grays: list[np.ndarray] = []
        before = None
        for image in images:
            grays.append(grays[-1] if image is before else gray_levels(image, 0.0))  # one image, many boxes
            before = image
        if boxes is None:
            return grays, np.array([(0, 0, *gray.shape) for gray in grays], dtype=np.float64)
        boxes = np.asarray(boxes, dtype=np.float64)
        if boxes.shape != (len(images), 4):
            raise ImageFormatError(
                f"Expected a box (min_row, min_col, max_row, max_col) for each of {len(images)} images, got an array "
                f"of shape {boxes.shape}."
            )
        apply_to_each(lambda pair: check_box(*pair), list(zip(boxes, (gray.shape for gray in grays), strict=True)))
        return grays, boxes

    def _check_point_numbers(self):
        numbers = range(self.n_points_)
        if self.mirror is not None and sorted(self.mirror) != list(numbers):
            raise InvalidParameterError(
                f"The 'mirror' parameter must name each of the {self.n_points_} points once, got {self.mirror!r}."
            )
        if self.unit is not None and (len(set(self.unit)) != 2 or not set(self.unit) <= set(numbers)):
            raise InvalidParameterError(
                f"The 'unit' parameter must be two different points below {self.n_points_}, got {self.unit!r}."
            )

    def __getstate__(self):
        state = super().__getstate__()
        if "regressions_" in state:
            state = state | {"regressions_": state["regressions_"].astype(np.float16)}  # they were rounded to it in fit
        return state

    def __setstate__(self, state):
        if "regressions_" in state:
            state = state | {"regressions_": state["regressions_"].astype(np.float32)}
        super().__setstate__(state)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        return tags
