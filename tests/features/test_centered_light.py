"""Light about its mean: weighted by alpha, zero where nothing is seen."""

import numpy as np

from featkit import join_alpha
from featkit.features._centered_light import centered_light


def test_the_weighted_mean_of_the_foreground_is_taken_away():
    rng = np.random.default_rng(0)
    gray, alpha = rng.random((9, 11)), rng.integers(0, 256, (9, 11)).astype(np.uint8)
    light, weights = centered_light(join_alpha(gray, alpha))
    mean = (gray * alpha).sum() / alpha.sum()
    np.testing.assert_allclose(weights, alpha / 255, atol=1e-6)
    np.testing.assert_allclose(light, (gray - mean) * alpha / 255, atol=1e-6)


def test_without_alpha_all_pixels_weigh_the_same():
    gray = np.random.default_rng(0).random((9, 11))
    light, weights = centered_light(gray)
    np.testing.assert_allclose(light, gray - gray.mean(), atol=1e-6)
    assert (weights == 1).all()


def test_without_foreground_light_and_weights_are_zero():
    light, weights = centered_light(join_alpha(np.random.default_rng(0).random((4, 5)), np.zeros((4, 5), bool)))
    assert not light.any()
    assert not weights.any()
