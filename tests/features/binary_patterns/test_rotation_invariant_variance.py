"""Local variance: four neighbours by hand, scikit-image's map of VAR, and what must not matter."""

import numpy as np
import pytest
from skimage import data, feature

from featkit.features.binary_patterns import rotation_invariant_variance

IMAGE = data.brick()[:60, :70]


def histogram_of(variance, n_bins):
    bins = np.floor(np.log2(1 + variance) * n_bins / 14).astype(int)
    return np.bincount(bins.ravel(), minlength=n_bins) / bins.size


def test_four_neighbours_by_hand():
    image = IMAGE.astype(float)
    neighbours = [image[1:-1, 2:], image[:-2, 1:-1], image[1:-1, :-2], image[2:, 1:-1]]
    expected = histogram_of(np.var(neighbours, axis=0), 14)
    assert rotation_invariant_variance(IMAGE, n_points=4) == pytest.approx(
        expected, abs=2e-3
    )  # some lie on the edge of a bin


@pytest.mark.parametrize(("n_points", "radius"), [(8, 1), (8, 2), (16, 2), (12, 1.5)])
def test_scikit_image_has_the_same_variance(n_points, radius):
    margin = int(np.ceil(radius))
    variance = feature.local_binary_pattern(IMAGE, n_points, radius, method="var")[margin:-margin, margin:-margin]
    expected = histogram_of(np.nan_to_num(variance), 14)  # it marks no variance by NaN
    assert rotation_invariant_variance(IMAGE, n_points=n_points, radius=radius) == pytest.approx(expected, abs=5e-3)


def test_the_largest_variance_has_a_bin():
    halves = np.zeros((20, 20), np.uint8)
    halves[::2] = 255
    histogram = rotation_invariant_variance(halves, n_points=4, n_bins=256)
    assert histogram.sum() == pytest.approx(1)
    assert histogram[-2:].sum() == pytest.approx(1)


def test_light_and_quarter_turns_change_nothing():
    dim = IMAGE // 2
    expected = rotation_invariant_variance(dim)
    for same in (dim + 100, np.rot90(dim), dim[::-1]):
        assert rotation_invariant_variance(same) == pytest.approx(expected, abs=2e-3)


def test_contrast_moves_the_histogram_by_two_doublings():
    noise = np.random.default_rng(0).integers(0, 128, (60, 60)).astype(np.uint8)
    before, after = rotation_invariant_variance(noise), rotation_invariant_variance(noise * 2)
    assert after @ np.arange(14) - before @ np.arange(14) == pytest.approx(2, abs=0.01)


def test_cells_are_histograms_of_their_own():
    cells = rotation_invariant_variance(IMAGE, grid=(2, 3)).reshape(6, 14)
    assert cells.sum(axis=1) == pytest.approx(1)
    assert np.isnan(rotation_invariant_variance(IMAGE[:2])).all()
