"""Facial geometry relative to a neutral face of the same person."""

import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from ...base.checked_estimator import CheckedEstimator
from ...exceptions import LandmarkFormatError
from ...parameters import StrOptions
from ..description.geometry import landmark_geometry, landmark_geometry_names
from ..description.procrustes import LandmarkTableMixin
from ..landmarks.schemes.known_schemes import SCHEME_NAMES, scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme

MOVED_GROUPS = ("distances", "angles", "openings")
_RATIO, _TURN = "face_distance_", "face_pose_"


def expression_geometry(
    landmarks: ArrayLike,
    neutral: ArrayLike,
    *,
    groups: Sequence[str] = MOVED_GROUPS,
    scheme: str | LandmarkScheme = "300w",
) -> np.ndarray:
    """Facial expression as features: the geometry of a face relative to that of the same person's neutral face.

    Parameters
    ----------
    landmarks : array-like (n_faces, 2 * n_points)
        Row, column, row, column, ... of the points of `scheme`; NaN where a point is missing.
    neutral : array-like (n_faces, 2 * n_points)
        In each row the landmarks of the neutral face of the person in that row of `landmarks`: at rest, mouth closed,
        eyes open, in about the same pose. A person's neutral face stands in as many rows as that person does.
    groups : sequence of str, default=("distances", "angles", "openings")
        Which measures, of these three, "symmetry" and "pose", see `featkit.faces.description.landmark_geometry`.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
        Measures for which it has no points are left out.

    Returns
    -------
    changes : float64 ndarray (n_faces, n_measures)
        Distances (each over the distance of the eyes) divided by those of the neutral face: 1 where nothing moved.
        Of all others the difference from the neutral face: 0 where nothing moved; angles and pose in degrees, those of
        the pose from -180 to 180. NaN where a point that is needed is missing on either side, or a distance of the
        neutral face is 0.

    Raises
    ------
    LandmarkFormatError
        When the two tables differ in shape, a row has not as many columns as the scheme has coordinates, or its points
        are (x, y) instead of (row, column).

    See Also
    --------
    expression_geometry_names : Names of the columns.
    ExpressionGeometry : The transformer.
    opening_events : Blinks and openings of the mouth in a video.
    featkit.faces.description.landmark_geometry : The measures of one face alone.

    Notes
    -----
    Faces differ more at rest than an expression changes them; what is left after the neutral face is taken out is
    movement. Position, size and tilt of the head in the image have no influence (but on the roll), a turn or nod
    between the two images has: distances across the turn shrink. Add ``"pose"`` to the groups and leave such rows out.

    These are features of movement, not of emotion: raised brows or corners of the mouth do not tell what a person feels
    (Barrett et al. 2019), and the neutral face that was chosen goes into every column.

    References
    ----------
    Distances relative to a neutral face: Tian, Kanade and Cohn 2001, "Recognizing action units for facial expression
    analysis", doi:10.1109/34.908962. Barrett, Adolphs, Marsella, Martinez and Pollak 2019, "Emotional expressions
    reconsidered", doi:10.1177/1529100619832930.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage.data import astronaut
    >>> from featkit.faces.expression import expression_geometry, expression_geometry_names
    >>> from featkit.faces.landmarks import face_landmarks
    >>> neutral = face_landmarks(astronaut())
    >>> moved = neutral.copy()
    >>> moved[17:27, 0] -= 5  # the brows rise by 5 pixels
    >>> changes = expression_geometry([moved.ravel()], [neutral.ravel()])[0]
    >>> round(changes[expression_geometry_names().index("face_distance_left_brow_to_eye_ratio")], 2)
    np.float64(1.42)
    """
    known = scheme_of(scheme)
    measures, at_rest = (landmark_geometry(table, groups=groups, scheme=known) for table in (landmarks, neutral))
    if measures.shape != at_rest.shape:
        raise LandmarkFormatError(
            f"Expected a neutral face for each of {len(measures)} faces, got {len(at_rest)}: repeat the row of a "
            "person's neutral face for each face of that person."
        )
    return _relative(measures, at_rest, landmark_geometry_names(groups=groups, scheme=known))


def _relative(measures, at_rest, names):
    """Ratios of distances, differences of all else."""
    changes = measures - at_rest
    is_ratio = np.array([name.startswith(_RATIO) for name in names])
    with np.errstate(divide="ignore", invalid="ignore"):
        changes[:, is_ratio] = np.where(at_rest > 0, measures / at_rest, np.nan)[:, is_ratio]
    is_turn = np.array([name.startswith(_TURN) for name in names])
    changes[:, is_turn] = (changes[:, is_turn] + 180) % 360 - 180
    return changes


def expression_geometry_names(
    *, groups: Sequence[str] = MOVED_GROUPS, scheme: str | LandmarkScheme = "300w"
) -> list[str]:
    """Names of the columns of `expression_geometry`: those of the measures, ``_ratio`` or ``_change`` behind them.

    Parameters
    ----------
    groups : sequence of str, default=("distances", "angles", "openings")
        As in `expression_geometry`.
    scheme : str or LandmarkScheme, default="300w"
        As in `expression_geometry`.

    Returns
    -------
    names : list of str
        One for each column.

    See Also
    --------
    expression_geometry : The values.

    Examples
    --------
    >>> from featkit.faces.expression import expression_geometry_names
    >>> expression_geometry_names(groups=["openings"])
    ['face_opening_left_eye_change', 'face_opening_right_eye_change', 'face_opening_mouth_change']
    """
    names = landmark_geometry_names(groups=groups, scheme=scheme)
    return [f"{name}_ratio" if name.startswith(_RATIO) else f"{name}_change" for name in names]


class ExpressionGeometry(LandmarkTableMixin, CheckedEstimator):
    """Facial expression as named features: distances, angles, openings relative to the person's neutral face.

    Parameters
    ----------
    groups : sequence of str, default=("distances", "angles", "openings")
        Which measures, in this order; see `featkit.faces.expression.expression_geometry`.
    scheme : str or LandmarkScheme, default="300w"
        What the points are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
        Measures for which it has no points are left out.

    Attributes
    ----------
    neutral_measures_ : float64 ndarray (n_measures,)
        Median of each measure over the faces of fit: the neutral face where none is given.

    See Also
    --------
    featkit.faces.expression.expression_geometry : The function, with what is measured in full.
    LandmarkGeometry : The measures of one face alone.
    featkit.faces.expression.opening_events : Blinks and openings of the mouth in a video.

    Notes
    -----
    Takes tables of points, such as `FaceLandmarks` gives. For photos of several people give each row its neutral face,
    ``transform(table, neutral=table_of_neutral_faces)``; in a Pipeline it arrives by metadata routing, after
    ``set_transform_request(neutral=True)``. For one person fit it on neutral faces of that person, and transform the
    frames. Fitted on people of all kinds and without `neutral` it tells how a face differs from their median, which is
    no movement. A face that was not found is a row of NaN and stays one.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ExpressionGeometry
    >>> frames = np.random.default_rng(0).normal(100, 20, (5, 136))
    >>> movement = ExpressionGeometry(groups=("openings",)).set_output(transform="pandas").fit(frames[:1])
    >>> movement.transform(frames).shape, movement.transform(frames, neutral=frames).abs().to_numpy().max()
    ((5, 3), np.float64(0.0))
    """

    _parameter_constraints = {"groups": [tuple, list], "scheme": [StrOptions(set(SCHEME_NAMES)), LandmarkScheme]}

    def __init__(self, *, groups: Sequence[str] = MOVED_GROUPS, scheme: str | LandmarkScheme = "300w") -> None:
        self.groups = groups
        self.scheme = scheme

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the neutral face that counts where none is given.

        Parameters
        ----------
        X : array-like (n_faces, 2 * n_points)
            Landmarks of neutral faces of one person as row, column, row, column, ...; NaN where a point is missing.
        y : object, default=None
            Ignored; scikit-learn passes it.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        self._validate_params()
        measures = self._measures(self._rows(X, reset=True))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)  # then it is unknown, which is NaN
            self.neutral_measures_ = np.nanmedian(measures, axis=0)
        return self

    def _rows(self, X, *, reset):
        points = self._read_landmarks(X, reset=reset, n_points=scheme_of(self.scheme).n_points)
        return points.reshape(len(points), -1)

    def _measures(self, rows):
        return landmark_geometry(rows, groups=self.groups, scheme=self.scheme)

    def transform(self, X: ArrayLike, *, neutral: ArrayLike | None = None) -> np.ndarray:
        """Measure every face relative to its neutral face.

        Parameters
        ----------
        X : array-like (n_faces, 2 * n_points)
            Landmarks as row, column, row, column, ...; NaN where a point is missing.
        neutral : array-like (n_faces, 2 * n_points) or None, default=None
            For each row of X the landmarks of that person's neutral face; None takes the median of the faces of fit.

        Returns
        -------
        changes : float64 ndarray (n_faces, n_measures)
            See `featkit.faces.expression.expression_geometry`.

        Raises
        ------
        LandmarkFormatError
            When `neutral` has not as many rows and columns as X.
        """
        check_is_fitted(self)
        rows = self._rows(X, reset=False)
        if neutral is not None:
            return expression_geometry(rows, neutral, groups=self.groups, scheme=self.scheme)
        names = landmark_geometry_names(groups=self.groups, scheme=self.scheme)
        return _relative(self._measures(rows), self.neutral_measures_[np.newaxis], names)

    def fit_transform(self, X: ArrayLike, y: Any = None, *, neutral: ArrayLike | None = None) -> np.ndarray:
        """Fit, then transform.

        Parameters
        ----------
        X : array-like (n_faces, 2 * n_points)
            Landmarks as row, column, row, column, ...; NaN where a point is missing.
        y : object, default=None
            Ignored; scikit-learn passes it.
        neutral : array-like (n_faces, 2 * n_points) or None, default=None
            For each row of X the landmarks of that person's neutral face.

        Returns
        -------
        changes : float64 ndarray (n_faces, n_measures)
            As from transform.
        """
        return self.fit(X, y).transform(X, neutral=neutral)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns.

        Parameters
        ----------
        input_features : object, default=None
            Ignored; scikit-learn passes it.

        Returns
        -------
        names : ndarray of str objects (n_measures,)
            ``face_distance_face_width_ratio`` onwards.
        """
        check_is_fitted(self)
        return np.asarray(expression_geometry_names(groups=self.groups, scheme=self.scheme), dtype=object)
