"""Flat patches of an image."""

import numpy as np
import pytest

from featkit.preprocessing.color._card_grid import flat_patches


@pytest.fixture
def image():
    """Twelve squares of 20 pixels, 30 apart, of any colours on gray."""
    image = np.full((150, 180, 3), 120, np.uint8)
    colors = np.random.default_rng(0).choice([10, 90, 200, 250], (12, 3))
    for index, color in enumerate(colors):
        row, col = divmod(index, 4)
        image[30 + 30 * row : 50 + 30 * row, 30 + 30 * col : 50 + 30 * col] = color
    return image


def test_every_square_is_found_at_its_centre_with_its_side(image):
    centers, sides = flat_patches(image)
    for index in range(12):
        expected = np.array([39.5, 39.5]) + 30 * np.array(divmod(index, 4))
        nearest = np.hypot(*(centers - expected).T).argmin()
        assert centers[nearest] == pytest.approx(expected, abs=0.6)
        assert 12 < sides[nearest] <= 21


def test_noise_and_a_flat_image_have_none():
    noise = np.random.default_rng(0).integers(0, 256, (100, 120, 3)).astype(np.uint8)
    assert len(flat_patches(noise)[0]) == 0
    assert len(flat_patches(np.full((100, 120, 3), 90, np.uint8))[0]) == 0
