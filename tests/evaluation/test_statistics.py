"""Statistics against examples worked by hand, the tables of the papers, scipy and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from featkit.evaluation import corrected_resampled_test, holm_correction, mcnemar_test
from featkit.evaluation.statistics import score_over_folds, without_rounding_noise
from featkit.parameters import InvalidParameterError

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
    wide = score_over_folds([0.2, 0.9], n_train=80, n_test=20)
    assert wide == pytest.approx((0.55, 0, 1))
    narrow = score_over_folds([0.5, 0.51, 0.52], n_train=80, n_test=20)
    assert narrow == pytest.approx(corrected_resampled_test([0.5, 0.51, 0.52], n_train=80, n_test=20)[:3])
    agreeing = score_over_folds([1.0, 1.0, 1.0], n_train=80, n_test=20)
    assert agreeing == pytest.approx((1.0, np.nan, np.nan), nan_ok=True)
    assert score_over_folds([0.7], n_train=80, n_test=20) == pytest.approx((0.7, np.nan, np.nan), nan_ok=True)


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


@pytest.mark.parametrize("accuracy", [0.1, 0.7, 0.9, 0.95])
@pytest.mark.parametrize("n_folds", [2, 3, 5, 10])
def test_where_all_folds_agree_there_is_no_interval_whatever_the_rounding(accuracy, n_folds):
    mean, low, high = score_over_folds([accuracy] * n_folds, n_train=80, n_test=20)
    assert mean == accuracy
    assert np.isnan([low, high]).all()
    assert corrected_resampled_test([accuracy] * n_folds, n_train=80, n_test=20).p == 0


# Figures that differ by rounding alone


@pytest.mark.parametrize(("first", "second"), [(0.3, 0.1 + 0.2), (0.7, 0.1 * 7), (1e6 / 3, 1e6 / 3 + 1e-10)])
def test_what_differs_by_rounding_is_equal_and_what_differs_by_more_is_not(first, second):
    assert first != second
    rounded = without_rounding_noise([first, second, first * (1 + 1e-9)])
    assert rounded[0] == rounded[1] != rounded[2]
    assert rounded == pytest.approx([first, second, first], rel=1e-8)


def test_nan_and_infinity_stay_and_zero_has_no_sign():
    rounded = without_rounding_noise([np.nan, np.inf, -1e-17])
    assert np.isnan(rounded[0])
    assert rounded[1] == np.inf
    assert str(rounded[2]) == "0.0"


@pytest.mark.parametrize("noisy", [[0.3, 0.1 + 0.2, 0.3], [0.9, 0.9 - 1e-16, 0.9 + 1e-16], [1 - 1e-16, 1.0, 1.0]])
def test_folds_that_agree_but_for_rounding_have_no_interval(noisy):
    mean, low, high = score_over_folds(noisy, n_train=80, n_test=20)
    assert mean == pytest.approx(noisy[0])
    assert np.isnan([low, high]).all()


def test_differences_of_rounding_alone_are_no_difference():
    test = corrected_resampled_test([1e-17, -2e-17, 0.0], n_train=80, n_test=20)
    assert test == (0, 0, 0, 1)
    nearly = corrected_resampled_test([0.1 + 1e-17, 0.1, 0.1 - 1e-17], n_train=80, n_test=20)
    assert nearly == pytest.approx((0.1, 0.1, 0.1, 0))


# What is refused


@pytest.mark.parametrize("values", [[], [[0.1, 0.2]], [0.1, np.nan], [np.inf, 0.1], 0.3])
def test_values_are_one_finite_number_for_each_fold(values):
    with pytest.raises(ValueError, match="one finite number per fold"):
        corrected_resampled_test(values, n_train=80, n_test=20)


@pytest.mark.parametrize("options", [{"n_train": 0}, {"n_test": -1}, {"n_test": np.nan}, {"confidence": 95}])
def test_counts_and_confidence_are_checked(options):
    (name,) = options
    with pytest.raises(InvalidParameterError, match=f"{name}.*parameter must be"):
        corrected_resampled_test([0.1, 0.2], **{"n_train": 80, "n_test": 20, **options})


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([True, False], [True], "got 2 and 1 answers"),
        (["cat", "dog"], ["cat", "cat"], "first_right to say right"),
        ([True, False], [3, 7], "second_right to say right"),
        ([1.0, np.nan], [1.0, 0.0], "predicted == truth"),
        ([[True], [False]], [[True], [True]], "for each image"),
    ],
)
def test_mcnemar_wants_right_and_wrong_of_the_same_images(first, second, message):
    with pytest.raises(ValueError, match=message):
        mcnemar_test(first, second)


def test_mcnemar_takes_zeros_and_ones():
    assert (
        mcnemar_test([1, 1, 0, 1], [0, 0, 0, 1]) == mcnemar_test([True, True, False, True], [0.0, 0.0, 0.0, 1.0]) == 0.5
    )


@pytest.mark.parametrize("p_values", [[0.1, 1.2], [-0.1], 0.5, [[0.1, 0.2]]])
def test_holm_wants_probabilities(p_values):
    with pytest.raises(ValueError, match=r"p_values in \[0, 1\]"):
        holm_correction(p_values)


def test_no_image_is_no_evidence_of_equality():
    with pytest.raises(ValueError, match="right .True. or wrong .False. for each image"):
        mcnemar_test([], [])
