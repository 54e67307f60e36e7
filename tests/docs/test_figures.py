"""`make figures` reads the figures of README and docs and tells those that differ."""

import subprocess

import pytest

from tools import figures


def test_every_figure_is_found_on_its_page():
    assert [figure.stated for figure in figures.first_lines_stated()] == [pytest.approx(0.974, abs=0.01)]
    assert figures.iris_stated()[0].stated >= 0.99
    digits = figures.digits_stated()
    assert len(digits) == 28 + 5 * 6  # of two pages, without the network
    assert digits[0].what == "raw pixels, logistic regression: 100"
    assert digits[27].what == "normalised HOG, SVM: corrupted"
    assert digits[-1].what == "Robustness to corruption, normalised HOG, SVM, number 6"
    assert len(figures.learning_stated()) == 7 * 4
    assert all(10 < figure.stated < 100 for figure in [*digits, *figures.learning_stated()])
    raw, whole, alone = (figure.stated for figure in figures.flowers_stated())
    assert raw < whole < alone
    assert figures.leaves_stated()[0].stated > 90


@pytest.mark.parametrize("name", ["light", "families", "cells", "copies", "face-light"])
def test_tables_of_the_docs_are_read_row_by_row(name):
    stated = (figures.FIGURES | figures.OF_DATA)[name][0]()
    assert len(stated) >= 12
    assert len({figure.what for figure in stated}) == len(stated)


def test_a_table_that_a_script_prints_is_read_as_it_stands_on_the_page(tmp_path, monkeypatch):
    table = "| | a | b 2 |\n|---|---|---|\n| one | 97.10 ± 0.94 | -93.5 |\n| two, 3 | **1,200** | |\n"
    script = tmp_path / "script.py"
    script.write_text(f"print('5 digits\\n'); print({table!r}); print('| rest | x |\\n|---|---|\\n| y | 7 |')")
    assert figures.table_printed(str(script)) == [97.1, -93.5, 1200]
    (tmp_path / "page.md").write_text(f"# Page\n\n## Part\n\n    command\n\n{table}\n## Rest\n")
    monkeypatch.setattr(figures, "ROOT", tmp_path)
    assert figures.table_stated("page.md", "Part", 0.5) == [
        figures.Figure("Part, one, number 1", 97.1, 0.5),
        figures.Figure("Part, one, number 2", -93.5, 0.5),
        figures.Figure("Part, two, 3, number 1", 1200, 0.5),
    ]
    script.write_text("raise SystemExit(3)")
    with pytest.raises(subprocess.CalledProcessError):
        figures.table_printed(str(script))


def test_what_lies_within_its_noise_is_not_told():
    stated = [figures.Figure("a", 90.0, 0.3), figures.Figure("b", 80.0, 0.3), figures.Figure("R²", 0.999, None)]
    assert list(figures.differing(stated, [90.2, 80.2, 0.9995])) == []
    assert list(figures.differing(stated, [90.5, 79.6, 0.99])) == [
        "a: 90 is stated, 90.5 was measured",
        "b: 80 is stated, 79.6 was measured",
        "R²: 0.999 is stated, 0.99 was measured",
    ]
    assert list(figures.differing(stated, [90.2])) == ["a and so on: 3 figures are stated, 1 were measured"]


@pytest.mark.parametrize("word", ["flower", "flowers", "leaves=nowhere"])
def test_what_cannot_be_measured_is_refused(word):
    with pytest.raises(SystemExit, match="Expected"):
        figures.main([word])


def test_the_first_lines_are_measured():
    assert list(figures.differing(figures.first_lines_stated(), figures.first_lines_found())) == []
