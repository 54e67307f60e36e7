"""Guided upsampling: the guided filter written out window by window, and edges that come back to their place."""

import cv2
import numpy as np

from featkit.preprocessing.foreground._guided import guided_upsampling


def test_at_equal_size_it_is_the_guided_filter_of_he_sun_and_tang():
    rng = np.random.default_rng(0)
    guide = rng.uniform(0, 100, (14, 17, 3)).astype(np.float32)
    values = (rng.random((14, 17)) > 0.5).astype(np.float32)
    radius, regularization = 2, 50.0
    padding = ((2 * radius, 2 * radius), (2 * radius, 2 * radius))
    wide_values = np.pad(values, padding, mode="reflect").astype(float)
    wide_guide = np.pad(guide, (*padding, (0, 0)), mode="reflect").astype(float)
    lines = np.empty((14, 17, 4))
    for i in range(14):
        for j in range(17):
            top, left = i + radius, j + radius
            x = wide_guide[top : top + 2 * radius + 1, left : left + 2 * radius + 1].reshape(-1, 3)
            y = wide_values[top : top + 2 * radius + 1, left : left + 2 * radius + 1].ravel()
            covariance = np.cov(x.T, bias=True) + regularization * np.eye(3)
            slope = np.linalg.solve(covariance, (x * y[:, np.newaxis]).mean(axis=0) - x.mean(axis=0) * y.mean())
            lines[i, j] = [*slope, y.mean() - slope @ x.mean(axis=0)]
    mean = cv2.blur(lines, (2 * radius + 1, 2 * radius + 1))
    expected = np.clip((mean[..., :3] * guide).sum(axis=2) + mean[..., 3], 0, 1)
    found = guided_upsampling(values, guide, guide, radius=radius, regularization=regularization)
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_a_coarse_edge_snaps_to_the_edge_of_the_image():
    picture = np.zeros((80, 120, 3), np.float32)
    picture[:, 61:] = 60, 20, -20
    small = cv2.resize(picture, (60, 40), interpolation=cv2.INTER_AREA)
    values = np.zeros((40, 60), np.float32)
    values[:, 33:] = 1  # 5 pixels of the full image too far to the right
    mask = guided_upsampling(values, small, picture) >= 0.5
    assert np.mean(mask == (picture[..., 0] > 0)) > 0.99


def test_a_constant_map_stays_constant():
    picture = np.random.default_rng(0).uniform(0, 100, (30, 44, 3)).astype(np.float32)
    small = cv2.resize(picture, (22, 15), interpolation=cv2.INTER_AREA)
    for value in (0.0, 0.25, 1.0):
        enlarged = guided_upsampling(np.full((15, 22), value, np.float32), small, picture)
        np.testing.assert_allclose(enlarged, value, atol=1e-4)
