"""Elliptic Fourier descriptors: the Fourier series of the polygon, an ellipse, what normalisation takes away."""

import math

import cv2
import numpy as np
import pytest
from skimage import data

from featkit import EllipticFourier
from featkit.exceptions import ImageFormatError
from featkit.features.contour import elliptic_fourier, elliptic_fourier_names, inverse_elliptic_fourier
from featkit.features.contour._outline import evenly_spaced, outline
from featkit.features.contour.elliptic_fourier import _harmonics, _normalized

HORSE = np.pad(data.horse() == 0, 10)


def polar(radius_of_angle, size=160):
    row, col = np.mgrid[-size : size + 1, -size : size + 1]
    return np.hypot(row, col) <= radius_of_angle(np.arctan2(-row, col))


def random_curve(n=400):
    random = np.random.default_rng(7)
    angle = np.linspace(0, 2 * math.pi, n, endpoint=False)
    curve = np.stack([60 * np.sin(angle), 90 * np.cos(angle)], axis=1)
    for order in range(2, 6):
        curve += random.normal(0, 12 / order, (2,)) * np.sin(order * angle + random.uniform(0, 6))[:, np.newaxis]
    return curve


def test_harmonics_are_the_fourier_series_of_the_polygon():
    points = random_curve(60)
    dense = evenly_spaced(points, 200_000)
    angle = np.linspace(0, 2 * math.pi, len(dense), endpoint=False)
    x, y = dense[:, 1], -dense[:, 0]
    for order, ((a, b), (c, d)) in enumerate(_harmonics(points, 5), start=1):
        cosine, sine = np.cos(order * angle), np.sin(order * angle)
        expected = [2 * (wave * axis).mean() for axis in (x, y) for wave in (cosine, sine)]
        np.testing.assert_allclose([a, b, c, d], expected, atol=1e-4)


def test_normalised_descriptors_do_not_depend_on_start_rotation_size_and_position():
    points = random_curve()
    expected = _normalized(_harmonics(points, 8))
    np.testing.assert_allclose(expected[0, :, 0], [1, 0], atol=1e-12)
    assert expected[0, 0, 1] == pytest.approx(0, abs=1e-12)
    for start in range(0, 400, 23):
        np.testing.assert_allclose(_normalized(_harmonics(np.roll(points, start, axis=0), 8)), expected, atol=1e-9)
    for angle in np.radians(np.arange(0, 360, 25)):
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        np.testing.assert_allclose(_normalized(_harmonics(3.5 * points @ turn + 70, 8)), expected, atol=1e-9)


def test_harmonics_draw_the_outline():
    points = outline(HORSE)
    angle = np.linspace(0, 2 * math.pi, 2000, endpoint=False)
    drawn = sum(
        matrix @ np.array([np.cos(order * angle), np.sin(order * angle)])
        for order, matrix in enumerate(_harmonics(points, 60), start=1)
    )
    even = evenly_spaced(points, 2000)
    x, y = even[:, 1] - even[:, 1].mean(), even.mean(axis=0)[0] - even[:, 0]
    assert np.hypot(drawn[0] - x, drawn[1] - y).mean() < 1


def test_ellipse_has_no_even_harmonics():
    row, col = np.mgrid[-150:151, -150:151]
    x, y = col * 0.8 + row * 0.6, row * 0.8 - col * 0.6
    found = elliptic_fourier((x / 120) ** 2 + (y / 50) ** 2 <= 1, n_harmonics=6)
    angle = np.linspace(0, 2 * math.pi, 4000, endpoint=False)
    curve = evenly_spaced(np.stack([-50 * np.sin(angle), 120 * np.cos(angle)], axis=1), 4000)
    expected = [2 * (-curve[:, 0] * np.sin(angle)).mean() / (2 * (curve[:, 1] * np.cos(angle)).mean())]
    assert found[0] == pytest.approx(expected[0], rel=0.01)
    even = [
        value for name, value in zip(elliptic_fourier_names(n_harmonics=6), found) if name[4:6] in ("02", "04", "06")
    ]
    np.testing.assert_allclose(even, 0, atol=2e-3)


def test_mirror_is_told_apart():
    assert np.abs(elliptic_fourier(HORSE) - elliptic_fourier(HORSE[:, ::-1])).max() > 0.05


@pytest.mark.parametrize(
    "mask",
    [
        HORSE,
        polar(lambda angle: 60 + 30 * np.cos(2 * angle) + 8 * np.cos(angle)),  # alike above and below: coefficients tie
        polar(lambda angle: 60 + 25 * np.cos(2 * angle + 0.4) + 5 * np.sin(3 * angle)),
    ],
)
def test_half_a_turn_changes_no_sign(mask):
    expected = elliptic_fourier(mask)
    for other in (mask[::-1, ::-1], np.rot90(mask), np.rot90(mask, 3)):
        np.testing.assert_allclose(elliptic_fourier(other), expected, atol=0.01)


def test_the_first_of_the_large_even_coefficients_is_positive():
    for order in range(4):
        harmonics = np.zeros((5, 2, 2))
        harmonics[0] = [[1, 0], [0, 0.5]]
        harmonics[3].flat[order] = -0.2
        harmonics[1].flat[order] = -0.185  # more than 90 % of it
        found = _normalized(harmonics)
        assert found[1].flat[order] == pytest.approx(0.185)
        assert found[3].flat[order] == pytest.approx(0.2)


def test_a_single_harmonic_is_an_ellipse():
    points = inverse_elliptic_fourier([0.25, 0, 0, 0, 0], n_points=100)
    angles = 2 * np.pi * np.arange(100) / 100
    assert points == pytest.approx(np.column_stack([-0.25 * np.sin(angles), np.cos(angles)]))


def test_every_point_is_the_sum_of_its_terms():
    rng = np.random.default_rng(0)
    coefficients = rng.normal(0, 0.1, 4 * 5 - 3)
    points = inverse_elliptic_fourier(coefficients, n_points=7)
    terms = [1, 0, 0, *coefficients]
    for k, (row, col) in enumerate(points):
        x = y = 0.0
        for order in range(1, 6):
            a, b, c, d = terms[4 * order - 4 : 4 * order]
            cosine, sine = math.cos(order * 2 * math.pi * k / 7), math.sin(order * 2 * math.pi * k / 7)
            x += a * cosine + b * sine
            y += c * cosine + d * sine
        assert (row, col) == pytest.approx((-y, x))


@pytest.mark.parametrize("n_harmonics", [60, 90])
def test_there_and_back(n_harmonics):
    horse = HORSE
    coefficients = elliptic_fourier(horse, n_harmonics=n_harmonics)
    points = inverse_elliptic_fourier(coefficients, n_points=2000)
    size = 1.05 * np.abs(points).max()
    vertices = np.rint(16 * (400 + 390 / size * points[:, ::-1])).astype(np.int32)
    mask = cv2.fillPoly(np.zeros((801, 801), np.uint8), [vertices], 1, shift=4) > 0
    again = elliptic_fourier(mask, n_harmonics=n_harmonics)
    assert again[:9] == pytest.approx(coefficients[:9], abs=0.03)


def test_many_harmonics_come_near_the_outline():
    horse = HORSE
    points = inverse_elliptic_fourier(elliptic_fourier(horse, n_harmonics=60), n_points=2000)
    row, col = points.T
    area = abs(row @ np.roll(col, -1) - col @ np.roll(row, -1)) / 2
    perimeter = np.hypot(*np.diff(points, axis=0, append=points[:1]).T).sum()
    few = inverse_elliptic_fourier(elliptic_fourier(horse, n_harmonics=3), n_points=2000)
    assert perimeter > np.hypot(*np.diff(few, axis=0, append=few[:1]).T).sum()
    assert 4 * np.pi * area / perimeter**2 < 0.3


def test_rows_are_drawn_one_by_one():
    extractor = EllipticFourier(n_harmonics=4)
    rows = extractor.fit_transform([np.ones((20, 40), dtype=bool), np.zeros((9, 9), dtype=bool)])
    outlines = extractor.inverse_transform(rows, n_points=50)
    assert outlines.shape == (2, 50, 2)
    assert outlines[0] == pytest.approx(inverse_elliptic_fourier(rows[0], n_points=50))
    assert np.isnan(outlines[1]).all()
    assert extractor.inverse_transform(rows[:0]).shape == (0, 256, 2)


def test_what_is_no_row_of_coefficients_is_refused():
    with pytest.raises(ImageFormatError, match="n_harmonics"):
        inverse_elliptic_fourier(np.zeros(6))
    with pytest.raises(ImageFormatError, match="10 harmonics"):
        EllipticFourier().inverse_transform(np.zeros((2, 9)))
    with pytest.raises(ValueError, match="n_points"):
        inverse_elliptic_fourier(np.zeros(5), n_points=2)
