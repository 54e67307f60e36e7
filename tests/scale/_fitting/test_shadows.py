import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.scale._fitting.ellipses import Ellipse, fit_rim
from featkit.scale._fitting.shadows import BLURS, SHIFTS, TAPS, WINDOW, _misfits, without_shadow


def test_misfits_are_those_of_least_squares():
    profiles = np.random.default_rng(0).normal(120, 40, (7, len(TAPS)))
    costs = _misfits(profiles)
    assert costs.shape == (len(BLURS), len(SHIFTS), 7)
    for index, place in ((0, 0), (3, 14), (7, 28)):
        near = np.abs(TAPS - SHIFTS[place]) <= WINDOW
        x = TAPS[near] - SHIFTS[place]
        fine = np.linspace(-12, 12, 24001)
        blur = np.exp(-0.5 * (fine / BLURS[index]) ** 2)
        blur /= blur.sum()
        step = np.convolve(fine >= 0, blur, "same")
        slope = np.convolve(np.maximum(fine, 0), blur, "same")
        model = np.column_stack([np.ones_like(x), np.interp(x, fine, step), np.interp(x, fine, slope)])
        expected = [
            np.mean((levels[near] - model @ np.linalg.lstsq(model, levels[near])[0]) ** 2) for levels in profiles
        ]
        np.testing.assert_allclose(costs[index, place], expected, rtol=1e-3)


def test_a_soft_shadow_all_around_is_told_from_the_rim():
    circle = Ellipse(np.array([75.3, 75.8]), 45 * np.eye(2))
    row, col = np.mgrid[:150, :150]
    beyond = np.hypot(row - 75.3, col - 75.8) - 45
    paper = 230 - 60 * np.clip(1 - beyond / 4, 0, 1)
    image = drawn([(circle.points(), (80, 80, 80))], np.repeat(paper[..., np.newaxis], 3, axis=2))
    image = cv2.GaussianBlur(image, (0, 0), 0.9).astype(np.float32)
    rim = fit_rim(image, circle, 6)
    assert np.sqrt(np.prod(without_shadow(image, rim).ellipse.radii)) == pytest.approx(45, abs=0.12)
