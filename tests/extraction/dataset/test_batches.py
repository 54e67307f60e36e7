"""One batch of an engine: the rows of `transform`, in the kind of table that came."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from PIL import Image
from sklearn.pipeline import make_pipeline

import featkit
from featkit.exceptions import ImageFormatError
from featkit.extraction import transform_batch
from featkit.testing import check_pictures

IMAGES = list(check_pictures(9))
ROWS = featkit.ColorMoments().fit_transform(IMAGES).astype(np.float32)
NAMES = featkit.ColorMoments().fit(IMAGES).get_feature_names_out().tolist()


@pytest.fixture
def steps(paths):
    return make_pipeline(featkit.ImageReader(), featkit.ColorMoments()).fit(paths[:1])


@pytest.fixture
def paths(tmp_path):
    places = [str(tmp_path / f"{number}.png") for number in range(9)]
    for path, image in zip(places, IMAGES):
        Image.fromarray(image).save(path)
    return places


def test_a_table_gets_the_features_behind_its_other_columns(steps, paths):
    table = pd.DataFrame({"id": range(9), "path": paths, "label": list("abcabcabc")}, index=range(40, 49))
    rows = transform_batch(steps, table)
    assert rows.columns.tolist() == ["id", "label", "error", *NAMES]
    assert rows.index.tolist() == table.index.tolist()
    assert rows["error"].isna().all()
    np.testing.assert_array_equal(rows[NAMES], ROWS)
    assert (rows[NAMES].dtypes == np.float32).all()
    assert table.columns.tolist() == ["id", "path", "label"]


@pytest.mark.parametrize("kind", ["arrays", "contents"])
def test_a_dict_stays_a_dict(steps, paths, kind):
    images = np.stack(IMAGES) if kind == "arrays" else [Path(path).read_bytes() for path in paths]
    rows = transform_batch(steps, {"id": np.arange(9), "bytes": images}, column="bytes")
    assert list(rows) == ["id", "error", *NAMES]
    np.testing.assert_array_equal(np.stack([rows[name] for name in NAMES], axis=1), ROWS)


@pytest.mark.parametrize("size", [1, 4])
def test_batches_do_not_matter(steps, paths, size):
    tables = [pd.DataFrame({"path": paths[start : start + size]}) for start in range(0, 9, size)]
    rows = pd.concat([transform_batch(steps, table) for table in tables])
    np.testing.assert_array_equal(rows[NAMES], ROWS)


def test_a_broken_image_is_one_bad_row(steps, paths):
    places = [*paths[:4], "missing.png", *paths[4:]]
    rows = transform_batch(steps, pd.DataFrame({"path": places}))
    assert rows["error"].notna().tolist() == [k == 4 for k in range(10)]
    assert "missing.png" in rows["error"][4]
    assert rows.loc[4, NAMES].isna().all()
    np.testing.assert_array_equal(rows.drop(index=4)[NAMES], ROWS)


def test_a_batch_of_nothing_keeps_its_columns(steps):
    rows = transform_batch(steps, pd.DataFrame({"id": [], "path": []}))
    assert (rows.columns.tolist(), len(rows)) == (["id", "error", *NAMES], 0)


def test_columns_that_do_not_fit_are_named(steps, paths):
    with pytest.raises(ImageFormatError, match="a column 'image', got"):
        transform_batch(steps, pd.DataFrame({"path": paths}), column="image")
    with pytest.raises(ImageFormatError, match="got \\['error'\\]"):
        transform_batch(steps, pd.DataFrame({"path": paths, "error": 0}))


@pytest.mark.parametrize("kind", [pa.table, pl.DataFrame])
def test_tables_of_other_libraries_say_what_to_do(steps, paths, kind):
    with pytest.raises(ImageFormatError, match=r"a table of pandas or a dict of columns, got .*Call batch.to_pandas"):
        transform_batch(steps, kind({"path": list(paths)}))
