import numpy as np
import pytest
from skimage.data import astronaut

from featkit import ColorConverter, GrayscaleConverter, foreground_mask
from featkit.image import flatten_alpha, to_float
from featkit.parameters import InvalidParameterError

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (6, 8)).astype(np.uint8)
RGB = RNG.integers(0, 256, (6, 8, 3)).astype(np.uint8)
RGBA = RNG.integers(0, 256, (6, 8, 4)).astype(np.uint8)
MASK = RNG.random((6, 8)) < 0.5


def one(converter, image):
    return converter.fit_transform([image])[0]


def test_luma_of_the_primary_colours():
    primaries = np.eye(3, dtype=np.float32)[np.newaxis].repeat(2, axis=0)
    np.testing.assert_allclose(one(GrayscaleConverter(), primaries)[0], [0.299, 0.587, 0.114], atol=1e-6)
    np.testing.assert_allclose(one(GrayscaleConverter(), primaries.astype(float))[0], [0.299, 0.587, 0.114])
    assert one(GrayscaleConverter(), (primaries * 255).astype(np.uint8))[0].tolist() == [76, 150, 29]
    deep = one(GrayscaleConverter(), (primaries * 65535).astype(np.uint16))[0]
    np.testing.assert_allclose(deep, [19595, 38469, 7471], atol=1)  # OpenCV's weights have 14 bits


def test_luma_of_a_photo():
    photo = astronaut()[::4, ::4]
    luma = photo @ np.array([0.299, 0.587, 0.114])
    assert np.abs(one(GrayscaleConverter(), photo) - luma).max() <= 0.51


def test_gray_keeps_gray_and_alpha():
    np.testing.assert_array_equal(one(GrayscaleConverter(), GRAY), GRAY)
    np.testing.assert_array_equal(one(GrayscaleConverter(), MASK), MASK)
    converted = one(GrayscaleConverter(), RGBA)
    np.testing.assert_array_equal(converted[..., 3], RGBA[..., 3])
    for plane in range(3):
        np.testing.assert_array_equal(converted[..., plane], one(GrayscaleConverter(), RGBA[..., :3].copy()))


@pytest.mark.parametrize("background", [0.0, 0.4, 1.0, "mean"])
def test_gray_on_a_background_has_one_channel(background):
    converter = GrayscaleConverter(background=background)
    for image in (GRAY, RGB, RGBA, MASK, RGBA / 255, RGBA.astype(np.uint16) * 257):
        converted = one(converter, image)
        assert converted.shape == (6, 8)
        flat = to_float(flatten_alpha(image, background)).reshape(6, 8, -1)
        weights = [0.299, 0.587, 0.114] if flat.shape[2] == 3 else [1]
        np.testing.assert_allclose(to_float(converted), flat @ np.array(weights), atol=0.003)


def test_colour_repeats_gray_and_keeps_the_rest():
    np.testing.assert_array_equal(one(ColorConverter(), GRAY), np.dstack([GRAY] * 3))
    np.testing.assert_array_equal(one(ColorConverter(), RGB), RGB)
    np.testing.assert_array_equal(one(ColorConverter(), RGBA), RGBA)


def test_a_mask_becomes_white_under_its_own_alpha():
    converted = one(ColorConverter(), MASK)
    assert converted.dtype == np.uint8
    assert (converted[..., :3] == 255).all()
    np.testing.assert_array_equal(foreground_mask(converted), MASK)
    np.testing.assert_array_equal(flatten_alpha(converted)[..., 0], flatten_alpha(MASK))


@pytest.mark.parametrize("background", [0.0, 0.4, "mean"])
def test_colour_on_a_background_has_three_channels(background):
    batch = [GRAY, RGB, RGBA, MASK]
    converted = ColorConverter(background=background).fit_transform(batch)
    assert converted.shape == (4, 6, 8, 3)
    for image, color in zip(batch, converted):
        flat = flatten_alpha(image, background)
        np.testing.assert_array_equal(color, flat if flat.ndim == 3 else np.dstack([flat] * 3))


@pytest.mark.parametrize("converter", [GrayscaleConverter, ColorConverter])
def test_bad_background(converter):
    for background in (-0.1, 2, "median"):
        with pytest.raises(InvalidParameterError, match="background"):
            converter(background=background).fit([GRAY])
