"""What is released: the source distribution is complete, the wheel holds featkit alone and works by itself."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from featkit._compiled.processor import levels_of_architecture, levels_of_processor

ROOT = Path(__file__).parents[2]
MADE_BY_SPHINX = ("docs/api.md", "docs/_build", "docs/generated", "docs/notebooks")
IMPORT_ALL = """
import featkit
for name in featkit.__all__:
    getattr(featkit, name)
from importlib.util import find_spec
extras = ("pandas", "rich", "jinja2", "matplotlib", "dlib")
print(len(featkit.__all__), *(name for name in extras if find_spec(name) is None))
"""
READ_MESSAGES = """
import numpy as np
from importlib.metadata import packages_distributions
import featkit
from featkit.display import HOGDisplay

print(*set(packages_distributions()["featkit"]))
image = np.zeros((64, 64, 3), np.uint8)
for call in (
    lambda: featkit.FaceLandmarks().fit([image]),
    lambda: featkit.save_model(featkit.HOG(), "model.skops"),
    lambda: featkit.extract_to_parquet(featkit.HOG(), [image], "out"),
    lambda: featkit.describe_images([image]),
    lambda: HOGDisplay.from_image(image).plot(),
):
    try:
        call()
    except featkit.exceptions.FeatkitError as error:
        print(str(error).partition('pip install "')[2].partition('"')[0])
"""
EXTRAS = """
from importlib.metadata import metadata
print(*metadata("featkit-images").get_all("Provides-Extra"))
"""
FIRST_ROWS = """
import sys
import numpy as np
from featkit.features.gradients import hog

image = (np.arange(96 * 96).reshape(96, 96) * 7919 % 251).astype(np.uint8)
values = [hog(image), hog(image, cells_per_block=(2, 2)), hog(image / np.float32(255))]
print("numba" in sys.modules, b"".join(row.tobytes() for row in values).hex())
"""
USE_TYPES = """
import featkit
import numpy as np

image = np.zeros((64, 64), dtype=np.uint8)
print(featkit.features.gradients.hog(image, orientations=9).mean())
print(featkit.features.gradients.hog(image, cells="x"))
print(featkit.features.gradients.hog(image, orientations="nine"))
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Folder of the source distribution and of the wheel that is built from it; kernels of one file are compiled."""
    folder = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, "FEATKIT_BUILD_KERNELS": "featkit.features.gradients._nearest_votes"}
    command = [sys.executable, "-m", "build", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return folder


@pytest.fixture(scope="module")
def wheel(released):
    return next(released.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """Python of an environment that has the wheel and what it depends on, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--allow-existing", "--python", sys.executable, folder], check=True)
    subprocess.run([*uv, "pip", "install", "--python", python, wheel], check=True)
    return python


@pytest.fixture
def run(python, tmp_path):
    """Function that runs a command outside of the source tree and returns what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return lambda *command: subprocess.check_output(command, text=True, cwd=tmp_path, env=environment)


def files_of(folder):
    made_here = {"__pycache__", "_kernels"}  # compiled, in an editable install too
    paths = [path for path in (ROOT / folder).rglob("*") if path.is_file() and not made_here & set(path.parts)]
    return {name for name in (str(path.relative_to(ROOT)) for path in paths) if not name.startswith(MADE_BY_SPHINX)}


def test_the_source_distribution_is_complete(released):
    with tarfile.open(next(released.glob("*.tar.gz"))) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    expected = set().union(*map(files_of, ("featkit", "tests", "docs", "notebooks", "pipelines", "tools")))
    expected |= {path.name for pattern in ("*.md", "*.cff", "Makefile", "LICENSE") for path in ROOT.glob(pattern)}
    assert expected - names == set()


def test_the_wheel_holds_featkit_alone(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    compiled = {name for name in names if name.startswith("featkit/_kernels/")}
    assert names - compiled == files_of("featkit")
    levels = {name.partition(".")[0] for name in compiled}
    assert levels == {f"featkit/_kernels/{level.replace('-', '_')}" for level in levels_of_architecture()}
    assert {"featkit/py.typed", "featkit/__init__.pyi", "featkit/report/templates/report.html.jinja"} <= names


def test_without_a_compiler_the_wheel_is_pure(tmp_path):
    command = [sys.executable, "-m", "build", "--outdir", tmp_path, ROOT]  # by way of the source distribution
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "CC": "no-such-compiler"})
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "_kernels" in name]


def test_its_kernels_run_without_numba_and_give_what_numba_gives(python, tmp_path):
    """Bit for bit, on every level of this processor, where Numba compiles for the same level."""
    levels = levels_of_processor()
    assert levels, "the tests want a processor of at least x86-64-v3, or aarch64"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def rows(**settings):
        command = [python, "-c", FIRST_ROWS]
        return subprocess.check_output(command, text=True, cwd=tmp_path, env={**clean, **settings}).split()

    for level in levels:
        of_level = {"NUMBA_CPU_NAME": level, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path / level)}
        compiled, jit = rows(FEATKIT_KERNELS=level), rows(FEATKIT_KERNELS="jit", **of_level)
        assert (compiled[0], jit[0]) == ("False", "True")
        assert compiled[1] == jit[1]


def test_its_description_can_be_shown_on_an_index(released):
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *released.iterdir()], check=True)


def test_every_public_name_imports_without_extras(run, python):
    printed = run(python, "-c", IMPORT_ALL).split()
    assert int(printed[0]) > 100
    assert printed[1:] == ["pandas", "rich", "jinja2", "matplotlib", "dlib"]


def test_every_message_names_the_distribution_that_is_installed(run, python):
    """The distribution featkit of PyPI is another project: no message may send anybody there."""
    told = run(python, "-c", READ_MESSAGES).split()
    assert told[0] == "featkit-images"
    named = {line.partition("[")[2].rstrip("]") for line in told[1:]}
    assert named == {"faces", "models", "parquet", "plot", "remote", "report", "cnn"} & named
    assert {"faces", "models", "parquet", "report"} <= named
    assert all(line.startswith("featkit-images[") for line in told[1:]), told


def test_every_extra_that_a_message_names_is_one_of_the_wheel(run, python):
    extras = set(run(python, "-c", EXTRAS).split())
    texts = [path.read_text() for path in sorted((ROOT / "featkit").rglob("*.py"))]
    texts += [path.read_text() for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))]
    named = {name for text in texts for name in re.findall(r'extra="(\w+)"', text)}
    for text in texts:
        assert re.findall(r"featkit\[", text) == []
        named |= {name for names in re.findall(r"featkit-images\[([\w,]+)\]", text) for name in names.split(",")}
    assert len(named) > 6
    assert named <= extras


def test_the_command_tells_its_usage(run, python):
    assert "benchmark" in run(python.with_name("featkit"), "--help")


def test_the_first_lines_of_the_readme_work(run, python):
    lines = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    assert float(run(python, "-c", lines)) == pytest.approx(float(lines.rsplit("#")[-1]), abs=5e-4)


def test_a_type_checker_reads_the_types(run, python, tmp_path):
    (tmp_path / "use.py").write_text(USE_TYPES)
    command = [sys.executable, "-m", "mypy", "--python-executable", python, "use.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = re.findall(r"^use.py:(\d+): error: .*\[(.*)\]$", done.stdout, re.MULTILINE)
    assert errors == [("7", "call-arg"), ("8", "arg-type")], done.stdout
