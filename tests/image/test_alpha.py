import numpy as np
import pytest

from featkit import check_image, foreground_mask, join_alpha
from featkit.exceptions import ImageFormatError
from featkit.image import flatten_alpha, split_alpha
from featkit.image.alpha import alpha_weights
from featkit.image.checks import full_light

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (5, 7)).astype(np.uint8)
RGB = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)
RGBA = RNG.integers(0, 256, (5, 7, 4)).astype(np.uint8)
MASK = RNG.random((5, 7)) < 0.5
DTYPES = [np.uint8, np.uint16, np.float32, np.float64]


def test_alpha_is_split_off():
    assert split_alpha(GRAY)[0] is GRAY
    assert split_alpha(GRAY)[1] is None
    assert split_alpha(RGB)[1] is None
    color, alpha = split_alpha(RGBA)
    np.testing.assert_array_equal(color, RGBA[..., :3])
    np.testing.assert_array_equal(alpha, RGBA[..., 3])
    assert all(part is MASK for part in split_alpha(MASK))


def test_joining_takes_back_splitting():
    for image in (RGBA, RGBA.astype(np.uint16) * 257, RGBA / 255):
        np.testing.assert_array_equal(join_alpha(*split_alpha(image)), image)


@pytest.mark.parametrize("alpha_dtype", [*DTYPES, bool])
@pytest.mark.parametrize("color_dtype", DTYPES)
def test_joining_brings_alpha_to_the_range_of_the_colour(color_dtype, alpha_dtype):
    color = np.zeros((5, 7), color_dtype)
    alpha = np.where(MASK, full_light(alpha_dtype), 0).astype(alpha_dtype)
    image = join_alpha(color, alpha)
    assert image.dtype == color_dtype
    np.testing.assert_array_equal(image[..., 3], np.where(MASK, full_light(color_dtype), 0))
    assert image.shape == (5, 7, 4)


def test_joining_repeats_gray_and_makes_a_mask_white():
    np.testing.assert_array_equal(join_alpha(GRAY, MASK)[..., :3], np.dstack([GRAY] * 3))
    np.testing.assert_array_equal(join_alpha(MASK, MASK)[MASK], np.full((MASK.sum(), 4), 255))


@pytest.mark.parametrize(
    ("dtype", "just_in", "just_out"), [(np.uint8, 128, 127), (np.uint16, 32768, 32767), (float, 0.5, 0.499)]
)
def test_foreground_begins_at_one_half(dtype, just_in, just_out):
    image = np.zeros((1, 2, 4), dtype)
    image[0, :, 3] = just_in, just_out
    assert foreground_mask(image).tolist() == [[True, False]]


def test_foreground_without_alpha():
    assert foreground_mask(GRAY).all()
    assert foreground_mask(RGB).shape == (5, 7)
    assert foreground_mask(MASK) is MASK


def test_alpha_weights():
    assert alpha_weights(RGB) is None
    np.testing.assert_allclose(alpha_weights(RGBA), RGBA[..., 3] / 255, rtol=1e-6)
    np.testing.assert_array_equal(alpha_weights(MASK), MASK.astype(np.float32))


@pytest.mark.parametrize("background", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("dtype", DTYPES)
def test_flattening_blends_with_the_background(dtype, background):
    image = (RGBA / 255 * full_light(dtype)).astype(dtype)
    flat = flatten_alpha(image, background)
    assert flat.dtype == dtype
    color, alpha = image[..., :3] / full_light(dtype), image[..., 3:] / full_light(dtype)
    atol = 0.5 / full_light(dtype) + 1e-6 if np.dtype(dtype).kind == "u" else 1e-6
    np.testing.assert_allclose(flat / full_light(dtype), alpha * color + (1 - alpha) * background, atol=atol)


def test_flattening_on_the_mean_of_the_foreground():
    image = np.zeros((1, 3, 4))
    image[0] = [[0.2, 0.4, 0.6, 1], [0.6, 0.8, 0.0, 1], [0.9, 0.9, 0.9, 0]]
    np.testing.assert_allclose(flatten_alpha(image, "mean")[0, 2], [0.4, 0.6, 0.3], atol=1e-6)
    assert not flatten_alpha(np.zeros((2, 2, 4)), "mean").any()


def test_colour_under_alpha_zero_is_gone_after_flattening():
    image, repainted = RGBA.copy(), RGBA.copy()
    image[1:4, 2:5, 3] = repainted[1:4, 2:5, 3] = 0
    repainted[1:4, 2:5, :3] = 255 - image[1:4, 2:5, :3]
    for background in (0.0, 0.5, "mean"):
        np.testing.assert_array_equal(flatten_alpha(image, background), flatten_alpha(repainted, background))


def test_flattening_without_alpha_and_of_masks():
    assert flatten_alpha(RGB) is RGB
    assert flatten_alpha(GRAY, 0.7) is GRAY
    np.testing.assert_array_equal(flatten_alpha(MASK), np.where(MASK, 255, 0))
    assert flatten_alpha(MASK).dtype == np.uint8


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_flattening_white_on_white_stays_within_one(dtype):
    image = np.ones((1, 10_001, 4), dtype)
    image[0, :, 3] = np.linspace(0, 1, 10_001)
    assert check_image(flatten_alpha(image, 1.0)).min() > 1 - 1e-6
    assert check_image(flatten_alpha(image, "mean")).min() > 1 - 1e-6


def test_nothing_writes_to_its_input():
    for original in (GRAY, RGB, RGBA, MASK, RGBA / 255):
        image = original.copy()
        image.setflags(write=False)
        for function in (flatten_alpha, foreground_mask, alpha_weights):
            function(image)
        join_alpha(*(part if part is not None else GRAY for part in split_alpha(image)))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, np.float64, np.int64])
@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((6, 7), "as the image has it"),
        ((5, 8), "as the image has it"),
        ((4, 7), "as the image"),
        ((7, 5), "Transposed"),
        ((35,), "shape"),
    ],
)
def test_a_mask_of_another_size_is_refused_before_memory_is_read(dtype, shape, hint):
    for image in (RGB, GRAY, RGBA / 255):
        with pytest.raises(ImageFormatError, match=hint):
            join_alpha(image, np.ones(shape, dtype))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64, np.float32])
def test_0_and_1_of_any_dtype_are_a_mask(dtype):
    np.testing.assert_array_equal(join_alpha(RGB, MASK.astype(dtype)), join_alpha(RGB, MASK))


def test_what_is_no_image_gets_no_alpha():
    for image in (RGB.astype(int), RGB * 1.0, np.ma.masked_array(GRAY), np.zeros((5, 7, 2))):
        with pytest.raises(ImageFormatError):
            join_alpha(image, MASK)
    np.testing.assert_array_equal(join_alpha(RGBA, MASK), join_alpha(RGBA[..., :3], MASK))
