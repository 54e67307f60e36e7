"""What lies on a sheet, as polygons."""

import numpy as np
import pytest

from featkit.datasets._sheet_parts import caliper_lengths, circle, digits, leaf, polygon_area, rectangle, stroke


@pytest.mark.parametrize("seed", range(10))
def test_leaves_have_their_area(seed):
    assert polygon_area(leaf(123.0, np.random.RandomState(seed))) == pytest.approx(123)


def test_measures_of_closed_forms():
    assert caliper_lengths(circle(3, 2000)) == pytest.approx((6, 6), rel=1e-4)
    assert caliper_lengths(rectangle(3, 4)) == pytest.approx((5, 3), rel=1e-4)
    assert polygon_area(rectangle(3, 4)) == 12


def test_a_stroke_is_a_rectangle_between_its_ends():
    outline = stroke((2, 3), (2, 13), 1.5)
    assert polygon_area(outline) == pytest.approx(10 * 1.5)
    assert outline.mean(axis=0) == pytest.approx([2, 8])


def test_an_eight_has_seven_strokes_and_a_one_two():
    assert [len(digits(number, 10, (0, 0))) for number in (8, 1, 18)] == [7, 2, 9]
    points = np.concatenate(digits(8, 10, (5, 7)))
    assert points.min(axis=0) == pytest.approx([5, 7], abs=1)
    assert points.max(axis=0) == pytest.approx([15, 12], abs=1)
