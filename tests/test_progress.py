"""Progress: a bar where standard error is a terminal, a line a minute where it is a file, with what is left."""

import re

import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from featkit import RawPixels, _progress, extract_to_parquet, predict_to_file
from featkit._progress import progress_lines, progress_of


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    return now


def test_a_line_a_minute_says_what_is_done_and_left(clock, capsys):
    advance = progress_lines(400, "images")
    for second in range(0, 200, 10):
        clock[0] = second
        advance(5)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "featkit: 35 of 400 images after 1 min, about 10 min left",
        "featkit: 65 of 400 images after 2 min, about 10 min left",
        "featkit: 95 of 400 images after 3 min, about 10 min left",
    ]


def test_what_is_left_is_not_told_by_one_long_step_nor_when_nothing_is(clock, capsys):
    advance = progress_lines(827, "steps")
    for minute, n_done in enumerate([1, 1, 200, 625], start=3):
        clock[0] = 60 * minute
        advance(n_done)
    assert capsys.readouterr().err.splitlines() == [
        "featkit: 1 of 827 steps after 3 min",
        "featkit: 2 of 827 steps after 4 min",
        "featkit: 202 of 827 steps after 5 min, about 15 min left",
        "featkit: 827 of 827 steps after 6 min",
    ]


def test_the_whole_need_not_be_known_and_hours_are_hours(clock, capsys):
    advance = progress_lines(None, "images")
    clock[0] = 2 * 3600 + 300
    advance(7)
    assert capsys.readouterr().err == "featkit: 7 images after 2 h 05 min\n"


def test_a_run_of_less_than_a_minute_is_silent(clock, capsys):
    advance = progress_lines(10, "images")
    clock[0] = 59
    advance(10)
    assert capsys.readouterr().err == ""


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


def test_a_terminal_without_rich_gets_lines(monkeypatch, capsys):
    monkeypatch.setattr("featkit._progress.SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr("featkit._progress.find_spec", lambda name: None)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress_of(10, None) as advance:
        advance(10)
    assert "10" in capsys.readouterr().err
