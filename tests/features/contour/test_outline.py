"""Outlines: closed forms, naive oracles, and what leaves the descriptions unchanged."""

import math
import warnings

import cv2
import numpy as np
import pytest
from skimage import data, transform

from featkit import AreaIntegralInvariant, ChordQuantiles, ContourSignature, CurvatureQuantiles, EllipticFourier
from featkit.features.contour import (
    area_integral_invariant,
    area_integral_invariant_names,
    chord_quantiles,
    contour_signature,
    curvature_quantiles,
    elliptic_fourier,
    elliptic_fourier_names,
)
from featkit.features.contour._outline import evenly_spaced, outline, smooth_closed, smooth_outline
from featkit.features.contour._quantiles import N_POINTS
from featkit.features.contour.area_integral_invariant import COVERAGE_SCALES
from featkit.features.contour.chord_quantiles import CHORD_STEPS
from featkit.features.contour.contour_signature import furthest_point
from featkit.features.contour.curvature_quantiles import CURVATURE_SCALES
from featkit.features.contour.elliptic_fourier import _harmonics, _normalized

HORSE = np.pad(data.horse() == 0, 10)
DESCRIPTIONS = [elliptic_fourier, contour_signature, curvature_quantiles, area_integral_invariant, chord_quantiles]
EXTRACTORS = [
    EllipticFourier(),
    ContourSignature(),
    ContourSignature(form="profile"),
    CurvatureQuantiles(),
    AreaIntegralInvariant(),
    ChordQuantiles(),
]


def polar(radius_of_angle, size=160):
    row, col = np.mgrid[-size : size + 1, -size : size + 1]
    return np.hypot(row, col) <= radius_of_angle(np.arctan2(-row, col))


DISK = polar(lambda angle: 120.0)


# ---------------------------------------------------------------- the outline


def test_outline_runs_anticlockwise_along_the_outermost_pixels():
    mask = np.zeros((6, 7), dtype=bool)
    mask[1:5, 2:6] = True
    mask[2, 3] = False
    points = outline(mask)
    assert len(points) == 12
    assert {tuple(point) for point in points} == {
        (row, col) for row in range(1, 5) for col in range(2, 6) if row in (1, 4) or col in (2, 5)
    }
    following = np.roll(points, -1, axis=0)
    assert np.abs(following - points).max() == 1
    x, y = points[:, 1], -points[:, 0]
    twice_area_as_seen = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum()
    assert twice_area_as_seen == 2 * 3 * 3


def test_outline_passes_a_part_of_one_pixel_there_and_back():
    mask = np.zeros((6, 9), dtype=bool)
    mask[1:4, 1:4] = True
    mask[2, 4:8] = True
    places = [tuple(point) for point in outline(mask)]
    assert sorted(place for place in set(places) if places.count(place) == 2) == [(2, 4), (2, 5), (2, 6)]
    assert places.count((2, 7)) == 1


def test_outline_is_that_of_the_object_that_encloses_most():
    mask = np.zeros((20, 40), dtype=bool)
    mask[2:6, 2:6] = mask[5:15, 20:30] = True
    assert outline(mask).min(axis=0).tolist() == [5, 20]


def test_even_spacing_and_smoothing_keep_a_circle():
    angle = np.linspace(0, 2 * math.pi, 1000, endpoint=False)
    circle = np.stack([10 * np.sin(angle), 10 * np.cos(angle)], axis=1)
    even = evenly_spaced(circle[np.r_[0:500:5, 500:1000]], 64)
    np.testing.assert_allclose(even[16], [10, 0], atol=0.01)
    np.testing.assert_allclose(np.hypot(*np.diff(even, axis=0).T), 20 * math.pi / 64, rtol=1e-3)
    shrunk = smooth_closed(circle, 1000 / 20)
    np.testing.assert_allclose(np.hypot(*shrunk.T), 10 * math.exp(-2 * (math.pi / 20) ** 2), rtol=1e-9)


# ---------------------------------------------------------------- elliptic Fourier


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
    even = [value for name, value in zip(elliptic_fourier_names(6), found) if name[4:6] in ("02", "04", "06")]
    np.testing.assert_allclose(even, 0, atol=2e-3)


def test_mirror_is_told_apart():
    assert np.abs(elliptic_fourier(HORSE) - elliptic_fourier(HORSE[:, ::-1])).max() > 0.05


# ---------------------------------------------------------------- centroid distance


def test_lobes_show_in_the_spectrum():
    star = polar(lambda angle: 100 + 6 * np.cos(7 * angle))
    spectrum = contour_signature(star, n_features=12)
    assert spectrum.argmax() == 7 - 1
    assert spectrum[6] == pytest.approx(0.06, abs=0.01)
    np.testing.assert_allclose(np.delete(spectrum, 6), 0, atol=0.005)


def test_profile_of_a_square_goes_from_corner_to_side():
    profile = contour_signature(np.ones((200, 200), dtype=bool), n_features=8, form="profile")
    np.testing.assert_allclose(profile[::2] / profile[1::2], math.sqrt(2), rtol=0.02)
    assert profile[0] == pytest.approx(profile.max())


def test_of_two_equally_far_points_rounding_does_not_choose_the_start():
    distance = 1 + 0.2 * np.cos(2 * np.pi * (np.arange(1024) - 100) / 1024)  # a mirror image of itself about step 100
    distance[[0, 200]] = 1.5
    rounding = np.random.default_rng(0).uniform(-1e-13, 1e-13, (50, 1024))
    assert {furthest_point(distance + error) for error in rounding} == {0}


def test_profile_and_spectrum_are_one_signal():
    profile = contour_signature(HORSE, n_features=256, form="profile")
    spectrum = contour_signature(HORSE, n_features=20)
    np.testing.assert_allclose(2 / 256 * np.abs(np.fft.rfft(profile))[1:21], spectrum, atol=1e-3)
    assert profile.mean() == pytest.approx(1, abs=1e-3)


# ---------------------------------------------------------------- quantiles along the outline


def by_scale(quantiles, n_scales):
    return quantiles.reshape(n_scales, -1)


def test_curvature_of_a_disk_is_one_over_its_radius_after_smoothing():
    found = by_scale(curvature_quantiles(DISK), len(CURVATURE_SCALES))
    for scale, quantiles in zip(CURVATURE_SCALES, found):
        growth = math.exp(2 * (math.pi * scale) ** 2)  # what is left of the radius, inverted
        expected = math.log(1 + math.sqrt(math.pi) * growth)
        assert quantiles[8] == pytest.approx(expected, abs=0.06), scale
        if scale >= 0.02:
            np.testing.assert_allclose(quantiles, expected, atol=0.06)


def test_notches_have_negative_curvature_and_more_than_half_coverage():
    star = polar(lambda angle: 100 + 25 * np.cos(6 * angle))
    curvature = by_scale(curvature_quantiles(star), len(CURVATURE_SCALES))
    coverage = by_scale(area_integral_invariant(star), len(COVERAGE_SCALES))
    assert curvature[4].min() < -0.5
    assert curvature[4].max() > 1.5
    assert by_scale(curvature_quantiles(DISK), len(CURVATURE_SCALES))[4].min() > 0.9
    assert coverage[2].min() < 0.45
    assert coverage[2].max() > 0.55


def test_coverage_of_a_straight_edge_is_half_and_of_a_corner_a_quarter():
    square = np.pad(np.ones((200, 200), dtype=bool), 30)
    fine = by_scale(area_integral_invariant(square, n_quantiles=50), len(COVERAGE_SCALES))[1]
    assert np.median(fine) == pytest.approx(0.5, abs=0.02)
    assert 0.25 < fine.min() < 0.35


def test_coverage_is_the_blurred_mask_read_along_the_outline():
    points = smooth_outline(outline(HORSE), N_POINTS)
    side = math.sqrt(HORSE.sum())
    found = by_scale(area_integral_invariant(HORSE), len(COVERAGE_SCALES))
    margin = 200
    padded = np.pad(HORSE, margin).astype(np.float64)
    for scale, quantiles in zip(COVERAGE_SCALES, found):
        blurred = cv2.GaussianBlur(padded, (0, 0), scale * side)
        rows, cols = np.rint(points + margin).astype(int).T
        np.testing.assert_allclose(
            quantiles,
            np.quantile(blurred[rows, cols], np.linspace(0.01, 0.99, 17)),
            atol=0.06 if scale < 0.02 else 0.02,
        )


def test_chords_of_a_disk_are_those_of_a_circle_and_of_a_bar_are_longer_and_shorter():
    disk = by_scale(chord_quantiles(DISK), len(CHORD_STEPS))
    np.testing.assert_allclose(disk, math.log(1.02), atol=0.03)
    bar = by_scale(chord_quantiles(np.ones((20, 200), dtype=bool)), len(CHORD_STEPS))
    half_around = np.exp(bar[-1]) - 0.02
    assert half_around.max() == pytest.approx(200 / (440 / math.pi), rel=0.05)
    assert half_around.min() == pytest.approx(20 / (440 / math.pi), rel=0.1)


def test_names_tell_scale_and_quantile():
    assert area_integral_invariant_names(17)[17] == "coverage_1_quantile_00"


# ---------------------------------------------------------------- all of them


def difference(found, expected):
    return np.sqrt(np.mean((found - expected) ** 2)) / np.std(expected)


@pytest.mark.parametrize("describe", DESCRIPTIONS)
def test_moving_quarter_turns_and_growing_change_little(describe):
    expected = describe(HORSE)
    np.testing.assert_allclose(describe(np.pad(HORSE, ((30, 0), (0, 7)))), expected, atol=1e-9)
    for turned in (np.rot90(HORSE), np.rot90(HORSE, 2)):
        assert difference(describe(turned), expected) < 0.03
    large = transform.resize(HORSE.astype(float), (2 * HORSE.shape[0], 2 * HORSE.shape[1]), order=1) > 0.5
    assert difference(describe(large), expected) < 0.12


@pytest.mark.parametrize("describe", DESCRIPTIONS)
def test_turning_by_any_angle_changes_little(describe):
    expected = describe(HORSE)
    for degrees in (17, 130, 251):
        turned = transform.rotate(HORSE.astype(float), degrees, resize=True, order=1) > 0.5
        assert difference(describe(turned), expected) < 0.12, degrees


@pytest.mark.parametrize("describe", [contour_signature, curvature_quantiles, area_integral_invariant, chord_quantiles])
def test_mirrors_change_nothing(describe):
    assert difference(describe(HORSE[:, ::-1]), describe(HORSE)) < 0.03


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_where_nothing_is_enclosed_the_row_is_nan(extractor):
    pixel = np.zeros((6, 6), dtype=bool)
    pixel[2, 3] = True
    nothing = [np.zeros((4, 5), dtype=bool), pixel, np.eye(7, dtype=bool), np.ones((1, 9), dtype=bool)]
    smallest = [np.ones((2, 2), dtype=bool), np.pad(np.ones((2, 3), dtype=bool), 2), HORSE]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = extractor.fit_transform(nothing + smallest)
    assert np.isnan(rows[:4]).all()
    assert np.isfinite(rows[4:]).all()
    assert rows.shape[1] == len(extractor.get_feature_names_out())


@pytest.mark.parametrize("describe", DESCRIPTIONS)
def test_holes_and_smaller_objects_do_not_count(describe):
    holed = HORSE.copy()
    row, col = np.argwhere(cv2.erode(HORSE.astype(np.uint8), np.ones((9, 9))))[50]
    holed[row - 2 : row + 3, col - 2 : col + 3] = False
    holed[2:5, 2:5] = True
    np.testing.assert_array_equal(describe(holed), describe(HORSE))
