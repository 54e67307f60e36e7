"""The centreline of an object, and its width along it."""

import cv2
import numpy as np
import pytest

from featkit.features.skeleton._centerline import N_WIDTHS, centerline, length_and_widths
from featkit.features.skeleton._thinning import skeleton_of

SQUARE = np.ones(2)


def measured(mask, spacing=SQUARE):
    mask = np.pad(mask, 3)
    skeleton, half_widths = skeleton_of(mask.astype(np.uint8))[:2]
    return length_and_widths(mask, centerline(mask, skeleton, half_widths, spacing), spacing)


@pytest.mark.parametrize(("height", "width"), [(9, 80), (80, 9), (21, 90)])
def test_an_upright_bar(height, width):
    length, widths = measured(np.ones((height, width), bool))
    assert length == pytest.approx(max(height, width), abs=0.5)
    assert widths.shape == (N_WIDTHS,)
    assert np.median(widths) == pytest.approx(min(height, width), abs=0.1)


@pytest.mark.parametrize("degrees", [20, 45, 70])
def test_a_bar_at_any_angle(degrees):
    turn = np.deg2rad(degrees)
    rows, cols = np.mgrid[-70:71, -70:71]
    along, across = rows * np.sin(turn) + cols * np.cos(turn), rows * np.cos(turn) - cols * np.sin(turn)
    length, widths = measured((abs(along) <= 50) & (abs(across) <= 6))
    assert length == pytest.approx(100, abs=2)
    assert np.median(widths) == pytest.approx(12, abs=0.5)


def test_an_arc_is_measured_along_its_bend():
    mask = np.zeros((140, 140), np.uint8)
    cv2.ellipse(mask, (70, 70), (50, 50), 0, 0, 180, 1, 9)
    length, _ = measured(mask > 0)
    assert length == pytest.approx(50 * np.pi + 9, rel=0.03)  # the brush adds half its width at either end


def test_widths_begin_at_the_narrower_half():
    wedge = np.abs(np.arange(40)[:, np.newaxis] - 19.5) <= np.linspace(2, 18, 120)
    for mask in (wedge, wedge[:, ::-1], wedge.T):
        _, widths = measured(mask)
        assert widths[:32].mean() < widths[-32:].mean()


def test_the_unit_is_that_of_the_pixel():
    mask = np.ones((9, 80), bool)
    length, widths = measured(mask)
    doubled = measured(mask, 2 * SQUARE)
    assert doubled[0] == pytest.approx(2 * length)
    assert doubled[1] == pytest.approx(2 * widths)
