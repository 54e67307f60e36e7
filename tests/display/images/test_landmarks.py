"""Landmarks and boxes are drawn where they are."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from featkit.display import LandmarkDisplay
from featkit.faces.detection import FaceBox

IMAGE = np.zeros((40, 60, 3), np.uint8)


def test_points_are_drawn_by_face_in_colors_of_their_own():
    points = np.arange(12.0).reshape(2, 3, 2)
    display = LandmarkDisplay(IMAGE, points).plot()
    first, second = display.ax_.lines
    assert first.get_xydata().tolist() == points[0, :, ::-1].tolist()
    assert second.get_xydata().tolist() == points[1, :, ::-1].tolist()
    assert first.get_color() != second.get_color()
    assert display.ax_.figure is display.figure_


def test_boxes_are_drawn_on_the_edges_of_their_pixels():
    (patch,) = LandmarkDisplay(IMAGE, boxes=[(2, 3, 6, 9)]).plot().ax_.patches
    assert {tuple(corner) for corner in patch.get_xy()} == {(2.5, 1.5), (8.5, 1.5), (8.5, 5.5), (2.5, 5.5)}


def test_a_tilted_box_is_drawn_tilted_and_an_uncertain_one_dashed():
    boxes = [FaceBox(10, 10, 20, 20, angle=90), FaceBox(10, 10, 20, 20, angle=45), FaceBox(0, 0, 9, 9, certain=False)]
    quarter, eighth, uncertain = LandmarkDisplay(IMAGE, boxes=boxes).plot().ax_.patches
    assert quarter.get_xy()[0] == pytest.approx([9.5, 19.5])  # the upper left corner, a quarter turn on
    assert eighth.get_xy()[0] == pytest.approx([14.5 - 5 * np.sqrt(2), 14.5])
    assert (quarter.get_linestyle(), uncertain.get_linestyle()) == ("-", "--")


def test_lines_lead_to_the_expected_points():
    display = LandmarkDisplay(IMAGE, [[1, 2], [3, 4]], expected=[[1, 5], [3, 6]]).plot()
    _, first, second, crosses = display.ax_.lines
    assert first.get_xydata().tolist() == [[2, 1], [5, 1]]
    assert second.get_xydata().tolist() == [[4, 3], [6, 3]]
    assert crosses.get_xydata().tolist() == [[5, 1], [6, 3]]


def test_axes_may_be_given():
    ax = Figure().subplots()
    assert LandmarkDisplay(IMAGE[..., 0]).plot(ax).ax_ is ax


def test_points_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(n_points, 2\) .* got shape \(6,\)"):
        LandmarkDisplay(IMAGE, np.zeros(6)).plot()
