"""The outline, and what all descriptors along it have in common: invariances, holes, nothing enclosed."""

import math
import warnings

import cv2
import numpy as np
import pytest
from skimage import data, transform

from featkit import AreaIntegralInvariant, ChordQuantiles, ContourSignature, CurvatureQuantiles, EllipticFourier
from featkit.features.contour import (
    area_integral_invariant,
    chord_quantiles,
    contour_signature,
    curvature_quantiles,
    elliptic_fourier,
)
from featkit.features.contour._outline import evenly_spaced, outline, smooth_closed, smooth_outline

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


@pytest.mark.parametrize("n_points", [4, 9, 31, 100])
def test_the_outline_is_smoothed_by_a_gaussian_of_one_pixel_around_its_corner(n_points):
    points = np.random.default_rng(n_points).normal(size=(n_points, 2)) + 50 * np.column_stack(
        [np.sin(np.linspace(0, 2 * math.pi, n_points)), np.cos(np.linspace(0, 2 * math.pi, n_points))]
    )
    weights = {step: math.exp(-(step**2) / 2) for step in range(-6, 7)}
    smooth = [
        sum(weights[step] * points[(index + step) % n_points] for step in weights) / sum(weights.values())
        for index in range(n_points)
    ]
    even = evenly_spaced(np.array(smooth), 64)
    normal = np.roll(even, -1, axis=0) - np.roll(even, 1, axis=0)
    normal = np.column_stack([normal[:, 1], -normal[:, 0]]) / np.hypot(*normal.T)[:, np.newaxis]
    np.testing.assert_allclose(smooth_outline(points, 64), even + normal / 2, atol=1e-9)


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
