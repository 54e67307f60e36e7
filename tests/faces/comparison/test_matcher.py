import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from featkit.faces.comparison import FaceDescription, FaceMatcher
from featkit.parameters import InvalidParameterError


def drawn_faces(n_persons, n_each, seed, spread=1.0):
    """Faces whose person shows in a few directions, and whose noise in many."""
    rng = np.random.default_rng(seed)
    persons = np.repeat(np.arange(n_persons), n_each)
    axes = np.random.default_rng(99)  # the same for all people
    parts = []
    for width in (136, 50, 70, 40):
        directions = axes.normal(size=(8, width))
        own = rng.normal(size=(n_persons, 8)) @ directions
        parts.append(own[persons] + spread * rng.normal(size=(len(persons), width)) + 5)
    return [FaceDescription(*face) for face in zip(*parts, strict=True)], persons


def test_people_it_never_saw_are_told_apart():
    matcher = FaceMatcher(n_components=12).fit(*drawn_faces(30, 4, 0))
    faces, persons = drawn_faces(15, 4, 1)
    found = matcher.probabilities(faces, faces)
    first, second = np.triu_indices(len(faces), 1)
    is_match = persons[first] == persons[second]
    assert roc_auc_score(is_match, found[first, second]) > 0.97
    assert found == pytest.approx(found.T)
    assert (found.diagonal() > 0.9).all()
    accepted = found[first, second] >= matcher.threshold_
    assert accepted[~is_match].mean() < 0.05
    assert accepted[is_match].mean() == pytest.approx(matcher.true_match_rate_, abs=0.2)
    assert matcher.equal_error_rate_ < 0.1
    assert (matcher.n_persons_, matcher.n_faces_) == (30, 120)


def test_a_match_is_as_likely_beforehand_as_none():
    faces, persons = drawn_faces(20, 3, 0, spread=6.0)
    noise = np.random.default_rng(5).permutation(persons)  # names that say nothing
    matcher = FaceMatcher(n_components=12).fit(faces, noise)
    others = drawn_faces(10, 3, 2, spread=6.0)[0]
    assert np.median(matcher.probabilities(others, others)[np.triu_indices(30, 1)]) == pytest.approx(0.5, abs=0.15)


def test_faces_with_nan_are_left_out_and_have_no_probability():
    faces, persons = drawn_faces(8, 3, 0)
    missing = FaceDescription(*(np.full_like(part, np.nan) for part in faces[0]))
    matcher = FaceMatcher(n_components=5).fit([*faces, missing], [*persons, 0])
    assert matcher.n_faces_ == 24
    found = matcher.probabilities([faces[0], missing], faces[:2])
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1]).all()
    assert np.isnan(matcher.probabilities([missing], [missing])).all()


def test_people_with_one_face_teach_the_components_only():
    faces, persons = drawn_faces(8, 3, 0)
    more, _ = drawn_faces(5, 1, 3)
    matcher = FaceMatcher(n_components=5).fit([*faces, *more], [*persons, *range(100, 105)])
    assert (matcher.n_persons_, matcher.n_faces_) == (13, 29)


def test_too_few_people_are_refused():
    faces, persons = drawn_faces(3, 3, 0)
    with pytest.raises(ValueError, match="at least 4 people, got 3"):
        FaceMatcher().fit(faces, persons)
    with pytest.raises(ValueError, match="person for each of 9"):
        FaceMatcher().fit(faces, persons[:-1])
    with pytest.raises(ValueError, match="describe_face"):
        FaceMatcher().fit([np.zeros(4)], [0])
    with pytest.raises(InvalidParameterError):
        FaceMatcher(n_components=0).fit(faces, persons)
    with pytest.raises(NotFittedError):
        FaceMatcher().probabilities(faces, faces)


def test_faces_of_two_schemes_are_refused():
    faces = [FaceDescription(*(np.ones(length) for length in lengths)) for lengths in ((136, 6, 8, 5), (10, 3, 4, 5))]
    with pytest.raises(ValueError, match="one scheme"):
        FaceMatcher().fit(faces, [0, 1])


def test_many_faces_are_whitened_at_random_and_told_apart_as_well():
    faces, persons = drawn_faces(400, 3, 0)
    pad = np.random.default_rng(0).normal(0, 0.1, (len(faces), 1000))  # long rows
    faces = [face._replace(hog=np.r_[face.hog, noise]) for face, noise in zip(faces, pad, strict=True)]
    few, many = faces[:900], faces
    matchers = [FaceMatcher(n_components=12).fit(each, persons[: len(each)]) for each in (few, many)]
    solvers = [[part[-2].svd_solver_ for part in matcher.parts_.values()] for matcher in matchers]
    assert solvers == [["full"] * 4, ["full", "randomized", "full", "full"]]
    assert matchers[1].equal_error_rate_ == pytest.approx(matchers[0].equal_error_rate_, abs=0.02)
    again = FaceMatcher(n_components=12, random_state=0).fit(many, persons)
    assert np.array_equal(again.parts_["hog"][-2].components_, matchers[1].parts_["hog"][-2].components_)
    other = FaceMatcher(n_components=12, random_state=1).fit(many, persons)
    assert not np.array_equal(other.parts_["hog"][-2].components_, matchers[1].parts_["hog"][-2].components_)
    assert other.probabilities(many[:9], many[9:40]) == pytest.approx(
        again.probabilities(many[:9], many[9:40]), abs=0.05
    )
