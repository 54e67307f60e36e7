"""Targets: what y holds, numbers and several labels through a benchmark, and what is refused."""

from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, mean_absolute_error, r2_score
from threadpoolctl import threadpool_limits

from featkit import RawPixels, benchmark, compare_features, print_comparison, write_report
from featkit.base import FeatureExtractor
from featkit.display import BenchmarkDisplay, LearningDisplay, RobustnessDisplay
from featkit.evaluation import Benchmark, corrected_resampled_test, pipeline_code, raw_pixel_baselines
from featkit.evaluation.benchmarking._targets import named_learners, read_groups, read_target
from featkit.exceptions import ImageFormatError
from featkit.report import ReportSection
from featkit.report._verdict import verdict

N_IMAGES = 48


class Mean(FeatureExtractor):
    """The mean of an image."""

    def image_extractor(self):
        return lambda image: np.atleast_1d(np.mean(image))

    def feature_names(self):
        return ["mean"]


class Nothing(FeatureExtractor):
    """What says nothing of an image."""

    def image_extractor(self):
        return lambda image: np.array([1e6 * np.mean(image) % 1])

    def feature_names(self):
        return ["nothing"]


@pytest.fixture(scope="module")
def images():
    """Noise of a brightness that differs from image to image."""
    rng = np.random.default_rng(0)
    level = rng.uniform(0.2, 0.8, N_IMAGES)
    return np.clip(level[:, None, None] + rng.normal(0, 0.05, (N_IMAGES, 6, 6)), 0, 1)


@pytest.fixture(scope="module")
def numbers(images):
    return 10 * images.mean(axis=(1, 2)) + 0.01 * np.random.default_rng(1).normal(size=N_IMAGES)


@pytest.fixture(scope="module")
def regressed(images, numbers):
    return benchmark(
        {"mean": Mean(), "nothing": Nothing()},
        images,
        numbers,
        baselines={"raw pixels": RawPixels()},
        cv=3,
        train_sizes=[16, 32],
        corruptions=["brightness"],
        verbose=False,
    )


LISTS = pd.ArrowDtype(pa.list_(pa.string()))
THREE = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


@pytest.mark.parametrize(
    ("y", "task", "values"),
    [
        ([0.5, 1.5, 2.5], "regression", [0.5, 1.5, 2.5]),
        ([1.0, 2.0, 1.0], "classification", [1, 2, 1]),
        (["a", "b", "a"], "classification", ["a", "b", "a"]),
        ([[0, 1], [1, 0], [1, 1]], "multilabel", [[0, 1], [1, 0], [1, 1]]),
        ([{"b"}, {"a", "b"}, set()], "multilabel", [[0, 1], [1, 1], [0, 0]]),
        ([["b"], ["a", "b"], []], "multilabel", [[0, 1], [1, 1], [0, 0]]),
        (pd.Series([{"b"}, {"a", "b"}, set()], index=[5, 6, 7]), "multilabel", [[0, 1], [1, 1], [0, 0]]),
        (
            pd.Series([np.array(["b"]), np.array(["a", "b"]), np.array([], object)]),
            "multilabel",
            [[0, 1], [1, 1], [0, 0]],
        ),
        (pd.Series([["b"], ["a", "b"], []], dtype=LISTS), "multilabel", [[0, 1], [1, 1], [0, 0]]),
        (pa.array([["b"], ["a", "b"], []]), "multilabel", [[0, 1], [1, 1], [0, 0]]),
        (pa.array([["b", "c"], ["a", "c"], ["a", "b"]], pa.list_(pa.string(), 2)), "multilabel", THREE),
        (pa.chunked_array([[["b"], ["a", "b"]], [[]]]), "multilabel", [[0, 1], [1, 1], [0, 0]]),
        (pl.Series([["b"], ["a", "b"], []]), "multilabel", [[0, 1], [1, 1], [0, 0]]),
        (pl.Series([["b", "c"], ["a", "c"], ["a", "b"]], dtype=pl.Array(pl.String, 2)), "multilabel", THREE),
        (pd.DataFrame({"n": [3.5, 4.5, 5.0]}), "regression", [3.5, 4.5, 5.0]),
    ],
)
def test_the_task_is_told_by_y(y, task, values):
    target = read_target(y)
    assert (target.task, target.values.tolist()) == (task, values)


def test_whole_numbers_are_numbers_where_that_is_said():
    assert read_target(["3", "10", "4"], "regression").values.tolist() == [3, 10, 4]
    assert read_target(pd.DataFrame([[0, 1], [1, 0]], columns=["cat", "dog"])).labels == ("cat", "dog")


@pytest.mark.parametrize(
    ("y", "task", "message"),
    [
        (["cat"] * 4, "auto", "at least two classes in y, got only .'cat'.: there is nothing to tell apart"),
        ([2.5] * 4, "auto", r"numbers that differ, got only \[2.5\]"),
        ([2.5, np.nan], "auto", "finite number for each image, got 1 that are not"),
        (["1", "b"], "regression", "a number for each image, got 'b'.$"),
        (np.array(["2026-11-30", "NaT"], "M8[D]"), "regression", r"number for each image, got datetime64\[D\]. Dates"),
        (np.array([1, 2], "m8[s]"), "regression", "got timedelta64"),
        ([1 + 2j, 3], "regression", "got complex128"),
        (["1,5", "2"], "regression", "a number for each image, got '1,5'. Write decimals with a point"),
        (pd.Series([3, None], dtype=object), "regression", "finite number for each image, got 1"),
        ([[0, 2], [1, 0]], "auto", "columns of 0 and 1, one for each label"),
        ([[0, 1], [1, 1]], "auto", "every label on some images and not on all, got .'1'."),
        ([[0, 1], [1, 0]], "regression", "one class or number for each image, got 2 columns"),
        ([["a"], []], "auto", r"at least two labels, got only \['a'\]: images with it and without it are two classes"),
        ([{"a"}, set()], "multilabel", "at least two labels"),
        ([0, 1], "multilabel", "several labels of each image"),
        ([0, 1], "ranking", "Expected task 'auto', 'classification', 'multilabel', 'regression', got 'ranking'"),
        (np.zeros((2, 2, 2)), "auto", "y of shape"),
    ],
)
def test_what_nothing_can_be_learnt_from_is_refused(y, task, message):
    with pytest.raises(ValueError, match=message):
        read_target(y, task)


def test_numbers_are_ranked_by_r2_with_the_mean_absolute_error_beside(regressed, numbers):
    table, folds = regressed.table, regressed.folds
    assert list(table.columns[:5]) == ["r2", "r2_std", "r2_low", "r2_high", "mae"]
    assert not {"accuracy", "macro_f1", "log_loss"} & set(table.columns)
    assert table.loc["mean", "r2"] > 0.98 > 0.5 > table.loc["nothing", "r2"]
    for fold, part in regressed.predictions.query("candidate == 'mean'").groupby("fold"):
        (row,) = folds.query(f"candidate == 'mean' and fold == {fold}").to_dict("records")
        assert row["r2"] == pytest.approx(r2_score(numbers[part["image"]], part["predicted"]))
        assert row["mae"] == pytest.approx(mean_absolute_error(part["truth"], part["predicted"]))
    assert regressed.about["task"] == "regression"
    assert regressed.about["classes"] == {}


def test_pairs_of_regressors_have_a_test_of_squared_errors(regressed, numbers):
    pair = regressed.pairs.query("a == 'mean' and b == 'nothing'").iloc[0]
    scores = regressed.folds.pivot(index="fold", columns="candidate", values="r2")
    test = corrected_resampled_test(scores["mean"] - scores["nothing"], n_train=32, n_test=16)
    assert pair[["difference", "low", "high", "p_resampled"]].tolist() == pytest.approx(list(test))
    said = regressed.predictions.pivot(index="image", columns="candidate", values="predicted")
    expected = stats.ttest_rel((said["nothing"] - numbers) ** 2, (said["mean"] - numbers) ** 2).pvalue
    assert pair["p_squared_error"] == pytest.approx(expected)


def test_learning_curves_and_robustness_are_of_r2(regressed):
    curves = regressed.learning_curves().set_index(["candidate", "n_train"])["r2"]
    assert curves["mean", 32] > curves["nothing", 32]
    clean = regressed.robustness.query("candidate == 'mean'")
    assert (clean["r2"] < clean["clean"]).all()
    assert list(regressed.robustness_summary.columns) == ["candidate", "family", "r2", "low", "high"]
    assert LearningDisplay.from_benchmark(regressed).ax_.get_ylabel() == "R²"
    assert RobustnessDisplay.from_benchmark(regressed).axes_[0].get_ylabel() == "R²"
    display = BenchmarkDisplay.from_benchmark(regressed)
    assert display.ax_.get_yticklabels()[0].get_text() == "nothing"
    assert display.ax_.get_xlabel() == "R²"


def test_the_report_tells_numbers_apart_from_classes(regressed, images, tmp_path, capsys):
    path = write_report(tmp_path / "report.html", ReportSection(regressed, images=images))
    text = path.read_text()
    assert "an R² of 0.99" in text
    assert "Its mean absolute error is" in text
    assert "squared errors p" in text
    assert "Confusion" not in text
    assert "Discordant" not in text
    print_comparison(regressed.table)
    printed = capsys.readouterr().out
    assert "R²" in printed
    assert "MAE" in printed
    assert Benchmark.load(regressed.save(tmp_path / "found.json")).table.equals(regressed.table)


def test_the_verdict_of_numbers_follows_r2_and_names_the_smaller_error(images, numbers):
    found = benchmark({"nothing": Nothing()}, images, numbers, baselines={"mean": Mean()}, cv=4, verbose=False)
    section = "\n".join(verdict(found))
    assert section.startswith("No: raw pixels beat hand-made features by ")
    assert "larger than that of raw pixels" in section


def test_folds_with_one_image_to_test_on_have_no_r2(images, numbers):
    with pytest.raises(ValueError, match="at least two images to test on in every fold, for R², got 1"):
        benchmark({"mean": Mean()}, images[:4], numbers[:4], baselines={}, cv=4, verbose=False)


def test_several_labels_are_ranked_by_subset_accuracy_with_both_f1_beside(images, tmp_path):
    means = images.mean(axis=(1, 2))
    labels = pd.DataFrame({"bright": means > 0.5, "very bright": means > 0.65}).astype(int)
    found = benchmark(
        {"mean": Mean()},
        images,
        labels,
        baselines={"raw pixels": RawPixels()},
        cv=3,
        corruptions=["brightness"],
        verbose=False,
    )
    assert list(found.table.columns[:6]) == [
        *("accuracy", "accuracy_std", "accuracy_low", "accuracy_high"),
        *("micro_f1", "macro_f1"),
    ]
    part = found.predictions.query("candidate == 'mean' and fold == 0")
    truth, said = (part[column].str.contains("very").astype(int) for column in ("truth", "predicted"))
    assert set(part["truth"]) <= {"", "bright", "bright + very bright"}
    (row,) = found.folds.query("candidate == 'mean' and fold == 0").to_dict("records")
    assert row["accuracy"] == pytest.approx((part["truth"] == part["predicted"]).mean())
    first = [part[column].str.contains("^bright").astype(int) for column in ("truth", "predicted")]
    each = [f1_score(*first), f1_score(truth, said)]
    assert row["macro_f1"] == pytest.approx(np.mean(each))
    assert found.about["classes"] == labels.sum().to_dict()
    assert "all labels right on" in write_report(tmp_path / "report.html", found).read_text()


def test_candidates_of_the_other_kind_are_refused(images, numbers):
    with pytest.raises(ValueError, match="Expected regressors, since y holds numbers, got others: .'classifier='"):
        benchmark({"mean": Mean()}, images, numbers, classifier=LogisticRegression(), baselines={}, verbose=False)
    with pytest.raises(ValueError, match="classifiers, since y holds classes, got others: .'ridge'.*regression"):
        named_learners({}, {"ridge": Ridge()}, None, "classification")


@pytest.mark.parametrize("task", ["regression", "multilabel"])
def test_all_raw_pixel_baselines_learn_the_task(task):
    rng = np.random.default_rng(2)
    lit = rng.integers(0, 2, (120, 3))  # which thirds of the image are bright
    images = 0.2 + 0.6 * np.repeat(np.repeat(lit, 2, axis=1)[:, None], 6, axis=1) + rng.normal(0, 0.05, (120, 6, 6))
    y = lit @ [3.0, 1.5, 0.7] if task == "regression" else lit
    for name, model in raw_pixel_baselines(images, task=task).items():
        with threadpool_limits(1):
            said = model.fit(images[::2], y[::2]).predict(images[1::2])
        if task == "regression":
            assert r2_score(y[1::2], said) > (0.1 if "stretched" in name else 0.9), name
        else:
            assert np.mean(said == y[1::2]) > 0.85, name


def test_compare_features_takes_numbers_and_labels(images, numbers):
    table = compare_features({"mean": Mean()}, images, numbers, cv=3, verbose=False)
    assert list(table.columns) == ["r2", "r2_std", "mae", "fit_seconds", "ms_per_image", "n_features"]
    assert len(table.attrs["fold_r2"]["mean"]) == 3
    labels = [{"a"} if number > 5 else {"b"} for number in numbers]
    table = compare_features({"mean": Mean()}, images, labels, cv=3, verbose=False)
    assert list(table.columns[:4]) == ["accuracy", "accuracy_std", "micro_f1", "macro_f1"]


def test_the_winner_among_regressors_is_written_as_code(numbers):
    (model,) = named_learners({}, {"mean": RawPixels()}, None, "regression").values()
    code = pipeline_code(model)
    namespace: dict = {}
    exec(code, namespace)
    assert repr(namespace["model"]) == repr(model)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, ""])
@pytest.mark.parametrize(
    "container", [list, pd.Series, partial(pd.Series, dtype="string"), partial(pd.Series, dtype="category")]
)
def test_a_missing_class_is_refused_and_never_a_class_of_its_own(missing, container):
    labels = container(["cat", "dog", missing, "cat"])
    with pytest.raises(ValueError, match="a class or number for each image, got 1 without: leave these images out"):
        read_target(labels)
    with pytest.raises(ValueError, match="the group of each image, got 1 without: give each of them its own"):
        read_groups(labels)


def test_missing_numbers_of_groups_are_no_group():
    with pytest.raises(ValueError, match="got 2 without"):
        read_groups([1.0, np.nan, 2.0, np.nan])
    assert read_groups(pd.Series([3, 3, 4])).tolist() == [3, 3, 4]


@pytest.mark.parametrize("name", ["y", "groups"])
def test_what_is_told_of_images_in_another_order_is_refused(name):
    images = pd.Series(list(np.zeros((12, 8, 8))), index=range(12))
    told = {"y": pd.Series([0, 1] * 6), "groups": pd.Series(range(12))}
    told[name] = told[name].iloc[::-1]
    for measure in (benchmark, compare_features):
        with pytest.raises(ImageFormatError, match=rf"Expected {name} with the index of the images.*{name}.to_numpy"):
            measure({"a": RawPixels()}, images, **told, cv=2, verbose=False)
