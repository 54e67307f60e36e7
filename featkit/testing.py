"""The contract: laws that every image estimator can be held to, featkit's own and other people's.

scikit-learn's `check_estimator` leaves out nearly all its checks where X is not a table. These take their place for
transformers of images, image classifiers and pipelines that begin with images.
"""

import inspect
import pickle
import re
import warnings
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn import config_context
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import estimator_html_repr, get_tags

from ._optional import require
from .base import FeatureExtractor, InvalidParameterError, generate_invalid_param_val, make_constraint
from .exceptions import ImageFormatError, ImageReadError, SubjectNotFoundError
from .images import check_image, flatten_alpha, foreground_mask, full_light, join_alpha, split_alpha, to_float, to_gray

__all__ = ["check_image_estimator", "check_pictures", "image_checks", "parametrize_with_image_checks"]

ROW_TOLERANCE = 1e-4  # between the dtypes of one picture, relative to the largest value of the column
LEVEL = 1 / 255  # what rounding to uint8 may cost an image
NATIVE = {"cv2", "dlib", "_dlib_pybind11", "numba", "ctypes", "_ctypes", "_thread"}


def check_image_estimator(estimator, *, images=None, y=None, expected_failed_checks=None):
    """Hold an estimator to the laws of image estimators; raise at the first one it breaks.

    Which laws apply follows from what the estimator does (`predict`, `transform` to rows or to images) and from its
    tags, not from its base class. The estimator itself is left alone: every check works on a clone.

    Parameters
    ----------
    estimator : estimator instance
        Takes batches of images in fit; transforms them into rows or images, or predicts.
    images : uint8 ndarray (n_images, height, width[, 3]) or None, default=None
        Pictures to check with, at least eight; None makes some (see `featkit.testing.check_pictures`). Give your own
        to an estimator that needs a larger size or something to see, such as faces.
    y : array-like (n_images,) or None, default=None
        Their labels, each at least four times; None gives 0, 1, 0, 1, ...
    expected_failed_checks : dict of str to str or None, default=None
        Names of checks that do not apply here, each with the reason. Such a check must fail: one that passes is an
        error too, so that the list cannot go stale.

    Raises
    ------
    AssertionError
        When a law is broken; a note tells the name of the check. Whatever else the estimator raises comes through.

    Examples
    --------
    >>> from featkit import RawPixels
    >>> from featkit.testing import check_image_estimator
    >>> check_image_estimator(RawPixels())
    """
    for name, check in image_checks(estimator, images=images, y=y, expected_failed_checks=expected_failed_checks):
        try:
            check(estimator)
        except Exception as error:
            error.add_note(f"{name} of featkit.testing")
            raise


def parametrize_with_image_checks(estimators, *, images=None, y=None, expected_failed_checks=None):
    """Decorate a pytest function so that it runs once for every estimator and law.

    Parameters
    ----------
    estimators : list of estimator instances
    images, y
        See `check_image_estimator`.
    expected_failed_checks : callable or None, default=None
        Given an estimator, returns its dict of check names with reasons, see `check_image_estimator`.

    Returns
    -------
    decorator : pytest.MarkDecorator

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


def image_checks(estimator, *, images=None, y=None, expected_failed_checks=None):
    """Names and functions of the checks that apply to an estimator.

    Parameters
    ----------
    estimator : estimator instance
    images, y, expected_failed_checks
        See `check_image_estimator`.

    Returns
    -------
    checks : list of (str, callable)
        Each callable takes the estimator.

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
    if not _is_composition(estimator):
        functions = [*OWN_CLASS, *functions]
    functions += ANY_CLASSIFIER if is_classifier(estimator) else ANY_TRANSFORMER
    names = {function.__name__ for function in functions}
    if unknown := sorted(set(expected_failed_checks) - names):
        raise ValueError(f"Expected failures must name checks that apply: {sorted(names)}, got {unknown}.")
    return [
        (function.__name__, partial(_run, function, images, y, expected_failed_checks.get(function.__name__)))
        for function in functions
    ]


def _run(check, images, y, reason_to_fail, estimator):
    try:
        check(clone(estimator), images.copy(), y.copy())
    except Exception:
        if reason_to_fail is None:
            raise
    else:
        assert reason_to_fail is None, f"{check.__name__} passes, but was expected to fail: {reason_to_fail}"


def check_pictures(n_images=8, height=48, width=56, *, seed=0):
    """Make textured colour pictures of a bright blob: upright in every first, lying in every second.

    Parameters
    ----------
    n_images, height, width : int, default=8, 48, 56
    seed : int, default=0

    Returns
    -------
    images : uint8 ndarray (n_images, height, width, 3)

    Examples
    --------
    >>> from featkit.testing import check_pictures
    >>> check_pictures(2, height=64, width=64).shape
    (2, 64, 64, 3)
    """
    rng = np.random.default_rng(seed)
    row, col = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    images = []
    for index in range(n_images):
        noise = rng.normal(size=(height, width, 3))
        texture = sum(size * gaussian_filter(noise, (size, size, 0.5)) for size in (0.8, 2, 5))
        tall, broad = (0.7, 0.35) if index % 2 == 0 else (0.35, 0.7)
        shift = rng.uniform(-0.15, 0.15, 2)
        blob = np.exp(-((((row - shift[0]) / tall) ** 2 + ((col - shift[1]) / broad) ** 2) ** 2))
        color = rng.uniform(0.3, 0.6, 3)
        image = 0.25 + 0.08 * texture + blob[..., np.newaxis] * color
        images.append(np.rint(255 * image.clip(0.02, 0.98)).astype(np.uint8))
    return np.stack(images)


# Pictures of other kinds, made of the given ones


def _with_alpha(images):
    """Soft ellipse of foreground, its size differing from image to image; alpha is 0 outside."""
    row, col = np.ogrid[-1 : 1 : images.shape[1] * 1j, -1 : 1 : images.shape[2] * 1j]
    pictures = []
    for index, image in enumerate(images):
        radius = 0.65 + 0.3 * index / len(images)
        alpha = np.clip(4 * (radius - np.hypot(row, 0.8 * col)), 0, 1)
        pictures.append(join_alpha(image, np.rint(255 * alpha).astype(np.uint8)))
    return np.stack(pictures)


def _cut_out(images):
    """With an alpha of 0 or 255 only: blending a soft edge rounds to the levels of the dtype."""
    pictures = _with_alpha(images)
    pictures[..., 3] = np.where(pictures[..., 3] < 128, 0, 255)
    return pictures


def _with_whole_luma(images):
    """With colours changed a little so that 0.299 R + 0.587 G + 0.114 B is a whole number."""
    if images.ndim == 3:
        return images
    gray = _gray(images)[..., np.newaxis].astype(int)
    colorful = np.array([[15, -9, 7], [11, 1, -34]])  # directions in which the luma stays what it is
    amounts = np.rint((images - gray) @ np.linalg.pinv(colorful)).astype(int)
    exact = gray + amounts @ colorful
    inside = ((exact >= 0) & (exact <= 255)).all(axis=-1, keepdims=True)
    return np.where(inside, exact, gray).astype(np.uint8)


def _masks(images):
    return np.stack([foreground_mask(image) for image in _with_alpha(images)])


def _gray(images):
    return np.stack([to_gray(image) for image in images])


def _ragged(images):
    return [image[index % 3 :, : image.shape[1] - index % 4].copy() for index, image in enumerate(images)]


def _hard_images(image):
    """Pictures with next to nothing in them."""
    clear = np.zeros((*image.shape[:2], 4), np.uint8)
    dot = clear.copy()
    dot[image.shape[0] // 2, image.shape[1] // 2] = 255
    return {
        "1 x 1": image[:1, :1],
        "1 x 1, gray": to_gray(image)[:1, :1],
        "one row": image[:1],
        "one column": image[:, :1],
        "2 x 2": image[:2, :2],
        "black": np.zeros_like(image),
        "white": np.full_like(image, full_light(image.dtype)),
        "flat float": np.full(image.shape, 0.3, np.float32),
        "empty foreground": clear,
        "one pixel of foreground": dot,
        "1 x 1, empty foreground": clear[:1, :1],
        "empty mask": np.zeros(image.shape[:2], bool),
        "full mask": np.ones(image.shape[:2], bool),
    }


def _bad_batches(images):
    """Things that are no batch of images."""
    floats = images / 255
    broken = floats.copy()
    broken[-1, 0, 0] = np.nan
    infinite = floats.copy()
    infinite[-1, 0, 0] = np.inf
    return {
        "one image": np.repeat(_gray(images)[0][..., np.newaxis], 3, axis=2),
        "one gray image": _gray(images)[0],
        "one mask": _masks(images)[0],
        "path": "no such picture.png",
        "list of paths": ["no such picture.png"] * len(images),
        "list of bytes": [b"no picture"] * len(images),
        "generator": (image for image in images),
        "floats with NaN": broken,
        "floats with infinity": infinite,
        "floats 0..255": 255 * floats,
        "floats below 0": floats - 0.5,
        "int64": images.astype(np.int64),
        "complex": floats.astype(complex),
        "five channels": np.zeros((*images.shape[:3], 5), np.uint8),
        "images without pixels": images[:, :0],
        "nested lists": images[:2, :2, :2].tolist(),
        "empty list": [],
        "empty stack": images[:0],
        "None": None,
    }


# What the checks share


def _is_composition(estimator):
    """A Pipeline, FeatureUnion, GridSearchCV ... of scikit-learn: its class is not what is being checked."""
    return type(estimator).__module__.split(".")[0] == "sklearn"


def _fitted(estimator, images, y):
    estimator = clone(estimator)
    estimator.fit(images, y)
    return estimator


def _output(estimator, images):
    return (estimator.predict if is_classifier(estimator) else estimator.transform)(images)


def _are_images(output):
    return isinstance(output, (list, tuple)) or (
        isinstance(output, np.ndarray) and (output.ndim > 2 or output.dtype.kind == "O" and output.ndim == 1)
    )


def _joined(parts):
    return [image for part in parts for image in part] if _are_images(parts[0]) else np.concatenate(parts)


def _assert_same(estimator, found, expected, what, *, tolerance=0.0):
    """Compare rows (tolerance relative to each column), labels, or images one by one (tolerance of their level).

    A composition may hold steps such as PCA, whose sums depend on the size of the batch in the last digits.
    """
    tolerance = max(tolerance, ROW_TOLERANCE if _is_composition(estimator) else 0)
    assert len(found) == len(expected), f"{what}: {len(found)} results for {len(expected)} images"
    if not _are_images(expected):
        scale = 1.0
        if np.asarray(expected).dtype.kind == "f":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # a column of NaN has no maximum
                scale = np.maximum(1e-6, np.nan_to_num(np.nanmax(np.abs(expected), axis=0)))
        _assert_close(np.asarray(found), np.asarray(expected), tolerance * scale, what)
        return
    for index, (one, other) in enumerate(zip(found, expected)):
        if tolerance:
            one, other = to_float(one), to_float(other)
        assert one.dtype == other.dtype, f"{what}: image {index} is {one.dtype} and {other.dtype}"
        _assert_close(one, other, tolerance, f"{what}: image {index}")


def _assert_close(found, expected, tolerance, what):
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


def _assert_complete(output, n_images, what):
    """One result for each image; images valid, rows finite or NaN."""
    assert len(output) == n_images, f"{what}: {len(output)} results for {n_images} images"
    if _are_images(output):
        for image in output:
            check_image(image)
    elif np.asarray(output).dtype.kind == "f":
        assert not np.isinf(output).any(), f"{what}: infinite values; say NaN where there is no value"


def _assert_output(output, n_images, what):
    """Rows: float, two axes. Images: stacked where they agree in shape and dtype."""
    _assert_complete(output, n_images, what)
    if not _are_images(output):
        assert isinstance(output, np.ndarray), f"{what}: expected an ndarray of rows, got {type(output).__name__}"
        assert output.ndim == 2, f"{what}: expected rows (n_images, n_features), got shape {output.shape}"
        assert output.dtype in (np.float32, np.float64), f"{what}: expected float rows, got {output.dtype}"
        return
    kinds = {(image.shape, image.dtype.name) for image in output}
    shape = output[0].shape
    readable = len(shape) == 3 or shape[1] not in (3, 4)  # a stack (n, height, 3) would be read as one RGB image
    expected = np.ndarray if len(kinds) == 1 and readable else list
    assert isinstance(output, expected), f"{what}: {kinds} expected as {expected.__name__}, got {type(output).__name__}"


def _assert_raises(errors, call, what):
    try:
        call()
    except errors as error:
        return error
    except Exception as error:
        expected = " or ".join(kind.__name__ for kind in errors)
        raise AssertionError(f"{what}: expected {expected}, got {type(error).__name__}: {error}") from error
    raise AssertionError(f"{what}: accepted, expected {' or '.join(kind.__name__ for kind in errors)}")


class _MeanColor(FeatureExtractor):
    """The least of features, to follow a step whose output is images."""

    def _image_extractor(self):
        return lambda image: [float(to_float(to_gray(flatten_alpha(image))).mean(dtype=np.float64))]

    def _feature_names(self):
        return ["mean"]


def _ending_in_rows(estimator, images, y):
    """Steps from images to rows: the estimator alone, or followed by a feature where it returns images."""
    steps = [clone(estimator)]
    if _are_images(_output(_fitted(estimator, images, y), images)):
        steps.append(_MeanColor())
    return steps


# Laws of a class: what the constructor, the parameters and the tags say


def check_constructor(estimator, images, y):
    """The constructor stores every argument as it is, and does nothing else."""
    kind = type(estimator)
    given = {name: object() for name in estimator.get_params(deep=False)}
    made = kind(**given)
    for name, value in given.items():
        assert getattr(made, name) is value, f"the constructor changed {name}: check and convert in fit"
    extra = sorted(set(vars(made)) - set(inspect.signature(kind).parameters))
    assert not extra, f"the constructor set {extra}, which are no parameters"


def check_parameters(estimator, images, y):
    """get_params names all parameters of the constructor, set_params sets them, a clone has them all."""
    params = estimator.get_params(deep=False)
    taken = set(inspect.signature(type(estimator)).parameters)
    assert set(params) == taken, f"get_params gives {sorted(params)}, the constructor takes {sorted(taken)}"
    for name, value in params.items():
        mark = object()
        assert estimator.set_params(**{name: mark}) is estimator, "set_params must return the estimator"
        assert estimator.get_params(deep=False)[name] is mark, f"set_params did not set {name}"
        estimator.set_params(**{name: value})
    fitted = _fitted(estimator, images, y)
    assert repr(fitted.get_params()) == repr(estimator.get_params()), "fit must not change the parameters"
    assert not [name for name in vars(clone(fitted)) if name.endswith("_")], "a clone must not be fitted"


def check_parameter_constraints(estimator, images, y):
    """A bad parameter gives an InvalidParameterError that names it, in fit and in a transform that needs no fit."""
    declared = getattr(estimator, "_parameter_constraints", None)
    for name in estimator.get_params(deep=False):
        assert declared is None or name in declared, f"_parameter_constraints says nothing of {name}"
        if declared is not None and declared[name] == "no_validation":
            continue
        for value in [type("NoSuchType", (), {})(), *_values_out_of_range(declared and declared[name])]:
            what = f"{name}={value!r}"
            errors = (ValueError, TypeError) if declared is None else (InvalidParameterError,)
            broken = clone(estimator).set_params(**{name: value})
            error = _assert_raises(errors, partial(broken.fit, images, y), f"fit with {what}")
            assert name in str(error), f"fit with {what}: the error does not name {name}: {error}"
            if not get_tags(estimator).requires_fit:
                broken = _fitted(estimator, images, y).set_params(**{name: value})
                _assert_raises(errors, partial(broken.transform, images), f"transform with {what}")


def _values_out_of_range(constraints):
    constraints = [make_constraint(constraint) for constraint in constraints or ()]
    values = []
    for constraint in constraints:
        try:
            value = generate_invalid_param_val(constraint)
        except NotImplementedError:  # a constraint on the type alone
            continue
        if not any(other.is_satisfied_by(value) for other in constraints):
            values.append(value)
    return values


def check_tags(estimator, images, y):
    """The tags say that X is not a table but has three axes or more."""
    tags = get_tags(estimator)
    assert not tags.input_tags.two_d_array, "input_tags.two_d_array must be False: a batch of images is no table"
    assert tags.input_tags.three_d_array, "input_tags.three_d_array must be True"
    if is_classifier(estimator):
        assert tags.classifier_tags is not None, "a classifier must have classifier_tags"
    else:
        assert tags.transformer_tags is not None, (
            "a transformer must have transformer_tags: TransformerMixin goes first"
        )


def check_unfitted(estimator, images, y):
    """Before fit: NotFittedError where the tags say requires_fit, else the same output as after fit."""
    fitted = _fitted(estimator, images, y)
    if get_tags(estimator).requires_fit:
        _assert_raises((NotFittedError,), partial(_output, clone(estimator), images), "before fit")
    else:
        _assert_same(estimator, _output(clone(estimator), images), _output(fitted, images), "before and after fit")
    if is_classifier(estimator) or _are_images(_output(fitted, images)):
        return
    try:
        names = clone(estimator).get_feature_names_out()
    except NotFittedError:
        return
    assert list(names) == list(fitted.get_feature_names_out()), "the feature names differ before and after fit"


# Laws of every image estimator


def check_repr(estimator, images, y):
    """An estimator can be shown, before and after fit, as text and as HTML."""
    for one in (estimator, _fitted(estimator, images, y)):
        assert type(one).__name__ in repr(one)
        assert type(one).__name__ in estimator_html_repr(one)


def check_fit(estimator, images, y):
    """Fit returns the estimator itself; fit_transform is fit and transform."""
    assert estimator.fit(images, y) is estimator, "fit must return self"
    if hasattr(estimator, "fit_transform") and not is_classifier(estimator):
        found = clone(estimator).fit_transform(images, y)
        _assert_same(estimator, found, _output(estimator, images), "fit_transform and fit, transform")


def check_fit_twice(estimator, images, y):
    """A second fit forgets the first; two fits on the same images learn the same."""
    expected = _output(_fitted(estimator, images, y), images)
    fitted_before = _fitted(estimator, images[::-1, ::-1].copy(), y[::-1].copy())
    fitted_before.fit(images, y)
    _assert_same(estimator, _output(fitted_before, images), expected, "after a second fit and after one")


def check_chunks(estimator, images, y):
    """Row i depends on image i alone: the rows of parts are the rows of the whole, bit for bit."""
    batches = {"RGB": images, "RGBA": _with_alpha(images), "unequal sizes": _ragged(images)}
    for kind, batch in batches.items():
        try:
            fitted = _fitted(estimator, batch, y)
            whole = _output(fitted, batch)
        except ImageFormatError:
            continue  # whether it may refuse these is the matter of check_sizes
        for size in (1, 3):
            parts = [_output(fitted, batch[start : start + size]) for start in range(0, len(batch), size)]
            _assert_same(estimator, _joined(parts), whole, f"{kind} in parts of {size} and at once")
        backwards = _output(fitted, batch[::-1])[::-1]
        _assert_same(estimator, backwards, whole, f"{kind} in reverse order")


def check_stack_and_list(estimator, images, y):
    """The same images as a stack, list, tuple and object array give the same output."""
    for kind, batch in (("RGB", images), ("RGBA", _with_alpha(images))):
        fitted = _fitted(estimator, batch, y)
        expected = _output(fitted, batch)
        objects = np.empty(len(batch), dtype=object)
        objects[:] = list(batch)
        for container in (list(batch), tuple(batch), objects):
            what = f"{kind} images in a {type(container).__name__} and in a stack"
            _assert_same(estimator, _output(fitted, container), expected, what)
            _assert_same(estimator, _output(_fitted(estimator, container, y), batch), expected, f"fit on {what}")


def check_input_untouched(estimator, images, y):
    """Fit and transform write to no image and work on read-only ones, as workers get them."""
    kinds = [images, _with_alpha(images), _gray(images), to_float(images), images / 255]
    for batch in kinds:
        before = batch.copy()
        for container in (batch, list(batch)):
            _output(_fitted(estimator, container, y), container)
            assert np.array_equal(batch, before), f"{batch.dtype} images {batch.shape} were written to"
        batch.setflags(write=False)
        _output(_fitted(estimator, batch, y), batch)


def check_memory_layout(estimator, images, y):
    """Views, transposed and Fortran-ordered arrays give the same output as contiguous copies."""
    fitted = _fitted(estimator, images, y)
    expected, expected_of_list = _output(fitted, images), _output(fitted, list(images))
    wide = np.repeat(np.repeat(images, 2, axis=1), 2, axis=2)
    layouts = {
        "every second pixel of larger images": wide[:, ::2, ::2],
        "images flipped twice": np.ascontiguousarray(images[:, ::-1, ::-1])[:, ::-1, ::-1],
        "Fortran-ordered stack": np.asfortranarray(images),
    }
    for what, batch in layouts.items():
        _assert_same(estimator, _output(fitted, batch), expected, what, tolerance=LEVEL / 255)
    found = _output(fitted, [np.asfortranarray(image) for image in images])
    _assert_same(estimator, found, expected_of_list, "Fortran-ordered images", tolerance=LEVEL / 255)


def check_dtypes(estimator, images, y):
    """uint8, uint16, float32 and float64 of the same picture give the same output.

    Rows may differ by 1e-4 of the largest value of their column, images by one level in 255. The pictures leave
    no excuse: their luma is a whole number and their alpha 0 or 255, so that neither has to be rounded.
    """
    exact = _with_whole_luma(images)
    for kind, batch in (("RGB", exact), ("RGBA", _cut_out(exact)), ("gray", _gray(images))):
        fitted = _fitted(estimator, batch, y)
        expected = _output(fitted, batch)
        tolerance = 1.01 * LEVEL if _are_images(expected) else ROW_TOLERANCE
        for same in (batch.astype(np.uint16) * 257, to_float(batch), batch / 255):
            what = f"{kind} as {same.dtype} and as {batch.dtype}"
            _assert_same(estimator, _output(fitted, same), expected, what, tolerance=tolerance)


def check_image_kinds(estimator, images, y):
    """Gray, RGB and RGBA pictures are accepted, in a batch of their own and in a mixed one of equal sizes."""
    gray, rgba = _gray(images), _with_alpha(images)
    for what, batch in {"gray": gray, "RGB": images, "RGBA": rgba}.items():
        _assert_complete(_output(_fitted(estimator, batch, y), batch), len(batch), f"{what} images")
    mixed = [(gray, images, rgba)[index % 3][index] for index in range(len(images))]
    _row_or_image_error(estimator, partial(_fitted, estimator, mixed, y), mixed, "gray, RGB and RGBA mixed")


def check_masks(estimator, images, y):
    """Boolean masks are accepted: a mask is its own foreground."""
    masks = _masks(images)
    before = masks.copy()
    masks.setflags(write=False)
    for batch in (masks, list(masks), list(before.copy())):
        _assert_complete(_output(_fitted(estimator, batch, y), batch), len(batch), "masks")
        assert np.array_equal(batch, before), "masks were written to"


def check_sizes(estimator, images, y):
    """Images of unequal sizes are accepted where length and names do not wait for fit, else an ImageFormatError."""
    ragged = _ragged(images)
    fitted = _row_or_image_error(estimator, partial(_fitted, estimator, ragged, y), ragged, "unequal sizes")
    if fitted is None:
        own = not _is_composition(estimator) and not is_classifier(estimator)
        must = own and not get_tags(estimator).requires_fit and _knows_its_names(estimator, images, y)
        assert not must, "unequal sizes must be accepted by an estimator whose columns do not depend on the size"
    smaller = images[:, 2:, 3:].copy()
    fitted = _row_or_image_error(estimator, partial(_fitted, estimator, images, y), smaller, "another size than in fit")
    if fitted and not is_classifier(estimator) and not _are_images(output := _output(fitted, smaller)):
        n_columns = _output(fitted, images).shape[1]
        assert output.shape[1] == n_columns, (
            f"{output.shape[1]} columns for another size than in fit, {n_columns} before"
        )


def _knows_its_names(estimator, images, y):
    if _are_images(_output(_fitted(estimator, images, y), images)):
        return True
    try:
        clone(estimator).get_feature_names_out()
    except NotFittedError:
        return False
    return True


def _row_or_image_error(estimator, make_fitted, batch, what):
    """The fitted estimator when it takes the batch, None when it refuses in the proper way."""
    allowed = (ImageFormatError, SubjectNotFoundError)
    try:
        with warnings.catch_warnings():
            fitted = make_fitted()
            warnings.simplefilter("error")
            output = _output(fitted, batch)
    except allowed:
        return None
    except Exception as error:
        if is_classifier(estimator) and isinstance(error, ValueError) and "NaN" in str(error):
            return None  # a row without values, for a classifier without an imputer
        expected = "a result or an ImageFormatError"
        raise AssertionError(f"{what}: expected {expected}, got {type(error).__name__}: {error}") from error
    _assert_complete(output, len(batch), what)
    return fitted


def check_hard_images(estimator, images, y):
    """Pictures with next to nothing in them give a row or an ImageFormatError, never another error or a warning."""
    fitted = _fitted(estimator, images, y)
    learns = _is_composition(estimator) or is_classifier(estimator) or get_tags(estimator).requires_fit
    for what, image in _hard_images(images[0]).items():
        if not learns:
            _row_or_image_error(estimator, partial(_fitted, estimator, [image], y[:1]), [image], f"{what} image in fit")
        _row_or_image_error(estimator, lambda: fitted, [image], f"{what} image")


def check_bad_batches(estimator, images, y):
    """What is no batch of images gives an ImageFormatError in fit and in transform (a missing file: ImageReadError)."""
    errors = (ImageFormatError, ImageReadError)
    fitted = _fitted(estimator, images, y)
    for what, batch in _bad_batches(images).items():
        _assert_raises(errors, partial(_output, fitted, batch), what)
    for what, batch in _bad_batches(images).items():
        _assert_raises(errors, partial(clone(estimator).fit, batch, y), f"{what} in fit")


def check_error_names_image(estimator, images, y):
    """The error about a bad image tells which one it is, in a note."""
    batch = list(images)
    batch[2] = batch[2].astype(np.int64)
    fitted = _fitted(estimator, images, y)
    error = _assert_raises((ImageFormatError,), partial(_output, fitted, batch), "int64 image")
    told = f"{error} {getattr(error, '__notes__', '')}"
    assert re.search(r"\bimage 2\b", told), f"the error does not say 'image 2': {told}"


def check_transparent_pixels(estimator, images, y):
    """The colour under alpha 0 does not matter, bit for bit."""
    pictures = _with_alpha(images)
    repainted = pictures.copy()
    hidden = pictures[..., 3] == 0
    repainted[..., :3][hidden] = np.random.default_rng(0).integers(0, 256, (np.count_nonzero(hidden), 3))
    fitted = _fitted(estimator, pictures, y)
    refitted = _fitted(estimator, repainted, y)
    expected = _visible(_output(fitted, pictures))
    _assert_same(estimator, _visible(_output(fitted, repainted)), expected, "other colours under alpha 0")
    _assert_same(estimator, _visible(_output(refitted, pictures)), expected, "other colours under alpha 0 in fit")


def _visible(output):
    if not _are_images(output):
        return output
    shown = []
    for image in output:
        color, alpha = split_alpha(image)
        if alpha is not None and color.dtype.kind != "b":
            image = np.where(alpha[..., np.newaxis] == 0, 0, image).astype(image.dtype)
        shown.append(image)
    return shown


def check_threads(estimator, images, y):
    """One fitted estimator used by several threads at once gives the rows it gives alone."""
    fitted = _fitted(estimator, images, y)
    batches = [images[start : start + 2] for start in range(0, len(images), 2)] * 3
    expected = [_output(fitted, batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(partial(_output, fitted), batches))
    for index, (one, other) in enumerate(zip(found, expected)):
        _assert_same(estimator, one, other, f"batch {index} in one of several threads and alone")


def check_native_handles(estimator, images, y):
    """No object of a native library is an attribute: pickle fails on it, skops takes the interpreter down."""
    fitted = _fitted(estimator, images, y)
    _output(fitted, images)
    handles = _native_handles(vars(fitted))
    assert not handles, f"attributes hold native objects: {handles}. Make them where they are used"


def _native_handles(attributes):
    found, waiting, seen = [], [*attributes.items()], set()
    while waiting:
        name, value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value).__module__.split(".")[0] in NATIVE or inspect.ismodule(value):
            found.append(name)
        elif isinstance(value, (list, tuple, set, frozenset)):
            waiting += [(name, item) for item in value]
        elif isinstance(value, dict):
            waiting += [(f"{name}[{key!r}]", item) for key, item in value.items()]
        elif hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
            waiting += [(f"{name}.{key}", item) for key, item in vars(value).items()]
    return sorted(found)


def check_pickle(estimator, images, y):
    """A pickled estimator, fitted or not, does what the estimator did."""
    fitted = _fitted(estimator, images, y)
    expected = _output(fitted, images)
    _assert_same(estimator, _output(pickle.loads(pickle.dumps(fitted)), images), expected, "after pickling and before")
    unfitted = pickle.loads(pickle.dumps(estimator))
    _assert_same(estimator, _output(_fitted(unfitted, images, y), images), expected, "fitted after pickling and before")


def check_skops(estimator, images, y):
    """An estimator comes back from a skops file and does what it did."""
    io = require("skops.io", extra="test")
    fitted = _fitted(estimator, images, y)
    expected = _output(fitted, images)
    handles = _native_handles(fitted.__getstate__())
    assert not handles, f"native objects would go into the file: {handles}"  # such a dump can end the interpreter
    data = io.dumps(fitted)
    restored = io.loads(data, trusted=io.get_untrusted_types(data=data))
    _assert_same(estimator, _output(restored, images), expected, "after a skops file and before")


def check_grid_search(estimator, images, y):
    """GridSearchCV tunes it, in a Pipeline with a classifier behind, on labels that are words."""
    labels = np.asarray([f"class {label}" for label in y])
    if is_classifier(estimator):
        steps = [estimator]
    else:
        steps = [*_ending_in_rows(estimator, images, y), DecisionTreeClassifier(random_state=0)]
    pipeline = make_pipeline(*steps)
    first = pipeline.steps[0][0]
    params = {} if _is_composition(estimator) else estimator.get_params(deep=False)
    grid = {f"{first}__{name}": [value] for name, value in params.items()}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(images, labels)
    predicted = search.predict(images)
    assert predicted.shape == (len(images),)
    assert set(predicted) <= set(labels)
    assert np.isfinite(search.best_score_)


# Laws of transformers


def check_output(estimator, images, y):
    """One float row (finite or NaN) or one valid image for each image; images that agree in shape are a stack."""
    for kind, batch in {"RGB": images, "RGBA": _with_alpha(images), "float": images / 255}.items():
        fitted = _fitted(estimator, batch, y)
        _assert_output(_output(fitted, batch), len(batch), f"a {kind} batch")
        _assert_output(_output(fitted, batch[:1]), 1, f"a {kind} batch of one")


def check_feature_names(estimator, images, y):
    """Names: one for each column, str, unique; of an own class also lowercase words, numbers padded to sort.

    A step that returns images passes names through, so that a Pipeline has them.
    """
    pipeline = make_pipeline(*_ending_in_rows(estimator, images, y)).fit(images, y)
    names = pipeline.get_feature_names_out()
    n_columns = pipeline.transform(images).shape[1]
    assert len(names) == n_columns, f"{len(names)} names for {n_columns} columns"
    assert all(isinstance(name, str) for name in names), "feature names must be str"
    assert len(set(names)) == len(names), "feature names must be unique"
    if _is_composition(estimator):
        return
    odd = [name for name in names if not re.fullmatch("[a-z][a-z0-9_]*", name)]
    assert not odd, f"feature names must be lowercase letters, digits and underscores, got {odd[:3]}"
    numbered = defaultdict(list)
    for name in names:
        numbered[re.sub(r"\d+", "#", name)].append(name)
    for family in numbered.values():
        assert family == sorted(family), f"numbered names must be padded with zeros to sort in order: {family[:3]} ..."


def check_set_output(estimator, images, y):
    """set_output("pandas") and ("polars") on a Pipeline, or for all of scikit-learn, give tables with the names."""
    steps = _ending_in_rows(estimator, images, y)
    plain = make_pipeline(*steps).fit(images, y)
    expected, names = plain.transform(images), list(plain.get_feature_names_out())
    for container in ("pandas", "polars"):
        frame_type = require(container, extra="test").DataFrame
        chosen = make_pipeline(*map(clone, steps)).set_output(transform=container)
        with config_context(transform_output=container):
            by_config = make_pipeline(*map(clone, steps)).fit(images, y).transform(images)
        for how, frame in (("set_output", chosen.fit(images, y).transform(images)), ("config", by_config)):
            what = f"{how} {container}"
            assert isinstance(frame, frame_type), f"{what}: got {type(frame).__name__}"
            assert list(frame.columns) == names, f"{what}: columns {list(frame.columns)[:3]} ..., names {names[:3]} ..."
            _assert_same(estimator, frame.to_numpy(), expected, what, tolerance=ROW_TOLERANCE)


# Laws of classifiers


def check_classifier(estimator, images, y):
    """Predictions are labels that were given in fit, one for each image; classes_ are the sorted labels."""
    labels = np.asarray([f"class {label}" for label in y])
    fitted = _fitted(estimator, images, labels)
    assert np.array_equal(fitted.classes_, np.unique(labels)), "classes_ must be the sorted labels"
    predicted = fitted.predict(images)
    assert predicted.shape == (len(images),), f"expected {len(images)} labels, got shape {predicted.shape}"
    assert set(predicted) <= set(labels), f"predicted {set(predicted)}, the labels are {set(labels)}"
    assert 0 <= fitted.score(images, labels) <= 1


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
    check_grid_search,
)
ANY_TRANSFORMER = (check_output, check_feature_names, check_set_output)
ANY_CLASSIFIER = (check_classifier,)
