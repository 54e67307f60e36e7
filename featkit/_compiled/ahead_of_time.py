"""Kernels compiled ahead of time: which library this processor runs, and what a kernel is called in it.

A compiled kernel carries in its name the hash of its code, of the kernels and constants it uses and of the types of its
arguments. What has been edited since has another name and is not found: it is compiled by Numba when it is called.
``tools/kernels/compile.py`` makes the libraries, under the names that are made here.
"""

import functools
import hashlib
import importlib
import os
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, ModuleType
from typing import Any

import numpy as np

from .processor import levels_of_processor, library_name

SETTING = "FEATKIT_KERNELS"


def _is_numba_asked() -> bool:
    """Whether Numba is told to check bounds or to let Python run the kernels, which no compiled kernel does."""
    return any(os.environ.get(f"NUMBA_{word}", "0") != "0" for word in ("BOUNDSCHECK", "DISABLE_JIT"))


@functools.cache
def compiled_kernels() -> ModuleType | None:
    """Import the library of the best level, or of the one that ``FEATKIT_KERNELS`` names; None where there is none."""
    setting = "jit" if _is_numba_asked() else os.environ.get(SETTING, "")
    levels = levels_of_processor()
    if setting and setting != "jit" and setting not in levels:
        raise ValueError(f"{SETTING} must be 'jit' or a level of this processor, of {levels}; got {setting!r}.")
    for level in () if setting == "jit" else (setting,) if setting else levels:
        try:
            return importlib.import_module(library_name(level))
        except ImportError:
            continue
    return None


def let_numba_compile_for_the_same_level() -> None:
    """Have Numba compile for the level of the library in use, so that what it compiles gives the same bits.

    Without this a type that was not compiled ahead, as a read-only memory map, could differ in the last digit.
    """
    library = compiled_kernels()
    if library is None or "NUMBA_CPU_NAME" in os.environ:
        return
    (level,) = [level for level in levels_of_processor() if library_name(level) == library.__name__]
    os.environ |= {"NUMBA_CPU_NAME": level, "NUMBA_CPU_FEATURES": ""}  # read when Numba is imported, by workers too
    if "numba" in sys.modules:
        config: Any = importlib.import_module("numba.core.config")
        config.CPU_NAME, config.CPU_FEATURES = level, ""


def name_type(value: Any) -> str | None:
    """Name the type of an argument as a compiled kernel must have it exactly, or None where only Numba can tell."""
    kind = type(value)
    if kind is np.ndarray:
        flags = value.flags
        if not (value.dtype.isnative and value.dtype.kind in "biufc" and flags.aligned):
            return None
        layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        return f"{value.dtype.name}.{value.ndim}{layout}" + ("" if flags.writeable else "r")
    if kind is tuple:
        names = [name_type(item) for item in value]
        return None if None in names else f"({','.join(map(str, names))})"
    if kind in (bool, np.bool_):
        return "bool"
    if kind is int:
        return "int64" if -(2**63) <= value < 2**63 else None
    if kind is float:
        return "float64"
    if issubclass(kind, np.number) and np.dtype(kind).kind in "iuf":
        return np.dtype(kind).name
    return "none" if value is None else None


def name_kernel(kernel: Any, types: tuple[str, ...]) -> str | None:
    """Name a kernel for types of its arguments in a library, or None where it uses what cannot be told apart."""
    try:
        code = hash_kernel(kernel)
    except TypeError:
        return None
    words = f"{kernel.__module__} {code} {' '.join(types)}"
    return f"{kernel.__name__}_{hashlib.blake2b(words.encode(), digest_size=12).hexdigest()}"


def hash_kernel(kernel: Any) -> str:
    """Hash what a kernel computes: code, flags and constants of it and of all kernels that it calls."""
    reached = {kernel}
    waiting = [kernel]
    while waiting:
        called = set(_own_words(waiting.pop())[1]) - reached
        reached |= called
        waiting += called
    told = sorted(_own_words(one)[0] for one in reached)
    return hashlib.blake2b("\0\0".join([_name(kernel), *told]).encode(), digest_size=16).hexdigest()


def _name(kernel: Any) -> str:
    return f"{kernel.__module__}.{kernel.__qualname__}"


@functools.cache
def _own_words(kernel: Any) -> tuple[str, list[Any]]:
    """Give what a kernel itself consists of, in words, and the kernels that it names."""
    function = kernel.py_func
    if function.__closure__:
        raise TypeError(f"{_name(kernel)} is made inside another function.")
    called: list[Any] = []
    used = {word: function.__globals__[word] for word in _names(function.__code__) if word in function.__globals__}
    told = [
        _name(kernel),
        *(f"{flag}={_words_of_value(value, called)}" for flag, value in sorted(kernel.flags.items())),
        _words_of_value(function.__defaults__, called),
        *_words_of_code(function.__code__),
        *(f"{word}={_words_of_value(value, called)}" for word, value in sorted(used.items())),
    ]
    return "\0".join(told), called


def _names(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _words_of_code(code: CodeType) -> list[str]:
    words = [code.co_code.hex(), repr((code.co_argcount, code.co_names, code.co_varnames, code.co_freevars))]
    for constant in code.co_consts:
        words += _words_of_code(constant) if isinstance(constant, CodeType) else [_words_of_value(constant, [])]
    return words


def _words_of_value(value: Any, called: list[Any]) -> str:
    if hasattr(value, "py_func"):
        called.append(value)
        return _name(value)
    if isinstance(value, ModuleType) and not value.__name__.startswith("featkit"):
        return value.__name__
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return f"{value.dtype.str} {value.shape} {value.flags.num} {value.tobytes().hex()}"
    if isinstance(value, (tuple, set, frozenset)):
        words = [_words_of_value(item, called) for item in value]
        return f"{type(value).__name__}({', '.join(words if isinstance(value, tuple) else sorted(words))})"
    if value is None or value is ... or isinstance(value, (bool, int, float, complex, str, bytes, np.number, np.bool_)):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, (type, BuiltinFunctionType, np.ufunc)):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', value)}"
    raise TypeError(f"A kernel uses a {type(value).__name__}, whose changes cannot be seen.")


def find_compiled(kernel: Any, values: tuple) -> Callable | None:
    """Find a kernel compiled ahead of time for exactly the types of these arguments."""
    library = compiled_kernels()
    types = tuple(name for name in map(name_type, values) if name is not None)
    if library is None or len(types) < len(values):
        return None
    name = name_kernel(kernel, types)
    return None if name is None else getattr(library, name, None)
