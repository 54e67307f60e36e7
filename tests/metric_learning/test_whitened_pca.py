import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline

from featkit import WhitenedPCA


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 12)) @ rng.normal(size=(12, 12)) + 5


@pytest.mark.parametrize("width", [12, 90])
def test_components_are_those_of_scikit_learn_up_to_sign(rows, width):
    wide = rows @ np.random.default_rng(1).normal(size=(12, width))
    found = WhitenedPCA(n_components=8).fit(wide)
    expected = PCA(8, whiten=True).fit(wide)
    assert np.abs(found.transform(wide)) == pytest.approx(np.abs(expected.transform(wide)), rel=1e-6, abs=1e-8)
    assert found.explained_variance_ == pytest.approx(expected.explained_variance_)


def test_rank_is_guarded(rows):
    wide = np.hstack([rows, rows[:, :5] + rows[:, 5:10], np.ones((40, 40))])
    assert WhitenedPCA().fit(wide).n_components_ == 12
    assert WhitenedPCA().fit(wide.astype(np.float32)).n_components_ == 12
    assert WhitenedPCA(tol=0.9).fit(wide).n_components_ == 1


def faces_with_near_duplicates():
    """Six images of each of 20 persons in 400 pixels, every image four times with the rounding of float32 apart."""
    rng = np.random.default_rng(0)
    persons = np.repeat(np.arange(20), 6)
    pictures = 0.5 + 0.05 * (rng.normal(size=(20, 400))[persons] + 1.5 * rng.normal(size=(120, 400)))
    train = np.concatenate([pictures[::2]] * 4).astype(np.float32)
    train += 1e-7 * rng.normal(size=train.shape).astype(np.float32)
    return train, np.concatenate([persons[::2]] * 4), pictures[1::2].astype(np.float32), persons[1::2]


def test_near_duplicates_in_float32_do_not_make_linear_discriminants_collapse():
    train, labels, test, truth = faces_with_near_duplicates()
    naive = make_pipeline(PCA(len(train) - 1), LinearDiscriminantAnalysis())
    guarded = make_pipeline(WhitenedPCA(), LinearDiscriminantAnalysis())
    assert naive.fit(train, labels).score(test, truth) < 0.5
    assert guarded.fit(train, labels).score(test, truth) > 0.9


def test_equal_rows_have_no_component():
    with pytest.raises(ValueError, match="differ"):
        WhitenedPCA().fit(np.full((5, 9), 0.1, np.float32))


@pytest.mark.parametrize("constant", [0.1, -1 / 3, 1e6 + 0.1])
def test_a_column_that_varies_by_rounding_alone_is_no_component(rows, constant):
    noise = constant + np.spacing(constant) * np.random.default_rng(0).integers(-1, 2, len(rows))
    expected = WhitenedPCA().fit(rows)
    found = WhitenedPCA().fit(np.c_[rows, noise])
    assert found.components_.shape[0] == expected.components_.shape[0]
    query = np.c_[rows[:3], np.full(3, constant)]
    moved = np.c_[rows[:3], np.full(3, constant * (1 + 1e-6))]
    assert found.transform(moved) == pytest.approx(found.transform(query), abs=1e-6)
