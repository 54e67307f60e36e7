"""Rows without features go, and what belongs to them goes along."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from featkit import drop_missing

TABLE = np.array([[1, 2], [np.nan, 3], [np.nan, np.nan], [4, 5]])


@pytest.mark.parametrize(("how", "kept"), [("any", [0, 3]), ("all", [0, 1, 3])])
def test_all_are_dropped_in_step_and_keep_their_kind(how, kept):
    names = ["a", "b"]
    for table in (TABLE, pd.DataFrame(TABLE, columns=names), pl.DataFrame(TABLE, schema=names, orient="row")):
        X, y, paths, ages = drop_missing(table, np.arange(4), list("abcd"), pd.Series(range(4)), how=how)
        assert type(X) is type(table)
        assert np.array_equal(X, TABLE[kept], equal_nan=True)
        assert y.tolist() == ages.tolist() == kept
        assert paths == ["abcd"[k] for k in kept]


def test_features_alone_come_alone():
    assert np.array_equal(drop_missing(TABLE.astype(np.float32)), TABLE[[0, 3]])
    assert drop_missing(TABLE.astype(np.float32)).dtype == np.float32


def test_what_cannot_be_done_is_said():
    with pytest.raises(ValueError, match="inconsistent"):
        drop_missing(TABLE, [1, 2])
    with pytest.raises(ValueError, match="'any' or 'all'"):
        drop_missing(TABLE, how="some")
    with pytest.raises(ValueError, match="none among 2"):
        drop_missing(TABLE[1:3])
    with pytest.raises(ValueError, match="n_features"):
        drop_missing([1.0, np.nan])


@pytest.mark.parametrize("index", [[3, 5, 7], [7, 5, 3], list("abc")])
def test_labels_in_another_order_are_refused(index):
    features = pd.DataFrame({"a": [1.0, np.nan, 2.0]}, index=[5, 3, 7])
    labels = pd.Series(["x", "y", "z"], index=index)
    with pytest.raises(
        ValueError, match=r"Expected others\[1\] with the index of the images, got another index or ord"
    ):
        drop_missing(features, features.index.to_numpy(), labels)
    kept, values = drop_missing(features, labels.to_numpy())
    assert kept.index.tolist() == [5, 7]
    assert values.tolist() == ["x", "z"]
