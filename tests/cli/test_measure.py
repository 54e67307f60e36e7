"""The command lines `featkit measure` and `featkit cut-out`."""

import warnings

import cv2
import numpy as np
import pandas as pd
import pytest

from featkit import cli
from featkit.datasets import make_sheets


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    sheets = make_sheets(2, scale="sheet", height=600, width=800, min_leaves=3, max_leaves=3, random_state=1)
    for number, image in enumerate(sheets.images):
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), image[..., ::-1])
    return tmp_path / "photos"


def test_measure_writes_table_and_pictures_and_goes_on(photos, tmp_path, capsys):
    command = ["measure", str(photos), "--out", str(tmp_path / "leaves.csv"), "--scale", "sheet:210x297", "--jobs", "1"]
    command += ["--min-size", "20", "--min-thickness", "2", "--check-pictures", str(tmp_path / "checks")]
    assert cli.main(command) == 0
    printed = capsys.readouterr()
    assert "objects on 2 photos" in printed.out
    assert printed.err == ""
    table = pd.read_csv(tmp_path / "leaves.csv")
    assert (table["area"] >= 20).all()
    assert table["scale"].unique().tolist() == ["sheet"]
    assert sorted(path.name for path in (tmp_path / "checks").iterdir()) == ["0.png.jpg", "1.png.jpg"]
    assert cli.main(command) == 0
    assert "2 measured before" in capsys.readouterr().out


def test_units_and_label_images(photos, tmp_path, capsys):
    (tmp_path / "masks").mkdir()
    labels = np.zeros((600, 800), np.uint8)
    labels[10:20, 10:30] = 1
    for number in range(2):
        cv2.imwrite(str(tmp_path / "masks" / f"{number}.png"), labels)
    command = ["measure", str(photos), "--out", str(tmp_path / "out.parquet"), "--scale", "0.5", "--unit", "inch"]
    assert cli.main([*command, "--labels", str(tmp_path / "masks")]) == 0
    table = pd.read_parquet(tmp_path / "out.parquet")
    assert table["area"].tolist() == [50, 50]
    assert table["unit"].tolist() == ["inch", "inch"]


def test_exit_code_and_summary_tell_of_what_could_not_be_measured(photos, tmp_path, capsys):
    (photos / "broken.png").write_bytes(b"meow")
    command = ["measure", str(photos), "--out", str(tmp_path / "out.csv"), "--scale", "coin:20"]
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert cli.main(command) == 1
    printed = capsys.readouterr()
    assert "2 photos without a believable scale" in printed.out
    assert "1 photo could not be measured" in printed.out
    assert "No scale in" in printed.err
    assert "0.png" in printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--out", "out.csv"], "nowhere"),
        (["photos", "--out", "out.xls"], ".csv or .parquet"),
        (["photos", "--out", "out.csv", "--scale", "coin"], "coin:23.25"),
        (["photos", "--out", "out.csv", "--scale", "coin:ten"], "coin:23.25"),
        (["photos", "--out", "out.csv", "--scale", "stamp:20"], "one of the kinds coin"),
        (["photos", "--out", "out.csv", "--unit", "furlong"], "unit"),
        (["photos", "--out", "out.csv", "--background", "green"], "background"),
        (["photos", "--out", "out.csv", "--min-size", "-1"], "min_size"),
        (["photos", "--out", "out.csv", "--check-pictures", "photos/checks"], "outside of"),
    ],
)
def test_what_is_wrong_is_said(photos, tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["measure", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.fixture
def sheet(tmp_path):
    """A plate with a hole, a square, one at the border, two disks that touch, and two blue marks of a pen."""
    image = np.full((400, 600, 3), 235, np.uint8)
    image[60:100, 40:140] = image[200:220, 60:80] = image[300:330, 570:] = 40
    image[75:85, 80:100] = 235
    for col in (300, 338):
        cv2.circle(image, (col, 150), 24, (40, 90, 40), -1)
    for col in (200, 220):
        cv2.polylines(image, [np.array([[col, 300], [col, 330], [col + 12, 330]])], False, (40, 50, 150), 3)
    (tmp_path / "sheet").mkdir()
    cv2.imwrite(str(tmp_path / "sheet" / "1.png"), image[..., ::-1])
    return tmp_path / "sheet"


ALL = (4000, 400, 900)  # and the pair of disks


@pytest.mark.parametrize(
    ("options", "n_objects", "squares"),
    [
        ("", 4, ALL),
        ("--split", 5, ALL),
        ("--min-size 500", 3, (4000, 900)),
        ("--max-size 3500", 3, (400, 900)),
        ("--min-thickness 25", 3, (4000, 900)),
        ("--clear-border", 3, (4000, 400)),
        ("--keep-holes", 4, (3800, 400, 900)),
        ("--keep-writing", 6, ALL),
        ("--background otsu --scale 2 --unit um", 4, (16000, 1600, 3600)),
    ],
)
def test_every_option_changes_what_is_an_object_as_it_says(sheet, options, n_objects, squares):
    out = sheet.parent / "out.csv"
    assert cli.main(["measure", str(sheet), "--out", str(out), *options.split()]) == 0
    table = pd.read_csv(out)
    assert len(table) == n_objects
    assert set(squares) <= set(table["area"])
    is_kept = "writing" in options
    assert table["writing"].unique().tolist() == [0 if is_kept else 2]


def test_options_of_colors_metadata_and_tilt(sheet, photos, tmp_path):
    out = str(tmp_path / "out.csv")
    assert cli.main(["measure", str(sheet), "--out", out, "--color-card", "--metadata"]) == 0
    table = pd.read_csv(out)
    assert table["red"].isna().all()
    assert table["warning"].unique().tolist() == ["No color card was found"]
    assert {"captured", "camera"} <= set(table)
    for more, is_upright in (([], True), (["--no-rectify"], False)):
        assert cli.main(["measure", str(photos), "--out", out, "--scale", "sheet:210x297", *more]) == 0
        assert pd.read_csv(out)["rectified"].unique().tolist() == [is_upright]
