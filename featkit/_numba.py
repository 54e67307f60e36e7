"""The decorators of compiled kernels: how kernels are compiled is decided here and nowhere else."""

import functools
import warnings
from collections.abc import Callable
from typing import Any

from numba import njit

from .exceptions import KernelCacheWarning


@functools.cache
def _warn_that_nothing_is_cached(reason: str) -> None:
    warnings.warn(
        f"Compiled kernels cannot be kept here ({reason}), so every process compiles them anew, which takes seconds. "
        "Set NUMBA_CACHE_DIR to a folder that can be written.",
        KernelCacheWarning,
        stacklevel=2,
    )


def _decorator(**flags: Any) -> Callable[[Callable], Any]:
    def compile_when_called(function: Callable) -> Any:
        try:
            return njit(nogil=True, cache=True, **flags)(function)
        except RuntimeError as error:  # Numba 0.68 refuses at once where neither the package nor a home can be written
            _warn_that_nothing_is_cached(str(error).partition(":")[0])
            return njit(nogil=True, **flags)(function)

    return compile_when_called


# Kernels work on one image per call, or loop over a stack inside; they release the lock and are kept on disk.
kernel = _decorator()
kernel_free_division = _decorator(error_model="numpy")  # x / 0 is inf or NaN: no branch in the loop
# Reordered sums may use SIMD; nothing here assumes that there is no NaN.
kernel_free_sums = _decorator(error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})
