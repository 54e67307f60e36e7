"""Public names of a package, loaded on first use from the modules that its stub ``__init__.pyi`` names."""

import sys
from types import ModuleType
from typing import Any

import lazy_loader


class _Package(ModuleType):
    """A package in which a public function keeps its name although the module that defines it is called the same."""

    def __setattr__(self, name: str, value: Any) -> None:
        # importing featkit.features.gradients.hog would put the module in the place of the function hog
        if not (isinstance(value, ModuleType) and name in self.__dict__.get("__all__", ())):
            super().__setattr__(name, value)


def attach_stub(package: str, file: str) -> tuple[Any, Any, list[str]]:
    """Give ``__getattr__``, ``__dir__`` and ``__all__`` of a package from its stub."""
    sys.modules[package].__class__ = _Package
    return lazy_loader.attach_stub(package, file)
