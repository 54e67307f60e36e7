"""Hull and calipers of the rows of a region."""

import math

import cv2
import numpy as np
import pytest
from skimage import data

from featkit.features.shape import measure_region, measure_region_names
from featkit.features.shape._calipers import expected_corners, hull_of_rows, lattice_points_in_hull

NAMES = [name.removeprefix("region_") for name in measure_region_names()]


def measured(mask, **parameters):
    return dict(zip(NAMES, measure_region(mask, **parameters)))


def drawn(kind, half_length, half_width, angle, center=(0.0, 0.0)):
    reach = math.ceil(math.hypot(half_length, half_width)) + 3
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    y, x = y - center[0], x - center[1]
    along = (x * math.cos(angle) - y * math.sin(angle)) / half_length
    across = (x * math.sin(angle) + y * math.cos(angle)) / half_width
    return along**2 + across**2 <= 1 if kind == "ellipse" else np.maximum(abs(along), abs(across)) <= 1


def ragged_masks():
    random = np.random.default_rng(3)
    for size in (3, 5, 8, 13, 30):
        for share in (0.2, 0.5, 0.8):
            mask = random.random((size, size + 2)) < share
            mask[0, 0] = True
            yield mask


def test_hull_is_the_hull_of_the_pixel_centres():
    for mask in ragged_masks():
        first = np.where(mask.any(axis=1), mask.argmax(axis=1), 99)
        last = np.where(mask.any(axis=1), mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1), -1)
        vertices = hull_of_rows(first, last)
        points = np.argwhere(mask).astype(np.int32)
        peer = cv2.convexHull(points)[:, 0]
        assert cv2.contourArea(vertices.astype(np.int32)) == cv2.contourArea(peer)
        assert {tuple(vertex) for vertex in vertices} <= {tuple(point) for point in points}
        assert len(np.unique(vertices, axis=0)) == len(vertices)
        inside = [
            cv2.pointPolygonTest(peer.astype(np.float32), (float(row), float(col)), False) >= 0
            for row in range(mask.shape[0])
            for col in range(mask.shape[1])
        ]
        assert lattice_points_in_hull(vertices) == sum(inside)


def test_expected_corners_lie_in_or_around_their_pixels():
    vertices = hull_of_rows(*rows_of(drawn("ellipse", 30, 12, 0.3)))
    shift = expected_corners(vertices) - vertices
    centered = vertices - vertices.mean(axis=0)
    assert np.all((shift * centered).sum(axis=1) > 0)
    assert np.hypot(*shift.T).max() <= 0.63 + 1e-9


def rows_of(mask):
    rows = np.flatnonzero(mask.any(axis=1))
    mask = mask[rows[0] : rows[-1] + 1]
    return mask.argmax(axis=1), mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)


def test_width_and_box_are_found_by_turning_calipers_around_the_object():
    horse = np.pad(data.horse() == 0, 1)
    points = np.argwhere(horse)
    angles = np.radians(np.arange(0, 180, 0.25))
    across = np.ptp(points @ np.array([np.sin(angles), np.cos(angles)]), axis=0)
    along = np.roll(across, len(angles) // 2)
    found = measured(horse)
    assert found["feret_diameter_min"] == pytest.approx(across.min(), abs=1)
    assert found["feret_diameter_max"] == pytest.approx(across.max(), abs=1.5)
    assert found["box_length"] * found["box_width"] == pytest.approx((across * along).min(), rel=0.01)
