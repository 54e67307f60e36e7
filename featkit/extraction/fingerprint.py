"""What a fitted transformer is, as plain data: what it was made with, what it learnt, which versions it runs on."""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import joblib
import numpy as np
from sklearn.base import BaseEstimator

WITHOUT_EFFECT = {"backend", "cache", "chunk_size", "memory", "n_jobs", "verbose"}  # on the rows


def describe_transformer(transformer: BaseEstimator) -> dict[str, Any]:
    """Describe a transformer so that equal descriptions mean equal rows.

    Parameters
    ----------
    transformer : estimator

    Returns
    -------
    description : dict
        Of strings, numbers, lists and dicts, ready for JSON: class, parameters and fitted attributes of the transformer
        and all within, and the versions of the packages that its classes come from, of featkit, NumPy and OpenCV.
    """
    packages = {"featkit", "numpy", "cv2"}
    description = _described(transformer, packages)
    versions = {name: getattr(import_module(name), "__version__", "unknown") for name in sorted(packages)}
    return {"versions": versions, "transformer": description}


def digest(description: dict[str, Any]) -> str:
    """SHA-256 of a description, in hexadecimal."""
    return hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two descriptions differ: "place: this, not that", one for each difference.

    Examples
    --------
    >>> from featkit.extraction.fingerprint import differences
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


def _described(value: Any, packages: set[str]) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, np.generic):
        return _described(value.item(), packages)
    if isinstance(value, float):
        return float.hex(value)  # exact, and JSON knows no NaN
    if isinstance(value, (list, tuple)):
        return [_described(item, packages) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, dict):
        return {str(key): _described(item, packages) for key, item in value.items()}
    if isinstance(value, np.ndarray) and value.dtype != object:
        content = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return {"array": content, "dtype": value.dtype.str, "shape": list(value.shape)}
    if isinstance(value, np.ndarray):
        return [_described(item, packages) for item in value.tolist()]
    if isinstance(value, partial):
        return {"partial": _described([value.func, value.args, value.keywords], packages)}
    if callable(value) and hasattr(value, "__qualname__"):
        return {"name": _name_of(value), "source": _source_of(value)}
    if hasattr(value, "get_params") and not isinstance(value, type):
        return _described_estimator(value, packages)
    return {"class": _name_of(type(value)), "content": joblib.hash(value)}


def _described_estimator(estimator: BaseEstimator, packages: set[str]) -> dict[str, Any]:
    packages.add(type(estimator).__module__.split(".")[0])
    parameters = estimator.get_params(deep=False)
    learnt = {
        name: value
        for name, value in vars(estimator).items()
        if name not in parameters and not name.startswith(("_sklearn", "_metadata", "_n_threads"))
    }
    described = {name: _described(value, packages) for name, value in parameters.items() if name not in WITHOUT_EFFECT}
    return {
        "class": _name_of(type(estimator)),
        "parameters": described,
        "learnt": {name: _described(value, packages) for name, value in learnt.items()},
    }


def _name_of(item: Any) -> str:
    return f"{item.__module__}.{item.__qualname__}"


def _source_of(function: Callable) -> str | None:
    """Text of a Python function, so that a changed one is another; None for a builtin or a class."""
    if not inspect.isfunction(function):
        return None
    try:
        return inspect.getsource(function)
    except OSError:  # typed into an interpreter
        return function.__code__.co_code.hex()
