"""The report as text: one file, nothing from elsewhere, names shown as text, the verdict that the figures give."""

import base64
import hashlib
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import RawPixels, Resizer, write_report
from featkit.report import ReportSection

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def page(made_up_benchmark, images, tmp_path_factory):
    figure = Figure()
    figure.subplots().imshow(np.eye(3))
    pipeline = make_pipeline(Resizer(height=12, width=12), RawPixels(), SVC()).fit(images, [EVIL, "cat", "dog"] * 30)
    section = ReportSection(
        made_up_benchmark,
        title=f"Animals {EVIL}",
        words=f"All {EVIL} well.",
        images=images,
        pipelines={EVIL: pipeline},
        samples=images[:1],
        figures=[(EVIL, figure)],
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(path, section, title=EVIL, command=f"featkit benchmark {EVIL}").read_text(encoding="utf-8")


def test_names_are_shown_as_text(page):
    assert page.count("<script") == 1  # the page's own
    assert page.count("&lt;script&gt;alert(1)") > 20
    assert "alert(1)" not in re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]


def test_policy_allows_the_pages_own_script_and_style_and_nothing_else(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data:;")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<[^>]*\sstyle=|<[^>]*\son\w+=", page)


def test_nothing_comes_from_elsewhere(page):
    outside = re.findall(r"(?:src|href|action)=\"(?!data:|#)[^\"]*\"|@import|url\((?!#)|https?://", page)
    assert outside == []


def test_images_are_inside_the_file(page):
    kinds = re.findall(r'src="data:image/(png|jpeg);base64,([^"]+)"', page)
    assert {kind for kind, _ in kinds} == {"png"}  # the images are small enough to show their pixels
    assert all(base64.b64decode(data).startswith(b"\x89PNG") for _, data in kinds)
    assert len(kinds) > 20


def test_identifiers_are_unique(made_up_benchmark, tmp_path):
    page = write_report(tmp_path / "report.html", [made_up_benchmark, made_up_benchmark]).read_text(encoding="utf-8")
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(identifiers) == sorted(set(identifiers))


def test_two_runs_give_the_same_file(made_up_benchmark, tmp_path):
    first, second = (write_report(tmp_path / name, made_up_benchmark).read_bytes() for name in ("a", "b"))
    assert first == second


def test_a_benchmark_of_accuracies_alone_is_a_report(made_up_benchmark, tmp_path):
    empty = {
        name: getattr(made_up_benchmark, name).iloc[:0]
        for name in ("predictions", "learning", "robustness", "robustness_summary", "ablation", "duplicates", "pairs")
    }
    page = write_report(tmp_path / "report.html", [replace(made_up_benchmark, **empty)]).read_text(encoding="utf-8")
    assert "Untested: normalised HOG + SVM is ahead by 6.5 points" in page
    headings = ("More training images", "Corrupted test images", "Confusion", "Without each family", "duplicate", "nan")
    assert [heading for heading in headings if heading in page] == []


def test_a_single_fold_has_dashes_for_intervals(made_up_benchmark, tmp_path):
    pairs = made_up_benchmark.pairs.assign(low=np.nan, high=np.nan, p_resampled=np.nan, p_resampled_holm=np.nan)
    table = made_up_benchmark.table.assign(accuracy_low=np.nan, accuracy_high=np.nan)
    found = replace(made_up_benchmark, pairs=pairs, table=table)
    page = write_report(tmp_path / "report.html", found).read_text(encoding="utf-8")
    assert "nan" not in re.sub(r"<(script|style)>.*?</\1>|data:[^\"]*", "", page, flags=re.DOTALL)
