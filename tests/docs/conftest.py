"""The documentation, built once for all tests that look at it, whichever process runs them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
MADE = ("generated", "notebooks", "examples", "_build", "__pycache__")


def build(folder):
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns(*MADE))
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for page in ROOT.glob("*.md"):
        shutil.copy(page, folder)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", "html"]
    this_tree = os.environ | {"PYTHONPATH": str(ROOT)}  # whatever is installed
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=this_tree)
    errors = done.stderr or f"Sphinx ended with {done.returncode}."
    (folder / "errors.txt").write_text(errors if done.returncode else "")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Folder of the pages; building them gives no warning."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "site"  # one for all processes of a run
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            build(folder)
    errors = (folder / "errors.txt").read_text()
    assert not errors, errors[-3000:]
    return folder / "html"
