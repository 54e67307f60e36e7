"""Convexity defects: star polygons of known depth, a search by hand, OpenCV."""

import cv2
import numpy as np
import pytest

from featkit import ConvexityDefects, join_alpha
from featkit.features.contour import convexity_defects, convexity_defects_names

NAMES = [name.removeprefix("convexity_") for name in convexity_defects_names()]


def named(image, **parameters):
    return dict(zip(NAMES, convexity_defects(image, **parameters), strict=True))


def filled(points, size=400):
    vertices = np.rint(points[:, ::-1] * 16).astype(np.int32)
    return cv2.fillPoly(np.zeros((size, size), np.uint8), [vertices], 1, shift=4) > 0


def star(n_arms, outer=180, inner=80, turn=0.2):
    angles = turn + np.pi / n_arms * np.arange(2 * n_arms)
    radii = np.where(np.arange(2 * n_arms) % 2 == 0, outer, inner)
    return 200 + radii[:, np.newaxis] * np.column_stack([np.sin(angles), np.cos(angles)])


def area_of(points):
    row, col = points.T
    return abs(row @ np.roll(col, -1) - col @ np.roll(row, -1)) / 2


@pytest.mark.parametrize("n_arms", [3, 4, 5, 7])
def test_a_star_has_a_defect_and_a_lobe_for_every_arm(n_arms):
    inner = 0.4 * 180 * np.cos(np.pi / n_arms)
    points = star(n_arms, inner=inner)
    values = named(filled(points))
    diameter = 2 * np.sqrt(area_of(points) / np.pi)
    depth = (180 * np.cos(np.pi / n_arms) - inner) / diameter
    assert values["defect_count"] == values["lobe_count"] == n_arms
    assert values["defect_depth_max"] == pytest.approx(depth, rel=0.05)
    assert values["defect_depth_mean"] == pytest.approx(depth, rel=0.05)
    assert values["defect_area"] == pytest.approx(1 - area_of(points) / area_of(points[::2]), abs=0.02)


@pytest.mark.parametrize("shape", [(40, 60), (2, 2), (9, 2)])
def test_convex_objects_have_none(shape):
    values = named(np.ones(shape, dtype=bool))
    assert values["defect_count"] == values["defect_depth_max"] == values["defect_depth_mean"] == 0
    assert values["lobe_count"] == 1


def test_disk_at_any_size_has_none():
    for radius in (3, 8, 20, 70):
        row, col = np.mgrid[-80:81, -80:81]
        assert named(np.hypot(row - 0.3, col) <= radius)["defect_count"] == 0


def test_one_notch_parts_two_lobes():
    mask = np.ones((60, 100), dtype=bool)
    mask[:30, 45:55] = False
    values = named(mask)
    assert (values["defect_count"], values["lobe_count"]) == (1, 2)
    assert values["defect_depth_max"] == pytest.approx(30 / (2 * np.sqrt(mask.sum() / np.pi)), rel=0.05)
    assert values["defect_area"] == pytest.approx(300 / 6000, abs=0.01)


def test_shallow_dents_do_not_count():
    mask = np.ones((60, 100), dtype=bool)
    mask[:3, 20:40] = mask[:20, 60:70] = False
    assert named(mask)["defect_count"] == 1
    assert named(mask, min_depth=0.01)["defect_count"] == 2
    assert named(mask, min_depth=0.5)["defect_count"] == 0


@pytest.mark.parametrize("gap", [8, 20, 30])
def test_dents_with_a_straight_piece_between_them_are_two(gap):
    mask = np.ones((60, 120), dtype=bool)
    mask[:20, 30:40] = mask[:12, 40 + gap : 50 + gap] = False
    values = named(mask)
    assert values["defect_count"] == 2
    diameter = 2 * np.sqrt(mask.sum() / np.pi)
    assert values["defect_depth_max"] * diameter == pytest.approx(20, abs=0.1)
    assert values["defect_depth_mean"] * diameter == pytest.approx(16, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_opencv_finds_the_same(seed):
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    radii = 120 + 30 * np.cos(rng.integers(3, 7) * angles + 1) + 15 * np.cos(2 * angles + rng.uniform(0, 6))
    mask = filled(200 + radii[:, np.newaxis] * np.column_stack([np.sin(angles), np.cos(angles)]))
    (contour,), _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = cv2.convexityDefects(contour, cv2.convexHull(contour, returnPoints=False)).reshape(-1, 4)[:, 3] / 256
    found = np.sort(found[found >= 0.05 * 2 * np.sqrt(mask.sum() / np.pi)])
    values = named(mask)
    assert values["defect_count"] == len(found)
    assert values["defect_depth_max"] * 2 * np.sqrt(mask.sum() / np.pi) == pytest.approx(found[-1], abs=1.5)


def test_rotation_size_and_mirror_leave_it():
    expected = convexity_defects(filled(star(5)))
    for points in (star(5, turn=1.0), star(5)[:, ::-1], 200 + (star(5) - 200) / 2):
        assert convexity_defects(filled(points)) == pytest.approx(expected, abs=0.02)


def test_nothing_enclosed_gives_nan_and_holes_do_not_count():
    assert np.isnan(convexity_defects(np.zeros((5, 5), dtype=bool))).all()
    assert np.isnan(convexity_defects(np.eye(5, dtype=bool))).all()
    mask = filled(star(5))
    expected = convexity_defects(mask)
    mask[195:205, 195:205] = False
    assert (convexity_defects(mask) == expected).all()
    assert (ConvexityDefects().fit_transform([join_alpha(np.ones(mask.shape), mask)]) == expected).all()


def test_thin_parts_are_no_trouble():
    mask = np.zeros((60, 60), dtype=bool)
    mask[20:40, 20:40] = mask[30, 5:55] = mask[5:55, 30] = True
    assert named(mask)["defect_count"] == 4


def test_pixels_need_not_be_square():
    mask = filled(star(5))
    expected = convexity_defects(mask)
    assert convexity_defects(mask[::2], pixel_size=(2, 1)) == pytest.approx(expected, abs=0.02)
    assert convexity_defects(mask[:, ::2], pixel_size=(0.1, 0.2)) == pytest.approx(expected, abs=0.02)
    assert (convexity_defects(mask, pixel_size=np.nan) == expected).all()
