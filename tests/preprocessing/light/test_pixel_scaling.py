import numpy as np
import pytest
from scipy.stats import zscore
from skimage.data import astronaut, camera
from sklearn.preprocessing import minmax_scale, normalize

from featkit import PixelScaler, check_image
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.light import scale_pixels

METHODS = ["zscore", "l2", "minmax"]
RNG = np.random.default_rng(0)
PHOTOS = {"gray": camera()[::8, ::8], "rgb": astronaut()[::8, ::8]}


@pytest.mark.parametrize("photo", PHOTOS)
def test_zscore_is_scipys_on_the_scale_of_eight_deviations(photo):
    image = PHOTOS[photo]
    expected = 0.5 + zscore(image / 255, axis=None) / 8
    assert np.abs(zscore(image / 255, axis=None)).max() < 4
    np.testing.assert_allclose(scale_pixels(image, "zscore"), expected, atol=1e-6)


@pytest.mark.parametrize("photo", PHOTOS)
def test_l2_is_sklearns(photo):
    image = PHOTOS[photo]
    np.testing.assert_allclose(
        scale_pixels(image, "l2").ravel(), normalize(image.reshape(1, -1) / 255)[0], rtol=1e-5, atol=1e-9
    )


@pytest.mark.parametrize("photo", PHOTOS)
def test_minmax_is_sklearns(photo):
    image = PHOTOS[photo] // 2 + 30
    expected = minmax_scale(image.ravel() / 255).reshape(image.shape)
    np.testing.assert_allclose(scale_pixels(image, "minmax"), expected, atol=1e-6)


def test_values_beyond_four_deviations_are_cut_off():
    image = np.zeros((20, 20))
    image[3, 3] = 1  # one bright pixel of 400 is 20 deviations from the mean
    scaled = scale_pixels(image, "zscore")
    assert scaled[3, 3] == 1
    np.testing.assert_allclose(scaled[0, 0], 0.5 - 1 / np.sqrt(399) / 8, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(9, 11), (9, 11, 3), (9, 11, 4), (1, 1), (1, 1, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_the_result_is_an_image(method, shape, dtype):
    values = RNG.random(shape)
    image = values.astype(dtype) if np.dtype(dtype).kind == "f" else (values * np.iinfo(dtype).max).astype(dtype)
    image.setflags(write=False)
    scaled = check_image(scale_pixels(image, method))
    assert scaled.shape == shape
    assert scaled.dtype == np.float32
    if shape[2:] == (4,):
        np.testing.assert_allclose(scaled[..., 3], scale_alpha(image), rtol=1e-6)


def scale_alpha(image):
    return image[..., 3] / (np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1)


@pytest.mark.parametrize("method", METHODS)
def test_uint8_and_float_give_the_same(method):
    for image in PHOTOS.values():
        np.testing.assert_allclose(scale_pixels(image, method), scale_pixels(image / 255, method), atol=1e-6)


@pytest.mark.parametrize("method", ["zscore", "minmax"])
def test_exposure_and_contrast_do_not_matter(method):
    image = PHOTOS["rgb"] / 255
    np.testing.assert_allclose(scale_pixels(0.2 + 0.5 * image, method), scale_pixels(image, method), atol=1e-5)


def test_l2_takes_away_exposure():
    image = PHOTOS["rgb"] / 255
    np.testing.assert_allclose(scale_pixels(0.3 * image, "l2"), scale_pixels(image, "l2"), atol=1e-6)
    assert np.linalg.norm(scale_pixels(image, "l2")) == pytest.approx(1)


@pytest.mark.parametrize("method", METHODS)
def test_transparent_pixels_do_not_vote(method):
    """An image on a transparent background is scaled as it is without it, whatever colour lies there."""
    color = RNG.random((6, 8, 3))
    framed = np.zeros((16, 20, 4))
    framed[..., :3] = RNG.random((16, 20, 3))
    framed[5:11, 7:15] = np.dstack([color, np.ones((6, 8))])
    scaled = scale_pixels(framed, method)
    np.testing.assert_allclose(scaled[5:11, 7:15, :3], scale_pixels(color, method), atol=1e-6)
    np.testing.assert_array_equal(scaled[..., 3], framed[..., 3])
    assert not scaled[framed[..., 3] == 0].any()


def test_soft_alpha_weighs_the_vote():
    """A pixel of alpha 1/2 counts half: as much as one pixel among two copies of all others."""
    values, alpha = RNG.random(5), np.array([1, 1, 0.5, 1, 0.5])
    image = np.dstack([np.dstack([values] * 3), alpha])
    expected = 0.5 + (values - np.average(values, weights=alpha)) / 8 / np.sqrt(np.cov(values, aweights=alpha, ddof=0))
    np.testing.assert_allclose(scale_pixels(image, "zscore")[0, :, 0], expected, atol=1e-6)
    norm = np.sqrt(3 * (alpha * values**2).sum())
    np.testing.assert_allclose(scale_pixels(image, "l2")[0, :, 0], values / norm, rtol=1e-5)


def test_extremes_are_those_of_the_foreground():
    values, alpha = np.array([0.0, 0.2, 0.4, 0.6, 1.0]), np.array([0.4, 1, 0.5, 1, 0.1])
    scaled = scale_pixels(np.dstack([np.dstack([values] * 3), alpha]), "minmax")
    np.testing.assert_allclose(scaled[0, :, 1], [0, 0, 0.5, 1, 1], atol=1e-6)


@pytest.mark.parametrize(("method", "flat"), [("zscore", 0.5), ("minmax", 0)])
@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_images_without_variation(method, flat, value):
    np.testing.assert_array_equal(scale_pixels(np.full((40, 50), value), method), np.full((40, 50), flat, np.float32))


def test_black_images_have_no_length():
    assert not scale_pixels(np.zeros((4, 5)), "l2").any()


@pytest.mark.parametrize("method", METHODS)
def test_nothing_in_the_foreground_gives_zeros(method):
    image = RNG.random((4, 5, 4))
    image[..., 3] = 0
    assert not scale_pixels(image, method).any()


@pytest.mark.parametrize("method", METHODS)
def test_a_mask_is_left_alone(method):
    mask = RNG.random((4, 5)) < 0.5
    np.testing.assert_array_equal(scale_pixels(mask, method), mask)
    assert scale_pixels(mask, method).dtype == bool


@pytest.mark.parametrize("method", METHODS)
def test_the_class_scales_each_image_alone(method):
    images = [PHOTOS["gray"], PHOTOS["gray"] // 2, PHOTOS["rgb"]]
    scaled = PixelScaler(method=method).fit_transform(images)
    for image, result in zip(images, scaled, strict=True):
        np.testing.assert_array_equal(result, scale_pixels(image, method))


def test_bad_method():
    with pytest.raises(InvalidParameterError, match="method"):
        PixelScaler(method="robust").fit(np.ones((1, 4, 5)))


@pytest.mark.parametrize("side", [40, 2000])
def test_one_level_of_one_pixel_is_not_flat(side):
    image = np.zeros((side, side), np.uint8)
    image[5, 5] = 1
    assert scale_pixels(image, "zscore")[5, 5] == 1
