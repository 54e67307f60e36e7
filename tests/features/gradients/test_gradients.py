"""Image gradients, their length and direction, against NumPy."""

import numpy as np
import pytest

from featkit.features.gradients._gradients import (
    band_gradients,
    color_planes,
    gradient_unit,
    levels_per_value,
    to_polar,
)

RNG = np.random.default_rng(0)


def gradients_of(image, tie=0.0, top=0, bottom=None, dtype=None):
    planes = color_planes(image[np.newaxis], 0.0)[0]
    height, width = image.shape[:2]
    bottom = height if bottom is None else bottom
    unit = gradient_unit(np.float64 if image.dtype == np.float64 else np.float32)
    d_row, d_col = (np.empty((bottom - top) * width, dtype or unit.dtype) for _ in range(2))
    band_gradients(planes, width, top, bottom, unit, tie, d_row, d_col)
    return d_row.reshape(-1, width), d_col.reshape(-1, width)


def differences(channel):
    d_row, d_col = np.zeros(channel.shape), np.zeros(channel.shape)
    d_row[1:-1] = channel[2:] - channel[:-2]
    d_col[:, 1:-1] = channel[:, 2:] - channel[:, :-2]
    return d_row, d_col


@pytest.mark.parametrize("shape", [(7, 9), (1, 9), (7, 1), (2, 2), (3, 3)])
def test_gray_gradients_are_centred_differences_and_zero_on_the_border(shape):
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    for found, expected in zip(gradients_of(image), differences(image.astype(float)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_bands_of_rows_are_those_of_the_whole_image():
    image = RNG.integers(0, 256, (9, 6, 3)).astype(np.uint8)
    whole = gradients_of(image)
    for top, bottom in ((0, 4), (4, 7), (7, 9)):
        for band, expected in zip(gradients_of(image, top=top, bottom=bottom), whole, strict=True):
            np.testing.assert_array_equal(band, expected[top:bottom])


@pytest.mark.parametrize("shape", [(30, 20), (30, 20, 3)])
def test_float32_gradients_of_float64_images_are_the_exact_ones_rounded(shape):
    image = RNG.random(shape)
    image[10:] = 0.5 + 1e-9 * image[10:]  # differences that float32 values would not have
    for rounded, exact in zip(gradients_of(image, dtype=np.float32), gradients_of(image), strict=True):
        assert exact[12:-1].any()
        np.testing.assert_array_equal(rounded, exact.astype(np.float32))


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_colour_takes_the_channel_of_the_longest_gradient(dtype):
    image = RNG.integers(0, 256, (20, 20, 3)) / (1 if dtype == np.uint8 else 255)
    image = image.astype(dtype)
    d_row, d_col = np.array([differences(image[..., k].astype(float)) for k in range(3)]).swapaxes(0, 1)
    longest = np.hypot(d_row, d_col).argmax(axis=0)[np.newaxis]
    found = gradients_of(image)
    np.testing.assert_allclose(found[0], np.take_along_axis(d_row, longest, 0)[0], rtol=1e-12)
    np.testing.assert_allclose(found[1], np.take_along_axis(d_col, longest, 0)[0], rtol=1e-12)


def test_on_a_tie_the_first_channel_counts():
    image = np.zeros((3, 3, 3), np.uint8)
    image[2, 1, 0] = image[1, 2, 1] = 90  # down in red, to the right in green: equally long
    assert [float(side[1, 1]) for side in gradients_of(image)] == [90, 0]
    noisy = image.astype(np.float32) / 255
    noisy[1, 2, 1] += 1e-7  # rounding makes the other one longer
    assert [round(float(side[1, 1]), 3) for side in gradients_of(noisy, tie=1e-6)] == [0.353, 0]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("half_turn", [9, 4.5, 180])
def test_length_and_direction_are_those_of_numpy(signed, half_turn):
    d_row, d_col = RNG.normal(size=(2, 5000)).astype(np.float32)
    length, position = np.empty(5000, np.float32), np.empty(5000, np.float32)
    to_polar(d_row, d_col, half_turn, signed, length, position)
    assert length == pytest.approx(np.hypot(d_row, d_col), rel=1e-6)
    turn = 2 * np.pi if signed else np.pi
    full = half_turn * (2 if signed else 1)
    expected = np.arctan2(d_row.astype(float), d_col) % turn / turn * full
    off = np.abs(position - expected)
    assert np.minimum(off, full - off).max() < 2e-6 * half_turn
    assert position.min() >= 0
    assert position.max() < full


def test_multiples_of_90_degrees_are_exact():
    d_row, d_col = np.float32([0, 3, 0, -3]), np.float32([3, 0, -3, 0])
    length, position = np.empty(4, np.float32), np.empty(4, np.float32)
    to_polar(d_row, d_col, 180, True, length, position)
    assert position.tolist() == [0, 90, 180, 270]
    to_polar(d_row, d_col, 180, False, length, position)
    assert position.tolist() == [0, 90, 0, 90]
    assert length.tolist() == [3] * 4


@pytest.mark.parametrize(("dtype", "factor"), [(np.uint8, 1), (np.uint16, 255 / 65535), (np.float32, 255), (bool, 1)])
def test_values_are_brought_to_255(dtype, factor):
    assert levels_per_value(np.dtype(dtype)) == pytest.approx(factor)


def test_channels_come_apart_and_masks_become_light():
    stack = RNG.integers(0, 256, (2, 4, 5, 3)).astype(np.uint8)
    np.testing.assert_array_equal(color_planes(stack, 0.0), np.moveaxis(stack, 3, 1).reshape(2, 3, 20))
    assert set(np.unique(color_planes(np.eye(4, dtype=bool)[np.newaxis], 0.0))) == {0, 255}
    roots = color_planes(stack, 0.0, transform_sqrt=True)
    np.testing.assert_allclose(roots, np.sqrt(np.moveaxis(stack.astype(float), 3, 1).reshape(2, 3, 20)))
