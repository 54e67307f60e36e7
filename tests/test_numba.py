"""Kernels are compiled in one way, and where nothing can be kept they are compiled all the same."""

import ast
import warnings
from pathlib import Path

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
    assert compiled.targetoptions["nogil"]
    assert type(compiled._cache).__name__ == "FunctionCache"


def test_where_nothing_can_be_kept_it_is_compiled_with_one_warning(monkeypatch):
    def refuse(function, **flags):
        if flags.get("cache"):
            raise RuntimeError("cannot cache function 'double': no locator available for file 'x.py'")
        return function

    monkeypatch.setattr(_numba, "njit", lambda **flags: lambda function: refuse(function, **flags))
    _numba._warn_that_nothing_is_cached.cache_clear()
    with pytest.warns(KernelCacheWarning, match=r"cannot be kept.*cannot cache function 'double'.*NUMBA_CACHE_DIR"):
        assert _numba.kernel(double)(21) == 42
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _numba.kernel(double)(21) == 42
    _numba._warn_that_nothing_is_cached.cache_clear()


def test_every_kernel_has_one_of_the_decorators():
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "numba":
                assert path.name == "_numba.py", path
