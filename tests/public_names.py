"""Every public name of featkit, from the stubs of its packages."""

import importlib
import inspect
from pathlib import Path

import featkit

ROOT = Path(featkit.__file__).parent


def packages():
    """Dotted names of the packages that have public names, featkit itself first."""
    for stub in sorted(ROOT.rglob("__init__.pyi")):
        yield ".".join(("featkit", *stub.parent.relative_to(ROOT).parts))
    yield "featkit.testing"


def public_items():
    """(package, name, item) of every public name, each once, in the sub-package that it belongs to."""
    seen = set()
    for package in sorted(packages(), key=lambda name: -name.count(".")):
        module = importlib.import_module(package)
        for name in module.__all__:
            item = getattr(module, name)
            if name not in seen and not inspect.ismodule(item):
                seen.add(name)
                yield package, name, item
