import numpy as np
import pytest
from scipy.spatial.distance import cosine
from sklearn.metrics import roc_curve
from sklearn.pipeline import make_pipeline

from featkit import FaceVerifier, PairFeatures
from featkit.exceptions import MeasurementWarning
from featkit.faces.comparison import equal_error_rate, true_match_rate
from featkit.metric_learning import pair_features
from featkit.parameters import InvalidParameterError


@pytest.fixture
def scores():
    """Two cosines of 400 pairs, the second one less telling, and whether they show one person."""
    rng = np.random.default_rng(0)
    is_match = np.arange(400) % 2 == 0
    return rng.normal(size=(400, 2)) * 0.1 + is_match[:, np.newaxis] * (0.3, 0.2), is_match


def test_pair_features_by_hand():
    a, b = np.array([[1.0, 4.0]]), np.array([[3.0, -4.0]])
    found = pair_features(a, b, kinds=("difference", "product", "chi2", "cosine"))
    assert found[0] == pytest.approx([2, 8, 3, -16, 1, 8, 1 - cosine(a[0], b[0])])
    assert pair_features(b, a, kinds=("difference", "product", "chi2", "cosine")) == pytest.approx(found)
    assert pair_features([[0.0]], [[0.0]], kinds=("chi2",)) == 0
    assert np.isnan(pair_features([[0.0]], [[1.0]], kinds=("cosine",)))


def test_halves_of_rows_are_compared():
    pairs = np.random.default_rng(0).normal(size=(5, 8))
    features = PairFeatures(kinds=("difference", "cosine")).fit(pairs)
    expected = pair_features(pairs[:, :4], pairs[:, 4:], kinds=("difference", "cosine"))
    assert np.array_equal(features.transform(pairs), expected)
    names = [f"pair_difference_0{column}" for column in range(4)]
    assert features.get_feature_names_out().tolist() == [*names, "pair_cosine"]
    with pytest.raises(ValueError, match="even"):
        PairFeatures().fit(pairs[:, :7])
    with pytest.raises(InvalidParameterError, match="kinds"):
        PairFeatures(kinds=("cosine", "cosine")).fit(pairs)


def test_equal_error_rate_is_where_both_rates_are_equal(scores):
    score, is_match = scores[0][:, 0], scores[1]
    rate = equal_error_rate(is_match, score)
    false_matches, matches, _ = roc_curve(is_match, score, drop_intermediate=False)
    nearest = np.abs(false_matches - (1 - matches)).argmin()
    assert rate == pytest.approx(false_matches[nearest], abs=0.006)
    assert equal_error_rate([0, 0, 1, 1], [0, 1, 2, 3]) == 0
    assert equal_error_rate([1, 1, 0, 0], [0, 1, 2, 3]) == 1
    assert equal_error_rate([0, 1], [5, 5]) == 0.5


def test_true_match_rate_by_counting(scores):
    score, is_match = scores[0][:, 0], scores[1]
    strangers = np.sort(score[~is_match])
    expected = (score[is_match] > strangers[-3]).mean()  # two of 200 strangers are above
    assert true_match_rate(is_match, score, false_match_rate=0.01) == pytest.approx(expected)


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.1, 1.0])
def test_threshold_keeps_to_the_wanted_rate_of_false_matches(scores, rate):
    X, is_match = scores
    verifier = FaceVerifier(false_match_rate=rate).fit(X, is_match)
    found = verifier.predict(X[~is_match]).mean()
    assert found == pytest.approx(rate)
    probability = verifier.predict_proba(X)[:, 1]
    assert verifier.predict(X[is_match]).mean() == pytest.approx(
        true_match_rate(is_match, probability, false_match_rate=rate)
    )


def test_fused_scores_tell_more_than_each_alone(scores):
    X, is_match = scores
    rates = [
        equal_error_rate(is_match, FaceVerifier().fit(part, is_match).decision_function(part))
        for part in (X, X[:, :1], X[:, 1:])
    ]
    assert rates[0] < min(rates[1:])
    weights = FaceVerifier().fit(X, is_match).coef_[0]
    assert weights[0] > weights[1] > 0


def test_probabilities_are_calibrated(scores):
    X, is_match = scores
    probability = FaceVerifier(C=100).fit(X, is_match).predict_proba(X)
    assert probability.sum(axis=1) == pytest.approx(1)
    assert probability[:, 1].mean() == pytest.approx(is_match.mean(), abs=1e-3)


def test_pair_without_a_face_is_no_match_and_teaches_nothing(scores):
    X, is_match = scores
    expected = FaceVerifier().fit(X[10:], is_match[10:])
    X = X.copy()
    X[:10, 1] = np.nan
    found = FaceVerifier().fit(X, is_match)
    assert np.array_equal(found.coef_, expected.coef_)
    assert np.isnan(found.predict_proba(X[:10])).all()
    assert not found.predict(X[:10]).any()
    assert np.isneginf(found.decision_function(X[:10])).all()


def test_pipeline_from_pairs_to_verdict():
    rng = np.random.default_rng(0)
    person = rng.normal(size=(200, 6))
    other = np.where(np.arange(200)[:, np.newaxis] % 2, person + 0.2 * rng.normal(size=(200, 6)), person[::-1])
    pairs, is_match = np.hstack([person, other]), np.array(["stranger", "one"])[np.arange(200) % 2]
    model = make_pipeline(PairFeatures(kinds=("cosine", "difference")), FaceVerifier())
    labels = is_match == "one"
    assert model.fit(pairs[:100], labels[:100]).score(pairs[100:], labels[100:]) > 0.9


def test_one_kind_of_pairs_is_not_enough(scores):
    with pytest.raises(ValueError, match="class"):
        FaceVerifier().fit(scores[0], np.ones(400, bool))


def test_tables_of_pairs_must_agree_in_shape():
    with pytest.raises(ValueError, match=r"two tables of one shape .* got \(1, 2\) and \(1, 3\)"):
        pair_features([[1, 2]], [[1, 2, 3]])


@pytest.mark.parametrize("constant", [0.1, 1 / 3, 1e6 + 0.1, -0.7, 0.0])
def test_a_score_that_is_always_the_same_tells_nothing_of_a_query_that_is_off_by_little(constant):
    """The standard deviation of a constant column of 0.1 is 1e-17, not 0."""
    rng = np.random.default_rng(0)
    labels = np.arange(100) % 2
    scores = np.stack([0.5 * labels + rng.normal(size=100) / 2, np.full(100, constant)], axis=1)
    verifier = FaceVerifier().fit(scores, labels)
    query = np.array([[0.6, constant]])
    expected = FaceVerifier().fit(scores[:, :1], labels).predict_proba(query[:, :1])
    assert verifier.predict_proba(query) == pytest.approx(expected, abs=1e-6)
    assert verifier.predict_proba(query + [0, 1e-6]) == pytest.approx(expected, abs=1e-6)


def test_a_score_of_little_but_real_spread_counts():
    labels = np.arange(40) % 2
    scores = 0.9 + 1e-9 * (labels + np.random.default_rng(0).normal(size=40) / 4)
    assert (FaceVerifier().fit(scores[:, np.newaxis], labels).predict(scores[:, np.newaxis]) == labels).mean() > 0.9


@pytest.mark.parametrize(("same", "other"), [("same", "stranger"), ("genuine", "impostor"), ("1", "0")])
def test_labels_in_words_are_told_which_of_them_means_one_person(same, other):
    likeness = np.linspace(0, 1, 40)[:, np.newaxis]
    labels = np.where(likeness[:, 0] > 0.5, same, other)
    last = max(same, other)
    with pytest.warns(MeasurementWarning, match=rf"^{last!r} counts as one person .* y == {same!r} if"):
        assert FaceVerifier().fit(likeness, labels).classes_[1] == last
    assert FaceVerifier().fit(likeness, labels == same).predict([[0.0], [1.0], [np.nan]]).tolist() == [
        False,
        True,
        False,
    ]
