"""What parameters may be: the types of constraints, those that many estimators share, and checks for functions.

scikit-learn's words and messages, but scikit-learn itself, whose import takes a second, is loaded for its estimators
only: a function that checks a number by itself does without.
"""

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any

from .exceptions import shown

__all__ = [
    "BACKGROUND",
    "COUNT",
    "FRACTION",
    "FROM_0",
    "INDEX",
    "MARGIN",
    "POSITIVE",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "Options",
    "StrOptions",
    "check_distinct",
    "check_number",
    "check_option",
    "check_pair",
    "check_parameters",
    "generate_invalid_param_val",
    "make_constraint",
]


class InvalidParameterError(ValueError, TypeError):
    """A parameter is not what it may be: as scikit-learn's error of this name, a ValueError and a TypeError."""


@dataclass(frozen=True)
class Options:
    """One of some values of a type.

    Parameters
    ----------
    type : type
        What the values are, such as `numbers.Integral`.
    options : set
        The values.
    """

    type: type
    options: set

    def is_satisfied_by(self, value: Any) -> bool:
        """Whether a value keeps the constraint."""
        return isinstance(value, self.type) and value in self.options

    def __str__(self) -> str:
        return str(make_constraint(self))


@dataclass(frozen=True)
class StrOptions:
    """One of some words.

    Parameters
    ----------
    options : set of str
        The words.
    """

    options: set[str]


@dataclass(frozen=True)
class HasMethods:
    """Any object with some methods.

    Parameters
    ----------
    methods : str or list of str
        Their names.
    """

    methods: str | list[str]


@dataclass(frozen=True)
class Interval:
    """Numbers of a type from one bound to another.

    Parameters
    ----------
    type : {numbers.Integral, numbers.Real}
        Which numbers.
    left, right : number or None
        The bounds; None is infinity.
    closed : {"left", "right", "both", "neither"}
        Which bounds are part of it.
    """

    type: type
    left: float | None
    right: float | None
    _: KW_ONLY
    closed: str

    def is_satisfied_by(self, value: Any) -> bool:
        """Whether a value keeps the constraint; NaN does not."""
        if not isinstance(value, self.type):
            return False
        left: Any = -math.inf if self.left is None else self.left
        right: Any = math.inf if self.right is None else self.right
        is_above = value >= left if self.closed in ("left", "both") else value > left
        return bool(is_above and (value <= right if self.closed in ("right", "both") else value < right))

    def __str__(self) -> str:
        return str(make_constraint(self))


def make_constraint(constraint: Any) -> Any:
    """Give scikit-learn's form of a constraint: of one of the types here, of its own types, of None, a type, a word."""
    from sklearn.utils import _param_validation as validation

    if isinstance(constraint, (Options, StrOptions, HasMethods, Interval)):
        return getattr(validation, type(constraint).__name__)(**vars(constraint))
    return validation.make_constraint(constraint)


def generate_invalid_param_val(constraint: Any) -> Any:
    """Give a value that a constraint of scikit-learn refuses: private there, which only this module may import."""
    from sklearn.utils import _param_validation as validation

    return validation.generate_invalid_param_val(constraint)


COUNT = Interval(Integral, 1, None, closed="left")
INDEX = Interval(Integral, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
FROM_0 = Interval(Real, 0, None, closed="left")
FRACTION = Interval(Real, 0, 1, closed="both")
MARGIN = Interval(Real, 0, 0.5, closed="left")  # of a canvas, on each side
BACKGROUND = [FRACTION, StrOptions({"mean"})]


def _declared(kind: type) -> dict[str, list]:
    return kind._parameter_constraints  # type: ignore[attr-defined]  # as scikit-learn's estimators call it


@functools.cache
def constraints_of(kind: type) -> dict[str, list]:
    """Give what the parameters of an estimator may be, in scikit-learn's form, by their names.

    Parameters
    ----------
    kind : class
        Estimator whose parameter constraints are asked.

    Returns
    -------
    constraints : dict of str to list
        One of each list must be satisfied; parameters without constraints are not there.
    """
    return {
        name: [make_constraint(one) for one in allowed]
        for name, allowed in _declared(kind).items()
        if allowed != "no_validation"
    }


def are_satisfied(kind: type, values: Mapping[str, Any]) -> bool:
    """Whether every declared parameter of an estimator is there and keeps its constraints.

    Parameters
    ----------
    kind : class
        Estimator whose parameter constraints are asked.
    values : dict of str to object
        Values by the name of the parameter; other names do not matter.

    Returns
    -------
    are_satisfied : bool
    """
    return all(
        name in values and any(constraint.is_satisfied_by(values[name]) for constraint in allowed)
        for name, allowed in constraints_of(kind).items()
    )


def remembered(check: Callable) -> Any:
    """Let a check of parameters remember what it accepted: the same values come with every call of a function."""
    once = functools.lru_cache(maxsize=512, typed=True)(check)

    @functools.wraps(check)
    def checked(*values: Any, **named: Any) -> Any:
        try:
            return once(*values, **named)
        except InvalidParameterError:
            raise
        except TypeError:  # lists and arrays cannot be looked up
            return check(*values, **named)

    return checked


@remembered
def check_parameters(kind: type, /, **values: Any) -> None:
    """Refuse values of a function's parameters that its class refuses, with the same message.

    Parameters
    ----------
    kind : class
        Estimator whose parameter constraints are asked.
    **values : object
        Values by the name of the parameter.

    Raises
    ------
    InvalidParameterError
        Names the parameter, what it may be and what came.

    Examples
    --------
    >>> from featkit import HOG
    >>> from featkit.parameters import check_parameters
    >>> check_parameters(HOG, orientations=9)
    """
    constraints = constraints_of(kind)
    for name, value in values.items():
        if not any(constraint.is_satisfied_by(value) for constraint in constraints[name]):
            allowed = [str(constraint) for constraint in constraints[name] if not constraint.hidden]
            words = " or ".join([", ".join(allowed[:-1]), allowed[-1]] if allowed[1:] else allowed)
            raise InvalidParameterError(
                f"The {name!r} parameter of {kind.__name__} must be {words}. Got {shown(value)} instead."
            )


def check_option(name: str, value: object, options: Iterable[str | None]) -> None:
    """Refuse what is not among the words a function knows, as estimators do with their parameters."""
    options = tuple(options)
    if value not in options:
        raise InvalidParameterError(f"The {name!r} parameter must be one of {options}, got {shown(value)}.")


def check_number(name: str, value: Any, interval: Interval | Options) -> Any:
    """Give back a number of the interval as int or float; NumPy's small integers would overflow in sums."""
    if not interval.is_satisfied_by(value):
        raise InvalidParameterError(f"The {name!r} parameter must be {interval}, got {shown(value)}.")
    return int(value) if interval.type is Integral else float(value)


def check_pair(name: str, pair: Sequence[int]) -> tuple[int, int]:
    """Give back a pair (rows, columns), such as a grid or the size of a cell, as two integers."""
    try:
        rows, cols = pair
        if rows == int(rows) > 0 and cols == int(cols) > 0:
            return int(rows), int(cols)
    except (TypeError, ValueError):
        pass
    raise InvalidParameterError(
        f"The {name!r} parameter must be a pair (rows, columns) of integers >= 1, got {shown(pair)}."
    )


def check_distinct(name: str, values: Sequence[int], low: int, high: int | None = None) -> list[int]:
    """Give back a sequence of distinct integers, none below `low` or above `high`, as a list."""
    try:
        numbers = [int(value) for value in values]
        is_distinct = numbers == list(values) and len(set(numbers)) == len(numbers) > 0
        if is_distinct and low <= min(numbers) and (high is None or max(numbers) <= high):
            return numbers
    except (TypeError, ValueError):
        pass
    limits = f">= {low}" if high is None else f"from {low} to {high}"
    raise InvalidParameterError(f"The {name!r} parameter must be distinct integers {limits}, got {shown(values)}.")
