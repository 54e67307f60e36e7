"""Missing, constant and repeated columns are found, the naive way gives the same."""

import numpy as np
import pandas as pd
import pytest

from featkit import describe_features


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
        "Constant, so of no use: flat, empty.",
        "Nearly the same as an earlier column: a_again, c_nearly.",
    ]


def test_arrays_have_numbers_for_names_and_one_row_is_refused():
    assert describe_features(np.eye(3)).columns.index.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"at least two rows.*\(1, 3\)"):
        describe_features(np.ones((1, 3)))
