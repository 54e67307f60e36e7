"""Build wheels that carry compiled kernels where a C++ compiler is at hand, and pure ones where none is.

Compiling imports featkit, so that its dependencies are needed then, and only then. ``FEATKIT_BUILD_KERNELS`` chooses
what is compiled: ``none``, or packages, as in ``featkit.features.gradients,featkit.image``; everything if it is unset.
"""

import configparser
import importlib.util
import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  # the hooks of PEP 517 that this backend leaves as they are
from setuptools.command.build_ext import build_ext
from setuptools.extension import Extension

ROOT = Path(__file__).parents[2]
SETTING = "FEATKIT_BUILD_KERNELS"


def _processor():
    """Load featkit's table of levels, before featkit and what it needs are there."""
    spec = importlib.util.spec_from_file_location("processor", ROOT / "featkit" / "_compiled" / "processor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def can_compile():
    """Tell whether C++ that includes Python's header compiles here."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "trial.cpp"
        source.write_text("#include <Python.h>\n")
        command = [*shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"), "-shared", "-fPIC"]
        command += ["-I", sysconfig.get_path("include"), str(source), "-o", str(source.with_suffix(".so"))]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False


def extensions():
    """List the libraries of kernels to build: one for each level of this architecture, or none."""
    processor = _processor()
    levels = processor.levels_of_architecture() if sys.platform == "linux" else ()
    if not levels or os.environ.get(SETTING) == "none" or not can_compile():
        return []
    return [KernelLibrary(processor.library_name(level), level) for level in levels]


class KernelLibrary(Extension):
    """A library of the kernels, compiled for a level of processors."""

    def __init__(self, name, level):
        super().__init__(name, [])
        self.level = level


class BuildKernels(build_ext):
    """Compile the kernels, every level in a process of its own; an editable install is for this processor alone."""

    def build_extensions(self):
        """Compile all levels side by side."""
        chosen = os.environ.get(SETTING, "").replace(",", " ").split()
        if self.editable_mode:
            best = _processor().levels_of_processor()[:1]
            self.extensions[:] = [library for library in self.extensions if library.level in best]
            (ROOT / "featkit" / "_kernels").mkdir(exist_ok=True)  # setuptools copies into it
        running = {}
        for library in self.extensions:
            folder = Path(self.get_ext_fullpath(library.name)).resolve().parent
            command = [sys.executable, "-m", "tools.kernels.compile", library.level, str(folder), *chosen]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
            running[library.name] = subprocess.Popen(command, cwd=ROOT, env=environment)
        failed = [name for name, process in running.items() if process.wait()]
        if failed:
            self.warn(f"{', '.join(failed)} could not be compiled: kernels are compiled when they are called.")
            self.extensions[:] = [library for library in self.extensions if library.name not in failed]


def _needed():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    return settings["options"]["install_requires"].split() if extensions() else []


def get_requires_for_build_wheel(config_settings=None):
    """List what building a wheel needs: with kernels also what featkit needs."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_needed()]


def get_requires_for_build_editable(config_settings=None):
    """List what an editable install needs to be built."""
    return [*build_meta.get_requires_for_build_editable(config_settings), *_needed()]
