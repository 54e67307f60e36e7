"""A model applied to images gives a table with what predict gives."""

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

import featkit
from featkit import predict_to_file
from featkit.testing import check_pictures


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new")
    for index, picture in enumerate(check_pictures(10)):
        cv2.imwrite(str(folder / f"{index}.png"), picture)
    (folder / "5.png").write_bytes(b"meow")
    return folder


def model(last):
    return make_pipeline(featkit.ImageReader(), featkit.ColorMoments(), last)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_of_predictions(folder, tmp_path, suffix):
    paths = [str(folder / f"{k}.png") for k in range(10) if k != 5]
    classifier = model(LogisticRegression(max_iter=1000)).fit(
        paths, ["lying" if k % 2 else "up, right" for k in range(9)]
    )
    out = tmp_path / f"table{suffix}"
    assert predict_to_file(classifier, folder, out, chunk_size=3, n_jobs=2) == (10, 1)
    table = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    assert list(table.columns) == ["path", "prediction", "probability_lying", "probability_up, right", "error"]
    assert table["path"].tolist() == [str(folder / f"{k}.png") for k in range(10)]
    assert "5.png" in table["error"][5]
    assert table.iloc[5, 1:4].isna().all()
    whole = table.drop(index=5)
    assert whole["error"].isna().all()
    assert whole["prediction"].tolist() == classifier.predict(paths).tolist()
    assert np.allclose(whole.iloc[:, 2:4].astype(float), classifier.predict_proba(paths))


def test_numbers_stay_numbers(folder, tmp_path):
    paths = [str(folder / f"{k}.png") for k in range(5)]
    regressor = model(Ridge()).fit(paths, [0.5, 1, 2, 3, 4])
    predict_to_file(regressor, paths, tmp_path / "table.parquet")
    table = pd.read_parquet(tmp_path / "table.parquet")
    assert np.array_equal(table["prediction"], regressor.predict(paths))


def test_what_cannot_be_done_is_said(folder, tmp_path):
    with pytest.raises(ValueError, match="ends in .csv or .parquet"):
        predict_to_file(model(Ridge()), folder, tmp_path / "table.xls")
    with pytest.raises(ValueError, match="model with predict"):
        predict_to_file(featkit.HOG(), folder, tmp_path / "table.csv")
    with pytest.raises(ValueError, match="not fitted"):
        predict_to_file(model(Ridge()), folder, tmp_path / "table.csv")
    paths = [str(folder / f"{k}.png") for k in range(5)]
    with pytest.raises(ValueError, match="existing folder"):
        predict_to_file(model(Ridge()).fit(paths, range(5)), folder, tmp_path / "nowhere" / "table.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("chunk_size", [0, -1])
def test_a_chunk_without_images_is_refused(tmp_path, chunk_size):
    pictures = list(check_pictures(3))
    model = make_pipeline(featkit.ColorMoments(), LogisticRegression(max_iter=1000)).fit(pictures, [0, 1, 0])
    with pytest.raises(ValueError, match="chunk_size of at least 1"):
        predict_to_file(model, pictures, tmp_path / "a.csv", chunk_size=chunk_size)
    with pytest.raises(ValueError, match="chunk_size of at least 1"):
        featkit.extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path / "rows", chunk_size=chunk_size)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_no_images_are_no_table(tmp_path, suffix):
    pictures = list(check_pictures(3))
    model = make_pipeline(featkit.ColorMoments(), LogisticRegression(max_iter=1000)).fit(pictures, [0, 1, 0])
    with pytest.raises(featkit.exceptions.ImageReadError, match="got none"):
        predict_to_file(model, iter([]), tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())
