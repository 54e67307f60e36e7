"""A pipeline as Python code that makes it again: what one pastes into a program of one's own."""

import importlib
import inspect
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union

from ...exceptions import shown

WIDTH = 88


class _Call:
    """A call or a collection that is written in one line where it fits, else with one part a line."""

    def __init__(self, opening: str, parts: Iterable[tuple[str, Any]], closing: str) -> None:
        self.opening, self.parts, self.closing = opening, list(parts), closing

    def line(self) -> str:
        parts = [prefix + (part.line() if isinstance(part, _Call) else part) for prefix, part in self.parts]
        comma = "," if self.closing == ")" and not self.opening.strip("(") and len(parts) == 1 else ""
        return self.opening + ", ".join(parts) + comma + self.closing

    def lines(self, before: str, indent: str) -> list[str]:
        """Lines of it behind `before`, which stands on the first of them."""
        in_one = before + self.line()
        if len(in_one) < WIDTH or not self.parts:
            return [in_one]
        found = [before + self.opening]
        for prefix, part in self.parts:
            start = f"{indent}    {prefix}"
            inner = part.lines(start, f"{indent}    ") if isinstance(part, _Call) else [start + part]
            found += [*inner[:-1], f"{inner[-1]},"]
        return [*found, indent + self.closing]


def pipeline_code(estimator: BaseEstimator, name: str = "model") -> str:
    """Write an estimator as Python code: its imports and ``model = make_pipeline(...)``.

    Parameters
    ----------
    estimator : estimator
        Pipelines, unions and searches are written with all that they hold; parameters at their defaults are left out.
    name : str, default="model"
        Variable that the code makes.

    Returns
    -------
    code : str
        Lines of Python; run, they make an unfitted estimator of the same parameters.

    Raises
    ------
    ValueError
        For a parameter that cannot be written as code: an array, a function, an object that is no estimator.

    See Also
    --------
    featkit.benchmark : Finds the best pipeline.
    featkit.save_model : Keeps a fitted pipeline.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from featkit import HOG
    >>> from featkit.evaluation import pipeline_code
    >>> print(pipeline_code(make_pipeline(HOG(orientations=6), SVC(C=10))))
    from featkit import HOG
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC
    <BLANKLINE>
    model = make_pipeline(HOG(orientations=6), SVC(C=10))
    """
    imports: dict[str, set[str]] = {}
    written = _written(estimator, imports)
    lines = written.lines(f"{name} = ", "") if isinstance(written, _Call) else [f"{name} = {written}"]
    return "\n".join([*import_lines(imports), "", *lines])


def import_lines(imports: dict[str, set[str]]) -> list[str]:
    """Lines of import: names by module."""
    found = []
    for module, names in sorted(imports.items()):
        line = f"from {module} import {', '.join(sorted(names))}"
        inner = "".join(f"    {name},\n" for name in sorted(names))
        found.append(line if len(line) <= WIDTH else f"from {module} import (\n{inner})")
    return found


def _written(value: Any, imports: dict[str, set[str]]) -> "_Call | str":
    if isinstance(value, BaseEstimator):
        return _estimator(value, imports)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else f'float("{value}")'
    if isinstance(value, (list, tuple)):
        opening, closing = "[]" if isinstance(value, list) else "()"
        return _Call(opening, [("", _written(one, imports)) for one in value], closing)
    if isinstance(value, dict):
        parts = []
        for key, one in value.items():
            written = _written(key, imports)
            parts.append((f"{written if isinstance(written, str) else written.line()}: ", _written(one, imports)))
        return _Call("{", parts, "}")
    raise ValueError(f"Expected parameters that can be written as code, got {shown(value)}. Write them yourself.")


def _estimator(estimator: BaseEstimator, imports: dict[str, set[str]]) -> _Call:
    short = _short_form(estimator)
    if short is not None:
        function, parts = short
        imports.setdefault("sklearn.pipeline", set()).add(function)
        return _Call(f"{function}(", [("", _written(part, imports)) for part in parts], ")")
    kind = type(estimator)
    imports.setdefault(_public_module(kind), set()).add(kind.__name__)
    defaults = {name: given.default for name, given in inspect.signature(kind).parameters.items()}
    changed = {
        name: value
        for name, value in estimator.get_params(deep=False).items()
        if repr(value) != repr(defaults.get(name, inspect.Parameter.empty))
    }
    ordered = [name for name in defaults if name in changed]
    return _Call(f"{kind.__name__}(", [(f"{name}=", _written(changed[name], imports)) for name in ordered], ")")


def _short_form(estimator: BaseEstimator) -> tuple[str, list[Any]] | None:
    """Function of scikit-learn that makes the same pipeline or union, and what it is given; None where none does."""
    if type(estimator) is Pipeline:
        parts = [step for _, step in estimator.steps]
        same = make_pipeline(*parts)
        is_same = [name for name, _ in same.steps] == [name for name, _ in estimator.steps]
    elif type(estimator) is FeatureUnion:
        parts = [branch for _, branch in estimator.transformer_list]
        same = make_union(*parts)
        is_same = [name for name, _ in same.transformer_list] == [name for name, _ in estimator.transformer_list]
    else:
        return None
    given, others = estimator.get_params(deep=False), same.get_params(deep=False)
    rest = set(given) - {"steps", "transformer_list"}
    if not is_same or any(given[name] != others[name] for name in rest):
        return None
    return ("make_pipeline" if type(estimator) is Pipeline else "make_union"), parts


def _public_module(kind: type) -> str:
    """The shortest package above the class that has its name."""
    parts = kind.__module__.split(".")
    for length in range(1, len(parts)):
        package = ".".join(parts[:length])
        if getattr(importlib.import_module(package), kind.__name__, None) is kind:
            return package
    return kind.__module__
