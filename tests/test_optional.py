import math

import pytest

from featkit._optional import require
from featkit.exceptions import MissingDependencyError


def test_an_installed_module_is_imported():
    assert require("math", extra="faces") is math


def test_a_missing_module_names_the_extra_that_brings_it():
    with pytest.raises(MissingDependencyError) as caught:
        require("no_such_module", extra="faces")
    assert "'no_such_module'" in str(caught.value)
    assert str(caught.value).endswith('pip install "featkit-images[faces]"')
    assert caught.value.name == "no_such_module"
    assert isinstance(caught.value, ImportError)


def test_a_module_that_breaks_while_importing_says_why(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingDependencyError, match="No module named 'no_such_module'"):
        require("half_installed", extra="report")
