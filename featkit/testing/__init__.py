"""The contract: laws that every image estimator can be held to, featkit's own and other people's.

scikit-learn's `check_estimator` leaves out nearly all its checks where X is not a table. These take their place for
transformers of images, image classifiers, image regressors and pipelines that begin with images.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor

from .._optional import require
from ._class_laws import (
    check_constructor,
    check_native_handles,
    check_parameter_constraints,
    check_parameters,
    check_pickle,
    check_repr,
    check_skops,
    check_tags,
    check_unfitted,
)
from ._function_laws import check_input_of_function_untouched, check_refusals
from ._images import check_pictures
from ._input_laws import (
    check_bad_batches,
    check_dtypes,
    check_error_names_image,
    check_hard_images,
    check_image_kinds,
    check_input_untouched,
    check_masks,
    check_memory_layout,
    check_sizes,
    check_stack_and_list,
    check_transparent_pixels,
)
from ._outcomes import is_composition
from ._output_laws import (
    check_chunks,
    check_classifier,
    check_feature_names,
    check_fit,
    check_fit_twice,
    check_grid_search,
    check_n_jobs,
    check_output,
    check_set_output,
    check_threads,
)

if TYPE_CHECKING:
    import pytest

__all__ = [
    "check_image_estimator",
    "check_image_function",
    "check_pictures",
    "image_checks",
    "parametrize_with_image_checks",
]


def check_image_estimator(
    estimator: BaseEstimator,
    *,
    images: np.ndarray | None = None,
    y: ArrayLike | None = None,
    expected_failed_checks: dict[str, str] | None = None,
) -> None:
    """Hold an estimator to the laws of image estimators; raise at the first one it breaks.

    Which laws apply follows from what the estimator does (`predict`, `transform` to rows or to images) and from its
    tags, not from its base class. The estimator itself is left alone: every check works on a clone.

    Parameters
    ----------
    estimator : estimator instance
        Takes batches of images in fit; transforms them into rows or images, or predicts.
    images : uint8 ndarray (n_images, height, width[, 3]) or None, default=None
        Images to check with, at least eight; None makes some (see `featkit.testing.check_pictures`). Give your own
        to an estimator that needs a larger size or something to see, such as faces.
    y : array-like (n_images, ...) or None, default=None
        Their labels, each at least four times, or the targets of a regressor; None gives 0, 1, 0, 1, ...
    expected_failed_checks : dict of str to str or None, default=None
        Names of checks that do not apply here, each with the reason. Such a check must fail: one that passes is an
        error too, so that the list cannot go stale.

    Raises
    ------
    AssertionError
        When a law is broken; a note tells the name of the check and the law. Whatever else the estimator raises comes
        through.

    See Also
    --------
    check_image_function : The laws of functions of an image.
    parametrize_with_image_checks : Every law as a test of its own.
    sklearn.utils.estimator_checks.check_estimator : The laws of estimators of tables.

    Notes
    -----
    What needs pandas, polars or skops is checked where they are installed.

    Examples
    --------
    >>> from featkit import RawPixels
    >>> from featkit.testing import check_image_estimator
    >>> check_image_estimator(RawPixels())
    """
    for _, check in image_checks(estimator, images=images, y=y, expected_failed_checks=expected_failed_checks):
        check(estimator)


def check_image_function(function: Callable, *, images: np.ndarray | None = None, **parameters: Any) -> None:
    """Hold a function of one image to the laws: what is no image is refused, and the image is left alone.

    Parameters
    ----------
    function : callable
        Its first argument is an image.
    images : uint8 ndarray (n_images, height, width[, 3]) or None, default=None
        Images to check with; None makes some (see `featkit.testing.check_pictures`).
    **parameters : object
        Further arguments that the function needs, by keyword.

    Raises
    ------
    AssertionError
        When a law is broken: the message says what the function took for an image.

    See Also
    --------
    check_image_estimator : The laws of estimators.
    featkit.check_image : What makes a function keep the first law.

    Examples
    --------
    >>> from featkit.features.gradients import hog
    >>> from featkit.testing import check_image_function
    >>> check_image_function(hog)
    """
    images = check_pictures(8) if images is None else images
    check_refusals(function, images, **parameters)
    check_input_of_function_untouched(function, images, **parameters)


def parametrize_with_image_checks(
    estimators: Sequence[BaseEstimator],
    *,
    images: np.ndarray | None = None,
    y: ArrayLike | None = None,
    expected_failed_checks: Callable[[BaseEstimator], dict[str, str]] | None = None,
) -> "pytest.MarkDecorator":
    """Decorate a pytest function so that it runs once for every estimator and law.

    Parameters
    ----------
    estimators : list of estimator instances
        Those to check.
    images : uint8 ndarray (n_images, height, width[, 3]) or None, default=None
        As in `check_image_estimator`.
    y : array-like (n_images, ...) or None, default=None
        As in `check_image_estimator`.
    expected_failed_checks : callable or None, default=None
        Given an estimator, returns its dict of check names with reasons, see `check_image_estimator`.

    Returns
    -------
    decorator : pytest.MarkDecorator
        Gives the function the arguments ``estimator`` and ``check``.

    See Also
    --------
    check_image_estimator : All laws in one call.

    Examples
    --------
    >>> from featkit import RawPixels
    >>> from featkit.testing import parametrize_with_image_checks
    >>> @parametrize_with_image_checks([RawPixels()])
    ... def test_image_estimators(estimator, check):
    ...     check(estimator)
    """
    pytest = require("pytest", extra="test")
    cases = []
    for estimator in estimators:
        expected = expected_failed_checks(estimator) if expected_failed_checks else None
        for name, check in image_checks(estimator, images=images, y=y, expected_failed_checks=expected):
            cases.append(pytest.param(estimator, check, id=f"{type(estimator).__name__}-{name}"))
    return pytest.mark.parametrize(("estimator", "check"), cases)


def image_checks(
    estimator: BaseEstimator,
    *,
    images: np.ndarray | None = None,
    y: ArrayLike | None = None,
    expected_failed_checks: dict[str, str] | None = None,
) -> list[tuple[str, Callable[[BaseEstimator], None]]]:
    """Names and functions of the checks that apply to an estimator.

    Parameters
    ----------
    estimator : estimator instance
        The one to check.
    images : uint8 ndarray (n_images, height, width[, 3]) or None, default=None
        As in `check_image_estimator`.
    y : array-like (n_images, ...) or None, default=None
        As in `check_image_estimator`.
    expected_failed_checks : dict of str to str or None, default=None
        As in `check_image_estimator`.

    Returns
    -------
    checks : list of (str, callable)
        Each callable takes the estimator.

    See Also
    --------
    check_image_estimator : Runs them all.

    Examples
    --------
    >>> from featkit import RawPixels
    >>> from featkit.testing import image_checks
    >>> [name for name, check in image_checks(RawPixels())][:2]
    ['check_constructor', 'check_parameters']
    """
    images = check_pictures() if images is None else images
    y = np.arange(len(images)) % 2 if y is None else np.asarray(y)
    expected_failed_checks = expected_failed_checks or {}
    functions = [*EVERY_ESTIMATOR]
    if not is_composition(estimator):
        functions = [*OWN_CLASS, *functions]
    if is_classifier(estimator):
        functions += ANY_CLASSIFIER
    elif not is_regressor(estimator):
        functions += ANY_TRANSFORMER
    names = {function.__name__ for function in functions}
    if unknown := sorted(set(expected_failed_checks) - names):
        raise ValueError(f"Expected failures must name checks that apply: {sorted(names)}, got {unknown}.")
    return [
        (function.__name__, partial(_run, function, images, y, expected_failed_checks.get(function.__name__)))
        for function in functions
    ]


def _run(
    check: Callable, images: np.ndarray, y: np.ndarray, reason_to_fail: str | None, estimator: BaseEstimator
) -> None:
    try:
        check(clone(estimator), images.copy(), y.copy())
    except Exception as error:
        if reason_to_fail is None:
            law = (inspect.getdoc(check) or "").partition("\n")[0]
            error.add_note(f"{check.__name__} of featkit.testing: {law}")
            raise
    else:
        assert reason_to_fail is None, f"{check.__name__} passes, but was expected to fail: {reason_to_fail}"


OWN_CLASS = (check_constructor, check_parameters, check_parameter_constraints, check_tags, check_unfitted)
EVERY_ESTIMATOR = (
    check_repr,
    check_fit,
    check_fit_twice,
    check_chunks,
    check_stack_and_list,
    check_input_untouched,
    check_memory_layout,
    check_dtypes,
    check_image_kinds,
    check_masks,
    check_sizes,
    check_hard_images,
    check_bad_batches,
    check_error_names_image,
    check_transparent_pixels,
    check_threads,
    check_native_handles,
    check_pickle,
    check_skops,
    check_n_jobs,
    check_grid_search,
)
ANY_TRANSFORMER = (check_output, check_feature_names, check_set_output)
ANY_CLASSIFIER = (check_classifier,)
