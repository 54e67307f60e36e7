"""Strokes of HOG run along the edges."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from featkit.display import HOGDisplay
from featkit.features.gradients import hog_cells


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("axis", "is_upright"), [(0, False), (1, True)], ids=["rows", "columns"])
def test_the_strongest_stroke_lies_along_the_edge(axis, is_upright, signed):
    step = np.full((16, 16), 10, dtype=np.uint8)
    step[(slice(8, None), slice(None)) if axis == 0 else (slice(None), slice(8, None))] = 240
    display = HOGDisplay.from_image(step, orientations=8 if signed else 4, pixels_per_cell=(16, 16), signed=signed)
    strokes = display.ax_.collections[0]
    (start, stop) = strokes.get_segments()[int(np.argmax(strokes.get_alpha()))]
    cols, rows = np.abs(stop - start)
    assert (rows > cols) == is_upright
    assert (start + stop) / 2 == pytest.approx([7.5, 7.5])  # the middle of the cell


def test_a_flat_image_has_no_strokes_and_axes_may_be_given():
    axis = Figure().subplots()
    display = HOGDisplay.from_image(np.full((32, 48, 3), 90, dtype=np.uint8), ax=axis)
    assert display.ax_ is axis
    assert len(axis.collections) == 0
    assert display.cells.shape == (4, 6, 9)


def test_the_image_lies_faintly_below_the_strokes_where_it_is_given():
    step = np.full((16, 16), 10, dtype=np.uint8)
    step[8:] = 240
    cells = hog_cells(step, orientations=4, pixels_per_cell=(8, 8))
    shown = HOGDisplay(cells, (8, 8), step).plot().ax_.images
    assert len(shown) == 1
    assert shown[0].get_array().shape[:2] == (16, 16)
    assert HOGDisplay(cells, (8, 8)).plot().ax_.images[:] == []
