"""Polygons drawn with soft edges: each pixel by the fraction that is covered."""

import numpy as np
import pytest

from featkit.datasets._drawing import BAND, cover, drawn, ellipse, paint, placed, rectangle


def covered(points, shape):
    whole = np.zeros(shape)
    box, fractions = cover(points, shape)
    whole[box] = fractions
    return whole


def test_pixels_of_an_upright_rectangle_are_covered_by_its_fractions():
    found = covered(np.array([[0.75, 1.25], [0.75, 4.5], [3.5, 4.5], [3.5, 1.25]]), (6, 7))
    # pixel k reaches from k - 0.5 to k + 0.5
    rows, cols = np.array([0, 0.75, 1, 1, 0, 0]), np.array([0, 0.25, 1, 1, 1, 0, 0])
    assert found == pytest.approx(np.outer(rows, cols), abs=0.07)  # half a subpixel on each side


@pytest.mark.parametrize("angle", [0, 0.4, 2.0])
@pytest.mark.parametrize("outline", [ellipse(30, 12), rectangle(25, 9)])
def test_the_area_is_that_of_the_outline(outline, angle):
    rows, cols = outline.T
    area = abs(rows @ np.roll(cols, 1) - cols @ np.roll(rows, 1)) / 2
    assert covered(placed(outline, angle, (50.3, 60.8)), (100, 120)).sum() == pytest.approx(area, rel=0.003)


def test_what_lies_beside_the_image_is_left_out():
    square = rectangle(4, 4)
    assert covered(square + (0, 0), (20, 20)).sum() == pytest.approx(4.5**2, rel=0.03)
    assert covered(square + (-90, 300), (20, 20)).sum() == 0


def test_bands_of_a_high_image_join_without_a_seam():
    found = covered(rectangle(1.5 * BAND, 5) + (2 * BAND, 10), (4 * BAND, 20))
    assert (found[BAND : 3 * BAND, 6:15] == 1).all()


def test_points_are_turned_from_the_row_axis():
    assert placed(np.array([[2.0, 0]]), 0, (1, 1)) == pytest.approx(np.array([[3, 1]]))
    assert placed(np.array([[2.0, 0]]), np.pi / 2, (1, 1)) == pytest.approx(np.array([[1, 3]]))


def test_the_last_polygon_lies_on_top():
    image = np.full((9, 9, 3), 10, np.float32)
    paint(image, [(rectangle(3, 3) + (4, 4), (100, 0, 0)), (rectangle(1.5, 1.5) + (4, 4), (0, 200, 0))])
    assert image[4, 4].tolist() == [0, 200, 0]
    assert image[2, 2].tolist() == [100, 0, 0]
    assert image[0, 0].tolist() == [10, 10, 10]
    assert drawn([(rectangle(3, 3) + (4, 4), 99)], np.zeros((9, 9)))[4, 4] == 99
