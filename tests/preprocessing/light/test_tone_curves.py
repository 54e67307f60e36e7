"""Logarithm and sigmoid: the formulas, scikit-image, and what must stay."""

import numpy as np
import pytest
from skimage import data, exposure

from featkit import ToneAdjuster, join_alpha
from featkit.preprocessing.light import adjust_log, adjust_sigmoid

VALUES = np.linspace(0, 1, 30).reshape(5, 6)


@pytest.mark.parametrize("gain", [0.5, 1.0, 1.5])
def test_the_logarithm_follows_its_formula(gain):
    assert adjust_log(VALUES, gain=gain) == pytest.approx(np.minimum(gain * np.log2(1 + VALUES), 1))


@pytest.mark.parametrize(("cutoff", "gain"), [(0.5, 10), (0.2, 4), (0.8, 25)])
def test_the_sigmoid_follows_its_formula(cutoff, gain):
    expected = 1 / (1 + np.exp(gain * (cutoff - VALUES)))
    assert adjust_sigmoid(VALUES, cutoff=cutoff, gain=gain) == pytest.approx(expected)
    slope = (adjust_sigmoid(np.array([[cutoff + 1e-4]]), cutoff=cutoff, gain=gain)[0, 0] - 0.5) / 1e-4
    assert slope == pytest.approx(gain / 4, rel=1e-3)


@pytest.mark.parametrize(
    ("function", "peer"), [(adjust_log, exposure.adjust_log), (adjust_sigmoid, exposure.adjust_sigmoid)]
)
def test_scikit_image_agrees_within_a_level(function, peer):
    for image in (data.camera(), data.astronaut(), data.camera().astype(np.uint16) * 257):
        found = function(image)
        assert found.dtype == image.dtype
        assert np.abs(found.astype(float) - peer(image)).max() <= 2


@pytest.mark.parametrize("curve", ["log", "sigmoid"])
def test_alpha_stays_and_transparent_colour_is_none(curve):
    image = join_alpha(data.astronaut()[:40, :40], np.linspace(0, 1, 40) * np.ones((40, 1)))
    adjusted = ToneAdjuster(curve=curve).fit_transform([image])[0]
    np.testing.assert_array_equal(adjusted[..., 3], image[..., 3])
    assert not adjusted[image[..., 3] == 0].any()


def test_none_takes_the_gain_of_the_function():
    image = data.camera()
    np.testing.assert_array_equal(ToneAdjuster(curve="log").transform([image])[0], adjust_log(image))
    np.testing.assert_array_equal(
        ToneAdjuster(cutoff=0.3, gain=5).transform([image])[0], adjust_sigmoid(image, cutoff=0.3, gain=5)
    )
