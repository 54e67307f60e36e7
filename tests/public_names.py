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


def keywords(function):
    """Names of the parameters that are given by keyword only."""
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]


def feature_twins():
    """Function and class of a feature, by name: they share a file and all parameters."""
    items = {name: item for package, name, item in public_items() if package.startswith("featkit.features")}
    for name, function in items.items():
        for kind, item in items.items():
            if inspect.isfunction(function) and inspect.isclass(item) and function.__module__ == item.__module__:
                is_twin = keywords(function) == list(inspect.signature(item).parameters)
                if is_twin and not name.endswith("_names"):
                    yield name, kind
