"""Face verification learnt from photos of many people: whitened components, cosines, fusion to a probability."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from ...base.checked_estimator import CheckedEstimator
from ...metric_learning.whitened_pca import WhitenedPCA
from ...metric_learning.within_class import WithinClassNormalizer
from ...parameters import COUNT, FRACTION
from ..description.procrustes import ProcrustesAligner
from .descriptions import DESCRIPTIONS, FaceDescription
from .verification import FaceVerifier, equal_error_rate, true_match_rate

_LEAST_PERSONS = 4  # with two photos or more
_FOLDS = 5
_MOST_PAIRS = 100_000  # of strangers
_MOST_GEOMETRY = 40  # components of the landmarks


class FaceMatcher(CheckedEstimator):
    """Face verification from photos of many people: whitening, WCCN, cosines of four descriptions, calibrated fusion.

    Parameters
    ----------
    n_components : int, default=150
        Largest number of whitened components of each description; of the landmarks there are 40 at most.
    false_match_rate : float in [0, 1], default=0.01
        Largest fraction of the pairs of strangers that `threshold_` may accept.
    random_state : int, RandomState or None, default=0
        Seed of the whitening of more than 1,000 faces, which is randomized (see `WhitenedPCA`) and takes a fraction of
        the time.

    Attributes
    ----------
    threshold_ : float
        Probability from which on a pair counts as one person.
    equal_error_rate_ : float
        Equal error rate (EER) on pairs of people that the components were not learnt from.
    true_match_rate_ : float
        Fraction of the genuine pairs among these that `threshold_` accepts.
    n_persons_, n_faces_ : int
        How many it was learnt from.

    See Also
    --------
    describe_face : Gives the descriptions.
    face_similarities : Scores that need no training.
    FaceVerifier : The logistic regression that fuses the scores.
    featkit.compare_faces : Takes it as its `verifier`.

    Notes
    -----
    Landmarks are aligned to their mean; each description is reduced to whitened components and normalized within
    persons; the four cosines of a pair are fused by `FaceVerifier`. The cosines that the fusion and the threshold are
    learnt from are those of people in whom the components have not been learnt (five folds of people). The probability
    takes a match to be as likely beforehand as none; strangers are drawn where there are more than 100,000 pairs.

    It takes `FaceDescription` objects, not the rows of a table, so it is no step of a Pipeline.

    This is no proof of identity, see `FaceVerifier`: the rates hold for people and photos like those of fit.

    References
    ----------
    Chen, Cao, Wen and Sun 2013, "Blessing of dimensionality", doi:10.1109/CVPR.2013.389.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.comparison import FaceDescription, FaceMatcher
    >>> rng = np.random.default_rng(0)
    >>> persons = np.repeat(np.arange(12), 4)
    >>> own = [rng.normal(size=(12, n))[persons] + rng.normal(0, 0.3, (48, n)) for n in (136, 60, 80, 40)]
    >>> faces = [FaceDescription(*parts) for parts in zip(*own)]
    >>> matcher = FaceMatcher(n_components=10).fit(faces, persons)
    >>> matcher.probabilities(faces[:1], [faces[1], faces[40]])[0] > matcher.threshold_
    array([ True, False])
    """

    _parameter_constraints = {
        "n_components": [COUNT],
        "false_match_rate": [FRACTION],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_components: int = 150,
        false_match_rate: float = 0.01,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.n_components = n_components
        self.false_match_rate = false_match_rate
        self.random_state = random_state

    def fit(self, X: Sequence[FaceDescription], y: ArrayLike) -> Self:
        """Learn components, fusion and threshold.

        Parameters
        ----------
        X : sequence of FaceDescription
            Faces, as `describe_face` gives them; those with NaN are left out.
        y : array-like (n_faces,)
            The person of each face.

        Returns
        -------
        self : object
            The fitted matcher.

        Raises
        ------
        ValueError
            When fewer than four persons have two faces or more.
        """
        self._validate_params()
        tables, persons = _tables(X), np.asarray(y)
        if persons.shape != (len(X),):
            raise ValueError(f"Expected a person for each of {len(X)} faces, got an array of shape {persons.shape}.")
        known = _known(tables)
        tables, persons = {name: table[known] for name, table in tables.items()}, persons[known]
        _, persons, counts = np.unique(persons, return_inverse=True, return_counts=True)
        n_several = int((counts > 1).sum())
        if n_several < _LEAST_PERSONS:
            raise ValueError(
                f"Expected two faces or more of each of at least {_LEAST_PERSONS} people, got {n_several} such people."
            )
        scores, is_match = self._held_out_scores(tables, persons)
        repeats = max(1, (~is_match).sum() // is_match.sum())  # a match is as likely beforehand as none
        order = np.concatenate([np.flatnonzero(~is_match), np.repeat(np.flatnonzero(is_match), repeats)])
        self.verifier_ = FaceVerifier(false_match_rate=self.false_match_rate).fit(scores[order], is_match[order])
        self.threshold_ = self.verifier_.threshold_
        found = self.verifier_.predict_proba(scores)[:, 1]
        self.equal_error_rate_ = equal_error_rate(is_match, found)
        self.true_match_rate_ = true_match_rate(is_match, found, false_match_rate=self.false_match_rate)
        self.parts_ = self._fitted_parts(tables, persons)
        self.n_persons_, self.n_faces_ = len(counts), len(persons)
        return self

    def _fitted_parts(self, tables, persons):
        parts = {}
        for name, table in tables.items():
            first = [ProcrustesAligner(), StandardScaler()] if name == "geometry" else []
            most = min(self.n_components, _MOST_GEOMETRY) if name == "geometry" else self.n_components
            whitening = WhitenedPCA(n_components=most, svd_solver="auto", random_state=self.random_state)
            parts[name] = make_pipeline(*first, whitening, WithinClassNormalizer())
            parts[name].fit(table, persons)
        return parts

    def _held_out_scores(self, tables, persons):
        """Cosines of pairs of people from whom the components were not learnt, and whether they are one person's."""
        several = np.flatnonzero(np.bincount(persons) > 1)
        folds = GroupKFold(min(_FOLDS, len(several) // 2)).split(persons, groups=_fold_groups(persons))
        rng = np.random.default_rng(0)
        scores, matches = [], []
        for learnt, held_out in folds:
            parts = self._fitted_parts({name: table[learnt] for name, table in tables.items()}, persons[learnt])
            units = _units(parts, {name: table[held_out] for name, table in tables.items()})
            first, second = np.triu_indices(len(held_out), 1)
            is_match = persons[held_out[first]] == persons[held_out[second]]
            strangers = np.flatnonzero(~is_match)
            if len(strangers) > _MOST_PAIRS // _FOLDS:
                strangers = rng.choice(strangers, _MOST_PAIRS // _FOLDS, replace=False)
            chosen = np.concatenate([np.flatnonzero(is_match), strangers])
            first, second = first[chosen], second[chosen]
            scores.append(np.stack([np.einsum("ij,ij->i", unit[first], unit[second]) for unit in units], axis=1))
            matches.append(is_match[chosen])
        return np.concatenate(scores), np.concatenate(matches)

    def probabilities(self, a: Sequence[FaceDescription], b: Sequence[FaceDescription]) -> np.ndarray:
        """Probability that two faces are one person's, for all pairs.

        Parameters
        ----------
        a, b : sequence of FaceDescription
            Faces, as `describe_face` gives them.

        Returns
        -------
        probabilities : float64 ndarray (n_a, n_b)
            NaN where a description holds NaN.
        """
        check_is_fitted(self)
        cosines = [one @ other.T for one, other in zip(*(self._unit_rows(faces) for faces in (a, b)), strict=True)]
        rows = np.stack([each.ravel() for each in cosines], axis=1)
        return self.verifier_.predict_proba(rows)[:, 1].reshape(len(a), len(b))

    def _unit_rows(self, faces):
        tables = _tables(faces)
        known = _known(tables)
        rows = []
        for unit in _units(self.parts_, {name: table[known] for name, table in tables.items()}) if known.any() else []:
            rows.append(np.full((len(faces), unit.shape[1]), np.nan))
            rows[-1][known] = unit
        return rows or [np.full((len(faces), 1), np.nan) for _ in tables]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.required = True
        return tags


def _tables(faces):
    if len(faces) == 0 or not all(isinstance(face, FaceDescription) for face in faces):
        raise ValueError("Expected a sequence of one or more FaceDescription, as describe_face gives them.")
    lengths = {tuple(len(part) for part in face) for face in faces}
    if len(lengths) > 1:
        raise ValueError(f"Expected faces described by points of one scheme, got descriptions of lengths {lengths}.")
    return {name: np.stack([getattr(face, name) for face in faces]) for name in DESCRIPTIONS}


def _known(tables):
    return np.logical_and.reduce([np.isfinite(table).all(axis=1) for table in tables.values()])


def _units(parts, tables):
    """Components of every description, of unit length."""
    rows = [part.transform(tables[name]) for name, part in parts.items()]
    return [each / np.linalg.norm(each, axis=1, keepdims=True) for each in rows]


def _fold_groups(persons):
    """Groups of people for folds: those with several faces by themselves, each with some of those with one."""
    counts = np.bincount(persons)
    several = np.flatnonzero(counts > 1)
    group = np.empty(len(counts), dtype=np.int64)
    group[several] = np.arange(len(several))
    single = np.flatnonzero(counts == 1)
    group[single] = np.arange(len(single)) % len(several)
    return group[persons]
