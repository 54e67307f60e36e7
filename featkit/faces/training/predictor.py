"""Landmark prediction learnt from annotated images: supervised descent or an ensemble of regression trees."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ...base._callbacks import CallbackSupportMixin, reported_tasks
from ...base.checked_estimator import CheckedEstimator
from ...exceptions import LandmarkFormatError
from ...image.batches import apply_to_each, check_images
from ...image.checks import Images
from ...parameters import Interval, StrOptions
from ..landmarks.shapes import check_landmarks, normalized_mean_error, to_complex, to_points
from ._axes import check_numbers, refuse_other_units, refuse_xy
from ._both import Both, fit_both, predict_with_both
from ._descent import box_map, descend, fit_descent
from ._sets import checked_boxes, complete_points, gray_images, training_set
from ._state import compact, restored
from ._trees import fit_trees, predict_with_trees

N_STAGES = {"sdm": 4, "ert": 10, "both": 4}
N_STARTS = {"sdm": 5, "ert": 20, "both": 5}
BOTH_TREES = {"n_stages": 10, "n_starts": 7}
SURE = 0.02  # of the side of the box: distance of descent and trees of confidence one half


class LandmarkPredictor(CallbackSupportMixin, RegressorMixin, CheckedEstimator):
    """Landmark prediction for any object: supervised descent (SDM) or ensemble of regression trees (ERT).

    Parameters
    ----------
    method : {"sdm", "ert", "both"}, default="sdm"
        "sdm": supervised descent method on HOG descriptors at the points; it needs nothing but featkit, and is stored
        as plain arrays. "ert": the regression trees of dlib (extra ``faces``), some ten times larger. "both": a first
        descent finds the object, a second one and trees begin in the box around what it found, and their mean counts;
        for faces better than each alone.
    n_stages : int or None, default=None
        Number of regression stages (cascade depth); None: 4 for "sdm", 10 for "ert"; 4 in each descent of "both", whose
        trees have 10.
    n_starts : int or None, default=None
        Number of initial shapes for each training image; None: 5 for "sdm", 20 for "ert"; 5 in each descent of "both",
        whose trees have 7 in each of three boxes.
    alpha : float, default=1.5
        Penalty of the ridge regressions for each point (not of trees). Larger for few images.
    early_stopping : bool, default=False
        Set every tenth image aside, with its mirror image, and stop a descent at the stage that takes less than 1 % of
        the error there: `n_stages` is then the most. Not for trees.
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
    box_rule_ : (float, float) or None
        How the boxes of fit lie about the points: side, and drop of their middle below the mean point, both in root
        mean square distances of the points from it (medians). None for a single point.
    regressions_ : float32 ndarray (n_stages, n_values + 1, 2 * n_points)
        "sdm": weights and constants of every stage; "both": of the first descent. Stored as float16 without loss.
    radii_ : float64 ndarray (n_stages,)
        "sdm", "both": root mean square radius of the mean shape in pixels, in the frames in which each stage looks.
    trees_ : bytes
        "ert", "both": dlib's model file.
    near_regressions_ : float32 ndarray (n_stages, n_values + 1, 2 * n_points)
        "both": weights and constants of the second descent.
    near_radii_ : float64 ndarray (n_stages,)
        "both": `radii_` of the second descent.
    near_mean_shape_ : float64 ndarray (n_points, 2)
        "both": mean shape in the unit of the boxes around what the first descent finds.

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
    Xiong and De la Torre 2013, "Supervised descent method and its applications to face alignment" (SDM),
    doi:10.1109/CVPR.2013.75; Kazemi and Sullivan 2014, "One millisecond face alignment" (ERT), 10.1109/CVPR.2014.241.

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
        "method": [StrOptions(set(N_STAGES))],
        "n_stages": [Interval(Integral, 1, None, closed="left"), None],
        "n_starts": [Interval(Integral, 1, None, closed="left"), None],
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "early_stopping": ["boolean"],
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
        early_stopping: bool = False,
        mirror: Sequence[int] | None = None,
        unit: tuple[int, int] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.method = method
        self.n_stages = n_stages
        self.n_starts = n_starts
        self.alpha = alpha
        self.early_stopping = early_stopping
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
        places = checked_boxes(images, boxes)
        points = check_landmarks(y)
        if len(points) != len(images):
            raise LandmarkFormatError(f"Expected landmarks of each of {len(images)} images, got {len(points)} rows.")
        self.n_points_ = points.shape[1]
        check_numbers(self.n_points_, self.mirror, self.unit)
        usable = ~np.isnan(points).any(axis=2).all(axis=1) & np.isfinite(places).all(axis=1)
        missing = np.flatnonzero(np.isnan(points[usable]).any(axis=2).all(axis=0))
        if len(missing):
            raise LandmarkFormatError(f"Expected every point in at least one image, {missing.tolist()} never are.")
        images, places, points = [images[index] for index in np.flatnonzero(usable)], places[usable], points[usable]
        refuse_xy(points, places, self.mirror)
        refuse_other_units(points, [image.shape[:2] for image in images])
        self._fit_method(training_set(images, places, points, self.mirror))
        return self

    def _fit_method(self, learnt):
        rng = check_random_state(self.random_state)
        n_stages, n_starts = self.n_stages or N_STAGES[self.method], self.n_starts or N_STARTS[self.method]
        self.mean_shape_, self.box_rule_ = to_points(learnt.mean_shape), learnt.box_rule()
        if self.method == "ert":
            seed = rng.randint(2**31 - 1)
            trained = learnt.for_trees(complete_points(learnt))
            self.trees_ = fit_trees(*trained, n_stages=n_stages, n_starts=n_starts, seed=seed)
            return
        how: dict[str, Any] = {"alpha": self.alpha, "rng": rng, "stops_early": self.early_stopping}
        with reported_tasks(self, "fit", n_stages if self.method == "sdm" else 2 * n_stages) as advance:
            if self.method == "sdm":
                how |= {"n_stages": n_stages, "n_starts": n_starts, "advance": advance}
                self.radii_, self.regressions_ = fit_descent(**learnt.for_descent(), **how)
                return
            stages = n_stages, n_stages, self.n_stages or BOTH_TREES["n_stages"]
            starts = n_starts, self.n_starts or BOTH_TREES["n_starts"]
            both = fit_both(learnt, n_stages=stages, n_starts=starts, advance=advance, **how)
        self.radii_, self.regressions_, self.trees_ = both.first_radii, both.first, both.trees
        self.near_radii_, self.near_regressions_ = both.second_radii, both.second
        self.near_mean_shape_ = to_points(both.second_shape)

    def predict(
        self, X: Images, boxes: ArrayLike | None = None, *, return_confidence: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Predict the landmarks of images.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        boxes : array-like (n_images, 4) or None, default=None
            Half-open (min_row, min_col, max_row, max_col) of the object in pixels; None: the whole image.
        return_confidence : bool, default=False
            Give the confidence of every point, too; ``method="both"`` alone has it.

        Returns
        -------
        landmarks : float64 ndarray (n_images, 2 * n_points)
            Row, column, row, column, ...; they may lie outside of the image. NaN where the box is NaN.
        confidence : float64 ndarray (n_images, n_points)
            With `return_confidence`: ``1 / (1 + (d / 0.02)^2)``, where d is the distance between what descent and trees
            find, in sides of the box around the object. It ranks points by how far off they may be; it is no
            probability. NaN where the box is NaN.
        """
        check_is_fitted(self)
        self._validate_params()
        if return_confidence and self.method != "both":
            raise ValueError(f'Expected method="both" where confidence is asked for, got method={self.method!r}.')
        images = check_images(X)
        places = checked_boxes(images, boxes)
        find = self._finder()
        nowhere = np.full((self.n_points_, 2), np.nan), np.full(self.n_points_, np.nan)
        found = apply_to_each(
            lambda pair: find(*pair) if np.isfinite(pair[1]).all() else nowhere,
            zip(gray_images(images), places, strict=True),
        )
        rows = np.stack([points.ravel() for points, _ in found])
        if not return_confidence:
            return rows
        return rows, 1 / (1 + (np.stack([apart for _, apart in found]) / SURE) ** 2)

    def _finder(self):
        """Function of gray levels and a box that gives points (n_points, 2) and how far two ways lie apart in each."""
        unknown = np.full(self.n_points_, np.nan)
        mean_shape = to_complex(self.mean_shape_)
        if self.method == "sdm":
            how = mean_shape, self.radii_, self.regressions_
            return lambda gray, box: (to_points(descend(gray, box, *how)), unknown)
        if self.method == "ert":
            return lambda gray, box: (predict_with_trees(self.trees_, gray, box), unknown)
        near = to_complex(self.near_mean_shape_)
        second = near, self.near_radii_, self.near_regressions_
        both = Both(mean_shape, self.radii_, self.regressions_, *second, self.trees_)
        return lambda gray, box: predict_with_both(both, gray, box)

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
            sides = box_map(checked_boxes(check_images(X), boxes))[0]
            errors = normalized_mean_error(y, found, unit=sides)
        else:
            errors = normalized_mean_error(y, found, unit=tuple(self.unit))
        return -float(np.nanmean(errors))

    def __getstate__(self):
        return compact(super().__getstate__())

    def __setstate__(self, state):
        super().__setstate__(restored(state))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        return tags
