"""The bar counts what was asked for, and the rate what this run did."""

import re

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


def test_nothing_is_shown_where_nobody_looks(capsys):
    with progress_of(10, None) as advance:  # captured: no terminal
        advance(10)
    assert capsys.readouterr().err == ""
