"""The command line `featkit predict`."""

import cv2
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import featkit
from featkit import cli
from featkit.testing import check_pictures


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
    assert "1 images could not be used" in capsys.readouterr().out
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
