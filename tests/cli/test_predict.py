"""The command line `featkit predict`."""

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import featkit
from featkit import cli
from featkit.testing import check_pictures
from tests.io.image_files import with_tifffile


@pytest.fixture
def photos(tmp_path):
    for index, picture in enumerate(check_pictures(8)):
        place = tmp_path / "photos" / ("b" if index % 2 else "a")
        place.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place / f"{index}.jpg"), picture)
    return tmp_path / "photos"


def test_predict_applies_a_saved_model(photos, tmp_path, capsys):
    paths, labels, _ = featkit.list_images(photos)
    steps = [featkit.ImageReader(), featkit.ColorMoments(), StandardScaler(), LogisticRegression(C=100, max_iter=1000)]
    featkit.save_model(make_pipeline(*steps).fit(paths, labels), tmp_path / "model.skops")
    (photos / "a" / "9.jpg").write_bytes(b"meow")
    out = tmp_path / "found.csv"
    assert cli.main(["predict", str(tmp_path / "model.skops"), str(photos), "--out", str(out)]) == 1
    assert "1 image could not be used" in capsys.readouterr().out
    table = pd.read_csv(out)
    assert table["prediction"].dropna().tolist() == labels.tolist()
    assert cli.main(["extract", str(photos), "--transformer", str(tmp_path / "model.skops"), "--out", "x"]) == 2
    assert "featkit predict" in capsys.readouterr().err
    assert cli.main(["predict", str(photos), str(photos), "--out", str(out)]) == 2
    assert len(pd.read_csv(out)) == len(table)


def test_a_stop_from_the_keyboard_leaves_the_table_as_it_was(photos, tmp_path, capsys, monkeypatch):
    def stop(sources):
        raise KeyboardInterrupt

    paths, labels, _ = featkit.list_images(photos)
    model = make_pipeline(featkit.ImageReader(), featkit.ColorMoments(), LogisticRegression()).fit(paths, labels)
    featkit.save_model(model, tmp_path / "model.skops")
    out = tmp_path / "found.csv"
    out.write_text("mine")
    monkeypatch.setattr(featkit.ColorMoments, "transform", lambda self, images: stop(images))
    for jobs in ("1", "2"):
        options = [str(tmp_path / "model.skops"), str(photos), "--out", str(out), "--jobs", jobs]
        assert cli.main(["predict", *options]) == 130
        assert f"Stopped; {out} is as it was before." in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.csv", "model.skops", "photos"]


def test_every_frame_of_an_animation_has_a_row(photos, tmp_path, capsys):
    paths, labels, _ = featkit.list_images(photos)
    steps = [featkit.ImageReader(), featkit.ColorMoments(), StandardScaler(), LogisticRegression(C=100, max_iter=1000)]
    model = make_pipeline(*steps).fit(paths, labels)
    featkit.save_model(model, tmp_path / "model.skops")
    place = tmp_path / "scans" / "a.tif"
    place.parent.mkdir()
    pages = np.stack([featkit.read_image(path) for path in paths[2:5]])
    place.write_bytes(with_tifffile(pages, photometric="rgb"))
    for command in (["predict", str(tmp_path / "model.skops")], ["extract"]):
        out = tmp_path / f"{command[0]}.parquet"
        assert cli.main([*command, str(place.parent), "--out", str(out), "--pages", "all"]) == 0
        table = pd.read_parquet(out)
        assert table["path"].tolist() == [f"{place}#page={page}" for page in range(3)]
    table = pd.read_parquet(tmp_path / "predict.parquet")
    assert table["prediction"].tolist() == model.predict(list(pages)).tolist()


def test_extract_reads_the_part_that_is_named(tmp_path, capsys):
    cells = np.zeros((2, 3, 40, 50), np.uint8)  # depths, channels
    cells[:, 1, 10:20, 10:30], cells[1, 1, 10:20, 30:40] = 90, 200
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "cells.ome.tif"
    path.write_bytes(with_tifffile(cells, ome=True, metadata={"axes": "ZCYX", "Channel": {"Name": ["B", "G", "R"]}}))
    for number, channel in enumerate(("G", "1")):
        command = ["extract", str(tmp_path / "a"), "--out", str(tmp_path / f"{number}"), "--channel", channel]
        assert cli.main([*command, "--projection", "max"]) == 0
        assert pd.read_parquet(tmp_path / f"{number}")["region_area"].tolist() == [300]
        out = tmp_path / f"{number}.csv"
        command = ["measure", str(tmp_path / "a"), "--out", str(out), "--channel", channel, "--background", "otsu"]
        assert cli.main([*command, "--projection", "max"]) == 0
        assert pd.read_csv(out)["area"].tolist() == [300]
    assert cli.main([*command, "--pages", "all"]) == 2
    assert "got both" in capsys.readouterr().err
