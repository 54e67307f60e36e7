"""Eye and mouth aspect ratios."""

import numpy as np
import pytest

from featkit.faces.description import (
    eye_aspect_ratio,
    mouth_aspect_ratio,
)
from featkit.faces.landmarks import FACE_MIRROR


@pytest.fixture
def faces():
    """Rows of symmetric faces with random places of the points, upright."""
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 100, (5, 68, 2))
    points[:, 36:42, 1], points[:, 42:48, 1] = rng.uniform(20, 40, (5, 6)), rng.uniform(60, 80, (5, 6))
    swapped = points[:, list(FACE_MIRROR)]
    swapped[..., 1] = 100 - swapped[..., 1]
    return ((points + swapped) / 2).reshape(5, 136)


def test_closed_mouth_has_no_opening(faces):
    points = faces.reshape(5, 68, 2).copy()
    points[:, [65, 66, 67]] = points[:, [63, 62, 61]]
    assert mouth_aspect_ratio(points.reshape(5, 136)) == pytest.approx(0)


def test_ratios_by_hand(faces):
    """Mean distance of the lids, or of the inner lips, over that of the corners."""
    points = faces.reshape(5, 68, 2)

    def distance(one, other):
        return np.hypot(*(points[:, one] - points[:, other]).T)

    left = (distance(37, 41) + distance(38, 40)) / 2 / distance(36, 39)
    right = (distance(43, 47) + distance(44, 46)) / 2 / distance(42, 45)
    mouth = (distance(61, 67) + distance(62, 66) + distance(63, 65)) / 3 / distance(60, 64)
    assert eye_aspect_ratio(faces) == pytest.approx(np.stack([left, right], axis=1))
    assert mouth_aspect_ratio(faces) == pytest.approx(mouth)


def test_missing_points_and_corners_in_one_position_give_nan(faces):
    faces[0, 2 * 37] = np.nan
    faces[1, 2 * 45 : 2 * 45 + 2] = faces[1, 2 * 42 : 2 * 42 + 2]
    assert np.isnan(eye_aspect_ratio(faces)).tolist() == [[True, False], [False, True], *[[False, False]] * 3]
    assert not np.isnan(mouth_aspect_ratio(faces)).any()
