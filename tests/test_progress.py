"""Progress where standard error is a file: a line a minute, with what is left."""

import pytest

from featkit import _progress
from featkit._progress import progress_lines


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
