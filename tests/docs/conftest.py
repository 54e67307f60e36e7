"""The documentation, built once for all tests that look at it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = ("generated", "notebooks", "examples", "_build", "__pycache__")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Folder of the pages; building them gives no warning."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns(*MADE))
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for page in ROOT.glob("*.md"):
        shutil.copy(page, folder)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", "html"]
    this_tree = os.environ | {"PYTHONPATH": str(ROOT)}  # whatever is installed
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=this_tree)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "html"
