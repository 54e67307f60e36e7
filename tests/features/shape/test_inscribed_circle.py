"""The largest circle inside a region."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from featkit.features.shape._inscribed_circle import deepest_pixel, inscribed_radius

RNG = np.random.default_rng(0)


def padded(mask):
    return np.pad(mask, 1).astype(np.uint8)


def ragged():
    for side in (1, 2, 5, 20, 60):
        for density in (0.5, 0.9, 0.99):
            mask = RNG.random((side, side + 3)) < density
            mask[0, 0] = True
            yield padded(mask)


@pytest.mark.parametrize("sampling", [(1.0, 1.0), (2.0, 1.0), (0.3, 1.7)])
def test_the_deepest_pixel_is_that_of_scipys_distance_transform(sampling):
    for mask in ragged():
        distances = distance_transform_edt(mask, sampling=sampling)
        row, col, distance = deepest_pixel(mask, *sampling)
        assert distance == pytest.approx(distances.max())
        assert distances[row, col] == pytest.approx(distances.max())


@pytest.mark.parametrize("radius", [5.0, 12.3, 30.0])
def test_the_radius_of_a_disk(radius):
    rows, cols = np.mgrid[-35:36, -35:36] + np.array([0.21, -0.37]).reshape(2, 1, 1)
    assert inscribed_radius(padded(np.hypot(rows, cols) <= radius)) == pytest.approx(radius, abs=0.4)


@pytest.mark.parametrize(("height", "width"), [(1, 9), (2, 9), (7, 7), (10, 40), (11, 40)])
def test_the_radius_of_an_upright_rectangle_is_half_its_shorter_side_within_a_fraction_of_a_pixel(height, width):
    """The callers know the width of convex regions, which bounds it."""
    radius = inscribed_radius(padded(np.ones((height, width))))
    assert radius == pytest.approx(min(height, width) / 2, abs=0.25)
    assert inscribed_radius(padded(np.ones((height, width))), 3.0, 3.0) == pytest.approx(3 * radius)


def test_pixels_need_not_be_square():
    assert inscribed_radius(padded(np.ones((10, 60))), 2.0, 1.0) == pytest.approx(10, abs=0.5)
    assert inscribed_radius(padded(np.ones((60, 10))), 1.0, 2.0) == pytest.approx(10, abs=0.5)
