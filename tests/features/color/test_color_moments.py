"""Colour moments: numpy, scipy, and what has no skewness or hue."""

import colorsys

import numpy as np
import pytest
import scipy.stats
import skimage.data

from featkit.features.color import color_moments, color_moments_names
from featkit.image import convert_color

SPACES = ("rgb", "hsv", "lab", "opponent")
PHOTO = skimage.data.astronaut()[100:180, 150:260]


def flat(*rgb, shape=(6, 7)):
    return np.full((*shape, 3), rgb, dtype=np.uint8)


def with_alpha(image, alpha):
    return np.dstack([image, alpha])


def soft_alpha(shape):
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def moments_by_name(image, **parameters):
    return dict(zip(color_moments_names(**parameters), color_moments(image, **parameters), strict=True))


@pytest.mark.parametrize("describe", [color_moments])
@pytest.mark.parametrize("space", SPACES)
def test_transparent_pixels_do_not_count_whatever_their_color(describe, space):
    alpha = np.zeros(PHOTO.shape[:2], np.uint8)
    alpha[20:60, 30:90] = 255
    other = PHOTO.copy()
    other[alpha == 0] = (0, 255, 7)
    expected = describe(PHOTO[20:60, 30:90], space=space)
    np.testing.assert_allclose(describe(with_alpha(PHOTO, alpha), space=space), expected, atol=1e-5)
    np.testing.assert_array_equal(
        describe(with_alpha(other, alpha), space=space), describe(with_alpha(PHOTO, alpha), space=space)
    )


@pytest.mark.parametrize("describe", [color_moments])
def test_no_foreground_is_nan(describe):
    assert np.isnan(describe(with_alpha(PHOTO, np.zeros(PHOTO.shape[:2], np.uint8)), grid=(2, 2))).all()
    assert np.isnan(describe(np.zeros((4, 5), dtype=bool))).all()


@pytest.mark.parametrize("describe", [color_moments])
def test_grid_cells_part_the_image_row_by_row(describe):
    rows, cols = (0, 26, 53, 80), (0, 55, 110)
    expected = [
        describe(PHOTO[top:bottom, left:right], space="opponent")
        for top, bottom in zip(rows, rows[1:], strict=False)
        for left, right in zip(cols, cols[1:], strict=False)
    ]
    found = describe(PHOTO, space="opponent", grid=(3, 2))
    np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-6)


@pytest.mark.parametrize("describe", [color_moments])
@pytest.mark.parametrize("space", SPACES)
def test_every_dtype_of_one_image_gives_the_same(describe, space):
    image = with_alpha(PHOTO, soft_alpha(PHOTO.shape[:2]))
    expected = describe(image, space=space)
    for same in (image / 255, (image / 255).astype(np.float32), image.astype(np.uint16) * 257):
        np.testing.assert_array_equal(describe(same, space=space), expected)


@pytest.mark.parametrize("describe", [color_moments])
def test_gray_is_rgb_with_equal_channels_and_a_mask_is_white(describe):
    gray = PHOTO[..., 0]
    np.testing.assert_array_equal(describe(gray), describe(np.dstack([gray] * 3)))
    np.testing.assert_allclose(describe(gray > 90), describe(flat(255, 255, 255)), atol=1e-4)


@pytest.mark.parametrize("space", ["rgb", "lab", "opponent"])
def test_moments_are_those_of_numpy_and_scipy(space):
    values = convert_color(PHOTO, space).reshape(-1, 3).astype(np.float64)
    expected = np.stack([values.mean(axis=0), values.std(axis=0), scipy.stats.skew(values)], axis=1)
    np.testing.assert_allclose(color_moments(PHOTO, space=space).reshape(3, 3), expected, rtol=1e-9)


def test_weighted_moments_are_those_of_repeated_pixels():
    alpha = np.random.default_rng(0).integers(0, 4, PHOTO.shape[:2])
    repeated = PHOTO.reshape(-1, 3).repeat(alpha.ravel(), axis=0)[np.newaxis]
    found = color_moments(with_alpha(PHOTO, (alpha * 85).astype(np.uint8)), space="lab")
    np.testing.assert_allclose(found, color_moments(repeated, space="lab"), rtol=1e-4, atol=1e-4)


def test_mean_hue_is_the_circular_mean_of_scipy():
    hues = np.deg2rad([350, 340, 20, 15])
    image = np.array([[colorsys.hsv_to_rgb(hue / (2 * np.pi), 1, 1) for hue in hues]])
    row = moments_by_name(image, space="hsv")
    found = np.arctan2(row["color_hue_sin"], row["color_hue_cos"]) % (2 * np.pi)
    assert found == pytest.approx(scipy.stats.circmean(hues), abs=5e-3)  # a level of hue is 0.004
    assert 1 - row["color_hue_concentration"] == pytest.approx(scipy.stats.circvar(hues), abs=1e-3)


def test_gray_pixels_do_not_move_the_mean_hue_but_shorten_it():
    red, mixed = flat(200, 0, 0), np.vstack([flat(200, 0, 0), flat(90, 90, 90)])
    assert moments_by_name(red, space="hsv")["color_hue_cos"] == pytest.approx(1, abs=1e-5)
    row = moments_by_name(mixed, space="hsv")
    assert row["color_hue_cos"] == pytest.approx(0.5, abs=1e-5)
    assert row["color_hue_sin"] == pytest.approx(0, abs=1e-5)
    assert row["color_hue_concentration"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (200, 60, 31), (77, 77, 77)])
def test_one_color_has_no_spread_and_no_skewness(space, color):
    row = moments_by_name(flat(*color), space=space)
    assert [value for name, value in row.items() if name.endswith("skewness")] == [0] * (2 if space == "hsv" else 3)
    assert max(value for name, value in row.items() if name.endswith("std")) < 1e-4


def test_gray_image_has_no_moments_of_rounding_errors_in_a_and_b():
    row = moments_by_name(PHOTO[..., 0], space="lab")
    assert {value for name, value in row.items() if "_lab_" in name} == {0}
    assert row["color_lightness_skewness"] != 0


def test_gray_image_has_no_hue():
    row = moments_by_name(PHOTO[..., 0], space="hsv")
    assert row["color_hue_cos"] == row["color_hue_sin"] == row["color_hue_concentration"] == 0
