"""Charts of the report: a point for each measurement, with what it says."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from featkit import IntensityStatistics, RawPixels, benchmark, write_report
from featkit.report._charts import MOST_POINTS, learning_charts, prediction_charts, robustness_charts
from featkit.report.section import ReportSection


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


@pytest.fixture(scope="module")
def numbers():
    """Gray images whose brightness is the number, and candidates that find it exactly and not at all."""
    truth = np.linspace(10, 90, 60)
    images = np.full((60, 8, 8), (truth / 100)[:, None, None])
    found = benchmark(
        {"exact": make_pipeline(IntensityStatistics(), LinearRegression())},
        images,
        truth,
        baselines={"dull": make_pipeline(RawPixels(), DummyRegressor())},
        task="regression",
        cv=3,
        verbose=False,
    )
    return truth, images, found


def test_predictions_of_numbers_lie_against_the_truth(numbers):
    truth, _, found = numbers
    charts = prediction_charts(found, ["exact", "dull"], "here")
    assert [chart["title"] for chart in charts] == ["exact", "dull"]
    readings = re.findall(r"<title>exact: true ([^,]*), predicted ([^<]*)</title>", charts[0]["svg"])
    np.testing.assert_allclose(sorted(float(true) for true, _ in readings), truth, rtol=1e-4)
    assert all(abs(float(true) - float(predicted)) < 0.1 for true, predicted in readings)
    assert [row[0] for row in charts[0]["rows"]] == ["exact"] * 5
    means = [float(row[2]) for row in charts[0]["rows"]]
    np.testing.assert_allclose(means, [fifth.mean() for fifth in np.split(truth, 5)], atol=0.1)
    assert charts[0]["rows"][0][1] == f"true {truth[0]:.4g} to {truth[11]:.4g}"


def test_many_predictions_are_thinned_and_classes_have_no_such_chart(numbers, made_up_benchmark):
    _, _, found = numbers
    many = replace(found, predictions=found.predictions.loc[found.predictions.index.repeat(20)])
    (chart,) = prediction_charts(many, ["exact"], "")
    assert chart["svg"].count("<title>exact") == MOST_POINTS
    assert prediction_charts(made_up_benchmark, ["HOG + SVM"], "") == []


def test_the_report_shows_them(numbers, tmp_path):
    _, images, found = numbers
    page = tmp_path / "report.html"
    write_report(page, ReportSection(found, images=images))
    text = page.read_text()
    assert "<h3>Predicted against true</h3>" in text
    assert text.count('aria-label="Predicted against true: ') == 2
