"""Flat light: what changes slowly goes, detail stays."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from featkit import IlluminationFlattener, join_alpha
from featkit.image import to_float, to_gray
from featkit.preprocessing.light import homomorphic_filter, self_quotient_image, tan_triggs_normalization
from featkit.preprocessing.light.illumination import DARKEST

METHODS = ["tan-triggs", "self-quotient", "homomorphic"]


def visible_mean(values, sigma):
    """Gaussian mean of what the image shows, by scipy."""
    options = {"mode": "constant", "truncate": 4.0}
    return ndimage.gaussian_filter(values, sigma, **options) / ndimage.gaussian_filter(
        np.ones_like(values), sigma, **options
    )


@pytest.fixture(scope="module")
def photo():
    return data.camera()[100:200, 150:270] / 255


def test_self_quotient_is_its_formula(photo):
    shifted, around = photo + 0.5 / 255, visible_mean(photo, 5) + 0.5 / 255
    assert self_quotient_image(photo, sigma=5) == pytest.approx(shifted / (shifted + around), abs=2e-3)


def test_homomorphic_is_its_formula(photo):
    logarithm = np.log(photo + 0.5 / 255)
    slow = visible_mean(logarithm, 5)
    expected = np.clip(np.exp(0.5 * slow + 1.5 * (logarithm - slow)), 0, 1)
    assert homomorphic_filter(photo, sigma=5) == pytest.approx(expected, abs=5e-3)


def test_tan_triggs_is_its_chain(photo):
    lifted = photo**0.2
    contrast = visible_mean(lifted, 1) - visible_mean(lifted, 2)
    contrast = contrast / (np.abs(contrast) ** 0.1).mean() ** 10
    contrast = contrast / (np.minimum(np.abs(contrast), 10) ** 0.1).mean() ** 10
    assert tan_triggs_normalization(photo) == pytest.approx(0.5 + 0.5 * np.tanh(contrast / 10), abs=0.02)


@pytest.mark.parametrize(("method", "left"), [("tan-triggs", 0.05), ("self-quotient", 0.07), ("homomorphic", 0.65)])
def test_a_slope_of_light_goes_away(photo, method, left):
    """Fraction of the slope that is left in the mean of the columns, against that of the image."""
    texture = 0.3 + 0.4 * np.random.default_rng(0).random((100, 120))
    slope = np.linspace(0.3, 1, 120)
    flattener = IlluminationFlattener(method=method)
    lit, plain = (flattener.transform([picture])[0] for picture in (texture * slope, texture))
    change = np.corrcoef(lit.ravel(), np.tile(slope, 100))[0, 1]
    before = np.corrcoef((texture * slope).ravel(), np.tile(slope, 100))[0, 1]
    assert abs(change) < left * before + 0.02
    assert np.corrcoef(lit.ravel(), plain.ravel())[0, 1] > 0.85


@pytest.mark.parametrize("method", METHODS)
def test_an_image_on_a_transparent_background_is_flattened_as_without(photo, method):
    padded = np.pad(photo, 20, constant_values=0.9)
    mask = np.pad(np.ones(photo.shape, dtype=bool), 20)
    flattener = IlluminationFlattener(method=method)
    inside = flattener.transform([join_alpha(padded, mask)])[0][20:-20, 20:-20, 0]
    assert inside == pytest.approx(flattener.transform([photo])[0], abs=1e-4)


@pytest.mark.parametrize("method", ["tan-triggs", "self-quotient"])
def test_flat_images_become_one_half(method):
    flat = np.full((20, 20), 60, np.uint8)
    assert (IlluminationFlattener(method=method).transform([flat])[0] == 128).all()


def test_sigma_is_the_reach_of_the_method(photo):
    expected = tan_triggs_normalization(photo, inner_sigma=1.5, outer_sigma=3)
    assert (IlluminationFlattener(sigma=3).transform([photo])[0] == expected).all()
    assert (
        IlluminationFlattener(method="homomorphic", sigma=3).transform([photo])[0] == homomorphic_filter(photo, sigma=3)
    ).all()


@pytest.mark.parametrize("side", [50, 500, 3000])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_an_image_that_is_flat_nearly_everywhere_stays_flat_there(side, dtype):
    image = np.zeros((side, side), dtype)
    image[side // 2, side // 2] = 200 if dtype == np.uint8 else 200 / 255
    for alpha in (0.1, 0.05):
        flat = tan_triggs_normalization(image, alpha=alpha)
        assert flat[0, 0] == (128 if dtype == np.uint8 else 0.5)
        assert not np.isnan(flat).any()


@pytest.mark.parametrize("low_gain", [0.0, 0.25, 1.0])
def test_a_flat_image_becomes_its_power_of_low_gain(low_gain):
    flat = np.full((9, 12), 0.3)
    expected = (0.3 + DARKEST) ** low_gain
    np.testing.assert_allclose(homomorphic_filter(flat, low_gain=low_gain), min(expected, 1), atol=1e-6)


def test_gains_of_one_change_nothing_and_a_high_gain_multiplies_contrast():
    image = 0.4 + 0.05 * np.sin(np.arange(64) * 2 * np.pi / 4) * np.ones((32, 1))  # far shorter than sigma
    same = homomorphic_filter(image, low_gain=1.0, high_gain=1.0)
    np.testing.assert_allclose(same, image + DARKEST, atol=1e-6)
    detail = np.log(homomorphic_filter(image, low_gain=1.0, high_gain=2.0)) - np.log(same)
    expected = np.log(image + DARKEST) - np.log(image + DARKEST).mean()
    np.testing.assert_allclose(detail[8:-8, 8:-8], expected[8:-8, 8:-8], atol=0.01)


def test_contrast_is_bent_towards_tau():
    image = np.random.default_rng(0).random((48, 48))
    contrast = 1000 * (2 * tan_triggs_normalization(image, tau=1000.0) - 1)  # tau tanh(d / tau) is nearly d
    for tau in (0.5, 2.0):
        even = contrast / np.mean(np.minimum(np.abs(contrast), tau) ** 0.1) ** 10
        bent = tau * (2 * tan_triggs_normalization(image, tau=tau) - 1)
        np.testing.assert_allclose(bent, tau * np.tanh(even / tau), atol=0.005)


@pytest.mark.parametrize("method", ["tan-triggs", "self-quotient"])
@pytest.mark.parametrize("sigma", [None, 3.0])
def test_methods_may_be_written_with_underscores(method, sigma):
    images = np.random.default_rng(0).random((2, 12, 12))
    one, other = (
        IlluminationFlattener(method=name, sigma=sigma).fit_transform(images)
        for name in (method, method.replace("-", "_"))
    )
    np.testing.assert_array_equal(one, other)


def test_the_gamma_of_tan_triggs_comes_first(photo):
    """Raised to the power before, and by nothing here."""
    floats = to_float(to_gray(photo))
    raised, plain = tan_triggs_normalization(floats, gamma=0.5), tan_triggs_normalization(np.sqrt(floats), gamma=1.0)
    assert raised == pytest.approx(plain, abs=1e-5)
    assert not np.allclose(raised, tan_triggs_normalization(floats), atol=0.01)
