"""Public names are loaded on first use; those that are not there lead to those that are."""

import subprocess
import sys
from pathlib import Path

import pytest

import featkit
from featkit import _lazy

ROOT = Path(featkit.__file__).parent


def test_a_function_keeps_its_name_beside_the_module_that_defines_it():
    found = run("""
import featkit.features.gradients.hog
from featkit.features.gradients.felzenszwalb_hog import FelzenszwalbHOG
from featkit.features import gradients
print(callable(gradients.hog), callable(gradients.felzenszwalb_hog), callable(featkit.features.gradients.hog))
""")
    assert found == ["True", "True", "True"]


@pytest.mark.parametrize(
    ("package", "typed", "meant"),
    [
        (featkit, "Hog", "featkit.HOG"),
        (featkit, "Haralik", "featkit.Haralick"),
        (featkit, "haralick", "featkit.features.texture.haralick"),
        (featkit, "tan_triggs", "featkit.preprocessing.light.tan_triggs_normalization"),
        (featkit.features, "HOG", "featkit.features.gradients.HOG"),
    ],
)
def test_a_name_that_is_nearly_right_is_led_to_the_right_one(package, typed, meant):
    message = f"module '{package.__name__}' has no attribute '{typed}'. Did you mean: '{meant}'?"
    with pytest.raises(AttributeError) as caught:
        getattr(package, typed)
    assert str(caught.value) == message
    assert caught.value.name == typed


@pytest.mark.parametrize("name", ["xyzzy", "_Hog", "__wrapped__"])
def test_a_name_like_no_other_gets_no_hint(name):
    with pytest.raises(AttributeError) as caught:
        getattr(featkit, name)
    assert "Did you mean" not in str(caught.value)


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("line", ["from .a import B", "from .a import B as C", "from a import B as B"])
def test_a_stub_of_another_form_is_refused(tmp_path, line):
    stub = tmp_path / "__init__.pyi"
    stub.write_text(f"__all__: list[str]\n\nfrom .a import A as A\n{line}\n")
    with pytest.raises(ValueError, match="Expected lines like 'from .module import name as name'"):
        _lazy._imports(str(stub))
