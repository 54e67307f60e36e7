"""Where things stand: every module has its test, folders and files are of a size that is taken in at a glance."""

from pathlib import Path

import pytest

import featkit

ROOT = Path(featkit.__file__).parent
REPOSITORY = ROOT.parent
MODULES = [path.relative_to(ROOT) for path in sorted(ROOT.rglob("*.py")) if path.name != "__init__.py"]
MOST_FILES = 10  # side by side, beside the package's own __init__
MOST_LINES = 320


def is_private(module):
    return any(part.startswith("_") for part in module.parts)


PUBLIC = [module for module in MODULES if not is_private(module)]


def test_the_modules_are_found():
    assert len(PUBLIC) > 150


@pytest.mark.parametrize("module", PUBLIC, ids=str)
def test_every_public_module_has_the_test_of_its_name(module):
    assert (REPOSITORY / "tests" / module.parent / f"test_{module.name}").is_file()


def files_in(folder):
    """Source files and templates: neither `__init__` nor what is compiled."""
    return [path for path in folder.iterdir() if path.is_file() and path.suffix in (".py", ".jinja", ".js", ".css")]


@pytest.mark.parametrize("place", ["featkit", "pipelines", "tools"])
def test_no_folder_has_more_files_than_are_taken_in_at_a_glance(place):
    top = REPOSITORY / place
    for folder in (top, *(path for path in top.rglob("*") if path.is_dir())):
        names = [path.name for path in files_in(folder) if path.name != "__init__.py"]
        assert len(names) <= MOST_FILES, f"{folder}: {names}"


@pytest.mark.parametrize("place", ["featkit", "pipelines", "tools"])
def test_no_file_is_longer_than_is_read_at_a_time(place):
    for path in (REPOSITORY / place).rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES, path
