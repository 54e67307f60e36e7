"""Procrustes distance and generalised Procrustes analysis (GPA): shape without position, orientation and size."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ...base.checked_estimator import CheckedEstimator
from ...exceptions import LandmarkFormatError
from ...parameters import Interval
from ..landmarks.shapes import (
    MISSING,
    center,
    check_landmarks,
    fit_similarity,
    landmark_names,
    size,
    to_complex,
    to_table,
)
from ._sliding import Sliders, check_sliders, slid


def procrustes_distance(
    landmarks_a: ArrayLike, landmarks_b: ArrayLike, *, scale: bool = True, mirror: bool = False
) -> np.ndarray:
    """Procrustes distance of two shapes: what differs after translation, rotation and scaling.

    Parameters
    ----------
    landmarks_a, landmarks_b : array-like (n_shapes, 2 * n_points)
        Pairs of shapes, row by row, or one shape for all of the other side; points that one of them misses do not
        count.
    scale : bool, default=True
        Remove differences in size as well (full Procrustes distance).
    mirror : bool, default=False
        Allow reflection: the distance from the mirror image of the first shape counts where it is smaller.

    Returns
    -------
    distance : float64 ndarray (n_shapes,)
        With `scale` from 0 (equal shapes) to 1: the sine of the angle between the centered shapes. Without, the root
        mean square distance of the points in the unit of the landmarks. Symmetric in a and b. NaN where less than
        two points are shared.

    Raises
    ------
    LandmarkFormatError
        When the tables hold single points or differ in their number of points or shapes.

    See Also
    --------
    ProcrustesAligner : Aligns many shapes to their mean shape.
    featkit.faces.landmarks.normalized_mean_error : Distance without alignment.
    featkit.compare_faces : Procrustes distances of two faces and of their parts.

    References
    ----------
    Goodall 1991, "Procrustes methods in the statistical analysis of shape", doi:10.1111/j.2517-6161.1991.tb01825.x

    Examples
    --------
    >>> from featkit.faces.description import procrustes_distance
    >>> procrustes_distance([[0, 0, 0, 2, 1, 0]], [[5, 5, 9, 5, 5, 3]])  # a quarter turn, twice as large
    array([0.])
    >>> procrustes_distance([[0, 0, 0, 2, 1, 0]], [[0, 0, 0, 2, 2, 0]])
    array([0.27386128])
    """
    a, b = (to_complex(_check_shapes(table)) for table in (landmarks_a, landmarks_b))
    if a.shape[1] != b.shape[1] or (len(a) != len(b) and 1 not in (len(a), len(b))):
        raise LandmarkFormatError(
            f"Expected as many shapes (or one) of as many points on both sides, got {a.shape} and {b.shape}."
        )
    shared = ~(np.isnan(a) | np.isnan(b))
    a, b = (np.where(shared, shape, MISSING) for shape in (a, b))
    if scale:
        a, b = ((shape - center(shape)) * _inverse(size(shape)) for shape in (a, b))
    distance = _misfit(a, b, scale)
    if mirror:
        distance = np.fmin(distance, _misfit(a.conj(), b, scale))
    return np.where(shared.sum(axis=1) >= 2, distance, np.nan)


def _check_shapes(landmarks):
    points = check_landmarks(landmarks)
    if points.shape[1] < 2:
        raise LandmarkFormatError(
            f"Expected shapes of at least two points, got a table of shape {np.shape(landmarks)}: {len(points)} single "
            "points. The points (n_points, 2) of one shape become its row by points.reshape(1, -1)."
        )
    return points


def _misfit(a, b, scale):
    factor, shift = fit_similarity(a, b, scale=scale)
    return size(factor * a + shift - b)[:, 0]


def _inverse(lengths):
    return 1 / np.where(lengths > 0, lengths, np.nan)


class LandmarkTableMixin(TransformerMixin):
    """What transformers of tables of landmarks share: reading the table, and the tag that it may hold NaN."""

    def _read_landmarks(self, X, *, reset, n_points=None):
        X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        return check_landmarks(X, n_points=n_points)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class ProcrustesAligner(LandmarkTableMixin, CheckedEstimator):
    """Generalised Procrustes analysis (GPA): align shapes to their mean by translation, rotation and scaling.

    Parameters
    ----------
    scale : bool, default=True
        Scale shapes to unit size. If not, they keep their size.
    mirror : bool, default=False
        Allow reflection: replace a shape by its mirror image where that fits better, as for leaves lying face down.
    sliders : sequence of (int, int, int) or None, default=None
        Semilandmarks: (before, point, after) of every point that marks a curve and not a place on it, such as those
        between the tip and the stalk of a leaf. It slides along the line through its two neighbours to where the
        thin-plate spline from the mean shape bends least (minimum bending energy). None: no point slides.
    max_iter : int, default=100
        Largest number of iterations of aligning all shapes to their mean and computing a new mean.
    tol : float, default=1e-6
        Stop when the mean shape changes by less than this fraction of its size.

    Attributes
    ----------
    mean_shape_ : float64 ndarray (n_features,)
        Row, column, ... of the mean shape: its center is at 0, the root mean square distance of its points from there
        is 1 with `scale`, and it is turned as the shapes of fit are on average.
    n_iter_ : int
        Number of iterations run.

    See Also
    --------
    featkit.faces.description.procrustes_distance : Distance of two shapes.
    featkit.FaceLandmarks : Gives such tables for faces.
    LandmarkGeometry : Distances, angles and ratios instead of coordinates.

    Notes
    -----
    Tables in, tables out: (n_shapes, 2 * n_points) of row, column, row, column, ... Missing points (NaN) stay missing
    and do not count; a shape with less than two points gives NaN. Each row depends on that shape alone. With `sliders`
    shapes must have all their points (or none), and points that slid lie on tangents of the curve, not on it.

    References
    ----------
    Gower 1975, "Generalized Procrustes analysis", doi:10.1007/BF02291478. Sliding semilandmarks: Bookstein 1997,
    "Landmark methods for forms without landmarks", doi:10.1016/S1361-8415(97)85012-8.

    Examples
    --------
    >>> from featkit import ProcrustesAligner
    >>> triangles = [[0, 0, 0, 4, 3, 0], [10, 10, 10, 18, 16, 10], [5, 5, 9, 5, 5, 2]]
    >>> ProcrustesAligner().fit_transform(triangles).round(2)
    array([[-0.63, -0.32,  0.13,  1.2 ,  0.51, -0.89],
           [-0.63, -0.32,  0.13,  1.2 ,  0.51, -0.89],
           [-0.63, -0.32,  0.13,  1.2 ,  0.51, -0.89]])
    """

    _parameter_constraints = {
        "scale": ["boolean"],
        "mirror": ["boolean"],
        "sliders": [tuple, list, np.ndarray, None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        scale: bool = True,
        mirror: bool = False,
        sliders: Sliders | None = None,
        max_iter: int = 100,
        tol: float = 1e-6,
    ) -> None:
        self.scale = scale
        self.mirror = mirror
        self.sliders = sliders
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Compute the mean shape.

        Parameters
        ----------
        X : array-like (n_shapes, 2 * n_points)
            Landmarks; NaN where a point is missing.
        y : object, default=None
            Ignored; scikit-learn passes it.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        LandmarkFormatError
            When the number of columns is odd, or two: single points have no shape.
        ValueError
            When a point is missing in all shapes, or no shape has two points.
        """
        self._validate_params()
        points = self._read_landmarks(X, reset=True)
        shapes = to_complex(_check_shapes(points.reshape(len(points), -1)))
        self._check_whole(shapes)
        shapes = shapes[size(shapes)[:, 0] > 0]
        missing = np.flatnonzero(np.isnan(shapes).all(axis=0))
        if len(shapes) == 0 or len(missing):
            what = f"points {missing.tolist()} are missing in all of them" if len(shapes) else "got none"
            raise ValueError(f"Expected shapes with at least two points at different positions, {what}.")
        raw_mean = center(self._normalized(shapes).T)[:, 0]
        most_complete = np.isnan(shapes).sum(axis=1).argmin()
        mean = self._normalized(shapes[most_complete])
        for n_rounds in range(1, self.max_iter + 1):
            self.n_iter_ = n_rounds
            previous = mean
            mean = self._normalized(center(self._laid_on(shapes, previous).T)[:, 0])
            if size(mean - previous)[0] < self.tol * size(mean)[0]:
                break
        turn = fit_similarity(mean, raw_mean, scale=False)[0]
        self.mean_shape_ = to_table(turn * mean)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Align shapes to the mean shape.

        Parameters
        ----------
        X : array-like (n_shapes, 2 * n_points)
            Landmarks; NaN where a point is missing.

        Returns
        -------
        aligned : float64 ndarray (n_shapes, 2 * n_points)
            Row, column, ... of the aligned shapes; NaN where a point is missing.
        """
        check_is_fitted(self)
        shapes = to_complex(self._read_landmarks(X, reset=False))
        self._check_whole(shapes)
        return to_table(self._laid_on(shapes, to_complex(self.mean_shape_.reshape(-1, 2))))

    def _normalized(self, shapes):
        shapes = shapes - center(shapes)
        return shapes * _inverse(size(shapes)) if self.scale else shapes

    def _laid_on(self, shapes, mean):
        laid = self._laid(shapes, mean)
        if self.mirror:
            turned_over = self._laid(shapes.conj(), mean)
            misfit, misfit_over = (np.nansum(np.abs(each - mean) ** 2, axis=1) for each in (laid, turned_over))
            laid = np.where((misfit_over < misfit)[:, np.newaxis], turned_over, laid)
        if self.sliders is None:
            return laid
        return self._laid(slid(laid, mean, check_sliders(self.sliders, shapes.shape[1])), mean)

    def _check_whole(self, shapes):
        missing = np.isnan(shapes)
        partly = np.flatnonzero(missing.any(axis=1) & ~missing.all(axis=1))
        if self.sliders is not None and len(partly):
            raise LandmarkFormatError(
                f"Expected shapes with all their points where points slide, got one with {missing[partly[0]].sum()} "
                f"missing in row {partly[0]}: leave it out, or write NaN for all of it."
            )

    def _laid(self, shapes, mean):
        factor, shift = fit_similarity(shapes, mean, scale=self.scale)
        has_form = size(shapes) > 0
        return np.where(has_form, factor * shapes + shift, MISSING)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns: ``procrustes_00_row``, ``procrustes_00_col`` onwards.

        Parameters
        ----------
        input_features : object, default=None
            Ignored; scikit-learn passes it.

        Returns
        -------
        names : ndarray of str objects (2 * n_points,)
            One for each column.
        """
        check_is_fitted(self)
        return np.asarray(landmark_names(len(self.mean_shape_) // 2, family="procrustes"), dtype=object)
