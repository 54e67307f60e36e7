"""The decorators of compiled kernels: how kernels are compiled is decided here and nowhere else."""

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._compiled.ahead_of_time import compiled_kernels, find_compiled, let_numba_compile_for_the_same_level
from .exceptions import KernelCacheWarning

_LAYOUT = 0x1 | 0x2 | 0x100 | 0x400  # the flags of an array: C order, Fortran order, aligned, writeable


@functools.cache
def _warn_that_nothing_is_cached() -> None:
    warnings.warn(
        "Compiled kernels cannot be kept here (neither beside the package nor in a cache folder of this user, or the "
        "disk is full), so every process compiles them anew, which takes seconds. Set NUMBA_CACHE_DIR to a folder that "
        "can be written.",
        KernelCacheWarning,
        stacklevel=2,
    )


def _let_keeping_fail(dispatcher: Any) -> Any:
    """Numba's dispatcher, whose kernels run though they cannot be written, as on a full disk."""
    keep = dispatcher._cache.save_overload

    def keep_or_warn(signature: Any, compiled: Any) -> None:
        try:
            keep(signature, compiled)
        except OSError:
            _warn_that_nothing_is_cached()

    dispatcher._cache.save_overload = keep_or_warn
    return dispatcher


def _kinds(values: tuple) -> tuple:
    """What of the arguments decides which compiled function takes them; `name_type` says the same in words."""
    kinds: list[Any] = []
    for value in values:
        kind: Any = type(value)
        if kind is np.ndarray:
            kinds.append((value.dtype, value.ndim, value.flags.num & _LAYOUT))
        elif kind is tuple:
            kinds.append(_kinds(value))
        elif kind is int:
            kinds.append((kind, -(2**63) <= value < 2**63))
        else:
            kinds.append(kind)
    return tuple(kinds)


def numba_type(name: str) -> Any:
    """Give Numba's type for the name that `name_type` gives it."""
    from numba import types

    if name.startswith("("):
        return types.BaseTuple.from_types(tuple(map(numba_type, name[1:-1].split(","))))
    dtype, _, shape = name.partition(".")
    scalar = getattr(types, "boolean" if dtype == "bool" else dtype)
    array: Any = types.Array
    return array(scalar, int(shape[0]), shape[1], readonly=shape.endswith("r")) if shape else scalar


class Kernel:
    """A function that runs compiled: ahead of time for these types of arguments, else by Numba when it is called."""

    def __init__(self, function: Callable, flags: dict[str, Any]):
        functools.update_wrapper(self, function)
        self.py_func = function
        self.flags = flags
        self.n_parameters = function.__code__.co_argcount
        self._defaults = function.__defaults__ or ()
        self._compiled: dict[tuple, Callable] = {}
        self._is_jit_only = False  # until it is looked for in a library and there is none

    def __call__(self, *values: Any, **named: Any) -> Any:
        if self._is_jit_only:
            return self.jit(*values, **named)
        values = self.all_values(values, named)
        kinds = _kinds(values)
        function = self._compiled.get(kinds)
        if function is None:
            function = self._compiled[kinds] = self._find(values)
        return function(*values)

    def all_values(self, values: tuple, named: dict[str, Any]) -> tuple:
        """Give the values of all parameters, in their order."""
        if not named and len(values) == self.n_parameters:
            return values
        parameters = self.py_func.__code__.co_varnames[len(values) : self.n_parameters]
        known = {**dict(zip(reversed(parameters), reversed(self._defaults))), **named}
        if len(values) > self.n_parameters or known.keys() != set(parameters):
            raise TypeError(
                f"{self.py_func.__name__}() expects {parameters} after {len(values)} values, got {tuple(known)}."
            )
        return (*values, *(known[name] for name in parameters))

    def _find(self, values: tuple) -> Callable:
        self._is_jit_only = compiled_kernels() is None
        return find_compiled(self, values) or self.jit

    @functools.cached_property
    def jit(self) -> Any:
        """The dispatcher of Numba, which is imported only when something must be compiled."""
        let_numba_compile_for_the_same_level()
        from numba import njit

        flags = {"nogil": True, **self.flags}
        try:
            return _let_keeping_fail(njit(cache=True, **flags)(self.py_func))
        except RuntimeError:  # Numba refuses at once where neither the package nor a home can be written
            _warn_that_nothing_is_cached()
            return njit(**flags)(self.py_func)

    def compile(self, types: Sequence[str]) -> None:
        """Have Numba compile for types, named as `name_type` names them, and keep what it compiles."""
        self.jit.compile(tuple(map(numba_type, types)))

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes this for in the code of another kernel that calls it."""
        from numba.core.types import Dispatcher

        return Dispatcher(self.jit)


def _decorator(**flags: Any) -> Callable[[Callable], Any]:
    return lambda function: Kernel(function, flags)


# Kernels work on one image per call, or loop over a stack inside; they release the lock and are kept on disk.
kernel = _decorator()
kernel_free_division = _decorator(error_model="numpy")  # x / 0 is inf or NaN: no branch in the loop
# Reordered sums may use SIMD; nothing here assumes that there is no NaN.
kernel_free_sums = _decorator(error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})
