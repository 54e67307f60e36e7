"""Plain backdrops: planes of known colour, images that are none, and Otsu's threshold by its definition."""

import numpy as np
import pytest

from featkit.preprocessing.foreground._backdrop import backdrop_distance, border_mask, fit_backdrop, plain_backdrop

ROWS, COLS = np.mgrid[:80, :120]
DISK = (ROWS - 40) ** 2 + (COLS - 60) ** 2 <= 15**2


def slope(noise=0.0):
    """Light from the left, a colour cast from above, and a disk 40 units away."""
    lab = np.empty((80, 120, 3), np.float32)
    lab[..., 0] = 80 - 20 * (COLS + 0.5) / 120
    lab[..., 1] = 6 * (ROWS + 0.5) / 80
    lab[..., 2] = 3
    lab[DISK, 2] += 40
    return lab + np.random.default_rng(0).normal(scale=noise, size=lab.shape).astype(np.float32)


def test_plane_is_recovered():
    plane, inliers, noise = fit_backdrop(slope())
    np.testing.assert_allclose(plane, [[70, 3, 3], [0, 6, 0], [-20, 0, 0]], atol=1e-3)
    assert inliers == 1
    assert noise == pytest.approx(0, abs=1e-4)


def test_noise_is_estimated():
    noise = fit_backdrop(slope(noise=2.0))[2]
    assert noise == pytest.approx(2 * np.sqrt(3), rel=0.1)


def test_plane_ignores_an_object_on_the_border():
    lab = slope()
    lab[:20, 30:70] = 20, 40, 40
    plane, inliers, _ = fit_backdrop(lab)
    np.testing.assert_allclose(plane, [[70, 3, 3], [0, 6, 0], [-20, 0, 0]], atol=1e-2)
    assert 0.7 < inliers < 0.95


def test_distance_is_the_offset_from_the_plane():
    lab = slope()
    distances = backdrop_distance(lab, fit_backdrop(lab)[0])
    np.testing.assert_allclose(distances, 40 * DISK, atol=1e-3)


def test_border_mask_and_plain_backdrop_find_the_disk():
    lab = slope(noise=1.0)
    np.testing.assert_array_equal(border_mask(lab, lab), DISK)
    plane, threshold = plain_backdrop(lab)
    np.testing.assert_array_equal(backdrop_distance(lab, plane) > threshold, DISK)


def test_a_texture_is_no_plain_backdrop():
    lab = slope() + np.random.default_rng(0).normal(scale=12, size=(80, 120, 3)).astype(np.float32)
    assert plain_backdrop(lab) is None


def test_an_object_that_fades_into_the_backdrop_is_not_cut_at_a_threshold():
    lab = slope(noise=0.5)
    lab[..., 2] += 30 * np.exp(-((ROWS - 40) ** 2 + (COLS - 60) ** 2) / 400) - 40 * DISK
    assert plain_backdrop(lab) is None
