"""Laws of the class: constructor, parameters, tags, state; what can be shown, pickled and stored."""

import inspect
import pickle
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_html_repr, get_tags

from ..parameters import generate_invalid_param_val, make_constraint
from ._outcomes import are_images, assert_raises, assert_same, fitted_clone, output_of, predicts

NATIVE = {"cv2", "dlib", "_dlib_pybind11", "numba", "ctypes", "_ctypes", "_thread"}


def check_constructor(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """The constructor stores every argument as it is, and does nothing else."""
    kind = type(estimator)
    given = {name: object() for name in estimator.get_params(deep=False)}
    made = kind(**given)
    for name, value in given.items():
        assert getattr(made, name) is value, f"the constructor changed {name}: check and convert in fit"
    extra = sorted(set(vars(made)) - set(inspect.signature(kind).parameters))
    assert not extra, f"the constructor set {extra}, which are no parameters"


def check_parameters(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """get_params names all parameters of the constructor, set_params sets them, a clone has them all."""
    params = estimator.get_params(deep=False)
    taken = set(inspect.signature(type(estimator)).parameters)
    assert set(params) == taken, f"get_params gives {sorted(params)}, the constructor takes {sorted(taken)}"
    for name, value in params.items():
        mark = object()
        assert estimator.set_params(**{name: mark}) is estimator, "set_params must return the estimator"
        assert estimator.get_params(deep=False)[name] is mark, f"set_params did not set {name}"
        estimator.set_params(**{name: value})
    fitted = fitted_clone(estimator, images, y)
    assert repr(fitted.get_params()) == repr(estimator.get_params()), "fit must not change the parameters"
    assert not [name for name in vars(clone(fitted)) if name.endswith("_")], "a clone must not be fitted"


def check_parameter_constraints(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """A bad parameter gives an InvalidParameterError that names it, in fit and in a transform that needs no fit."""
    declared = getattr(estimator, "_parameter_constraints", None)
    for name in estimator.get_params(deep=False):
        assert declared is None or name in declared, f"_parameter_constraints says nothing of {name}"
        if declared is not None and declared[name] == "no_validation":
            continue
        for value in [type("NoSuchType", (), {})(), *_values_out_of_range(declared and declared[name])]:
            what = f"{name}={value!r}"
            broken = clone(estimator).set_params(**{name: value})
            error = _refusal(declared is not None, partial(broken.fit, images, y), f"fit with {what}")
            assert name in str(error), f"fit with {what}: the error does not name {name}: {error}"
            if not get_tags(estimator).requires_fit:
                broken = fitted_clone(estimator, images, y).set_params(**{name: value})
                _refusal(declared is not None, partial(broken.transform, images), f"transform with {what}")


def _refusal(is_declared: bool, call: Callable, what: str) -> Exception:
    """The error about a parameter; of a declared one featkit's own or scikit-learn's, both ValueError and TypeError."""
    error = assert_raises((ValueError, TypeError), call, what)
    is_of_both = isinstance(error, ValueError) and isinstance(error, TypeError)
    assert is_of_both or not is_declared, f"{what}: expected InvalidParameterError, got {type(error).__name__}: {error}"
    return error


def _values_out_of_range(constraints: Iterable | None) -> list:
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


def check_tags(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """The tags say that X is not a table but has three axes or more."""
    tags = get_tags(estimator)
    assert not tags.input_tags.two_d_array, "input_tags.two_d_array must be False: a batch of images is no table"
    assert tags.input_tags.three_d_array, "input_tags.three_d_array must be True"
    if is_classifier(estimator):
        assert tags.classifier_tags is not None, "a classifier must have classifier_tags"
    elif is_regressor(estimator):
        assert tags.regressor_tags is not None, "a regressor must have regressor_tags"
    else:
        assert tags.transformer_tags is not None, (
            "a transformer must have transformer_tags: TransformerMixin goes first"
        )


def check_unfitted(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Before fit: NotFittedError where the tags say requires_fit, else the same output as after fit."""
    fitted = fitted_clone(estimator, images, y)
    if get_tags(estimator).requires_fit:
        assert_raises((NotFittedError,), partial(output_of, clone(estimator), images), "before fit")
    else:
        assert_same(estimator, output_of(clone(estimator), images), output_of(fitted, images), "before and after fit")
    if predicts(estimator) or are_images(output_of(fitted, images)):
        return
    try:
        names = clone(estimator).get_feature_names_out()
    except NotFittedError:
        return
    assert list(names) == list(fitted.get_feature_names_out()), "the feature names differ before and after fit"


def check_repr(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """An estimator can be shown, before and after fit, as text and as HTML."""
    for one in (estimator, fitted_clone(estimator, images, y)):
        assert type(one).__name__ in repr(one)
        assert type(one).__name__ in estimator_html_repr(one)


def check_native_handles(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """No object of a native library is an attribute: pickle fails on it, skops takes the interpreter down."""
    fitted = fitted_clone(estimator, images, y)
    output_of(fitted, images)
    handles = _native_handles(vars(fitted))
    assert not handles, f"attributes hold native objects: {handles}. Make them where they are used"


def _native_handles(attributes: dict[str, Any]) -> list[str]:
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


def check_pickle(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """A pickled estimator, fitted or not, does what the estimator did."""
    fitted = fitted_clone(estimator, images, y)
    expected = output_of(fitted, images)
    assert_same(estimator, output_of(pickle.loads(pickle.dumps(fitted)), images), expected, "after pickling and before")
    unfitted = pickle.loads(pickle.dumps(estimator))
    assert_same(
        estimator, output_of(fitted_clone(unfitted, images, y), images), expected, "fitted after pickling and before"
    )


def check_skops(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """An estimator comes back from a skops file and does what it did."""
    if not find_spec("skops"):
        return
    io = import_module("skops.io")
    fitted = fitted_clone(estimator, images, y)
    expected = output_of(fitted, images)
    handles = _native_handles(fitted.__getstate__())
    assert not handles, f"native objects would go into the file: {handles}"  # such a dump can end the interpreter
    data = io.dumps(fitted)
    restored = io.loads(data, trusted=io.get_untrusted_types(data=data))
    assert_same(estimator, output_of(restored, images), expected, "after a skops file and before")
