"""Spread within classes, evened out."""

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from featkit import WithinClassNormalizer


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 12)) @ rng.normal(size=(12, 12)) + 5


def test_spread_within_classes_becomes_even(rows):
    y = np.repeat(np.arange(10), 4)
    X = rows + 20 * np.random.default_rng(2).normal(size=(10, 12))[y]
    found = WithinClassNormalizer(shrinkage=0.0).fit_transform(X, y)
    within = found - np.stack([found[y == label].mean(axis=0) for label in y])
    assert within.T @ within / (40 - 10) == pytest.approx(np.eye(12), abs=1e-8)


def test_persons_with_one_image_teach_nothing_about_spread(rows):
    y = np.repeat(np.arange(10), 4)
    alone = np.vstack([rows, 1e3 + rows[:5]])
    expected = WithinClassNormalizer().fit(rows, y).matrix_
    assert WithinClassNormalizer().fit(alone, [*y, 50, 51, 52, 53, 54]).matrix_ == pytest.approx(expected)


def test_directions_without_spread_need_shrinkage(rows):
    y = np.repeat(np.arange(20), 2)[:8]
    with pytest.raises(ValueError, match="shrinkage"):
        WithinClassNormalizer(shrinkage=0.0).fit(rows[:8], y)
    assert 0 < WithinClassNormalizer().fit(rows[:8], y).shrinkage_ <= 1
    with pytest.raises(ValueError, match="two rows"):
        WithinClassNormalizer().fit(rows, np.arange(40))


@pytest.mark.parametrize("constant", [0.1, -1 / 3, 1e6 + 0.1])
@pytest.mark.parametrize("by_class", [0, 0.1])
def test_rounding_is_no_spread(rows, constant, by_class):
    y = np.arange(40) % 4
    column = constant + by_class * y + np.spacing(constant) * np.random.default_rng(0).integers(-1, 2, 40)
    with pytest.raises(ValueError, match="spread within classes in every direction, got one without"):
        WithinClassNormalizer(shrinkage=0.0).fit(np.c_[rows, column], y)
    normalizer = WithinClassNormalizer().fit(np.c_[rows, column], y)
    query, moved = (np.c_[rows[:1], [[value]]] for value in (constant, constant * (1 + 1e-6)))
    change = np.abs(normalizer.transform(moved) - normalizer.transform(query)).max()
    assert change <= abs(constant) * 1e-6 / np.sqrt(normalizer.shrinkage_)  # the mean spread of rows is above 1


def test_without_shrinkage_the_matrix_is_the_inverse_root_of_the_pooled_covariance(rows):
    y = np.arange(40) % 4
    found = WithinClassNormalizer(shrinkage=0.0).fit(rows, y)
    pooled = sum(np.cov(rows[y == label].T) * 9 for label in range(4)) / 36
    assert found.matrix_ @ found.matrix_ @ pooled == pytest.approx(np.eye(12), abs=1e-6)
    assert found.transform(rows) == pytest.approx((rows - rows.mean(axis=0)) @ found.matrix_)


def test_full_shrinkage_divides_by_the_mean_spread_alone(rows):
    y = np.arange(40) % 4
    within = np.concatenate([rows[y == label] - rows[y == label].mean(axis=0) for label in range(4)])
    expected = np.eye(12) / np.sqrt((within**2).sum() / 36 / 12)
    assert WithinClassNormalizer(shrinkage=1.0).fit(rows, y).matrix_ == pytest.approx(expected)


def test_the_shrinkage_is_that_of_ledoit_and_wolf(rows):
    y = np.arange(40) % 4
    within = np.concatenate([rows[y == label] - rows[y == label].mean(axis=0) for label in range(4)])
    assert WithinClassNormalizer().fit(rows, y).shrinkage_ == pytest.approx(
        LedoitWolf(assume_centered=True).fit(within).shrinkage_
    )
