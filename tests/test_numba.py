"""Kernels are compiled in one way, and where nothing can be kept they are compiled all the same."""

import ast
import warnings
from pathlib import Path

import numba
import numpy as np
import pytest

import featkit
from featkit import _numba
from featkit.exceptions import KernelCacheWarning

ROOT = Path(featkit.__file__).parent


def double(value):
    return 2 * value


def test_a_kernel_releases_the_lock_and_is_kept():
    compiled = _numba.kernel(double)
    assert compiled(21) == 42
    assert compiled.jit.targetoptions["nogil"]
    assert type(compiled.jit._cache).__name__ == "FunctionCache"


def test_where_nothing_can_be_kept_it_is_compiled_with_one_warning(monkeypatch):
    def refuse(function, **flags):
        if flags.get("cache"):
            raise RuntimeError("cannot cache function 'double': no locator available for file 'x.py'")
        return function

    monkeypatch.setattr(numba, "njit", lambda **flags: lambda function: refuse(function, **flags))
    _numba._warn_that_nothing_is_cached.cache_clear()
    with pytest.warns(KernelCacheWarning, match=r"cannot be kept.*NUMBA_CACHE_DIR"):
        assert _numba.kernel(double)(21) == 42
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _numba.kernel(double)(21) == 42
    _numba._warn_that_nothing_is_cached.cache_clear()


@_numba.kernel
def joined(first, second, third=3, fourth=4):
    return 1000 * first + 100 * second + 10 * third + double_of(fourth)


double_of = _numba.kernel(double)


def test_arguments_are_taken_by_position_by_name_and_by_default():
    assert joined(1, 2) == joined(1, 2, 3) == joined(1, second=2) == joined(second=2, first=1, fourth=4) == 1238
    assert joined(1, 2, fourth=1) == 1232
    for wrong in (
        lambda: joined(1),
        lambda: joined(1, 2, 3, 4, 5),
        lambda: joined(1, 2, fifth=5),
        lambda: joined(1, first=1),
    ):
        with pytest.raises(TypeError):
            wrong()


def test_a_compiled_function_is_kept_for_each_kind_of_argument(monkeypatch):
    monkeypatch.setattr(_numba, "compiled_kernels", object)
    double_of = _numba.kernel(double)
    answers = [double_of(value) for value in (3, 1.5, np.float32(1.5), np.arange(2), True)]
    assert [type(answer) for answer in answers] == [int, float, float, np.ndarray, int]
    assert len(double_of._compiled) == 5


def test_without_a_library_numba_is_called_at_once(monkeypatch):
    monkeypatch.setattr(_numba, "compiled_kernels", lambda: None)
    double_of = _numba.kernel(double)
    assert [double_of(value) for value in (3, 1.5)] == [6, 3.0]
    assert len(double_of._compiled) == 1
    with pytest.raises(TypeError):
        double_of(1, 2)
    assert double_of(value=4) == 8


def test_every_kernel_has_one_of_the_decorators():
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "numba":
                assert path.name == "_numba.py", path
