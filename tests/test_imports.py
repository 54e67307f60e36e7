"""Who may import whom, what `import featkit` costs, and that the stub and the package agree."""

import ast
import configparser
import graphlib
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import PIL.Image
import pytest
import skimage.data
from sklearn.base import BaseEstimator

import featkit
from featkit.base.checked_estimator import CheckedEstimator
from tests.public_names import public_items

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
    "imagecodecs",
    "pillow_heif",
    "pillow_jxl",
    "pydicom",
    "simplejpeg",
]
# Parts of featkit: its files and folders, and in these folders their families.
FAMILIES_OF = {"display", "evaluation", "faces", "features", "preprocessing"}

# part: the parts that it imports, no more and no less; its own folder is understood
IMPORTS = {
    "__main__": "cli",
    "_optional": "exceptions",
    "_progress": "_optional",
    "_numba": "_compiled exceptions",
    "_signatures": "_numba",
    "datasets": "exceptions image preprocessing.color",
    "image": "_numba exceptions",
    "parameters": "exceptions",
    "base": "exceptions image parameters",
    "io": "_numba _optional base exceptions image parameters",
    "features": "_numba base image parameters",
    "features.gradients": "_numba base exceptions features image parameters",
    "features.color": "_numba base exceptions features image parameters",
    "features.texture": "_numba base exceptions features image parameters",
    "features.binary_patterns": "_numba base features image parameters",
    "features.frequency": "_numba base exceptions features image parameters",
    "features.shape": "_numba base exceptions features image parameters",
    "features.contour": "base exceptions features.shape image parameters",
    "features.local": "base exceptions features features.gradients image parameters",
    "preprocessing.color": "_numba base exceptions image parameters preprocessing.light",
    "preprocessing.geometry": "_numba base image parameters",
    "preprocessing.light": "_numba base image parameters",
    "preprocessing.foreground": "_numba base exceptions image parameters",
    "faces.detection": "_numba _optional exceptions faces._trees image parameters",
    "faces.landmarks": "base exceptions faces._trees faces.detection image parameters",
    "faces._trees": "_numba",
    "faces.description": (
        "_numba base exceptions faces.landmarks faces.training features.binary_patterns image parameters"
    ),
    "faces.comparison": (
        "base exceptions faces.description faces.landmarks features.binary_patterns image metric_learning parameters "
        "preprocessing.light"
    ),
    "faces.tables": (
        "_progress exceptions extraction faces.comparison faces.description faces.detection faces.exchange "
        "faces.landmarks image io parameters persistence"
    ),
    "faces.exchange": "exceptions faces.landmarks io parameters",
    "faces.expression": "base exceptions faces.description faces.landmarks parameters",
    "metric_learning": "base exceptions parameters",
    "augmentation": "base image parameters",
    "extraction": "_optional _progress base exceptions image io parameters",
    "persistence": "_optional base exceptions io",
    "evaluation": (
        "_optional augmentation exceptions features image io parameters preprocessing.color preprocessing.geometry "
        "preprocessing.light"
    ),
    "evaluation.benchmarking": "_optional _progress augmentation base evaluation exceptions image io",
    "inspection": (
        "_optional evaluation exceptions features features.frequency features.gradients image io parameters"
    ),
    "objects": "_numba _optional base exceptions extraction features.shape image io parameters",
    "scale": "_numba base exceptions image io parameters",
    "measurement": (
        "_optional display.images exceptions extraction features.shape features.skeleton image io objects parameters "
        "preprocessing.color preprocessing.foreground scale"
    ),
    "display": "_optional image parameters",
    "display.images": (
        "_optional display display.shapes exceptions faces.comparison faces.detection faces.landmarks "
        "features.binary_patterns features.contour features.frequency features.gradients features.shape image "
        "inspection objects scale"
    ),
    "display.shapes": "display exceptions faces.landmarks",
    "display.results": "_optional display evaluation evaluation.benchmarking",
    "report": "_optional display display.images display.results evaluation evaluation.benchmarking image io",
    "testing": "base exceptions image parameters",
    "cli": (
        "_compiled _optional _signatures augmentation display.images evaluation evaluation.benchmarking exceptions "
        "extraction faces.comparison faces.landmarks faces.tables features.binary_patterns features.color "
        "features.frequency features.gradients features.local features.network features.shape features.texture "
        "image io measurement persistence preprocessing.color preprocessing.foreground preprocessing.geometry "
        "preprocessing.light "
        "report"
    ),
    "faces.training": (
        "_numba _optional base exceptions faces._trees faces.detection faces.landmarks image parameters"
    ),
    "features.network": "base exceptions features image parameters",
    "features.moments": "_numba base features.shape image parameters",
    "features.skeleton": "_numba base features.shape image",
}

# package: the only parts that may name it
AT_HOME_IN = {
    "PIL": {"io"},
    "dask": {"cli"},  # for --scheduler; everywhere else joblib's backend brings it
    "dlib": {"faces"},
    "imagecodecs": {"io"},
    "matplotlib": {"display", "report"},
    "numba": {"_numba"},
    "pydicom": {"io"},
    "pyarrow": {"extraction"},
    "torch": {"evaluation"},
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
    """Part that a module below featkit belongs to."""
    first, *rest = name.split(".")
    return f"{first}.{rest[0]}" if first in FAMILIES_OF and len(rest) > 1 else first


MODULES = list(modules())
by_module = pytest.mark.parametrize(("name", "tree"), MODULES, ids=[name for name, _ in MODULES])


def test_imports_are_those_of_the_table():
    found = {}
    for name, tree in MODULES:
        featkits = {other for other in imported_from(name, tree) if other.partition(".")[0] == "featkit"}
        inside = {other.partition(".")[2] for other in featkits}
        if name == "persistence":  # the register of names tells which types are featkit's own
            inside.discard("")
        assert "" not in inside, f"{name}: import from the module that defines the thing"
        found.setdefault(part_of(name), set()).update(part_of(other) for other in inside)
    assert {part: others - {part} for part, others in found.items() if others - {part}} == {
        part: set(others.split()) for part, others in IMPORTS.items()
    }


def test_imports_go_one_way():
    order = graphlib.TopologicalSorter({part: others.split() for part, others in IMPORTS.items()})
    order.prepare()  # raises CycleError


@by_module
def test_package_is_imported_at_home_only(name, tree):
    for found in imported_from(name, tree):
        homes = AT_HOME_IN.get(found.split(".")[0], {name})
        assert {name, name.split(".")[0]} & homes, f"{name} imports {found}"


@by_module
def test_private_modules_of_scikit_learn_are_imported_in_two_places_only(name, tree):
    private = [found for found in imported_from(name, tree) if found.startswith("sklearn") and "._" in found]
    assert name.startswith(("base.", "parameters")) or private == []


@by_module
def test_what_a_module_imports_at_import_is_a_core_dependency(name, tree):
    setup = configparser.ConfigParser()
    setup.read(ROOT.parent / "setup.cfg")
    lines = setup["options"]["install_requires"].lower().split()
    core = {line.split(">")[0].split("=")[0].split("<")[0] for line in lines} | {"featkit"}
    at_import = ast.Module([node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))], [])
    packages = {found.split(".")[0] for found in imported_from(name, at_import)} - set(sys.stdlib_module_names)
    assert {DISTRIBUTIONS.get(package, package) for package in packages} <= core


def test_nothing_imports_pipelines():
    for name, tree in MODULES:
        assert "pipelines" not in {found.split(".")[0] for found in imported_from(name, tree)}, name


def test_pipelines_use_public_names_only():
    for path in sorted((ROOT.parent / "pipelines").glob("*.py")):
        found = {name for name in imported_from(path.stem, ast.parse(path.read_text())) if name.startswith("featkit")}
        public = {package for package, _, _ in PUBLIC} | {"featkit.exceptions", "featkit.testing"}
        assert found <= public, path.name


def test_there_is_no_drawer_for_everything():
    assert not {"utils", "helpers", "common", "misc", "manager"} & {name.split(".")[-1] for name, _ in MODULES}


# The stubs

STUBS = sorted(ROOT.rglob("__init__.pyi"))


def stub_lines(stub):
    """Module, name and alias of every import of a stub; modules are named from the stub's package on."""
    for node in ast.parse(stub.read_text()).body:
        if isinstance(node, ast.AnnAssign):
            assert node.target.id in ("__version__", "__all__")
            continue
        assert isinstance(node, ast.ImportFrom)
        assert node.level == 1
        for alias in node.names:
            yield node.module or "", alias.name, alias.asname


def package_of(stub):
    return ".".join(("featkit", *stub.parent.relative_to(ROOT).parts))


PUBLIC = [(package_of(stub), module, name) for stub in STUBS for module, name, _ in stub_lines(stub) if module]


@pytest.mark.parametrize("stub", STUBS, ids=package_of)
def test_stub_names_each_thing_once_as_itself_in_order(stub):
    lines = list(stub_lines(stub))
    assert [line for line in lines if line[1] != line[2]] == []
    names = [name for _, name, _ in lines]
    assert len(set(names)) == len(names)
    package = importlib.import_module(package_of(stub))
    assert set(names) == set(package.__all__) == set(dir(package))
    assert lines == sorted(lines)


def test_sub_packages_are_attributes():
    names = sorted(package_of(stub) for stub in STUBS)
    assert run(f"import featkit; print({', '.join(f'{name}.__name__' for name in names)})") == names


@pytest.mark.parametrize(("package", "module", "name"), PUBLIC, ids=lambda value: value)
def test_public_name_imports_from_where_the_stub_says(package, module, name):
    item = getattr(importlib.import_module(package), name)
    defined = importlib.import_module(f"{package}.{module}")
    assert item is getattr(defined, name)
    if callable(item):
        assert inspect.getmodule(item) is defined or module == "_checked"  # a function with the check of its image
        assert inspect.getdoc(item)


def test_every_name_of_featkit_itself_stands_in_its_sub_package_too():
    modules = {(package, f"{package}.{module}", name) for package, module, name in PUBLIC}
    elsewhere = {(module, name) for package, module, name in modules if package != "featkit"}
    testing = importlib.import_module("featkit.testing")
    elsewhere |= {("featkit.testing", name) for name in testing.__all__}
    elsewhere |= {(module, name) for _, module, name in modules if module.count(".") == 1}  # base, persistence
    assert {(module, name) for package, module, name in modules if package == "featkit"} <= elsewhere


def test_names_mean_one_thing():
    """No name stands for two things in two sub-packages."""
    homes = {}
    for package, module, name in PUBLIC:
        homes.setdefault(name, set()).add(f"{package}.{module}")
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_every_estimator_is_a_public_name():
    for name, _ in MODULES:
        module = importlib.import_module(f"featkit.{name}")
        for title, item in vars(module).items():
            if inspect.isclass(item) and issubclass(item, BaseEstimator) and item.__module__ == module.__name__:
                private = title.startswith("_") or name.rpartition(".")[2].startswith("_") or item is CheckedEstimator
                assert private or title in featkit.__all__, f"{name}.{title}"


# What importing costs and needs


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_import_featkit_loads_next_to_nothing():
    added = run("import sys; before = set(sys.modules); import featkit; print(*set(sys.modules) - before)")
    heavy = {"numpy", "scipy", "sklearn", "skimage", "cv2", "numba", "joblib", "PIL", *EXTRAS}
    assert heavy & {name.split(".")[0] for name in added} == set()
    assert {name for name in added if name.startswith("featkit")} == {"featkit", "featkit._lazy"}
    assert len(added) < 60


# Functions in files without an estimator that need one all the same: they make, fit, run or show estimators, or draw
# from scikit-learn's random states. Every other such function does without scikit-learn, whose import takes a second.
NEED_SCIKIT_LEARN = {
    "featkit.datasets": "color_cards iris_flowers shapes sheets",
    "featkit.evaluation": "ablation duplicates robustness",
    "featkit.evaluation.benchmarking": "benchmark comparison pipeline_code",
    "featkit.extraction": "missing parquet prediction",
    "featkit.extraction.dataset": "batches",
    "featkit.faces.comparison": "comparison descriptions",
    "featkit.faces.tables": "faces_to_file load_matcher train_matcher",
    "featkit.features.gradients": "hog_cells",
    "featkit.features.local": "encodings",
    "featkit.features.shape": "part_labels",
    "featkit.inspection": "describe_images explain family_importance",
    "featkit.io.stacks": "channel_union",
    "featkit.measurement": "cut_out measure_photo measure_to_file",
    "featkit.objects": "measuring",
    "featkit.report": "write",
    "featkit": "persistence testing",
    "featkit.testing": "_images",
}


def test_functions_without_an_estimator_beside_them_load_no_scikit_learn():
    homes = {item.__module__ for _, _, item in public_items() if inspect.isfunction(item)}
    plain = {home for home in homes if not any(map(is_estimator, own_things(importlib.import_module(home))))}
    need = run(f"""
import importlib, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "sklearn":
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())
for home in {sorted(plain)}:
    try:
        importlib.import_module(home)
    except ImportError:
        print(home)
""")
    assert set(need) == {f"{home}.{name}" for home, names in NEED_SCIKIT_LEARN.items() for name in names.split()}


def own_things(module):
    return [thing for thing in vars(module).values() if getattr(thing, "__module__", "") == module.__name__]


def is_estimator(thing):
    return inspect.isclass(thing) and issubclass(thing, BaseEstimator)


def test_plain_functions_run_without_scikit_learn(tmp_path):
    path = tmp_path / "photo.png"
    PIL.Image.fromarray(skimage.data.astronaut()[:200, :200]).save(path)
    assert run(f"""
import sys
from featkit import read_image
from featkit.features.local import local_descriptors
from featkit.features.shape import measure_region, measure_region_names
from featkit.preprocessing.foreground import segment_foreground
from featkit.preprocessing.light import clahe

image = read_image({str(path)!r})
print(measure_region(segment_foreground(image)).shape == (len(measure_region_names()),))
print(clahe(image).shape == image.shape, len(local_descriptors(image)) > 0)
print("sklearn" in sys.modules)
""") == ["True", "True", "True", "False"]


def test_what_reads_tiff_is_loaded_for_tiff_alone(tmp_path):
    photo, scan = tmp_path / "photo.jpg", tmp_path / "scan.tif"
    for path in (photo, scan):
        PIL.Image.new("RGB", (8, 8)).save(path)
    read = "from featkit import read_image; read_image({!r}); print('tifffile' in sys.modules);"
    assert run("import sys;" + read.format(str(photo)) + read.format(str(scan))) == ["False", "True"]


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
