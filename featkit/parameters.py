"""Constraints that many estimators share, and checks of parameters for functions, which scikit-learn leaves alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from .base import Integral, Interval, InvalidParameterError, Real, StrOptions

COUNT = Interval(Integral, 1, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
FROM_0 = Interval(Real, 0, None, closed="left")
FRACTION = Interval(Real, 0, 1, closed="both")
MARGIN = Interval(Real, 0, 0.5, closed="left")  # of a canvas, on each side
BACKGROUND = [FRACTION, StrOptions({"mean"})]


def check_option(name: str, value: object, options: Iterable[str | None]) -> None:
    """Refuse what is not among the words a function knows, as estimators do with their parameters."""
    options = tuple(options)
    if value not in options:
        raise InvalidParameterError(f"The {name!r} parameter must be one of {options}, got {value!r}.")


def check_number(name: str, value: Any, interval: Interval) -> Any:
    """Give back a number of the interval as int or float; NumPy's small integers would overflow in sums."""
    if not interval.is_satisfied_by(value):
        raise InvalidParameterError(f"The {name!r} parameter must be {interval}, got {value!r}.")
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
        f"The {name!r} parameter must be a pair (rows, columns) of integers >= 1, got {pair!r}."
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
    raise InvalidParameterError(f"The {name!r} parameter must be distinct integers {limits}, got {values!r}.")
