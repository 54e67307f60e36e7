"""Colour spaces: known colours, the formulas (colorsys, scikit-image), and the 256 levels beside the units."""

import colorsys

import numpy as np
import pytest
import skimage.color

from featkit.image import color_levels, convert_color

SPACES = ("rgb", "hsv", "lab", "opponent")


def pixel(*rgb, dtype=np.uint8):
    return np.array([[rgb]], dtype=dtype)


def every_color(step=17):
    values = np.arange(0, 256, step, dtype=np.uint8)
    return np.stack(np.meshgrid(values, values, values, indexing="ij"), axis=-1).reshape(-1, len(values), 3)


@pytest.mark.parametrize(
    ("rgb", "space", "expected"),
    [
        ((255, 0, 0), "rgb", (1, 0, 0)),
        ((255, 0, 0), "hsv", (0, 1, 1)),
        ((0, 255, 0), "hsv", (120, 1, 1)),
        ((0, 0, 51), "hsv", (240, 1, 0.2)),
        ((255, 255, 255), "lab", (100, 0, 0)),
        ((0, 0, 0), "lab", (0, 0, 0)),
        ((255, 0, 0), "opponent", (1, 0.5, 1 / 3)),
        ((0, 255, 0), "opponent", (-1, 0.5, 1 / 3)),
        ((0, 0, 255), "opponent", (0, -1, 1 / 3)),
        ((255, 255, 255), "opponent", (0, 0, 1)),
    ],
)
def test_known_colors(rgb, space, expected):
    np.testing.assert_allclose(convert_color(pixel(*rgb), space)[0, 0], expected, atol=2e-3)


def test_hsv_is_that_of_the_standard_library():
    image = every_color()
    expected = [
        colorsys.rgb_to_hsv(*(color / 255)) for color in image.reshape(-1, 3).tolist() for color in [np.array(color)]
    ]
    hue, saturation, value = np.moveaxis(convert_color(image, "hsv").reshape(-1, 3), -1, 0)
    turn, expected_saturation, expected_value = np.transpose(expected)
    apart = np.abs(hue - 360 * turn)
    assert np.minimum(apart, 360 - apart).max() < 1e-3
    np.testing.assert_allclose(saturation, expected_saturation, atol=1e-5)
    np.testing.assert_allclose(value, expected_value, atol=1e-6)


def test_hue_stays_below_a_full_turn():
    hue = convert_color(np.random.default_rng(0).random((200, 200, 3)), "hsv")[..., 0]
    assert 0 <= hue.min() < hue.max() < 360


def test_lab_is_that_of_scikit_image():
    image = every_color()
    np.testing.assert_allclose(convert_color(image, "lab"), skimage.color.rgb2lab(image), atol=0.03)


@pytest.mark.parametrize("space", SPACES)
def test_levels_are_the_rounded_units(space):
    image = every_color()
    planes = convert_color(image, space).astype(np.float64)
    scale, zero = {
        "rgb": (255, 0),
        "hsv": ((256 / 360, 255, 255), 0),
        "lab": ((2.55, 1, 1), (0, 128, 128)),
        "opponent": ((127.5, 127.5, 255), (128, 128, 0)),
    }[space]
    apart = np.abs(color_levels(image, space) - (planes * scale + zero))
    if space == "hsv":
        apart[..., 0] = np.minimum(apart[..., 0], 256 - apart[..., 0])
    assert apart.max() <= (2.2 if space == "lab" else 1.001)  # OpenCV's 8-bit Lab is an interpolation


@pytest.mark.parametrize("space", ["hsv", "lab", "opponent"])
def test_gray_is_neutral(space):
    gray = np.arange(256, dtype=np.uint8)[np.newaxis]
    planes, levels = convert_color(gray, space), color_levels(gray, space)
    neutral = {"hsv": [0, 1], "lab": [1, 2], "opponent": [0, 1]}[space]
    np.testing.assert_allclose(planes[..., neutral], 0, atol=0)
    assert np.unique(levels[..., neutral]).tolist() == [0 if space == "hsv" else 128]


@pytest.mark.parametrize("space", SPACES)
def test_every_dtype_of_one_image_gives_the_same(space):
    image = every_color()
    expected = color_levels(image, space)
    for same in (image / 255, (image / 255).astype(np.float32), image.astype(np.uint16) * 257):
        np.testing.assert_array_equal(color_levels(same, space), expected)
        np.testing.assert_allclose(convert_color(same, space), convert_color(image, space), atol=2e-3)


@pytest.mark.parametrize("space", SPACES)
def test_alpha_is_dropped_and_gray_and_masks_are_repeated(space):
    image = every_color()
    rgba = np.dstack([image, np.full(image.shape[:2], 7, np.uint8)])
    np.testing.assert_array_equal(convert_color(rgba, space), convert_color(image, space))
    np.testing.assert_array_equal(color_levels(rgba, space), color_levels(image, space))
    mask = image[..., 0] > 100
    white = np.repeat(mask[..., np.newaxis] * np.uint8(255), 3, axis=2)
    np.testing.assert_array_equal(color_levels(mask, space), color_levels(white, space))


@pytest.mark.parametrize("convert", [convert_color, color_levels])
def test_unknown_space_is_told_with_the_known_ones(convert):
    with pytest.raises(ValueError, match="rgb, hsv, lab, opponent, got 'cmyk'"):
        convert(pixel(1, 2, 3), "cmyk")


DARK_AND_GRAY = {
    "dark, 16 bits": (np.random.default_rng(0).integers(0, 5, (9, 9, 3)).astype(np.uint16), 65535),
    "nearly gray, 16 bits": ((40000 + np.random.default_rng(1).integers(0, 3, (9, 9, 3))).astype(np.uint16), 65535),
    "dark, float64": (1e-6 * np.random.default_rng(2).random((9, 9, 3)), 1),
    "dark, float32": ((1e-6 * np.random.default_rng(3).random((9, 9, 3))).astype(np.float32), 1),
    "nearly gray, float64": (0.5 + 1e-6 * np.random.default_rng(4).random((9, 9, 3)), 1),
    "one colour": (np.array([[[3, 2, 0]]], np.uint16), 65535),
}


@pytest.mark.parametrize("name", DARK_AND_GRAY)
def test_hsv_of_dark_and_of_nearly_gray_colours(name):
    image, white = DARK_AND_GRAY[name]
    expected = np.array([colorsys.rgb_to_hsv(*color) for color in (image.astype(float) / white).reshape(-1, 3)])
    hue, saturation, value = np.moveaxis(convert_color(image, "hsv").reshape(-1, 3), -1, 0)
    far = expected[:, 1] * expected[:, 2] > (3e-7 if image.dtype == np.float32 else 0)  # less is rounding in float32
    apart = np.abs(hue - 360 * expected[:, 0])[far]
    assert np.minimum(apart, 360 - apart).max() < 1e-3
    np.testing.assert_allclose(saturation[far], expected[far, 1], rtol=1e-5)
    np.testing.assert_allclose(value, expected[:, 2], rtol=1e-6)
    assert hue.min() >= 0
    assert hue.max() < 360


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gray_with_rounding_noise_has_no_hue(dtype):
    gray = (0.3 + 1e-16 * np.random.default_rng(0).standard_normal((20, 20, 3))).astype(dtype)
    assert not convert_color(gray, "hsv")[..., :2].any()
