"""Public names of a package, loaded on first use from the modules that its stub ``__init__.pyi`` names."""

from __future__ import annotations  # what annotations need is not imported: every process pays for what stands here

import os
import sys
from collections.abc import Callable
from types import ModuleType

import lazy_loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Package(ModuleType):
    """A package in which a public function keeps its name although the module that defines it is called the same."""

    def __setattr__(self, name: str, value: Any) -> None:
        # importing featkit.features.gradients.hog would put the module in the place of the function hog
        if not (isinstance(value, ModuleType) and name in self.__dict__.get("__all__", ())):
            super().__setattr__(name, value)


def attach_stub(package: str, file: str) -> tuple[Any, Any, list[str]]:
    """Give ``__getattr__``, ``__dir__`` and ``__all__`` of a package from its stub."""
    sys.modules[package].__class__ = _Package
    folder = os.path.dirname(file)
    names_of: dict[str, list[str]] = {}
    for module, name in _imports(os.path.join(folder, "__init__.pyi")):
        names_of.setdefault(module, []).append(name)
    find, list_names, names = lazy_loader.attach(package, names_of.pop("", []), names_of)
    return _with_hint(package, folder, find, names), list_names, names


def _imports(stub: str) -> list[tuple[str, str]]:
    """Read the lines ``from .module import name as name``; thirty times as fast as a parser of Python."""
    with open(stub, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.startswith("from ")]
    if any(len(words) != 6 or words[1][0] != "." or words[3] != words[5] for words in lines):
        raise ValueError(f"Expected lines like 'from .module import name as name' in {stub}.")
    return [(words[1][1:], words[3]) for words in lines]


def _with_hint(package: str, folder: str, find: Callable[[str], Any], names: list[str]) -> Callable[[str], Any]:
    """Find a name; for one that is not there, say which public name is meant."""

    def find_or_hint(name: str) -> Any:
        if name in names or name.startswith("_"):  # the machinery of Python asks for names that few modules have
            return find(name)
        try:
            return find(name)
        except AttributeError:
            pass
        raise AttributeError(f"module {package!r} has no attribute {name!r}{_hint(name, package, folder)}", name=name)

    return find_or_hint


def _hint(name: str, package: str, folder: str) -> str:
    """The public name of this package or those below that is nearest, in words."""
    import difflib
    from pathlib import Path

    where: dict[str, str] = {}
    for stub in sorted(Path(folder).rglob("__init__.pyi"), key=lambda stub: len(stub.parts)):
        inside = ".".join((package, *stub.parent.relative_to(folder).parts))
        for _, public in _imports(str(stub)):
            where.setdefault(public, f"{inside}.{public}")
    if name in where:
        return f". Did you mean: '{where[name]}'?"
    plain = name.lower().replace("_", "")
    alike = {public.lower().replace("_", ""): public for public in reversed(where)}
    near = difflib.get_close_matches(plain, alike, n=1, cutoff=0.75)
    near = near or [known for known in alike if len(plain) > 3 and known.startswith(plain)]
    return f". Did you mean: '{where[alike[near[0]]]}'?" if near else ""
