"""A camera above a sheet."""

import numpy as np
import pytest

from featkit.datasets._camera import cast_shadow, photographed, random_camera, transformed, uneven_light

SHEET, SHAPE = (210.0, 297.0), (480, 640)


def test_points_go_through_the_homography_as_x_and_y():
    homography = np.array([[2.0, 0, 10], [0, 3, 20], [0, 0.01, 1]])
    found = transformed(np.array([[5.0, 7]]), homography)
    assert found == pytest.approx(np.array([[(3 * 5 + 20) / 1.05, (2 * 7 + 10) / 1.05]]))


@pytest.mark.parametrize("seed", range(8))
def test_the_whole_sheet_is_seen_with_a_border_around(seed):
    camera = random_camera(SHEET, SHAPE, 35, np.random.RandomState(seed))
    corners = camera.project(np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * np.array(SHEET) / 2)
    assert (corners > 0).all()
    assert (corners < np.array(SHAPE) - 1).all()
    assert max(np.ptp(corners, axis=0) / SHAPE) > 0.9
    assert 0 <= camera.tilt <= 35


def test_without_tilt_all_parts_of_the_sheet_have_one_scale():
    camera = random_camera(SHEET, SHAPE, 0, np.random.RandomState(0))
    points = np.array([[-90.0, -120], [80, 110]])
    lengths = [np.hypot(*(camera.project(points + step) - camera.project(points)).T) for step in ([1, 0], [0, 1])]
    assert np.ptp(lengths) < 1e-6
    assert camera.tilt == 0


def test_a_shadow_darkens_what_it_covers_by_a_quarter():
    image = np.ones((60, 80, 3), np.float32)
    cast_shadow(image, np.array([[20.0, 20], [20, 50], [45, 50], [45, 20]]), 1.0)
    assert image[32, 35] == pytest.approx(0.75, abs=1e-3)
    assert image[5, 5] == pytest.approx(1)
    untouched = np.ones((60, 80, 3), np.float32)
    cast_shadow(untouched, np.array([[200.0, 200], [200, 210], [210, 210]]), 1.0)
    assert (untouched == 1).all()


def test_light_is_positive_and_uneven():
    light = uneven_light((40, 50), np.random.RandomState(0))
    assert light.shape == (40, 50)
    assert light.min() > 0.4
    assert light.max() > 1.05 * light.min()


def test_an_image_keeps_what_is_bright_and_dark():
    reflectance = np.zeros((64, 64, 3), np.float32)
    reflectance[:, 32:] = 0.9
    image = photographed(reflectance, np.ones((64, 64), np.float32), 90, np.random.RandomState(0))
    assert image.dtype == np.uint8
    assert image[:, :24].mean() < 10
    assert image[:, 40:].mean() > 130
