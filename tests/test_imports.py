"""Who may import whom, what `import featkit` costs, and that the stub and the package agree."""

import ast
import configparser
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import featkit

ROOT = Path(featkit.__file__).parent
EXTRAS = [
    "dlib",
    "matplotlib",
    "pandas",
    "pyarrow",
    "rich",
    "jinja2",
    "polars",
    "skops",
    "pytest",
    "dask",
    "fsspec",
    "torch",
]
IMAGES = {
    "exceptions",
    "_optional",
    "images",
    "alpha",
    "colorspaces",
    "affine",
    "interpolation",
    "components",
    "masks",
    "base",
    "parameters",
}

# part of featkit: the parts it may import (its own folder is understood)
MAY_IMPORT = {
    "exceptions": set(),
    "_optional": {"exceptions"},
    "images": {"exceptions"},
    "alpha": {"images"},
    "colorspaces": {"exceptions", "images"},
    "affine": {"images"},
    "interpolation": {"affine", "images"},
    "components": {"images"},
    "masks": {"components", "images"},
    "writing": {"exceptions"},
    "base": {"exceptions", "images"},
    "parameters": {"base"},
    "decoding": {"exceptions", "_optional", "images", "alpha"},
    "listing": {"exceptions"},
    "reading": {"decoding", *IMAGES},
    "preprocessing": IMAGES,
    "features": IMAGES,
    "faces": {"features", *IMAGES},
    "extraction": {"exceptions", "_optional", "writing", "base"},
    "evaluation": {
        "exceptions",
        "_optional",
        "writing",
        "images",
        "alpha",
        "interpolation",
        "base",
        "parameters",
        "reading",
    },
    "datasets": {"exceptions", "_optional", "images"},
    "display": {"exceptions", "_optional", "images", "alpha", "inspection", "public names"},
    "inspection": {"exceptions", "_optional", "images", "alpha", "public names"},
    "report": {"exceptions", "_optional", "writing", "images", "display", "public names"},
    "testing": IMAGES,
    "cli": {"exceptions", "_optional", "public names"},
}

# What one file may besides, and why.
MAY_BESIDES = {
    "extraction.inputs": {"listing", "reading"},  # what of a folder is an image is decided there
    "extraction.parts": {"listing", "reading"},  # and how the pixels of a picture are read
    "extraction.persistence": {""},  # the register of names tells which types are featkit's own
    "evaluation.baselines": {  # puts together the raw pixels that every feature is compared with
        "features.pixels",
        "preprocessing.color",
        "preprocessing.contrast",
        "preprocessing.resize",
    },
}

# package: the only parts that may name it
AT_HOME_IN = {
    "PIL": {"decoding", "reading"},
    "dask": {"cli.extract"},  # for --scheduler; everywhere else joblib's backend brings it
    "dlib": {"faces"},
    "matplotlib": {"display", "report"},
    "pyarrow": {"extraction.parquet"},
    "torch": {"evaluation.lenet"},
}

# import name: the distribution that brings it
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
}


def modules():
    """Dotted name below featkit, and syntax tree, of every file."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__init__":
            yield ".".join(parts), ast.parse(path.read_text())


def imported_from(name, tree):
    """Absolute dotted names of what a module imports anywhere in it, `require("...")` included."""
    package = ["featkit", *name.split(".")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ([base] if node.module else [f"{base}.{alias.name}" for alias in node.names])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", None) in ("require", "import_module"):
            yield from (str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant))


def part_of(name):
    """Part of featkit that an absolute name belongs to."""
    first = name.split(".")[1]
    return "public names" if first in featkit.__all__ else first


MODULES = list(modules())
by_module = pytest.mark.parametrize(("name", "tree"), MODULES, ids=[name for name, _ in MODULES])


@by_module
def test_imports_follow_the_table(name, tree):
    part = name.split(".")[0]
    assert part in MAY_IMPORT, f"{part} has no row in the table"
    inside = {found for found in imported_from(name, tree) if found.split(".")[0] == "featkit"}
    besides = {f"featkit.{other}".rstrip(".") for other in MAY_BESIDES.get(name, ())}
    wrong = {found for found in inside - besides if part_of(found) not in MAY_IMPORT[part] | {part}}
    assert wrong == set()


@by_module
def test_package_is_imported_at_home_only(name, tree):
    for found in imported_from(name, tree):
        homes = AT_HOME_IN.get(found.split(".")[0], {name})
        assert {name, name.split(".")[0]} & homes, f"{name} imports {found}"


@by_module
def test_private_modules_of_scikit_learn_are_imported_in_base_only(name, tree):
    private = [found for found in imported_from(name, tree) if found.startswith("sklearn") and "._" in found]
    assert name == "base" or private == []


@by_module
def test_what_a_module_imports_at_import_is_a_core_dependency(name, tree):
    setup = configparser.ConfigParser()
    setup.read(ROOT.parent / "setup.cfg")
    lines = setup["options"]["install_requires"].lower().split()
    core = {line.split(">")[0].split("=")[0].split("<")[0] for line in lines} | {"featkit"}
    at_import = ast.Module([node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))], [])
    packages = {found.split(".")[0] for found in imported_from(name, at_import)} - set(sys.stdlib_module_names)
    assert {DISTRIBUTIONS.get(package, package) for package in packages} <= core


def test_table_has_no_row_too_many():
    parts = {name.split(".")[0] for name, _ in MODULES}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert set(MAY_IMPORT) <= parts | folders
    assert set(MAY_BESIDES) <= {name for name, _ in MODULES}


def test_nothing_imports_pipelines():
    for name, tree in MODULES:
        assert "pipelines" not in {found.split(".")[0] for found in imported_from(name, tree)}, name


def test_pipelines_use_public_names_only():
    for path in sorted((ROOT.parent / "pipelines").glob("*.py")):
        found = {name for name in imported_from(path.stem, ast.parse(path.read_text())) if name.startswith("featkit")}
        assert found <= {"featkit"}, path.name


def test_there_is_no_drawer_for_everything():
    assert not {"utils", "helpers", "common", "misc", "manager"} & {name.split(".")[-1] for name, _ in MODULES}


# The stub


def stub_lines():
    for node in ast.parse((ROOT / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.AnnAssign):
            assert node.target.id in ("__version__", "__all__")
            continue
        assert isinstance(node, ast.ImportFrom)
        assert node.level == 1
        for alias in node.names:
            yield node.module, alias.name, alias.asname


def test_stub_names_each_thing_once_as_itself():
    lines = list(stub_lines())
    assert [line for line in lines if line[1] != line[2]] == []
    names = [name for _, name, _ in lines]
    assert len(set(names)) == len(names)
    assert set(names) == set(featkit.__all__) == set(dir(featkit))


@pytest.mark.parametrize(("module", "name"), [line[:2] for line in stub_lines()], ids=lambda value: value)
def test_public_name_imports_from_where_the_stub_says(module, name):
    item = getattr(featkit, name)
    assert item is getattr(importlib.import_module(f"featkit.{module}"), name)
    if callable(item):
        assert inspect.getmodule(item).__name__ == f"featkit.{module}"
        assert inspect.getdoc(item)


def test_every_estimator_is_a_public_name():
    for found in pkgutil.walk_packages(featkit.__path__, "featkit."):
        module = importlib.import_module(found.name)
        for name, item in vars(module).items():
            if inspect.isclass(item) and issubclass(item, BaseEstimator) and item.__module__ == found.name:
                assert name.startswith("_") or name in featkit.__all__, f"{found.name}.{name}"


# What importing costs and needs


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_import_featkit_loads_next_to_nothing():
    added = run("import sys; before = set(sys.modules); import featkit; print(*set(sys.modules) - before)")
    heavy = {"numpy", "scipy", "sklearn", "skimage", "cv2", "numba", "joblib", "PIL", *EXTRAS}
    assert heavy & {name.split(".")[0] for name in added} == set()
    assert {name for name in added if name.startswith("featkit")} == {"featkit"}
    assert len(added) < 60


def test_everything_imports_without_the_extras():
    run(f"""
import importlib, pkgutil, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {EXTRAS}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Blocker())
import featkit

for name in featkit.__all__:
    getattr(featkit, name)
for found in pkgutil.walk_packages(featkit.__path__, "featkit."):
    importlib.import_module(found.name)
""")


def test_nothing_is_compiled_at_import():
    assert run("""
import featkit
from numba.core.event import install_recorder

with install_recorder("numba:compile") as compiled:
    for name in featkit.__all__:
        getattr(featkit, name)
print(len(compiled.buffer))
""") == ["0"]
