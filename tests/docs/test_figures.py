"""`make figures` reads the figures of the README and tells those that differ."""

import pytest

from tools import figures

README = figures.README.read_text()


def test_every_figure_is_found_in_the_readme():
    assert [figure.stated for figure in figures.first_lines_stated(README)] == [pytest.approx(0.974, abs=0.01)]
    assert figures.iris_stated(README)[0].stated >= 0.99
    digits = figures.digits_stated(README)
    assert len(digits) == 28
    assert digits[0].what == "raw pixels, logistic regression: 100"
    assert digits[-1].what == "normalised HOG, SVM: corrupted"
    assert all(50 < figure.stated < 100 for figure in digits)


def test_what_lies_within_its_noise_is_not_told():
    stated = [figures.Figure("a", 90.0, 0.3), figures.Figure("b", 80.0, 0.3), figures.Figure("R²", 0.999, None)]
    assert list(figures.differing(stated, [90.2, 80.2, 0.9995])) == []
    assert list(figures.differing(stated, [90.5, 79.6, 0.99])) == [
        "a: 90 is stated, 90.5 was measured",
        "b: 80 is stated, 79.6 was measured",
        "R²: 0.999 is stated, 0.99 was measured",
    ]


def test_the_first_lines_are_measured():
    assert list(figures.differing(figures.first_lines_stated(README), figures.first_lines_found())) == []
