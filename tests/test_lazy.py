"""Public names are loaded on first use."""

import subprocess
import sys
from pathlib import Path

import featkit

ROOT = Path(featkit.__file__).parent


def test_a_function_keeps_its_name_beside_the_module_that_defines_it():
    found = run("""
import featkit.features.gradients.hog
from featkit.features.gradients.felzenszwalb_hog import FelzenszwalbHOG
from featkit.features import gradients
print(callable(gradients.hog), callable(gradients.felzenszwalb_hog), callable(featkit.features.gradients.hog))
""")
    assert found == ["True", "True", "True"]


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
