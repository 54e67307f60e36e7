"""Radial distortion: its inverse, its areas, and what a second library's lens model does to a grid."""

import cv2
import numpy as np
import pytest

from featkit.scale._fitting.lens import area_ratio, distorted, fit_distortion, undistorted

SHAPE = (480, 640)
GRID = np.stack(np.meshgrid(np.arange(9.0), np.arange(12.0), indexing="ij"), -1).reshape(-1, 2)


@pytest.mark.parametrize("distortion", [-0.25, -0.03, 0, 0.02, 0.1])
def test_distortion_is_taken_away_and_put_back(distortion):
    points = np.random.default_rng(0).uniform(0, SHAPE, (200, 2))
    straight = undistorted(points, distortion, SHAPE)
    np.testing.assert_allclose(distorted(straight, distortion, SHAPE), points, atol=1e-9)


def test_the_corner_of_the_image_moves_by_the_formula():
    np.testing.assert_allclose(undistorted(np.array([[239.5, 319.5 + 200]]), -0.1, SHAPE)[0, 1], 319.5 + 200 / 0.975)


def test_positions_that_no_pincushion_shows_are_nan():
    assert np.isnan(distorted(np.array([[239.5, 1e4]]), 0.1, SHAPE)).all()


@pytest.mark.parametrize("distortion", [-0.2, 0.1])
def test_areas_are_those_of_small_squares(distortion):
    points, step = np.random.default_rng(1).uniform(0, SHAPE, (50, 2)), 1e-3
    sides = [
        undistorted(points + shift, distortion, SHAPE) - undistorted(points - shift, distortion, SHAPE)
        for shift in step / 2 * np.eye(2)
    ]
    areas = np.linalg.det(np.stack(sides, axis=1)) / step**2
    np.testing.assert_allclose(area_ratio(points, distortion, SHAPE), areas, rtol=1e-6)


def seen_through(k1, turn, offset=0.0):
    """The grid as OpenCV's camera with the radial coefficient `k1` of Brown's model sees it, and the ideal one."""
    camera = np.array([[500.0, 0, 319.5], [0, 500.0, 239.5], [0, 0, 1]])
    solid = np.column_stack([GRID[:, ::-1] - [5.5, 4.0], np.zeros(len(GRID))])
    place = np.array([offset, 0, 11.0])
    return [
        cv2.projectPoints(solid, np.array(turn), place, camera, np.array([k, 0, 0, 0, 0]))[0].reshape(-1, 2)[:, ::-1]
        for k in (k1, 0.0)
    ]


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.1), (0.15, -0.1, 0.3)])
@pytest.mark.parametrize("k1", [-0.2, -0.05, 0.05])
def test_the_lens_of_opencv_is_found_by_a_grid(k1, turn):
    seen, ideal = seen_through(k1, turn)
    seen = seen + np.random.default_rng(2).normal(0, 0.05, seen.shape)
    distortion = fit_distortion(seen, GRID, SHAPE, 0.05)
    assert np.abs(seen - ideal).max() > 1.5
    # the division model is not Brown's, and a common zoom is no error: compare up to a similarity
    straight = undistorted(seen, distortion, SHAPE) - 239.5
    ideal = ideal - 239.5
    zoom = (straight * ideal).sum() / (straight**2).sum()
    left = np.abs(zoom * straight - ideal)
    assert np.quantile(left, 0.95) < 0.25 * np.quantile(np.abs(seen - 239.5 - ideal), 0.95)


def test_noise_alone_is_no_distortion():
    random = np.random.default_rng(3)
    seen = seen_through(0.0, (0.1, 0.05, 0.2))[0]
    found = [fit_distortion(seen + random.normal(0, 0.1, seen.shape), GRID, SHAPE, 0.05) for _ in range(20)]
    assert found == [0.0] * 20
