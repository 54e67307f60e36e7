"""Missing, constant and repeated columns are found, the naive way gives the same."""

import numpy as np
import pandas as pd
import pytest

from featkit import describe_features
from featkit.parameters import InvalidParameterError


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(50, 6)), columns=list("abcdef"))
    frame["flat"] = 3.0
    frame["a_again"] = -2 * frame["a"] + 1
    frame["c_nearly"] = frame["c"] + 0.1 * rng.normal(size=50)
    frame.loc[:4, "b"] = np.nan
    frame["empty"] = np.nan
    return frame


def test_missing_and_constant_columns_are_counted(table):
    columns = describe_features(table).columns
    assert columns["n_missing"][columns["n_missing"] > 0].to_dict() == {"b": 5, "empty": 50}
    assert columns.index[columns["constant"]].tolist() == ["flat", "empty"]
    assert columns.loc["a", ["mean", "std", "low", "high"]].tolist() == pytest.approx(
        [table["a"].mean(), table["a"].std(), table["a"].min(), table["a"].max()]
    )


@pytest.mark.parametrize("constant", [0.1, -1 / 3, 1e6 + 0.1])
def test_a_column_that_varies_by_rounding_alone_is_constant_and_like_no_other(table, constant):
    steps = np.random.default_rng(0).integers(-1, 2, len(table))
    rounding = table.assign(noise=constant + steps * np.spacing(constant), steps=steps)
    found = describe_features(rounding)
    assert found.columns.loc["noise", "constant"]
    assert "noise" not in {*found.correlated["feature"], *found.correlated["like"]}
    real = describe_features(table.assign(noise=1 + 1e-12 * steps, steps=steps))
    assert not real.columns.loc["noise", "constant"]


def test_infinite_values_count_as_missing(table):
    spoilt = table.copy()
    spoilt.loc[[3, 7], "a"] = [np.inf, -np.inf]
    description = describe_features(spoilt)
    assert description.columns.loc["a", "n_missing"] == 2
    assert description.columns.loc["a", "high"] == spoilt["a"].drop([3, 7]).max()


@pytest.mark.parametrize("chunk", [1, 4, 512])
def test_columns_that_say_the_same_are_named_with_the_earlier_one(table, monkeypatch, chunk):
    monkeypatch.setitem(describe_features.__globals__, "CHUNK", chunk)
    correlated = describe_features(table).correlated
    assert correlated[["feature", "like"]].to_numpy().tolist() == [["a_again", "a"], ["c_nearly", "c"]]
    expected = [-1, np.corrcoef(table["c"], table["c_nearly"])[0, 1]]
    assert correlated["correlation"].tolist() == pytest.approx(expected)


def test_remarks_name_what_is_wrong(table):
    assert describe_features(table).remarks == [
        "10 columns.",
        "Missing values in b, empty.",
        "Constant, without information: flat, empty.",
        "Redundant, correlated with an earlier column: a_again, c_nearly.",
    ]


def test_arrays_have_numbers_for_names_and_one_row_is_refused():
    assert describe_features(np.eye(3)).columns.index.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"at least two rows.*\(1, 3\)"):
        describe_features(np.ones((1, 3)))


def chain(n_links, rng):
    """Columns each of which correlates by 0.98 with the one before it and ever less with the first."""
    columns = [rng.normal(size=4000)]
    for _ in range(n_links):
        columns.append(0.98 * columns[-1] + np.sqrt(1 - 0.98**2) * rng.normal(size=4000))
    return np.column_stack(columns)


@pytest.mark.parametrize("chunk", [1, 3, 512])
def test_a_column_like_a_redundant_one_only_is_kept(monkeypatch, chunk):
    monkeypatch.setitem(describe_features.__globals__, "CHUNK", chunk)
    values = chain(2, np.random.default_rng(0))  # 0 like 1, 1 like 2, 0 and 2 at 0.96
    correlated = describe_features(values, min_correlation=0.97).correlated
    assert correlated[["feature", "like"]].to_numpy().tolist() == [[1, 0]]


@pytest.mark.parametrize("n_links", [12, 40])
def test_what_is_kept_is_unlike_and_what_is_dropped_has_its_like_among_the_kept(n_links):
    values = chain(n_links, np.random.default_rng(1))
    correlated = describe_features(values, min_correlation=0.9).correlated
    kept = sorted(set(range(n_links + 1)) - set(correlated["feature"]))
    correlation = np.abs(np.corrcoef(values, rowvar=False))
    assert 2 < len(kept) < n_links
    assert np.triu(correlation[np.ix_(kept, kept)], 1).max() < 0.9
    assert set(correlated["like"]) <= set(kept)
    assert all(correlation[row.feature, row.like] >= 0.9 for row in correlated.itertuples())


@pytest.mark.parametrize("min_correlation", [-0.1, 1.5, np.nan, "high"])
def test_a_correlation_is_from_0_to_1(min_correlation):
    with pytest.raises(InvalidParameterError, match="'min_correlation' parameter must be"):
        describe_features(np.eye(3), min_correlation=min_correlation)
