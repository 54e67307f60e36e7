import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from featkit import WhitenedPCA, WithinClassNormalizer


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


def decaying(n_rows, n_columns, dtype=np.float64):
    """Rows whose components have standard deviations 1, 0.8, 0.64, ..., far from the origin."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(n_rows, 60)) * 0.8 ** np.arange(60)
    return (scores @ np.linalg.qr(rng.normal(size=(n_columns, 60)))[0].T + 0.3).astype(dtype)


@pytest.mark.parametrize("shape", [(150, 9000), (9000, 150)])
@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-6), (np.float32, 2e-3)])
def test_the_randomized_solver_finds_the_leading_components_of_the_full_one(shape, dtype, close):
    X = decaying(*shape, dtype)
    full = WhitenedPCA(n_components=12).fit(X)
    found = WhitenedPCA(n_components=12, svd_solver="randomized").fit(X)
    assert (full.svd_solver_, found.svd_solver_) == ("full", "randomized")
    assert found.components_.dtype == dtype
    assert found.explained_variance_ == pytest.approx(full.explained_variance_, rel=close)
    assert found.transform(X[:20]) == pytest.approx(full.transform(X[:20]), abs=10 * close)


def test_the_randomized_solver_draws_by_its_seed_alone():
    X = decaying(80, 300)
    one, again, other = (
        WhitenedPCA(n_components=40, svd_solver="randomized", random_state=seed).fit(X).components_
        for seed in (3, 3, 4)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_the_randomized_solver_tells_people_apart_as_well_as_the_full_one():
    rng = np.random.default_rng(0)
    persons = np.repeat(np.arange(120), 5)
    spread = np.arange(1, 401) ** -0.5
    mixed = rng.normal(size=(400, 2000)) * spread[:, np.newaxis]
    X = (rng.normal(size=(120, 400))[persons] + rng.normal(size=(600, 400))) @ mixed
    X += rng.normal(0, 0.5, X.shape)
    learnt = persons < 60
    rates = []
    for solver in ("full", "randomized"):
        model = make_pipeline(WhitenedPCA(n_components=60, svd_solver=solver), WithinClassNormalizer())
        rows = model.fit(X[learnt], persons[learnt]).transform(X[~learnt])
        units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        first, second = np.triu_indices(len(units), 1)
        is_match = persons[~learnt][first] == persons[~learnt][second]
        rates.append(roc_auc_score(is_match, (units @ units.T)[first, second]))
    assert min(rates) > 0.75
    assert rates[1] == pytest.approx(rates[0], abs=0.01)


def test_the_randomized_solver_guards_the_rank_and_knows_equal_rows(rows):
    wide = np.hstack([rows, rows[:, :5] + rows[:, 5:10], np.ones((40, 40))])
    assert WhitenedPCA(n_components=39, svd_solver="randomized").fit(wide).n_components_ == 12
    with pytest.raises(ValueError, match="differ"):
        WhitenedPCA(n_components=3, svd_solver="randomized").fit(np.full((5, 9), 0.1, np.float32))
    with pytest.raises(ValueError, match="n_components"):
        WhitenedPCA(svd_solver="randomized").fit(wide)


def test_auto_is_randomized_where_few_components_of_a_large_table_are_wanted():
    large = np.random.default_rng(0).normal(size=(1001, 1010)).astype(np.float32)
    few = WhitenedPCA(n_components=20, svd_solver="auto").fit(large)
    assert few.svd_solver_ == "randomized"
    assert WhitenedPCA(n_components=20, svd_solver="auto").fit(large[:1000]).svd_solver_ == "full"
    assert WhitenedPCA(n_components=201, svd_solver="auto").fit(large).svd_solver_ == "full"
    assert WhitenedPCA(svd_solver="auto").fit(large[:30]).svd_solver_ == "full"
