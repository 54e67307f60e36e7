"""Names and parameters that changed: the old ones work on for a while and say since when, and until when."""

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Renamed(NamedTuple):
    """A new name, and the versions since which it is used and until which the old one still works."""

    new: str
    since: str
    until: str

    def warn(self, old: str, stacklevel: int) -> None:
        """Warn about the use of the old name, at the caller so many levels up."""
        warnings.warn(
            f"{old} is called {self.new} since featkit {self.since}; the old name will be gone in {self.until}.",
            FutureWarning,
            stacklevel=stacklevel + 1,
        )


def renamed_parameter(old: str, new: str, *, since: str, until: str) -> Callable[[Callable], Callable]:
    """Let a function, or the ``__init__`` of an estimator, take a parameter by its old name as well.

    Parameters
    ----------
    old, new : str
        The parameter's names. Its signature, ``get_params`` and the documentation know the new one alone.
    since, until : str
        Version that brought the new name, and the one that will refuse the old name.

    Returns
    -------
    decorate : callable
    """

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if old in kwargs:
                if new in kwargs:
                    raise TypeError(f"Expected {new}, got both {new} and {old}, its old name. Leave out {old}.")
                Renamed(new, since, until).warn(f"The parameter {old}", stacklevel=2)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate


def with_old_names(package: str, names: Mapping[str, Renamed], find: Callable[[str], Any]) -> Callable[[str], Any]:
    """Give a package's ``__getattr__`` that finds things under their old names as well.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    names : dict of str to Renamed
        New name by old name.
    find : callable
        The ``__getattr__`` that knows the new names.

    Returns
    -------
    find_old_and_new : callable
    """

    def find_old_and_new(name: str) -> Any:
        if name not in names:
            return find(name)
        names[name].warn(f"{package}.{name}", stacklevel=2)
        return find(names[name].new)

    return find_old_and_new
