"""The kernels that are called from Python with the usual types of images, as ``_signatures.txt`` lists them.

They are what a wheel carries compiled and what ``featkit warm-up`` compiles. ``tools/kernels/record.py`` writes them.
"""

import importlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from ._numba import Kernel

FILE = Path(__file__).with_suffix(".txt")


def read_signatures(packages: Sequence[str] = ()) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Read module, kernel and types of its arguments: of all, or of some packages and modules alone."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        place, *types = line.split(" ")
        module, _, name = place.partition(":")
        if not packages or any(f"{module}.".startswith(f"{package}.") for package in packages):
            yield module, name, tuple(types)


def kernel_of(module: str, name: str, types: tuple[str, ...]) -> Kernel | None:
    """Find a kernel of the list, or None with a warning where it has changed since the list was written."""
    kernel = getattr(importlib.import_module(module), name, None)
    if isinstance(kernel, Kernel) and kernel.n_parameters == len(types):
        return kernel
    warnings.warn(f"{module}.{name} has changed: run python -m tools.kernels.record", RuntimeWarning, stacklevel=2)
    return None
