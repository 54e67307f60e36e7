"""The report: one HTML file, nothing from elsewhere, names shown as text."""

import base64
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from featkit import write_report

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def page(tmp_path):
    columns = ["accuracy", "accuracy_std", "fit_seconds", "ms_per_image", "n_features"]
    table = pd.DataFrame([[0.9, 0.01, 1.5, 0.25, 784], [0.987, 0.004, 2, 0.5, 324]], ["pixels", EVIL], columns)
    figure = Figure()
    figure.subplots().imshow(np.eye(3))
    section = {"title": f"Digits {EVIL}", "words": f"All {EVIL} well", "table": table, "figures": [(EVIL, figure)]}
    return write_report(tmp_path / "report.html", [section], title=EVIL).read_text()


def test_the_table_is_there(page):
    assert "90.00 ± 1.00" in page
    assert re.search(r'<tr class="best"><td>&lt;script&gt;.*98\.70 ± 0\.40', page)


def test_pictures_are_inside_the_file(page):
    data = re.search(r'src="data:image/png;base64,([^"]+)"', page).group(1)
    assert base64.b64decode(data).startswith(b"\x89PNG")


def test_nothing_comes_from_elsewhere(page):
    assert not re.search(r"https?://|@import|url\(", page)


def test_names_are_shown_as_text(page):
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5


def test_versions_and_date_are_told(page):
    assert "scikit-learn" in page
    assert re.search(r"\d{4}-\d\d-\d\d", page)
