"""What the pages on agreement and on tests claim is held by tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AGREEMENT = (ROOT / "docs" / "agreement.md").read_text()
STRANGERS = (ROOT / "docs" / "tested.md").read_text().partition("## What strangers' data did\n")[2]


@cache
def functions_of(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", [AGREEMENT, STRANGERS], ids=["agreement", "strangers"])
def test_every_row_names_a_test_that_exists(page):
    rows = [
        line for line in page.splitlines() if line.startswith("| ") and not line.endswith(("| test |", "| tests |"))
    ]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)?::(\w+)`", row)
        assert re.search(r"::\w+` \|$", row), row
        assert named[0][0], row
        path = ""
        for own_path, name in named:
            path = own_path or path  # that of the test before, in the same cell
            assert name in functions_of(path), (row, name)
