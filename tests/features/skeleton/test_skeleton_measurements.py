"""Lengths along curves, widths across them, tips and branches: drawn objects of known size, and naive oracles."""

import math

import cv2
import numpy as np
import pytest

from featkit import SkeletonMeasurements, join_alpha
from featkit.features.skeleton import skeleton_measurements, skeleton_measurements_names

NAMES = [name.removeprefix("skeleton_") for name in skeleton_measurements_names()]
FINE = 8


def named(image, **parameters):
    return dict(zip(NAMES, skeleton_measurements(image, **parameters), strict=True))


def stroke(points, width, shape):
    """A line of (row, col) points drawn with a round pen, each pixel by at least half of its area."""
    fine = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)
    vertices = np.rint(((points[:, ::-1] + 0.5) * FINE - 0.5) * 16).astype(np.int32)
    cv2.polylines(fine, [vertices], False, 255, thickness=round(width * FINE), shift=4)
    return cv2.resize(fine, shape[::-1], interpolation=cv2.INTER_AREA) >= 128


def worm(length, width, amplitude, period):
    """A wave whose centreline is `length` long, the round ends included."""
    x = np.linspace(0, 2000, 200001)
    y = amplitude * np.sin(2 * np.pi * x / period)
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    n = np.searchsorted(along, length - width)
    points = np.column_stack([y[:n:20] + amplitude, x[:n:20]]) + width + 5
    return stroke(points, width, tuple(np.ceil(points.max(axis=0) + width + 5).astype(int)))


def bar(length, width, degrees, size=220, shift=(0.0, 0.0)):
    row, col = np.mgrid[:size, :size] - (size / 2 + np.reshape(shift, (2, 1, 1)))
    angle = math.radians(degrees)
    along, across = row * math.sin(angle) + col * math.cos(angle), row * math.cos(angle) - col * math.sin(angle)
    return (np.abs(along) <= length / 2) & (np.abs(across) <= width / 2)


def star(n_arms, length, width):
    mask = np.zeros((300, 300), dtype=bool)
    for angle in 0.3 + 2 * np.pi * np.arange(n_arms) / n_arms:
        mask |= stroke(
            150 + np.array([[0, 0], [length * math.sin(angle), length * math.cos(angle)]]), width, mask.shape
        )
    return mask


def test_a_worm_of_460_measures_460():
    values = named(worm(460, 20, 60, 300))
    assert values["length"] == pytest.approx(460, rel=0.005)
    assert values["width_50"] == pytest.approx(20, abs=0.5)
    assert values["width_max"] == pytest.approx(20, abs=1.2)
    assert values["tips"] == 2
    assert values["branch_points"] == 0
    assert values["sinuosity"] > 1.25


@pytest.mark.parametrize("width", [1, 3, 6, 12])
def test_worms_of_any_width(width):
    for length, amplitude, period in ((300, 20, 150), (400, 40, 200), (350, 30, 300)):
        assert named(worm(length, width, amplitude, period))["length"] == pytest.approx(length, rel=0.01)


@pytest.mark.parametrize("width", [1, 3, 5, 8, 20, 50])
def test_straight_bars_at_every_angle(width):
    lengths = [named(bar(150, width, degrees, shift=(degrees % 0.7, 0.3)))["length"] for degrees in range(5, 180, 15)]
    assert np.mean(lengths) == pytest.approx(150, rel=0.01)
    assert lengths == pytest.approx([150] * len(lengths), rel=0.02)


def test_a_line_at_20_degrees():
    values = named(bar(100, 7, 20))
    assert values["length"] == pytest.approx(100, rel=0.01)
    assert values["width_mean"] == pytest.approx(7, abs=0.3)
    assert values["sinuosity"] == pytest.approx(1, abs=0.005)


def test_an_upright_bar_is_exact():
    mask = np.zeros((30, 80), dtype=bool)
    mask[10:20, 5:65] = True
    values = named(mask)
    assert values["length"] == pytest.approx(60, abs=0.01)
    assert values["width_max"] == pytest.approx(10, abs=0.01)
    assert values["volume"] == pytest.approx(np.pi * 25 * 60, rel=0.01)


@pytest.mark.parametrize("degrees", [0, 20, 45, 77])
def test_ellipse_and_its_volume(degrees):
    row, col = np.mgrid[:200, :200] - 100.3
    angle = math.radians(degrees)
    along, across = row * math.sin(angle) + col * math.cos(angle), row * math.cos(angle) - col * math.sin(angle)
    values = named((along / 80) ** 2 + (across / 30) ** 2 <= 1)
    assert values["length"] == pytest.approx(160, abs=1.5)
    assert values["width_max"] == pytest.approx(60, abs=1)
    assert values["width_25"] == pytest.approx(60 * math.sqrt(0.75), abs=1)
    assert values["volume"] == pytest.approx(4 / 3 * np.pi * 80 * 30**2, rel=0.015)


@pytest.mark.parametrize("radius", [10, 25, 60])
def test_disk_is_a_sphere(radius):
    row, col = np.mgrid[: 2 * radius + 9, : 2 * radius + 9] - (radius + 4.2)
    values = named(np.hypot(row, col) <= radius)
    assert values["length"] == pytest.approx(2 * radius, abs=1)
    assert values["volume"] == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.02)
    assert values["branch_points"] == 0


def test_a_wedge_is_read_from_its_narrow_end():
    row, col = np.mgrid[:80, :220]
    for mask in (np.abs(row - 40) <= col / 8, (np.abs(row - 40) <= col / 8)[:, ::-1]):
        values = named(np.pad(mask, 3))
        assert values["width_25"] == pytest.approx(220 / 16, abs=1.5)
        assert values["width_75"] == pytest.approx(3 * 220 / 16, abs=1.5)


@pytest.mark.parametrize("n_arms", [3, 4, 5, 6])
def test_a_star_has_a_tip_for_every_arm(n_arms):
    values = named(star(n_arms, 100, 14))
    assert values["tips"] == n_arms
    assert 1 <= values["branch_points"] <= n_arms - 2
    opposite = 2 * 100 if n_arms % 2 == 0 else 200
    assert values["length"] == pytest.approx(opposite + 14, rel=0.03)


def test_corners_and_roughness_are_no_tips():
    rng = np.random.default_rng(0)
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    radii = 60 + np.convolve(rng.normal(0, 3, 400), np.ones(5) / 5, mode="same")
    points = 100 + np.column_stack([0.5 * radii * np.sin(angles), 1.4 * radii * np.cos(angles)])
    mask = cv2.fillPoly(np.zeros((200, 200), np.uint8), [np.rint(points[:, ::-1]).astype(np.int32)], 1) > 0
    assert named(mask)["tips"] == 2
    assert named(bar(120, 40, 33))["tips"] == 2


@pytest.mark.parametrize("pixel_size", [(2, 1), (1, 2)])
@pytest.mark.parametrize("degrees", [0, 30, 90])
def test_pixels_need_not_be_square(pixel_size, degrees):
    thinned = bar(150, 20, degrees, shift=(0.5, 0.5))[:: pixel_size[0], :: pixel_size[1]]
    values = named(thinned, pixel_size=pixel_size)
    assert values["length"] == pytest.approx(150, rel=0.02)
    assert values["width_50"] == pytest.approx(20, abs=1.2)


def test_pixel_size_is_the_unit():
    mask = star(3, 100, 14)
    pixels, millimeters, unknown = (named(mask, pixel_size=size) for size in (1, 0.1, np.nan))
    powers = {"volume": 3, "sinuosity": 0, "tips": 0, "branch_points": 0}
    for name in NAMES:
        assert millimeters[name] == pytest.approx(pixels[name] * 0.1 ** powers.get(name, 1))
        assert np.isnan(unknown[name]) == (powers.get(name, 1) > 0)
    rows = SkeletonMeasurements().fit([mask]).transform([mask, mask], pixel_size=[0.1, np.nan])
    assert rows[0] == pytest.approx(list(millimeters.values()))
    assert rows[1] == pytest.approx(list(unknown.values()), nan_ok=True)


def test_the_largest_object_counts_its_holes_filled():
    mask = bar(150, 20, 30)
    expected = skeleton_measurements(mask)
    mask[108:112, 108:112] = False
    mask[5:15, 5:15] = True
    assert skeleton_measurements(mask) == pytest.approx(expected)
    assert skeleton_measurements(join_alpha(np.ones(mask.shape), mask)) == pytest.approx(expected)


def test_touching_the_border_is_as_if_background_followed():
    mask = bar(100, 12, 25, size=120)
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    cut = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    assert skeleton_measurements(cut) == pytest.approx(skeleton_measurements(mask))


def test_a_few_pixels():
    values = named(np.ones((1, 1), dtype=bool))
    assert values["length"] == pytest.approx(1)
    assert values["tips"] == values["branch_points"] == 0
    assert named(np.ones((1, 7), dtype=bool))["length"] == pytest.approx(7)
    assert np.isnan(skeleton_measurements(np.zeros((5, 5), dtype=bool))).all()
