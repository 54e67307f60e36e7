"""What parameters may be: the types of constraints, those that many estimators share, and checks for functions.

This is the one file that imports scikit-learn's private modules of parameter validation; everybody else imports the
types of constraints from here.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
    generate_invalid_param_val,
    make_constraint,
    validate_parameter_constraints,
)

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
    "CheckedEstimator",
    "check_distinct",
    "check_number",
    "check_option",
    "check_pair",
    "check_parameters",
    "generate_invalid_param_val",
    "make_constraint",
]

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
def _constraints_of(kind: type) -> dict[str, list]:
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
        for name, allowed in _constraints_of(kind).items()
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
    constraints = _constraints_of(kind)
    for name, value in values.items():
        if not any(constraint.is_satisfied_by(value) for constraint in constraints[name]):
            try:
                validate_parameter_constraints(_declared(kind), {name: value}, caller_name=kind.__name__)
            except InvalidParameterError as error:
                raise InvalidParameterError(str(error).replace(repr(value), shown(value))) from None


class CheckedEstimator(BaseEstimator):
    """scikit-learn's base, with parameters checked by constraints made once for the class, and short messages."""

    @classmethod
    def _get_param_names(cls) -> list[str]:
        kind: type = cls
        return list(_parameters_of(kind))

    def _validate_params(self) -> None:
        kind: type = type(self)
        if not are_satisfied(kind, vars(self)):
            known = _constraints_of(kind)
            values = {name: value for name, value in self.get_params(deep=False).items() if name in known}
            check_parameters(kind, **values)


@functools.cache
def _parameters_of(kind: type) -> tuple[str, ...]:
    """Names of the parameters; scikit-learn would read them in the constructor at every look at their values."""
    return tuple(BaseEstimator._get_param_names.__func__(kind))


def check_option(name: str, value: object, options: Iterable[str | None]) -> None:
    """Refuse what is not among the words a function knows, as estimators do with their parameters."""
    options = tuple(options)
    if value not in options:
        raise InvalidParameterError(f"The {name!r} parameter must be one of {options}, got {shown(value)}.")


def check_number(name: str, value: Any, interval: Interval) -> Any:
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
