"""What a fitted transformer is, as plain data: what it was made with, what it learnt, which versions it runs on."""

import hashlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pickle import PicklingError
from types import CodeType, FunctionType
from typing import Any

import joblib
import numpy as np
from sklearn.base import BaseEstimator

WITHOUT_EFFECT = {"backend", "cache", "chunk_size", "memory", "n_jobs", "verbose"}  # on the rows
_OF_EVERY_CLASS = ("__", "_abc_", "_sklearn_")  # beginnings of the attributes that Python and scikit-learn give
_FUNCTION_LIKE = (FunctionType, staticmethod, classmethod, property)
_PLAIN = (bool, int, float, str, list, tuple, dict, set, np.ndarray, np.generic, type(None))


def describe_transformer(transformer: BaseEstimator) -> dict[str, Any]:
    """Describe a transformer so that equal descriptions mean equal rows.

    Parameters
    ----------
    transformer : estimator

    Returns
    -------
    description : dict
        Of strings, numbers, lists and dicts, ready for JSON: class, parameters and fitted attributes of the transformer
        and all within, and the versions of the packages that its classes and functions come from, of featkit, NumPy
        and OpenCV. What comes from a package without a version, as a script or a notebook, is described by its source,
        its compiled code (which another Python compiles otherwise) and the values in it, functions and methods along
        with the functions and the plain values that they use by name; what they use through a module is not followed.
        What cannot be pickled is described by its class alone.
    """
    describer = _Describer()
    description = describer.of(transformer)
    versions = {name: getattr(sys.modules.get(name), "__version__", "unknown") for name in sorted(describer.packages)}
    return {"versions": versions, "transformer": description}


def digest(description: dict[str, Any]) -> str:
    """SHA-256 of a description, in hexadecimal."""
    return hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two descriptions differ: "place: this, not that", one for each difference.

    Examples
    --------
    >>> from featkit.extraction._fingerprint import differences
    >>> list(differences({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]}))
    ['b[1]: 2, not 3']
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other)):
            yield from differences(left, right, f"{place}[{index}]")
    elif one != other:
        yield f"{place}: {one!r}, not {other!r}"


class _Describer:
    """Turns Python objects into plain data, and notes the packages that they come from."""

    def __init__(self) -> None:
        self.packages = {"featkit", "numpy", "cv2"}
        self._begun: list[Callable] = []  # functions may refer to themselves

    def of(self, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, np.generic):
            return self.of(value.item())
        if isinstance(value, float):
            return float.hex(value)  # exact, and JSON knows no NaN
        if isinstance(value, (list, tuple)):
            return [self.of(item) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted(map(str, value))
        if isinstance(value, dict):
            return {str(key): self.of(item) for key, item in value.items()}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, CodeType):
            return [value.co_code.hex(), list(value.co_names), self.of(value.co_consts)]
        if isinstance(value, partial):
            return {"partial": self.of([value.func, value.args, value.keywords])}
        if inspect.ismethod(value):
            return {"method": self.of(value.__func__), "object": self.of(value.__self__)}
        if inspect.isfunction(value):
            return self._function(value)
        if callable(value) and hasattr(value, "__qualname__"):
            return {"name": _name_of(value)}
        if hasattr(value, "get_params"):
            return self._estimator(value)
        try:
            return {"class": _name_of(type(value)), "content": joblib.hash(value)}
        except (PicklingError, TypeError):  # a handle of something outside
            return {"class": _name_of(type(value))}

    def _array(self, array: np.ndarray) -> dict[str, Any]:
        if array.dtype.hasobject:
            content = self.of(array.ravel().tolist())
        else:
            content = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        return {"array": content, "dtype": array.dtype.str, "shape": list(array.shape)}

    def _estimator(self, estimator: BaseEstimator) -> dict[str, Any]:
        parameters = estimator.get_params(deep=False)
        learnt = {
            name: value
            for name, value in vars(estimator).items()
            if name not in parameters and not name.startswith(("_sklearn", "_metadata", "_n_threads"))
        }
        own = [kind for kind in type(estimator).__mro__ if self._is_own(kind)]
        return {
            "class": _name_of(type(estimator)),
            **({"source": [self._source(kind) for kind in own]} if own else {}),
            "parameters": {name: self.of(value) for name, value in parameters.items() if name not in WITHOUT_EFFECT},
            "learnt": self.of(learnt),
        }

    def _function(self, function: Callable) -> dict[str, Any]:
        if function in self._begun:
            return {"name": _name_of(function)}
        self._begun.append(function)
        used = inspect.getclosurevars(function)
        values = dict(used.nonlocals)
        if self._is_own(function):
            values |= {name: value for name, value in used.globals.items() if _counts(value)}
        return {
            "name": _name_of(function),
            "source": self._source(function),
            "defaults": self.of([function.__defaults__, function.__kwdefaults__]),
            "values": self.of(values),
        }

    def _is_own(self, item: Any) -> bool:
        """Whether a function or class is of a package without a version, which would tell when it changes."""
        package = (item.__module__ or "__main__").partition(".")[0]
        if package in sys.stdlib_module_names:
            return False
        self.packages.add(package)
        return not hasattr(sys.modules.get(package), "__version__")

    def _source(self, item: Any) -> dict[str, Any]:
        """Lines, and what was compiled of them: for what was typed in no lines are found, or those of other things."""
        try:
            lines = inspect.getsource(item)
        except (OSError, TypeError):
            lines = None
        if inspect.isfunction(item):
            return {"lines": lines, "code": self.of(item.__code__)}
        own = {name: value for name, value in vars(item).items() if not name.startswith(_OF_EVERY_CLASS)}
        functions = {name: [self.of(function) for function in _functions_in(value)] for name, value in own.items()}
        values = {name: self.of(value) for name, value in own.items() if not isinstance(value, _FUNCTION_LIKE)}
        return {"lines": lines, "functions": functions, "values": values}


def _functions_in(value: Any) -> Iterator[FunctionType]:
    """The functions that an attribute of a class is made of, below decorators."""
    for holder in ("__wrapped__", "__func__", "func", "fget", "fset", "fdel"):
        inner = getattr(value, holder, None)
        if callable(inner) and not isinstance(value, type):
            yield from _functions_in(inner)
    if inspect.isfunction(value):
        yield value


def _counts(value: Any) -> bool:
    """Whether a global value can be described and changes what a function computes: no module, no handle."""
    return isinstance(value, (*_PLAIN, FunctionType))


def _name_of(item: Any) -> str:
    return f"{item.__module__}.{item.__qualname__}"
