import cv2
import numpy as np
import pytest
from scipy.stats import norm

from featkit.datasets._drawing import drawn
from featkit.scale._fitting.edges import edge_offsets, fit_line, fit_quad


def edge_image(angle, offset, blur):
    """A blurred step at `offset` from the middle of 61 x 61 pixels, from 40 to 200 along the normal."""
    normal = np.array([np.sin(angle), np.cos(angle)])
    rows, cols = np.indices((61, 61)) - 30
    image = 40 + 160 * norm.cdf(rows * normal[0] + cols * normal[1] - offset, scale=blur)
    return image.astype(np.float32), normal, np.array([normal[1], -normal[0]])


@pytest.mark.parametrize("angle", [0.0, 0.3, 0.8, 2.0, 4.0])
@pytest.mark.parametrize("offset", [-0.3, 0.0, 0.4])
@pytest.mark.parametrize("blur", [0.7, 1.5])
def test_an_edge_is_found_to_a_fraction_of_a_pixel(angle, offset, blur):
    image, normal, along = edge_image(angle, offset, blur)
    starts = np.array([30.0, 30]) + np.linspace(-8, 8, 30)[:, np.newaxis] * along
    offsets, steps = edge_offsets(image, starts, np.tile(normal, (30, 1)), 6)
    assert offsets.mean() == pytest.approx(offset, abs=0.03)
    assert np.abs(offsets - offset).max() < 0.15
    assert np.median(steps) == pytest.approx(160, abs=3)


def test_flat_images_and_profiles_that_leave_the_image_have_no_edge():
    flat = np.full((20, 20), 7, np.float32)
    assert np.isnan(edge_offsets(flat, np.array([[10.0, 10]]), np.array([[1.0, 0]]), 4)[0]).all()
    image, normal, _ = edge_image(0, 0, 0.5)
    assert np.isnan(edge_offsets(image, np.array([[30.0, 59.5]]), normal[np.newaxis], 4)[0]).all()


def test_lines_leave_outliers_out():
    along = np.linspace(0, 50, 60)
    points = np.column_stack([3 + 0.5 * along, along])
    points[::5] += (7, 0)
    center, direction, distances = fit_line(points)
    assert abs(direction[0] / direction[1]) == pytest.approx(0.5, abs=1e-3)
    assert np.abs(np.delete(distances, np.s_[::5])).max() < 0.01


@pytest.mark.parametrize("blur", [0.6, 1.5])
def test_corners_are_where_the_sides_meet(blur):
    corners = np.array([[20.3, 15.8], [25.1, 100.4], [80.7, 95.2], [70.2, 10.9]])
    image = drawn([(corners, 30)], np.full((100, 120), 220.0)).astype(np.float32)
    quad = fit_quad(cv2.GaussianBlur(image, (0, 0), blur), corners + [[1, -1], [0, 1.5], [-1, 1], [1.5, 0]], 4)
    np.testing.assert_allclose(quad.corners, corners, atol=0.1)
    assert quad.support > 0.95
    assert quad.residual < 0.05
    assert quad.contrast == pytest.approx(190, rel=0.25)


def test_no_quad_where_there_is_no_edge():
    corners = np.array([[20.0, 20], [20, 60], [60, 60], [60, 20]])
    assert fit_quad(np.full((80, 80), 9, np.float32), corners, 4) is None
