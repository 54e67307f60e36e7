"""The bar counts what was asked for, and the rate what this run did."""

import re

from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from featkit import RawPixels, extract_to_parquet, predict_to_file
from featkit.extraction._progress import progress_of


def test_the_bar_ends_with_all_images_and_a_rate(capsys):
    with progress_of(10, True) as advance:
        advance(4, True)
        advance(6)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.search(r"10/10 +\d+ images/s", shown.err)


def test_what_was_there_before_has_no_rate(capsys):
    with progress_of(10, True) as advance:
        advance(10, True)
    shown = capsys.readouterr().err
    assert "10/10" in shown
    assert "images/s" not in shown


def test_the_number_of_images_may_be_unknown(capsys):
    with progress_of(None, True) as advance:
        advance(3)
    assert "3/?" in capsys.readouterr().err


def test_a_file_gets_lines_instead_of_a_bar(monkeypatch, capsys):
    monkeypatch.setattr("featkit._progress.SECONDS_BETWEEN_LINES", 0.0)
    with progress_of(10, None) as advance:  # captured: no terminal
        advance(4, True)
        advance(6)
    assert [line.split(" after")[0] for line in capsys.readouterr().err.splitlines()] == [
        "featkit: 4 of 10 images",
        "featkit: 10 of 10 images",
    ]
    with progress_of(10, False) as advance:
        advance(10)
    assert capsys.readouterr().err == ""


def test_extraction_and_prediction_show_a_bar_where_asked(tmp_path, capsys):
    digits = load_digits()
    images = list(digits.images[:20] / 16)
    model = make_pipeline(RawPixels(), KNeighborsClassifier(1)).fit(images, digits.target[:20])
    runs = {
        "extract": lambda shown: extract_to_parquet(RawPixels(), images, tmp_path / f"out {shown}", progress=shown),
        "predict": lambda shown: predict_to_file(model, images, tmp_path / "table.csv", progress=shown),
    }
    for run in runs.values():
        run(False)
        assert capsys.readouterr().err == ""
        run(True)
        assert "20/20" in capsys.readouterr().err
