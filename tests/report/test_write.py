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
from featkit.report._verdict import points, verdict

EVIL = "<script>alert(1)</script>"
BEST, RAW = "normalised HOG + SVM", "raw pixels + tuned SVM"


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


def test_pictures_are_inside_the_file(page):
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
    assert "Untested: normalised HOG + SVM is ahead" in page
    for heading in (
        "More training images",
        "Changed test pictures",
        "taken for",
        "Without each family",
        "near copies",
        "nan",
    ):
        assert heading not in page


# The verdict


def test_no_difference_has_no_sign():
    assert [points(difference) for difference in (-1e-17, 0.0, 0.0004, -0.08)] == [
        "±0.0 points",
        "±0.0 points",
        "±0.0 points",
        "−8.0 points",
    ]


def test_verdict_says_who_wins_by_how_much_and_how_surely(made_up_benchmark):
    headline, words, *_ = verdict(made_up_benchmark)
    assert headline == "Yes: hand-made features beat raw pixels."
    assert words == (
        f"{BEST} is right on 98.5 % of the test images, {RAW} on 92.0 %: +6.5 points (95 % interval +5.5 to "
        "+7.5 points; p = 0.002, the larger of the tests over folds and over images, corrected for all pairs). Of 100 "
        "errors on raw pixels it leaves 19."
    )


def test_verdict_says_where_features_lose(made_up_benchmark):
    text = " ".join(verdict(made_up_benchmark))
    assert f"Worse than {RAW}: colours {EVIL} (−8.0 points)." in text
    assert f"{BEST} suffers most from occlusion" in text
    assert "From about" in text
    assert f"on HOG + SVM is ahead of {RAW}" in text
    assert "Beware of pairs of images that are near copies of each other: 2 (1 of them to the pixel); 1 parted" in text


def test_curves_of_candidates_that_cannot_be_told_apart_cross_without_a_word(made_up_benchmark):
    undecided = made_up_benchmark.pairs.assign(p_resampled_holm=0.4)
    assert "From about" not in " ".join(verdict(replace(made_up_benchmark, pairs=undecided)))


def of_two(made_up_benchmark, gain, **pair):
    """The best features and the best raw pixels alone, the first ahead by `gain`."""
    table = made_up_benchmark.table.loc[[RAW, BEST]].copy()
    table["accuracy"] = [0.9, 0.9 + gain]
    pairs = made_up_benchmark.pairs.iloc[[0]].assign(a=RAW, b=BEST, difference=-gain)
    pairs = pairs.assign(**{"low": -gain - 0.01, "high": -gain + 0.01, **pair})
    frames = {name: getattr(made_up_benchmark, name) for name in ("robustness", "learning")}
    predictions = made_up_benchmark.predictions
    return replace(
        made_up_benchmark,
        table=table,
        pairs=pairs,
        predictions=predictions[predictions["candidate"].isin(table.index)],
        **{name: frame.iloc[:0] for name, frame in frames.items()},
    )


UNDECIDED = "Undecided: these folds cannot tell the best features from the best raw pixels."


@pytest.mark.parametrize(
    ("gain", "over_folds", "over_images", "headline"),
    [
        (0.03, 0.01, 0.01, "Yes: hand-made features beat raw pixels."),
        (0.03, 0.2, 0.01, UNDECIDED),
        (0.03, 0.0, 0.25, UNDECIDED),  # three folds of one image each, all for the same side: no variance, no proof
        (-0.03, 0.01, 0.01, "No: raw pixels beat hand-made features."),
        (0.03, np.nan, 0.01, "Yes: hand-made features beat raw pixels."),  # a single fold is tested by its images
        (0.03, np.nan, np.nan, f"Untested: {BEST} is ahead, but no test was possible."),
    ],
)
def test_verdict_follows_difference_and_both_tests(made_up_benchmark, gain, over_folds, over_images, headline):
    found = of_two(made_up_benchmark, gain, p_resampled_holm=over_folds, p_mcnemar_holm=over_images)
    assert verdict(found)[0] == headline


def test_a_single_fold_has_a_p_and_no_interval(made_up_benchmark, tmp_path):
    nan = np.nan
    found = of_two(made_up_benchmark, 0.03, low=nan, high=nan, p_resampled_holm=nan, p_mcnemar_holm=0.01)
    found.table[["accuracy_low", "accuracy_high"]] = nan
    assert "+3.0 points (p = 0.010, the larger of" in verdict(found)[1]
    page = write_report(tmp_path / "report.html", found).read_text(encoding="utf-8")
    assert "nan" not in re.sub(r"<(script|style)>.*?</\1>|data:[^\"]*", "", page, flags=re.DOTALL)


def test_the_leader_of_the_smallest_sets_is_named_once(made_up_benchmark):
    learning = made_up_benchmark.learning.copy()
    learning.loc[(learning["n_train"] == 100) & (learning["candidate"] == RAW), "accuracy"] = 0.99
    text = " ".join(verdict(replace(made_up_benchmark, learning=learning)))
    assert f"With 100 training images {RAW} leads with 99.0 %. " in text


def test_robustness_verdict_names_the_changes_under_which_raw_pixels_are_better(made_up_benchmark):
    robustness = made_up_benchmark.robustness.copy()
    robustness.loc[(robustness["corruption"] == "occlusion") & (robustness["candidate"] == BEST), "accuracy"] = 0.5
    text = " ".join(verdict(replace(made_up_benchmark, robustness=robustness)))
    mean_raw = robustness[(robustness["corruption"] == "occlusion") & robustness["candidate"].str.contains("raw")]
    best_raw = mean_raw.groupby("candidate")["accuracy"].mean().max()
    assert f"It is behind the best raw pixels under occlusion (−{100 * (best_raw - 0.5):.1f} points)." in text


def test_candidates_of_one_kind_get_a_ranking(made_up_benchmark):
    table = made_up_benchmark.table.loc[["HOG + SVM", BEST]]
    assert verdict(replace(made_up_benchmark, table=table))[0] == f"{BEST} is the best of 2 with 98.5 %."
