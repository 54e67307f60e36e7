"""The tables of the report hold the figures of the benchmark, with marks for what the tests say."""

from dataclasses import replace

import numpy as np

from featkit.report._tables import costs_table, pairs_table, results_table

BEST, RAW = "normalised HOG + SVM", "raw pixels + tuned SVM"


def column(table, heading):
    place = table["columns"].index(heading)
    return [row["cells"][place]["text"] for row in table["rows"]]


def test_baselines_are_told_by_the_benchmark_and_not_by_their_names(made_up_benchmark):
    def marked(benchmark):
        return [row["cells"][2]["is_raw"] for row in results_table(benchmark)["rows"]]

    assert marked(made_up_benchmark) == [True, True, False, False, False]
    named = made_up_benchmark.table.rename({BEST: "4x4 pixels", RAW: "grey values"})
    about = made_up_benchmark.about | {"baselines": ["grey values"]}
    assert marked(replace(made_up_benchmark, table=named, about=about)) == [True, False, False, False, False]


def test_all_that_share_the_best_accuracy_are_the_best(made_up_benchmark):
    table = made_up_benchmark.table.copy()
    table.loc["HOG + SVM", "accuracy"] = table.loc[BEST, "accuracy"] - 1e-16
    rows = results_table(replace(made_up_benchmark, table=table))["rows"]
    assert [row["is_best"] for row in rows] == [False, False, True, False, True]


def test_marks_say_better_worse_and_not_significant(made_up_benchmark):
    rows = results_table(made_up_benchmark)["rows"]
    assert [row["cells"][3]["mark"] for row in rows] == ["", "≈", "▲", "▼", "▲"]
    assert rows[0]["cells"][3]["text"] == "reference"


def test_p_values_stand_as_such_and_adjusted(made_up_benchmark):
    table = pairs_table(made_up_benchmark)
    pair = made_up_benchmark.pairs.iloc[0]
    for heading, name in (
        ("t-test p", "p_resampled"),
        ("McNemar p", "p_mcnemar"),
        ("t-test p (Holm)", "p_resampled_holm"),
        ("McNemar p (Holm)", "p_mcnemar_holm"),
    ):
        assert column(table, heading)[0] == f"{pair[name]:.3f}"


def test_costs_add_up(made_up_benchmark):
    table = costs_table(made_up_benchmark)
    assert column(table, "features ms") == [f"{0.2 * k:.3f}" for k in range(5)]
    shares = [row["cells"][4]["shares"] for row in table["rows"]]
    assert np.sum(shares, axis=1).max() == 100
    timeless = made_up_benchmark.table.drop(columns=["read_ms", "preprocess_ms", "feature_ms"])
    assert costs_table(replace(made_up_benchmark, table=timeless)) is None
