"""Colour histograms: closed forms, a naive count, OpenCV and numpy."""

import colorsys
import math

import cv2
import numpy as np
import pytest
import skimage.data

from featkit import ColorHistogram, ColorMoments
from featkit.features.color import color_histogram, color_histogram_names, color_moments, color_moments_names
from featkit.parameters import InvalidParameterError

SPACES = ("rgb", "hsv", "lab", "opponent")
PHOTO = skimage.data.astronaut()[100:180, 150:260]


def flat(*rgb, shape=(6, 7)):
    return np.full((*shape, 3), rgb, dtype=np.uint8)


def with_alpha(image, alpha):
    return np.dstack([image, alpha])


def soft_alpha(shape):
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def by_name(image, **parameters):
    return dict(zip(color_histogram_names(**parameters), color_histogram(image, **parameters), strict=True))


def moments_by_name(image, **parameters):
    return dict(zip(color_moments_names(**parameters), color_moments(image, **parameters), strict=True))


def naive_levels(red, green, blue, space):
    """Levels by the formulas, floating point, from the standard library where it has them."""
    red, green, blue = int(red), int(green), int(blue)
    if space == "hsv":
        hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        return round(256 * hue) % 256, round(255 * saturation), round(255 * value)
    if space == "opponent":
        return (
            math.floor(128 + (red - green) / 2),
            math.floor(128 + (red + green - 2 * blue) / 4),
            (red + green + blue) // 3,
        )
    return red, green, blue


def naive_bin(level, n_bins, plane, space):
    if space == "hsv" and plane == 0:
        return math.floor(level / 256 * n_bins + 0.5) % n_bins
    if space == "opponent" and plane < 2:
        return min(max(math.floor((level - 128) / 256 * n_bins + 0.5) + n_bins // 2, 0), n_bins - 1)
    return math.floor(level / 256 * n_bins)


def naive_histogram(image, alpha, space, bins, joint):
    counts = np.zeros(bins) if joint else [np.zeros(n) for n in bins]
    for color, weight in zip(image.reshape(-1, 3), alpha.ravel() / 255, strict=True):
        levels = naive_levels(*color, space)
        places = [naive_bin(levels[k], bins[k], k, space) for k in range(3)]
        if joint:
            counts[tuple(places)] += weight
            continue
        for k in range(3):
            vote = levels[1] / 255 if space == "hsv" and k == 0 else 1
            counts[k][places[k]] += weight * vote
    return (counts.ravel() if joint else np.concatenate(counts)) / (alpha.sum() / 255)


def test_one_color_fills_one_bin():
    shares = by_name(flat(255, 128, 0), space="rgb", n_bins=4)
    assert {name for name, share in shares.items() if share} == {"color_red_3", "color_green_2", "color_blue_0"}
    assert set(shares.values()) == {0, 1}


@pytest.mark.parametrize("n_bins", [3, 8, 12, 16, 17])
@pytest.mark.parametrize("joint", [False, True])
def test_reds_on_both_sides_of_the_end_of_the_hue_circle_share_a_bin(n_bins, joint):
    crimson_to_scarlet = np.stack([flat(250, 0, 10), flat(250, 10, 0)]).reshape(-1, 7, 3)
    shares = color_histogram(crimson_to_scarlet, space="hsv", n_bins=n_bins, joint=joint)
    assert shares[0 if not joint else n_bins**2 - 1] == 1


def test_gray_has_no_hue_but_a_place_of_its_own_in_saturation():
    shares = by_name(flat(90, 90, 90), space="hsv", n_bins=8)
    assert sum(share for name, share in shares.items() if "hue" in name) == 0
    assert shares["color_saturation_0"] == shares["color_value_2"] == 1


def test_hue_sums_to_the_mean_saturation():
    shares = color_histogram(PHOTO, space="hsv", n_bins=12)
    saturation = cv2.cvtColor(PHOTO, cv2.COLOR_RGB2HSV)[..., 1].mean() / 255
    assert shares[:12].sum() == pytest.approx(saturation, rel=1e-12)


@pytest.mark.parametrize("n_bins", [5, 8, 16])
@pytest.mark.parametrize(("space", "planes"), [("lab", (1, 2)), ("opponent", (0, 1))])
def test_nearly_gray_colors_share_the_middle_bin(space, planes, n_bins):
    noisy_gray = np.random.default_rng(0).integers(126, 131, (50, 50, 3), dtype=np.uint8)
    shares = color_histogram(noisy_gray, space=space, n_bins=n_bins).reshape(3, n_bins)
    assert [shares[plane, n_bins // 2] for plane in planes] == [1, 1]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("joint", [False, True])
def test_fractions_sum_to_one_in_every_cell(space, joint):
    shares = color_histogram(PHOTO, space=space, n_bins=6, joint=joint, grid=(2, 3)).reshape(6, -1)
    if joint:
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
    else:
        sums = shares.reshape(6, 3, 6).sum(axis=2)
        np.testing.assert_allclose(sums[:, 1 if space == "hsv" else 0 :], 1, rtol=1e-12)


@pytest.mark.parametrize("factor", [2, 3])
def test_size_of_the_image_does_not_matter(factor):
    larger = PHOTO.repeat(factor, axis=0).repeat(factor, axis=1)
    np.testing.assert_allclose(color_histogram(larger), color_histogram(PHOTO), rtol=1e-12)


@pytest.mark.parametrize("joint", [False, True])
@pytest.mark.parametrize("space", ["rgb", "opponent"])
def test_is_the_naive_count(space, joint):
    alpha = soft_alpha(PHOTO.shape[:2])
    bins = (5, 4, 7)
    found = color_histogram(with_alpha(PHOTO, alpha), space=space, n_bins=bins, joint=joint)
    np.testing.assert_allclose(found, naive_histogram(PHOTO, alpha, space, bins, joint), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("joint", [False, True])
def test_hsv_is_the_naive_count_up_to_ties_of_rounding(joint):
    alpha = soft_alpha(PHOTO.shape[:2])
    bins = (12, 4, 5)
    found = color_histogram(with_alpha(PHOTO, alpha), space="hsv", n_bins=bins, joint=joint)
    assert np.abs(found - naive_histogram(PHOTO, alpha, "hsv", bins, joint)).sum() < 0.01


@pytest.mark.parametrize("bins", [(8, 8, 8), (4, 16, 2), (256, 3, 5)])
def test_joint_rgb_is_that_of_opencv_and_numpy(bins):
    expected = cv2.calcHist([PHOTO], [0, 1, 2], None, list(bins), [0, 256] * 3).ravel()
    found = color_histogram(PHOTO, space="rgb", n_bins=bins, joint=True) * PHOTO[..., 0].size
    np.testing.assert_allclose(found, expected, atol=1e-9)
    counts, _ = np.histogramdd(PHOTO.reshape(-1, 3), bins=bins, range=[(0, 256)] * 3)
    np.testing.assert_allclose(found, counts.ravel(), atol=1e-9)


@pytest.mark.parametrize("plane", [0, 1, 2])
def test_lab_channels_are_those_of_opencv_shifted_by_half_a_bin(plane):
    lab = cv2.cvtColor(PHOTO, cv2.COLOR_RGB2LAB)[..., plane]
    low = 0 if plane == 0 else -16
    expected, _ = np.histogram(lab, bins=8, range=(low, low + 256))
    found = color_histogram(PHOTO, space="lab", n_bins=8).reshape(3, 8)[plane]
    np.testing.assert_allclose(found, expected / lab.size, atol=1e-12)


@pytest.mark.parametrize("describe", [color_histogram])
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


def test_soft_alpha_is_a_weight():
    image = np.vstack([flat(255, 0, 0), flat(0, 0, 255)])
    alpha = np.repeat(np.array([[51], [204]], np.uint8), 6, axis=0).repeat(7, axis=1)
    assert by_name(with_alpha(image, alpha), space="rgb", n_bins=2)["color_red_1"] == pytest.approx(0.2)
    assert moments_by_name(with_alpha(image, alpha), space="rgb")["color_blue_mean"] == pytest.approx(0.8)


@pytest.mark.parametrize("describe", [color_histogram])
def test_no_foreground_is_nan(describe):
    assert np.isnan(describe(with_alpha(PHOTO, np.zeros(PHOTO.shape[:2], np.uint8)), grid=(2, 2))).all()
    assert np.isnan(describe(np.zeros((4, 5), dtype=bool))).all()


def test_empty_cell_is_zero_in_the_histogram_and_nan_in_the_moments():
    alpha = np.full(PHOTO.shape[:2], 255, np.uint8)
    alpha[:, : PHOTO.shape[1] // 2] = 0
    image = with_alpha(PHOTO, alpha)
    empty, full = color_histogram(image, grid=(1, 2)).reshape(2, -1)
    assert not empty.any()
    np.testing.assert_array_equal(full, color_histogram(PHOTO[:, PHOTO.shape[1] // 2 :]))
    empty, full = color_moments(image, grid=(1, 2)).reshape(2, -1)
    assert np.isnan(empty).all()
    assert not np.isnan(full).any()


@pytest.mark.parametrize("describe", [color_histogram])
def test_grid_cells_part_the_image_row_by_row(describe):
    rows, cols = (0, 26, 53, 80), (0, 55, 110)
    expected = [
        describe(PHOTO[top:bottom, left:right], space="opponent")
        for top, bottom in zip(rows, rows[1:], strict=False)
        for left, right in zip(cols, cols[1:], strict=False)
    ]
    found = describe(PHOTO, space="opponent", grid=(3, 2))
    np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-6)


@pytest.mark.parametrize("describe", [color_histogram])
@pytest.mark.parametrize("space", SPACES)
def test_every_dtype_of_one_image_gives_the_same(describe, space):
    image = with_alpha(PHOTO, soft_alpha(PHOTO.shape[:2]))
    expected = describe(image, space=space)
    for same in (image / 255, (image / 255).astype(np.float32), image.astype(np.uint16) * 257):
        np.testing.assert_array_equal(describe(same, space=space), expected)


@pytest.mark.parametrize("describe", [color_histogram])
def test_gray_is_rgb_with_equal_channels_and_a_mask_is_white(describe):
    gray = PHOTO[..., 0]
    np.testing.assert_array_equal(describe(gray), describe(np.dstack([gray] * 3)))
    np.testing.assert_allclose(describe(gray > 90), describe(flat(255, 255, 255)), atol=1e-4)


def test_names_say_channel_bin_and_cell():
    assert color_histogram_names()[3] == "color_hue_03"
    assert color_histogram_names(joint=True, n_bins=(12, 4, 2))[-1] == "color_hsv_11_3_1"
    assert color_histogram_names(grid=(1, 11))[-1] == "color_row0_col10_value_15"
    assert color_moments_names(space="rgb")[0] == "color_red_mean"


def test_names_are_unique_over_spaces_kinds_and_moments():
    lists = [color_moments_names(space=space) for space in SPACES]
    lists += [color_histogram_names(space=space, joint=joint, n_bins=4) for space in SPACES for joint in (False, True)]
    names = [name for names in lists for name in names]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("joint", [False, True])
@pytest.mark.parametrize("grid", [(1, 1), (2, 3)])
def test_as_many_names_as_numbers(joint, grid):
    parameters = {"joint": joint, "grid": grid, "n_bins": (3, 4, 5)}
    assert len(color_histogram_names(**parameters)) == len(color_histogram(PHOTO, **parameters))
    assert len(color_moments_names(grid=grid)) == len(color_moments(PHOTO, grid=grid))


@pytest.mark.parametrize(
    "wrong",
    [
        {"space": "cmyk"},
        {"joint": "yes"},
        {"n_bins": 0},
        {"n_bins": 257},
        {"n_bins": (8, 8)},
        {"n_bins": (8, 8, 2.5)},
        {"grid": 3},
        {"grid": (0, 1)},
        {"grid": (1, 2, 3)},
        {"grid": ("a", 1)},
    ],
)
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(InvalidParameterError, match=next(iter(wrong))):
        ColorHistogram(**wrong).fit_transform(PHOTO[np.newaxis])
    if set(wrong) <= {"space", "grid"}:
        with pytest.raises(InvalidParameterError, match=next(iter(wrong))):
            ColorMoments(**wrong).fit_transform(PHOTO[np.newaxis])


def test_images_of_a_batch_may_differ_in_size_and_kind():
    images = [PHOTO, PHOTO[:9, :5], PHOTO[..., 1], with_alpha(PHOTO, soft_alpha(PHOTO.shape[:2])) / 255]
    rows = ColorHistogram(space="lab", joint=True, n_bins=4).fit_transform(images)
    assert rows.shape == (4, 64)
    np.testing.assert_array_equal(rows[1], color_histogram(images[1], space="lab", joint=True, n_bins=4))
