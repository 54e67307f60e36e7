"""The wheel holds featkit alone and works in an empty environment, without any extra."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPORT_ALL = """
import featkit
for name in featkit.__all__:
    getattr(featkit, name)
from importlib.util import find_spec
extras = ("pandas", "rich", "jinja2", "matplotlib", "dlib")
print(len(featkit.__all__), *(name for name in extras if find_spec(name) is None))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, cwd=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_contains_featkit_only(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"featkit"}
    files = [path for path in (ROOT / "featkit").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {str(path.relative_to(ROOT)) for path in files} - set(names) == set()
    assert "featkit/report/report.html.jinja" in names


def test_every_public_name_imports_in_an_empty_environment(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True, cwd=tmp_path, env=environment)
    printed = subprocess.check_output([python, "-c", IMPORT_ALL], text=True, cwd=tmp_path, env=environment).split()
    assert int(printed[0]) > 100
    assert printed[1:] == ["pandas", "rich", "jinja2", "matplotlib", "dlib"]
    usage = subprocess.check_output([tmp_path / "env" / "bin" / "featkit", "--help"], text=True, cwd=tmp_path)
    assert "benchmark" in usage
