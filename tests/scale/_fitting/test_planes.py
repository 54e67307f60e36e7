import numpy as np
import pytest

from featkit.datasets._sheet_parts import circle
from featkit.scale._fitting.ellipses import fit_ellipse
from featkit.scale._fitting.planes import (
    area_per_pixel,
    circle_tilt,
    corners_of,
    fit_plane,
    homography_of,
    posed_homography,
    rectangle_ratio,
    tilt_area_error,
    transform,
)

SHAPE, FOCAL = (900, 1200), 1000.0
MIDDLE = (np.array(SHAPE) - 1) / 2


def pose(tilt, place=(300.0, 800.0), scale=0.2):
    return posed_homography(np.array(tilt, float), np.array(place), scale, MIDDLE, FOCAL)


def shoelace(points):
    row, col = points.T
    return (row @ np.roll(col, -1) - col @ np.roll(row, -1)) / 2


@pytest.mark.parametrize("tilt", [(0, 0), (0.1, 0), (-0.05, 0.2)])
def test_area_per_pixel_is_that_of_a_small_square(tilt):
    homography = pose(tilt)
    for place in [(100, 200), (450, 600), (800, 1100)]:
        square = np.array([[-0.5, -0.5], [-0.5, 0.5], [0.5, 0.5], [0.5, -0.5]]) + place
        expected = shoelace(transform(square, homography)) / shoelace(square)
        assert area_per_pixel(homography, np.array([place]))[0] == pytest.approx(expected, rel=1e-5)


def test_without_tilt_the_plane_is_the_image_scaled():
    homography = pose((0, 0))
    points = np.array([[300.0, 800], [310, 800], [300, 850]])
    np.testing.assert_allclose(transform(points, homography), [[0, 0], [2, 0], [0, 10]], atol=1e-12)


@pytest.mark.parametrize("degrees", [1, 5, 10])
def test_the_error_of_a_tilt_is_the_worst_of_all_directions(degrees):
    place, tilt = np.array([300.0, 800]), np.deg2rad(degrees)
    errors = []
    for direction in np.linspace(0, 2 * np.pi, 64, endpoint=False):
        homography = pose(tilt * np.array([np.sin(direction), np.cos(direction)]), place)
        areas = area_per_pixel(homography, np.vstack([place, corners_of(SHAPE)]))
        errors.append(np.abs(areas[0] / areas[1:] - 1).max())
    assert tilt_area_error(tilt, place, SHAPE, FOCAL) == pytest.approx(max(errors), rel=0.03)


def test_a_plane_that_goes_through_the_camera_has_no_limit():
    assert tilt_area_error(1.3, MIDDLE, SHAPE, FOCAL) == np.inf


def test_homographies_are_found_again():
    homography = pose((0.1, -0.2))
    points = np.random.RandomState(0).uniform(0, 900, (12, 2))
    found = homography_of(points, transform(points, homography))
    np.testing.assert_allclose(found, homography / homography[2, 2], rtol=1e-9, atol=1e-12)


def test_expected_errors_are_those_of_repeated_measurement():
    homography, rng = pose((0.1, -0.1)), np.random.RandomState(0)
    plane_points = np.stack(np.meshgrid(np.arange(5.0), np.arange(6.0)), -1).reshape(-1, 2) * 15
    points = transform(plane_points, np.linalg.inv(homography))
    corners = corners_of(SHAPE)
    areas, expected = [], []
    for _ in range(60):
        noisy = points + rng.normal(0, 0.1, points.shape)
        start = np.linalg.inv(homography_of(noisy, plane_points))
        plane = fit_plane(noisy, (start / start[2, 2]).ravel()[:8], lambda _: plane_points, 0, 0.0)
        areas.append(area_per_pixel(plane.homography, corners))
        expected.append(plane.relative_error(lambda found: area_per_pixel(found, corners)))
    spread = np.std(areas, axis=0) / area_per_pixel(homography, corners)
    np.testing.assert_allclose(np.mean(expected, axis=0), spread, rtol=0.35)


@pytest.mark.parametrize("tilt", [(0, 0), (0.15, 0), (-0.1, 0.1)])
@pytest.mark.parametrize("sides", [(1, 1), (210, 297), (30, 150)])
def test_the_ratio_of_a_rectangle_seen_aslant(tilt, sides):
    rectangle = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * np.array(sides) / np.hypot(*sides) * 40
    corners = transform(rectangle, np.linalg.inv(pose(tilt)))
    ratio, skew = rectangle_ratio(corners, SHAPE, FOCAL)
    assert ratio == pytest.approx(sides[0] / sides[1])
    assert skew == pytest.approx(0, abs=1e-9)
    assert rectangle_ratio(corners, SHAPE, 1.3 * FOCAL)[0] == pytest.approx(sides[0] / sides[1], rel=0.015)


@pytest.mark.parametrize("degrees", [0.5, 6, 15])
@pytest.mark.parametrize("direction", [0.3, 2.0, 4.4])
def test_the_tilt_of_a_circle_is_the_less_tilted_plane_of_its_cone(degrees, direction):
    tilt = np.deg2rad(degrees) * np.array([np.sin(direction), np.cos(direction)])
    for place in (MIDDLE, (300.0, 1000.0)):
        seen = fit_ellipse(transform(circle(1), np.linalg.inv(pose(tilt, place))))
        least = np.rad2deg(circle_tilt(seen.center, seen.basis, SHAPE, FOCAL))
        if place is MIDDLE:
            assert least == pytest.approx(degrees, abs=0.05)
        else:
            assert least <= degrees + 1e-6
