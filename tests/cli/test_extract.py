"""The command lines `featkit extract` and `featkit predict`."""

import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.pipeline import make_pipeline

import featkit
from featkit import cli
from featkit.testing import check_pictures

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photos(tmp_path):
    for index, picture in enumerate(check_pictures(8)):
        place = tmp_path / "photos" / ("b" if index % 2 else "a")
        place.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place / f"{index}.jpg"), picture)
    return tmp_path / "photos"


def test_extract_a_folder_and_go_on(photos, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert cli.main(["extract", str(photos), "--out", out, "--part-size", "3"]) == 0
    printed = capsys.readouterr()
    assert "8 images in" in printed.out
    assert printed.err == ""  # no progress where there is no terminal
    table = pd.read_parquet(out)
    assert table["label"].tolist() == ["a"] * 4 + ["b"] * 4
    assert {"region_area", "lbp_uniform_p8_r1_0", "color_hue_00"} <= set(table.columns)
    assert sum(name.startswith("hog_") for name in table.columns) == 7 * 7 * 4 * 9
    assert cli.main(["extract", str(photos), "--out", out, "--part-size", "3"]) == 0
    assert "3 of 3 files there already" in capsys.readouterr().out


def test_exit_code_and_summary_tell_of_unreadable_images(photos, tmp_path, capsys):
    (photos / "a" / "4.jpg").write_bytes(b"meow")
    assert cli.main(["extract", str(photos), "--out", str(tmp_path / "out")]) == 1
    assert "1 of them gave no features" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--out", "out"], "nowhere"),
        (["photos", "--out", "out", "--transformer", "no.skops"], "no.skops"),
        (["photos", "--out", "out", "--chunk-size", "0"], "--chunk-size of at least 1"),
        (["photos", "--out", "photos/a/0.jpg"], "expected a folder that can be made"),
        (["photos", "--out", "out", "--max-pixels", "100"], "max_pixels=100"),
    ],
)
def test_what_is_wrong_is_said(photos, tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["extract", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_saved_transformer_is_applied(photos, tmp_path, capsys):
    featkit.save_model(make_pipeline(featkit.ImageReader(), featkit.ColorMoments()), tmp_path / "t.skops")
    options = ["--transformer", str(tmp_path / "t.skops"), "--out", str(tmp_path / "out"), "--jobs", "1"]
    assert cli.main(["extract", str(photos), *options]) == 0
    assert pd.read_parquet(tmp_path / "out").shape == (8, 12)


def test_workers_of_a_scheduler_do_the_work(photos, tmp_path, capsys):
    from dask.distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        options = ["--scheduler", cluster.scheduler_address, "--part-size", "3", "--out", str(tmp_path / "dask")]
        assert cli.main(["extract", str(photos), *options]) == 0
    assert cli.main(["extract", str(photos), "--part-size", "3", "--out", str(tmp_path / "here")]) == 0
    one, other = pd.read_parquet(tmp_path / "dask"), pd.read_parquet(tmp_path / "here")
    assert np.array_equal(one.iloc[:, 3:], other.iloc[:, 3:], equal_nan=True)


def test_a_stop_from_the_keyboard_says_how_to_go_on(photos, tmp_path):
    arguments = ["extract", str(photos), "--out", str(tmp_path / "out"), "--part-size", "1", "--jobs", "1"]
    code = f"import sys; from featkit.cli import main; sys.exit(main({arguments!r}))"
    run = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, cwd=ROOT)
    until = time.monotonic() + 300
    while not (tmp_path / "out" / "_manifest.json").exists() and time.monotonic() < until:
        time.sleep(0.002)
    os.kill(run.pid, signal.SIGINT)
    _, error = run.communicate()
    assert run.returncode in (0, 130)  # 0: it was done before the signal came
    assert run.returncode == 0 or b"the same command goes on" in error


def test_labels_of_shards_by_their_key(tmp_path, capsys):
    shard, content = tmp_path / "s.tar", io.BytesIO()
    Image.fromarray(check_pictures(1)[0]).save(content, "PNG")
    with tarfile.open(shard, "w") as tar:
        for name, data in (("a.png", content.getvalue()), ("a.json", b'{"label": "cat", "species": "Felis catus"}')):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    out = tmp_path / "features"
    assert cli.main(["extract", str(shard), "--out", str(out), "--label-key", "species"]) == 0
    assert pd.read_parquet(out)["label"].tolist() == ["Felis catus"]
    assert cli.main(["extract", str(shard), "--out", str(out)]) == 2  # another key is another extraction
    assert "holds another extraction" in capsys.readouterr().err
