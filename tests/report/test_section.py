"""A section leaves out what is not there, and shows intervals over few folds on request only."""

from dataclasses import replace

import pytest

from featkit.report import ReportSection
from featkit.report.section import rendered


@pytest.mark.parametrize(("n_folds", "has_bands"), [(2, False), (3, False), (4, True), (10, True)])
def test_bands_over_few_folds_are_hidden_at_first(made_up_benchmark, n_folds, has_bands):
    about = made_up_benchmark.about | {"n_folds": n_folds}
    assert rendered(ReportSection(replace(made_up_benchmark, about=about)), 1)["has_bands"] == has_bands


def test_baselines_are_dashed_in_the_legend_whatever_they_are_called(made_up_benchmark):
    about = made_up_benchmark.about | {"baselines": ["HOG + SVM"]}
    legend = rendered(ReportSection(replace(made_up_benchmark, about=about)), 1)["candidates"]
    assert [entry["name"] for entry in legend if entry["dashed"]] == ["HOG + SVM"]


def test_what_a_benchmark_lacks_is_left_out(made_up_benchmark):
    empty = {
        name: getattr(made_up_benchmark, name).iloc[:0] for name in ("pairs", "learning", "robustness", "ablation")
    }
    section = rendered(ReportSection(replace(made_up_benchmark, **empty), title="Leaves"), 2)
    assert (section["id"], section["title"]) == ("section-2", "Leaves")
    assert section["pairs"] is section["ablation"] is None
    assert section["learning"] == section["robustness"] == []
