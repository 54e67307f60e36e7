"""Zernike moments: closed forms, the definition, mahotas, and what leaves them unchanged."""

import math
import warnings

import mahotas
import numpy as np
import pytest
from skimage import data, transform

from featkit import ZernikeMoments
from featkit.features.moments import zernike_moments, zernike_moments_names

HORSE = np.pad(data.horse() == 0, 10)


def disk(radius):
    row, col = np.mgrid[-radius - 2 : radius + 3, -radius - 2 : radius + 3]
    return row**2 + col**2 <= radius**2


def turned(mask, degrees):
    return transform.rotate(mask.astype(float), degrees, resize=True, order=1) > 0.5


def test_zernike_equals_mahotas_in_the_circle_that_is_stated():
    rows, cols = np.nonzero(HORSE)
    center = rows.mean(), cols.mean()
    radius = np.hypot(rows - center[0], cols - center[1]).max() + 0.5
    peer = mahotas.features.zernike_moments(HORSE.astype(float), radius, degree=12, cm=center)
    names = [f"zernike_{n:02d}_{m:02d}" for n in range(13) for m in range(n % 2, n + 1, 2)]
    peer = dict(zip(names, peer))
    expected = [peer[name] for name in zernike_moments_names(degree=12)]
    np.testing.assert_allclose(zernike_moments(HORSE, degree=12), expected, rtol=1e-6, atol=1e-9)
    assert set(names) - set(zernike_moments_names(degree=12)) == {"zernike_00_00", "zernike_01_01"}
    assert peer["zernike_00_00"] == pytest.approx(1 / math.pi)
    assert peer["zernike_01_01"] == pytest.approx(0, abs=1e-9)


def test_zernike_follows_its_definition():
    mask = np.random.default_rng(0).random((12, 9)) < 0.5
    rows, cols = np.nonzero(mask)
    y, x = rows - rows.mean(), cols - cols.mean()
    radius = np.hypot(y, x).max() + 0.5
    rho, theta = np.hypot(y, x) / radius, np.arctan2(y, x)
    found = dict(zip(zernike_moments_names(degree=4), zernike_moments(mask, degree=4)))
    radial = {
        (2, 0): 2 * rho**2 - 1,
        (2, 2): rho**2,
        (3, 1): 3 * rho**3 - 2 * rho,
        (3, 3): rho**3,
        (4, 0): 6 * rho**4 - 6 * rho**2 + 1,
        (4, 2): 4 * rho**4 - 3 * rho**2,
        (4, 4): rho**4,
    }
    assert len(found) == len(radial)
    for (n, m), polynomial in radial.items():
        expected = (n + 1) / math.pi * abs((polynomial * np.exp(-1j * m * theta)).mean())
        assert found[f"zernike_{n:02d}_{m:02d}"] == pytest.approx(expected), (n, m)


def test_zernike_of_a_disk_vanishes():
    np.testing.assert_allclose(zernike_moments(disk(100)), 0, atol=0.03)


def test_zernike_of_m_equal_leaves_shows_angular_orders_m():
    row, col = np.mgrid[-100:101, -100:101]
    star = np.hypot(row, col) <= 70 + 25 * np.cos(5 * np.arctan2(row, col))
    found = dict(zip(zernike_moments_names(degree=8), zernike_moments(star)))
    assert max((value, name) for name, value in found.items() if not name.endswith("_00"))[1].endswith("_05")


@pytest.mark.parametrize("degrees", [30, 90, 200])
def test_zernike_does_not_change_when_the_shape_turns_grows_or_is_mirrored(degrees):
    expected = zernike_moments(HORSE)
    np.testing.assert_allclose(zernike_moments(turned(HORSE, degrees)), expected, atol=0.02)
    np.testing.assert_allclose(zernike_moments(HORSE[::-1]), expected, atol=1e-9)
    np.testing.assert_allclose(zernike_moments(HORSE.repeat(2, 0).repeat(2, 1)), expected, atol=0.01)


@pytest.mark.parametrize("extractor", [ZernikeMoments(degree=5)])
def test_empty_is_nan_and_a_pixel_is_not(extractor):
    pixel = np.zeros((6, 6), dtype=bool)
    pixel[2, 3] = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = extractor.fit_transform([np.zeros((4, 5), dtype=bool), pixel, np.ones((1, 1), dtype=bool)])
    assert np.isnan(rows[0]).all()
    assert np.isfinite(rows[1:]).all()
    np.testing.assert_array_equal(rows[1], rows[2])
    assert rows.shape[1] == len(extractor.get_feature_names_out())


def test_pixels_that_are_not_square_follow_the_definition():
    mask = np.random.default_rng(1).random((12, 9)) < 0.5
    rows, cols = np.nonzero(mask)
    y, x = 2 * (rows - rows.mean()), 0.5 * (cols - cols.mean())
    radius = np.hypot(y, x).max() + 0.5
    rho, theta = np.hypot(y, x) / radius, np.arctan2(y, x)
    expected = [
        3 / math.pi * abs((2 * rho**2 - 1).mean()),
        3 / math.pi * abs((rho**2 * np.exp(-2j * theta)).mean()),
        4 / math.pi * abs(((3 * rho**3 - 2 * rho) * np.exp(-1j * theta)).mean()),
        4 / math.pi * abs((rho**3 * np.exp(-3j * theta)).mean()),
    ]
    np.testing.assert_allclose(zernike_moments(mask, degree=3, pixel_size=(2, 0.5)), expected, rtol=1e-9)
    np.testing.assert_allclose(zernike_moments(mask, degree=3, pixel_size=(8, 2)), expected, rtol=1e-9)
    np.testing.assert_array_equal(zernike_moments(mask, pixel_size=3.0), zernike_moments(mask))
    row = ZernikeMoments(degree=3, pixel_size=(2, 0.5)).fit_transform([mask])[0]
    np.testing.assert_allclose(row, expected, rtol=1e-9)


def test_an_ellipse_of_pixels_that_are_not_square_is_a_disk():
    row, col = np.mgrid[-100:101, -60:61]
    ellipse = (row / 90) ** 2 + (col / 45) ** 2 <= 1
    found = zernike_moments(ellipse, pixel_size=(1, 2))
    np.testing.assert_allclose(found, zernike_moments(disk(64)), atol=0.02)
    assert np.abs(zernike_moments(ellipse) - found).max() > 0.1
