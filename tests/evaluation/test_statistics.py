"""Statistics against examples worked by hand, the tables of the papers, scipy and statsmodels."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from featkit.evaluation import corrected_resampled_test, critical_difference, holm_correction, mcnemar_test
from featkit.evaluation.statistics import accuracy_over_folds

# AUC of four ways to grow decision trees on 14 data sets: Demšar 2006, table 6
DEMSAR = {
    "adult": (0.763, 0.768, 0.771, 0.798),
    "breast cancer": (0.599, 0.591, 0.590, 0.569),
    "breast cancer wisconsin": (0.954, 0.971, 0.968, 0.967),
    "cmc": (0.628, 0.661, 0.654, 0.657),
    "ionosphere": (0.882, 0.888, 0.886, 0.898),
    "iris": (0.936, 0.931, 0.916, 0.931),
    "liver disorders": (0.661, 0.668, 0.609, 0.685),
    "lung cancer": (0.583, 0.583, 0.563, 0.625),
    "lymphography": (0.775, 0.838, 0.866, 0.875),
    "mushroom": (1.000, 1.000, 1.000, 1.000),
    "primary tumor": (0.940, 0.962, 0.965, 0.962),
    "rheum": (0.619, 0.666, 0.614, 0.669),
    "voting": (0.972, 0.981, 0.9751, 0.975),  # equal as printed, but ranked 2 and 3 in the paper
    "wine": (0.957, 0.978, 0.946, 0.970),
}
TREES = ["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"]


def demsar_tables():
    return {name: pd.DataFrame({"accuracy": values}, TREES) for name, values in DEMSAR.items()}


# The corrected resampled t-test


def test_resampled_test_by_hand():
    """Mean 0.02, s² = 1e-4, (1/4 + 1/4) s² = 5e-5, t = 0.02 / 0.00707 = 2.828 with 3 degrees of freedom."""
    test = corrected_resampled_test([0.01, 0.02, 0.02, 0.03], n_train=80, n_test=20)
    variance = np.var([0.01, 0.02, 0.02, 0.03], ddof=1)
    assert test.mean == pytest.approx(0.02)
    assert test.high - test.mean == pytest.approx(3.182446 * np.sqrt(0.5 * variance))
    assert test.low + test.high == pytest.approx(0.04)
    assert test.p == pytest.approx(2 * stats.t.sf(0.02 / np.sqrt(0.5 * variance), 3))


def test_accuracy_is_between_0_and_1_and_unsure_after_a_single_fold():
    wide = accuracy_over_folds([0.2, 0.9], n_train=80, n_test=20)
    assert wide == pytest.approx((0.55, 0, 1))
    narrow = accuracy_over_folds([0.5, 0.51, 0.52], n_train=80, n_test=20)
    assert narrow == pytest.approx(corrected_resampled_test([0.5, 0.51, 0.52], n_train=80, n_test=20)[:3])
    agreeing = accuracy_over_folds([1.0, 1.0, 1.0], n_train=80, n_test=20)
    assert agreeing == pytest.approx((1.0, np.nan, np.nan), nan_ok=True)
    assert accuracy_over_folds([0.7], n_train=80, n_test=20) == pytest.approx((0.7, np.nan, np.nan), nan_ok=True)


def test_resampled_test_without_overlap_is_the_plain_t_test():
    values = np.random.default_rng(0).normal(0.01, 0.02, 10)
    test = corrected_resampled_test(values, n_train=1e12, n_test=1)
    assert test.p == pytest.approx(stats.ttest_1samp(values, 0).pvalue)
    assert test[1:3] == pytest.approx(stats.ttest_1samp(values, 0).confidence_interval(0.95))


def test_resampled_test_errs_as_often_as_it_says_on_folds_that_overlap():
    """Two candidates equally good: the accuracies of a fold share what its training set has in common with others."""
    rng = np.random.default_rng(1)
    n_folds, ratio = 10, 1 / 4  # the correlation that Nadeau and Bengio assume: n_test / (n_test + n_train)
    correlation = ratio / (1 + ratio)
    shared = rng.normal(size=(4000, 1)) * np.sqrt(correlation)
    differences = shared + rng.normal(size=(4000, n_folds)) * np.sqrt(1 - correlation)
    p = [corrected_resampled_test(row, n_train=4, n_test=1).p for row in differences]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.01)
    assert np.mean(stats.ttest_1samp(differences, 0, axis=1).pvalue < 0.05) > 0.2  # the plain test does not


@pytest.mark.parametrize(("values", "p"), [([0.1, 0.1, 0.1], 0.0), ([0.0, 0.0, 0.0], 1.0)])
def test_resampled_test_of_folds_that_agree(values, p):
    test = corrected_resampled_test(values, n_train=2, n_test=1)
    assert test == pytest.approx((values[0], values[0], values[0], p))


def test_resampled_test_of_a_single_fold_knows_the_mean_only():
    test = corrected_resampled_test([0.3], n_train=2, n_test=1)
    assert test.mean == 0.3
    assert np.isnan(test[1:]).all()


# McNemar and Holm


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 0), (5, 0), (9, 3), (40, 20), (7, 7)])
def test_mcnemar_is_that_of_statsmodels(only_first, only_second):
    first = np.repeat([True, False, True, False], [only_first, only_second, 30, 4])
    second = np.repeat([False, True, True, False], [only_first, only_second, 30, 4])
    expected = mcnemar([[30, only_first], [only_second, 4]], exact=True).pvalue
    assert mcnemar_test(first, second) == pytest.approx(min(1, expected))
    assert mcnemar_test(second, first) == mcnemar_test(first, second)


def test_holm_by_hand():
    """Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04, the last raised to 0.06."""
    assert holm_correction([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_is_that_of_statsmodels_and_leaves_out_nan():
    p = np.random.default_rng(0).random(30) ** 3
    expected = multipletests(p, method="holm")[1]
    assert holm_correction(p) == pytest.approx(expected)
    assert holm_correction([*p, np.nan])[:-1] == pytest.approx(expected)
    assert np.isnan(holm_correction([*p, np.nan])[-1])
    assert holm_correction([]).shape == (0,)


# Ranks over data sets


def test_critical_difference_of_demsars_example():
    found = critical_difference(demsar_tables())
    ranks = {"C4.5": 3.143, "C4.5+m": 2.000, "C4.5+cf": 2.893, "C4.5+m+cf": 1.964}
    assert found.ranks.to_dict() == pytest.approx(ranks, abs=5e-4)
    assert list(found.ranks) == sorted(found.ranks)
    assert found.critical_difference == pytest.approx(2.569 * np.sqrt(4 * 5 / (6 * 14)), abs=0.001)  # 1.25
    assert found.friedman_p == pytest.approx(stats.f.sf(3.69, 3, 39), abs=2e-4)
    assert found.cliques == [("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5")]


def test_iman_davenport_agrees_with_friedmans_chi_square_of_scipy_without_ties():
    scores = np.random.default_rng(0).random((12, 5)) + np.arange(5) / 8
    tables = {k: pd.DataFrame({"accuracy": row}, list("abcde")) for k, row in enumerate(scores)}
    chi_square = stats.friedmanchisquare(*scores.T).statistic
    expected = stats.f.sf(11 * chi_square / (12 * 4 - chi_square), 4, 44)
    assert critical_difference(tables).friedman_p == pytest.approx(expected)


@pytest.mark.parametrize(("n_candidates", "q"), [(2, 1.960), (5, 2.728), (10, 3.164)])
def test_nemenyis_factor_is_that_of_demsars_table_5(n_candidates, q):
    tables = {k: pd.DataFrame({"accuracy": np.roll(np.arange(n_candidates), k)}) for k in range(6)}
    expected = q * np.sqrt(n_candidates * (n_candidates + 1) / 36)
    assert critical_difference(tables).critical_difference == pytest.approx(expected, rel=1e-3)


def test_candidates_missing_somewhere_are_left_out_and_too_few_are_refused():
    tables = demsar_tables()
    tables["wine"] = tables["wine"].drop("C4.5")
    assert set(critical_difference(tables).ranks.index) == set(TREES[1:])
    with pytest.raises(ValueError, match="got 1 data sets and 4 common candidates"):
        critical_difference({"adult": demsar_tables()["adult"]})


@pytest.mark.parametrize("accuracy", [0.1, 0.7, 0.9, 0.95])
@pytest.mark.parametrize("n_folds", [2, 3, 5, 10])
def test_where_all_folds_agree_there_is_no_interval_whatever_the_rounding(accuracy, n_folds):
    mean, low, high = accuracy_over_folds([accuracy] * n_folds, n_train=80, n_test=20)
    assert mean == accuracy
    assert np.isnan([low, high]).all()
    assert corrected_resampled_test([accuracy] * n_folds, n_train=80, n_test=20).p == 0


def test_candidates_that_are_tied_everywhere_are_not_told_apart():
    tables = {k: pd.DataFrame({"accuracy": [0.8, 0.8, 0.8]}, ["a", "b", "c"]) for k in range(6)}
    assert critical_difference(tables).friedman_p == 1
