"""The table in the terminal: figures as text, dashes for what is not known, the best ones bold."""

import pandas as pd
import pytest
from rich.table import Table

from featkit import print_comparison
from featkit.evaluation.benchmarking.terminal import progress_bar


def test_columns_that_are_not_there_are_left_out_and_nan_is_a_dash(capsys):
    table = pd.DataFrame({"accuracy": [0.5, 0.75], "accuracy_std": 0.01, "log_loss": [float("nan"), 0.25]}, ["a", "b"])
    print_comparison(table)
    printed = capsys.readouterr().out
    assert "75.00 ± 1.00" in printed
    assert "–" in printed
    assert "0.250" in printed
    assert "columns" not in printed


@pytest.mark.parametrize("noise", [0, 1e-16, -1e-16])
def test_all_that_share_the_best_accuracy_are_bold(monkeypatch, noise):
    styles, add_row = [], Table.add_row

    def watched(table, *cells, style=None):
        styles.append(style)
        add_row(table, *cells, style=style)

    monkeypatch.setattr(Table, "add_row", watched)
    print_comparison(pd.DataFrame({"accuracy": [0.9, 0.9 + noise, 0.8], "accuracy_std": 0}, ["a", "b", "c"]))
    assert styles == ["bold", "bold", None]


def test_names_are_shown_to_the_letter(capsys):
    print_comparison(pd.DataFrame({"accuracy": [0.9], "accuracy_std": 0}, ["[red]HOG[/red]"]))
    assert "[red]HOG[/red]" in capsys.readouterr().out


def test_progress_into_a_file_is_lines(monkeypatch, capsys):
    monkeypatch.setattr("featkit._progress.SECONDS_BETWEEN_LINES", 0.0)
    with progress_bar(3) as advance:
        advance("first")
        advance(n=2)
    assert [line.split(" after")[0] for line in capsys.readouterr().err.splitlines()] == [
        "featkit: 1 of 3 steps",
        "featkit: 3 of 3 steps",
    ]


def test_progress_on_a_terminal_is_a_bar(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard output for a terminal
    with progress_bar(3) as advance:
        advance("first")
        advance(n=2)
    shown = capsys.readouterr()
    assert "3/3" in shown.out
    assert shown.err == ""
