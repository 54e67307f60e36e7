"""The documentation: every public name has its page, and the pages build without a warning."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import featkit

ROOT = Path(__file__).parents[2]


def test_every_public_name_stands_once_in_the_reference():
    listed = re.findall(r"^   (\w+)$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    assert Counter(listed) == Counter(featkit.__all__)


def test_the_pages_build_without_a_warning(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("generated", "notebooks", "_build"))
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    for page in ROOT.glob("*.md"):
        shutil.copy(page, tmp_path)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", "html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    for name in featkit.__all__:
        assert f'id="featkit.{name}"' in (tmp_path / "html" / "generated" / f"featkit.{name}.html").read_text()
