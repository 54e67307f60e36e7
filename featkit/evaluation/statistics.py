"""Statistics of cross-validation folds: intervals, paired tests, corrections for several tests."""

from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ..exceptions import shown
from ..parameters import POSITIVE, Interval, check_number

DIGITS = 12  # of accuracies that count when they are compared and ranked
PROBABILITY = Interval(Real, 0, 1, closed="neither")


def without_rounding_noise(figures: ArrayLike) -> np.ndarray:
    """Round figures to 12 digits, so that those that differ by the rounding of a sum alone are equal.

    Whatever compares or ranks accuracies goes through here first.

    Parameters
    ----------
    figures : array-like of float
        NaN stays NaN. The digits are decimals for figures up to 1, and fewer of them for larger figures.

    Returns
    -------
    rounded : float64 ndarray
        Of the same shape.
    """
    figures = np.asarray(figures, dtype=np.float64)
    largest = np.max(np.abs(figures), initial=1, where=np.isfinite(figures))
    return np.round(figures, DIGITS - int(np.ceil(np.log10(largest)))) + 0.0  # no negative zero


class ResampledTest(NamedTuple):
    """Mean, confidence interval and p value of `corrected_resampled_test`.

    Attributes
    ----------
    mean : float
        Mean of the values.
    low, high : float
        Ends of its confidence interval.
    p : float
        Two-sided p value of the hypothesis that the mean is 0.
    """

    mean: float
    low: float
    high: float
    p: float


def corrected_resampled_test(
    values: ArrayLike, *, n_train: ArrayLike, n_test: ArrayLike, confidence: float = 0.95
) -> ResampledTest:
    """Corrected resampled t-test of Nadeau and Bengio: mean over cross-validation folds, its interval and p value.

    Parameters
    ----------
    values : array-like of shape (n_folds,)
        One finite figure per fold: a difference of two candidates, or the accuracy of one.
    n_train, n_test : float or array-like of shape (n_folds,)
        Images that each fold trains and tests on, above 0; means are taken.
    confidence : float in (0, 1), default=0.95
        Confidence level of the interval.

    Returns
    -------
    test : ResampledTest
        Mean, low, high and p. All but the mean are NaN for a single fold. Folds that agree to 12 digits give an
        interval of no width: they say nothing of the images that were not drawn.

    Raises
    ------
    ValueError
        When the values are not finite numbers along one axis, or a count of images is not above 0.
    InvalidParameterError
        When `confidence` does not lie between 0 and 1.

    See Also
    --------
    mcnemar_test : Paired test over the images instead of the folds.
    holm_correction : Adjust the p values of several tests.

    Notes
    -----
    Student's t with ``n_folds - 1`` degrees of freedom on the variance ``(1 / n_folds + n_test / n_train) s²`` in
    place of ``s² / n_folds``: the training sets overlap, and the plain test takes that for independent evidence.

    References
    ----------
    Nadeau, Bengio 2003, "Inference for the generalization error", doi:10.1023/A:1024068626366.

    Examples
    --------
    >>> from featkit.evaluation import corrected_resampled_test
    >>> corrected_resampled_test([0.01, 0.02, 0.03], n_train=100, n_test=50)
    ResampledTest(mean=0.02, low=-0.019, high=0.059, p=0.159)
    """
    figures = np.asarray(values, dtype=np.float64)
    if figures.ndim != 1 or not len(figures) or not np.isfinite(figures).all():
        raise ValueError(f"Expected values to be one finite number per fold, got {shown(values)}.")
    confidence = check_number("confidence", confidence, PROBABILITY)
    trained, tested = (
        check_number(name, np.mean(np.asarray(count, dtype=np.float64)), POSITIVE)
        for name, count in (("n_train", n_train), ("n_test", n_test))
    )
    n_folds, mean = len(figures), float(np.mean(figures))
    if n_folds < 2:
        return ResampledTest(mean, np.nan, np.nan, np.nan)
    rounded = without_rounding_noise(figures)
    if np.ptp(rounded) == 0:
        # not their mean: the sum of equal figures over their number may be another
        mean = float(figures[0]) if rounded[0] else 0.0
        return ResampledTest(mean, mean, mean, 0.0 if mean else 1.0)
    error = float(np.sqrt((1 / n_folds + tested / trained) * np.var(figures, ddof=1)))
    reach = float(stats.t.ppf((1 + confidence) / 2, n_folds - 1)) * error
    p = float(2 * stats.t.sf(abs(mean) / error, n_folds - 1))
    return ResampledTest(mean, mean - reach, mean + reach, p)


def score_over_folds(
    scores: ArrayLike, *, n_train: ArrayLike, n_test: ArrayLike, least: float = 0.0
) -> tuple[float, float, float]:
    """Mean score and the interval of `corrected_resampled_test`, clipped to what it can be: [least, 1].

    Returns
    -------
    score, low, high : float
        The ends are NaN for a single fold, and where all folds agree to 12 digits: that says nothing of other images.
    """
    test = corrected_resampled_test(scores, n_train=n_train, n_test=n_test)
    if not test.low < test.high:
        return test.mean, np.nan, np.nan
    low, high = np.clip([test.low, test.high], least, 1).tolist()
    return test.mean, low, high


def wilson_interval(n_right: int, n_images: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a proportion, which has a width for 0 and for 1, too.

    References
    ----------
    Wilson 1927, "Probable inference, the law of succession, and statistical inference", doi:10.2307/2276774.
    """
    low, high = stats.binomtest(n_right, n_images).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def squared_error_test(truth: ArrayLike, first: ArrayLike, second: ArrayLike) -> float:
    """Paired t-test of the squared errors that two regressors make on the same images: two-sided p value.

    1 where all errors are equally large; NaN for a single image.
    """
    true, *predicted = (np.asarray(values, dtype=np.float64) for values in (truth, first, second))
    gained = (predicted[1] - true) ** 2 - (predicted[0] - true) ** 2
    if np.ptp(gained) == 0:
        return 1.0 if len(gained) > 1 and gained[0] == 0 else np.nan
    return float(stats.ttest_1samp(gained, 0).pvalue)


def mcnemar_test(first_right: ArrayLike, second_right: ArrayLike) -> float:
    """Exact two-sided McNemar test of two classifiers on the same images.

    Parameters
    ----------
    first_right, second_right : array-like of bool (n_images,)
        Whether each classifier was right on each image; 0 and 1 will do.

    Returns
    -------
    p : float
        Two-sided p value of the split of the images on which only one is right, were both equally good; 1 where they
        are right on the same images.

    Raises
    ------
    ValueError
        When the two are not of one length, or hold anything but right and wrong, such as labels or NaN.

    See Also
    --------
    corrected_resampled_test : Paired test over the folds instead of the images.
    holm_correction : Adjust the p values of several tests.

    References
    ----------
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions or percentages",
    doi:10.1007/BF02295996.

    Examples
    --------
    >>> from featkit.evaluation import mcnemar_test
    >>> mcnemar_test([True] * 6 + [False], [False] * 6 + [True])  # 6 against 1: 2 (1 + 7) / 2 ** 7
    0.125
    """
    first, second = _right_or_wrong("first_right", first_right), _right_or_wrong("second_right", second_right)
    if len(first) != len(second):
        raise ValueError(f"Expected both classifiers on the same images, got {len(first)} and {len(second)} answers.")
    only_first, only_second = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    discordant = only_first + only_second
    return float(stats.binomtest(only_first, discordant).pvalue) if discordant else 1.0


def _right_or_wrong(name: str, answers: ArrayLike) -> np.ndarray:
    given = np.asarray(answers)
    if given.ndim != 1 or not given.size or not all(answer in (0, 1) for answer in given.tolist()):
        raise ValueError(
            f"Expected {name} to say right (True) or wrong (False) for each image, got {shown(answers)}: compare the "
            "predictions with the truth first, predicted == truth."
        )
    return given.astype(bool)


def holm_correction(p_values: ArrayLike) -> np.ndarray:
    """Holm-Bonferroni correction of the p values of several tests.

    Parameters
    ----------
    p_values : array-like of shape (n_tests,)
        In [0, 1]. NaN stays NaN and does not count as a test.

    Returns
    -------
    adjusted : float64 ndarray (n_tests,)
        Adjusted p values: rejecting all below alpha keeps the probability of any false rejection at alpha.

    Raises
    ------
    ValueError
        When a value is no probability, or they do not stand along one axis.

    See Also
    --------
    corrected_resampled_test : A paired test over folds.
    mcnemar_test : A paired test over images.

    References
    ----------
    Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6(2).

    Examples
    --------
    >>> from featkit.evaluation import holm_correction
    >>> holm_correction([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    if p_values.ndim != 1 or (p_values < 0).any() or (p_values > 1).any():
        raise ValueError(f"Expected p_values in [0, 1] along one axis, got {shown(p_values)}.")
    adjusted = np.full(p_values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1)))
    return adjusted
