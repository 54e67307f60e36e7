import numpy as np
import pytest

from featkit.scale import Scale

SQUARE = np.array([[9.5, 19.5], [9.5, 39.5], [29.5, 39.5], [29.5, 19.5]])  # pixels 10..29 and 20..39


def test_the_box_holds_whole_pixels():
    scale = Scale("square", (1.0, 1.0), "mm", (50, 60), outlines=(SQUARE,))
    assert scale.box == (10, 20, 30, 40)


def test_the_mask_holds_the_outlines_and_a_border():
    scale = Scale("square", (1.0, 1.0), "mm", (50, 60), outlines=(SQUARE,))
    rows, cols = np.nonzero(scale.mask)
    assert scale.mask[10:30, 20:40].all()
    assert 5 <= rows.min() < 10
    assert 39 < cols.max() <= 44


def test_outside_of_a_sheet_is_masked():
    scale = Scale("sheet", (1.0, 1.0), "mm", (50, 60), outlines=(SQUARE,))
    assert scale.mask[0, 0]
    assert not scale.mask[14:26, 24:36].any()


def test_outlines_may_leave_the_image():
    scale = Scale("tag", (1.0, 1.0), "mm", (20, 30), outlines=(SQUARE, SQUARE + 1e7))
    assert scale.box == (10, 20, 20, 30)
    assert scale.mask.shape == (20, 30)


@pytest.mark.parametrize(("pixel_size", "known"), [((0.1, 0.2), True), ((np.nan, np.nan), False)])
def test_a_scale_is_known_or_not(pixel_size, known):
    assert Scale("coin", pixel_size, "mm", (5, 5)).is_known is known
