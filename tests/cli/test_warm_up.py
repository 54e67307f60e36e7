"""``featkit warm-up`` compiles what the first call of a feature would compile, into a folder, once."""

import os
import subprocess
import sys
from importlib import import_module

import pytest

import featkit
from featkit import _signatures
from featkit.cli import main
from featkit.cli.warm_up import USES

LIST = """\
featkit.features.shape._runs:_numbered int32.1C int64
featkit.image.masks._component_runs:find_runs bool.2C bool
"""
FIRST_CALL = """
import numpy as np
from featkit.image.masks._component_runs import find_runs

find_runs(np.ones((4, 40), bool), True)
(hits,) = [find_runs.jit.stats.cache_hits.values()]
print(*hits)
"""


@pytest.fixture
def jit(monkeypatch, tmp_path):
    """Without kernels compiled ahead of time, and with a short list of cheap ones to compile."""
    monkeypatch.setenv("FEATKIT_KERNELS", "jit")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "default"))
    (tmp_path / "list.txt").write_text(LIST)
    monkeypatch.setattr(_signatures, "FILE", tmp_path / "list.txt")


def kept(folder):
    return sorted(path.name.partition("-")[0] for path in folder.rglob("*.nbi"))


def test_it_compiles_into_a_folder_what_the_first_call_then_finds_there(jit, tmp_path, capsys):
    assert main(["warm-up", "--folder", str(tmp_path / "kept"), "--jobs", "1"]) == 0
    assert {"_runs._numbered", "_component_runs.find_runs"} <= set(kept(tmp_path / "kept"))
    assert capsys.readouterr().out.splitlines() == [
        "2 kernels compiled by Numba; 0 are compiled in the package.",
        f"Run with NUMBA_CACHE_DIR={tmp_path / 'kept'}",
    ]
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept"), "PYTHONPATH": path}
    assert subprocess.check_output([sys.executable, "-c", FIRST_CALL], text=True, env=environment) == "1\n"


def test_only_what_a_use_needs_is_compiled(jit, tmp_path, capsys):
    assert main(["warm-up", "--for", "faces", "--jobs", "1"]) == 0
    assert "_component_runs.find_runs" in kept(tmp_path / "default")
    assert "_runs._numbered" not in kept(tmp_path / "default")
    assert capsys.readouterr().out == "1 kernels compiled by Numba; 0 are compiled in the package.\n"


def test_uses_name_packages_of_featkit():
    for package in {package for packages in USES.values() for package in packages}:
        assert import_module(f"{featkit.__name__}.{package}").__path__
