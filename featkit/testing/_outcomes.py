"""What the checks share: running an estimator, telling rows from images, comparing."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor

from ..base.feature_extractor import FeatureExtractor
from ..exceptions import ImageFormatError, SubjectNotFoundError
from ..image.alpha import flatten_alpha
from ..image.checks import Image, Images, check_image
from ..image.conversions import to_float, to_gray

ROW_TOLERANCE = 1e-4  # between the dtypes of one image, relative to the largest value of the column (or to 0.01)
Output: TypeAlias = np.ndarray | Sequence[Image]  # rows, predictions or images
LEVEL = 1 / 255  # what rounding to uint8 may cost an image


def is_composition(estimator: BaseEstimator) -> bool:
    """A Pipeline, FeatureUnion, GridSearchCV ... of scikit-learn: its class is not what is being checked."""
    return type(estimator).__module__.split(".")[0] == "sklearn"


def fitted_clone(estimator: BaseEstimator, images: Images, y: np.ndarray) -> BaseEstimator:
    """A fitted copy; does not rely on what fit returns."""
    estimator = clone(estimator)
    estimator.fit(images, y)
    return estimator


def predicts(estimator: BaseEstimator) -> bool:
    """A classifier or a regressor: what it makes of images are predictions, without names of columns."""
    return is_classifier(estimator) or is_regressor(estimator)


def output_of(estimator: BaseEstimator, images: Images) -> Output:
    return (estimator.predict if predicts(estimator) else estimator.transform)(images)


def are_images(output: Output) -> bool:
    return isinstance(output, (list, tuple)) or (
        isinstance(output, np.ndarray) and (output.ndim > 2 or output.dtype.kind == "O" and output.ndim == 1)
    )


def joined(parts: list[Output]) -> Output:
    return [image for part in parts for image in part] if are_images(parts[0]) else np.concatenate(parts)


def assert_same(
    estimator: BaseEstimator, found: Output, expected: Output, what: str, *, tolerance: float = 0.0
) -> None:
    """Compare rows (tolerance relative to each column), labels, or images one by one (tolerance of their level).

    A composition may hold steps such as PCA, whose sums depend on the size of the batch in the last digits.
    """
    tolerance = max(tolerance, ROW_TOLERANCE if is_composition(estimator) else 0)
    assert len(found) == len(expected), f"{what}: {len(found)} results for {len(expected)} images"
    if not are_images(expected):
        scale = 1.0
        if np.asarray(expected).dtype.kind == "f":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # a column of NaN has no maximum
                scale = np.maximum(0.01, np.nan_to_num(np.nanmax(np.abs(expected), axis=0)))
        _assert_close(np.asarray(found), np.asarray(expected), tolerance * scale, what)
        return
    for index, (one, other) in enumerate(zip(found, expected)):
        if tolerance:
            one, other = to_float(one), to_float(other)
        assert one.dtype == other.dtype, f"{what}: image {index} is {one.dtype} and {other.dtype}"
        _assert_close(one, other, tolerance, f"{what}: image {index}")


def _assert_close(found: np.ndarray, expected: np.ndarray, tolerance: float | np.ndarray, what: str) -> None:
    assert found.shape == expected.shape, f"{what}: shapes {found.shape} and {expected.shape}"
    if expected.dtype.kind != "f":
        assert np.array_equal(found, expected), f"{what}: results differ"
        return
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        same |= np.abs(found - expected) <= tolerance
    assert same.all(), (
        f"{what}: {np.count_nonzero(~same)} of {same.size} values differ, first at {np.argwhere(~same)[0].tolist()}: "
        f"{found[~same][0]!r} and {expected[~same][0]!r}"
    )


def assert_complete(output: Output, n_images: int, what: str) -> None:
    """One result for each image; images valid, rows finite or NaN."""
    assert len(output) == n_images, f"{what}: {len(output)} results for {n_images} images"
    if are_images(output):
        for image in output:
            check_image(image)
    elif np.asarray(output).dtype.kind == "f":
        assert not np.isinf(output).any(), f"{what}: infinite values; say NaN where there is no value"


def assert_output(output: Output, n_images: int, what: str) -> None:
    """Rows: float, two axes. Images: stacked where they agree in shape and dtype."""
    assert_complete(output, n_images, what)
    if not are_images(output):
        assert isinstance(output, np.ndarray), f"{what}: expected an ndarray of rows, got {type(output).__name__}"
        assert output.ndim == 2, f"{what}: expected rows (n_images, n_features), got shape {output.shape}"
        assert output.dtype in (np.float32, np.float64), f"{what}: expected float rows, got {output.dtype}"
        return
    kinds = {(image.shape, image.dtype.name) for image in output}
    shape = output[0].shape
    readable = len(shape) == 3 or shape[1] not in (3, 4)  # a stack (n, height, 3) would be read as one RGB image
    expected = np.ndarray if len(kinds) == 1 and readable else list
    assert isinstance(output, expected), f"{what}: {kinds} expected as {expected.__name__}, got {type(output).__name__}"


def assert_raises(errors: tuple[type[Exception], ...], call: Callable[[], Any], what: str) -> Exception:
    try:
        call()
    except errors as error:
        return error
    except Exception as error:
        expected = " or ".join(kind.__name__ for kind in errors)
        raise AssertionError(f"{what}: expected {expected}, got {type(error).__name__}: {error}") from error
    raise AssertionError(f"{what}: accepted, expected {' or '.join(kind.__name__ for kind in errors)}")


def row_or_image_error(
    estimator: BaseEstimator, make_fitted: Callable[[], BaseEstimator], batch: Images, what: str
) -> BaseEstimator | None:
    """The fitted estimator when it takes the batch, None when it refuses in the proper way."""
    allowed = (ImageFormatError, SubjectNotFoundError)
    try:
        with warnings.catch_warnings():
            fitted = make_fitted()
            warnings.simplefilter("error")
            output = output_of(fitted, batch)
    except allowed:
        return None
    except Exception as error:
        takes_rows = is_classifier(estimator) or is_composition(estimator)
        if takes_rows and isinstance(error, ValueError) and "NaN" in str(error):
            return None  # a row without values came to a step that takes none
        expected = "a result or an ImageFormatError"
        raise AssertionError(f"{what}: expected {expected}, got {type(error).__name__}: {error}") from error
    assert_complete(output, len(batch), what)
    return fitted


class _MeanColor(FeatureExtractor):
    """The least of features, to follow a step whose output is images."""

    def image_extractor(self) -> Callable[[Image], list[float]]:
        return lambda image: [float(to_float(to_gray(flatten_alpha(image))).mean(dtype=np.float64))]

    def feature_names(self) -> list[str]:
        return ["mean"]


def ending_in_rows(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> list[BaseEstimator]:
    """Steps from images to rows: the estimator alone, or followed by a feature where it returns images."""
    steps = [clone(estimator)]
    if are_images(output_of(fitted_clone(estimator, images, y), images)):
        steps.append(_MeanColor())
    return steps
