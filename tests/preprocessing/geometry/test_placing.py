"""Ink laid on a canvas."""

import numpy as np
import pytest

from featkit.preprocessing.geometry._placing import place_ink


def box_of(canvas):
    rows, cols = np.nonzero(canvas > 100)
    return int(rows.min()), int(cols.min()), int(rows.max()) + 1, int(cols.max()) + 1


def drawn(top, left, bottom, right, shape=(40, 60)):
    ink = np.zeros(shape, np.float32)
    ink[top:bottom, left:right] = 1
    return ink


@pytest.mark.parametrize("ink", [drawn(3, 4, 23, 14), drawn(15, 40, 35, 50)])
def test_the_drawing_fills_its_box_in_the_middle(ink):
    canvas = place_ink(ink, 28, 28, 0.0, 1.0, False, False)
    assert box_of(canvas) == (0, 7, 28, 21)  # 20 x 10 pixels of ink, enlarged to 28 x 14
    assert canvas[:, 8:20].min() > 200
    assert not canvas[:, :6].any()


@pytest.mark.parametrize("margin", [0.1, 0.25])
def test_the_margin_stays_free(margin):
    canvas = place_ink(drawn(3, 4, 23, 14), 40, 40, margin, 1.0, False, False)
    assert box_of(canvas)[0] == 40 * margin
    assert box_of(canvas)[2] == 40 * (1 - margin)


def test_aspect_0_fills_the_canvas():
    canvas = place_ink(drawn(3, 4, 23, 14), 28, 28, 0.0, 0.0, False, False)
    assert box_of(canvas) == (0, 0, 28, 28)


def test_a_slanted_stroke_stands_upright():
    rows, cols = np.mgrid[:40, :60]
    slanted = ((abs(cols - 20 - 0.5 * rows) <= 3) & (rows > 5) & (rows < 35)).astype(np.float32)
    straight = place_ink(slanted, 30, 30, 0.1, 1.0, True, False)
    middles = [np.average(np.arange(30), weights=row) for row in straight[4:26].astype(float)]
    assert np.ptp(middles) < 0.7
    leaning = place_ink(slanted, 30, 30, 0.1, 1.0, False, False)
    assert np.ptp([np.average(np.arange(30), weights=row) for row in leaning[4:26].astype(float)]) > 5


def test_the_centre_of_mass_comes_to_the_middle_where_there_is_room():
    ink = drawn(5, 10, 35, 20)
    ink[25:35, 20:30] = 1  # a foot to the right
    canvas = place_ink(ink, 41, 81, 0.1, 1.0, False, True).astype(float)
    rows, cols = np.indices(canvas.shape)
    assert (canvas * cols).sum() / canvas.sum() == pytest.approx(40, abs=0.2)


def test_no_ink_gives_an_empty_canvas():
    assert not place_ink(np.full((9, 9), 0.2, np.float32), 8, 8, 0.0, 1.0, True, True).any()
