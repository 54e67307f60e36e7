"""What is written of a scale is understood in one way."""

import numpy as np
import pytest

from featkit.datasets import make_sheets
from featkit.measurement._scale_of_photo import upright, wanted_scale
from featkit.scale import find_scale
from featkit.scale._fitting.planes import transform


@pytest.mark.parametrize(
    ("said", "kind", "size"),
    [
        ("coin:23.25", "coin", 23.25),
        (" Ruler : 100 ", "ruler", 100),
        ("sheet:210x297", "sheet", (210, 297)),
        ("sheet:210X297", "sheet", (210, 297)),
        ("0.05", "given", (0.05, 0.05)),
        (0.05, "given", (0.05, 0.05)),
        (np.float32(0.5), "given", (0.5, 0.5)),
        ((0.1, 0.2), "given", (0.1, 0.2)),
        ("metadata", "metadata", None),
        ("print", "print", None),
    ],
)
def test_every_form(said, kind, size):
    assert wanted_scale(said) == (kind, size)


def test_nothing_said_is_none():
    assert wanted_scale(None) is None


@pytest.mark.parametrize("kind", ["sheet", "tags"])
def test_the_map_to_the_upright_sheet_takes_scale_objects_to_their_places(kind):
    sheets = make_sheets(1, scale=kind, random_state=4)
    size = (210, 297) if kind == "sheet" else sheets.size[0]
    scale = find_scale(sheets.images[0], {"tags": "tag"}.get(kind, kind), size)
    image, found, to_upright = upright(sheets.images[0], scale)
    assert found.shape == image.shape[:2]
    for before, after in zip(scale.outlines, found.outlines):
        assert transform(before, to_upright) == pytest.approx(after, abs=1e-6)
