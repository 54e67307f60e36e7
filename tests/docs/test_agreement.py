"""What the page on agreement claims is held by tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "agreement.md").read_text()


def test_every_row_names_a_test_that_exists():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| values ")]
    assert len(rows) > 20
    for row in rows:
        path, name = re.fullmatch(r".*`(tests/[\w/]+\.py)::(\w+)` \|", row).groups()
        tree = ast.parse((ROOT / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, row
