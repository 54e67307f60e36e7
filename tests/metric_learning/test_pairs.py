"""Pair features against the formulas, symmetric in the two rows."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from featkit import PairFeatures
from featkit.metric_learning import pair_features, pair_features_names
from featkit.parameters import InvalidParameterError

A = np.array([[1.0, -2.0, 0.0], [3.0, 4.0, 0.0]])
B = np.array([[4.0, 2.0, 0.0], [3.0, 4.0, 0.0]])
KINDS = ("difference", "product", "chi2", "cosine")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("difference", [[3, 4, 0], [0, 0, 0]]),
        ("product", [[4, -4, 0], [9, 16, 0]]),
        ("chi2", [[9 / 5, 16 / 4, 0], [0, 0, 0]]),
        ("cosine", [[0 / np.sqrt(5 * 20)], [1]]),
    ],
)
def test_kinds_by_hand(kind, expected):
    np.testing.assert_allclose(pair_features(A, B, kinds=(kind,)), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_the_two_does_not_matter(kind):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 20, 5))
    np.testing.assert_array_equal(
        pair_features(first, second, kinds=(kind,)), pair_features(second, first, kinds=(kind,))
    )


def test_nan_stays_nan_and_a_row_of_zeros_has_no_cosine():
    found = pair_features([[np.nan, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]], kinds=KINDS)
    assert np.isnan(found[0]).tolist() == [True, False, True, False, True, False, True]
    assert np.isnan(found[1]).tolist() == [False] * 6 + [True]


def test_the_transformer_compares_the_halves_of_its_rows_and_names_them_as_the_function_does():
    pairs = PairFeatures(kinds=KINDS).fit(np.hstack([A, B]))
    np.testing.assert_array_equal(pairs.transform(np.hstack([A, B])), pair_features(A, B, kinds=KINDS))
    assert pairs.get_feature_names_out().tolist() == pair_features_names(3, kinds=KINDS)
    assert len(set(pair_features_names(120, kinds=KINDS))) == 361
    assert pair_features_names(120)[7] == "pair_difference_007"


@pytest.mark.parametrize("kinds", ["difference", (), ("difference", "difference"), ("angle",)])
def test_kinds_are_different_known_words(kinds):
    for call in (lambda: pair_features(A, B, kinds=kinds), lambda: pair_features_names(3, kinds=kinds)):
        with pytest.raises(InvalidParameterError, match="'kinds' parameter must be a sequence of different words"):
            call()


def test_tables_have_one_shape_and_rows_two_halves():
    with pytest.raises(ValueError, match=r"one shape .* got \(2, 3\) and \(2, 2\)"):
        pair_features(A, B[:, :2])
    with pytest.raises(ValueError, match="an even number of columns, got 3"):
        PairFeatures().fit(A)
    with pytest.raises(NotFittedError):
        PairFeatures().transform(A)
    with pytest.raises(InvalidParameterError, match="'n_columns' parameter must be"):
        pair_features_names(0)
