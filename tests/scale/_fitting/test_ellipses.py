import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from featkit.datasets._drawing import drawn
from featkit.scale._fitting.edges import STEP
from featkit.scale._fitting.ellipses import Ellipse, _strengths, _weights, fit_ellipse, fit_rim, outstanding


def ellipse(long, short, angle, center=(60.3, 70.8)):
    turn = np.array([[np.sin(angle), np.cos(angle)], [np.cos(angle), -np.sin(angle)]])
    return Ellipse(np.array(center), turn * (long, short))


@pytest.mark.parametrize(("long", "short", "angle"), [(40, 40, 0), (40, 30, 0.4), (50, 10, 2)])
def test_points_of_an_ellipse_give_it_back(long, short, angle):
    found = fit_ellipse(ellipse(long, short, angle).points(40))
    assert found.center == pytest.approx([60.3, 70.8])
    assert found.radii == pytest.approx((long, short))


def test_distances_are_those_from_the_rim():
    circle = ellipse(40, 40, 0)
    outwards = circle.points(30) + 1.5 * circle.normals(30)
    assert circle.distances(outwards) == pytest.approx(1.5)
    slim = ellipse(40, 30, 1)
    assert slim.distances(slim.points(30) + 0.1 * slim.normals(30)) == pytest.approx(0.1, abs=2e-3)


@pytest.mark.parametrize("points", [np.zeros((10, 2)), np.column_stack([np.arange(10.0), np.arange(10)]), np.eye(2)])
def test_no_ellipse_through_points_that_give_none(points):
    assert fit_ellipse(points) is None


@pytest.mark.parametrize("ratio", [1.0, 0.98])
@pytest.mark.parametrize("blur", [0.6, 1.5])
@pytest.mark.parametrize("off", [-3.0, 2.0])
def test_a_rim_is_found_from_a_guess_beside_it(ratio, blur, off):
    truth = ellipse(41.3, 41.3 * ratio, 0.5)
    image = drawn([(truth.points(), (90, 80, 60))], np.full((130, 140, 3), 230.0))
    image = cv2.GaussianBlur(image, (0, 0), blur).astype(np.float32)
    rim = fit_rim(image, ellipse(41.3 + off, 41.3 + off, 0, (61.0, 70)), 6)
    assert np.prod(rim.ellipse.radii) == pytest.approx(np.prod(truth.radii), rel=4e-3)
    assert rim.ellipse.center == pytest.approx(truth.center, abs=0.05)
    assert rim.support > 0.95
    assert rim.residual < 0.06


@pytest.mark.parametrize(("taps", "channels"), [(4, 3), (41, 3), (97, 1)])
def test_slopes_along_profiles_are_those_of_scipy(taps, channels):
    profiles = np.random.default_rng(taps).normal(120, 40, (30, taps, channels))
    smooth = gaussian_filter1d(profiles, 1.0, axis=0, mode="wrap")
    changes = gaussian_filter1d(smooth, 3.2, axis=1, order=1, mode="nearest") / STEP
    slopes = _strengths(profiles, _weights(1.0, 0), _weights(3.2, 1))
    np.testing.assert_allclose(slopes, np.sqrt((changes**2).sum(axis=2)), rtol=1e-12)


def test_no_rim_on_flat_paper():
    assert fit_rim(np.full((130, 140, 3), 200, np.float32), ellipse(40, 40, 0), 6) is None


def test_a_rim_stands_out_and_noise_does_not():
    noise = np.random.default_rng(0).normal(100, 3, (200, 200, 3)).astype(np.float32)
    rim = Ellipse(np.array([100.0, 100.0]), 40 * np.eye(2))
    assert outstanding(noise, rim, 10.0) == pytest.approx(1, abs=0.15)
    row, col = np.mgrid[:200, :200]
    on_disk = (np.hypot(row - 100, col - 100) <= 40)[..., np.newaxis]
    assert outstanding(noise + 20 * on_disk.astype(np.float32), rim, 10.0) > 2
