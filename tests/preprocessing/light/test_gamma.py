"""Gamma correction: a power of the values, by hand or to the middle of the range."""

import numpy as np
import pytest
from skimage import data, exposure

from featkit import GammaCorrector, join_alpha
from featkit.preprocessing.light import adjust_gamma, estimate_gamma


@pytest.mark.parametrize("gamma", [0.4, 1.0, 2.2])
def test_values_are_raised_to_the_power(gamma):
    image = np.linspace(0, 1, 30).reshape(5, 6)
    assert adjust_gamma(image, gamma) == pytest.approx(image**gamma)
    bytes_ = data.camera()
    assert np.abs(adjust_gamma(bytes_, gamma) - exposure.adjust_gamma(bytes_, gamma).astype(float)).max() <= 1


@pytest.mark.parametrize("exponent", [0.5, 0.8, 2.0])
def test_automatic_gamma_undoes_an_exponent(exponent):
    image = np.random.default_rng(0).random((40, 40))
    corrected, again = adjust_gamma(image), adjust_gamma(image**exponent)
    assert again == pytest.approx(corrected)
    assert np.exp(np.log(corrected).mean()) == pytest.approx(0.5)


def test_integers_count_as_floats_do():
    image = data.chelsea()
    assert estimate_gamma(image) == pytest.approx(estimate_gamma(image / 255))
    assert estimate_gamma(image.astype(np.uint16) * 257) == pytest.approx(estimate_gamma(image / 255))


def test_what_is_transparent_does_not_vote():
    image = data.camera()[:100, :100]
    mask = np.zeros((100, 100), dtype=bool)
    mask[:50] = True
    assert estimate_gamma(join_alpha(image, mask)) == pytest.approx(estimate_gamma(image[:50]))


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_black_and_white_have_no_exponent(level):
    assert estimate_gamma(np.full((4, 4), level)) == 1.0


def test_flat_gray_becomes_one_half():
    assert GammaCorrector().transform([np.full((4, 4), 0.2)])[0] == pytest.approx(0.5)
