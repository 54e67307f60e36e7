"""What the pages on agreement and on tests claim is held by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AGREEMENT = (ROOT / "docs" / "agreement.md").read_text()
STRANGERS = (ROOT / "docs" / "tested.md").read_text().partition("## What strangers' data did\n")[2]


@pytest.mark.parametrize("page", [AGREEMENT, STRANGERS], ids=["agreement", "strangers"])
def test_every_row_names_a_test_that_exists(page):
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.endswith("| test |")]
    assert len(rows) > 20
    for row in rows:
        path, name = re.fullmatch(r".*`(tests/[\w/]+\.py)::(\w+)` \|", row).groups()
        tree = ast.parse((ROOT / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, row
