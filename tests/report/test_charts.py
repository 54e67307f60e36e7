"""Charts of the report: a point for each measurement, with what it says."""

import re
from dataclasses import replace

from featkit.report._charts import learning_charts, robustness_charts


def test_every_point_says_candidate_size_and_accuracy(made_up_benchmark):
    (chart,) = learning_charts(made_up_benchmark, "here")
    titles = re.findall(r"<title>([^<]*)</title>", chart["svg"])
    assert len(titles) == len(chart["rows"]) == 5 * 3
    assert any(title.startswith("HOG + SVM, 1,000 images: 96.5 % (") for title in titles)


def test_corruptions_begin_with_the_unchanged_images(made_up_benchmark):
    charts = robustness_charts(made_up_benchmark, "here")
    assert [chart["title"] for chart in charts] == ["brightness", "rotation", "occlusion"]
    texts = [row[1] for row in charts[1]["rows"] if row[0] == "HOG + SVM"]
    assert texts[:2] == ["unchanged", "severity 1, 5 degrees"]
    assert len(texts) == 6


def test_one_size_and_no_corruption_are_no_curves(made_up_benchmark):
    one = made_up_benchmark.learning.query("n_train == 100")
    found = replace(made_up_benchmark, learning=one, robustness=made_up_benchmark.robustness.iloc[:0])
    assert learning_charts(found, "") == robustness_charts(found, "") == []


def test_baselines_are_gray_by_what_the_benchmark_says(made_up_benchmark):
    def gray_groups(benchmark):
        svg = learning_charts(benchmark, "")[0]["svg"]
        groups = re.findall(r'<g data-candidate="(\d)">(.*?)</g>', svg, re.DOTALL)
        return {int(number) for number, content in groups if "baseline" in content}

    assert gray_groups(made_up_benchmark) == {0, 1}
    assert gray_groups(replace(made_up_benchmark, about={"baselines": ["HOG + SVM"]})) == {2}
